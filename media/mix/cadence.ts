/**
 * When a track counts as stalled: a camera after a moment, a screen on which little moves later. Pure.
 *
 * @module
 */

/** Longest wait for a track that comes all the time; the mix stands still meanwhile. */
const LEAST_MS = 1000;
/** A track whose units come in a longer distance than this is no part of a moving picture. */
const MOST_MS = 2500;
const PATIENCE = 1.6;
/** How much of the remembered distance is left after each unit. */
const FADE = 0.98;

/** Watches the arrival of one track. */
export class Cadence {
  #lastAtMs: number | null = null;
  #distanceMs = 0;

  /** A unit came. Whoever was away for longer than anything is waited for begins anew. */
  mark(nowMs: number): void {
    const distanceMs = this.#lastAtMs === null ? 0 : nowMs - this.#lastAtMs;
    if (distanceMs <= MOST_MS) this.gap(distanceMs);
    this.#lastAtMs = nowMs;
  }

  /** For so long nobody looked at what came: it does not count. */
  excuse(durationMs: number): void {
    if (this.#lastAtMs !== null) this.#lastAtMs += durationMs;
  }

  /** Units lie this far apart. */
  gap(distanceMs: number): void {
    this.#distanceMs = Math.max(Math.min(distanceMs, MOST_MS), this.#distanceMs * FADE);
  }

  /** How long after a unit the next one is given up. */
  get patienceMs(): number {
    return Math.min(MOST_MS, Math.max(LEAST_MS, this.#distanceMs * PATIENCE));
  }

  /** Units come. */
  isFlowing(nowMs: number): boolean {
    return this.#lastAtMs !== null && nowMs - this.#lastAtMs <= this.patienceMs;
  }
}
