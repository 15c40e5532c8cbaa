/**
 * What administrators do: look at accounts and rooms, suspend and reset, change settings. Every
 * change leaves an entry in the audit log.
 *
 * @module
 */
import { withoutSecrets } from "./account_service.ts";
import { ServiceError } from "./errors.ts";
import type { HotRoom, HotRooms } from "./hot_rooms.ts";
import type { Account, AuditAction, AuditEntry, Room, RoomState } from "./model.ts";
import type { PasswordHasher } from "./password_hasher.ts";
import { lastAdmin, type Profiles } from "./profile_service.ts";
import type { ListedAccount, Repositories, SettingChange, StoredAccount } from "./repository.ts";
import type { Rooms, StreamCloser } from "./room_service.ts";
import { isRoomId, searchKey } from "./rules.ts";
import { randomToken } from "./secrets.ts";
import type { SettingKey, Settings, SettingValues } from "./settings.ts";

/** Entries of the audit log that are kept. */
const MAX_AUDIT_ENTRIES = 100_000;
/** Rows of one page of any list. */
export const MAX_PAGE = 100;
/** Running streams of one list. */
export const MAX_STREAMS = 1_000;
/** Ids that the store takes at once. */
const MAX_IDS = 200;
/** Random bytes of a password that an administrator hands out. */
const PASSWORD_BYTES = 12;
/** Longest detail of an entry, in UTF-16 units. */
const MAX_DETAIL = 500;

/** Which part of a list. */
export interface PageOptions {
  readonly query?: string;
  readonly limit?: number;
  readonly offset?: number;
}

/** What {@linkcode Administration} stands on. */
export interface AdministrationOptions {
  readonly repositories: Pick<Repositories, "accounts" | "sessions" | "rooms" | "audit">;
  readonly hasher: PasswordHasher;
  readonly settings: Settings;
  readonly rooms: Rooms;
  readonly profiles: Profiles;
  readonly closer: StreamCloser;
  /** Left out: there is one place for the messages of all rooms. */
  readonly hotRooms?: HotRooms | null;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** Implements the routes' `AdminService`. Every method throws `forbidden` for who is none. */
export class Administration {
  readonly #options: AdministrationOptions;
  readonly #now: () => number;

