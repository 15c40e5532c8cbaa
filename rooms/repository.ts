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
import type { Account, AuditAction, AuditEntry, Broadcast, Room } from "./model.ts";
import type { CallRepository } from "./calls/repository.ts";
import type { StageRepository } from "./stage/repository.ts";
import type { Fence, LeaseRepository } from "./leases.ts";
import type { ModerationRepository } from "./moderation/repository.ts";
export { StoreBusyError } from "./errors.ts";

/** An account with what only the store and the log-in see. */
export interface StoredAccount extends Account {
  /** Folded name (`nameKey()`), unique. */
  readonly nameKey: string;
  /** PHC string, or `UNUSABLE_PASSWORD`. */
  readonly passwordHash: string;
}

/** What may change of an account; what is left out stays. */
export interface AccountChange {
  /** With its folded form, or both null. */
  readonly display?: { readonly name: string; readonly key: string } | null;
  readonly avatar?: string | null;
  readonly passwordHash?: string;
  readonly admin?: boolean;
  readonly suspended?: boolean;
}

/** An account in a list for administrators. */
export interface ListedAccount extends Account {
  readonly roomId: string | null;
  /** Sessions, over ones that were not swept yet included. */
  readonly sessions: number;
}

/** What vanished with an account. */
export interface DeletedAccount {
  readonly roomId: string | null;
  /** Pictures it and its room showed; others may show the same. */
  readonly images: readonly string[];
}

/**
 * Accounts; `id` and `nameKey` are unique, and no display name folds to another account's name or
 * display name.
 */
export interface AccountRepository {
  /** Inserts; `name_taken` when `nameKey` exists as a name or display name, or `id` exists. */
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
  /** Changes; `last_admin` when it would leave no administrator who can log in. */
  update(
    id: string,
    change: AccountChange,
  ): Promise<StoredAccount | "unknown" | "name_taken" | "last_admin">;
  /** Removes the account with its sessions, follows, room and broadcasts. */
  delete(id: string): Promise<DeletedAccount | "unknown" | "last_admin">;
  /**
   * Accounts whose folded name or display name holds `key` (empty: all), newest first, and how
   * many there are in all.
   */
  search(
    options: { readonly key: string; readonly limit: number; readonly offset: number },
  ): Promise<{ readonly accounts: ListedAccount[]; readonly total: number }>;
  /** Whether an account or a room shows this picture. */
  showsImage(image: string): Promise<boolean>;
}

/** A session as it is stored; the token itself is nowhere. */
export interface StoredSession {
  /** SHA-256 of the token, hexadecimal; unique. */
  readonly tokenHash: string;
  /** Names the session without being its token; unique. */
  readonly id: string;
  readonly accountId: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  /** Last time it was extended. */
  readonly seenAtMs: number;
  readonly userAgent: string;
  readonly address: string;
}

/** Sessions. */
export interface SessionRepository {
  /**
   * Inserts and, in the same transaction, ends the account's oldest sessions above `maxPerAccount`.
   *
   * @throws {TypeError} when the account does not exist.
   */
  create(session: StoredSession, options: { readonly maxPerAccount: number }): Promise<void>;
  /** The session with its account; null when unknown, `expiresAtMs <= nowMs`, or suspended. */
  find(
    tokenHash: string,
    options: { readonly nowMs: number },
  ): Promise<{ readonly session: StoredSession; readonly account: Account } | null>;
  /** Moves the end of an existing session; does nothing for an unknown one. */
  extend(
    tokenHash: string,
    options: { readonly expiresAtMs: number; readonly seenAtMs: number },
  ): Promise<void>;
  /** Does nothing when unknown. */
  delete(tokenHash: string): Promise<void>;
  /** The account's sessions that are not over, last seen first. */
  list(accountId: string, options: { readonly nowMs: number }): Promise<StoredSession[]>;
  /** Ends one session of the account; false when it has none of that id. */
  deleteById(accountId: string, id: string): Promise<boolean>;
  /** Ends the account's sessions but one; answers how many. */
  deleteOthers(
    accountId: string,
    options: { readonly exceptTokenHash: string | null },
  ): Promise<number>;
  /** Removes at most `limit` sessions that are over at `nowMs`; answers how many. */
  deleteExpired(options: { readonly nowMs: number; readonly limit: number }): Promise<number>;
  count(): Promise<number>;
}

/** What a new room is made of; the store gives the id. */
export interface NewRoom {
  readonly ownerId: string;
  readonly title: string;
  /** The title folded by `searchKey()`. */
  readonly titleKey: string;
  readonly createdAtMs: number;
  /** The publish key as sealed by `KeyVault`. */
  readonly sealedKey: Uint8Array;
}

