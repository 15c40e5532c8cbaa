/**
 * CMAF chunks: `moof` and `mdat` with one track fragment for video and one for audio (ISO/IEC
 * 14496-12 §8.8, ISO/IEC 23000-19 §7.3.2).
 *
 * @module
 */
import { type AudioUnit, CLOCK_HZ, type Tracks, type VideoUnit } from "../../access_unit.ts";
import { audioTimescale, audioTrackId, VIDEO_TRACK_ID, writeInitSegment } from "./init_segment.ts";

const TWO_32 = 0x1_0000_0000;
/** Seconds by which the sample count may leave the time stamps before it follows them. */
const AUDIO_RESYNC_S = 0.1;

const BOX_HEADER_BYTES = 8;
const MFHD_BYTES = 16;
const TFDT_BYTES = 20;
const TRUN_HEADER_BYTES = 20;
const TFHD_DEFAULT_BASE_IS_MOOF = 0x02_0000;
const TFHD_DEFAULT_DURATION = 0x08;
const TFHD_DEFAULT_FLAGS = 0x20;
const TRUN_DATA_OFFSET = 0x001;
const TRUN_DURATION = 0x100;
const TRUN_SIZE = 0x200;
const TRUN_FLAGS = 0x400;
const TRUN_COMPOSITION_OFFSET = 0x800;
/** `sample_depends_on` 2: on no other; and 1 with `sample_is_non_sync_sample` (§8.8.3.1). */
const SYNC_SAMPLE = 0x0200_0000;
const NON_SYNC_SAMPLE = 0x0101_0000;

const MOOF = 0x6d6f6f66;
const MFHD = 0x6d666864;
const TRAF = 0x74726166;
const TFHD = 0x74666864;
const TFDT = 0x74666474;
const TRUN = 0x7472756e;
const MDAT = 0x6d646174;

/** What one CMAF chunk is made of; at least one unit is there. */
export interface FragmentContent {
  /** In decoding order. */
  readonly video: readonly VideoUnit[];
  readonly audio: readonly AudioUnit[];
  /** Ticks at which the next picture is decoded: ends the last one of `video`. */
  readonly videoEndDts: number;
}

/** Makes the initialisation section and the chunks of one set of tracks. */
export class CmafMuxer {
  readonly #tracks: Tracks;
  readonly #audioRate: number;
  #sequence = 0;
  /** Sample number that follows the last audio unit; null before the first. */
  #nextSample: number | null = null;

  constructor(tracks: Tracks) {
    this.#tracks = tracks;
    this.#audioRate = tracks.audio === null ? CLOCK_HZ : audioTimescale(tracks.audio);
  }

