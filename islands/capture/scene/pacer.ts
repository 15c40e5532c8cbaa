/**
 * A steady beat from timers that are late: the next one is timed from the plan, and what was
 * missed is not made up for.
 *
 * @module
 */

/** When frames are due; see the module. */
export class Pacer {
  #intervalMs: number;
  #dueMs: number;

  constructor({ fps, nowMs }: { readonly fps: number; readonly nowMs: number }) {
    this.#intervalMs = 1000 / fps;
    this.#dueMs = nowMs + this.#intervalMs;
  }

  /** Another rate from now on. */
  setRate(fps: number, nowMs: number): void {
    this.#intervalMs = 1000 / fps;
    this.#dueMs = nowMs + this.#intervalMs;
  }

  /** After a frame: how long to wait for the next one, milliseconds. */
  next(nowMs: number): number {
    this.#dueMs += this.#intervalMs;
    // More than a frame late: the beat starts anew.
    if (this.#dueMs < nowMs) this.#dueMs = nowMs + this.#intervalMs / 2;
    return Math.max(0, this.#dueMs - nowMs);
  }
}
