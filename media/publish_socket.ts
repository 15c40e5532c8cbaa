/**
 * The WebSocket by which `rtc` publishes into this process: `GET /publish/<room>` of the origin
 * (docs/architecture.md, "Between the roles"). Binary messages are FLV tags, text messages are JSON.
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import type { Logger } from "../platform/log.ts";
import type { Metrics } from "../platform/metrics.ts";
import { problem, type ProblemAnswer } from "../platform/problem.ts";
import { refuseUpgrade } from "../platform/raw_answer.ts";
import {
  type CloseReason,
  MalformedMediaError,
  type PublishRefusal,
  PublishRefusedError,
  UnsupportedMediaError,
} from "./errors.ts";
import { publishOverWhip, type WhipIngest } from "./ingest/whip.ts";
import type { PublishPort } from "./stream/contract.ts";

/** Bounds of the sockets; every one has a default. */
export interface PublishSocketLimits {
  /** Sockets that are open or being admitted. Default: 1000. */
  readonly maxSockets: number;
  /** Largest message in bytes: a tag of a key frame. Default: 8 MiB. */
  readonly maxMessageBytes: number;
  /** Time until the first tag: WebRTC connects meanwhile. Default: 30 s. */
  readonly firstTagMs: number;
  /** A socket whose tags stay away for so long is closed. Default: 30 s. */
  readonly silenceMs: number;
  /** A peer that is not heard for so long is asked, and given up after the same time. Default: 5 s. */
  readonly pingMs: number;
  /** Messages at once, and again each second. Default: 4000. */
  readonly messagesPerSecond: number;
  /** Messages of which nothing could be used, within ten seconds. Default: 300. */
  readonly maxUseless: number;
}

const DEFAULTS: PublishSocketLimits = {
  maxSockets: 1000,
  maxMessageBytes: 8 * 1024 * 1024,
  firstTagMs: 30_000,
  silenceMs: 30_000,
  pingMs: 5000,
  messagesPerSecond: 4000,
  maxUseless: 300,
};

const USELESS_WINDOW_MS = 10_000;
const MAX_TEXT_BYTES = 1024;
const MAX_HEADER_LENGTH = 256;
/** What waits to be sent to a peer that does not read is bounded: wishes are dropped above. */
const MAX_BACKLOG_BYTES = 64 * 1024;
/** Time for a close to be answered. */
const CLOSE_MS = 1000;

/** Close codes (RFC 6455 §7.4.1). */
const CODE = { normal: 1000, unsupported: 1003, invalid: 1007, policy: 1008, restart: 1012 };

/** How a {@linkcode PublishSockets} is made. */
export interface PublishSocketOptions {
  readonly publish: PublishPort;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly limits?: Partial<PublishSocketLimits>;
}

/** An upgrade whose sender is known to belong to the cluster. */
export interface PublishUpgrade {
  readonly request: IncomingMessage;
  readonly socket: Socket;
  readonly head: Buffer;
  readonly room: string;
}

/** All publishing sockets of this process. */
export class PublishSockets {
  readonly #options: PublishSocketOptions;
  readonly #limits: PublishSocketLimits;
  readonly #server: WebSocketServer;
  readonly #open = new Set<PublishSocket>();
  readonly #closed;
  readonly #refused;
  readonly #bytes;
  #admitting = 0;
  #timer: ReturnType<typeof setInterval> | null = null;
  #stopped = false;

