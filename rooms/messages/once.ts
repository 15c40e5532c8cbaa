/**
 * What was asked for a moment ago, by what the client called it: a repeated request costs nothing.
 *
 * @module
 */

/** Remembers outcomes by key; above `maxKeys` the oldest is forgotten. */
export class Once<Outcome> {
  readonly #maxKeys: number;
  readonly #outcomes = new Map<string, Promise<Outcome>>();

  constructor(options: { readonly maxKeys: number }) {
    this.#maxKeys = options.maxKeys;
  }

  /** Keys that are remembered. */
  get size(): number {
    return this.#outcomes.size;
  }

  /** Runs `work` unless the key is known; what failed is forgotten. */
  async run(
    key: string,
    work: () => Promise<Outcome>,
  ): Promise<{ readonly outcome: Outcome; readonly repeated: boolean }> {
    const known = this.#outcomes.get(key);
    if (known !== undefined) return { outcome: await known, repeated: true };
    const outcome = work();
    this.#outcomes.set(key, outcome);
    if (this.#outcomes.size > this.#maxKeys) {
      const oldest = this.#outcomes.keys().next();
      if (!oldest.done) this.#outcomes.delete(oldest.value);
    }
    try {
      return { outcome: await outcome, repeated: false };
    } catch (error) {
      if (this.#outcomes.get(key) === outcome) this.#outcomes.delete(key);
      throw error;
    }
  }
}
