/**
 * The bounded queue between one live stream and one consumer.
 *
 * @module
 */
import type { AccessUnit, StreamItem } from "../access_unit.ts";
import type { Reader, ReaderOptions, ReadProtocol } from "./contract.ts";

/** Default of {@linkcode ReaderOptions.maxQueueBytes}. */
export const MAX_QUEUE_BYTES = 8 * 1024 * 1024;
/** Small items (empty units, repeated metadata) are bounded by their number. */
const MAX_QUEUE_ITEMS = 20_000;

const NOTHING: readonly StreamItem[] = Object.freeze([]);

/** What a stream wants to hear from its reader. */
export interface ReaderEvents {
  /** The queue overflowed and was emptied up to the next key frame. */
  overflow(reader: QueueReader): void;
  closed(reader: QueueReader): void;
}

/**
 * A {@linkcode Reader}; its stream pushes, its consumer takes. Overflow policy: everything that
 * waits is left out except changes of tracks, and units begin again at the next key frame.
 */
export class QueueReader implements Reader {
  readonly protocol: ReadProtocol;
  readonly remoteAddress: string;
  readonly #options: ReaderOptions;
  readonly #events: ReaderEvents;
  readonly #maxBytes: number;
  #queue: StreamItem[] = [];
  #bytes = 0;
  /** Bytes of the cached group of pictures, which may exceed the bound until it is taken. */
  #allowance = 0;
  #skipping = false;
  #hasVideo = true;
  #dropped = 0;
  #finished = false;
  #broken = false;
  #closed = false;

  constructor(options: ReaderOptions, events: ReaderEvents) {
    this.protocol = options.protocol;
    this.remoteAddress = options.remoteAddress;
    this.#options = options;
    this.#events = events;
    this.#maxBytes = options.maxQueueBytes ?? MAX_QUEUE_BYTES;
  }

  /** Fills the queue with what a new reader gets first; called once, before {@linkcode push}. */
  prime(items: readonly StreamItem[], options: { readonly waitForKeyFrame: boolean }): void {
    for (const item of items) this.#add(item);
    this.#allowance = this.#bytes;
    this.#skipping = options.waitForKeyFrame;
  }

  /** Takes an item of the stream; never blocks, never throws. */
  push(item: StreamItem): void {
    if (this.#closed || this.#finished) return;
    if (item.kind === "tracks") {
      this.#hasVideo = item.tracks.video !== null;
    } else if (this.#skipping && item.kind !== "metadata") {
      if (!this.#starts(item)) {
        this.#countDropped(item);
        return;
      }
      this.#skipping = false;
    }
    const wasEmpty = this.#queue.length === 0;
    this.#add(item);
    if (
      this.#bytes > this.#maxBytes + this.#allowance || this.#queue.length > MAX_QUEUE_ITEMS
    ) {
      this.#overflow();
    } else if (wasEmpty) {
      this.#notify();
    }
  }

  /** The stream ended; what waits can still be taken. */
  finish(): void {
    if (this.#finished || this.#closed) return;
    this.#finished = true;
    this.#notify();
  }

  /** It cannot go on; what waits can still be taken. */
  fail(): void {
    if (this.#finished || this.#closed || this.#broken) return;
    this.#broken = true;
    this.#notify();
  }

  take(): readonly StreamItem[] {
    const items = this.#queue;
    // Not the queue itself: it would fill up in the consumer's hands.
    if (items.length === 0) return NOTHING;
    this.#queue = [];
    this.#bytes = 0;
    this.#allowance = 0;
    return items;
  }

  get ended(): boolean {
    return this.#finished && this.#queue.length === 0;
  }

  get broken(): boolean {
    return this.#broken && this.#queue.length === 0;
  }

  get dropped(): number {
    return this.#dropped;
  }

  /** Bytes that wait. */
  get queuedBytes(): number {
    return this.#bytes;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#queue = [];
    this.#bytes = 0;
    this.#events.closed(this);
  }

  #add(item: StreamItem): void {
    this.#queue.push(item);
    if (item.kind === "tracks") this.#hasVideo = item.tracks.video !== null;
    else if (item.kind !== "metadata") this.#bytes += item.data.length;
  }

  #starts(unit: AccessUnit): boolean {
    return this.#hasVideo ? unit.kind === "video" && unit.keyFrame : true;
  }

  #overflow(): void {
    const waiting = this.#queue;
    this.#queue = [];
    this.#bytes = 0;
    this.#allowance = 0;
    let tracks: StreamItem | null = null;
    let metadata: StreamItem | null = null;
    for (const item of waiting) {
      if (item.kind === "tracks") tracks = item;
      else if (item.kind === "metadata") metadata = item;
      else this.#countDropped(item);
    }
    if (tracks !== null) this.#queue.push(tracks);
    if (metadata !== null) this.#queue.push(metadata);
    this.#skipping = true;
    this.#events.overflow(this);
  }

  /** Pictures are counted; where there are none, audio frames. */
  #countDropped(unit: AccessUnit): void {
    if (unit.kind === "video" || !this.#hasVideo) this.#dropped++;
  }

  #notify(): void {
    this.#options.onReadable();
  }
}
