/**
 * Answers in memory, bounded in bytes and in number.
 *
 * @module
 */

/** A whole answer, shared by everyone who asks for it; nobody changes its bytes. */
export interface StoredAnswer {
  readonly status: number;
  readonly contentType: string | null;
  /** As the origin said it; passed on to clients. */
  readonly cacheControl: string | null;
  readonly retryAfter: string | null;
  /** Validators as the origin said them (RFC 9110 §8.8); null: none. */
  readonly etag: string | null;
  readonly lastModified: string | null;
  readonly body: Uint8Array;
  /** Monotonic milliseconds at which the answer was complete. */
  readonly storedAtMs: number;
  /** Monotonic milliseconds from which on it is asked for again; infinite for immutable bodies. */
  readonly freshUntilMs: number;
  /** Until then it may be shown while a newer one is asked for; not before `freshUntilMs`. */
  readonly staleUntilMs: number;
}

/** Limits of a {@linkcode BodyCache}. */
export interface BodyCacheOptions {
  /** Bytes of all bodies together. Default: 256 MiB. */
  readonly maxBytes?: number;
  /** Answers kept. Default: 16,384. */
  readonly maxEntries?: number;
}

/** What an entry costs besides its body: key, record and map slot. */
const ENTRY_OVERHEAD_BYTES = 512;

/**
 * Keeps the answers that were used last; the policy on overflow is "least recently used leaves".
 * An answer above a quarter of the budget is not kept.
 */
export class BodyCache {
  readonly #entries = new Map<string, StoredAnswer>();
  readonly #maxBytes: number;
  readonly #maxEntries: number;
  #bytes = 0;
  #evictions = 0;

  constructor(options: BodyCacheOptions = {}) {
    this.#maxBytes = options.maxBytes ?? 256 * 1024 * 1024;
    this.#maxEntries = options.maxEntries ?? 16_384;
  }

  /** Bytes held, with the overhead of the entries. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Answers held. */
  get size(): number {
    return this.#entries.size;
  }

  /** Answers that had to leave while they were still fresh or immutable. */
  get evictions(): number {
    return this.#evictions;
  }

  /** The fresh answer for `key`, or null. */
  get(key: string, nowMs: number): StoredAnswer | null {
    const entry = this.getStale(key, nowMs);
    return entry !== null && entry.freshUntilMs > nowMs ? entry : null;
  }

  /** The answer for `key` that may be shown, fresh or not; one that is too old is forgotten. */
  getStale(key: string, nowMs: number): StoredAnswer | null {
    const entry = this.#entries.get(key);
    if (entry === undefined) return null;
    this.#entries.delete(key);
    if (entry.freshUntilMs <= nowMs && entry.staleUntilMs <= nowMs) {
      this.#bytes -= costOf(entry);
      return null;
    }
    this.#entries.set(key, entry);
    return entry;
  }

  /** Keeps an answer in place of an older one with the same key. */
  set(key: string, answer: StoredAnswer): void {
    const older = this.#entries.get(key);
    if (older !== undefined) this.#remove(key, older);
    if (costOf(answer) > this.#maxBytes / 4) return;
    this.#entries.set(key, answer);
    this.#bytes += costOf(answer);
    while (this.#bytes > this.#maxBytes || this.#entries.size > this.#maxEntries) {
      const [oldestKey, oldest] = this.#entries.entries().next().value!;
      if (oldest.freshUntilMs > answer.storedAtMs) this.#evictions++;
      this.#remove(oldestKey, oldest);
    }
  }

  #remove(key: string, entry: StoredAnswer): void {
    this.#entries.delete(key);
    this.#bytes -= costOf(entry);
  }
}

function costOf(answer: StoredAnswer): number {
  return answer.body.byteLength + ENTRY_OVERHEAD_BYTES;
}
