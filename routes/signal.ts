/**
 * The signalling of calls: WebSocket `/signal/<name>` (docs/calls.md).
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import type { Config } from "../platform/config.ts";
import type { Logger } from "../platform/log.ts";
import type { Metrics } from "../platform/metrics.ts";
import { addressKey, AttemptLimiter } from "../rooms/attempt_limits.ts";
import {
  BEAT_EVERY_MS,
  type CloseName,
  CLOSES,
  JOIN_WITHIN_MS,
  parseCallName,
  type ServerMessage,
  SIGNAL_LIMITS,
  SIGNAL_PROTOCOL,
  SILENT_AFTER_MS,
} from "../rooms/calls/protocol.ts";
import type { Participant, Switchboard } from "../rooms/calls/switchboard.ts";
import type { Account } from "../rooms/model.ts";
import { type Client, upgradeClients } from "./client.ts";
import { SECURE_SESSION_COOKIE, SESSION_COOKIE } from "./session.ts";
import { parseClientMessage } from "./signal_frames.ts";
import { refuseSocket } from "./socket_refusal.ts";

/** Connections of this process; more are refused. */
const MAX_CONNECTIONS = 4_000;
/** Connections of one address (an IPv6 /64). */
const MAX_OF_ADDRESS = 64;
/** What a client does not take is held up to here, bytes; then it is cut off. */
const MAX_BACKLOG_BYTES = 1024 * 1024;
/** Messages of one connection; descriptions and candidates come in bursts. */
const MESSAGES = { burst: 300, refillMs: 25 } as const;
/** Those of them that change the call, ask `rtc`, or go to everybody. */
const CHANGES = { burst: 30, refillMs: 300 } as const;
const CHANGE_TYPES: ReadonlySet<string> = new Set(
  ["state", "lock", "kick", "end", "invite", "sfu", "view", "chat"],
);
/** Time for a close to be answered, milliseconds. */
const CLOSE_MS = 500;

/** What {@linkcode SignalSocket} stands on. */
export interface SignalSocketOptions {
  readonly switchboard: Switchboard;
  readonly authenticate: (token: string) => Promise<Account | null>;
  readonly config: Pick<Config, "publicUrl" | "trustedProxies" | "rateLimits">;
  readonly clusterSecret: string;
  readonly log: Logger;
  /** Milliseconds since the epoch. Default: `Date.now`. */
  readonly now?: () => number;
  /** Default: {@linkcode JOIN_WITHIN_MS}. */
  readonly joinWithinMs?: number;
}

/** Whether a path is the signalling's. */
export function isSignalPath(path: string): boolean {
  return path.startsWith("/signal/");
}

