/**
 * Where the newest still of a room is found.
 *
 * @module
 */

/** The server makes a new still this often. */
export const STILL_EVERY_MS = 10_000;

/**
 * The address of a still in this stretch of time: a browser shows what it has under the same
 * address again, and everybody who asks within the stretch shares one answer.
 */
export function stillAddress(still: string, nowMs: number): string {
  return `${still}?t=${Math.floor(nowMs / STILL_EVERY_MS).toString(36)}`;
}
