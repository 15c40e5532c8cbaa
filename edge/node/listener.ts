/**
 * The public port: plain HTTP/1, or TLS with HTTP/2 and HTTP/1, bounded in every direction.
 *
 * @module
 */
import * as http from "node:http";
import * as http2 from "node:http2";
import { readFile } from "node:fs/promises";
import type { AddressInfo, Server as NetServer, Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { problem } from "../../platform/problem.ts";
import type { Request, Response } from "./exchange.ts";
import { rawAnswer } from "../../platform/raw_answer.ts";

/** Bounds of the listener; every one has a default. */
export interface ListenerLimits {
  /** Connections at the same time; more get 503 and are closed. Default: 19,000. */
  readonly maxConnections?: number;
  /** Time for the whole head of a request. Default: 10,000 ms. */
  readonly headersTimeoutMs?: number;
  /** Time for a whole request with its body. Default: 300,000 ms. */
  readonly requestTimeoutMs?: number;
  /** How often requests are checked against their times. Default: 1,000 ms. */
  readonly checkIntervalMs?: number;
}

/** What a {@linkcode Listener} needs. */
export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
  /** PEM files; null: plain HTTP. */
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
  /** Several processes listen on the same port. */
  readonly sharePort: boolean;
  readonly limits?: ListenerLimits;
  readonly onRequest: (request: Request, response: Response) => void;
  readonly onUpgrade: (request: http.IncomingMessage, socket: Socket, head: Uint8Array) => void;
}

/** Connections by what happened to them, counted. */
export interface ListenerCounters {
  /** Broken or abandoned requests, TLS handshakes that failed. */
  clientErrors: number;
  /** Connections turned away because too many were open. */
  refused: number;
}

const MAX_HEADER_BYTES = 16 * 1024;
const MAX_HEADERS = 100;
const KEEP_ALIVE_MS = 15_000;
const HANDSHAKE_MS = 10_000;
/** A refused client gets its answer in this time or none. */
const REFUSAL_MS = 1000;
const MAX_HTTP2_STREAMS = 128;

const TOO_MANY = rawAnswer(problem({
  status: 503,
  title: "Too many connections",
  headers: { "retry-after": "2" },
}));

/** What an HTTP/1 connection is doing. */
interface Http1Connection {
  /** Requests without a complete answer; an upgraded connection has one until it closes. */
  running: number;
  /** The request that runs; null while there is none and after an upgrade. */
  request: http.IncomingMessage | null;
  /** It had one: it may wait for the next one for longer than for the first. */
  hadRequest: boolean;
  /** When it began to wait for a request, or the last request began; monotonic milliseconds. */
  sinceMs: number;
}

type AnyServer = http.Server | http2.Http2SecureServer;

/** A listening server; {@linkcode Listener.stop} ends it. */
export class Listener {
  readonly counters: ListenerCounters = { clientErrors: 0, refused: 0 };
  readonly #options: ListenerOptions;
  readonly #sockets = new Set<Socket>();
  /** HTTP/1 connections; over TLS the runtime watches none of their times. */
  readonly #connections = new Map<Socket, Http1Connection>();
  #checkTimer: ReturnType<typeof setInterval> | undefined;
  #draining = false;
  /** The sockets that bytes are counted at; over TLS those inside, the outer ones count none. */
  readonly #measured = new Set<Socket>();
  #sentByClosed = 0;
  #sentBytes = 0;
  readonly #sessions = new Set<http2.ServerHttp2Session>();
  #server: AnyServer | null = null;

  constructor(options: ListenerOptions) {
    this.#options = options;
  }

