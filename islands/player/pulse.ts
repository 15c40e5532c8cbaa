/**
 * Tells a picture that moves from one that stands, where frames are all there is to see: a moving
 * picture may have 60 frames a second or one.
 *
 * @module
 */

const SHORTEST_PATIENCE_MS = 300;
const LONGEST_PATIENCE_MS = 2_000;
/** So many usual gaps without a frame: it stands. */
const GAPS = 4;

/** The beat of the frames; see the module. */
export class Pulse {
  #lastMs: number | null = null;
  #gapMs = 0;

  /** A frame has been seen. */
  get begun(): boolean {
    return this.#lastMs !== null;
  }

  /** A frame is there. */
  beat(nowMs: number): void {
    if (this.#lastMs !== null) {
      const gapMs = Math.min(nowMs - this.#lastMs, LONGEST_PATIENCE_MS);
      this.#gapMs = this.#gapMs === 0 ? gapMs : this.#gapMs * 0.9 + gapMs * 0.1;
    }
    this.#lastMs = nowMs;
  }

  /** Rises with the clock while frames come as they use to, milliseconds; 0 before the first. */
  positionMs(nowMs: number): number {
    if (this.#lastMs === null) return 0;
    const patienceMs = Math.min(
      Math.max(this.#gapMs * GAPS, SHORTEST_PATIENCE_MS),
      LONGEST_PATIENCE_MS,
    );
    return Math.min(nowMs, this.#lastMs + patienceMs);
  }
}
