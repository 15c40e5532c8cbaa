/**
 * How many sessions there may be, and who is told to wait: counts in, verdict out.
 *
 * @module
 */

/** What a session does. */
export type SessionKind = "whip" | "whep";

/** Bounds of one process. */
export interface RtcLimits {
  /** Sessions whose connection is not up yet; each costs memory and a timer, and no more. */
  readonly halfOpen: number;
  readonly halfOpenPerAddress: number;
  readonly publishers: number;
  readonly publishersPerAddress: number;
  /** About what one core sends at 1 Mbps; those above are told to take HLS or FLV. */
  readonly viewers: number;
  /** A school or an office stands behind one address. */
  readonly viewersPerAddress: number;
  /** Offers of one address in {@linkcode OFFER_WINDOW_MS}. */
  readonly offersPerAddress: number;
}

/** The bounds unless a test says otherwise. */
export const DEFAULT_LIMITS: RtcLimits = {
  halfOpen: 512,
  halfOpenPerAddress: 24,
  publishers: 128,
  publishersPerAddress: 16,
  viewers: 500,
  viewersPerAddress: 128,
  offersPerAddress: 60,
};

/** Window of {@linkcode RtcLimits.offersPerAddress}. */
export const OFFER_WINDOW_MS = 10_000;

/** Why nobody more may come in; `address`: this client has too many, `process`: all have. */
export type LimitReached = "rate" | "address" | "half_open" | "publishers" | "viewers";

/** What is open at one time. */
export interface OpenCounts {
  readonly halfOpen: number;
  readonly publishers: number;
  readonly viewers: number;
}

/** The bound that one more session would break, or null. */
export function limitReached(
  kind: SessionKind,
  counts: {
    readonly all: OpenCounts;
    readonly address: OpenCounts;
    readonly limits: RtcLimits;
    /** False: bounds of one address do not count (load tests on loopback). */
    readonly perAddress: boolean;
  },
): LimitReached | null {
  const { all, address, limits, perAddress } = counts;
  if (perAddress) {
    const own = kind === "whip"
      ? address.publishers >= limits.publishersPerAddress
      : address.viewers >= limits.viewersPerAddress;
    if (own || address.halfOpen >= limits.halfOpenPerAddress) return "address";
  }
  if (all.halfOpen >= limits.halfOpen) return "half_open";
  if (kind === "whip") return all.publishers >= limits.publishers ? "publishers" : null;
  return all.viewers >= limits.viewers ? "viewers" : null;
}

/** Addresses whose offers are counted; the oldest is forgotten above. */
const MAX_ADDRESSES = 10_000;

/** Counts offers by address in windows of {@linkcode OFFER_WINDOW_MS}. */
export class OfferRate {
  readonly #windows = new Map<string, { startedAtMs: number; offers: number }>();
  readonly #most: number;

  /** @param most offers of one address in a window. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Counts one; false when it is one too many. */
  take(address: string, nowMs: number): boolean {
    const window = this.#windows.get(address);
    if (window !== undefined && nowMs - window.startedAtMs < OFFER_WINDOW_MS) {
      return ++window.offers <= this.#most;
    }
    this.#windows.delete(address);
    if (this.#windows.size >= MAX_ADDRESSES) {
      this.#windows.delete(this.#windows.keys().next().value!);
    }
    this.#windows.set(address, { startedAtMs: nowMs, offers: 1 });
    return true;
  }
}
