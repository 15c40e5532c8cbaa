/**
 * The 32-bit millisecond clock of FLV and RTMP.
 *
 * @module
 */

const RANGE_MS = 2 ** 32;
/** A step over the end of the range is a wrap only when it is no longer than this. */
const WRAP_WINDOW_MS = 3_600_000;

/**
 * Continues 32-bit milliseconds beyond 2^32. Small steps over either end of the range are wraps
 * (audio and video interleave, so the clock steps back and forth there); every other jump is kept
 * as it is, for the stream to judge.
 */
export class TimestampUnwrapper {
  #last = 0;
  #epochMs = 0;

  /** Milliseconds that do not wrap; the result modulo 2^32 is `timestampMs`. */
  unwrap(timestampMs: number): number {
    const now = timestampMs >>> 0;
    const step = now - this.#last;
    if (step < 0 && step + RANGE_MS <= WRAP_WINDOW_MS) this.#epochMs += RANGE_MS;
    else if (step > 0 && RANGE_MS - step <= WRAP_WINDOW_MS) this.#epochMs -= RANGE_MS;
    this.#last = now;
    return this.#epochMs + now;
  }
}
