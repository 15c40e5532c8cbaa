/**
 * A battle of two rooms. Pure: a battle and what happened go in, the battle as it is then comes out.
 *
 * | phase | accept | decline | cancel | end | time is up | off the air |
 * |---|---|---|---|---|---|---|
 * | invited | running, by the opponent | declined, by the opponent | declined, by the challenger | | declined | declined |
 * | running | | | | penalty: the other room won | penalty; a draw: over | over: the other room won |
 * | penalty | | | | over, by the winner | over | over |
 * | over, declined | | | | | | |
 *
 * What stands empty is refused. Both rooms off the air at once: nobody won.
 *
 * @module
 */
import type { PkBody } from "../../im/protocol/message.ts";

/** Where a battle is. */
export type Phase = PkBody["phase"];

/** An invitation that nobody answers is over after this time, milliseconds. */
export const INVITE_MS = 30_000;
/** The loser's time, milliseconds. */
export const PENALTY_MS = 60_000;
/** Seconds of a battle, inclusive. */
export const DURATION_S = { min: 60, max: 900 } as const;
/** A room may be off the air for so long before it has lost, milliseconds. */
export const OFF_AIR_MS = 15_000;

/** One side. */
export interface BattleSide {
  readonly room: string;
  /** The broadcaster's name when the battle was proposed. */
  readonly name: string;
  /** Coins of gifts for this side; told by the store. */
  readonly score: number;
}

/** Why a battle is in its last phase. */
export type Ending =
  | "declined"
  | "cancelled"
  | "unanswered"
  | "off_air"
  | "given_up"
  | "released"
  | "time";

/** A battle as the store keeps it. */
export interface Battle {
  /** Opaque, unique. */
  readonly id: string;
  /** Rises with every change and every score; given by the store. */
  readonly version: number;
  readonly phase: Phase;
  /** The challenger, the opponent. */
  readonly sides: readonly [BattleSide, BattleSide];
  readonly durationS: number;
  /** When the phase ends (or, of a last one, ended), milliseconds since the epoch. */
  readonly endsAtMs: number;
  /** Room that won; null: nobody yet, or nobody at all. */
  readonly winner: string | null;
  readonly ending: Ending | null;
  /** The last phase that both rooms were told of; null: none yet. */
  readonly told: Phase | null;
}

/** What happens to a battle; `room` is that of the broadcaster who does it. */
export type BattleEvent =
  & { readonly atMs: number }
  & (
    | { readonly type: "accept" | "decline" | "cancel" | "end"; readonly room: string }
    | { readonly type: "time" }
    | { readonly type: "off_air"; readonly rooms: readonly string[] }
  );

/** A new invitation. */
export function invite(
  proposal: {
    readonly id: string;
    readonly challenger: Omit<BattleSide, "score">;
    readonly opponent: Omit<BattleSide, "score">;
    readonly durationS: number;
    readonly atMs: number;
  },
): Battle {
  const { id, challenger, opponent, durationS, atMs } = proposal;
  return {
    id,
    version: 1,
    phase: "invited",
    sides: [{ ...challenger, score: 0 }, { ...opponent, score: 0 }],
    durationS,
    endsAtMs: atMs + INVITE_MS,
    winner: null,
    ending: null,
    told: null,
  };
}

/** Whether nothing more will happen to it. */
export function isFinal(phase: Phase): boolean {
  return phase === "over" || phase === "declined";
}

/** Whether gifts count now. */
export function counts(battle: Pick<Battle, "phase" | "endsAtMs">, atMs: number): boolean {
  return battle.phase === "running" && atMs < battle.endsAtMs;
}

/** The other room; null when the room has no part in the battle. */
export function otherRoom({ sides }: Pick<Battle, "sides">, room: string): string | null {
  if (sides[0].room === room) return sides[1].room;
  return sides[1].room === room ? sides[0].room : null;
}

/** The room with more coins; null: a draw. */
export function leader({ sides: [a, b] }: Pick<Battle, "sides">): string | null {
  if (a.score === b.score) return null;
  return a.score > b.score ? a.room : b.room;
}