/** Takes upgrades below `/signal/`. */
export class SignalSocket {
  readonly #options: SignalSocketOptions;
  readonly #clientOf: (request: IncomingMessage) => Client;
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: SIGNAL_LIMITS.frameBytes,
    perMessageDeflate: false,
    handleProtocols: (offered) => offered.has(SIGNAL_PROTOCOL) ? SIGNAL_PROTOCOL : false,
  });
  readonly #connections = new Set<Connection>();
  readonly #ofAddress = new Map<string, number>();
  readonly #beating: ReturnType<typeof setInterval>;
  /** Closes by their name. */
  readonly closes = new Map<CloseName, number>();
  refused = 0;

  constructor(options: SignalSocketOptions) {
    this.#options = options;
    this.#clientOf = upgradeClients(options);
    this.#beating = setInterval(() => {
      for (const connection of this.#connections) connection.beat();
    }, BEAT_EVERY_MS);
  }

  /** Open connections. */
  get size(): number {
    return this.#connections.size;
  }

  /** Takes one upgrade, or refuses it. */
  upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    socket.on("error", () => socket.destroy());
    this.#admit(request, socket, head).catch((error) => {
      this.#options.log.warn("signal_upgrade_failed", { error: error as Error });
      refuseSocket(socket, { status: 503, title: "Too busy just now" });
    });
  }

  /** Ends every connection; clients come back with their seats to whoever listens next. */
  async close(): Promise<void> {
    clearInterval(this.#beating);
    const closed = [...this.#connections].map((connection) => connection.closed);
    for (const connection of this.#connections) connection.close("restart");
    const timeout = setTimeout(() => {
      for (const client of this.#server.clients) client.terminate();
    }, CLOSE_MS);
    await Promise.all(closed);
    clearTimeout(timeout);
    this.#server.close();
  }

  async #admit(request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    const { authenticate, config } = this.#options;
    const client = this.#clientOf(request);
    const path = (request.url ?? "").split("?", 1)[0]!;
    const name = nameOf(path);
    const refuse = (status: number, title: string, code: string) => {
      this.refused++;
      refuseSocket(socket, { status, title, members: { code } });
    };
    if (name === null) return refuse(404, "No call can have this name", "not_found");
    // Cookies come along from wherever a page is: only our own pages may use them.
    const { origin } = request.headers;
    if (origin !== undefined && !isOurs(origin, client, config.publicUrl)) {
      return refuse(403, "Not allowed", "cross_site");
    }
    const key = addressKey(client.address);
    const tooMany = this.#connections.size >= MAX_CONNECTIONS ||
      config.rateLimits && (this.#ofAddress.get(key) ?? 0) >= MAX_OF_ADDRESS;
    if (tooMany) return refuse(503, "Too many connections", "busy");
    this.#count(key, 1);
    const leave = () => this.#count(key, -1);
    socket.once("close", leave);
    const token = tokenOf(request, client);
    const account = token === null ? null : await authenticate(token);
    if (socket.destroyed) return;
    this.#server.handleUpgrade(request, socket, head, (opened) => {
      const connection = new Connection(opened, {
        ...this.#options,
        name,
        account,
        address: client.address,
        onClose: (close) => {
          this.#connections.delete(connection);
          if (close !== null) this.closes.set(close, (this.closes.get(close) ?? 0) + 1);
        },
      });
      this.#connections.add(connection);
    });
  }

  #count(key: string, by: number): void {
    const count = (this.#ofAddress.get(key) ?? 0) + by;
    if (count <= 0) this.#ofAddress.delete(key);
    else this.#ofAddress.set(key, count);
  }
}

interface ConnectionOptions extends SignalSocketOptions {
  readonly name: string;
  readonly account: Account | null;
  readonly address: string;
  readonly onClose: (close: CloseName | null) => void;
}

/** One client: waiting for its `join`, then with a seat. */
class Connection {
  readonly closed: Promise<void>;
  readonly #socket: WebSocket;
  readonly #options: ConnectionOptions;
  readonly #limits: AttemptLimiter | null;
  readonly #changes: AttemptLimiter | null;
  readonly #joinTimer: ReturnType<typeof setTimeout>;
  #state: "waiting" | "joining" | "seated" | "over" = "waiting";
  #participant: Participant | null = null;
  #close: CloseName | null = null;
  #heardAtMs: number;
  #cutTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(socket: WebSocket, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    const limited = options.config.rateLimits;
    this.#limits = limited ? new AttemptLimiter(MESSAGES, { maxKeys: 1 }) : null;
    this.#changes = limited ? new AttemptLimiter(CHANGES, { maxKeys: 1 }) : null;
    this.#heardAtMs = this.#now();
    this.#joinTimer = setTimeout(
      () => this.close("too_slow"),
      options.joinWithinMs ?? JOIN_WITHIN_MS,
    );
    const ended = Promise.withResolvers<void>();
    this.closed = ended.promise;
    socket.on("message", (data: RawData, binary: boolean) => this.#take(data, binary));
    socket.on("error", () => {});
    socket.on("close", () => {
      clearTimeout(this.#cutTimer);
      this.#over();
      options.onClose(this.#close);
      ended.resolve();
    });
  }

  /** Gives a sign of life, and ends a connection that gives none. */
  beat(): void {
    if (this.#now() - this.#heardAtMs > SILENT_AFTER_MS) this.close("too_slow");
    else if (this.#state === "seated") this.#send({ type: "beat" });
  }

  /** Ends the connection; its seat is kept where somebody may come back to it. */
  close(name: CloseName): void {
    if (this.#close !== null) return;
    this.#close = name;
    this.#over();
    const [code, sentence] = CLOSES[name];
    this.#socket.close(code, sentence);
    this.#cutTimer = setTimeout(() => this.#socket.terminate(), CLOSE_MS * 4);
  }

  #over(): void {
    clearTimeout(this.#joinTimer);
    this.#state = "over";
    this.#participant?.lose();
    this.#participant = null;
  }

  #take(data: RawData, binary: boolean): void {
    if (this.#state === "over") return;
    this.#heardAtMs = this.#now();
    if (this.#limits !== null && this.#limits.take("", this.#heardAtMs) > 0) {
      this.close("too_fast");
      return;
    }
    let message;
    try {
      if (binary) throw new TypeError("Cannot read the message: it is binary");
      message = parseClientMessage(String(data));
    } catch {
      this.close("bad_message");
      return;
    }
    if (this.#changes !== null && CHANGE_TYPES.has(message.type)) {
      if (this.#changes.take("", this.#heardAtMs) > 0) {
        this.close("too_fast");
        return;
      }
    }
    if (message.type === "join") {
      if (this.#state === "waiting") void this.#join(message);
      else this.close("bad_message");
    } else if (this.#state === "seated") this.#participant?.receive(message);
    // Before the answer to `join` nothing but a farewell makes sense.
    else if (message.type === "leave") this.close("left");
    else if (message.type !== "beat") this.close("bad_message");
  }

  async #join(message: Parameters<Switchboard["join"]>[1]): Promise<void> {
    this.#state = "joining";
    clearTimeout(this.#joinTimer);
    const { switchboard, name, account, address, log } = this.#options;
    try {
      const joined = await switchboard.join(name, message, {
        visitor: { account, address },
        sink: {
          send: (answer) => this.#send(answer),
          end: (code) => {
            this.#participant = null;
            this.#send({ type: "ended", code });
            this.close(code);
          },
        },
      });
      if (joined.kind === "refused") {
        const { code, retryAfterS, capacity } = joined;
        this.#send({
          ...{ type: "refused", code, retryAfterS },
          ...(capacity !== undefined && { capacity }),
        });
        this.close(code);
        return;
      }
      // It may have left while it was let in.
      if (this.#isOver()) {
        joined.lose();
        return;
      }
      this.#participant = joined;
      this.#state = "seated";
    } catch (error) {
      log.warn("call_not_joined", { call: name, error: error as Error });
      this.#send({ type: "refused", code: "busy", retryAfterS: 1 });
      this.close("busy");
    }
  }

  #isOver(): boolean {
    return this.#state === "over";
  }

  #send(message: ServerMessage): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > MAX_BACKLOG_BYTES) {
      this.#socket.terminate();
      return;
    }
    this.#socket.send(JSON.stringify(message), () => {});
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }
}

/** The name of a call in the path of its signalling. */
function nameOf(path: string): string | null {
  const text = path.slice("/signal/".length);
  if (text.length > 600) return null;
  try {
    return parseCallName(decodeURIComponent(text));
  } catch {
    return null;
  }
}

function isOurs(origin: string, { host }: Client, publicUrl: string | null): boolean {
  const from = URL.parse(origin)?.host;
  return from !== undefined &&
    (from === host || publicUrl !== null && from === URL.parse(publicUrl)?.host);
}

/** `Authorization: Bearer`, else the cookie of the session. */
function tokenOf({ headers }: IncomingMessage, { secure }: Client): string | null {
  if (headers.authorization !== undefined) {
    return /^Bearer +(\S{1,512})$/i.exec(headers.authorization)?.[1] ?? null;
  }
  const name = secure ? SECURE_SESSION_COOKIE : SESSION_COOKIE;
  for (const part of (headers.cookie ?? "").split(";")) {
    const [key, value] = part.trim().split("=", 2);
    if (key === name && value !== undefined && value.length <= 512) {
      try {
        return decodeURIComponent(value);
      } catch {
        return null;
      }
    }
  }
  return null;
}

/** What the signalling counts. */
export function observeSignal(
  metrics: Metrics,
  { socket, switchboard }: { readonly socket: SignalSocket; readonly switchboard: Switchboard },
): void {
  metrics.gauge({
    name: "wanren_calls",
    help: "Calls with connections to this process",
    collect: (gauge) => gauge.set(switchboard.calls),
  });
  metrics.gauge({
    name: "wanren_call_participants",
    help: "Participants of calls connected to this process",
    collect: (gauge) => gauge.set(switchboard.participants),
  });
  metrics.gauge({
    name: "wanren_call_connections",
    help: "Open connections of the signalling, those that wait to join included",
    collect: (gauge) => gauge.set(socket.size),
  });
  metrics.gauge({
    name: "wanren_call_events",
    help: "What happened to calls in this process since its start",
    labels: ["event"],
    collect(gauge) {
      for (const [event, count] of Object.entries(switchboard.counters)) {
        gauge.set({ event }, count);
      }
      gauge.set({ event: "upgrade_refused" }, socket.refused);
    },
  });
  metrics.gauge({
    name: "wanren_call_closes",
    help: "Connections of the signalling that the server closed, by why, since its start",
    labels: ["reason"],
    collect(gauge) {
      for (const [reason, count] of socket.closes) gauge.set({ reason }, count);
    },
  });
}
