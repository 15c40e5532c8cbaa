/**
 * What a live stream measures of itself.
 *
 * @module
 */
import { type AccessUnit, CLOCK_HZ } from "../access_unit.ts";

/** Over how many whole seconds rates are averaged. */
const WINDOW_S = 5;
/** Age of the current second included: one more than the window. */
const BUCKETS = WINDOW_S + 1;

/** Bitrate, frame rate and structure of the units that pass; the wall clock is passed in. */
export class StreamStatistics {
  readonly #bytes = new Float64Array(BUCKETS);
  readonly #frames = new Float64Array(BUCKETS);
  #second = -1;
  #firstSecond = -1;
  #highestPts = -Infinity;
  #bFrames = false;
  #keyFrameDts: number | null = null;
  #keyFrameIntervalMs: number | null = null;
  #totalBytes = 0;
  #totalVideoUnits = 0;
  #totalAudioUnits = 0;

  /** Counts one unit. */
  count(unit: AccessUnit, nowMs: number): void {
    const second = Math.floor(nowMs / 1000);
    if (second !== this.#second) this.#turnTo(second);
    const bucket = second % BUCKETS;
    this.#bytes[bucket] += unit.data.length;
    this.#totalBytes += unit.data.length;
    if (unit.kind === "audio") {
      this.#totalAudioUnits++;
      return;
    }
    this.#totalVideoUnits++;
    this.#frames[bucket]++;
    // A picture shown before one that was decoded earlier: pictures are reordered.
    if (unit.pts < this.#highestPts) this.#bFrames = true;
    else this.#highestPts = unit.pts;
    if (unit.keyFrame) {
      if (this.#keyFrameDts !== null) {
        this.#keyFrameIntervalMs = Math.round(
          (unit.dts - this.#keyFrameDts) / (CLOCK_HZ / 1000),
        );
      }
      this.#keyFrameDts = unit.dts;
    }
  }

  /** Other tracks or another publisher: what was measured of the pictures is void. */
  restart(): void {
    this.#bFrames = false;
    this.#highestPts = -Infinity;
    this.#keyFrameDts = null;
    this.#keyFrameIntervalMs = null;
  }

  get bFrames(): boolean {
    return this.#bFrames;
  }

  /** Between the last two key frames; null before the second. */
  get keyFrameIntervalMs(): number | null {
    return this.#keyFrameIntervalMs;
  }

  /** Since the stream began. */
  get totals(): { readonly bytes: number; readonly video: number; readonly audio: number } {
    return {
      bytes: this.#totalBytes,
      video: this.#totalVideoUnits,
      audio: this.#totalAudioUnits,
    };
  }

  /** Media bits and pictures a second over the last whole seconds. */
  rates(nowMs: number): { readonly bitrateKbps: number; readonly fps: number } {
    const now = Math.floor(nowMs / 1000);
    if (now !== this.#second) this.#turnTo(now);
    // The current second is not complete and does not count, unless there is no other.
    const seconds = Math.min(WINDOW_S, now - this.#firstSecond);
    if (seconds <= 0) {
      const bucket = now % BUCKETS;
      return {
        bitrateKbps: Math.round(this.#bytes[bucket] * 8 / 1000),
        fps: this.#frames[bucket],
      };
    }
    let bytes = 0;
    let frames = 0;
    for (let back = 1; back <= seconds; back++) {
      const bucket = (now - back) % BUCKETS;
      bytes += this.#bytes[bucket];
      frames += this.#frames[bucket];
    }
    return {
      bitrateKbps: Math.round(bytes * 8 / 1000 / seconds),
      fps: Math.round(frames * 10 / seconds) / 10,
    };
  }

  #turnTo(second: number): void {
    if (this.#firstSecond < 0) {
      this.#firstSecond = second;
      this.#second = second;
      return;
    }
    const skipped = Math.min(second - this.#second, BUCKETS);
    for (let i = 0; i < skipped; i++) {
      const bucket = (second - i) % BUCKETS;
      this.#bytes[bucket] = 0;
      this.#frames[bucket] = 0;
    }
    this.#second = second;
  }
}
