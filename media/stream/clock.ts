/**
 * Time as the live streams see it, passed in so that every policy can be tested.
 *
 * @module
 */

/** Wall clock and timers of one process. */
export interface StreamClock {
  /** Milliseconds since the epoch; never goes back, even when the system clock is set. */
  now(): number;
  /** Calls `callback` once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, callback: () => void): () => void;
}

/** The clock of the running process. */
export const systemClock: StreamClock = {
  now: () => performance.timeOrigin + performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
