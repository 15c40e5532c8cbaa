/**
 * Whether a stream that is wanted in a mix is there and flows, whatever the mix makes of it now.
 *
 * @module
 */
import { CLOCK_HZ } from "../access_unit.ts";
import type { Reader, RenditionSource } from "../stream/contract.ts";
import { Cadence } from "./cadence.ts";

const TICKS_PER_MS = CLOCK_HZ / 1000;

/** See the module's docstring. To be looked at now and then: {@linkcode look}. */
export class InputWatch {
  readonly #source: () => RenditionSource | null;
  readonly #now: () => number;
  #cadence = { video: new Cadence(), audio: new Cadence() };
  #current: RenditionSource | null = null;
  #reader: Reader | null = null;

  constructor(
    options: { readonly source: () => RenditionSource | null; readonly now: () => number },
  ) {
    this.#source = options.source;
    this.#now = options.now;
  }

  /** The stream, while it can be read. */
  get source(): RenditionSource | null {
    return this.#reader === null ? null : this.#current;
  }

  /** How units of the stream come. */
  get cadence(): { readonly video: Cadence; readonly audio: Cadence } {
    return this.#cadence;
  }

  /** Units of this kind come. */
  isFlowing(kind: "video" | "audio"): boolean {
    return this.#reader !== null && this.#cadence[kind].isFlowing(this.#now());
  }

  /** Finds the stream when it begins, and lets go of it when it ended. */
  look(): void {
    const source = this.#source();
    if (this.#reader !== null && source === this.#current && !this.#isOver) return;
    this.close();
    if (source === null || source.shape === null) return;
    this.#current = source;
    this.#reader = source.read({
      protocol: "rendition",
      remoteAddress: "mix",
      onReadable: () => this.#drain(),
    });
    this.#cadence = { video: new Cadence(), audio: new Cadence() };
    // What is cached says how far pictures lie apart, and nothing about what still comes.
    let before: number | null = null;
    for (const item of this.#reader?.take() ?? []) {
      if (item.kind !== "video") continue;
      if (before !== null) this.#cadence.video.gap((item.dts - before) / TICKS_PER_MS);
      before = item.dts;
    }
  }

  /** For so long nobody looked at what came: it does not count as a stall. */
  excuse(durationMs: number): void {
    this.#cadence.video.excuse(durationMs);
    this.#cadence.audio.excuse(durationMs);
  }

  close(): void {
    this.#reader?.close();
    this.#reader = null;
    this.#current = null;
  }

  get #isOver(): boolean {
    return this.#reader?.ended === true || this.#reader?.broken === true;
  }

  #drain(): void {
    const nowMs = this.#now();
    const seen = { video: false, audio: false };
    for (const item of this.#reader?.take() ?? []) {
      if (item.kind === "video" || item.kind === "audio") seen[item.kind] = true;
    }
    if (seen.video) this.#cadence.video.mark(nowMs);
    if (seen.audio) this.#cadence.audio.mark(nowMs);
  }
}
