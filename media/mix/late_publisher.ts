/**
 * A publisher that comes in with its first item: until then the stream is somebody else's.
 *
 * @module
 */
import type { StreamItem } from "../access_unit.ts";
import { type CloseReason, PublishRefusedError } from "../errors.ts";
import type { Publisher } from "../stream/contract.ts";

/** See the module's docstring. */
export class LatePublisher implements Publisher {
  readonly #open: () => Publisher;
  readonly #controller = new AbortController();
  #publisher: Publisher | null = null;
  #ended = false;

  constructor(open: () => Publisher) {
    this.#open = open;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  write(item: StreamItem): void {
    if (this.#ended) return;
    try {
      this.#publisher ??= this.#begin();
    } catch (error) {
      if (!(error instanceof PublishRefusedError)) throw error;
      this.#ended = true;
      this.#controller.abort("draining");
      return;
    }
    this.#publisher.write(item);
  }

  end(reason: CloseReason): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#publisher?.end(reason);
  }

  #begin(): Publisher {
    const publisher = this.#open();
    publisher.signal.addEventListener("abort", () => {
      this.#ended = true;
      this.#controller.abort(publisher.signal.reason);
    }, { once: true });
    return publisher;
  }
}
