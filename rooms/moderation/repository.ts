/**
 * What moderation asks of a store: bounded lists of records, and turns. `lists.ts` says which lists
 * there are and what stands in them. Checked on every driver by
 * `tests/conformance/moderation_conformance.ts`; the guarantees of `rooms/repository.ts` hold.
 *
 * @module
 */

/** Kinds of lists that a room has one of each; they vanish with it. */
export const LISTS_OF_ROOM = [
  "rules",
  "moderators",
  "mutes",
  "bans",
  "held",
  "reports",
  "acts",
] as const;

/** A record's place. */
export interface Place {
  /** Name of the list: a kind, `:`, and a room's number or an account's id. */
  readonly list: string;
  /** Unique within the list. */
  readonly item: string;
}

/** A record. */
export interface ListRecord extends Place {
  readonly atMs: number;
  /** From then on it does not count; null: for ever. */
  readonly untilMs: number | null;
  /** JSON text. */
  readonly value: string;
}

/** Lists of records by what they are of. */
export interface ModerationRepository {
  /**
   * Inserts or replaces. A new record of a list that has `max` of them: those that are over go
   * first; with none of these `too_many`, or, with `overflow` `oldest`, the oldest one goes.
   * `isAbout`: the item is an account, with which the record vanishes.
   */
  put(
    record: ListRecord,
    options: {
      readonly max: number;
      readonly overflow: "refuse" | "oldest";
      readonly isAbout: boolean;
      readonly nowMs: number;
    },
  ): Promise<"done" | "too_many">;
  /** False: it was not there. */
  remove(place: Place): Promise<boolean>;
  /** Records in the order of their places; null where there is none. They may be over. */
  get(places: readonly Place[]): Promise<(ListRecord | null)[]>;
  /** Records that are not over, newest first. */
  list(
    list: string,
    options: { readonly limit: number; readonly nowMs: number },
  ): Promise<ListRecord[]>;
  /**
   * Takes a turn of a sender in a room unless the last one was less than `everyMs` before; answers
   * the milliseconds to wait, 0 when it was taken. A turn of the same `key` as the last one is the
   * same turn.
   */
  takeTurn(
    turn: {
      readonly roomId: string;
      readonly sender: string;
      readonly key: string;
      readonly nowMs: number;
    },
    options: { readonly everyMs: number },
  ): Promise<number>;
}
