/**
 * Listens for RTMP, and for RTMPS when a certificate is given, and bounds what peers may take.
 *
 * @module
 */
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { Logger } from "../../../platform/log.ts";
import type { Metrics } from "../../../platform/metrics.ts";
import type { RtmpConnection, RtmpHandler } from "./contract.ts";
import { createRtmpMetrics, type RtmpMetrics } from "./metrics.ts";
import { DEFAULT_TIMEOUTS, RtmpServerSession, type SessionTimeouts } from "./session.ts";

/** What a server lets peers take. */
export interface RtmpServerLimits {
  /** Open connections. */
  readonly connections: number;
  /**
   * Open connections that neither publish nor play yet. Above, the oldest is closed once it is 2 s
   * old; above ten times as many, at once.
   */
  readonly unadmitted: number;
  /** Open connections of one address. */
  readonly perAddress: number;
}

/** Limits of a running server. One address may stand for a whole network behind a proxy. */
export const DEFAULT_LIMITS: RtmpServerLimits = {
  connections: 10_000,
  unadmitted: 200,
  perAddress: 2_000,
};

/** How an {@linkcode RtmpListener} is made. */
export interface RtmpListenerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** PEM texts; with them the port speaks TLS. */
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly handler: RtmpHandler;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly limits?: Partial<RtmpServerLimits>;
  readonly timeouts?: Partial<SessionTimeouts>;
}

/** Time that a connection has for asking for something before others may push it out. */
const UNADMITTED_MS = 2_000;
/** Times the limit of unadmitted connections that a burst may reach. */
const BURST_FACTOR = 10;
/** Connections whose closing was asked for are cut after this time, in milliseconds. */
const CLOSING_MS = 2_000;
const TICK_MS = 1_000;

/** One listening port. */
export class RtmpListener {
  readonly #options: RtmpListenerOptions;
  readonly #limits: RtmpServerLimits;
  readonly #timeouts: SessionTimeouts;
  readonly #metrics: RtmpMetrics;
  readonly #server: Server;
  readonly #sessions = new Map<Socket, RtmpServerSession>();
  readonly #perAddress = new Map<string, number>();
  /** Sockets inside their TLS handshake, by the peer's address and port, oldest first. */
  readonly #tlsHandshakes = new Map<string, Socket>();
  #ticker: ReturnType<typeof setInterval> | null = null;
  #stopping = false;

