/**
 * How long to wait before a connection to a gateway is tried again; pure.
 *
 * @module
 */
import type { ProblemCode } from "../../im/protocol/frames.ts";

/** Shortest wait, milliseconds. */
export const MIN_WAIT_MS = 500;
/** Longest wait, milliseconds: polls bring everything meanwhile. */
export const MAX_WAIT_MS = 60_000;
/** Wait of somebody who has too many connections, at least, milliseconds. */
const CROWDED_WAIT_MS = 30_000;

/**
 * Wait before attempt number `failures` (1: the first repetition): doubles, and takes a random point
 * of the upper half, so that the viewers of a lost gateway do not all come back in one instant.
 * Null: never.
 */
export function reconnectMs(
  failures: number,
  { random, problem }: { readonly random: number; readonly problem: ProblemCode | null },
): number | null {
  if (problem === "banned") return null;
  const ceilingMs = Math.min(MIN_WAIT_MS * 2 ** Math.min(Math.max(failures, 0), 12), MAX_WAIT_MS);
  const waitMs = Math.round(ceilingMs * (0.5 + random / 2));
  return problem === "too_many" ? Math.max(waitMs, CROWDED_WAIT_MS) : waitMs;
}
