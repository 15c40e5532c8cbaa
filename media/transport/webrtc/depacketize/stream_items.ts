/**
 * Makes the items of a live stream (`media/access_unit.ts`) of coded pictures and Opus packets whose
 * presentation times are known.
 *
 * @module
 */
import {
  type AudioTrack,
  CLOCK_HZ,
  type StreamItem,
  type VideoTrack,
} from "../../../access_unit.ts";
import { av1Track, buildAv1Config, inspectAv1, parseAv1Sequence } from "../../../codec/av1.ts";
import { avcTrack, buildAvcConfig, H264_NAL } from "../../../codec/h264.ts";
import {
  buildOpusHead,
  OPUS_SAMPLE_RATE,
  opusPacketSamples,
  opusTrack,
} from "../../../codec/opus.ts";
import { parseVp8Frame, vp8Track } from "../../../codec/vp8.ts";
import {
  buildVpConfig,
  parseVp9Frame,
  splitSuperframe,
  vp9Track,
  vpConfigOfKeyFrame,
} from "../../../codec/vp9.ts";
import type { RtpCodec } from "../sdp/formats.ts";
import type { CodedFrame } from "./assembler.ts";

/** Codec of pictures over RTP. */
export type RtpVideoCodec = Exclude<RtpCodec, "opus">;

/** What a publisher sends, and where its items go. */
export interface StreamItemsOptions {
  /** null: there is no picture. */
  readonly video: RtpVideoCodec | null;
  readonly audio: boolean;
  readonly item: (item: StreamItem) => void;
}

/** For how long sound is left out while the first picture has not come yet. */
const VIDEO_WAIT_TICKS = 3 * CLOCK_HZ;
const MAX_PARAMETER_SETS = 32;
/** Opus over RTP is always announced with two channels (RFC 7587 §7). */
const OPUS_HEAD = buildOpusHead({
  channels: 2,
  preSkip: 0,
  inputSampleRate: OPUS_SAMPLE_RATE,
  outputGain: 0,
  mappingFamily: 0,
  mappingTable: new Uint8Array(0),
});

/**
 * Turns frames into items: complete tracks before the first unit and again when a configuration
 * changes in-band (another resolution has new parameter sets), decode times that never go back.
 * A WebRTC sender has no B-frames: pictures come in the order in which they are shown.
 */
export class StreamItems {
  readonly #options: StreamItemsOptions;
  readonly #configuration: VideoConfiguration | null;
  #video: VideoTrack | null = null;
  #audio: AudioTrack | null = null;
  #hasTracks = false;
  #firstAudioPts: number | null = null;
  #lastVideoDts = -Infinity;
  #lastAudioDts = -Infinity;
  #reordered = 0;

  constructor(options: StreamItemsOptions) {
    this.#options = options;
    this.#configuration = options.video === null ? null : openConfiguration(options.video);
  }

  /** Pictures that were to be shown before one that came earlier: the encoder uses B-frames. */
  get reordered(): number {
    return this.#reordered;
  }

  /** The track of the pictures; null before the first key frame. */
  get video(): VideoTrack | null {
    return this.#video;
  }

