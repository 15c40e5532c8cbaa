/**
 * Rooms, their publish keys, and what is live in them.
 *
 * @module
 */
import { ServiceError } from "./errors.ts";
import type { KeyVault } from "./key_vault.ts";
import type { LiveState } from "./live_state.ts";
import type { Account, Room, RoomState, StreamReport } from "./model.ts";
import type { Repositories } from "./repository.ts";
import { isRoomId, parseTitle } from "./rules.ts";
import { equalSecrets, randomToken } from "./secrets.ts";

/** Random bytes of a publish key. */
const KEY_BYTES = 24;
/** Longest key that is compared, in UTF-16 units. */
const MAX_KEY_LENGTH = 256;
/** Most rooms of one list. */
export const MAX_LISTED_ROOMS = 200;

/**
 * Why a running stream is ended from this side. After `cut_off` and `ended` the origin refuses the
 * encoder for a while, so that one that reconnects by itself does not bring the stream back.
 */
export type StreamCloseReason = "key_rotated" | "cut_off" | "ended" | "suspended";

/** Ends running streams at the origins. */
export interface StreamCloser {
  /**
   * Resolves when every origin confirmed; goes on trying for a while when one did not.
   *
   * @throws {ServiceError} `busy` when an origin did not confirm at the first try.
   */
  close(room: string, reason: StreamCloseReason): Promise<void>;
}

/** What {@linkcode Rooms} stands on. */
export interface RoomsOptions {
  readonly repositories: Pick<Repositories, "rooms">;
  readonly vault: KeyVault;
  readonly live: LiveState;
  readonly closer: StreamCloser;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** Implements the routes' `RoomService` and `StreamService`, and admits publishers. */
export class Rooms {
  readonly #rooms: Repositories["rooms"];
  readonly #vault: KeyVault;
  readonly #live: LiveState;
  readonly #closer: StreamCloser;
  readonly #now: () => number;

  constructor(options: RoomsOptions) {
    this.#rooms = options.repositories.rooms;
    this.#vault = options.vault;
    this.#live = options.live;
    this.#closer = options.closer;
    this.#now = options.now ?? Date.now;
  }

  /** @throws {ServiceError} `invalid`, `room_exists`. */
  async create(account: Account, input: { readonly title: string }): Promise<RoomState> {
    const room = await this.#rooms.create({
      ownerId: account.id,
      title: parseTitle(input.title),
      createdAtMs: this.#now(),
      sealedKey: await this.#vault.seal(randomToken(KEY_BYTES), account.id),
    });
    if (room === null) {
      throw new ServiceError("room_exists", "Cannot make a room: this account has one already");
    }
    return this.#withState(room);
  }

  /** @throws {ServiceError} `not_found`. */
  async get(id: string): Promise<RoomState> {
    return this.#withState(await this.#find(id));
  }

  /** The account's room, or null. */
  async ofAccount(account: Account): Promise<RoomState | null> {
    const room = await this.#rooms.byOwner(account.id);
    return room === null ? null : this.#withState(room);
  }

  /** Live rooms first by viewers, then the newest; `live` keeps one kind. */
  async list(
    options: { readonly live?: boolean; readonly limit?: number },
  ): Promise<RoomState[]> {
    const limit = Math.max(1, Math.min(options.limit ?? MAX_LISTED_ROOMS, MAX_LISTED_ROOMS));
    const running = this.#live.list(this.#now()).slice(0, MAX_LISTED_ROOMS)
      .map(({ stream }) => stream.room);
    const rooms: RoomState[] = [];
    if (options.live !== false) {
      const known = new Map(
        (await this.#rooms.byIds(running.slice(0, limit))).map((room) => [room.id, room]),
      );
      for (const id of running) {
        const room = known.get(id);
        if (room) rooms.push(this.#withState(room));
      }
    }
    if (options.live !== true && rooms.length < limit) {
      const rest = await this.#rooms.newest({ limit: limit - rooms.length, except: running });
      rooms.push(...rest.map((room) => this.#withState(room)));
    }
    return rooms;
  }

  /** @throws {ServiceError} `not_found`, `forbidden`, `invalid`. */
  async update(
    account: Account,
    id: string,
    input: { readonly title: string },
  ): Promise<RoomState> {
    await this.#owned(account, id);
    const room = await this.#rooms.updateTitle(id, { title: parseTitle(input.title) });
    if (room === null) throw unknownRoom(id);
    return this.#withState(room);
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
    await this.#owned(account, id);
    const key = randomToken(KEY_BYTES);
    const sealedKey = await this.#vault.seal(key, account.id);
    if (!(await this.#rooms.replaceKey(id, { sealedKey }))) throw unknownRoom(id);
    try {
      await this.#closer.close(id, "key_rotated");
    } catch (error) {
      // The key is new whatever the origin said, and the closer goes on trying.
      if (!(error instanceof ServiceError)) throw error;
    }
    return key;
  }

  /** @throws {ServiceError} `forbidden`, `not_found`, `busy` when an origin did not confirm. */
  async cutOff(account: Account, id: string): Promise<void> {
    if (!account.admin) {
      throw new ServiceError("forbidden", "Cannot cut off a stream: administrators only");
    }
    await this.#find(id);
    await this.#closer.close(id, "cut_off");
  }

  /** Whether this key may publish into this room now. */
  async admit(
    { room, key }: { readonly room: string; readonly key: string },
  ): Promise<"admitted" | "wrong_key" | "unknown_room"> {
    if (!isRoomId(room)) return "unknown_room";
    const stored = await this.#rooms.sealedKey(room);
    if (stored === null) return "unknown_room";
    const expected = await this.#vault.unseal(stored.sealedKey, stored.ownerId);
    const given = key.length > 0 && key.length <= MAX_KEY_LENGTH ? key : "";
    return expected !== null && equalSecrets(expected, given) ? "admitted" : "wrong_key";
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
      throw new ServiceError("forbidden", "Cannot do this: the room belongs to somebody else");
    }
    return room;
  }

  #withState(room: Room): RoomState {
    const { stream, viewers, viewersByProtocol } = this.#live.of(room.id, this.#now());
    return {
      ...room,
      live: stream !== null,
      startedAtMs: stream?.startedAtMs ?? null,
      viewers,
      viewersByProtocol,
      stream,
    };
  }
}

function unknownRoom(id: string): ServiceError {
  return new ServiceError("not_found", `Cannot find the room ${id.slice(0, 32)}: unknown`);
}
