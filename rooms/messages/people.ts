/**
 * Who talks, as everybody sees them, and the rooms that are talked in.
 *
 * @module
 */
import { type Role, ROLES, type Sender } from "../../im/protocol/message.ts";
import { addressKey } from "../attempt_limits.ts";
import { ServiceError } from "../errors.ts";
import { type Account, personOf, type Room } from "../model.ts";
import type { RoomRepository } from "../repository.ts";
import { isShownTo } from "../room_service.ts";
import { bannedError } from "../moderation/room_rules.ts";
import { isRoomId } from "../rules.ts";
import { sha256Hex } from "../secrets.ts";
import type { Standing } from "./gate.ts";

/** Somebody who asks. */
export interface Speaker {
  /** Null: a visitor. */
  readonly account: Account | null;
  /** IP address. */
  readonly address: string;
}

/** A room is looked up again after so long, milliseconds. */
const ROOM_LIFE_MS = 2_000;
const MAX_ROOMS = 10_000;

/** What {@linkcode People} stands on. */
export interface PeopleOptions {
  readonly rooms: Pick<RoomRepository, "byId">;
  readonly standing: Standing;
  /** Hears who comes into a room. */
  readonly entered: (sender: Sender, roomId: string, nowMs: number) => void;
  /** Secret behind the ids of visitors, so that they tell nothing of addresses. */
  readonly visitorKey: string;
  readonly now: () => number;
}

/** Tells senders and rooms; rooms are remembered for a moment, since many talk in one. */
export class People {
  readonly #options: PeopleOptions;
  /** In the order of being asked for. */
  readonly #rooms = new Map<
    string,
    { readonly found: Promise<Room | null>; readonly atMs: number }
  >();

  constructor(options: PeopleOptions) {
    this.#options = options;
  }

  /**
   * A room that the speaker may be in.
   *
   * @throws {ServiceError} `not_found`, or `suspended`.
   */
  async room(id: string, account: Account | null): Promise<Room> {
    const room = isRoomId(id) ? await this.#find(id) : null;
    if (room === null) {
      throw new ServiceError("not_found", `Cannot find the room ${id.slice(0, 32)}: unknown`);
    }
    if (!isShownTo(room, account)) {
      throw new ServiceError("suspended", "Cannot use the room: it is suspended");
    }
    return room;
  }

  /**
   * The speaker as a room sees them; `room` null: anywhere.
   *
   * @throws {ServiceError} `suspended` for a suspended account, `banned` for who was shown out.
   */
  async sender({ account, address }: Speaker, room: Room | null): Promise<Sender> {
    if (account === null) {
      const id = sha256Hex(`${this.#options.visitorKey} ${addressKey(address)}`).slice(0, 12);
      return { id: `v-${id}`, name: id.slice(0, 4).toUpperCase(), level: 0, role: "visitor" };
    }
    if (account.suspended) {
      throw new ServiceError("suspended", "Cannot do this: the account is suspended");
    }
    const { standing } = this.#options;
    const [level, moderates] = await Promise.all([
      standing.levelOf(account.id),
      room === null ? false : standing.isModerator(room.id, account.id),
    ]);
    const roles: Role[] = ["member"];
    if (moderates) roles.push("moderator");
    if (room?.owner.id === account.id) roles.push("owner");
    if (account.admin) roles.push("admin");
    const role = roles.reduce((a, b) => ROLES.indexOf(b) > ROLES.indexOf(a) ? b : a);
    if (room !== null && role === "member") {
      const untilMs = await standing.bannedUntil?.(room.id, account.id);
      if (untilMs !== undefined) throw bannedError(untilMs);
    }
    return { id: account.id, name: personOf(account).name, level, role };
  }

  /** Somebody comes into a room. */
  enter(sender: Sender, roomId: string): void {
    this.#options.entered(sender, roomId, this.#options.now());
  }

  #find(id: string): Promise<Room | null> {
    const nowMs = this.#options.now();
    const known = this.#rooms.get(id);
    if (known !== undefined && Math.abs(nowMs - known.atMs) < ROOM_LIFE_MS) return known.found;
    const found = this.#options.rooms.byId(id);
    this.#rooms.delete(id);
    this.#rooms.set(id, { found, atMs: nowMs });
    if (this.#rooms.size > MAX_ROOMS) {
      const oldest = this.#rooms.keys().next();
      if (!oldest.done) this.#rooms.delete(oldest.value);
    }
    // A store that failed is asked again at once.
    found.catch(() => this.#rooms.delete(id));
    return found;
  }
}
