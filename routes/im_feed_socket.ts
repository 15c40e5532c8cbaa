/**
 * The WebSocket that edges follow messages by: `GET /internal/feed` with the cluster's secret.
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import { INTERNAL_FEED_PATH, MAX_EDGE_FRAME_BYTES } from "../im/internal_feed.ts";
import type { Logger } from "../platform/log.ts";
import { equalSecrets } from "../rooms/secrets.ts";
import type { FeedHub } from "./im_feed.ts";
import { refuseSocket } from "./socket_refusal.ts";

/** Edges of one `web`; more are refused. */
const MAX_EDGES = 256;
/** Normal end of an edge that said nonsense (RFC 6455 §7.4.1). */
const POLICY_VIOLATION = 1008;
/** The server restarts. */
const RESTART = 1012;
/** Time for a close to be answered, milliseconds. */
const CLOSE_MS = 500;

/** What {@linkcode FeedSocket} stands on. */
export interface FeedSocketOptions {
  readonly hub: Pick<FeedHub, "open">;
  readonly clusterSecret: string;
  readonly log: Logger;
}

/** Takes upgrades of a listener that serves the inside of the cluster. */
export class FeedSocket {
  readonly #options: FeedSocketOptions;
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_EDGE_FRAME_BYTES,
    perMessageDeflate: false,
  });

  constructor(options: FeedSocketOptions) {
    this.#options = options;
  }

  /** Takes one upgrade, or refuses it. */
  upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    socket.on("error", () => socket.destroy());
    const path = (request.url ?? "").split("?", 1)[0];
    if (path !== INTERNAL_FEED_PATH) {
      refuseSocket(socket, { status: 404, title: "Not found" });
      return;
    }
    const token = /^Bearer +(\S{1,512})$/i.exec(request.headers.authorization ?? "")?.[1] ?? "";
    if (!equalSecrets(token, this.#options.clusterSecret)) {
      refuseSocket(socket, { status: 401, title: "Log in first" });
      return;
    }
    if (this.#server.clients.size >= MAX_EDGES) {
      refuseSocket(socket, { status: 503, title: "Too many edges" });
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (opened) => this.#serve(opened));
  }

  /** Ends every connection; edges come back to whoever listens next. */
  async close(): Promise<void> {
    const clients = [...this.#server.clients];
    const closed = clients.map((client) =>
      new Promise<void>((resolve) => client.once("close", () => resolve()))
    );
    for (const client of clients) client.close(RESTART);
    const timeout = setTimeout(() => {
      for (const client of this.#server.clients) client.terminate();
    }, CLOSE_MS);
    await Promise.all(closed);
    clearTimeout(timeout);
    this.#server.close();
  }

  #serve(opened: WebSocket): void {
    const { hub, log } = this.#options;
    const session = hub.open({
      send: (text) => opened.send(text, () => {}),
      get bufferedAmount() {
        return opened.bufferedAmount;
      },
      terminate: () => opened.terminate(),
    });
    opened.on("message", (data: RawData, binary: boolean) => {
      try {
        if (binary) throw new TypeError("Cannot read the frame: it is binary");
        session.receive(String(data));
      } catch (error) {
        log.warn("feed_frame_refused", { error: error as Error });
        opened.close(POLICY_VIOLATION);
      }
    });
    opened.on("error", (error) => log.warn("feed_broken", { error }));
    opened.on("close", () => session.close());
  }
}
