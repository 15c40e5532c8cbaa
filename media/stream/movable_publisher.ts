/**
 * A publisher that is put onto another stream while it publishes, and notices nothing: a mix takes
 * its room, and it becomes an input of the mix.
 *
 * @module
 */
import type { MetadataItem, StreamItem, TracksItem } from "../access_unit.ts";
import type { CloseReason } from "../errors.ts";
import type { Publisher } from "./contract.ts";

/** What a {@linkcode MovablePublisher} is made with. */
export interface MovablePublisherOptions {
  /** Asks the encoder for a key frame, where it takes such wishes. */
  readonly wishKeyFrame: () => void;
  /** It ended, or was made to; called once. */
  readonly over: () => void;
}

/** See the module's docstring. */
export class MovablePublisher implements Publisher {
  readonly #options: MovablePublisherOptions;
  readonly #controller = new AbortController();
  #at: Publisher;
  /** The stream that was left: it gets everything until somebody takes it over. */
  #left: Publisher | null = null;
  #next: (() => Publisher) | null = null;
  #tracks: TracksItem | null = null;
  #metadata: MetadataItem | null = null;
  #over = false;

  constructor(at: Publisher, options: MovablePublisherOptions) {
    this.#options = options;
    this.#at = at;
    this.#follow(at);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  write(item: StreamItem): void {
    if (this.#over) return;
    if (item.kind === "tracks") this.#tracks = item;
    else if (item.kind === "metadata") this.#metadata = item;
    const begins = item.kind === "video"
      ? item.keyFrame
      : item.kind === "audio" && this.#tracks?.tracks.video == null;
    if (this.#next !== null && begins) this.#move(this.#next);
    this.#at.write(item);
    this.#left?.write(item);
  }

  end(reason: CloseReason): void {
    if (this.#over) return;
    this.#at.end(reason);
    this.#left?.end(reason);
    this.#finish();
  }

  /** On another stream from now on; the one before goes on until somebody takes it over. */
  copyTo(next: Publisher): void {
    if (this.#over) return next.end("unpublished");
    this.#next = null;
    this.#left?.end("unpublished");
    this.#left = this.#at;
    this.#at = next;
    this.#follow(next);
    this.#begin(next);
  }

  /** On another stream with the next key frame; the one before ends then. */
  moveTo(open: () => Publisher): void {
    if (this.#over) return;
    this.#next = open;
    this.#options.wishKeyFrame();
  }

  /** It does not move after all; false when it was not about to. */
  stay(): boolean {
    const wasMoving = this.#next !== null;
    this.#next = null;
    return wasMoving;
  }

  #move(open: () => Publisher): void {
    this.#next = null;
    const before = this.#at;
    this.#at = open();
    this.#follow(this.#at);
    this.#begin(this.#at);
    before.end("unpublished");
  }

  /** Tells a stream what came before. */
  #begin(at: Publisher): void {
    if (this.#tracks !== null) at.write(this.#tracks);
    if (this.#metadata !== null) at.write(this.#metadata);
  }

  #follow(at: Publisher): void {
    at.signal.addEventListener("abort", () => {
      if (this.#left === at) this.#left = null;
      if (this.#at !== at || this.#over) return;
      this.#left?.end(at.signal.reason as CloseReason);
      this.#controller.abort(at.signal.reason);
      this.#finish();
    }, { once: true });
  }

  #finish(): void {
    this.#over = true;
    this.#left = null;
    this.#next = null;
    this.#options.over();
  }
}
