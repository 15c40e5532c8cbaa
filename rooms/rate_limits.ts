/**
 * How often somebody may do something, over all processes of the platform. A process counts what came
 * by it in memory; where several share a store, whatever is allowed here is asked for there as well,
 * so that a limit is as wide as one. What is refused costs no call: a bucket that is empty here is
 * empty there, and a refusal of the store holds for its time.
 *
 * @module
 */
import { AttemptLimiter, type AttemptPolicy } from "./attempt_limits.ts";

/** Token buckets that all processes share, by the store's own clock. */
export interface SharedBuckets {
  /** Takes one: 0 when there was one, else the milliseconds until there will be. */
  take(key: string, policy: AttemptPolicy): Promise<number>;
  /** Gives one back. */
  refund(key: string, policy: AttemptPolicy): Promise<void>;
}

/** How a {@linkcode RateLimiter} is made. */
export interface RateLimiterOptions {
  /** Null: this process is the only one. */
  readonly buckets: SharedBuckets | null;
  /** Keys that are remembered here. Default: 20,000. */
  readonly maxKeys?: number;
}

/** One limit. */
export class RateLimiter {
  readonly #name: string;
  readonly #policy: AttemptPolicy;
  readonly #buckets: SharedBuckets | null;
  readonly #maxKeys: number;
  readonly #own: AttemptLimiter;
  /** Until when the store refuses a key, milliseconds; in the order of being refused. */
  readonly #refused = new Map<string, number>();
  #asked = 0;

  /** `name` is unique among the limits of the platform. */
  constructor(name: string, policy: AttemptPolicy, options: RateLimiterOptions) {
    this.#name = name;
    this.#policy = policy;
    this.#buckets = options.buckets;
    this.#maxKeys = options.maxKeys ?? 20_000;
    this.#own = new AttemptLimiter(policy, { maxKeys: this.#maxKeys });
  }

  /** Keys that are remembered here. */
  get size(): number {
    return this.#own.size;
  }

  /** Calls of the store so far. */
  get asked(): number {
    return this.#asked;
  }

  /**
   * Takes one attempt: 0 when it is allowed, else the seconds (at least 1) until it will be. A policy
   * that changes while the platform runs is given each time. While the store does not answer, what
   * was counted here decides.
   */
  async take(key: string, nowMs: number, policy: AttemptPolicy = this.#policy): Promise<number> {
    const untilMs = this.#refused.get(key) ?? 0;
    if (untilMs > nowMs) return secondsOf(untilMs - nowMs);
    const waitS = this.#own.take(key, nowMs, policy);
    if (waitS > 0 || this.#buckets === null) return waitS;
    this.#asked++;
    let waitMs: number;
    try {
      waitMs = await this.#buckets.take(`${this.#name} ${key}`, policy);
    } catch {
      return 0;
    }
    if (waitMs === 0) return 0;
    this.#own.refund(key);
    this.#refuse(key, nowMs + waitMs);
    return secondsOf(waitMs);
  }

  /** Gives an attempt back: it was rightful. */
  async refund(key: string, policy: AttemptPolicy = this.#policy): Promise<void> {
    this.#own.refund(key);
    this.#refused.delete(key);
    // One that is not given back comes back with time.
    await this.#buckets?.refund(`${this.#name} ${key}`, policy).catch(() => {});
  }

  #refuse(key: string, untilMs: number): void {
    this.#refused.delete(key);
    this.#refused.set(key, untilMs);
    if (this.#refused.size <= this.#maxKeys) return;
    const oldest = this.#refused.keys().next();
    if (!oldest.done) this.#refused.delete(oldest.value);
  }
}

function secondsOf(milliseconds: number): number {
  return Math.max(1, Math.ceil(milliseconds / 1000));
}