  constructor(options: AdministrationOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** Accounts by name, newest first. */
  async accounts(
    actor: Account,
    options: PageOptions,
  ): Promise<{ readonly accounts: readonly ListedAccount[]; readonly total: number }> {
    requireAdmin(actor);
    return await this.#options.repositories.accounts.search(pageOf(options));
  }

  /** @throws {ServiceError} `not_found`. */
  async account(actor: Account, id: string): Promise<ListedAccount> {
    requireAdmin(actor);
    const { accounts, sessions, rooms } = this.#options.repositories;
    const account = known(await accounts.byId(id.slice(0, 64)) ?? "unknown");
    const room = await rooms.byOwner(account.id);
    const open = await sessions.list(account.id, { nowMs: this.#now() });
    return { ...withoutSecrets(account), roomId: room?.id ?? null, sessions: open.length };
  }

  /** Rooms by title, owner or number, newest first. */
  async rooms(
    actor: Account,
    options: PageOptions,
  ): Promise<{ readonly rooms: readonly RoomState[]; readonly total: number }> {
    requireAdmin(actor);
    const { rooms, total } = await this.#options.repositories.rooms.search({
      ...pageOf(options),
      all: true,
      category: null,
    });
    return { rooms: rooms.map((room) => this.#options.rooms.withState(room)), total };
  }

  /** Rooms with a running stream, the most watched first. */
  async streams(actor: Account): Promise<readonly RoomState[]> {
    requireAdmin(actor);
    const ids = this.#options.rooms.running().slice(0, MAX_STREAMS).map(({ room }) => room);
    const rooms = new Map<string, Room>();
    for (let from = 0; from < ids.length; from += MAX_IDS) {
      const part = await this.#options.repositories.rooms.byIds(ids.slice(from, from + MAX_IDS));
      for (const room of part) rooms.set(room.id, room);
    }
    return ids.map((id) => rooms.get(id)).filter((room) => room !== undefined)
      .map((room) => this.#options.rooms.withState(room));
  }

  /**
   * Suspends an account, which ends its sessions and its stream, or takes it back; gives or takes
   * the rights of an administrator. Both together happen or are refused as one; what is so already
   * is not noted again.
   */
  async changeAccount(
    actor: Account,
    id: string,
    change: { readonly suspended?: boolean; readonly admin?: boolean; readonly reason?: string },
  ): Promise<Account> {
    requireAdmin(actor);
    const { accounts, sessions, rooms } = this.#options.repositories;
    const { suspended, admin, reason = "" } = change;
    const before = known(await accounts.byId(id) ?? "unknown");
    const account = known(
      await accounts.update(id, {
        ...suspended !== undefined && { suspended },
        ...admin !== undefined && { admin },
      }),
    );
    if (suspended === true) {
      await sessions.deleteOthers(id, { exceptTokenHash: null });
      const room = await rooms.byOwner(id);
      if (room !== null) await this.#close(room.id, "suspended");
    }
    const target = `account:${id}`;
    if (admin !== undefined && admin !== before.admin) {
      const action = admin ? "account_made_admin" : "account_made_member";
      await this.#audit(actor, { action, target, detail: account.name });
    }
    if (suspended !== undefined && suspended !== before.suspended) {
      const action = suspended ? "account_suspended" : "account_restored";
      await this.#audit(actor, { action, target, detail: detailOf(account.name, reason) });
    }
    return withoutSecrets(account);
  }

  /** A random password in the place of a forgotten one; ends the account's sessions. */
  async resetPassword(actor: Account, id: string): Promise<string> {
    requireAdmin(actor);
    const { accounts, sessions } = this.#options.repositories;
    const password = randomToken(PASSWORD_BYTES);
    const passwordHash = await this.#options.hasher.hash(password);
    const account = known(await accounts.update(id, { passwordHash }));
    await sessions.deleteOthers(id, { exceptTokenHash: null });
    await this.#audit(actor, {
      action: "account_password_reset",
      target: `account:${id}`,
      detail: account.name,
    });
    return password;
  }

  /** Logs an account out everywhere. */
  async endSessions(actor: Account, id: string): Promise<number> {
    requireAdmin(actor);
    const { accounts, sessions } = this.#options.repositories;
    const account = known(await accounts.byId(id) ?? "unknown");
    const ended = await sessions.deleteOthers(id, { exceptTokenHash: null });
    await this.#audit(actor, {
      action: "account_sessions_ended",
      target: `account:${id}`,
      detail: account.name,
    });
    return ended;
  }

  /** Removes an account with everything that is its. */
  async deleteAccount(actor: Account, id: string): Promise<void> {
    requireAdmin(actor);
    const account = known(await this.#options.repositories.accounts.byId(id) ?? "unknown");
    await this.#options.profiles.remove(id);
    await this.#audit(actor, {
      action: "account_deleted",
      target: `account:${id}`,
      detail: account.name,
    });
  }

