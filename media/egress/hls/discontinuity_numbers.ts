/**
 * Discontinuity sequence numbers that rise over restarts and stay small.
 *
 * They must never go back for a stream (RFC 8216bis §4.4.3.3), also not when the process died. The
 * wall clock would do, but players such as hls.js keep a table that is indexed by this number and walk
 * it from zero, so ninety million stop a page for a second. One counter for all streams, kept in a
 * file, rises by a few a day.
 *
 * @module
 */

/** Numbers that are promised to the file at once, so that few discontinuities cost a write. */
const BLOCK = 256;

/** The first number after a restart lies above every number that any stream used before. */
export class DiscontinuityNumbers {
  readonly #path: string;
  readonly #onError: (error: Error) => void;
  #highest: number;
  /** No number above it was given out without the file knowing. */
  #promised: number;
  #writing: Promise<void> = Promise.resolve();

  private constructor(
    path: string,
    start: { readonly highest: number; readonly onError: (error: Error) => void },
  ) {
    this.#path = path;
    this.#highest = start.highest;
    this.#promised = start.highest;
    this.#onError = start.onError;
  }

  /**
   * Reads the file, or makes it.
   *
   * @param onError told when a later write failed; numbers go on, but a restart might repeat some.
   * @throws when the file cannot be written, or holds something else.
   */
  static async open(
    path: string,
    onError: (error: Error) => void,
  ): Promise<DiscontinuityNumbers> {
    let highest = 0;
    try {
      const text = await Deno.readTextFile(path);
      highest = Number(text);
      if (!/^\d{1,9}\n$/.test(text)) {
        throw new SyntaxError(`Cannot read ${path}: it does not hold one number`);
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    const numbers = new DiscontinuityNumbers(path, { highest, onError });
    await numbers.#promise();
    return numbers;
  }

  /** The first number of a new packager. */
  first(): number {
    this.used(this.#highest + 1);
    return this.#highest;
  }

  /** A stream went on to `number`. */
  used(number: number): void {
    if (number <= this.#highest) return;
    this.#highest = number;
    if (this.#highest <= this.#promised - BLOCK / 2) return;
    this.#writing = this.#writing.then(() => this.#promise()).catch(this.#onError);
  }

  /** Resolves when the file knows what was given out. */
  async close(): Promise<void> {
    await this.#writing;
  }

  async #promise(): Promise<void> {
    if (this.#highest <= this.#promised - BLOCK / 2) return;
    const promised = this.#highest + BLOCK;
    // Written beside and renamed: a process that dies here leaves the old file whole.
    await Deno.writeTextFile(`${this.#path}.new`, `${promised}\n`);
    await Deno.rename(`${this.#path}.new`, this.#path);
    this.#promised = promised;
  }
}
