/**
 * The long connection `/im`: WebSockets on npm `ws`, with tickets, heartbeats and bounds on everything
 * that a client decides about. docs/messages.md describes the protocol.
 *
 * @module
 */
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import { parseCursor } from "../../im/protocol/cursor.ts";
import {
  type ClientFrame,
  JSON_SUBPROTOCOL,
  MAX_CLIENT_FRAME_BYTES,
  PROBLEM_CODES,
  type ProblemCode,
  PROTOBUF_SUBPROTOCOL,
} from "../../im/protocol/frames.ts";
import { decodeClientFrameJson } from "../../im/protocol/json.ts";
import { decodeClientFrame } from "../../im/protocol/protobuf.ts";
import { MalformedFrameError } from "../../im/protocol/wire.ts";
import type { TicketBox } from "../../im/ticket.ts";
import type { Accounts } from "../im/accounts.ts";
import { EncodedFrame, PONG } from "../im/encoded_frame.ts";
import { HEARTBEAT_MS, ImRoom, SWEEP_SIZE } from "../im/room.ts";
import type { ImRooms } from "../im/rooms.ts";
import { type ConnectionCounters, ImViewer } from "./im_viewer.ts";
import { refuseUpgrade } from "../../platform/raw_answer.ts";

/** Bounds of a gateway; every one has a default. */
export interface GatewayLimits {
  /** Connections of this process. Default: 15,000. */
  readonly maxConnections?: number;
  /** Connections of one address. Default: 256. */
  readonly maxPerAddress?: number;
  /** Connections of one account. Default: 16. */
  readonly maxPerAccount?: number;
  /** Time to show a ticket. Default: 5,000 ms. */
  readonly authWithinMs?: number;
  /** A client that is not heard for so long is asked. Default: the heartbeat and 10 s. */
  readonly askAfterMs?: number;
  /** A client that does not answer in this time is gone. Default: 10,000 ms. */
  readonly answerWithinMs?: number;
}

/** What an {@linkcode ImGateway} needs. */
export interface GatewayOptions {
  readonly rooms: ImRooms;
  readonly accounts: Accounts;
  readonly tickets: TicketBox;
  /** False: bounds per address and account do not hold (load tests). */
  readonly rateLimits: boolean;
  readonly limits?: GatewayLimits;
  /** How often connections are looked after. Default: 2,000 ms. */
  readonly tendEveryMs?: number;
}

/** Connections by what happened to them, counted. */
export interface GatewayCounters extends ConnectionCounters {
  opened: number;
  /** Turned away before they were WebSockets. */
  refused: number;
}

/** What comes in with an upgrade. */
export interface ImUpgrade {
  readonly request: IncomingMessage;
  readonly socket: Socket;
  readonly head: Uint8Array;
  /** Query of the address. */
  readonly query: string;
  /** Of the client. */
  readonly address: string;
}

/** Frames that a client may send at once, and how many it may send again each second. */
const ALLOWANCE = 20;
const ALLOWANCE_PER_SECOND = 2;
/** Time for hints to arrive before the first connections end, and more of it the more there are. */
const LEAST_DRAIN_MS = 200;
const DRAIN_MS_PER_VIEWER = 4;
/** Bytes that a client must have taken for its pings to be answered. */
const MAX_PONG_BACKLOG_BYTES = 64 * 1024;

interface Seat {
  readonly viewer: ImViewer;
  readonly room: ImRoom;
}

