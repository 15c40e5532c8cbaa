/**
 * How steadily a publisher's media arrives.
 *
 * @module
 */
import { CLOCK_HZ } from "../access_unit.ts";

const TICKS_PER_MS = CLOCK_HZ / 1000;
/** Over how many seconds the best arrival is looked for: clocks drift about 1 ms in that time. */
const BASELINE_S = 30;
/** Over how many seconds the worst arrival is remembered, the current one included. */
const RECENT_S = 5;

/**
 * Compares arrival with the media's own clock. `arrival − dts` is a constant on a steady upload;
 * what it is above the least of the last 30 s is the lag. A constant delay is no lag: nobody can
 * tell it from an offset of the clocks. Pure: the wall clock is passed in.
 */
export class UploadLag {
  /** By second: least and largest `arrival − dts` in milliseconds. */
  readonly #least = new Float64Array(BASELINE_S).fill(Infinity);
  readonly #largest = new Float64Array(BASELINE_S).fill(-Infinity);
  #second = -1;

  /** Notes that a unit with this `dts` (ticks of the stream's clock) came at `nowMs`. */
  note(dts: number, nowMs: number): void {
    this.#turnTo(nowMs);
    const slot = this.#second % BASELINE_S;
    const delayMs = nowMs - dts / TICKS_PER_MS;
    if (delayMs < this.#least[slot]) this.#least[slot] = delayMs;
    if (delayMs > this.#largest[slot]) this.#largest[slot] = delayMs;
  }

  /** Largest lag of the last five seconds in milliseconds; 0 when nothing came. */
  recentMs(nowMs: number): number {
    this.#turnTo(nowMs);
    let largest = -Infinity;
    for (let back = 0; back < RECENT_S; back++) {
      largest = Math.max(largest, this.#largest[(this.#second - back + BASELINE_S) % BASELINE_S]);
    }
    if (largest === -Infinity) return 0;
    let least = Infinity;
    for (let slot = 0; slot < BASELINE_S; slot++) least = Math.min(least, this.#least[slot]);
    return Math.max(0, largest - least);
  }

  /** The clock of what follows stands elsewhere. */
  restart(): void {
    this.#least.fill(Infinity);
    this.#largest.fill(-Infinity);
  }

  #turnTo(nowMs: number): void {
    const second = Math.floor(nowMs / 1000);
    if (this.#second >= 0) {
      const from = Math.max(this.#second + 1, second - BASELINE_S + 1);
      for (let each = from; each <= second; each++) {
        this.#least[each % BASELINE_S] = Infinity;
        this.#largest[each % BASELINE_S] = -Infinity;
      }
    }
    if (second > this.#second) this.#second = second;
  }
}
