/**
 * How fast bytes arrive.
 *
 * @module
 */

/** Counts bytes over the last seconds. */
export class RateMeter {
  static readonly WINDOW_MS = 5_000;
  readonly #arrivals: { readonly atMs: number; readonly bytes: number }[] = [];
  #sinceMs: number | null = null;

  add(bytes: number, nowMs: number): void {
    this.#sinceMs ??= nowMs;
    this.#arrivals.push({ atMs: nowMs, bytes });
    this.#prune(nowMs);
  }

  /** Kilobits a second over the window; null in the first second. */
  kbps(nowMs: number): number | null {
    if (this.#sinceMs === null || nowMs - this.#sinceMs < 1_000) return null;
    this.#prune(nowMs);
    const spanMs = Math.min(nowMs - this.#sinceMs, RateMeter.WINDOW_MS);
    const bytes = this.#arrivals.reduce((sum, arrival) => sum + arrival.bytes, 0);
    return Math.round(bytes * 8 / spanMs);
  }

  #prune(nowMs: number): void {
    while (
      this.#arrivals.length > 0 && nowMs - this.#arrivals[0]!.atMs > RateMeter.WINDOW_MS
    ) this.#arrivals.shift();
  }
}
