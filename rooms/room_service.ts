/**
 * Rooms, their publish keys, and what is live in them.
 *
 * @module
 */
import { DEMO_ACCOUNT_ID } from "./account_service.ts";
import { ServiceError } from "./errors.ts";
import type { KeyVault } from "./key_vault.ts";
import type { LiveState } from "./live_state.ts";
import type { Account, Broadcast, Room, RoomState, StreamReport } from "./model.ts";
import type { PictureStore } from "./profile_service.ts";
import type { Repositories, RoomChange } from "./repository.ts";
import { isRoomId, parseDescription, parseNextLive, parseTitle, searchKey } from "./rules.ts";
import { equalSecrets, randomToken } from "./secrets.ts";
import type { Settings } from "./settings.ts";

/** Random bytes of a publish key. */
const KEY_BYTES = 24;
/** Longest key that is compared, in UTF-16 units. */
const MAX_KEY_LENGTH = 256;
/** Most rooms of one list. */
export const MAX_LISTED_ROOMS = 200;
/** Rooms that one account may follow. */
export const MAX_FOLLOWS = 1_000;
/**
 * A stream that a person ended stays ended while its encoder tries to come back by itself: each try
 * within this time of the one before is refused. Whoever waits it out may publish again.
 */
export const HOLD_MS = 30_000;
/** However often an encoder tries, the room is free again after this time. */
export const MAX_HOLD_MS = 300_000;
const MAX_HOLDS = 10_000;
/** The list of rooms whose encoders are refused: since when, and until when unless they try again. */
const HOLDS = "holds:encoders";

/** Why a stream is ended from here. */
export type CloseReason = "key_rotated" | "cut_off" | "ended" | "suspended";

/** What an owner may change of a room; what is left out stays. */
export interface RoomInput {
  readonly title?: string;
  readonly description?: string;
  /** Key of a category of the settings, or null. */
  readonly category?: string | null;
  readonly nextLiveAtMs?: number | null;
}

/** Which rooms of a list. */
export interface RoomFilter {
  /** Live rooms alone, or the others alone. */
  readonly live?: boolean;
  /** Key of a category; null: any and none. */
  readonly category?: string | null;
  readonly limit?: number;
}

/** Ends running streams at the origins. */
export interface StreamCloser {
  /**
   * Resolves when every origin confirmed; goes on trying for a while when one did not.
   *
   * @throws {ServiceError} `busy` when an origin did not confirm at the first try.
   */
  close(room: string, reason: CloseReason): Promise<void>;
}

/** What {@linkcode Rooms} stands on. */
export interface RoomsOptions {
  readonly repositories: Pick<
    Repositories,
    "accounts" | "rooms" | "follows" | "broadcasts" | "moderation"
  >;
  readonly vault: KeyVault;
  readonly live: LiveState;
  readonly closer: StreamCloser;
  readonly settings: Pick<Settings, "values" | "category">;
  readonly pictures: PictureStore;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** Whether a publisher may come in; `ended`: a person ended the stream a moment ago. */
export type Admission = "admitted" | "wrong_key" | "unknown_room" | "suspended" | "ended";

/** Implements the routes' `RoomService` and `StreamService`, and admits publishers. */
export class Rooms {
  readonly #options: RoomsOptions;
  readonly #rooms: Repositories["rooms"];
  readonly #vault: KeyVault;
  readonly #live: LiveState;
  readonly #closer: StreamCloser;
  readonly #now: () => number;

  constructor(options: RoomsOptions) {
    this.#options = options;
    this.#rooms = options.repositories.rooms;
    this.#vault = options.vault;
    this.#live = options.live;
    this.#closer = options.closer;
    this.#now = options.now ?? Date.now;
  }

