/**
 * How many watch by HLS: a viewer is someone who asked for a playlist not long ago.
 *
 * @module
 */

/** Bounds of {@linkcode HlsViewers}. */
export interface HlsViewersOptions {
  /** Milliseconds for which a viewer counts after the last request. Default: 10,000. */
  readonly windowMs?: number;
  /** Viewers of all rooms that are told apart; more are not counted. Default: 100,000. */
  readonly maxViewers?: number;
}

/** Counts fingerprints per room; nothing of a client but a number is kept. */
export class HlsViewers {
  readonly #windowMs: number;
  readonly #maxViewers: number;
  readonly #rooms = new Map<string, Map<number, number>>();
  #size = 0;
  #overflows = 0;

  constructor(options: HlsViewersOptions = {}) {
    this.#windowMs = options.windowMs ?? 10_000;
    this.#maxViewers = options.maxViewers ?? 100_000;
  }

  /** Requests that were not counted because too many viewers are known. */
  get overflows(): number {
    return this.#overflows;
  }

  /** A viewer asked for a playlist of `room`. */
  seen(room: string, viewer: { readonly fingerprint: number; readonly nowMs: number }): void {
    let viewers = this.#rooms.get(room);
    const known = viewers?.has(viewer.fingerprint) === true;
    if (!known && this.#size >= this.#maxViewers) {
      this.#overflows++;
      return;
    }
    if (viewers === undefined) this.#rooms.set(room, viewers = new Map());
    if (!known) this.#size++;
    viewers.set(viewer.fingerprint, viewer.nowMs);
  }

  /** Viewers by room; forgets those who stayed away. */
  count(nowMs: number): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const [room, viewers] of this.#rooms) {
      for (const [fingerprint, lastMs] of viewers) {
        if (nowMs - lastMs < this.#windowMs) continue;
        viewers.delete(fingerprint);
        this.#size--;
      }
      if (viewers.size === 0) this.#rooms.delete(room);
      else counts.set(room, viewers.size);
    }
    return counts;
  }
}

/** A number of 53 bits for address and user agent (two rounds of FNV-1a). */
export function fingerprintOf(address: string, userAgent: string): number {
  const text = `${address}\n${userAgent.slice(0, 256)}`;
  return fnv1a(text, 0x811c9dc5) * 2 ** 21 + (fnv1a(text, 0x01000193) >>> 11);
}

function fnv1a(text: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
