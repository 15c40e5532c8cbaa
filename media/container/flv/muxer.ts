/**
 * Turns stream items into FLV tags, whose data are at the same time the bodies of RTMP messages.
 *
 * @module
 */
import type {
  AudioTrack,
  AudioUnit,
  StreamItem,
  Track,
  Tracks,
  VideoTrack,
  VideoUnit,
} from "../../access_unit.ts";
import { AUDIO_FOURCC, AUDIO_PACKET, SOUND_FORMAT_ENHANCED } from "./audio_tag.ts";
import { buildMetadata } from "./metadata.ts";
import { FILE_HEADER_BYTES, FLV_TAG, type FlvTag, makeTag } from "./tag.ts";
import { sameBytes } from "./video_format.ts";
import { VIDEO_FOURCC, VIDEO_PACKET } from "./video_tag.ts";

const TICKS_PER_MS = 90;
const MAX_COMPOSITION_MS = 0x7fffff;
const KEY_FRAME = 1;
const INTER_FRAME = 2;
const ENHANCED = 0x80;
const CLASSIC_AVC = 7;
/** AAC, "44 kHz", 16 bits, stereo: what stands there for AAC whatever it is (E.4.2.1). */
const CLASSIC_AAC = 0xaf;
const CLASSIC_MP3 = 0x20;
const CLASSIC_MP3_8_KHZ = 0xe0;
const SOUND_16_BIT = 2;
const FLAG_VIDEO = 1;
const FLAG_AUDIO = 4;

/**
 * Tags by item: a unit belongs to one stream and has one codec, so all its readers share the bytes.
 * They go when the item goes.
 */
const tagsOfItem = new WeakMap<StreamItem, readonly FlvTag[]>();

/** The file header with the first previous tag size, 13 bytes (E.2). */
export function flvFileHeader(
  has: { readonly video: boolean; readonly audio: boolean },
): Uint8Array {
  const header = new Uint8Array(FILE_HEADER_BYTES);
  header.set([0x46, 0x4c, 0x56, 1, (has.video ? FLAG_VIDEO : 0) | (has.audio ? FLAG_AUDIO : 0)]);
  header[8] = 9;
  return header;
}

/** The timestamp of a tick count: whole milliseconds, modulo 2^32. */
export function flvTimestamp(dts: number): number {
  return Math.round(dts / TICKS_PER_MS) >>> 0;
}

/**
 * Muxes what one reader of a stream takes. H.264, AAC and MP3 in the classic form, everything else
 * in the enhanced form. A tag's `bytes` go into an FLV stream, its `data` into an RTMP message; each
 * unit is copied once, and readers of the same stream get the same tags.
 */
export class FlvMuxer {
  #tracks: Tracks | null = null;

  /** The tracks of the last `tracks` item. */
  get tracks(): Tracks | null {
    return this.#tracks;
  }

  /**
   * The tags of an item: sequence headers of a `tracks` item, `onMetaData` of a `metadata` item, one
   * tag of a unit. Nothing for a unit whose track was not announced. Without a discontinuity only
   * the headers of tracks that are new to this reader are given: a decoder starts anew at each.
   */
  tagsOf(item: StreamItem): readonly FlvTag[] {
    // What metadata says depends on the tracks as well, and it is rare.
    if (item.kind === "metadata") return this.#make(item);
    let tags = tagsOfItem.get(item);
    if (tags === undefined) {
      tags = this.#make(item);
      // A unit may be asked for again once its track is known.
      if (tags.length > 0) tagsOfItem.set(item, tags);
    }
    if (item.kind !== "tracks") return tags;
    const before = this.#tracks;
    this.#tracks = item.tracks;
    if (before === null || item.discontinuity) return tags;
    const { video, audio } = item.tracks;
    return tags.filter(({ type }) =>
      type === FLV_TAG.VIDEO ? !sameTrack(video, before.video) : !sameTrack(audio, before.audio)
    );
  }

