/**
 * Wrapping counters of RTP as numbers that go on.
 *
 * @module
 */

/** Unwraps a counter of some bits: each value is taken to be the one nearest to the highest so far. */
export class Unwrapper {
  readonly #modulus: number;
  #highest: number | null = null;

  private constructor(modulus: number) {
    this.#modulus = modulus;
  }

  /** For sequence numbers (16 bits). */
  static sequence(): Unwrapper {
    return new Unwrapper(2 ** 16);
  }

  /** For timestamps (32 bits). */
  static timestamp(): Unwrapper {
    return new Unwrapper(2 ** 32);
  }

  /** The highest value so far; null before the first. */
  get highest(): number | null {
    return this.#highest;
  }

  /**
   * The value as a number that does not wrap; the first one stands for itself. May go back, below 0
   * too, by less than half of the range.
   */
  unwrap(value: number): number {
    const unwrapped = this.peek(value);
    if (this.#highest === null || unwrapped > this.#highest) this.#highest = unwrapped;
    return unwrapped;
  }

  /** As {@linkcode unwrap}, without taking note of the value. */
  peek(value: number): number {
    if (this.#highest === null) return value;
    const half = this.#modulus / 2;
    let distance = (value - this.#highest) % this.#modulus;
    if (distance < 0) distance += this.#modulus;
    if (distance >= half) distance -= this.#modulus;
    return this.#highest + distance;
  }

  /** Forgets everything: the next value is a first one. */
  reset(): void {
    this.#highest = null;
  }
}
