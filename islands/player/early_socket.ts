/**
 * A connection that does not wait for the program that reads it: the handshake and the first bytes
 * travel while the engine is still being evaluated.
 *
 * @module
 */

/** More than a group of pictures at any sensible rate; then something is wrong with the reader. */
const MAX_HELD_BYTES = 16 * 1024 * 1024;

/** Who reads the connection in the end. */
export interface SocketReader {
  onData(bytes: ArrayBuffer): void;
  /** The connection is over; called once, after everything that arrived. */
  onEnd(reason: "closed" | "failed"): void;
}

/** One WebSocket; what arrives before {@linkcode EarlySocket.attach} is kept for its reader. */
export class EarlySocket {
  readonly #socket: WebSocket;
  readonly #held: ArrayBuffer[] = [];
  #heldBytes = 0;
  #reader: SocketReader | null = null;
  #end: "closed" | "failed" | null = null;
  #dropped = false;

  /** @throws {SyntaxError} when the address is none. */
  constructor(url: string) {
    const socket = this.#socket = new WebSocket(url);
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => {
      if (data instanceof ArrayBuffer) this.#take(data);
    };
    // An error is followed by a close.
    socket.onerror = () => this.#end ??= "failed";
    socket.onclose = () => {
      this.#end ??= "closed";
      if (!this.#dropped) this.#reader?.onEnd(this.#end);
    };
  }

  /** Hands over what came so far, and from now on all that comes. */
  attach(reader: SocketReader): void {
    this.#reader = reader;
    for (const bytes of this.#held.splice(0)) reader.onData(bytes);
    this.#heldBytes = 0;
    if (this.#socket.readyState === WebSocket.CLOSED && !this.#dropped) {
      reader.onEnd(this.#end ?? "closed");
    }
  }

  /** Ends the connection; the reader is told nothing any more. */
  drop(): void {
    this.#dropped = true;
    this.#held.length = 0;
    this.#socket.close();
  }

  #take(bytes: ArrayBuffer): void {
    if (this.#dropped) return;
    if (this.#reader !== null) return this.#reader.onData(bytes);
    this.#heldBytes += bytes.byteLength;
    if (this.#heldBytes > MAX_HELD_BYTES) return this.drop();
    this.#held.push(bytes);
  }
}

/** Where one script leaves a connection for another; they share no module. */
const PLACE = Symbol.for("wanren.early-socket");
interface Place {
  [PLACE]?: { readonly url: string; readonly socket: EarlySocket };
}

/** Leaves a connection for whoever asks for its address. */
export function leaveSocket(url: string, socket: EarlySocket): void {
  (globalThis as Place)[PLACE] = { url, socket };
}

/** The connection that was left for this address, once; one for another address is dropped. */
export function takeSocket(url: string | null): EarlySocket | null {
  const place = globalThis as Place;
  const left = place[PLACE];
  delete place[PLACE];
  if (left === undefined) return null;
  if (left.url === url) return left.socket;
  left.socket.drop();
  return null;
}
