/**
 * The origins in the order of preference, and which of them can be asked now.
 *
 * @module
 */

/** One origin of an {@linkcode OriginPool}. */
export interface Origin {
  /** Base URL without a slash at the end. */
  readonly url: string;
}

/** Times of an {@linkcode OriginPool}. */
export interface OriginPoolOptions {
  /** Back-off after the first failure; doubles with each further one. Default: 200 ms. */
  readonly firstBackOffMs?: number;
  /** Longest back-off. Default: 2,000 ms. */
  readonly maxBackOffMs?: number;
}

class PooledOrigin implements Origin {
  readonly url: string;
  failures = 0;
  closedUntilMs = 0;
  /** The one request that may try whether a failed origin is back. */
  probing = false;

  constructor(url: string) {
    this.url = url;
  }
}

/**
 * A circuit breaker per origin. `open` (in use) → a failure → `closed` for the back-off → half open:
 * one request tries → success: `open`, failure: `closed` for twice the time.
 */
export class OriginPool {
  readonly #origins: readonly PooledOrigin[];
  readonly #firstBackOffMs: number;
  readonly #maxBackOffMs: number;

  /** @param urls base URLs, the preferred one first; at least one. */
  constructor(urls: readonly string[], options: OriginPoolOptions = {}) {
    if (urls.length === 0) throw new RangeError("Cannot make an origin pool: no origin is given");
    this.#origins = urls.map((url) => new PooledOrigin(url.replace(/\/+$/, "")));
    this.#firstBackOffMs = options.firstBackOffMs ?? 200;
    this.#maxBackOffMs = options.maxBackOffMs ?? 2000;
  }

  /**
   * The origins to ask now, in order. An origin in half-open state is handed out once: whoever gets
   * it must report by {@linkcode succeeded}, {@linkcode failed} or {@linkcode abandoned}.
   */
  *candidates(nowMs: () => number): Generator<Origin, void, undefined> {
    for (const origin of this.#origins) {
      if (origin.failures > 0) {
        if (origin.probing || nowMs() < origin.closedUntilMs) continue;
        origin.probing = true;
      }
      yield origin;
    }
  }

  /** The origin answered. */
  succeeded(origin: Origin): void {
    const pooled = this.#find(origin);
    pooled.failures = 0;
    pooled.probing = false;
  }

  /** The origin could not be reached or broke off. */
  failed(origin: Origin, nowMs: number): void {
    const pooled = this.#find(origin);
    // What was already on its way when the origin failed says nothing new.
    if (pooled.failures > 0 && !pooled.probing && nowMs < pooled.closedUntilMs) return;
    pooled.probing = false;
    const backOffMs = Math.min(this.#firstBackOffMs * 2 ** pooled.failures, this.#maxBackOffMs);
    pooled.failures = Math.min(pooled.failures + 1, 30);
    pooled.closedUntilMs = nowMs + backOffMs;
  }

  /** The asker left before it was known whether the origin answers. */
  abandoned(origin: Origin): void {
    this.#find(origin).probing = false;
  }

  /** State of every origin, for `/debug` and the metrics. */
  inspect(): readonly { readonly url: string; readonly failures: number }[] {
    return this.#origins.map(({ url, failures }) => ({ url, failures }));
  }

  #find(origin: Origin): PooledOrigin {
    return origin as PooledOrigin;
  }
}
