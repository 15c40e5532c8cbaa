/**
 * The part of `web` that edges follow messages by, over the log in memory, and clients of the long
 * connection.
 *
 * @module
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { WebSocket } from "ws";
import {
  JSON_SUBPROTOCOL,
  PROTOBUF_SUBPROTOCOL,
  type ServerFrame,
} from "../../im/protocol/frames.ts";
import { decodeServerFrameJson } from "../../im/protocol/json.ts";
import type { Channel, Draft, Message, Sender } from "../../im/protocol/message.ts";
import { decodeServerFrame, encodeClientFrame } from "../../im/protocol/protobuf.ts";
import { DEFAULT_IM_SETTINGS, type ImSettings } from "../../im/settings.ts";
import { ticketBox } from "../../im/ticket.ts";
import { silentLogger } from "../../platform/log.ts";
import { FeedHub, runFeed } from "../../routes/im_feed.ts";
import { FeedSocket } from "../../routes/im_feed_socket.ts";
import { openMemoryLog } from "../../store/memory/messages.ts";
import { EDGE_SECRET } from "./edge_setup.ts";
import { waitFor } from "./wait.ts";

/** A room that there is. */
export const ROOM = "100001";

/** `web` as an edge sees it. */
export class ImWeb {
  readonly log: ReturnType<typeof openMemoryLog> = openMemoryLog();
  settings: ImSettings = DEFAULT_IM_SETTINGS;
  /** Rooms that there are. */
  readonly rooms = new Set([ROOM, "100002"]);
  #port = 0;
  #running: { server: Server; feed: FeedSocket; hub: FeedHub; end: () => void } | null = null;

  /** Base URL. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Figures of the feed. */
  get figures(): ReturnType<FeedHub["inspect"]> {
    return this.#running!.hub.inspect();
  }

  /** Listens; after {@linkcode ImWeb.kill} on the same port. */
  async start(): Promise<this> {
    const hub = new FeedHub({
      log: this.log,
      settings: () => this.settings,
      exists: (room) => Promise.resolve(this.rooms.has(room)),
      logger: silentLogger,
    });
    const feed = new FeedSocket({ hub, clusterSecret: EDGE_SECRET, log: silentLogger });
    const server = createServer((request, response) => {
      request.resume();
      response.writeHead(204).end();
    });
    server.on("upgrade", (request, socket, head) => feed.upgrade(request, socket as Socket, head));
    await new Promise<void>((resolve) => server.listen(this.#port, "127.0.0.1", resolve));
    this.#port = (server.address() as AddressInfo).port;
    this.#running = { server, feed, hub, end: runFeed(hub, silentLogger) };
    return this;
  }

  /** Ends every connection and the port; the log stays. */
  async kill(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    if (running === null) return;
    running.end();
    await running.feed.close();
    running.server.closeAllConnections();
    await new Promise((resolve) => running.server.close(resolve));
  }

  /** Changes the settings, as an administrator does. */
  set(change: Partial<ImSettings>): void {
    this.settings = { ...this.settings, ...change };
    this.#running?.hub.pushSettings();
  }

  /** Appends messages and gives them with their places. */
  async say(channel: Channel, ...drafts: readonly Draft[]): Promise<Message[]> {
    const entries = drafts.map((draft) => ({ draft, dedupeKey: null }));
    return (await this.log.append(channel, entries)).map(({ message }) => message);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await this.log.close();
  }
}

/** A ticket that an edge of the tests takes. */
export async function ticketFor(
  sender: Sender | null,
  change: { readonly room?: string; readonly expiresAtMs?: number; readonly secret?: string } = {},
): Promise<string> {
  const { room = ROOM, expiresAtMs = Date.now() + 60_000, secret = EDGE_SECRET } = change;
  return await (await ticketBox(secret)).issue({ room, sender, expiresAtMs });
}

/** What a {@linkcode ImClient} connects with. */
export interface ImClientOptions {
  readonly ticket?: string | null;
  readonly cursor?: string;
  readonly json?: boolean;
}

/** A client of the long connection; it keeps every frame. */
export class ImClient {
  readonly frames: ServerFrame[] = [];
  readonly socket: WebSocket;
  /** Close code; null while it is open. */
  closed: number | null = null;
  /** Status of a refused upgrade. */
  refused: number | null = null;

  constructor(edgeUrl: string, options: ImClientOptions = {}) {
    const { ticket = null, cursor, json = false } = options;
    const url = new URL("/im", edgeUrl.replace(/^http/, "ws"));
    if (ticket !== null) url.searchParams.set("ticket", ticket);
    if (cursor !== undefined) url.searchParams.set("cursor", cursor);
    this.socket = new WebSocket(url, json ? JSON_SUBPROTOCOL : PROTOBUF_SUBPROTOCOL);
    this.socket.on("message", (data, isBinary) => {
      this.frames.push(
        isBinary ? decodeServerFrame(data as Uint8Array) : decodeServerFrameJson(String(data)),
      );
    });
    this.socket.on("unexpected-response", (request, response) => {
      this.refused = response.statusCode ?? 0;
      response.resume();
      request.destroy();
    });
    this.socket.on("error", () => {});
    this.socket.on("close", (code) => this.closed = code);
  }

  /** Messages of all batches. */
  get messages(): Message[] {
    return this.frames.flatMap((frame) => frame.type === "batch" ? frame.messages : []);
  }

  /** Texts of all batches. */
  get texts(): string[] {
    return this.messages.flatMap((one) => one.kind === "chat" ? [one.body.text] : []);
  }

  /** Cursor of the last batch. */
  get cursor(): string {
    const last = this.frames.findLast((frame) => frame.type === "batch");
    return last?.type === "batch" ? last.cursor : "";
  }

  /** Resolves once it was said hello and got its first batch. */
  async joined(): Promise<this> {
    await waitFor("the first batch", () => this.frames.length >= 2 || this.closed !== null);
    return this;
  }

  /** Sends a ticket, as a client whose address carries none does. */
  authenticate(ticket: string, cursor: string | null = null): void {
    this.socket.send(encodeClientFrame({ type: "auth", ticket, cursor }));
  }

  ping(): void {
    this.socket.send(encodeClientFrame({ type: "ping" }));
  }

  /** Breaks off. */
  leave(): void {
    this.socket.terminate();
  }
}
