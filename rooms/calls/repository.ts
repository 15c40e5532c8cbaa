/**
 * What calls ask of a store. Two contracts, checked on every driver by
 * `tests/conformance/call_conformance.ts`:
 *
 * - {@linkcode CallRepository} keeps each call as one document. Who changes one says which version it
 *   read: of two at once, one wins and the other one reads again. What is kept survives the process.
 * - {@linkcode CallPost} brings letters from one `web` to the others, in the order in which they were
 *   sent, and wakes all who follow a call. A letter is lost only when its reader cannot be reached for
 *   longer than {@linkcode LETTERS_KEPT_MS}; documents never are.
 *
 * @module
 */
import type { Call } from "./call.ts";
import type { RelayedMessage, SaidMessage } from "./protocol.ts";

/** A call with its version: whole, positive, rising with each change, also over an ending. */
export interface KeptCall {
  readonly version: number;
  readonly call: Call;
}

/** A call in the place of another one. */
export interface CallChange {
  /** Of the call that was read; 0: there was none. */
  readonly version: number;
  /** Null: the call ends. */
  readonly call: Call | null;
  readonly expiresAtMs: number;
  readonly nowMs: number;
}

/** Calls by their name. */
export interface CallRepository {
  /** Null: there is none, or it is over at `nowMs`. */
  read(name: string, options: { readonly nowMs: number }): Promise<KeptCall | null>;
  /**
   * Puts or removes a call: its new version (0 when removed), `changed` when the version is another
   * one by now, `full` when a new one would be more than `max`.
   */
  put(
    name: string,
    change: CallChange,
    options: { readonly max: number },
  ): Promise<number | "changed" | "full">;
  /** Calls of an account that are not over, by name. */
  ofOwner(
    accountId: string,
    options: { readonly nowMs: number; readonly limit: number },
  ): Promise<KeptCall[]>;
}

/** Something that one peer says to another one. */
export interface Letter {
  /** Seat. */
  readonly to: string;
  /** Version of the call that its sender knew. */
  readonly version: number;
  readonly message: RelayedMessage | SaidMessage;
}

/** A letter is kept so long for a reader that is away, milliseconds. */
export const LETTERS_KEPT_MS = 60_000;

/** Follows a call until it is closed. */
export interface Follower {
  close(): void;
}

/** Letters of calls. */
export interface CallPost {
  /** Sends letters of a call and wakes its followers; without letters it wakes them alone. */
  send(name: string, letters: readonly Letter[]): Promise<void>;
  /**
   * Calls `take` with the letters from now on, in order, and with none when the call changed. Resolves
   * when nothing that is sent from then on is missed.
   */
  follow(name: string, take: (letters: readonly Letter[]) => void): Promise<Follower>;
  close(): Promise<void>;
}
