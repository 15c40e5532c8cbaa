/**
 * A reader of a stream that fulfils a wish as it is, for as long as it does: when the publisher
 * changes what it sends, it goes on with what is made of that.
 *
 * @module
 */
import type { AccessUnit, StreamItem } from "../access_unit.ts";
import type { Reader, ReaderOptions } from "../stream/contract.ts";

/** What a {@linkcode SwitchingReader} is made with. */
export interface SwitchingReaderOptions {
  readonly options: ReaderOptions;
  /** Reads the stream as it is. */
  readonly direct: (options: ReaderOptions) => Reader | null;
  /** Reads what is made of it; throws when that cannot be. */
  readonly variant: (options: ReaderOptions) => Reader;
  /** Whether the stream still fulfils the wish from this item on. */
  readonly fulfils: (item: StreamItem) => boolean;
}

/** See the module's docstring. */
export class SwitchingReader implements Reader {
  readonly #options: SwitchingReaderOptions;
  #reader: Reader;
  #switched = false;
  #failed = false;
  #droppedBefore = 0;
  #lastVideoDts = -Infinity;
  /** Units are left out up to a key frame after what was given. */
  #skipping = false;

  private constructor(options: SwitchingReaderOptions, reader: Reader) {
    this.#options = options;
    this.#reader = reader;
  }

  /** Null when there is no stream. */
  static open(options: SwitchingReaderOptions): SwitchingReader | null {
    const reader = options.direct(options.options);
    return reader && new SwitchingReader(options, reader);
  }

  take(): readonly StreamItem[] {
    const items = this.#reader.take();
    if (this.#switched) return this.#skipping ? this.#skip(items) : items;
    for (let at = 0; at < items.length; at++) {
      const item = items[at];
      if (!this.#options.fulfils(item)) {
        this.#switch();
        return items.slice(0, at).concat(this.take());
      }
      if (item.kind === "video") this.#lastVideoDts = item.dts;
    }
    return items;
  }

  get ended(): boolean {
    return !this.#failed && this.#reader.ended;
  }

  get broken(): boolean {
    return this.#failed || this.#reader.broken;
  }

  get dropped(): number {
    return this.#droppedBefore + this.#reader.dropped;
  }

  close(): void {
    this.#reader.close();
  }

  #switch(): void {
    this.#switched = true;
    this.#skipping = true;
    this.#droppedBefore += this.#reader.dropped;
    const before = this.#reader;
    try {
      this.#reader = this.#options.variant(this.#options.options);
    } catch {
      // The refusal was counted where it was made; whoever reads this breaks off.
      this.#failed = true;
    }
    before.close();
  }

  /** What a new reader gets first was given out already, up to where it was left. */
  #skip(items: readonly StreamItem[]): readonly StreamItem[] {
    const kept: StreamItem[] = [];
    for (const item of items) {
      if (!this.#skipping) kept.push(item);
      else if (item.kind === "tracks") kept.push({ ...item, discontinuity: true });
      else if (item.kind === "metadata") kept.push(item);
      else if (this.#resumes(item)) {
        this.#skipping = false;
        kept.push(item);
      }
    }
    return kept;
  }

  #resumes(unit: AccessUnit): boolean {
    if (this.#lastVideoDts === -Infinity) return true;
    return unit.kind === "video" && unit.keyFrame && unit.dts > this.#lastVideoDts;
  }
}
