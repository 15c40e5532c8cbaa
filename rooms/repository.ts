/**
 * What the business asks of a store. Every driver keeps these guarantees, checked by
 * `tests/conformance/repository_conformance.ts`:
 *
 * - a call is one transaction: all of it happened or nothing did, and calls do not interleave;
 * - a promise resolves after the write would survive the death of the process;
 * - uniqueness is the store's business, so two racing calls never both win;
 * - absence is `null` or a named outcome, never an exception;
 * - a store that has no room for more work rejects with {@linkcode StoreBusyError} and has done
 *   nothing.
 *
 * Times are milliseconds since the epoch and always come from the caller.
 *
 * @module
 */
import type { Account, Room } from "./model.ts";
export { StoreBusyError } from "./errors.ts";

/** An account with what only the store and the log-in see. */
export interface StoredAccount extends Account {
  /** Folded name (`nameKey()`), unique. */
  readonly nameKey: string;
  /** PHC string, or `UNUSABLE_PASSWORD`. */
  readonly passwordHash: string;
}

/** Accounts; `id` and `nameKey` are unique. */
export interface AccountRepository {
  /** Inserts; `name_taken` when `nameKey` or `id` exists. */
  create(account: StoredAccount): Promise<"created" | "name_taken">;
  /** Inserts only while there is no administrator; at most one of many racing calls wins. */
  createFirstAdmin(account: StoredAccount): Promise<"created" | "name_taken" | "admin_exists">;
  /**
   * Inserts, or makes the account of the same `nameKey` an administrator with the given password
   * hash and ends all its sessions. Answers the account as it is now.
   */
  putAdmin(account: StoredAccount): Promise<StoredAccount>;
  byId(id: string): Promise<StoredAccount | null>;
  byNameKey(nameKey: string): Promise<StoredAccount | null>;
  hasAdmin(): Promise<boolean>;
}

/** A session as it is stored; the token itself is nowhere. */
export interface StoredSession {
  /** SHA-256 of the token, hexadecimal; unique. */
  readonly tokenHash: string;
  readonly accountId: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
}

/** Sessions. */
export interface SessionRepository {
  /**
   * Inserts and, in the same transaction, ends the account's oldest sessions above `maxPerAccount`.
   *
   * @throws {TypeError} when the account does not exist.
   */
  create(session: StoredSession, options: { readonly maxPerAccount: number }): Promise<void>;
  /** The session with its account; null when unknown or `expiresAtMs <= nowMs`. */
  find(
    tokenHash: string,
    options: { readonly nowMs: number },
  ): Promise<{ readonly session: StoredSession; readonly account: Account } | null>;
  /** Moves the end of an existing session; does nothing for an unknown one. */
  extend(tokenHash: string, options: { readonly expiresAtMs: number }): Promise<void>;
  /** Does nothing when unknown. */
  delete(tokenHash: string): Promise<void>;
  /** Removes at most `limit` sessions that are over at `nowMs`; answers how many. */
  deleteExpired(options: { readonly nowMs: number; readonly limit: number }): Promise<number>;
  count(): Promise<number>;
}

/** What a new room is made of; the store gives the id. */
export interface NewRoom {
  readonly ownerId: string;
  readonly title: string;
  readonly createdAtMs: number;
  /** The publish key as sealed by `KeyVault`. */
  readonly sealedKey: Uint8Array;
}

/** Rooms; an account owns at most one, ids rise from 100001 and are never given twice. */
export interface RoomRepository {
  /**
   * Inserts with the next id; null when the owner has a room already.
   *
   * @throws {TypeError} when the owner does not exist.
   */
  create(room: NewRoom): Promise<Room | null>;
  byId(id: string): Promise<Room | null>;
  byOwner(accountId: string): Promise<Room | null>;
  /** The rooms of `ids` that exist, in no order; at most 200 ids. */
  byIds(ids: readonly string[]): Promise<Room[]>;
  /** Newest first, without the ids of `except` (at most 200). */
  newest(options: { readonly limit: number; readonly except: readonly string[] }): Promise<Room[]>;
  /** The room as it is now; null when unknown. */
  updateTitle(id: string, options: { readonly title: string }): Promise<Room | null>;
  /** The sealed publish key with the account it was sealed for; null when the room is unknown. */
  sealedKey(
    id: string,
  ): Promise<{ readonly ownerId: string; readonly sealedKey: Uint8Array } | null>;
  /** Replaces the sealed key; false when the room is unknown. */
  replaceKey(id: string, options: { readonly sealedKey: Uint8Array }): Promise<boolean>;
}

/** One opened store. */
export interface Repositories {
  readonly accounts: AccountRepository;
  readonly sessions: SessionRepository;
  readonly rooms: RoomRepository;
  /** Calls that wait for the store. */
  readonly queued: number;
  /** Completes the accepted calls and closes; further calls are rejected. */
  close(): Promise<void>;
}

/** Opens the store of a data folder, made when missing. */
export type OpenStore = (dataDir: string) => Promise<Repositories>;
