/**
 * How long to wait before the next attempt.
 *
 * @module
 */

/** Shortest wait, milliseconds. */
export const MIN_BACKOFF_MS = 500;
/** Longest wait, milliseconds. */
export const MAX_BACKOFF_MS = 8_000;

/**
 * Wait before attempt number `attempt` (0 is the first repetition): doubles from 0.5 to 8 s, and
 * takes a random point in the upper half, so that the viewers of a room whose server went away do
 * not all come back in the same instant.
 *
 * @param random 0 inclusive to 1 exclusive
 */
export function backoffMs(attempt: number, random: number): number {
  const ceilingMs = Math.min(
    MIN_BACKOFF_MS * 2 ** Math.min(Math.max(attempt, 0), 10),
    MAX_BACKOFF_MS,
  );
  return Math.max(MIN_BACKOFF_MS / 2, Math.round(ceilingMs * (0.5 + random / 2)));
}