  private constructor(options: RtmpListenerOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
    this.#metrics = createRtmpMetrics(options.metrics);
    const { tls } = options;
    this.#server = tls === undefined ? createServer({ noDelay: true }) : createTlsServer({
      cert: tls.cert,
      key: tls.key,
      handshakeTimeout: this.#timeouts.handshakeMs,
    });
    this.#server.maxConnections = this.#limits.connections;
  }

  /** Binds the port. @throws when it cannot be bound. */
  static async listen(options: RtmpListenerOptions): Promise<RtmpListener> {
    const listener = new RtmpListener(options);
    await listener.#listen();
    return listener;
  }

  /** The port that is listened on. */
  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  /** What is to be seen of the running sessions. */
  inspect() {
    return [...this.#sessions.values()].map((session) => session.inspect());
  }

  /** Closes the port and every connection, telling peers that the server goes away. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#ticker !== null) clearInterval(this.#ticker);
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const session of this.#sessions.values()) session.close("draining");
    for (const socket of this.#tlsHandshakes.values()) socket.destroy();
    await closed;
  }

  #listen(): Promise<void> {
    const { host, port, tls, log } = this.#options;
    if (tls === undefined) {
      this.#server.on("connection", (socket: Socket) => this.#accept(socket));
    } else {
      this.#server.on("connection", (socket: Socket) => this.#awaitTls(socket));
      this.#server.on("secureConnection", (socket: Socket) => {
        this.#tlsHandshakes.delete(endpoint(socket));
        this.#accept(socket);
      });
      this.#server.on("tlsClientError", (_error: Error, socket: Socket) => {
        this.#metrics.refused.inc({ reason: "tls" });
        // A handshake that takes too long is told here, but not cut.
        socket.destroy();
      });
    }
    this.#server.on("drop", () => this.#metrics.refused.inc({ reason: "connections" }));
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen({ host, port }, () => {
        this.#server.off("error", reject);
        this.#server.on("error", (error) => log.error("listener_failed", { error }));
        this.#ticker = setInterval(() => this.#tick(), TICK_MS);
        resolve();
      });
    });
  }

  /** Bounds the TLS handshakes under way as {@linkcode RtmpListener.#evictUnadmitted} does. */
  #awaitTls(socket: Socket): void {
    const key = endpoint(socket);
    this.#tlsHandshakes.set(key, socket);
    socket.once("close", () => this.#tlsHandshakes.delete(key));
    if (this.#tlsHandshakes.size <= this.#limits.unadmitted * BURST_FACTOR) return;
    const [[oldestKey, oldest]] = this.#tlsHandshakes;
    this.#tlsHandshakes.delete(oldestKey);
    this.#metrics.refused.inc({ reason: "unadmitted" });
    oldest.destroy();
  }

  #tick(): void {
    for (const session of this.#sessions.values()) session.tick();
  }

  /** Why one more connection of this address is not taken, or null. */
  #refusal(address: string): string | null {
    if (this.#stopping) return "draining";
    if (this.#sessions.size >= this.#limits.connections) return "connections";
    if ((this.#perAddress.get(address) ?? 0) >= this.#limits.perAddress) return "per_address";
    return null;
  }

  /**
   * Makes room among the connections that ask for nothing yet. The oldest goes, when it had time
   * enough: a real client is through in a few round trips, so those who sit there in silence cannot
   * keep others out, and a crowd that comes back at once after a restart is let in.
   */
  #evictUnadmitted(): void {
    let unadmitted = 0;
    let oldest: RtmpServerSession | null = null;
    for (const session of this.#sessions.values()) {
      if (session.admitted || session.state === "closed") continue;
      unadmitted++;
      oldest ??= session;
    }
    if (oldest === null || unadmitted < this.#limits.unadmitted) return;
    const isBurst = unadmitted < this.#limits.unadmitted * BURST_FACTOR;
    if (!isBurst || oldest.openForMs >= UNADMITTED_MS) oldest.evict();
  }

  #accept(socket: Socket): void {
    const address = (socket.remoteAddress ?? "unknown").replace(/^::ffff:/, "");
    const refusal = this.#refusal(address);
    if (refusal !== null) {
      this.#metrics.refused.inc({ reason: refusal });
      socket.on("error", () => {});
      socket.destroy();
      return;
    }
    this.#evictUnadmitted();
    socket.setNoDelay(true);
    const connection = new SocketConnection(socket, {
      remoteAddress: address,
      secure: this.#options.tls !== undefined,
    });
    const session = new RtmpServerSession({
      connection,
      handler: this.#options.handler,
      log: this.#options.log.with({ protocol: connection.secure ? "rtmps" : "rtmp" }),
      metrics: this.#metrics,
      now: () => performance.now(),
      timeouts: this.#timeouts,
    });
    this.#sessions.set(socket, session);
    this.#perAddress.set(address, (this.#perAddress.get(address) ?? 0) + 1);
    this.#metrics.connections.inc();
    let cause: Error | undefined;
    socket.on("data", (bytes: Uint8Array) => session.receive(bytes));
    socket.on("end", () => session.disconnected());
    socket.on("error", (error) => cause = error);
    socket.on("close", () => {
      session.disconnected(cause);
      this.#forget(socket, address);
    });
  }

  #forget(socket: Socket, address: string): void {
    if (!this.#sessions.delete(socket)) return;
    this.#metrics.connections.dec();
    const left = this.#perAddress.get(address)! - 1;
    if (left === 0) this.#perAddress.delete(address);
    else this.#perAddress.set(address, left);
  }
}

function endpoint(socket: Socket): string {
  return `${socket.remoteAddress}|${socket.remotePort}`;
}

/** A TCP or TLS socket as the session sees it. */
class SocketConnection implements RtmpConnection {
  readonly #socket: Socket;
  readonly remoteAddress: string;
  readonly secure: boolean;
  #ended = false;

  constructor(socket: Socket, options: { remoteAddress: string; secure: boolean }) {
    this.#socket = socket;
    this.remoteAddress = options.remoteAddress;
    this.secure = options.secure;
  }

  get bufferedBytes(): number {
    return this.#socket.writableLength;
  }

  write(bytes: Uint8Array): void {
    if (!this.#ended && this.#socket.writable) this.#socket.write(bytes);
  }

  pauseReading(paused: boolean): void {
    if (paused) this.#socket.pause();
    else this.#socket.resume();
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    const socket = this.#socket;
    if (socket.destroyed) return;
    // Unread bytes would turn the close into a reset, and the peer would not see the last words.
    socket.resume();
    socket.end();
    const timer = setTimeout(() => socket.destroy(), CLOSING_MS);
    socket.once("close", () => clearTimeout(timer));
  }
}
