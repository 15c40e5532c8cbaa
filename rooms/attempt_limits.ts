/**
 * How often somebody may try to sign up or to log in. Pure: the clock is passed in.
 *
 * @module
 */

/** A bucket's size and how fast it fills up again. */
export interface AttemptPolicy {
  /** Attempts in a row. */
  readonly burst: number;
  /** Milliseconds until one more attempt is allowed. */
  readonly refillMs: number;
}

/** What is counted. Names are more generous than addresses, or a victim could be locked out. */
export const ATTEMPT_POLICIES = {
  signUpAddress: { burst: 10, refillMs: 60_000 },
  signUpName: { burst: 10, refillMs: 10_000 },
  logInAddress: { burst: 20, refillMs: 6_000 },
  logInName: { burst: 30, refillMs: 10_000 },
  password: { burst: 10, refillMs: 30_000 },
} as const satisfies Record<string, AttemptPolicy>;

interface Bucket {
  tokens: number;
  atMs: number;
}

/**
 * Token buckets by key. Holds at most `maxKeys`; above, the key that was used longest ago is
 * forgotten, and {@linkcode evicted} counts it.
 */
export class AttemptLimiter {
  readonly #policy: AttemptPolicy;
  readonly #maxKeys: number;
  /** In the order of the last use. */
  readonly #buckets = new Map<string, Bucket>();
  #evicted = 0;

  constructor(policy: AttemptPolicy, options: { readonly maxKeys?: number } = {}) {
    this.#policy = policy;
    this.#maxKeys = options.maxKeys ?? 20_000;
  }

  get evicted(): number {
    return this.#evicted;
  }

  get size(): number {
    return this.#buckets.size;
  }

  /**
   * Takes one attempt: 0 when it is allowed, else the seconds (at least 1) until it will be. A policy
   * that changes while the platform runs is given each time.
   */
  take(key: string, nowMs: number, policy: AttemptPolicy = this.#policy): number {
    const { burst, refillMs } = policy;
    const bucket = this.#buckets.get(key) ?? { tokens: burst, atMs: nowMs };
    this.#buckets.delete(key);
    const gained = Math.max(0, nowMs - bucket.atMs) / refillMs;
    bucket.tokens = Math.min(burst, bucket.tokens + gained);
    bucket.atMs = Math.max(bucket.atMs, nowMs);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > this.#maxKeys) {
      for (const oldest of this.#buckets.keys()) {
        this.#buckets.delete(oldest);
        this.#evicted++;
        break;
      }
    }
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1;
      return 0;
    }
    return Math.max(1, Math.ceil((1 - bucket.tokens) * refillMs / 1000));
  }

  /** Gives an attempt back: it was rightful. */
  refund(key: string): void {
    const bucket = this.#buckets.get(key);
    if (bucket) bucket.tokens = Math.min(this.#policy.burst, bucket.tokens + 1);
  }
}

/** The key an address is counted under: an IPv6 subscriber has a whole /64. */
export function addressKey(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped) return mapped[1] as string;
  if (!address.includes(":")) return address;
  const [head = "", tail] = (address.split("%", 1)[0] as string).toLowerCase().split("::", 2);
  const groups = head === "" ? [] : head.split(":");
  if (tail !== undefined) {
    const last = tail === "" ? [] : tail.split(":");
    while (groups.length + last.length < 8) groups.push("0");
    groups.push(...last);
  }
  return `${groups.slice(0, 4).map((group) => group.replace(/^0+(?=.)/, "")).join(":")}::/64`;
}