  /** Open connections. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** Bytes written to clients since the start, those of the answers' heads included. */
  get sentBytes(): number {
    let bytes = this.#sentByClosed;
    for (const socket of this.#measured) bytes += socket.bytesWritten;
    // What was queued at a socket that broke was counted and will never be sent.
    return this.#sentBytes = Math.max(this.#sentBytes, bytes);
  }

  /** The port that is listened on. */
  get port(): number {
    return (this.#server?.address() as AddressInfo).port;
  }

  /**
   * Begins to listen.
   *
   * @throws when the port is taken or a PEM file cannot be read.
   */
  async start(): Promise<void> {
    const { host, port, sharePort } = this.#options;
    const server = await this.#create();
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once("error", (error) => {
        clearInterval(this.#checkTimer);
        reject(error);
      });
      const where = { host, port, ...(sharePort && { reusePort: true }) };
      (server as unknown as NetServer).listen(where, () => {
        server.removeAllListeners("error");
        server.on("error", () => this.counters.clientErrors++);
        resolve();
      });
    });
  }

  /** Takes no new connections, closes those that wait for a request, and the others after it. */
  drain(): void {
    this.#draining = true;
    this.#server?.close();
    for (const session of this.#sessions) session.close();
    for (const [socket, { running }] of this.#connections) {
      if (running === 0) socket.destroySoon();
    }
  }

  /** Resolves when the last connection is closed, or after `withinMs` by closing them. */
  async stop(withinMs: number): Promise<void> {
    this.drain();
    const giveUpAtMs = performance.now() + withinMs;
    while (this.#sockets.size > 0 && performance.now() < giveUpAtMs) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    for (const socket of this.#sockets) socket.destroy();
    clearInterval(this.#checkTimer);
  }

  async #create(): Promise<AnyServer> {
    const { tls, limits = {}, onRequest, onUpgrade } = this.#options;
    const headersTimeout = limits.headersTimeoutMs ?? 10_000;
    const requestTimeout = limits.requestTimeoutMs ?? 300_000;
    const bounds = {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout,
      requestTimeout,
      connectionsCheckingInterval: limits.checkIntervalMs ?? 1000,
      keepAliveTimeout: KEEP_ALIVE_MS,
      noDelay: true,
    };
    const checkEveryMs = bounds.connectionsCheckingInterval;
    const timeouts = { headersMs: headersTimeout, requestMs: requestTimeout };
    const server: AnyServer = tls === null ? http.createServer(bounds) : http2.createSecureServer({
      ...bounds,
      cert: await readFile(tls.certFile),
      key: await readFile(tls.keyFile),
      allowHTTP1: true,
      handshakeTimeout: HANDSHAKE_MS,
      settings: { maxConcurrentStreams: MAX_HTTP2_STREAMS, enablePush: false },
    });
    const http1 = server as http.Server;
    http1.headersTimeout = headersTimeout;
    http1.requestTimeout = requestTimeout;
    http1.keepAliveTimeout = KEEP_ALIVE_MS;
    http1.maxHeadersCount = MAX_HEADERS;
    http1.on("request", (request, response) => {
      if (request.httpVersionMajor === 1) this.#begin(request, response);
      onRequest(request, response);
    });
    http1.on("upgrade", (request, socket, head) => {
      const connection = this.#connections.get(socket as Socket);
      if (connection !== undefined) Object.assign(connection, { running: 1, request: null });
      onUpgrade(request, socket as Socket, head);
    });
    http1.on("connection", (socket: Socket) => this.#admit(socket));
    http1.on("clientError", (_error, socket) => {
      this.counters.clientErrors++;
      socket.destroy();
    });
    server.on("secureConnection", (socket: TLSSocket) => {
      this.#measure(socket);
      if (socket.alpnProtocol !== "h2") this.#expect(socket);
    });
    server.on("tlsClientError", (_error, socket) => {
      this.counters.clientErrors++;
      socket.destroy();
    });
    server.on("session", (session: http2.ServerHttp2Session) => this.#watch(session));
    server.on("sessionError", () => this.counters.clientErrors++);
    this.#checkTimer = setInterval(() => this.#check(timeouts), checkEveryMs);
    return server;
  }

  #admit(socket: Socket): void {
    if (this.#sockets.size >= (this.#options.limits?.maxConnections ?? 19_000)) {
      this.counters.refused++;
      socket.on("error", () => socket.destroy());
      if (this.#options.tls === null) {
        socket.end(TOO_MANY);
        const timer = setTimeout(() => socket.destroy(), REFUSAL_MS);
        socket.once("close", () => clearTimeout(timer));
      } else {
        socket.destroy();
      }
      return;
    }
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    if (this.#options.tls !== null) return;
    this.#measure(socket);
    this.#expect(socket);
  }

  #measure(socket: Socket): void {
    this.#measured.add(socket);
    socket.once("close", () => {
      this.#measured.delete(socket);
      this.#sentByClosed += socket.bytesWritten;
    });
  }

  #begin(request: http.IncomingMessage, response: http.ServerResponse): void {
    const { socket } = request;
    const connection = this.#connections.get(socket);
    if (connection === undefined) return;
    connection.running++;
    connection.request = request;
    connection.hadRequest = true;
    connection.sinceMs = performance.now();
    response.once("close", () => {
      connection.sinceMs = performance.now();
      if (--connection.running > 0) return;
      // An idle connection holds nothing of what it asked.
      connection.request = null;
      if (this.#draining) socket.destroySoon();
    });
  }

  #expect(socket: Socket): void {
    this.#connections.set(socket, {
      running: 0,
      request: null,
      hadRequest: false,
      sinceMs: performance.now(),
    });
    socket.once("close", () => this.#connections.delete(socket));
  }

  /** Drops connections whose next request, or the rest of whose request, does not come. */
  #check(timeouts: { readonly headersMs: number; readonly requestMs: number }): void {
    const { headersMs, requestMs } = timeouts;
    const nowMs = performance.now();
    for (const [socket, { running, request, hadRequest, sinceMs }] of this.#connections) {
      const waitingMs = nowMs - sinceMs;
      const isLate = running === 0
        ? waitingMs > headersMs + (hadRequest ? KEEP_ALIVE_MS : 0)
        : request?.complete === false && waitingMs > requestMs;
      if (!isLate) continue;
      this.counters.clientErrors++;
      socket.destroy();
    }
  }

  #watch(session: http2.ServerHttp2Session): void {
    this.#sessions.add(session);
    session.once("close", () => this.#sessions.delete(session));
    // A connection without a stream is idle like one without a request.
    session.setTimeout(KEEP_ALIVE_MS * 4, () => session.close());
  }
}