/** What may change of a room; what is left out stays. */
export interface RoomChange {
  readonly title?: string;
  /** With `title`. */
  readonly titleKey?: string;
  readonly description?: string;
  readonly category?: string | null;
  readonly cover?: string | null;
  readonly nextLiveAtMs?: number | null;
  readonly lastLiveAtMs?: number;
  /** The room's own; that of its owner is the account's. */
  readonly suspended?: boolean;
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
  /** Newest first, without suspended ones and the ids of `except` (at most 200). */
  newest(
    options: {
      readonly limit: number;
      readonly except: readonly string[];
      /** Rooms of this category alone; null: of any and of none. */
      readonly category: string | null;
    },
  ): Promise<Room[]>;
  /** The room as it is now; null when unknown. */
  update(id: string, change: RoomChange): Promise<Room | null>;
  /**
   * Rooms whose title, owner or number holds `key` (folded by `searchKey()`; empty: all), newest
   * first, and how many there are in all.
   */
  search(
    options: {
      readonly key: string;
      readonly limit: number;
      readonly offset: number;
      /** Suspended ones, too. */
      readonly all: boolean;
      /** Rooms of this category alone; null: of any and of none. */
      readonly category: string | null;
    },
  ): Promise<{ readonly rooms: Room[]; readonly total: number }>;
  /** The sealed publish key with the account it was sealed for; null when the room is unknown. */
  sealedKey(
    id: string,
  ): Promise<{ readonly ownerId: string; readonly sealedKey: Uint8Array } | null>;
  /** Replaces the sealed key; false when the room is unknown. */
  replaceKey(id: string, options: { readonly sealedKey: Uint8Array }): Promise<boolean>;
}

/** Who follows which room. */
export interface FollowRepository {
  /** Does nothing when it is followed; `too_many` above `max` rooms of one account. */
  add(
    follow: { readonly accountId: string; readonly roomId: string; readonly atMs: number },
    options: { readonly max: number },
  ): Promise<"done" | "unknown" | "too_many">;
  /** Does nothing when it is not followed. */
  remove(follow: { readonly accountId: string; readonly roomId: string }): Promise<void>;
  has(follow: { readonly accountId: string; readonly roomId: string }): Promise<boolean>;
  /** The rooms an account follows, last followed first, without suspended ones. */
  rooms(accountId: string, options: { readonly limit: number }): Promise<Room[]>;
}

/** Broadcasts, one for each room and start. */
export interface BroadcastRepository {
  /**
   * Inserts or replaces each by room and start; forgets a room's oldest above `maxPerRoom`.
   * Those of unknown rooms are left out. `passed_on`: the lease of `fence` was taken by somebody
   * else since, and nothing was done.
   */
  put(
    broadcasts: readonly Broadcast[],
    options: { readonly maxPerRoom: number; readonly fence: Fence | null },
  ): Promise<"done" | "passed_on">;
  /** A room's broadcasts, newest first. */
  list(roomId: string, options: { readonly limit: number }): Promise<Broadcast[]>;
  /** Those of any room that have no end. */
  running(options: { readonly limit: number }): Promise<Broadcast[]>;
}

/** A total that changed. */
export interface LikeChange {
  readonly roomId: string;
  readonly total: number;
  /** Likes since the change before. */
  readonly added: number;
}

/** How often rooms were liked, ever. */
export interface LikeRepository {
  /** Adds to totals. */
  add(
    increments: readonly { readonly roomId: string; readonly count: number }[],
  ): Promise<void>;
  /** Totals that rose, by whomever, since they were last given; each rise is given once. */
  changed(options: { readonly limit: number }): Promise<LikeChange[]>;
  /** The totals of rooms, in their order. */
  totals(roomIds: readonly string[]): Promise<number[]>;
}

/** One change of a setting. */
export interface SettingChange {
  /** Rising; given by the store. */
  readonly id: number;
  readonly key: string;
  /** JSON text. */
  readonly value: string;
  readonly atMs: number;
  readonly actor: { readonly id: string; readonly name: string };
}

/** Settings with their history; the newest change of a key is its value. */
export interface SettingRepository {
  put(changes: readonly Omit<SettingChange, "id">[]): Promise<void>;
  /** The newest change of every key. */
  current(): Promise<SettingChange[]>;
  /** Changes before the id (null: from the newest on), newest first. */
  history(options: { readonly before: number | null; readonly limit: number }): Promise<
    SettingChange[]
  >;
}

/** What administrators did; entries are never changed. */
export interface AuditRepository {
  /** Appends; forgets the oldest above `maxEntries`. */
  append(
    entry: Omit<AuditEntry, "id">,
    options: { readonly maxEntries: number },
  ): Promise<void>;
  /** Entries before the id (null: from the newest on), newest first; of one action when named. */
  list(
    options: {
      readonly before: number | null;
      readonly limit: number;
      readonly action: AuditAction | null;
    },
  ): Promise<AuditEntry[]>;
}

/** One opened store. */
export interface Repositories {
  readonly accounts: AccountRepository;
  readonly sessions: SessionRepository;
  readonly rooms: RoomRepository;
  readonly follows: FollowRepository;
  readonly broadcasts: BroadcastRepository;
  readonly likes: LikeRepository;
  readonly settings: SettingRepository;
  readonly audit: AuditRepository;
  readonly moderation: ModerationRepository;
  readonly leases: LeaseRepository;
  readonly calls: CallRepository;
  readonly stages: StageRepository;
  /** Calls that wait for the store. */
  readonly queued: number;
  /** Completes the accepted calls and closes; further calls are rejected. */
  close(): Promise<void>;
}

/** Opens the store of a data folder, made when missing. */
export type OpenStore = (dataDir: string) => Promise<Repositories>;
