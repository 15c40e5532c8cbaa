/**
 * Where encoded sound belongs in time: samples are counted through an encoder, and the time of a
 * sample is that of the unit it came in by. What the encoder thinks of time is not asked. Pure.
 *
 * @module
 */
import { CLOCK_HZ } from "../access_unit.ts";

/** Units that are remembered: more than any encoder holds back. */
const MAX_REMEMBERED = 1024;

interface Entry {
  /** Samples before this unit. */
  readonly start: number;
  readonly samples: number;
  readonly dts: number;
}

/** Maps samples of what went in to ticks. */
export class SampleClock {
  readonly #rate: number;
  readonly #entries: Entry[] = [];
  #total = 0;

  /** @param rate samples a second of what goes in. */
  constructor(rate: number) {
    this.#rate = rate;
  }

  /** Samples that went in. */
  get total(): number {
    return this.#total;
  }

  /** A unit of so many samples goes in. */
  push(unit: { readonly dts: number; readonly samples: number }): void {
    this.#entries.push({ start: this.#total, samples: unit.samples, dts: unit.dts });
    this.#total += unit.samples;
    if (this.#entries.length > MAX_REMEMBERED) {
      this.#entries.splice(0, this.#entries.length - MAX_REMEMBERED);
    }
  }

  /**
   * Ticks of a sample, counted from the first that went in; before that one, and after the last, at
   * the pace of the samples. Null when nothing went in yet. Asked in rising order: what is past is
   * forgotten.
   */
  at(sample: number): number | null {
    const entries = this.#entries;
    let index = 0;
    while (index + 1 < entries.length && entries[index + 1].start <= sample) index++;
    // One is kept: the next sample asked for may lie in it.
    if (index > 0) entries.splice(0, index);
    const entry = entries[0];
    if (entry === undefined) return null;
    return entry.dts + (sample - entry.start) * CLOCK_HZ / this.#rate;
  }
}
