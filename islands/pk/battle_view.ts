/**
 * A battle as one room's page shows it; pure.
 *
 * @module
 */
import type { PkBody, PkSide } from "../../im/protocol/message.ts";

/** The result of a battle stays so long after its end, milliseconds. */
export const RESULT_MS = 4_000;
/** What the other side did not answer is said so long, milliseconds. */
export const DECLINED_MS = 8_000;
/** The smaller side's part of the bar: its number must be readable. */
const SMALLEST_SHARE = 0.2;

/** How it ended for a side. */
export type Result = "won" | "lost" | "draw";

/** A battle between this room and another. */
export interface BattleView {
  readonly battle: string;
  readonly phase: PkBody["phase"];
  readonly own: PkSide;
  readonly rival: PkSide;
  /** Whether the own room proposed it. */
  readonly challenged: boolean;
  /** Of the bar, from 0 to 1, for the own side. */
  readonly share: number;
  /** Until the phase ends, milliseconds; 0 when it should have. */
  readonly leftMs: number;
  /** For the own side; null while nothing is decided. */
  readonly result: Result | null;
  /** Whether both pictures are shown. */
  readonly onStage: boolean;
}

/** The battle as `room` sees it; null: the room has no part in it, or it is long over. */
export function viewOf(
  body: PkBody | null,
  { room, nowMs }: { readonly room: string; readonly nowMs: number },
): BattleView | null {
  if (body === null) return null;
  const { battle, phase, sides: [a, b], endsAtMs, winner } = body;
  if (a.room !== room && b.room !== room) return null;
  const challenged = a.room === room;
  const [own, rival] = challenged ? [a, b] : [b, a];
  const sinceMs = nowMs - endsAtMs;
  if (phase === "over" && sinceMs > RESULT_MS) return null;
  if (phase === "declined" && sinceMs > DECLINED_MS) return null;
  const decided = phase === "penalty" || phase === "over";
  return {
    battle,
    phase,
    own,
    rival,
    challenged,
    share: shareOf(own.score, rival.score),
    leftMs: Math.max(0, -sinceMs),
    result: !decided ? null : winner === null ? "draw" : winner === room ? "won" : "lost",
    onStage: phase === "running" || decided,
  };
}

/** The own part of the bar; both sides are always in sight. */
export function shareOf(own: number, rival: number): number {
  const share = own + rival === 0 ? 0.5 : own / (own + rival);
  return Math.min(1 - SMALLEST_SHARE, Math.max(SMALLEST_SHARE, share));
}

/** Minutes and seconds, rounded up: it is over at 0:00. */
export function clockText(leftMs: number): string {
  const seconds = Math.ceil(leftMs / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
