/**
 * The unit that travels through the media plane. Everything that comes in is converted to it,
 * everything that goes out is made from it.
 *
 * Clock: `dts` and `pts` are whole or fractional 90 kHz ticks ({@linkcode CLOCK_HZ}) as JavaScript
 * numbers; they do not wrap. Inside a live stream, tick 0 is the wall-clock instant at which the
 * stream was opened, decode times of one track never go back, and they go on over a reconnect of
 * the publisher. Before (in ingest) they count from an arbitrary start of the publisher's clock.
 *
 * Items are shared by all readers: nobody changes one, or the bytes it points to, after it was made.
 *
 * @module
 */

/** Ticks a second of `dts` and `pts`. */
export const CLOCK_HZ = 90_000;

/** Video codecs that are carried. */
export type VideoCodec = "h264" | "h265" | "av1" | "vp9" | "vp8";
/** Audio codecs that are carried. */
export type AudioCodec = "aac" | "mp3" | "opus";

/** Decoder configuration of the video of a stream. */
export interface VideoTrack {
  readonly kind: "video";
  readonly codec: VideoCodec;
  /** RFC 6381 string: `avc1.64001f`, `hvc1.1.6.L93.B0`, `av01.0.04M.08`, `vp09.00.31.08`, `vp8`. */
  readonly codecString: string;
  /** Displayed size in pixels; the sample aspect ratio is not applied. */
  readonly width: number;
  readonly height: number;
  /** Frames a second as declared by the bitstream or metadata; null when unknown. */
  readonly frameRate: number | null;
  /**
   * The configuration record as it stands in ISO BMFF boxes, without the box header:
   * AVCDecoderConfigurationRecord, HEVCDecoderConfigurationRecord, AV1CodecConfigurationRecord, or
   * for VP9 and VP8 VPCodecConfigurationRecord (with its 4 bytes of FullBox version and flags).
   */
  readonly description: Uint8Array;
}

/** Decoder configuration of the audio of a stream. */
export interface AudioTrack {
  readonly kind: "audio";
  readonly codec: AudioCodec;
  /** RFC 6381 string: `mp4a.40.2`, `mp4a.6B`, `opus`. */
  readonly codecString: string;
  /** Output sampling rate in hertz (with SBR the doubled one); 48000 for Opus. */
  readonly sampleRate: number;
  readonly channels: number;
  /** PCM frames (samples per channel) of one access unit; Opus units may differ from it. */
  readonly samplesPerUnit: number;
  /** AudioSpecificConfig (aac), OpusHead with its magic (opus, RFC 7845 §5.1), empty (mp3). */
  readonly description: Uint8Array;
}

/** A track of a stream. */
export type Track = VideoTrack | AudioTrack;

/** The tracks that a stream has at one time; at least one is there. */
export interface Tracks {
  readonly video: VideoTrack | null;
  readonly audio: AudioTrack | null;
}

/** One coded picture. */
export interface VideoUnit {
  readonly kind: "video";
  readonly dts: number;
  readonly pts: number;
  /** Decoding can start here (IDR, IRAP, key frame). */
  readonly keyFrame: boolean;
  /**
   * h264, h265: NAL units, each after its length in 4 bytes (converted if the source had fewer), no
   * start codes. av1: a temporal unit in low-overhead format without temporal delimiters. vp9: one
   * frame or superframe. vp8: one frame.
   */
  readonly data: Uint8Array;
}

/** One coded audio frame: raw AAC without ADTS, one MP3 frame with its header, one Opus packet. */
export interface AudioUnit {
  readonly kind: "audio";
  readonly dts: number;
  readonly pts: number;
  /** PCM frames in this unit. */
  readonly samples: number;
  readonly data: Uint8Array;
}

/** One coded picture or audio frame. */
export type AccessUnit = VideoUnit | AudioUnit;

/** The tracks changed, or a new publisher took over: what follows is decoded afresh. */
export interface TracksItem {
  readonly kind: "tracks";
  readonly tracks: Tracks;
  /** Ticks at which the following units begin. */
  readonly dts: number;
  /** False only for the first of a stream. */
  readonly discontinuity: boolean;
}

/** Values of `onMetaData` as they came (numbers, strings, booleans). */
export interface MetadataItem {
  readonly kind: "metadata";
  readonly dts: number;
  readonly values: Readonly<Record<string, string | number | boolean>>;
}

/** Everything that travels through a live stream, in order of arrival. */
export type StreamItem = AccessUnit | TracksItem | MetadataItem;
