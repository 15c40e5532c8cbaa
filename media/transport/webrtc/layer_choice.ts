/**
 * Which layer of simulcast a viewer gets: by the loss it reports and by what it says it can receive.
 * Pure: the clock is passed in.
 *
 * @module
 */

/** A layer that the publisher really sends now. */
export interface OfferedLayer {
  /** Its index in the description of the publisher's section. */
  readonly layer: number;
  /** What it takes, bits a second. */
  readonly bitsPerSecond: number;
}

/** What a viewer reported since the last time. */
export interface ViewerReport {
  readonly nowMs: number;
  /** Loss of the picture, 0–1 (RFC 3550 §6.4.1). */
  readonly lossRatio: number;
  /** REMB of the viewer; null when it sent none. */
  readonly bitsPerSecond: number | null;
}

const HIGH_LOSS = 0.08;
const LOW_LOSS = 0.02;
/** A report of loss may be a single accident; this many in a row are not. */
const BAD_REPORTS = 2;
/** The path must be good for this long before a better layer is tried; doubled when it failed. */
const FIRST_TRIAL_MS = 5000;
const MAX_TRIAL_MS = 60_000;
/** A trial that held for this long was right. */
const PROVEN_MS = 20_000;

/** The choice for one viewer. Ranks: 0 is the layer of the least bitrate. */
export class LayerChoice {
  #rank: number;
  #maxRank: number;
  #badReports = 0;
  #goodSinceMs: number | null = null;
  #raisedAtMs: number | null = null;
  #trialMs = FIRST_TRIAL_MS;

  /** `startLow`: begin with the smallest layer, as on a phone or a slow network. */
  constructor(options: { readonly startLow: boolean }) {
    this.#rank = options.startLow ? 0 : Infinity;
    this.#maxRank = Infinity;
  }

  /** The viewer's own wish: never above this rank; null: no limit. */
  limit(maxRank: number | null): void {
    this.#maxRank = maxRank ?? Infinity;
  }

  /** The layer to send now, of those that are there; null when there is none. */
  layer(offered: readonly OfferedLayer[]): number | null {
    const sorted = ranked(offered);
    if (sorted.length === 0) return null;
    return sorted[Math.min(this.#rank, this.#maxRank, sorted.length - 1)].layer;
  }

  /** Takes a report; the choice may change. */
  report(offered: readonly OfferedLayer[], report: ViewerReport): void {
    const sorted = ranked(offered);
    if (sorted.length === 0) return;
    const rank = Math.min(this.#rank, sorted.length - 1);
    const { nowMs, lossRatio, bitsPerSecond } = report;
    if (lossRatio > HIGH_LOSS) {
      this.#goodSinceMs = null;
      if (++this.#badReports >= BAD_REPORTS && rank > 0) this.#lower(rank - 1, nowMs);
      return;
    }
    this.#badReports = 0;
    if (lossRatio > LOW_LOSS) {
      this.#goodSinceMs = null;
      return;
    }
    this.#goodSinceMs ??= nowMs;
    if (this.#raisedAtMs !== null && nowMs - this.#raisedAtMs >= PROVEN_MS) {
      this.#raisedAtMs = null;
      this.#trialMs = FIRST_TRIAL_MS;
    }
    if (rank === sorted.length - 1 || nowMs - this.#goodSinceMs < this.#trialMs) return;
    // An estimate only grows with what is sent; half of the next layer is encouragement enough.
    if (bitsPerSecond !== null && bitsPerSecond < sorted[rank + 1].bitsPerSecond / 2) return;
    this.#rank = rank + 1;
    this.#raisedAtMs = nowMs;
    this.#goodSinceMs = null;
  }

  #lower(rank: number, nowMs: number): void {
    this.#rank = rank;
    this.#badReports = 0;
    if (this.#raisedAtMs !== null && nowMs - this.#raisedAtMs < PROVEN_MS) {
      this.#trialMs = Math.min(MAX_TRIAL_MS, this.#trialMs * 2);
    }
    this.#raisedAtMs = null;
  }
}

function ranked(offered: readonly OfferedLayer[]): OfferedLayer[] {
  return offered.toSorted((a, b) => a.bitsPerSecond - b.bitsPerSecond);
}