/** The battle behind an event; null: it may not happen, or changes nothing. */
export function transition(battle: Battle, event: BattleEvent): Battle | null {
  const [challenger, opponent] = battle.sides;
  if (event.type === "time" && event.atMs < battle.endsAtMs) return null;
  if (event.type === "off_air") return offAir(battle, event);
  switch (battle.phase) {
    case "invited":
      if (event.type === "time") return last(battle, { ending: "unanswered", atMs: event.atMs });
      if (event.type === "accept" && event.room === opponent.room) {
        // One that came too late is not accepted, whether or not somebody noticed.
        if (event.atMs >= battle.endsAtMs) return null;
        return {
          ...battle,
          phase: "running",
          endsAtMs: event.atMs + battle.durationS * 1_000,
        };
      }
      if (event.type === "decline" && event.room === opponent.room) {
        return last(battle, { ending: "declined", atMs: event.atMs });
      }
      if (event.type === "cancel" && event.room === challenger.room) {
        return last(battle, { ending: "cancelled", atMs: event.atMs });
      }
      return null;
    case "running": {
      if (event.type === "time") {
        // By the clock of the battle, however late somebody looks.
        const endedAtMs = battle.endsAtMs;
        const winner = leader(battle);
        return winner === null
          ? last(battle, { ending: "time", atMs: endedAtMs })
          : penalty(battle, { winner, ending: "time", atMs: endedAtMs });
      }
      const winner = event.type === "end" ? otherRoom(battle, event.room) : null;
      return winner === null
        ? null
        : penalty(battle, { winner, ending: "given_up", atMs: event.atMs });
    }
    case "penalty":
      if (event.type === "time") return last(battle, { atMs: battle.endsAtMs });
      if (event.type === "end" && event.room === battle.winner) {
        return last(battle, { ending: "released", atMs: event.atMs });
      }
      return null;
    case "over":
    case "declined":
      return null;
  }
}

/** The battle as everybody sees it; `mix` is the stream with both pictures, while it is live. */
export function pkBodyOf(
  { id, phase, sides, endsAtMs, winner }: Battle,
  mix: string | null = null,
): PkBody {
  return { battle: id, phase, sides, endsAtMs, winner, ...(mix !== null && { mix }) };
}

/** Streams of battles lie above every room, and below 16 digits. */
const BATTLE_STREAMS = 900_000_000_000_000;
const LAST_ROOM = 99_999_999_999_999;

/** The stream with both pictures, by the challenger's room; null: it cannot be named. */
export function battleStream({ sides: [challenger] }: Pick<Battle, "sides">): string | null {
  const room = Number(challenger.room);
  return Number.isInteger(room) && room > 0 && room <= LAST_ROOM
    ? String(BATTLE_STREAMS + room)
    : null;
}

/** Whether a stream is one with both pictures of a battle. */
export function isBattleStream(stream: string): boolean {
  return /^9[0-9]{14}$/.test(stream);
}

function offAir(
  battle: Battle,
  { rooms, atMs }: { readonly rooms: readonly string[]; readonly atMs: number },
): Battle | null {
  const off = battle.sides.filter(({ room }) => rooms.includes(room));
  if (off.length === 0 || isFinal(battle.phase)) return null;
  if (battle.phase !== "running") return last(battle, { ending: "off_air", atMs });
  const winner = off.length === 1 ? otherRoom(battle, off[0]!.room) : null;
  return last({ ...battle, winner }, { ending: "off_air", atMs });
}

function penalty(
  battle: Battle,
  { winner, ending, atMs }: {
    readonly winner: string;
    readonly ending: Ending;
    readonly atMs: number;
  },
): Battle {
  return { ...battle, phase: "penalty", winner, ending, endsAtMs: atMs + PENALTY_MS };
}

function last(
  battle: Battle,
  { ending = battle.ending, atMs }: { readonly ending?: Ending | null; readonly atMs: number },
): Battle {
  const phase = battle.phase === "invited" ? "declined" : "over";
  return { ...battle, phase, ending, endsAtMs: atMs };
}