  constructor(options: PublishSocketOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULTS, ...options.limits };
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: this.#limits.maxMessageBytes,
      perMessageDeflate: false,
    });
    const { metrics } = options;
    this.#closed = metrics.counter({
      name: "wanren_publish_sockets_closed_total",
      help: "Publishing sockets that were closed, by reason.",
      labels: ["reason"],
    });
    this.#refused = metrics.counter({
      name: "wanren_publish_sockets_refused_total",
      help: "Publishing sockets that were refused before they were one, by status.",
      labels: ["status"],
    });
    this.#bytes = metrics.counter({
      name: "wanren_publish_socket_bytes_total",
      help: "Bytes of messages that came over publishing sockets.",
    });
    metrics.gauge({
      name: "wanren_publish_sockets",
      help: "Publishing sockets that are open.",
      collect: (gauge) => gauge.set(this.#open.size),
    });
  }

  /** Takes an upgrade, or refuses it with a problem before it is a WebSocket. */
  async upgrade(upgrade: PublishUpgrade): Promise<void> {
    const { request, socket, head, room } = upgrade;
    socket.on("error", () => socket.destroy());
    const refuse = (answer: ProblemAnswer) => {
      this.#refused.inc({ status: String(answer.status) });
      refuseUpgrade(socket, answer);
    };
    const malformed = handshakeProblem(request);
    if (malformed !== null) return refuse(malformed);
    if (this.#stopped || this.#open.size + this.#admitting >= this.#limits.maxSockets) {
      return refuse(refusalAnswer("too_many_streams", "Too many publishers are connected"));
    }
    this.#admitting++;
    let session: PublishSocket | null = null;
    try {
      const ingest = await publishOverWhip({
        room,
        key: header(request, "x-publish-key") ?? "",
        remoteAddress: header(request, "x-remote-address") ?? request.socket.remoteAddress ?? "",
        encoder: header(request, "x-encoder"),
        wishKeyFrame: () => session?.wishKeyFrame(),
      }, this.#options.publish);
      if (socket.destroyed || !socket.writable) {
        ingest.end("connection_lost");
        return;
      }
      this.#server.handleUpgrade(request, socket, head, (peer) => {
        session = this.#serve(peer, ingest);
      });
    } catch (error) {
      if (!(error instanceof PublishRefusedError)) throw error;
      refuse(refusalAnswer(error.reason, error.message));
    } finally {
      this.#admitting--;
    }
  }

  /** Open sockets as they are now, for `/debug`. */
  inspect(): readonly unknown[] {
    return [...this.#open].map((session) => session.inspect());
  }

  /** Ends every socket; publishers are told `draining`. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#open].map((session) => session.finish("draining")));
    this.#server.close();
  }

  #serve(peer: WebSocket, ingest: WhipIngest): PublishSocket {
    const session = new PublishSocket({
      peer,
      ingest,
      limits: this.#limits,
      onBytes: (bytes) => this.#bytes.inc(bytes),
      onClosed: (reason, facts) => {
        this.#open.delete(session);
        this.#closed.inc({ reason });
        this.#options.log.info("publish_socket_closed", { stream: ingest.room, reason, ...facts });
        if (this.#open.size === 0 && this.#timer !== null) {
          clearInterval(this.#timer);
          this.#timer = null;
        }
      },
    });
    this.#open.add(session);
    this.#timer ??= setInterval(() => {
      const nowMs = performance.now();
      for (const each of [...this.#open]) each.tend(nowMs);
    }, Math.min(1000, this.#limits.pingMs));
    return session;
  }
}

interface SessionOptions {
  readonly peer: WebSocket;
  readonly ingest: WhipIngest;
  readonly limits: PublishSocketLimits;
  readonly onBytes: (bytes: number) => void;
  readonly onClosed: (reason: CloseReason, facts: Readonly<Record<string, unknown>>) => void;
}

/** One publishing socket. */
class PublishSocket {
  readonly #options: SessionOptions;
  readonly #openedMs = performance.now();
  #heardMs = this.#openedMs;
  #askedMs: number | null = null;
  #tagMs: number | null = null;
  #allowance: number;
  #allowedMs = this.#openedMs;
  #useless = 0;
  #uselessSinceMs = this.#openedMs;
  #messages = 0;
  #bytes = 0;
  /** Why it ended; null while it goes on. */
  #reason: CloseReason | null = null;
  #detail: string | undefined;
  readonly #gone: Promise<void>;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#allowance = options.limits.messagesPerSecond;
    const { peer, ingest } = options;
    const onAbort = () => this.#close(ingest.signal.reason as CloseReason);
    ingest.signal.addEventListener("abort", onAbort, { once: true });
    peer.on("message", (data, isBinary) => this.#message(data, isBinary));
    peer.on("pong", () => this.#heard(performance.now()));
    // A message that is too large, or frames that are none: ws closes by itself.
    peer.on("error", (error) => this.#end("malformed", error.message));
    this.#gone = new Promise((resolve) => {
      peer.once("close", () => {
        ingest.signal.removeEventListener("abort", onAbort);
        this.#end("connection_lost");
        options.onClosed(this.#reason!, {
          duration_ms: Math.round(performance.now() - this.#openedMs),
          messages: this.#messages,
          bytes: this.#bytes,
          detail: this.#detail,
        });
        resolve();
      });
    });
    if (ingest.signal.aborted) onAbort();
  }

  /** Asks the publisher for a key frame. */
  wishKeyFrame(): void {
    this.#send({ type: "keyframe" });
  }

  /** Looks after the limits in time. */
  tend(nowMs: number): void {
    if (this.#reason !== null) return;
    const { limits, peer } = this.#options;
    const [sinceMs, limitMs] = this.#tagMs === null
      ? [this.#openedMs, limits.firstTagMs]
      : [this.#tagMs, limits.silenceMs];
    if (nowMs - sinceMs > limitMs) {
      this.#close("timeout", `there was no tag for ${Math.round(limitMs / 1000)} s`);
    } else if (this.#askedMs !== null && nowMs - this.#askedMs > limits.pingMs) {
      this.#end("connection_lost");
      peer.terminate();
    } else if (this.#askedMs === null && nowMs - this.#heardMs > limits.pingMs) {
      this.#askedMs = nowMs;
      peer.ping();
    }
  }

  /** Ends it from here; resolves when the connection is gone. */
  finish(reason: CloseReason): Promise<void> {
    this.#close(reason);
    return this.#gone;
  }

  inspect(): unknown {
    return {
      protocol: "whip",
      room: this.#options.ingest.room,
      ageMs: Math.round(performance.now() - this.#openedMs),
      messages: this.#messages,
      bytes: this.#bytes,
      reason: this.#reason,
    };
  }

  #heard(nowMs: number): void {
    this.#heardMs = nowMs;
    this.#askedMs = null;
  }

  #message(data: RawData, isBinary: boolean): void {
    if (this.#reason !== null) return;
    const nowMs = performance.now();
    this.#heard(nowMs);
    const bytes = bytesOf(data);
    this.#messages++;
    this.#bytes += bytes.length;
    this.#options.onBytes(bytes.length);
    try {
      this.#admit(nowMs);
      if (!isBinary) {
        this.#text(bytes);
      } else if (this.#options.ingest.message(bytes) === 0) {
        this.#noteUseless(nowMs);
      } else {
        this.#tagMs = nowMs;
      }
    } catch (error) {
      if (error instanceof UnsupportedMediaError) this.#close("unsupported_codec", error.message);
      else if (error instanceof MalformedMediaError) this.#close("malformed", error.message);
      else throw error;
    }
  }

  #admit(nowMs: number): void {
    const { messagesPerSecond } = this.#options.limits;
    this.#allowance = Math.min(
      messagesPerSecond,
      this.#allowance + (nowMs - this.#allowedMs) / 1000 * messagesPerSecond,
    ) - 1;
    this.#allowedMs = nowMs;
    if (this.#allowance < 0) {
      throw new MalformedMediaError(
        `Cannot take the messages: more than ${messagesPerSecond} came within a second`,
      );
    }
  }

  #noteUseless(nowMs: number): void {
    if (nowMs - this.#uselessSinceMs > USELESS_WINDOW_MS) {
      this.#uselessSinceMs = nowMs;
      this.#useless = 0;
    }
    if (++this.#useless > this.#options.limits.maxUseless) {
      throw new MalformedMediaError(
        "Cannot use the tags: no configuration came before them, or nothing is in them",
      );
    }
  }

  #text(bytes: Uint8Array): void {
    const end = bytes.length > MAX_TEXT_BYTES ? null : parseEnd(new TextDecoder().decode(bytes));
    if (end === null) {
      throw new MalformedMediaError('Cannot read the message: it is not {"type":"end",…}');
    }
    this.#end(end);
    this.#options.peer.close(CODE.normal);
    this.#terminateLater();
  }

  /** Ends the publishing, tells the peer why, and closes. */
  #close(reason: CloseReason, detail?: string): void {
    if (this.#reason !== null) return;
    this.#end(reason, detail);
    this.#send({ type: "close", reason });
    this.#options.peer.close(closeCode(reason), sentence(detail ?? reason));
    this.#terminateLater();
  }

  #end(reason: CloseReason, detail?: string): void {
    if (this.#reason !== null) return;
    this.#reason = reason;
    this.#detail = detail;
    this.#options.ingest.end(reason);
  }

  #terminateLater(): void {
    const { peer } = this.#options;
    const timer = setTimeout(() => peer.terminate(), CLOSE_MS);
    peer.once("close", () => clearTimeout(timer));
  }

  #send(message: Readonly<Record<string, string>>): void {
    const { peer } = this.#options;
    if (peer.readyState !== peer.OPEN || peer.bufferedAmount > MAX_BACKLOG_BYTES) return;
    peer.send(JSON.stringify(message), () => {});
  }
}

