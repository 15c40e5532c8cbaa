/**
 * A viewer of an FLV room as a readable stream, for fetch runtimes.
 *
 * @module
 */
import type { FlvBytes } from "./flv_bytes.ts";
import type { FlvRelay, FlvTarget, Seat } from "./flv_relay.ts";
import { type FlvSink, SKIP_BACKLOG_BYTES } from "./flv_viewer.ts";

/**
 * Seats a viewer in an opened room and gives what the viewer gets. The bytes are shared with all
 * other viewers: whoever reads the stream must not change them.
 */
export function flvStream(relay: FlvRelay, target: FlvTarget): ReadableStream<Uint8Array> {
  let seat: Seat | null = null;
  const leave = () => seat?.leave();
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const sink = new StreamSink(controller, leave);
      seat = relay.join(target, sink);
      if (sink.closed) leave();
    },
    cancel: leave,
  }, new ByteLengthQueuingStrategy({ highWaterMark: SKIP_BACKLOG_BYTES }));
}

class StreamSink implements FlvSink {
  readonly protocol = "flv";
  readonly #controller: ReadableStreamDefaultController<Uint8Array>;
  readonly #onClose: () => void;
  #closed = false;

  constructor(
    controller: ReadableStreamDefaultController<Uint8Array>,
    onClose: () => void,
  ) {
    this.#controller = controller;
    this.#onClose = onClose;
  }

  get closed(): boolean {
    return this.#closed;
  }

  get backlogBytes(): number {
    return SKIP_BACKLOG_BYTES - (this.#controller.desiredSize ?? SKIP_BACKLOG_BYTES);
  }

  send(bytes: FlvBytes): void {
    // A cancelled stream has no desired size and takes nothing.
    if (!this.#closed && this.#controller.desiredSize !== null) {
      this.#tryEnqueue(bytes.payload);
    }
  }

  end(): void {
    this.#close(() => this.#controller.close());
  }

  destroy(): void {
    this.#close(() => this.#controller.error(new Error("Cannot send: the viewer takes nothing")));
  }

  #tryEnqueue(payload: Uint8Array): void {
    try {
      this.#controller.enqueue(payload);
    } catch (error) {
      // The stream was cancelled in the same turn.
      if (!(error instanceof TypeError)) throw error;
      this.#close(() => {});
    }
  }

  #close(finish: () => void): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      finish();
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    this.#onClose();
  }
}
