/**
 * Where "now" is on the time line of a stream that carries no wall clock (FLV).
 *
 * @module
 */

/** The estimate sinks by this much a second, to follow an encoder whose clock runs slow. */
const SINK_S_PER_S = 0.002;

/**
 * Follows the newest media time that has arrived. Data comes in batches and sometimes late, but
 * never early: the largest difference between media time and wall clock that was ever seen belongs
 * to the unit that travelled fastest, so `now + largest difference` is where the publisher is, also
 * while the network is stalled and the buffer runs empty.
 */
export class LiveEdgeClock {
  #offsetS: number | null = null;
  #observedAtMs = 0;

  /** Media time up to which data has arrived, with the wall clock in milliseconds. */
  observe(arrivedS: number, nowMs: number): void {
    const offsetS = arrivedS - nowMs / 1000;
    if (this.#offsetS === null) {
      this.#offsetS = offsetS;
    } else {
      const sunkS = Math.max(0, nowMs - this.#observedAtMs) / 1000 * SINK_S_PER_S;
      this.#offsetS = Math.max(offsetS, this.#offsetS - sunkS);
    }
    this.#observedAtMs = nowMs;
  }

  /** Media time of the live edge in seconds; null before anything arrived. */
  edgeS(nowMs: number): number | null {
    return this.#offsetS === null ? null : this.#offsetS + nowMs / 1000;
  }
}