  /**
   * Takes a picture to be shown at `pts`, in 90 kHz ticks.
   *
   * @returns false when it cannot be used: a key frame without configuration, or pictures before it.
   * @throws {MalformedMediaError} when its configuration or headers are broken.
   */
  frame(frame: CodedFrame, pts: number): boolean {
    if (this.#configuration === null) return false;
    this.#configuration.note(frame);
    if (frame.data.length === 0) return true;
    const dts = Math.max(pts, this.#lastVideoDts + 1);
    if (frame.keyFrame) {
      const track = this.#configuration.trackOf(frame, this.#video);
      if (track === null) return false;
      if (track !== this.#video) {
        this.#video = track;
        this.#tracks(dts);
      }
    }
    if (this.#video === null) return false;
    if (pts < this.#lastVideoDts) this.#reordered++;
    this.#lastVideoDts = dts;
    this.#options.item({
      kind: "video",
      dts,
      pts: dts,
      keyFrame: frame.keyFrame,
      data: frame.data,
    });
    return true;
  }

  /**
   * Takes an Opus packet to be played at `pts`, in 90 kHz ticks. It is left out while a picture is
   * waited for, so that the stream begins with both tracks.
   *
   * @throws {MalformedMediaError} when it is no Opus packet.
   */
  audio(packet: Uint8Array, pts: number): void {
    if (!this.#options.audio) return;
    const samples = opusPacketSamples(packet);
    this.#firstAudioPts ??= pts;
    const waits = this.#configuration !== null && this.#video === null &&
      pts - this.#firstAudioPts < VIDEO_WAIT_TICKS;
    if (waits) return;
    const dts = Math.max(pts, this.#lastAudioDts + 1);
    this.#lastAudioDts = dts;
    if (this.#audio === null) {
      this.#audio = opusTrack(OPUS_HEAD);
      this.#tracks(dts);
    }
    this.#options.item({ kind: "audio", dts, pts: dts, samples, data: packet });
  }

  #tracks(dts: number): void {
    this.#options.item({
      kind: "tracks",
      tracks: { video: this.#video, audio: this.#audio },
      dts,
      discontinuity: this.#hasTracks,
    });
    this.#hasTracks = true;
  }
}

/** How the configuration of a codec is found in its pictures. */
interface VideoConfiguration {
  /** Sees every frame, also those that are not shown. */
  note(frame: CodedFrame): void;
  /** The track of a key frame: `current` when it still holds; null when it is not known. */
  trackOf(keyFrame: CodedFrame, current: VideoTrack | null): VideoTrack | null;
}

function openConfiguration(codec: RtpVideoCodec): VideoConfiguration {
  switch (codec) {
    case "h264":
      return new H264Configuration();
    case "vp8":
      return { note: () => {}, trackOf: vp8TrackOf };
    case "vp9":
      return { note: () => {}, trackOf: vp9TrackOf };
    case "av1":
      return new Av1Configuration();
  }
}

/** Parameter sets by their bytes; the newest comes first in the record. */
class H264Configuration implements VideoConfiguration {
  #sps: Uint8Array[] = [];
  #pps: Uint8Array[] = [];
  #changed = false;

  note(frame: CodedFrame): void {
    for (const set of frame.parameterSets) {
      if ((set[0] & 0x1f) === H264_NAL.SPS) this.#sps = this.#with(this.#sps, set);
      else this.#pps = this.#with(this.#pps, set);
    }
  }

  trackOf(_keyFrame: CodedFrame, current: VideoTrack | null): VideoTrack | null {
    if (this.#sps.length === 0 || this.#pps.length === 0) return null;
    if (current !== null && !this.#changed) return current;
    this.#changed = false;
    return avcTrack(buildAvcConfig({ sps: this.#sps, pps: this.#pps }));
  }

  /** The sets with one more: it takes the place of the one with the same id. */
  #with(sets: readonly Uint8Array[], set: Uint8Array): Uint8Array[] {
    if (sets.some((known) => sameBytes(known, set))) return sets as Uint8Array[];
    this.#changed = true;
    const id = parameterSetId(set);
    const others = sets.filter((known) => parameterSetId(known) !== id);
    return [set, ...others].slice(0, MAX_PARAMETER_SETS - 1);
  }
}

/**
 * The id of a parameter set, ue(v): the first field of a PPS (H.264 §7.3.2.2), behind profile and
 * level in an SPS (§7.3.2.1.1).
 */
function parameterSetId(set: Uint8Array): number {
  const start = (set[0] & 0x1f) === H264_NAL.SPS ? 4 : 1;
  let zeros = 0;
  const bit = (index: number) => set[start + (index >>> 3)] >>> (7 - (index & 7)) & 1;
  while (zeros < 9 && bit(zeros) !== 1) zeros++;
  let value = 0;
  for (let i = 0; i <= zeros; i++) value = value << 1 | bit(zeros + i);
  return value - 1;
}

class Av1Configuration implements VideoConfiguration {
  #header: Uint8Array | null = null;

  note(): void {}

  trackOf(keyFrame: CodedFrame, current: VideoTrack | null): VideoTrack | null {
    const { sequenceHeader } = inspectAv1(keyFrame.data);
    if (sequenceHeader === null) return current;
    if (current !== null && this.#header !== null && sameBytes(this.#header, sequenceHeader)) {
      return current;
    }
    this.#header = sequenceHeader.slice();
    return av1Track(buildAv1Config(this.#header), parseAv1Sequence(this.#header));
  }
}

function vp8TrackOf(keyFrame: CodedFrame, current: VideoTrack | null): VideoTrack | null {
  const { size, version } = parseVp8Frame(keyFrame.data);
  if (size === null) return current;
  if (current?.width === size.width && current.height === size.height) return current;
  return vp8Track(size, version);
}

function vp9TrackOf(keyFrame: CodedFrame, current: VideoTrack | null): VideoTrack | null {
  // A decoder shows the last spatial layer, whose size is the picture's.
  let size: { readonly width: number; readonly height: number } | null = null;
  let description: Uint8Array | null = null;
  for (const frame of splitSuperframe(keyFrame.data)) {
    const header = parseVp9Frame(frame);
    if (header.key === null) continue;
    size = header.key;
    description = buildVpConfig(vpConfigOfKeyFrame({ ...header, key: header.key }));
  }
  if (size === null || description === null) return current;
  if (
    current !== null && sameBytes(current.description, description) &&
    current.width === size.width && current.height === size.height
  ) return current;
  return vp9Track(description, size);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
