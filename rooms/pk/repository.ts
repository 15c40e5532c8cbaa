/**
 * Battles, shared by all processes: each change is a compare-and-set on the battle's version, so
 * that whoever sees first what is due does it, and nobody a second time.
 *
 * @module
 */
import type { Battle } from "./battle.ts";

/** What a gift adds to a side. */
export interface BattleScore {
  readonly battleId: string;
  /** Whose side. */
  readonly room: string;
  readonly coins: number;
  /** Unique for the payment. */
  readonly key: string;
  /** When it was paid. */
  readonly atMs: number;
}

/** Battles. A call is one transaction; promises resolve after the work is durable. */
export interface BattleRepository {
  /** Inserts; `busy` when one of the rooms is in a battle that is not in a last phase. */
  create(battle: Battle): Promise<"created" | "busy">;
  /** The battle that the room is in, or its last one of the last day; null: there is none. */
  ofRoom(roomId: string): Promise<Battle | null>;
  /**
   * Replaces phase, times, winner, ending and `told` when the version is still that of `battle`;
   * answers the battle with its next version, or null. Scores are the store's own.
   */
  replace(battle: Battle): Promise<Battle | null>;
  /**
   * Adds to a side, once for each key; answers the battle as it is then, or null when it does not
   * count: not running, paid at its end or later, or no side of it.
   */
  score(score: BattleScore): Promise<Battle | null>;
  /** Battles that are not in a last phase, or whose last phase the rooms were not told of. */
  open(options: { readonly limit: number }): Promise<Battle[]>;
}
