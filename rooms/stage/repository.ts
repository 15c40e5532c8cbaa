/**
 * What stages ask of a store; checked on every driver by `tests/conformance/stage_conformance.ts`.
 *
 * Each stage is one document. Who changes one says which version it read: of two changes at once one
 * wins, and the other one reads again. An account is on one stage at a time, which is the store's
 * business, so that two hosts who seat it at once do not both have it.
 *
 * @module
 */
import { seated, type Stage } from "./stage.ts";

/** A stage with its version: whole, positive, rising with each change, also over an ending. */
export interface KeptStage {
  readonly version: number;
  readonly stage: Stage;
}

/** A stage in the place of another one. */
export interface StageChange {
  /** Of the stage that was read; 0: there was none. */
  readonly version: number;
  /** Null: the stage is forgotten. */
  readonly stage: Stage | null;
  /** Accounts on stage, {@linkcode holders} of `stage`. */
  readonly holders: readonly string[];
  readonly expiresAtMs: number;
  readonly nowMs: number;
}

/** Stages by their room. */
export interface StageRepository {
  /** Null: nothing is kept, or no longer at `nowMs`. */
  read(room: string, options: { readonly nowMs: number }): Promise<KeptStage | null>;
  /**
   * Puts or forgets a stage: its new version (0 when forgotten), `changed` when the version is another
   * one by now, `elsewhere` when a holder is on another room's stage, `full` when a new one would be
   * more than `max`.
   */
  put(
    room: string,
    change: StageChange,
    options: { readonly max: number },
  ): Promise<number | "changed" | "elsewhere" | "full">;
  /** The room on whose stage an account is; null: on none. */
  roomOf(account: string, options: { readonly nowMs: number }): Promise<string | null>;
  /** Rooms whose stages are kept, by their end, the first to end first. */
  rooms(options: { readonly nowMs: number; readonly limit: number }): Promise<string[]>;
}

/** Accounts that no other stage may have. */
export function holders(stage: Stage): readonly string[] {
  return seated(stage).map(({ account }) => account);
}
