/**
 * What `web` asks of the origins: to end a stream, and to show what they hold.
 *
 * @module
 */
import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "../platform/log.ts";
import type { CloseReason, StreamCloser } from "../rooms/room_service.ts";
import { askOrigin, boundedText } from "./ask_origin.ts";
import { ServiceError } from "./services.ts";

const ANSWER_TIMEOUT_MS = 2_000;
/** Pauses before the further tries of an origin that did not confirm. */
const RETRY_PAUSES_MS = [500, 1_000, 2_000];
/** Closings that are tried again at the same time; more are given up and logged. */
const MAX_RETRYING = 100;
const MAX_DEBUG_BYTES = 4 * 1024 * 1024;

/** What {@linkcode OriginClient} needs. */
export interface OriginClientOptions {
  /** Base URLs without a trailing slash. */
  readonly origins: readonly string[];
  readonly clusterSecret: string;
  readonly log: Logger;
  readonly retryPausesMs?: readonly number[];
}

/** What one origin said of its streams. */
export interface OriginDebug {
  readonly origin: string;
  readonly ok: boolean;
  /** Its answer, or null. */
  readonly answer: unknown;
  readonly error: string | null;
}

/** Speaks to every origin of the configuration. */
export class OriginClient implements StreamCloser {
  readonly #options: OriginClientOptions;
  readonly #stopping = new AbortController();
  readonly #retrying = new Set<Promise<void>>();

  constructor(options: OriginClientOptions) {
    this.#options = options;
  }

  /** @throws {ServiceError} `busy` when an origin did not confirm; it is tried again meanwhile. */
  async close(room: string, reason: CloseReason): Promise<void> {
    const unconfirmed: string[] = [];
    await Promise.all(this.#options.origins.map(async (origin) => {
      if (!(await this.#closeAt(origin, room, reason))) unconfirmed.push(origin);
    }));
    if (unconfirmed.length === 0) return;
    for (const origin of unconfirmed) this.#retry(origin, room, reason);
    throw new ServiceError("busy", "Cannot end the stream yet: an origin does not answer", {
      retryAfterS: 2,
    });
  }

  /** Every origin's `/debug/streams`. */
  debugStreams(): Promise<OriginDebug[]> {
    return Promise.all(this.#options.origins.map(async (origin) => {
      try {
        const response = await this.#fetch(`${origin}/debug/streams`, { method: "GET" });
        const text = await boundedText(response, MAX_DEBUG_BYTES);
        if (!response.ok) throw new Error(`status ${response.status}`);
        return { origin, ok: true, answer: JSON.parse(text), error: null };
      } catch (error) {
        return { origin, ok: false, answer: null, error: (error as Error).message };
      }
    }));
  }

  /** Gives up what is still tried. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#retrying);
  }

  #retry(origin: string, room: string, reason: string): void {
    if (this.#retrying.size >= MAX_RETRYING) {
      this.#options.log.error("stream_close_given_up", { stream: room, origin, reason });
      return;
    }
    const attempts = this.#tryAgain(origin, room, reason)
      .finally(() => this.#retrying.delete(attempts));
    this.#retrying.add(attempts);
  }

  async #tryAgain(origin: string, room: string, reason: string): Promise<void> {
    const { signal } = this.#stopping;
    for (const pauseMs of this.#options.retryPausesMs ?? RETRY_PAUSES_MS) {
      try {
        await delay(pauseMs, undefined, { signal });
      } catch {
        // Only the abort of `stop()` ends a delay early.
        break;
      }
      if (await this.#closeAt(origin, room, reason)) return;
    }
    this.#options.log.error("stream_close_given_up", { stream: room, origin, reason });
  }

  async #closeAt(origin: string, room: string, reason: string): Promise<boolean> {
    try {
      const response = await this.#fetch(`${origin}/streams/${room}/close`, {
        method: "POST",
        body: JSON.stringify({ reason }),
      });
      await response.body?.cancel();
      if (response.ok) return true;
      this.#options.log.warn("stream_close_refused", { origin, status: response.status });
    } catch (error) {
      this.#options.log.warn("stream_close_failed", { origin, error: error as Error });
    }
    return false;
  }

  #fetch(url: string, init: { method: string; body?: string }): Promise<Response> {
    return askOrigin(url, {
      ...init,
      clusterSecret: this.#options.clusterSecret,
      signal: AbortSignal.any([AbortSignal.timeout(ANSWER_TIMEOUT_MS), this.#stopping.signal]),
    });
  }
}
