/**
 * One long connection on npm `ws`.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import type { WebSocket } from "ws";
import type { Place } from "../../im/protocol/cursor.ts";
import { PROBLEM_CODES, type ProblemCode } from "../../im/protocol/frames.ts";
import { EncodedFrame } from "../im/encoded_frame.ts";
import type { PushViewer } from "../im/viewer.ts";

/** What all connections of a gateway count together. */
export interface ConnectionCounters {
  /** Frames that were handed to connections. */
  frames: number;
  /** Bytes of these frames. */
  bytes: number;
  /** Connections that were ended, by reason. */
  readonly closed: Record<ProblemCode, number>;
}

/** Time for the last frames and the closing handshake, milliseconds. */
const CLOSE_WITHIN_MS = 2_000;
/** Views of frames that go to many. */
const views = new WeakMap<Uint8Array, Buffer>();

/** A connected viewer. */
export class ImViewer implements PushViewer {
  accountId: string | null = null;
  behind: Place | null = null;
  stalledSinceMs: number | null = null;
  /** Address of the client. */
  readonly address: string;
  /** When something last came from the client; monotonic milliseconds. */
  heardAtMs: number;
  /** Frames that may come now; see the gateway. */
  allowance: number;
  /** When the client was asked for a sign of life since it was last heard; null: it was not. */
  askedAtMs: number | null = null;
  readonly #socket: WebSocket;
  /** Below it: frames are written ready-made, in one piece. */
  readonly #stream: Socket;
  readonly #isJson: boolean;
  readonly #counters: ConnectionCounters;
  #isClosing = false;

  constructor(
    socket: WebSocket,
    of: {
      readonly stream: Socket;
      readonly address: string;
      readonly isJson: boolean;
      readonly counters: ConnectionCounters;
      readonly nowMs: number;
      readonly allowance: number;
    },
  ) {
    this.#socket = socket;
    this.#stream = of.stream;
    this.address = of.address;
    this.#isJson = of.isJson;
    this.#counters = of.counters;
    this.heardAtMs = of.nowMs;
    this.allowance = of.allowance;
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  /** Whether frames are JSON. */
  get isJson(): boolean {
    return this.#isJson;
  }

  /** Whether it takes frames. */
  get isOpen(): boolean {
    return !this.#isClosing && this.#socket.readyState === this.#socket.OPEN;
  }

  send(frame: EncodedFrame): void {
    if (!this.isOpen) return;
    const bytes = this.#isJson ? frame.json : frame.protobuf;
    this.#counters.frames++;
    this.#counters.bytes += bytes.length;
    // Without compression the library keeps nothing back, so that order and backlog stay right.
    this.#stream.write(viewOf(bytes));
  }

  close(code: ProblemCode, text: string): void {
    // Who has left by itself is not told, and leaves nothing to wait for.
    if (this.#isClosing || this.#socket.readyState === this.#socket.CLOSED) return;
    this.send(new EncodedFrame({ type: "problem", code, text }));
    this.#isClosing = true;
    this.#counters.closed[code]++;
    this.#socket.close(PROBLEM_CODES[code], text.slice(0, 60));
    const timer = setTimeout(() => this.#socket.terminate(), CLOSE_WITHIN_MS);
    this.#socket.once("close", () => clearTimeout(timer));
  }

  terminate(): void {
    if (!this.#isClosing) this.#counters.closed.stalled++;
    this.#isClosing = true;
    this.#socket.terminate();
  }

  /** Asks for a sign of life (RFC 6455 §5.5.2). */
  ask(nowMs: number): void {
    this.askedAtMs = nowMs;
    if (this.isOpen) this.#socket.ping();
  }
}

function viewOf(bytes: Uint8Array<ArrayBuffer>): Buffer {
  let view = views.get(bytes);
  if (view === undefined) {
    view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    views.set(bytes, view);
  }
  return view;
}