  #make(item: StreamItem): readonly FlvTag[] {
    switch (item.kind) {
      case "tracks":
        return sequenceHeaderTags(item.tracks, flvTimestamp(item.dts));
      case "metadata":
        return [metadataTag({ tracks: this.#tracks, values: item.values })];
      case "video": {
        const track = this.#tracks?.video;
        return track ? [videoTag(item, track)] : [];
      }
      case "audio": {
        const track = this.#tracks?.audio;
        return track ? [audioTag(item, track)] : [];
      }
    }
  }
}

function sameTrack(a: Track | null, b: Track | null): boolean {
  return a?.codec === b?.codec && (a === b || sameBytes(a!.description, b!.description));
}

/** The sequence headers of tracks, video first; MP3 has none. */
export function sequenceHeaderTags(tracks: Tracks, timestampMs = 0): FlvTag[] {
  const tags: FlvTag[] = [];
  if (tracks.video !== null) tags.push(videoSequenceHeader(tracks.video, timestampMs));
  if (tracks.audio !== null && tracks.audio.codec !== "mp3") {
    tags.push(audioSequenceHeader(tracks.audio, timestampMs));
  }
  return tags;
}

/**
 * An `onMetaData` tag for viewers, see {@linkcode buildMetadata}. Its time is always 0: with any other
 * one, ffmpeg takes it for a subtitle and waits for more of them.
 */
export function metadataTag(options: Parameters<typeof buildMetadata>[0]): FlvTag {
  const data = buildMetadata(options);
  return makeTag({
    type: FLV_TAG.SCRIPT,
    timestampMs: 0,
    dataBytes: data.length,
    fill: (bytes, offset) => bytes.set(data, offset),
  });
}

/** The tag of a coded picture. */
export function videoTag(unit: VideoUnit, track: VideoTrack): FlvTag {
  const frame = unit.keyFrame ? KEY_FRAME : INTER_FRAME;
  const composition = compositionMs(unit);
  const timestampMs = flvTimestamp(unit.dts);
  const { data } = unit;
  if (track.codec === "h264") {
    return makeTag({
      type: FLV_TAG.VIDEO,
      timestampMs,
      dataBytes: 5 + data.length,
      fill: (bytes, offset) => {
        bytes[offset] = frame << 4 | CLASSIC_AVC;
        bytes[offset + 1] = 1;
        writeInt24(bytes, offset + 2, composition);
        bytes.set(data, offset + 5);
      },
    });
  }
  // Only the NAL codecs have a composition time, and only CodedFrames carries it.
  const hasComposition = track.codec === "h265" && composition !== 0;
  const plain = track.codec === "h265" ? VIDEO_PACKET.CODED_FRAMES_X : VIDEO_PACKET.CODED_FRAMES;
  const packet = hasComposition ? VIDEO_PACKET.CODED_FRAMES : plain;
  const headerBytes = hasComposition ? 8 : 5;
  return makeTag({
    type: FLV_TAG.VIDEO,
    timestampMs,
    dataBytes: headerBytes + data.length,
    fill: (bytes, offset) => {
      bytes[offset] = ENHANCED | frame << 4 | packet;
      writeFourCc(bytes, offset + 1, VIDEO_FOURCC[track.codec]);
      if (hasComposition) writeInt24(bytes, offset + 5, composition);
      bytes.set(data, offset + headerBytes);
    },
  });
}

/** The tag of an audio frame. */
export function audioTag(unit: AudioUnit, track: AudioTrack): FlvTag {
  const { data } = unit;
  const headerBytes = track.codec === "aac" ? 2 : track.codec === "mp3" ? 1 : 5;
  return makeTag({
    type: FLV_TAG.AUDIO,
    timestampMs: flvTimestamp(unit.dts),
    dataBytes: headerBytes + data.length,
    fill: (bytes, offset) => {
      if (track.codec === "aac") {
        bytes[offset] = CLASSIC_AAC;
        bytes[offset + 1] = 1;
      } else if (track.codec === "mp3") bytes[offset] = classicMp3(track);
      else {
        bytes[offset] = SOUND_FORMAT_ENHANCED << 4 | AUDIO_PACKET.CODED_FRAMES;
        writeFourCc(bytes, offset + 1, AUDIO_FOURCC[track.codec]);
      }
      bytes.set(data, offset + headerBytes);
    },
  });
}

function videoSequenceHeader(track: VideoTrack, timestampMs: number): FlvTag {
  const { description } = track;
  return makeTag({
    type: FLV_TAG.VIDEO,
    timestampMs,
    dataBytes: 5 + description.length,
    fill: (bytes, offset) => {
      if (track.codec === "h264") bytes[offset] = KEY_FRAME << 4 | CLASSIC_AVC;
      else {
        bytes[offset] = ENHANCED | KEY_FRAME << 4 | VIDEO_PACKET.SEQUENCE_START;
        writeFourCc(bytes, offset + 1, VIDEO_FOURCC[track.codec]);
      }
      bytes.set(description, offset + 5);
    },
  });
}

function audioSequenceHeader(track: AudioTrack, timestampMs: number): FlvTag {
  const { description } = track;
  const headerBytes = track.codec === "aac" ? 2 : 5;
  return makeTag({
    type: FLV_TAG.AUDIO,
    timestampMs,
    dataBytes: headerBytes + description.length,
    fill: (bytes, offset) => {
      if (track.codec === "aac") bytes[offset] = CLASSIC_AAC;
      else {
        bytes[offset] = SOUND_FORMAT_ENHANCED << 4 | AUDIO_PACKET.SEQUENCE_START;
        writeFourCc(bytes, offset + 1, AUDIO_FOURCC[track.codec]);
      }
      bytes.set(description, offset + headerBytes);
    },
  });
}

/** SoundFormat, rate, size and type of MP3; rates the field cannot say are read from the frame. */
function classicMp3(track: AudioTrack): number {
  const stereo = track.channels > 1 ? 1 : 0;
  if (track.sampleRate === 8_000) return CLASSIC_MP3_8_KHZ | SOUND_16_BIT | stereo;
  const rate = track.sampleRate === 11_025 ? 1 : track.sampleRate === 22_050 ? 2 : 3;
  return CLASSIC_MP3 | rate << 2 | SOUND_16_BIT | stereo;
}

function compositionMs(unit: VideoUnit): number {
  const composition = Math.round((unit.pts - unit.dts) / TICKS_PER_MS);
  return Math.max(-MAX_COMPOSITION_MS - 1, Math.min(MAX_COMPOSITION_MS, composition));
}

function writeInt24(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value >> 16;
  bytes[offset + 1] = value >> 8;
  bytes[offset + 2] = value;
}

function writeFourCc(bytes: Uint8Array, offset: number, fourCc: string): void {
  for (let i = 0; i < 4; i++) bytes[offset + i] = fourCc.charCodeAt(i);
}
