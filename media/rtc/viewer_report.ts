/**
 * Tells `web` how many watch by WebRTC, and that WebRTC runs at all.
 *
 * @module
 */
import type { Logger } from "../../platform/log.ts";

/** What a {@linkcode ViewerReport} needs. */
export interface ViewerReportOptions {
  /** Name of this process, different from every other one's. */
  readonly node: string;
  readonly webUrl: string;
  readonly clusterSecret: string;
  readonly viewersByRoom: () => ReadonlyMap<string, number>;
  readonly log: Logger;
  /** Default: 2,000 ms. */
  readonly intervalMs?: number;
}

const TIMEOUT_MS = 2_000;
/** Rooms in one report. */
const MAX_ROOMS = 10_000;

/** Sends an absolute snapshot again and again; `web` forgets what is not repeated. */
export class ViewerReport {
  readonly #options: ViewerReportOptions;
  readonly #stopped = new AbortController();
  readonly #timer: ReturnType<typeof setInterval>;
  #sending: Promise<void> | null = null;
  #failures = 0;

  constructor(options: ViewerReportOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#tick(), options.intervalMs ?? 2_000);
    this.#tick();
  }

  /** What `web` is told. */
  snapshot(): Readonly<Record<string, unknown>> {
    const rooms: Record<string, { flv: number; ws: number; hls: number; whep: number }> = {};
    let count = 0;
    for (const [room, whep] of this.#options.viewersByRoom()) {
      if (++count > MAX_ROOMS) break;
      rooms[room] = { flv: 0, ws: 0, hls: 0, whep };
    }
    return { node: this.#options.node, rooms, webRtc: true };
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
    const { webUrl, clusterSecret, log } = this.#options;
    let failure: string | null = null;
    try {
      const response = await fetch(`${webUrl}/internal/viewers`, {
        method: "PUT",
        redirect: "error",
        headers: { "authorization": `Bearer ${clusterSecret}`, "content-type": "application/json" },
        body: JSON.stringify(this.snapshot()),
        signal: AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), this.#stopped.signal]),
      });
      await response.body?.cancel();
      if (!response.ok) failure = `status ${response.status}`;
    } catch (error) {
      if (this.#stopped.signal.aborted) return;
      failure = error instanceof Error ? error.message : String(error);
    }
    if (failure !== null && ++this.#failures === 3) log.warn("viewer_report_failed", { failure });
    if (failure === null) {
      if (this.#failures >= 3) log.info("viewer_report_resumed");
      this.#failures = 0;
    }
  }
}
