/**
 * Whether a stream that is wanted in a mix is there and flows, whatever the mix makes of it now.
 *
 * @module
 */
import type { Reader, RenditionSource } from "../stream/contract.ts";
import { Cadence } from "./cadence.ts";

/** See the module's docstring. To be looked at now and then: {@linkcode look}. */
export class InputWatch {
  readonly #source: () => RenditionSource | null;
  readonly #now: () => number;
  readonly #cadence = { video: new Cadence(), audio: new Cadence() };
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
    // What is cached says nothing about what still comes.
    this.#reader?.take();
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
