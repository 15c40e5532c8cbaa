/**
 * What one of several processes does alone: it holds a lease that it renews, and when it dies the
 * lease passes on within seconds. Checked on every driver by `tests/conformance/lease_conformance.ts`.
 *
 * @module
 */

/** Leases, kept by the store with its own clock. A call is one transaction. */
export interface LeaseRepository {
  /**
   * Takes a lease that nobody holds, or keeps one's own, for `lifeMs` from now. Answers its fence,
   * which is higher for each holder than for the one before; null: somebody else holds it.
   */
  take(
    name: string,
    claim: { readonly holder: string; readonly lifeMs: number },
  ): Promise<number | null>;
  /** Gives one's own lease up; does nothing when somebody else holds it. */
  release(name: string, claim: { readonly holder: string }): Promise<void>;
}

/** Names of the leases. */
export const LEASES = { duties: "duties" } as const;
/** One of {@linkcode LEASES}. */
export type LeaseName = (typeof LEASES)[keyof typeof LEASES];

/** Who holds a lease when something is written: what somebody wrote who lost it is refused. */
export interface Fence {
  readonly lease: LeaseName;
  readonly fence: number;
}

/** A lease that is not renewed passes on after so long, milliseconds. */
export const LEASE_LIFE_MS = 3_000;
/** It is renewed so often, milliseconds. */
export const LEASE_EVERY_MS = 1_000;
/** Its holder stops so long before others may take it, milliseconds: clocks do not run alike. */
const MARGIN_MS = 300;

/** What a {@linkcode LeaseKeeper} stands on. */
export interface LeaseKeeperOptions {
  readonly leases: LeaseRepository;
  readonly name: LeaseName;
  /** Unique among the processes of the platform. */
  readonly holder: string;
  /** Default: {@linkcode LEASE_LIFE_MS}. */
  readonly lifeMs?: number;
  /** Milliseconds, rising. */
  readonly now?: () => number;
}

/** One lease; whoever owns it calls {@linkcode LeaseKeeper.renew} every {@linkcode LEASE_EVERY_MS}. */
export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions;
  readonly #lifeMs: number;
  readonly #now: () => number;
  #fence: number | null = null;
  #untilMs = -Infinity;

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
    this.#lifeMs = options.lifeMs ?? LEASE_LIFE_MS;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Set while this process holds the lease; it does not ask the store. */
  get fence(): Fence | null {
    if (this.#fence === null || this.#now() >= this.#untilMs) return null;
    return { lease: this.#options.name, fence: this.#fence };
  }

  /** Takes the lease or keeps it; a store that fails leaves it until it is over. */
  async renew(): Promise<void> {
    const { leases, name, holder } = this.#options;
    // Before the call: the store's time begins later.
    const untilMs = this.#now() + this.#lifeMs - Math.min(MARGIN_MS, this.#lifeMs / 4);
    const fence = await leases.take(name, { holder, lifeMs: this.#lifeMs });
    this.#fence = fence;
    this.#untilMs = untilMs;
  }

  /** Lets somebody else take it at once. */
  async release(): Promise<void> {
    const { leases, name, holder } = this.#options;
    this.#fence = null;
    await leases.release(name, { holder });
  }
}
