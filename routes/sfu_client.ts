/**
 * What `web` asks of `rtc` for calls of many (docs/architecture.md, "Between the roles").
 *
 * @module
 */
import type { Logger } from "../platform/log.ts";
import type { CallMediaPort, SfuOutcome, SfuPlace } from "../rooms/calls/media_port.ts";

/** What a {@linkcode SfuClient} stands on. */
export interface SfuClientOptions {
  /** Base URL without a trailing slash. */
  readonly rtcUrl: string;
  readonly clusterSecret: string;
  /** Whether an `rtc` reports. */
  readonly available: () => boolean;
  readonly log: Logger;
}

/** For one answer, milliseconds: `rtc` gathers its addresses for the first one of a place. */
const ANSWER_TIMEOUT_MS = 5_000;
const MAX_ANSWER_CHARS = 512 * 1024;
/** Requests under way; more are refused. */
const MAX_REQUESTS = 256;

/** Speaks to the one `rtc` that carries the calls. */
export class SfuClient implements CallMediaPort {
  readonly #options: SfuClientOptions;
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: SfuClientOptions) {
    this.#options = options;
  }

  get available(): boolean {
    return this.#options.available();
  }

  async offer(
    place: SfuPlace,
    { sdp, fresh }: { readonly sdp: string; readonly fresh: boolean },
  ): Promise<SfuOutcome> {
    if (this.#running.size >= MAX_REQUESTS) return { kind: "refused", why: "away" };
    try {
      // A place that there is would answer with the transport that it has.
      if (fresh) await this.#ask(place, { method: "DELETE" });
      const { status, text } = await this.#ask(place, {
        method: "POST",
        type: "application/sdp",
        body: sdp,
      });
      if (status === 200 && text.startsWith("v=0")) return { kind: "answered", sdp: text };
      // 5xx: it is full, or about to stop.
      return { kind: "refused", why: status >= 500 ? "away" : "refused" };
    } catch (error) {
      this.#options.log.debug("sfu_not_reached", { error: error as Error });
      return { kind: "refused", why: "away" };
    }
  }

  view(place: SfuPlace, large: readonly string[] | null): void {
    this.#tell(place, {
      method: "PATCH",
      type: "application/json",
      body: JSON.stringify({ large }),
    });
  }

  leave(place: SfuPlace): void {
    this.#tell(place, { method: "DELETE" });
  }

  /** Ends what is under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.allSettled([...this.#running]);
  }

  /** Without waiting: a place that nobody fills is swept by `rtc` within seconds. */
  #tell(place: SfuPlace, request: SfuRequest): void {
    if (this.#running.size >= MAX_REQUESTS) return;
    this.#ask(place, request).catch(() => {});
  }

  #ask(place: SfuPlace, request: SfuRequest): Promise<{ status: number; text: string }> {
    const asking = this.#fetch(place, request);
    this.#running.add(asking);
    return asking.finally(() => this.#running.delete(asking));
  }

  async #fetch(
    { call, participant }: SfuPlace,
    { method, type, body }: SfuRequest,
  ): Promise<{ status: number; text: string }> {
    const { rtcUrl, clusterSecret } = this.#options;
    const response = await fetch(
      `${rtcUrl}/sfu/${encodeURIComponent(call)}/${encodeURIComponent(participant)}`,
      {
        method,
        redirect: "error",
        headers: {
          "authorization": `Bearer ${clusterSecret}`,
          ...(type !== undefined && { "content-type": type }),
        },
        ...(body !== undefined && { body }),
        signal: AbortSignal.any([
          AbortSignal.timeout(ANSWER_TIMEOUT_MS),
          this.#stopping.signal,
        ]),
      },
    );
    const text = await response.text();
    if (text.length > MAX_ANSWER_CHARS) {
      throw new RangeError("Cannot take the answer of rtc: it is too long");
    }
    return { status: response.status, text };
  }
}

interface SfuRequest {
  readonly method: "POST" | "PATCH" | "DELETE";
  readonly type?: string;
  readonly body?: string;
}
