/**
 * Requests to the origin: the first origin of the pool that answers, with the cluster's secret.
 *
 * @module
 */
import type { Origin, OriginPool } from "./origin_pool.ts";

/** No origin can answer now; clients are told to come again in a second. */
export class OriginAwayError extends Error {
  override readonly name = "OriginAwayError";
}

/** The answer of an origin; its body has not been read yet. */
export interface OriginAnswer {
  readonly origin: Origin;
  readonly response: Response;
}

/** What an {@linkcode OriginClient} needs. */
export interface OriginClientOptions {
  readonly pool: OriginPool;
  readonly clusterSecret: string;
  readonly fetch?: typeof fetch;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

/** Asks the origins in order. */
export class OriginClient {
  readonly pool: OriginPool;
  readonly #authorization: string;
  readonly #fetch: typeof fetch;
  readonly #now: () => number;
  #requests = 0;
  #failures = 0;

  constructor(options: OriginClientOptions) {
    this.pool = options.pool;
    this.#authorization = `Bearer ${options.clusterSecret}`;
    this.#fetch = options.fetch ?? fetch;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Requests sent to origins. */
  get requests(): number {
    return this.#requests;
  }

  /** Requests that no answer came to, or 500, 502 or 504. */
  get failures(): number {
    return this.#failures;
  }

  /**
   * Sends a GET. An origin that cannot be reached or answers 500, 502 or 504 is passed over, and so
   * is one that answers 404 while there is another one to ask.
   *
   * @param target path and query.
   * @param options `headerTimeoutMs`: how long to wait for the head of an answer; the body is not
   * limited by it.
   * @throws {OriginAwayError} when no origin answered.
   * @throws the reason of `signal` when the asker left.
   */
  async get(
    target: string,
    options: { readonly signal: AbortSignal; readonly headerTimeoutMs: number },
  ): Promise<OriginAnswer> {
    const { signal, headerTimeoutMs } = options;
    let notFound: OriginAnswer | null = null;
    for (const origin of this.pool.candidates(this.#now)) {
      const timeout = new AbortController();
      const timer = setTimeout(() => {
        timeout.abort(new OriginAwayError(`Cannot ask ${origin.url}: no answer in time`));
      }, headerTimeoutMs);
      this.#requests++;
      try {
        const response = await this.#fetch(origin.url + target, {
          headers: { authorization: this.#authorization, "accept-encoding": "identity" },
          redirect: "manual",
          signal: AbortSignal.any([signal, timeout.signal]),
        });
        if (response.status === 500 || response.status === 502 || response.status === 504) {
          await response.body?.cancel();
          this.failed(origin);
          continue;
        }
        this.pool.succeeded(origin);
        if (response.status !== 404) {
          await notFound?.response.body?.cancel();
          return { origin, response };
        }
        await notFound?.response.body?.cancel();
        notFound = { origin, response };
      } catch (error) {
        if (signal.aborted) {
          this.pool.abandoned(origin);
          await notFound?.response.body?.cancel();
          throw signal.reason ?? error;
        }
        this.failed(origin);
      } finally {
        clearTimeout(timer);
      }
    }
    if (notFound !== null) return notFound;
    throw new OriginAwayError(`Cannot get ${target}: no origin answers`);
  }

  /** The origin broke off while its answer was being read. */
  failed(origin: Origin): void {
    this.#failures++;
    this.pool.failed(origin, this.#now());
  }
}

/** An answer of the origin is larger than the edge takes. */
export class OversizedAnswerError extends Error {
  override readonly name = "OversizedAnswerError";
}

/**
 * Reads a whole body.
 *
 * @throws {OversizedAnswerError} when it has more than `maxBytes`; the rest is not read.
 */
export async function readBody(response: Response, maxBytes: number): Promise<Uint8Array> {
  const declared = response.headers.get("content-length");
  if (declared !== null) {
    if (Number(declared) > maxBytes) {
      await response.body?.cancel();
      throw new OversizedAnswerError(`Cannot take an answer of ${declared} bytes`);
    }
    return new Uint8Array(await response.arrayBuffer());
  }
  if (response.body === null) return new Uint8Array(0);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new OversizedAnswerError(`Cannot take more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  const body = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    body.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return body;
}
