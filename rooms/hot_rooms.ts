/**
 * Rooms whose messages have a store of their own, for administrators. Only a platform over Redis has
 * such.
 *
 * @module
 */

/** Where a room is. */
export interface HotRoom {
  readonly room: string;
  /** Name of a place; `main` is where all rooms begin. */
  readonly place: string;
  /** An administrator said so: it stays there. */
  readonly pinned: boolean;
}

/** Rooms that are elsewhere than all others, and who decided it. */
export interface HotRooms {
  /** Names of the places; `main` is the first. */
  readonly places: readonly string[];
  /** Rooms that are not in `main` or are pinned. */
  list(): Promise<readonly HotRoom[]>;
  /**
   * Moves the room to a place and keeps it there; null: it may be moved by itself again.
   *
   * @throws {Error} when there is no such place, or the move fails.
   */
  pin(room: string, place: string | null): Promise<void>;
}
