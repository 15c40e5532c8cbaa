/**
 * Tells a picture that stands still from one that moves, as a pure function of samples.
 *
 * @module
 */

/** Still for this long with data ahead: jump over the hole, milliseconds. */
export const NUDGE_AFTER_MS = 1_500;
/** Still for this long with data ahead, or without an answer from the room: start anew. */
export const RESTART_AFTER_MS = 4_000;
/**
 * Still for this long without data though the room says it is live: start anew. A publisher that
 * dropped may come back within 10 s on the same connection; a restart in between would only replay
 * the cached GOP.
 */
export const STARVED_RESTART_AFTER_MS = 11_000;

/** What to do about a picture that stands still. */
export type StallAction = "none" | "starve" | "nudge" | "inquire" | "restart";

/** Progress as last seen. */
export interface StallWatch {
  readonly positionS: number;
  /** When the position last moved, epoch milliseconds. */
  readonly movedAtMs: number;
  /** The steps already taken for this stall. */
  readonly taken: readonly StallAction[];
}

/** A watch that begins now. */
export function watchFrom(positionS: number, nowMs: number): StallWatch {
  return { positionS, movedAtMs: nowMs, taken: [] };
}

/**
 * One sample of the play head while it should move. Each step of a stall is answered once:
 * `starve` after 300 ms, then with data ahead `nudge` and `restart`, without data `inquire` (is the
 * room still live?) and, late, `restart`. A play head that went back counts as movement.
 */
export function watchProgress(
  watch: StallWatch,
  sample: { readonly positionS: number; readonly bufferS: number; readonly nowMs: number },
): { readonly watch: StallWatch; readonly action: StallAction; readonly moved: boolean } {
  if (Math.abs(sample.positionS - watch.positionS) > 0.001) {
    return { watch: watchFrom(sample.positionS, sample.nowMs), action: "none", moved: true };
  }
  const stillMs = sample.nowMs - watch.movedAtMs;
  const due = dueAction(stillMs, sample.bufferS >= 0.3);
  if (due === "none" || watch.taken.includes(due)) return { watch, action: "none", moved: false };
  return { watch: { ...watch, taken: [...watch.taken, due] }, action: due, moved: false };
}

function dueAction(stillMs: number, fed: boolean): StallAction {
  if (stillMs >= (fed ? RESTART_AFTER_MS : STARVED_RESTART_AFTER_MS)) return "restart";
  if (!fed && stillMs >= RESTART_AFTER_MS) return "inquire";
  if (fed && stillMs >= NUDGE_AFTER_MS) return "nudge";
  return stillMs >= 300 ? "starve" : "none";
}
