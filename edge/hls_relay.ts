/**
 * Playlists, parts, segments and stills: one request upstream per address, however many ask.
 *
 * @module
 */
import { BodyCache, type StoredAnswer } from "./body_cache.ts";
import { decideCaching } from "./cache_policy.ts";
import { Collapse } from "./collapse.ts";
import { cacheKey, type LivePath } from "./live_path.ts";
import {
  OriginAwayError,
  type OriginClient,
  OversizedAnswerError,
  readBody,
} from "./origin_client.ts";

/** What an {@linkcode HlsRelay} needs. */
export interface HlsRelayOptions {
  readonly client: OriginClient;
  readonly cache?: BodyCache;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

/** Largest body of one answer: a 2 s segment of 100 Mbps fits twice. */
const MAX_BODY_BYTES = 48 * 1024 * 1024;
/** The origin holds a playlist for at most three target durations (RFC 8216bis §6.2.5.2). */
const HEADER_TIMEOUT_MS = 15_000;
/** A body that was begun is there in this time, or the origin counts as away. */
const BODY_TIMEOUT_MS = 10_000;

/** Requests by how they were answered. */
export interface HlsRelayCounters {
  /** From memory. */
  hits: number;
  /** By joining a request that was already on its way upstream. */
  collapsed: number;
  /** By a request upstream. */
  misses: number;
  /** From memory, with an answer that is replaced meanwhile (`stale-while-revalidate`). */
  stale: number;
}

/** Relays everything below `/live/<room>/`. */
export class HlsRelay {
  readonly counters: HlsRelayCounters = { hits: 0, collapsed: 0, misses: 0, stale: 0 };
  readonly cache: BodyCache;
  readonly #client: OriginClient;
  readonly #collapse = new Collapse<StoredAnswer>();
  readonly #now: () => number;

  constructor(options: HlsRelayOptions) {
    this.#client = options.client;
    this.cache = options.cache ?? new BodyCache();
    this.#now = options.now ?? (() => performance.now());
  }

  /** The answer that is in memory, or null. */
  cached(live: LivePath, query: string): StoredAnswer | null {
    const answer = this.cache.get(cacheKey(live, query), this.#now());
    if (answer !== null) this.counters.hits++;
    return answer;
  }

  /**
   * The answer from memory, from a request that runs already, or from the origin.
   *
   * @param options `signal`: the client's; the request upstream ends when all of its askers left.
   * @throws {OriginAwayError} or {CollapseFullError} when there is no answer now (503),
   * {OversizedAnswerError} when it is too large (502), or the reason of `signal`.
   */
  async get(
    live: LivePath,
    options: { readonly query: string; readonly signal?: AbortSignal },
  ): Promise<StoredAnswer> {
    const key = cacheKey(live, options.query);
    const nowMs = this.#now();
    const kept = this.cache.getStale(key, nowMs);
    if (kept !== null) {
      if (kept.freshUntilMs > nowMs) {
        this.counters.hits++;
      } else {
        this.counters.stale++;
        this.#refresh(key);
      }
      return kept;
    }
    if (this.#collapse.has(key)) this.counters.collapsed++;
    else this.counters.misses++;
    return await this.#collapse.run(key, {
      signal: options.signal,
      start: (signal) => this.#fetch(key, signal),
    });
  }

  /** Asks for a newer answer while the older one is shown. */
  #refresh(key: string): void {
    if (this.#collapse.has(key)) return;
    // Nobody waits for it: when it fails, the next one who asks begins anew.
    this.#collapse.run(key, { start: (signal) => this.#fetch(key, signal) }).catch(() => {});
  }

  async #fetch(key: string, signal: AbortSignal): Promise<StoredAnswer> {
    const { response, body } = await this.#fetchWhole(key, signal) ??
      await this.#fetchWhole(key, signal) ??
      brokenOff(key);
    const { status, headers } = response;
    const cacheControl = headers.get("cache-control");
    const { ttlMs, staleMs, immutable } = decideCaching({ status, cacheControl });
    const storedAtMs = this.#now();
    const answer: StoredAnswer = {
      status,
      contentType: headers.get("content-type"),
      cacheControl,
      retryAfter: headers.get("retry-after"),
      etag: headers.get("etag"),
      lastModified: headers.get("last-modified"),
      body,
      storedAtMs,
      freshUntilMs: immutable ? Infinity : storedAtMs + ttlMs,
      staleUntilMs: immutable ? Infinity : storedAtMs + ttlMs + staleMs,
    };
    if (ttlMs > 0) this.cache.set(key, answer);
    return answer;
  }

  /** One try; null when the origin broke off in the middle of the body. */
  async #fetchWhole(key: string, signal: AbortSignal) {
    const bodyTimeout = new AbortController();
    const { origin, response } = await this.#client.get(key, {
      signal: AbortSignal.any([signal, bodyTimeout.signal]),
      headerTimeoutMs: HEADER_TIMEOUT_MS,
    });
    const timer = setTimeout(() => bodyTimeout.abort(), BODY_TIMEOUT_MS);
    try {
      return { response, body: await readBody(response, MAX_BODY_BYTES) };
    } catch (error) {
      if (signal.aborted || error instanceof OversizedAnswerError) throw error;
      this.#client.failed(origin);
      return null;
    } finally {
      clearTimeout(timer);
    }
  }
}

function brokenOff(key: string): never {
  throw new OriginAwayError(`Cannot get ${key}: every origin broke off`);
}