  /**
   * The CMAF header.
   *
   * @throws {UnsupportedMediaError} when there is no track.
   */
  initSegment(): Uint8Array {
    return writeInitSegment(this.#tracks);
  }

  /**
   * Writes a chunk into one new buffer; each payload byte is copied once.
   *
   * Video decode times are exact, composition offsets are positive and there is no edit list. Audio
   * decode times count samples, because millisecond time stamps would make clicks; when they are
   * more than 100 ms away from `dts`, the count follows: a hole lengthens the sample before it, an
   * overlap is left out.
   */
  fragment(content: FragmentContent): Uint8Array {
    const { video } = content;
    const sound = this.#layOutAudio(content.audio);
    const offsets = video.some((unit) => unit.pts > unit.dts);
    const videoSampleBytes = offsets ? 16 : 12;
    const audioSampleBytes = sound.durations === null ? 4 : 8;
    const videoTraf = video.length === 0
      ? 0
      : BOX_HEADER_BYTES + 16 + TFDT_BYTES + TRUN_HEADER_BYTES + video.length * videoSampleBytes;
    const audioTraf = sound.units.length === 0
      ? 0
      : BOX_HEADER_BYTES + 24 + TFDT_BYTES + TRUN_HEADER_BYTES +
        sound.units.length * audioSampleBytes;
    const moofBytes = BOX_HEADER_BYTES + MFHD_BYTES + videoTraf + audioTraf;
    let videoBytes = 0;
    for (const unit of video) videoBytes += unit.data.length;
    let audioBytes = 0;
    for (const unit of sound.units) audioBytes += unit.data.length;

    const out = new Uint8Array(moofBytes + BOX_HEADER_BYTES + videoBytes + audioBytes);
    const view = new DataView(out.buffer);
    boxHeader(view, { position: 0, size: moofBytes, type: MOOF });
    boxHeader(view, { position: 8, size: MFHD_BYTES, type: MFHD });
    view.setUint32(20, ++this.#sequence);
    let position = BOX_HEADER_BYTES + MFHD_BYTES;
    let data = moofBytes + BOX_HEADER_BYTES;

    if (video.length > 0) {
      boxHeader(view, { position, size: videoTraf, type: TRAF });
      boxHeader(view, { position: position + 8, size: 16, type: TFHD });
      view.setUint32(position + 16, TFHD_DEFAULT_BASE_IS_MOOF);
      view.setUint32(position + 20, VIDEO_TRACK_ID);
      decodeTime(view, {
        position: position + 24,
        time: Math.round(video[0].dts),
      });
      position += 44;
      boxHeader(view, {
        position,
        size: TRUN_HEADER_BYTES + video.length * videoSampleBytes,
        type: TRUN,
      });
      view.setUint32(
        position + 8,
        TRUN_DATA_OFFSET | TRUN_DURATION | TRUN_SIZE | TRUN_FLAGS |
          (offsets ? TRUN_COMPOSITION_OFFSET : 0),
      );
      view.setUint32(position + 12, video.length);
      view.setUint32(position + 16, data);
      position += TRUN_HEADER_BYTES;
      let dts = Math.round(video[0].dts);
      for (let i = 0; i < video.length; i++) {
        const unit = video[i];
        const next = Math.round(i + 1 < video.length ? video[i + 1].dts : content.videoEndDts);
        view.setUint32(position, Math.max(0, next - dts));
        view.setUint32(position + 4, unit.data.length);
        view.setUint32(position + 8, unit.keyFrame ? SYNC_SAMPLE : NON_SYNC_SAMPLE);
        if (offsets) view.setUint32(position + 12, Math.max(0, Math.round(unit.pts) - dts));
        position += videoSampleBytes;
        dts = next;
        out.set(unit.data, data);
        data += unit.data.length;
      }
    }

    if (sound.units.length > 0) {
      boxHeader(view, { position, size: audioTraf, type: TRAF });
      boxHeader(view, { position: position + 8, size: 24, type: TFHD });
      view.setUint32(
        position + 16,
        TFHD_DEFAULT_BASE_IS_MOOF | TFHD_DEFAULT_DURATION | TFHD_DEFAULT_FLAGS,
      );
      view.setUint32(position + 20, audioTrackId(this.#tracks));
      view.setUint32(position + 24, sound.units[0].samples);
      view.setUint32(position + 28, SYNC_SAMPLE);
      decodeTime(view, { position: position + 32, time: sound.firstSample });
      position += 52;
      boxHeader(view, {
        position,
        size: TRUN_HEADER_BYTES + sound.units.length * audioSampleBytes,
        type: TRUN,
      });
      view.setUint32(
        position + 8,
        TRUN_DATA_OFFSET | TRUN_SIZE | (sound.durations === null ? 0 : TRUN_DURATION),
      );
      view.setUint32(position + 12, sound.units.length);
      view.setUint32(position + 16, data);
      position += TRUN_HEADER_BYTES;
      for (let i = 0; i < sound.units.length; i++) {
        const unit = sound.units[i];
        if (sound.durations !== null) {
          view.setUint32(position, sound.durations[i]);
          position += 4;
        }
        view.setUint32(position, unit.data.length);
        position += 4;
        out.set(unit.data, data);
        data += unit.data.length;
      }
    }
    boxHeader(view, {
      position,
      size: BOX_HEADER_BYTES + videoBytes + audioBytes,
      type: MDAT,
    });
    return out;
  }

  /** Puts audio units on the sample clock; `durations` is null when all are those of the first. */
  #layOutAudio(units: readonly AudioUnit[]): {
    readonly units: readonly AudioUnit[];
    readonly firstSample: number;
    readonly durations: readonly number[] | null;
  } {
    const kept: AudioUnit[] = [];
    let durations: number[] | null = null;
    let firstSample = 0;
    const tolerance = this.#audioRate * AUDIO_RESYNC_S;
    for (const unit of units) {
      const due = Math.max(0, Math.round(unit.dts * this.#audioRate / CLOCK_HZ));
      let sample: number = this.#nextSample ?? due;
      // Decode times may not go back: what is already covered is left out.
      if (sample - due > tolerance) continue;
      if (due - sample > tolerance) {
        if (kept.length > 0) {
          durations ??= kept.map((one) => one.samples);
          durations[durations.length - 1] += due - sample;
        }
        sample = due;
      }
      if (kept.length === 0) firstSample = sample;
      else if (durations === null && unit.samples !== kept[0].samples) {
        durations = kept.map((one) => one.samples);
      }
      kept.push(unit);
      durations?.push(unit.samples);
      this.#nextSample = sample + unit.samples;
    }
    return { units: kept, firstSample, durations };
  }
}

function boxHeader(
  view: DataView,
  { position, size, type }: {
    readonly position: number;
    readonly size: number;
    readonly type: number;
  },
): void {
  view.setUint32(position, size);
  view.setUint32(position + 4, type);
}

/** `tfdt` version 1: 64-bit base media decode time (§8.8.12). */
function decodeTime(
  view: DataView,
  { position, time }: { readonly position: number; readonly time: number },
): void {
  const start = Math.max(0, time);
  boxHeader(view, { position, size: TFDT_BYTES, type: TFDT });
  view.setUint32(position + 8, 0x0100_0000);
  view.setUint32(position + 12, Math.floor(start / TWO_32));
  view.setUint32(position + 16, start % TWO_32);
}