  /** Closes a room, which ends its stream, or opens it again. */
  async suspendRoom(
    actor: Account,
    id: string,
    input: { readonly suspended: boolean; readonly reason: string },
  ): Promise<RoomState> {
    requireAdmin(actor);
    const room = await this.#room(id);
    const { suspended, reason } = input;
    const changed = await this.#options.repositories.rooms.update(id, { suspended });
    if (suspended) await this.#close(id, "suspended");
    await this.#audit(actor, {
      action: suspended ? "room_suspended" : "room_restored",
      target: `room:${id}`,
      detail: detailOf(room.title, reason),
    });
    return this.#options.rooms.withState(changed ?? room);
  }

  /** Places for the messages of rooms, and the rooms that are not in the first or are kept there. */
  async hotRooms(
    actor: Account,
  ): Promise<{ readonly places: readonly string[]; readonly rooms: readonly HotRoom[] }> {
    requireAdmin(actor);
    const { hotRooms } = this.#options;
    if (hotRooms == null) return { places: ["main"], rooms: [] };
    return { places: hotRooms.places, rooms: await hotRooms.list() };
  }

  /** Moves a room's messages to a place and keeps them there; null: they may be moved by themselves. */
  async placeRoom(actor: Account, id: string, place: string | null): Promise<void> {
    requireAdmin(actor);
    const room = await this.#room(id);
    const { hotRooms } = this.#options;
    if (hotRooms == null || (place !== null && !hotRooms.places.includes(place))) {
      throw new ServiceError("invalid", "Cannot place the room: there is no such place", {
        field: "place",
      });
    }
    await hotRooms.pin(room.id, place);
    await this.#audit(actor, {
      action: "room_placed",
      target: `room:${id}`,
      detail: detailOf(room.title, place ?? ""),
    });
  }

  /** Makes the publish key of a room anew; its stream is cut off and its owner finds the new one. */
  async resetKey(actor: Account, id: string): Promise<void> {
    requireAdmin(actor);
    const room = await this.#room(id);
    await this.#options.rooms.replaceKey(room);
    await this.#audit(actor, {
      action: "room_key_reset",
      target: `room:${id}`,
      detail: room.title,
    });
  }

  /** Ends a running stream; its encoder is refused for a while. */
  async cutOff(actor: Account, id: string): Promise<void> {
    requireAdmin(actor);
    const room = await this.#room(id);
    // First: it is done whatever an origin says, and the closer goes on trying.
    await this.#audit(actor, {
      action: "stream_cut_off",
      target: `room:${id}`,
      detail: room.title,
    });
    await this.#options.rooms.endStream(room.id, "cut_off");
  }

  /** What can be changed while the platform runs. */
  settings(actor: Account): SettingValues {
    requireAdmin(actor);
    return this.#options.settings.values;
  }

  /** Changes settings, all of the patch or nothing; in force at once. */
  async changeSettings(
    actor: Account,
    patch: Readonly<Record<string, unknown>>,
  ): Promise<SettingValues> {
    requireAdmin(actor);
    const { settings } = this.#options;
    const changed = await settings.change(actor, patch);
    for (const key of changed) {
      await this.#audit(actor, {
        action: "setting_changed",
        target: `setting:${key}`,
        detail: JSON.stringify(settings.values[key as SettingKey]),
      });
    }
    return settings.values;
  }

  /** Changes of settings, newest first. */
  async settingHistory(
    actor: Account,
    options: { readonly before: number | null; readonly limit: number },
  ): Promise<readonly SettingChange[]> {
    requireAdmin(actor);
    return await this.#options.settings.history({ ...options, limit: bounded(options.limit) });
  }

  /** What administrators did, newest first. */
  async audit(
    actor: Account,
    options: {
      readonly before: number | null;
      readonly limit: number;
      readonly action: AuditAction | null;
    },
  ): Promise<readonly AuditEntry[]> {
    requireAdmin(actor);
    return await this.#options.repositories.audit.list({
      ...options,
      limit: bounded(options.limit),
    });
  }

  async #room(id: string): Promise<Room> {
    const room = isRoomId(id) ? await this.#options.repositories.rooms.byId(id) : null;
    if (room === null) {
      throw new ServiceError("not_found", `Cannot find the room ${id.slice(0, 32)}: unknown`);
    }
    return room;
  }

  async #close(roomId: string, reason: "suspended"): Promise<void> {
    try {
      await this.#options.closer.close(roomId, reason);
    } catch (error) {
      // It is suspended whatever an origin said, and the closer goes on trying.
      if (!(error instanceof ServiceError)) throw error;
    }
  }

  async #audit(
    actor: Account,
    entry: Pick<AuditEntry, "action" | "target" | "detail">,
  ): Promise<void> {
    await this.#options.repositories.audit.append({
      ...entry,
      detail: entry.detail.slice(0, MAX_DETAIL).toWellFormed(),
      atMs: this.#now(),
      actor: { id: actor.id, name: actor.name },
    }, { maxEntries: MAX_AUDIT_ENTRIES });
  }
}

function requireAdmin(actor: Account): void {
  if (!actor.admin) {
    throw new ServiceError("forbidden", "Cannot do this: administrators only");
  }
}

function known(
  outcome: StoredAccount | "unknown" | "name_taken" | "last_admin",
): StoredAccount {
  if (outcome === "last_admin") throw lastAdmin();
  if (outcome === "unknown" || outcome === "name_taken") {
    throw new ServiceError("not_found", "Cannot find the account: unknown");
  }
  return outcome;
}

function pageOf({ query = "", limit = MAX_PAGE, offset = 0 }: PageOptions) {
  return {
    key: searchKey(query.slice(0, 100).toWellFormed()),
    limit: bounded(limit),
    offset: Math.max(0, Math.min(Math.floor(offset), 1_000_000)),
  };
}

function bounded(limit: number): number {
  return Math.max(1, Math.min(Math.floor(limit), MAX_PAGE));
}

function detailOf(name: string, reason: string): string {
  const given = reason.slice(0, 300).toWellFormed().replace(/\s+/gu, " ").trim();
  return given === "" ? name : `${name}: ${given}`;
}
