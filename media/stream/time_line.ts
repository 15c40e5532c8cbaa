/**
 * Moves the units of one publisher after another onto the one clock of a live stream
 * (docs/architecture.md, "The time line"). Pure: the wall clock is passed in.
 *
 * @module
 */
import { type AccessUnit, CLOCK_HZ } from "../access_unit.ts";

const TICKS_PER_MS = CLOCK_HZ / 1000;
/** A decode time this much before the latest one of its source is a new clock. */
export const BACKWARD_JUMP_TICKS = 1 * CLOCK_HZ;
/** A decode time this much after the latest one of its source is a new clock. */
export const FORWARD_JUMP_TICKS = 10 * CLOCK_HZ;
/** Least distance between the last picture before a rebase and the first one after it. */
const LEAST_STEP_TICKS = CLOCK_HZ / 30;

/**
 * The clock of one live stream. For each unit: {@linkcode observe} first; when it reports a jump,
 * or the unit is the first of a source, {@linkcode rebase}; then {@linkcode place}.
 */
export class TimeLine {
  #openedAtMs: number | null = null;
  /** Added to the publisher's ticks. */
  #offset = 0;
  /** First tick since the last rebase. */
  #floor = 0;
  /** Latest dts of the source, on the publisher's clock, over all tracks. */
  #sourceDts: number | null = null;
  /** Latest placed dts and pts, over all tracks. */
  #lastDts = 0;
  #lastPts = 0;
  #lastAtMs = 0;
  /** Latest placed dts by track; null: none since the last rebase. */
  #videoDts: number | null = null;
  #audioDts: number | null = null;

  /** Wall-clock instant of tick 0 in milliseconds since the epoch; null before the first rebase. */
  get openedAtMs(): number | null {
    return this.#openedAtMs;
  }

  /** Latest decode time, in ticks. */
  get lastDts(): number {
    return this.#lastDts;
  }

  /** Another publisher: its clock has nothing to do with the one before. */
  newSource(): void {
    this.#sourceDts = null;
  }

  /**
   * Notes a decode time of the source (its own clock); true when the clock jumped, that is, went
   * back by more than 1 s or forward by more than 10 s.
   */
  observe(dts: number): boolean {
    const latest = this.#sourceDts;
    if (latest === null) {
      this.#sourceDts = dts;
      return false;
    }
    if (dts < latest - BACKWARD_JUMP_TICKS || dts > latest + FORWARD_JUMP_TICKS) {
      this.#sourceDts = dts;
      return true;
    }
    if (dts > latest) this.#sourceDts = dts;
    return false;
  }

  /**
   * Ties `dts` of the source, which arrived at `atMs`, to the line: to tick 0 the first time, then
   * to the last tick plus the time that passed on the wall. Returns that tick.
   */
  rebase(dts: number, atMs: number): number {
    let tick = 0;
    if (this.#openedAtMs === null) {
      this.#openedAtMs = atMs;
    } else {
      const passedTicks = Math.max(0, atMs - this.#lastAtMs) * TICKS_PER_MS;
      tick = Math.max(
        Math.round(this.#lastDts + passedTicks),
        Math.ceil(this.#lastPts + LEAST_STEP_TICKS),
      );
    }
    this.#offset = tick - dts;
    this.#floor = tick;
    this.#lastDts = tick;
    this.#lastPts = tick;
    this.#lastAtMs = atMs;
    this.#videoDts = null;
    this.#audioDts = null;
    return tick;
  }

  /** The tick of a decode time of the source, not before the last rebase. */
  tickOf(dts: number): number {
    return Math.max(dts + this.#offset, this.#floor);
  }

  /**
   * The unit on the line. Decode times of a track that go back a little are held at the last one;
   * presentation times keep their distance to the other units, but never come before the decode
   * time. Null when the unit lies before the start of a track (sound before the first picture).
   */
  place(unit: AccessUnit, atMs: number): AccessUnit | null {
    const isVideo = unit.kind === "video";
    const before = isVideo ? this.#videoDts : this.#audioDts;
    let dts = unit.dts + this.#offset;
    if (before === null) {
      if (dts < this.#floor) {
        if (!isVideo) return null;
        // A picture is never left out: what follows needs it.
        dts = this.#floor;
      }
    } else if (dts < before) {
      dts = before;
    }
    const pts = Math.max(unit.pts + this.#offset, dts);
    if (isVideo) this.#videoDts = dts;
    else this.#audioDts = dts;
    if (dts > this.#lastDts) this.#lastDts = dts;
    if (pts > this.#lastPts) this.#lastPts = pts;
    this.#lastAtMs = atMs;
    // Written out by kind: every unit of a track keeps one hidden class, spread would not.
    return unit.kind === "video"
      ? { kind: "video", dts, pts, keyFrame: unit.keyFrame, data: unit.data }
      : { kind: "audio", dts, pts, samples: unit.samples, data: unit.data };
  }
}
