/**
 * Where FLV bytes go on each kind of connection.
 *
 * @module
 */
import type { ServerResponse } from "node:http";
import type { ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import type { FlvBytes } from "../flv_bytes.ts";
import type { FlvSink } from "../flv_viewer.ts";
import { closeFrame } from "../ws_frames.ts";

/** Time for the other side to answer a close before the socket is dropped. */
const CLOSE_WAIT_MS = 2000;

/** HTTP/1.1: prebuilt chunks go to the raw socket, past the copying of the response object. */
export class Http1Sink implements FlvSink {
  readonly protocol = "flv";
  readonly #socket: Socket;
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
    this.#socket = response.socket!;
  }

  get backlogBytes(): number {
    return this.#socket.writableLength;
  }

  send(bytes: FlvBytes): void {
    if (this.#socket.writable) this.#socket.write(bytes.chunk);
  }

  end(): void {
    this.#response.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

/** HTTP/1.0: the body is what comes until the connection closes (RFC 9112 §6.3). */
export class Http10Sink implements FlvSink {
  readonly protocol = "flv";
  readonly #socket: Socket;
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
    this.#socket = response.socket!;
  }

  get backlogBytes(): number {
    return this.#socket.writableLength;
  }

  send(bytes: FlvBytes): void {
    if (this.#socket.writable) this.#socket.write(bytes.payload);
  }

  end(): void {
    this.#response.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

/**
 * HTTP/2. Its backlog is hidden by the client's flow-control window, so slow viewers are found by
 * the time it takes to drain.
 */
export class Http2Sink implements FlvSink {
  readonly protocol = "flv";
  readonly #stream: ServerHttp2Stream;

  constructor(stream: ServerHttp2Stream) {
    this.#stream = stream;
  }

  get backlogBytes(): number {
    return this.#stream.writableLength;
  }

  send(bytes: FlvBytes): void {
    if (this.#stream.writable) this.#stream.write(bytes.payload);
  }

  end(): void {
    if (this.#stream.writable) this.#stream.end();
  }

  destroy(): void {
    this.#stream.destroy();
  }
}

/** WebSocket: binary messages, the same bytes for everyone. */
export class WebSocketSink implements FlvSink {
  readonly protocol = "ws";
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  get backlogBytes(): number {
    return this.#socket.writableLength;
  }

  send(bytes: FlvBytes): void {
    if (this.#socket.writable) this.#socket.write(bytes.frame);
  }

  end(): void {
    this.close(1000);
  }

  /** Sends a close frame and drops the connection when the client does not do it in time. */
  close(code: number): void {
    if (!this.#socket.writable) return;
    this.#socket.end(closeFrame(code));
    const timer = setTimeout(() => this.#socket.destroy(), CLOSE_WAIT_MS);
    this.#socket.once("close", () => clearTimeout(timer));
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