  /** @throws {ServiceError} `invalid`, `room_exists`, `closed` (broadcasting is for others). */
  async create(account: Account, input: { readonly title: string }): Promise<RoomState> {
    if (!account.admin && this.#options.settings.values.broadcasting === "administrators") {
      throw new ServiceError("closed", "Cannot make a room: only administrators broadcast here");
    }
    const title = parseTitle(input.title);
    const room = await this.#rooms.create({
      ownerId: account.id,
      title,
      titleKey: searchKey(title),
      createdAtMs: this.#now(),
      sealedKey: await this.#vault.seal(randomToken(KEY_BYTES), account.id),
    });
    if (room === null) {
      throw new ServiceError("room_exists", "Cannot make a room: this account has one already");
    }
    return this.withState(room);
  }

  /** @throws {ServiceError} `not_found`. */
  async get(id: string): Promise<RoomState> {
    return this.withState(await this.#find(id));
  }

  /** The account's room, or null. */
  async ofAccount(account: Account): Promise<RoomState | null> {
    const room = await this.#rooms.byOwner(account.id);
    return room === null ? null : this.withState(room);
  }

  /** Live rooms first by viewers, then the newest. */
  async list(options: RoomFilter): Promise<RoomState[]> {
    const limit = Math.max(1, Math.min(options.limit ?? MAX_LISTED_ROOMS, MAX_LISTED_ROOMS));
    const category = options.category ?? null;
    const running = this.#live.list(this.#now()).slice(0, MAX_LISTED_ROOMS)
      .map(({ stream }) => stream.room);
    const rooms: RoomState[] = [];
    if (options.live !== false) {
      const known = new Map((await this.#rooms.byIds(running)).map((room) => [room.id, room]));
      for (const id of running) {
        const room = known.get(id);
        if (room === undefined || room.suspended || rooms.length === limit) continue;
        if (category === null || room.category === category) rooms.push(this.withState(room));
      }
    }
    if (options.live !== true && rooms.length < limit) {
      const rest = await this.#rooms.newest({
        limit: limit - rooms.length,
        except: running,
        category,
      });
      rooms.push(...rest.map((room) => this.withState(room)));
    }
    return rooms;
  }

  /**
   * Rooms whose title, broadcaster or number holds the text: live ones first by viewers, then the
   * newest.
   */
  async search(
    options: RoomFilter & { readonly query: string },
  ): Promise<readonly RoomState[]> {
    const limit = Math.max(1, Math.min(options.limit ?? MAX_LISTED_ROOMS, MAX_LISTED_ROOMS));
    const { rooms } = await this.#rooms.search({
      key: searchKey(options.query),
      limit: MAX_LISTED_ROOMS,
      offset: 0,
      all: false,
      category: options.category ?? null,
    });
    return rooms.map((room) => this.withState(room))
      .filter(({ live }) => options.live === undefined || live === options.live)
      .sort((a, b) => Number(b.live) - Number(a.live) || b.viewers - a.viewers)
      .slice(0, limit);
  }

  /** @throws {ServiceError} `not_found`, `forbidden`, `invalid`. */
  async update(account: Account, id: string, input: RoomInput): Promise<RoomState> {
    await this.#owned(account, id);
    const { title, description, category, nextLiveAtMs } = input;
    const change: Record<string, unknown> = {};
    if (title !== undefined) {
      change.title = parseTitle(title);
      change.titleKey = searchKey(change.title as string);
    }
    if (description !== undefined) change.description = parseDescription(description);
    if (category !== undefined) {
      if (category !== null && this.#options.settings.category(category) === null) {
        throw new ServiceError("invalid", "Cannot accept the category: there is none of this key", {
          field: "category",
        });
      }
      change.category = category;
    }
    if (nextLiveAtMs !== undefined) {
      change.nextLiveAtMs = nextLiveAtMs === null
        ? null
        : parseNextLive(nextLiveAtMs, { nowMs: this.#now() });
    }
    return this.withState(await this.#change(id, change as RoomChange));
  }

  /** Shows another cover, or none; the old one is removed. */
  async setCover(account: Account, id: string, cover: string | null): Promise<RoomState> {
    const before = await this.#owned(account, id);
    const room = await this.#change(id, { cover });
    if (before.cover !== null && before.cover !== cover) {
      // Only when nothing else shows it.
      const shown = await this.#options.repositories.accounts.showsImage(before.cover);
      if (!shown) await this.#options.pictures.remove(before.cover);
    }
    return this.withState(room);
  }

  /** @throws {ServiceError} `not_found`, `too_many`. */
  async follow(account: Account, id: string): Promise<RoomState> {
    const room = await this.#find(id);
    const outcome = await this.#options.repositories.follows.add({
      accountId: account.id,
      roomId: room.id,
      atMs: this.#now(),
    }, { max: MAX_FOLLOWS });
    if (outcome === "too_many") {
      throw new ServiceError("too_many", `Cannot follow more than ${MAX_FOLLOWS} rooms`);
    }
    return await this.get(id);
  }

  /** @throws {ServiceError} `not_found`. */
  async unfollow(account: Account, id: string): Promise<RoomState> {
    const room = await this.#find(id);
    await this.#options.repositories.follows.remove({ accountId: account.id, roomId: room.id });
    return await this.get(id);
  }

  /** Whether the account follows the room. */
  async follows(account: Account, id: string): Promise<boolean> {
    return await this.#options.repositories.follows.has({ accountId: account.id, roomId: id });
  }

  /** What the account follows: live rooms first by viewers, then the last followed. */
  async followed(account: Account): Promise<readonly RoomState[]> {
    const rooms = await this.#options.repositories.follows.rooms(account.id, {
      limit: MAX_LISTED_ROOMS,
    });
    return rooms.map((room) => this.withState(room))
      .sort((a, b) => Number(b.live) - Number(a.live) || b.viewers - a.viewers);
  }

  /**
   * The room's broadcasts, newest first; for its owner and administrators.
   *
   * @throws {ServiceError} `not_found`, `forbidden`.
   */
  async broadcasts(
    account: Account,
    id: string,
    options: { readonly limit: number },
  ): Promise<readonly Broadcast[]> {
    const room = await this.#find(id);
    if (room.owner.id !== account.id && !account.admin) throw notTheirs();
    const limit = Math.max(1, Math.min(options.limit, MAX_LISTED_ROOMS));
    return await this.#options.repositories.broadcasts.list(id, { limit });
  }

  /**
   * The owner ends the running stream; the encoder is refused for a while, or it would come back.
   *
   * @throws {ServiceError} `not_found`, `forbidden`, `busy` when an origin did not confirm.
   */
  async end(account: Account, id: string): Promise<void> {
    await this.#owned(account, id);
    await this.endStream(id, "ended");
  }

  /** Ends a stream and holds its encoder off; who may is the caller's business. */
  async endStream(id: string, reason: "ended" | "cut_off"): Promise<void> {
    const nowMs = this.#now();
    // Of all processes: the encoder may come to another one.
    await this.#hold(id, { sinceMs: nowMs, nowMs });
    await this.#closer.close(id, reason);
  }

  /** Until when encoders of the room are refused; null: they are welcome. */
  async heldUntilMs(id: string): Promise<number | null> {
    return (await this.#heldSince(id))?.untilMs ?? null;
  }

  /** The owner wants to broadcast again at once. */
  async release(account: Account, id: string): Promise<void> {
    await this.#owned(account, id);
    await this.#options.repositories.moderation.remove({ list: HOLDS, item: id });
  }

  /** @throws {ServiceError} `not_found`, `forbidden` (the owner alone). */
  async publishKey(account: Account, id: string): Promise<string> {
    await this.#owned(account, id);
    const key = await this.#openKey(id);
    if (key === null) {
      throw new Error(`Cannot read the publish key of room ${id}: sealed with another key`);
    }
    return key;
  }

  /** A new key; the running stream of the old one is cut off. */
  async rotatePublishKey(account: Account, id: string): Promise<string> {
    return await this.replaceKey(await this.#owned(account, id));
  }

  /** The same for whoever may; answers the new key. */
  async replaceKey(room: Room): Promise<string> {
    const key = randomToken(KEY_BYTES);
    const sealedKey = await this.#vault.seal(key, room.owner.id);
    if (!(await this.#rooms.replaceKey(room.id, { sealedKey }))) throw unknownRoom(room.id);
    try {
      await this.#closer.close(room.id, "key_rotated");
    } catch (error) {
      // The key is new whatever the origin said, and the closer goes on trying.
      if (!(error instanceof ServiceError)) throw error;
    }
    return key;
  }

  /** Whether this key may publish into this room now. */
  async admit(
    { room, key }: { readonly room: string; readonly key: string },
  ): Promise<Admission> {
    if (!isRoomId(room)) return "unknown_room";
    const stored = await this.#rooms.sealedKey(room);
    if (stored === null) return "unknown_room";
    const expected = await this.#vault.unseal(stored.sealedKey, stored.ownerId);
    const given = key.length > 0 && key.length <= MAX_KEY_LENGTH ? key : "";
    if (expected === null || !equalSecrets(expected, given)) return "wrong_key";
    // Only who has the key learns more.
    if ((await this.#rooms.byId(room))?.suspended !== false) return "suspended";
    if (this.#options.settings.values.broadcasting === "administrators") {
      const owner = await this.#options.repositories.accounts.byId(stored.ownerId);
      if (owner?.admin !== true && stored.ownerId !== DEMO_ACCOUNT_ID) return "suspended";
    }
    const held = await this.#heldSince(room);
    if (held === null) return "admitted";
    await this.#hold(room, { sinceMs: held.sinceMs, nowMs: this.#now() });
    return "ended";
  }

  /** The demo channel of its account, made when missing. */
  async ensureDemo(account: Account): Promise<{ room: string; key: string }> {
    const room = await this.ofAccount(account) ??
      await this.create(account, { title: "Demo · 演示频道" });
    const key = await this.#openKey(room.id) ?? await this.rotatePublishKey(account, room.id);
    return { room: room.id, key };
  }

  /** Running streams, most viewers first. */
  running(): readonly StreamReport[] {
    return this.#live.list(this.#now()).map(({ stream }) => stream);
  }

  /** Refuses the room's encoders for a while after their last try, `nowMs`. */
  async #hold(
    id: string,
    { sinceMs, nowMs }: { readonly sinceMs: number; readonly nowMs: number },
  ): Promise<void> {
    const untilMs = Math.min(nowMs + HOLD_MS, sinceMs + MAX_HOLD_MS);
    await this.#options.repositories.moderation.put(
      { list: HOLDS, item: id, atMs: sinceMs, untilMs, value: "{}" },
      { max: MAX_HOLDS, overflow: "oldest", isAbout: false, nowMs },
    );
  }

  async #heldSince(
    id: string,
  ): Promise<{ readonly sinceMs: number; readonly untilMs: number } | null> {
    const [hold] = await this.#options.repositories.moderation.get([{ list: HOLDS, item: id }]);
    if (hold == null || hold.untilMs === null || hold.untilMs <= this.#now()) return null;
    return { sinceMs: hold.atMs, untilMs: hold.untilMs };
  }

  async #change(id: string, change: RoomChange): Promise<Room> {
    const room = await this.#rooms.update(id, change);
    if (room === null) throw unknownRoom(id);
    return room;
  }

  async #openKey(id: string): Promise<string | null> {
    const stored = await this.#rooms.sealedKey(id);
    if (stored === null) throw unknownRoom(id);
    return await this.#vault.unseal(stored.sealedKey, stored.ownerId);
  }

  async #find(id: string): Promise<Room> {
    const room = isRoomId(id) ? await this.#rooms.byId(id) : null;
    if (room === null) throw unknownRoom(id);
    return room;
  }

  async #owned(account: Account, id: string): Promise<Room> {
    const room = await this.#find(id);
    if (room.owner.id !== account.id) {
      throw notTheirs();
    }
    return room;
  }

  /** A room with what is going on in it now. */
  withState(room: Room): RoomState {
    const { stream, viewers, viewersByProtocol, still } = this.#live.of(
      room.id,
      this.#now(),
    );
    return {
      ...room,
      live: stream !== null,
      startedAtMs: stream?.startedAtMs ?? null,
      viewers,
      viewersByProtocol,
      still,
      stream,
    };
  }
}

/** Whether somebody (null: a visitor) may look at a room: a suspended one is no public place. */
export function isShownTo(room: Room, viewer: Account | null): boolean {
  return !room.suspended || viewer?.admin === true || viewer?.id === room.owner.id;
}

function notTheirs(): ServiceError {
  return new ServiceError("forbidden", "Cannot do this: the room belongs to somebody else");
}

function unknownRoom(id: string): ServiceError {
  return new ServiceError("not_found", `Cannot find the room ${id.slice(0, 32)}: unknown`);
}
