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
import { rawAnswer } from "./raw_answer.ts";

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

type AnyServer = http.Server | http2.Http2SecureServer;

/** A listening server; {@linkcode Listener.stop} ends it. */
export class Listener {
  readonly counters: ListenerCounters = { clientErrors: 0, refused: 0 };
  readonly #options: ListenerOptions;
  readonly #sockets = new Set<Socket>();
  /** HTTP/1 connections with their running requests; an upgraded one runs until it closes. */
  readonly #running = new Map<Socket, number>();
  #draining = false;
  readonly #sessions = new Set<http2.ServerHttp2Session>();
  #server: AnyServer | null = null;

  constructor(options: ListenerOptions) {
    this.#options = options;
  }

  /** Open connections. */
  get connections(): number {
    return this.#sockets.size;
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
      server.once("error", reject);
      const where = { host, port, ...(sharePort && { reusePort: true }) };
      (server as unknown as NetServer).listen(where, () => {
        server.off("error", reject);
        resolve();
      });
    });
  }

  /** Takes no new connections, closes those that wait for a request, and the others after it. */
  drain(): void {
    this.#draining = true;
    this.#server?.close();
    for (const session of this.#sessions) session.close();
    for (const [socket, running] of this.#running) if (running === 0) socket.destroySoon();
  }

  /** Resolves when the last connection is closed, or after `withinMs` by closing them. */
  async stop(withinMs: number): Promise<void> {
    this.drain();
    const giveUpAtMs = performance.now() + withinMs;
    while (this.#sockets.size > 0 && performance.now() < giveUpAtMs) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    for (const socket of this.#sockets) socket.destroy();
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
      if (request.httpVersionMajor === 1) this.#begin(request.socket, response);
      onRequest(request, response);
    });
    http1.on("upgrade", (request, socket, head) => {
      this.#running.set(socket as Socket, 1);
      onUpgrade(request, socket as Socket, head);
    });
    http1.on("connection", (socket: Socket) => this.#admit(socket));
    http1.on("clientError", (_error, socket) => {
      this.counters.clientErrors++;
      socket.destroy();
    });
    server.on("secureConnection", (socket: TLSSocket) => {
      if (socket.alpnProtocol !== "h2") this.#expect(socket);
    });
    server.on("tlsClientError", () => this.counters.clientErrors++);
    server.on("session", (session: http2.ServerHttp2Session) => this.#watch(session));
    server.on("sessionError", () => this.counters.clientErrors++);
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
    if (this.#options.tls === null) this.#expect(socket);
  }

  #begin(socket: Socket, response: http.ServerResponse): void {
    this.#running.set(socket, (this.#running.get(socket) ?? 0) + 1);
    response.once("close", () => {
      const running = this.#running.get(socket);
      if (running === undefined) return;
      this.#running.set(socket, running - 1);
      if (running === 1 && this.#draining) socket.destroySoon();
    });
  }

  #expect(socket: Socket): void {
    this.#running.set(socket, 0);
    socket.once("close", () => this.#running.delete(socket));
  }

  #watch(session: http2.ServerHttp2Session): void {
    this.#sessions.add(session);
    session.once("close", () => this.#sessions.delete(session));
    // A connection without a stream is idle like one without a request.
    session.setTimeout(KEEP_ALIVE_MS * 4, () => session.close());
  }
}
