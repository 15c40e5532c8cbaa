/**
 * What a live stream measures of itself.
 *
 * @module
 */
import { type AccessUnit, CLOCK_HZ } from "../access_unit.ts";
import { FrameGaps } from "./frame_gaps.ts";
import { UploadLag } from "./upload_lag.ts";

/** Over how many whole seconds rates are averaged. */
const WINDOW_S = 5;
/** Age of the current second included: one more than the window. */
const BUCKETS = WINDOW_S + 1;
/** Over how many seconds "recently dropped" reaches, the current one included. */
const RECENTLY_S = 30;
const TICKS_PER_MS = CLOCK_HZ / 1000;

/**
 * Bitrate, frame rate, structure and steadiness of the units that pass; the wall clock is passed
 * in. It is on the way of every unit and allocates nothing.
 */
export class StreamStatistics {
  readonly #bytes = new Float64Array(BUCKETS);
  readonly #frames = new Float64Array(BUCKETS);
  /** Largest `pts − dts` of each second, in ticks. */
  readonly #reorder = new Float64Array(BUCKETS);
  readonly #dropped = new Float64Array(RECENTLY_S);
  readonly #gaps = new FrameGaps();
  readonly #lag = new UploadLag();
  readonly #lagMs = () => this.#lag.recentMs(this.#nowMs);
  #nowMs = 0;
  #second = -1;
  #firstSecond = -1;
  #highestPts = -Infinity;
  #bFrames = false;
  #hasVideo = true;
  #pictures = 0;
  #keyFrameDelay = 0;
  #keyFrameDts: number | null = null;
  #keyFrameIntervalMs: number | null = null;
  #totalBytes = 0;
  #totalVideoUnits = 0;
  #totalAudioUnits = 0;

  /** Counts one unit that arrived at `nowMs`. */
  count(unit: AccessUnit, nowMs: number): void {
    this.#nowMs = nowMs;
    const second = Math.floor(nowMs / 1000);
    if (second > this.#second) this.#turnTo(second);
    const bucket = this.#second % BUCKETS;
    this.#bytes[bucket] += unit.data.length;
    this.#totalBytes += unit.data.length;
    if (unit.kind === "audio") {
      this.#totalAudioUnits++;
      // Sound waits for pictures in the interleaving of some encoders; it tells only alone.
      if (!this.#hasVideo) this.#lag.note(unit.dts, nowMs);
      return;
    }
    this.#totalVideoUnits++;
    this.#pictures++;
    this.#frames[bucket]++;
    this.#lag.note(unit.dts, nowMs);
    const dropped = this.#gaps.dropped;
    this.#gaps.note(unit, this.#lagMs);
    this.#dropped[this.#second % RECENTLY_S] += this.#gaps.dropped - dropped;
    this.#reorder[bucket] = Math.max(this.#reorder[bucket], unit.pts - unit.dts);
    // A picture shown before one that was decoded earlier: pictures are reordered.
    if (unit.pts < this.#highestPts) this.#bFrames = true;
    else this.#highestPts = unit.pts;
    if (unit.keyFrame) {
      this.#keyFrameDelay = unit.pts - unit.dts;
      if (this.#keyFrameDts !== null) {
        this.#keyFrameIntervalMs = Math.round(
          (unit.dts - this.#keyFrameDts) / TICKS_PER_MS,
        );
      }
      this.#keyFrameDts = unit.dts;
    }
  }

  /** Other tracks, another publisher or another clock: what was measured of the pictures is void. */
  restart(options: { readonly hasVideo: boolean }): void {
    this.#hasVideo = options.hasVideo;
    this.#gaps.restart();
    this.#lag.restart();
    this.#reorder.fill(0);
    this.#bFrames = false;
    this.#pictures = 0;
    this.#keyFrameDelay = 0;
    this.#highestPts = -Infinity;
    this.#keyFrameDts = null;
    this.#keyFrameIntervalMs = null;
  }

  /** What tells whether pictures are reordered; void after {@linkcode restart}. */
  get order(): { readonly bFrames: boolean; pictures: number; keyFrameDelay: number } {
    return {
      bFrames: this.#bFrames,
      pictures: this.#pictures,
      keyFrameDelay: this.#keyFrameDelay,
    };
  }

  get bFrames(): boolean {
    return this.#bFrames;
  }

  /** Between the last two key frames; null before the second. */
  get keyFrameIntervalMs(): number | null {
    return this.#keyFrameIntervalMs;
  }

  /** Largest `pts − dts` of the last seconds in milliseconds; 0 without B-frames. */
  bFrameDelayMs(nowMs: number): number {
    this.#catchUp(nowMs);
    return this.#bFrames ? Math.round(Math.max(...this.#reorder) / TICKS_PER_MS) : 0;
  }

  /** Frames that the encoder left out: since the stream began, and in the last 30 s. */
  droppedFrames(nowMs: number): { readonly total: number; readonly recently: number } {
    this.#catchUp(nowMs);
    let recently = 0;
    for (const count of this.#dropped) recently += count;
    return { total: this.#gaps.dropped, recently };
  }

  /** How late media came in the last 5 s at worst, beyond the best of the last 30 s; milliseconds. */
  uploadLagMs(nowMs: number): number {
    return Math.round(this.#lag.recentMs(nowMs));
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
    this.#catchUp(nowMs);
    const now = this.#second;
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

  #catchUp(nowMs: number): void {
    const second = Math.floor(nowMs / 1000);
    if (second > this.#second) this.#turnTo(second);
  }

  #turnTo(second: number): void {
    if (this.#firstSecond < 0) {
      this.#firstSecond = second;
      this.#second = second;
      return;
    }
    const skipped = Math.min(second - this.#second, RECENTLY_S);
    for (let i = 0; i < skipped; i++) {
      this.#dropped[(second - i) % RECENTLY_S] = 0;
      if (i >= BUCKETS) continue;
      const bucket = (second - i) % BUCKETS;
      this.#bytes[bucket] = 0;
      this.#frames[bucket] = 0;
      this.#reorder[bucket] = 0;
    }
    this.#second = second;
  }
}
