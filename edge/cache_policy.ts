/**
 * How long an answer of the origin may be kept, and what clients are told about it.
 *
 * @module
 */

/** What the edge does with one answer. */
export interface CacheDecision {
  /** Milliseconds for which the answer stands for the next request; 0: collapsed only. */
  readonly ttlMs: number;
  /** Milliseconds after that in which it may be shown while a newer one is asked for. */
  readonly staleMs: number;
  /** The bytes below this address never change: kept while there is room, whatever its age. */
  readonly immutable: boolean;
}

/** A room that is not live may be live in the next moment. */
export const NOT_FOUND_TTL_MS = 500;
/** Longest time for which an answer that can change is kept, whatever the origin says. */
const LONGEST_TTL_MS = 60_000;
const NOT_KEPT: CacheDecision = { ttlMs: 0, staleMs: 0, immutable: false };

/**
 * Reads the origin's `Cache-Control` (RFC 9111 §5.2.2): `s-maxage` before `max-age`; nothing is
 * kept that is `no-store`, `private` or `no-cache`; `stale-while-revalidate` (RFC 5861 §3). A 404 is kept for {@linkcode NOT_FOUND_TTL_MS}.
 */
export function decideCaching(
  answer: { readonly status: number; readonly cacheControl: string | null },
): CacheDecision {
  if (answer.status === 404) {
    return { ttlMs: NOT_FOUND_TTL_MS, staleMs: 0, immutable: false };
  }
  if (answer.status !== 200 || answer.cacheControl === null) return NOT_KEPT;
  let maxAgeS: number | null = null;
  let sharedMaxAgeS: number | null = null;
  let staleS: number | null = null;
  let immutable = false;
  for (const part of answer.cacheControl.toLowerCase().split(",")) {
    const [name, value] = part.trim().split("=", 2);
    switch (name) {
      case "no-store":
      case "no-cache":
      case "private":
        return NOT_KEPT;
      case "immutable":
        immutable = true;
        break;
      case "max-age":
        maxAgeS = seconds(value);
        break;
      case "s-maxage":
        sharedMaxAgeS = seconds(value);
        break;
      case "stale-while-revalidate":
        staleS = seconds(value);
        break;
    }
  }
  const ttlMs = (sharedMaxAgeS ?? maxAgeS ?? 0) * 1000;
  return {
    ttlMs: Math.min(ttlMs, LONGEST_TTL_MS),
    staleMs: ttlMs > 0 ? Math.min((staleS ?? 0) * 1000, LONGEST_TTL_MS) : 0,
    immutable: immutable && ttlMs > 0,
  };
}

function seconds(value: string | undefined): number | null {
  return value !== undefined && /^"?\d{1,9}"?$/.test(value)
    ? Number(value.replaceAll('"', ""))
    : null;
}