/** All long connections of this process. */
export class ImGateway {
  readonly counters: GatewayCounters = {
    opened: 0,
    refused: 0,
    frames: 0,
    bytes: 0,
    closed: Object.fromEntries(
      Object.keys(PROBLEM_CODES).map((code) => [code, 0]),
    ) as Record<ProblemCode, number>,
  };
  readonly #options: GatewayOptions;
  readonly #limits: Required<GatewayLimits>;
  readonly #server: WebSocketServer;
  /** Every connection; null: it has not shown its ticket yet. */
  readonly #connections = new Map<ImViewer, Seat | null>();
  readonly #byAddress = new Map<string, number>();
  readonly #timer: ReturnType<typeof setInterval>;
  #tendedAtMs = performance.now();
  #isDraining = false;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#limits = {
      maxConnections: 15_000,
      maxPerAddress: 256,
      maxPerAccount: 16,
      authWithinMs: 5_000,
      askAfterMs: HEARTBEAT_MS + 10_000,
      answerWithinMs: 10_000,
      ...options.limits,
    };
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: MAX_CLIENT_FRAME_BYTES,
      perMessageDeflate: false,
      handleProtocols: (offered) => supportedOf(offered) ?? false,
    });
    this.#timer = setInterval(() => this.#tend(), options.tendEveryMs ?? 2_000);
  }

  /** Open connections. */
  get connections(): number {
    return this.#connections.size;
  }

  /** How full it is, from 0 to 1. */
  get fill(): number {
    return Math.min(1, this.#connections.size / this.#limits.maxConnections);
  }

  /** Takes an upgrade of `/im`. */
  upgrade(upgrade: ImUpgrade): void {
    const { request, socket, head, address } = upgrade;
    const refusal = this.#refusalOf(request, address);
    if (refusal !== null) {
      this.counters.refused++;
      refuseUpgrade(socket, refusal);
      return;
    }
    this.#server.handleUpgrade(request, socket, head as Buffer, (webSocket) => {
      this.#accept(webSocket, upgrade);
    });
  }

  /**
   * Sends all clients elsewhere: each is told when to connect anew, spread over `withinMs`, and its
   * connection ends then.
   */
  async drain(withinMs: number): Promise<void> {
    this.#isDraining = true;
    const viewers = [...this.#connections.keys()];
    const spreadMs = Math.min(withinMs, LEAST_DRAIN_MS + viewers.length * DRAIN_MS_PER_VIEWER);
    const waves = Math.max(1, Math.min(40, Math.ceil(viewers.length / 50)));
    const waveMs = spreadMs / waves;
    for (const [index, viewer] of viewers.entries()) {
      const afterMs = Math.round(index % waves * waveMs);
      viewer.send(new EncodedFrame({ type: "reconnect", afterMs }));
      if (index % SWEEP_SIZE === SWEEP_SIZE - 1) await turn();
    }
    for (let wave = 0; wave < waves && this.#connections.size > 0; wave++) {
      await new Promise((resolve) => setTimeout(resolve, waveMs));
      for (let index = wave; index < viewers.length; index += waves) {
        viewers[index]!.close("draining", "This gateway stops");
      }
    }
  }

  /** Ends what is left. */
  stop(): void {
    this.#isDraining = true;
    clearInterval(this.#timer);
    for (const viewer of this.#connections.keys()) viewer.terminate();
    this.#server.close();
  }

  #refusalOf(request: IncomingMessage, address: string) {
    const { maxConnections, maxPerAddress } = this.#limits;
    if (this.#isDraining || this.#connections.size >= maxConnections) {
      return { status: 503, title: "Too many connections" };
    }
    if (this.#options.rateLimits && (this.#byAddress.get(address) ?? 0) >= maxPerAddress) {
      return { status: 429, title: "Too many connections from this address" };
    }
    const offered = request.headers["sec-websocket-protocol"];
    if (offered !== undefined && supportedOf(new Set(offered.split(/\s*,\s*/))) === null) {
      return { status: 400, title: "Unknown subprotocol" };
    }
    return null;
  }

  #accept(socket: WebSocket, { socket: stream, address, query }: ImUpgrade): void {
    const viewer = new ImViewer(socket, {
      stream,
      address,
      isJson: socket.protocol !== PROTOBUF_SUBPROTOCOL,
      counters: this.counters,
      nowMs: performance.now(),
      allowance: ALLOWANCE,
    });
    this.counters.opened++;
    this.#connections.set(viewer, null);
    this.#byAddress.set(address, (this.#byAddress.get(address) ?? 0) + 1);
    let patience: ReturnType<typeof setTimeout> | undefined = setTimeout(
      () => viewer.close("unauthenticated", "No ticket came in time"),
      this.#limits.authWithinMs,
    );
    let isAuthenticating = false;
    const authenticate = (ticket: string, cursor: string | null) => {
      isAuthenticating = true;
      this.#authenticate(viewer, { ticket, cursor }).catch(() =>
        viewer.close("unauthenticated", "The ticket cannot be read")
      ).finally(() => {
        clearTimeout(patience);
        patience = undefined;
      });
    };
    socket.on("message", (data, isBinary) => {
      const frame = this.#read(viewer, { data, isBinary });
      if (frame === null) return;
      if (frame.type === "ping") {
        if (viewer.bufferedBytes <= MAX_PONG_BACKLOG_BYTES) viewer.send(PONG);
      } else if (isAuthenticating) viewer.close("malformed", "A ticket was shown before");
      else authenticate(frame.ticket, frame.cursor);
    });
    socket.on("pong", () => this.#heard(viewer));
    // Frames that break RFC 6455 or are too long: ws says why and closes by itself.
    socket.on("error", () => {});
    socket.on("close", () => {
      clearTimeout(patience);
      this.#leave(viewer);
    });
    const params = new URLSearchParams(query);
    const ticket = params.get("ticket");
    if (ticket !== null) authenticate(ticket, params.get("cursor"));
  }

  async #authenticate(
    viewer: ImViewer,
    shown: { readonly ticket: string; readonly cursor: string | null },
  ): Promise<void> {
    const { tickets, rooms, accounts, rateLimits } = this.#options;
    const ticket = await tickets.open(shown.ticket, { nowMs: Date.now() });
    if (ticket === null) {
      viewer.close("unauthenticated", "The ticket is not good");
      return;
    }
    const room = rooms.opened(ticket.room) ?? await rooms.open(ticket.room);
    if (!viewer.isOpen || !this.#connections.has(viewer)) return;
    if (room === "missing") {
      viewer.close("unauthenticated", "There is no such room");
      return;
    }
    if (!(room instanceof ImRoom)) {
      viewer.close("draining", "The room cannot be read just now");
      return;
    }
    const accountId = ticket.sender?.id ?? null;
    if (
      accountId !== null && rateLimits &&
      accounts.connectionsOf(accountId) >= this.#limits.maxPerAccount
    ) {
      viewer.close("too_many", "Too many connections of this account");
      return;
    }
    viewer.accountId = accountId;
    this.#connections.set(viewer, { viewer, room });
    room.join(viewer, shown.cursor);
    if (accountId === null) return;
    const own = shown.cursor === null ? null : parseCursor(shown.cursor)?.own ?? null;
    accounts.join(viewer as ImViewer & { accountId: string }, { room, own });
  }

  #read(
    viewer: ImViewer,
    { data, isBinary }: { readonly data: RawData; readonly isBinary: boolean },
  ): ClientFrame | null {
    this.#heard(viewer);
    if (--viewer.allowance < 0) {
      viewer.close("too_many", "Too many frames");
      return null;
    }
    try {
      if (isBinary === viewer.isJson) throw new MalformedFrameError("Cannot read the frame");
      return isBinary ? decodeClientFrame(data as Uint8Array) : decodeClientFrameJson(String(data));
    } catch (error) {
      if (!(error instanceof MalformedFrameError)) throw error;
      viewer.close("malformed", "A frame cannot be read");
      return null;
    }
  }

  #heard(viewer: ImViewer): void {
    viewer.heardAtMs = performance.now();
    viewer.askedAtMs = null;
  }

  #leave(viewer: ImViewer): void {
    const seat = this.#connections.get(viewer);
    if (!this.#connections.delete(viewer)) return;
    const { address } = viewer;
    const left = (this.#byAddress.get(address) ?? 1) - 1;
    if (left > 0) this.#byAddress.set(address, left);
    else this.#byAddress.delete(address);
    seat?.room.leave(viewer);
    if (viewer.accountId !== null) {
      this.#options.accounts.leave(viewer as ImViewer & { accountId: string });
    }
  }

  /** Asks who is silent, ends who does not answer, and lets clients send again. */
  #tend(): void {
    this.#options.accounts.tend();
    const nowMs = performance.now();
    const more = ALLOWANCE_PER_SECOND * (nowMs - this.#tendedAtMs) / 1000;
    this.#tendedAtMs = nowMs;
    const { askAfterMs, answerWithinMs } = this.#limits;
    for (const viewer of this.#connections.keys()) {
      viewer.allowance = Math.min(ALLOWANCE, viewer.allowance + more);
      const { askedAtMs, heardAtMs } = viewer;
      if (askedAtMs === null) {
        if (nowMs - heardAtMs > askAfterMs) viewer.ask(nowMs);
      } else if (nowMs - askedAtMs > answerWithinMs) viewer.close("silent", "No sign of life");
    }
  }
}

/** The subprotocol of ours that a client prefers; null: none. A client that offers none gets JSON. */
function supportedOf(offered: ReadonlySet<string>): string | null {
  for (const name of offered) {
    if (name === PROTOBUF_SUBPROTOCOL || name === JSON_SUBPROTOCOL) return name;
  }
  return null;
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
