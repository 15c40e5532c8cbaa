/**
 * Tells `web` how many watch.
 *
 * @module
 */
import type { Logger } from "../../platform/log.ts";
import type { FlvRelay } from "../flv_relay.ts";
import type { HlsViewers } from "../hls_viewers.ts";
import type { ImRooms } from "../im/rooms.ts";

/** What a {@linkcode ViewerReporter} needs. */
export interface ViewerReporterOptions {
  /** Name of this process, different from every other one's. */
  readonly node: string;
  readonly webUrl: string;
  readonly clusterSecret: string;
  readonly relay: FlvRelay;
  readonly hlsViewers: HlsViewers;
  readonly imRooms: Pick<ImRooms, "viewersByRoom">;
  /** How this edge offers itself to long connections; null: nobody knows its address. */
  readonly gateway: () => OfferedGateway | null;
  readonly log: Logger;
  /** Default: 2,000 ms. */
  readonly intervalMs?: number;
}

/** An edge that takes long connections (`GatewayReport` of `web`). */
export interface OfferedGateway {
  /** Public address without a trailing slash. */
  readonly url: string;
  readonly region: string;
  readonly weight: number;
  /** From 0 to 1: full. */
  readonly load: number;
}

/** Viewers of one room by protocol. */
export interface RoomViewers {
  flv: number;
  ws: number;
  hls: number;
  /** Those who read the room's messages; most of them are among the others. */
  chat: number;
}

const TIMEOUT_MS = 2000;
/** Time to tell of the end, milliseconds. */
const DRAIN_WITHIN_MS = 500;

/** Sends an absolute snapshot again and again; `web` forgets what is not repeated. */
export class ViewerReporter {
  readonly #options: ViewerReporterOptions;
  readonly #stopped = new AbortController();
  readonly #timer: ReturnType<typeof setInterval>;
  #sending: Promise<void> | null = null;
  #reached: boolean | null = null;
  #isDraining = false;

  constructor(options: ViewerReporterOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#tick(), options.intervalMs ?? 2000);
  }

  /** The snapshot: rooms with at least one viewer. */
  snapshot(): Record<string, RoomViewers> {
    const { relay, hlsViewers, imRooms } = this.#options;
    const rooms: Record<string, RoomViewers> = {};
    for (const [room, { flv, ws }] of relay.viewersByRoom()) {
      if (flv + ws > 0) rooms[room] = { flv, ws, hls: 0, chat: 0 };
    }
    for (const [room, hls] of hlsViewers.count(performance.now())) {
      (rooms[room] ??= { flv: 0, ws: 0, hls: 0, chat: 0 }).hls = hls;
    }
    for (const [room, chat] of imRooms.viewersByRoom()) {
      (rooms[room] ??= { flv: 0, ws: 0, hls: 0, chat: 0 }).chat = chat;
    }
    return rooms;
  }

  /** Tells `web` at once that nobody shall be sent here any more. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    const told = async () => {
      await this.#sending;
      this.#tick();
      await this.#sending;
    };
    const timeout = Promise.withResolvers<void>();
    const timer = setTimeout(timeout.resolve, DRAIN_WITHIN_MS);
    // One that is away hears nothing of this edge, and forgets it.
    await Promise.race([told(), timeout.promise]);
    clearTimeout(timer);
  }

  /** Sends nothing more. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopped.abort();
    await this.#sending;
  }

  #tick(): void {
    // A slow answer is waited for; the next snapshot says everything anyway.
    this.#sending ??= this.#send().finally(() => this.#sending = null);
  }

  async #send(): Promise<void> {
    const { node, webUrl, clusterSecret, gateway, log } = this.#options;
    let failure: string | null = null;
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), TIMEOUT_MS);
    try {
      const response = await fetch(`${webUrl}/internal/viewers`, {
        method: "PUT",
        headers: { "authorization": `Bearer ${clusterSecret}`, "content-type": "application/json" },
        body: JSON.stringify({
          node,
          rooms: this.snapshot(),
          gateway: this.#isDraining ? null : gateway(),
        }),
        signal: AbortSignal.any([timeout.signal, this.#stopped.signal]),
      });
      await response.body?.cancel();
      if (!response.ok) failure = `status ${response.status}`;
    } catch (error) {
      if (this.#stopped.signal.aborted) return;
      failure = error instanceof Error ? error.message : String(error);
    } finally {
      clearTimeout(timer);
    }
    const reached = failure === null;
    if (reached !== this.#reached && (this.#reached !== null || !reached)) {
      if (reached) log.info("viewer_report_resumed");
      else log.warn("viewer_report_failed", { reason: failure });
    }
    this.#reached = reached;
  }
}
