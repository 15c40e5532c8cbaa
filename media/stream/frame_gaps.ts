/**
 * Frames that an encoder left out, told from the decode times of those that came.
 *
 * ```text
 * learning -> steady    the usual frame duration is known: nearly all recent ones are alike
 * steady   -> disturbed a frame came at another distance
 * disturbed -> steady   CALM_FRAMES frames at the usual distance: what is missing is counted
 * disturbed -> learning the old pace did not come back: it was another pace, nothing is missing
 * ```
 *
 * It is better to miss a gap than to blame an encoder that paces its frames freely, such as one that
 * captures a screen. So what is missing counts when there is evidence for it: the gap ends at a key
 * frame (OBS leaves out everything up to one), or the upload was late. Without evidence it must be
 * short and stand alone: no other one within five seconds before or after.
 *
 * @module
 */
import { CLOCK_HZ, type VideoUnit } from "../access_unit.ts";

/** Frame durations that the usual one is the median of. */
const LEARNED = 32;
/** Of these at least this share is alike, or frames come at no steady pace. */
const ALIKE_SHARE = 0.9;
/** New durations between two looks at the median. */
const REFRESH = 16;
/** A duration within this share of the usual one is alike, and so is one within 2 ms of it. */
const TOLERANCE = 0.25;
const ROUNDING_TICKS = 2 * CLOCK_HZ / 1000;
/** A duration from so many usual ones on is a gap. */
const GAP = 1.6;
const CALM_FRAMES = 8;
/** A disturbance that lasts longer is another pace. */
const MAX_DISTURBED_FRAMES = 96;
const MAX_DISTURBED_TICKS = 12 * CLOCK_HZ;
/** Longest gap that is believed without evidence. */
const UNPROVED_TICKS = CLOCK_HZ / 2;
const ALONE_TICKS = 5 * CLOCK_HZ;
/** Lag of the upload from which on a gap is put down to it, milliseconds. */
const LATE_MS = 250;

/** Counts the frames that are missing; one for each stream. */
export class FrameGaps {
  readonly #durations = new Float64Array(LEARNED);
  readonly #sorted = new Float64Array(LEARNED);
  #known = 0;
  #next = 0;
  #sinceRefresh = REFRESH;
  /** Ticks from one frame to the next; 0 while learning. */
  #usual = 0;
  #lastDts: number | null = null;

  #disturbed = false;
  /** Last frame at the usual distance, and the frames since. */
  #startDts = 0;
  #frames = 0;
  #calm = 0;
  #longestGap = 0;
  #proved = false;

  /** Missing frames without evidence, which count when nothing like it follows. */
  #held = 0;
  #heldDts = -Infinity;
  #dropped = 0;

  /** Frames that were left out since the stream began. */
  get dropped(): number {
    return this.#dropped;
  }

  /**
   * Takes the next frame in decoding order.
   *
   * @param lagMs says by how much the upload lags in milliseconds; asked only at a gap.
   */
  note(frame: Pick<VideoUnit, "dts" | "keyFrame">, lagMs: () => number): void {
    const { dts } = frame;
    const last = this.#lastDts;
    this.#lastDts = dts;
    if (last === null) return;
    if (this.#held > 0 && dts - this.#heldDts > ALONE_TICKS) this.#release();
    const duration = dts - last;
    if (this.#usual === 0) {
      this.#learn(duration);
      return;
    }
    const alike = Math.abs(duration - this.#usual) <=
      Math.max(this.#usual * TOLERANCE, ROUNDING_TICKS);
    if (!this.#disturbed) {
      if (alike) {
        this.#learn(duration);
        return;
      }
      this.#disturbed = true;
      this.#startDts = last;
      this.#frames = 0;
      this.#calm = 0;
      this.#longestGap = 0;
      this.#proved = false;
    }
    this.#frames++;
    this.#calm = alike ? this.#calm + 1 : 0;
    if (duration >= this.#usual * GAP) {
      this.#longestGap = Math.max(this.#longestGap, duration);
      this.#proved ||= frame.keyFrame || lagMs() >= LATE_MS;
    }
    if (this.#calm >= CALM_FRAMES) this.#settle(dts);
    else if (
      this.#frames > MAX_DISTURBED_FRAMES || dts - this.#startDts > MAX_DISTURBED_TICKS
    ) this.#forgetPace();
  }

  /** Another publisher, other tracks or another clock: the distance to what was before says nothing. */
  restart(): void {
    this.#forgetPace();
    this.#release();
    this.#lastDts = null;
    this.#heldDts = -Infinity;
  }

  #settle(dts: number): void {
    const missing = Math.round((dts - this.#startDts) / this.#usual) - this.#frames;
    this.#disturbed = false;
    if (missing <= 0) return;
    if (this.#proved) {
      this.#dropped += missing;
      return;
    }
    // Two in a short time are the pace of the source, and neither counts.
    const alone = dts - this.#heldDts > ALONE_TICKS;
    this.#held = alone && this.#longestGap <= UNPROVED_TICKS ? missing : 0;
    this.#heldDts = dts;
  }

  #release(): void {
    this.#dropped += this.#held;
    this.#held = 0;
  }

  #forgetPace(): void {
    this.#disturbed = false;
    this.#usual = 0;
    this.#known = 0;
    this.#next = 0;
    this.#sinceRefresh = REFRESH;
  }

  #learn(duration: number): void {
    this.#durations[this.#next] = duration;
    this.#next = (this.#next + 1) % LEARNED;
    if (this.#known < LEARNED) this.#known++;
    if (this.#known < LEARNED || ++this.#sinceRefresh < REFRESH) return;
    this.#sinceRefresh = 0;
    this.#sorted.set(this.#durations);
    this.#sorted.sort();
    const median = this.#sorted[LEARNED >> 1];
    const tolerance = Math.max(median * TOLERANCE, ROUNDING_TICKS);
    let alike = 0;
    for (let i = 0; i < LEARNED; i++) {
      if (Math.abs(this.#durations[i] - median) <= tolerance) alike++;
    }
    this.#usual = median > 0 && alike >= LEARNED * ALIKE_SHARE ? median : 0;
  }
}