function parseEnd(text: string): CloseReason | null {
  try {
    const { type, reason } = (JSON.parse(text) ?? {}) as { type?: unknown; reason?: unknown };
    if (type !== "end") return null;
    if (reason === "unpublished") return "unpublished";
    return reason === "dropped" ? "connection_lost" : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** One view of plain bytes: of a `Buffer`, `slice` would share what must be copied. */
function bytesOf(data: RawData): Uint8Array {
  // With the binary type `nodebuffer` it is always one Buffer.
  const buffer = data as Buffer;
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}

function closeCode(reason: CloseReason): number {
  switch (reason) {
    case "malformed":
      return CODE.invalid;
    case "unsupported_codec":
      return CODE.unsupported;
    case "draining":
      return CODE.restart;
    case "unpublished":
      return CODE.normal;
    default:
      return CODE.policy;
  }
}

/** What fits into a close frame (RFC 6455 §5.5.1). */
function sentence(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?").slice(0, 120);
}

function header(request: IncomingMessage, name: string): string | null {
  const value = request.headers[name];
  return typeof value === "string" && value !== "" ? value.slice(0, MAX_HEADER_LENGTH) : null;
}

/** What is wrong with a handshake (RFC 6455 §4.2.1); null: nothing. */
function handshakeProblem(request: IncomingMessage): ProblemAnswer | null {
  const { upgrade, "sec-websocket-version": version, "sec-websocket-key": key } = request.headers;
  if (request.method !== "GET") {
    return problem({ status: 405, title: "Method not allowed", headers: { allow: "GET" } });
  }
  if (
    upgrade?.toLowerCase() !== "websocket" || version !== "13" ||
    !/^[A-Za-z0-9+/]{22}==$/.test(key ?? "")
  ) {
    return problem({ status: 400, title: "Bad WebSocket handshake" });
  }
  return null;
}

const REFUSALS: Readonly<
  Record<PublishRefusal, { readonly status: number; readonly retryAfterS?: number }>
> = {
  wrong_key: { status: 401 },
  unknown_room: { status: 404 },
  suspended: { status: 403 },
  ended: { status: 409, retryAfterS: 30 },
  unsupported_codec: { status: 415 },
  too_many_streams: { status: 503, retryAfterS: 10 },
  unavailable: { status: 503, retryAfterS: 2 },
};

/** The answer to a publisher that may not publish, with the reason as `code`. */
export function refusalAnswer(reason: PublishRefusal, detail: string): ProblemAnswer {
  const { status, retryAfterS } = REFUSALS[reason];
  return problem({
    status,
    title: "Publishing was refused",
    detail,
    members: { code: reason },
    headers: retryAfterS === undefined ? {} : { "retry-after": String(retryAfterS) },
  });
}
