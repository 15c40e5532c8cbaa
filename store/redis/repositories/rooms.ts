/**
 * Rooms, who follows them, and their broadcasts in Redis.
 *
 * @module
 */
import type { Broadcast, Room } from "../../../rooms/model.ts";
import type {
  BroadcastRepository,
  FollowRepository,
  RoomChange,
  RoomRepository,
} from "../../../rooms/repository.ts";
import type { Reply } from "../connection.ts";
import { type Run, text, textOrNull, toArgs, toFields, toList } from "./fields.ts";
import { PAGE, SCAN_LIMIT } from "./limits.ts";

/** What a search looks at. */
interface Looked {
  readonly id: string;
  readonly texts: readonly string[];
  readonly category: string | null;
  readonly suspended: boolean;
}

/** The rooms behind `run`. */
export function roomsOver(
  run: Run,
  sealed: (roomId: string) => Promise<readonly (string | null)[]>,
): RoomRepository {
  const read = async (how: "ids" | "owner", which: readonly string[]) =>
    toList(await run("rooms_read", [how, ...which])).map(toRoom);
  /** Rooms that `accepts`, newest first; a look ends when `enough` says so. */
  const look = async (accepts: (room: Looked) => boolean, enough: (found: number) => boolean) => {
    const ids: string[] = [];
    for (let first = 0; first < SCAN_LIMIT && !enough(ids.length); first += PAGE) {
      const page = toList(await run("rooms_page", [first, PAGE])).map(toLooked);
      ids.push(...page.filter(accepts).map(({ id }) => id));
      if (page.length < PAGE) break;
    }
    return ids;
  };
  /** In the order of the ids. */
  const inOrder = async (ids: readonly string[]) => {
    if (ids.length === 0) return [];
    return (await read("ids", ids)).sort((a, b) => Number(b.id) - Number(a.id));
  };
  return {
    async create(room) {
      const reply = await run("room_create", [
        room.ownerId,
        ...toArgs({
          ownerId: room.ownerId,
          title: room.title,
          titleKey: room.titleKey,
          description: "",
          suspended: false,
          createdAtMs: room.createdAtMs,
          sealedKey: room.sealedKey.toBase64(),
        }),
      ]);
      if (reply === "no_account") {
        throw new TypeError("Cannot create the room: its owner does not exist");
      }
      return reply === "room_exists" ? null : toRoom(reply);
    },
    byId: async (id) => (await read("ids", [id]))[0] ?? null,
    byOwner: async (accountId) => (await read("owner", [accountId]))[0] ?? null,
    byIds: async (ids) => ids.length === 0 ? [] : await read("ids", [...new Set(ids)]),
    async newest({ limit, except, category }) {
      const without = new Set(except);
      const ids = await look(
        (room) =>
          !room.suspended && !without.has(room.id) &&
          (category === null || room.category === category),
        (found) => found >= limit,
      );
      return await inOrder(ids.slice(0, limit));
    },
    async update(id, change) {
      const fields = columnsOf(change);
      const removed = Object.entries(fields).filter(([, value]) => value === null)
        .map(([name]) => name);
      const reply = await run("room_update", [id, removed.length, ...removed, ...toArgs(fields)]);
      return reply === null ? null : toRoom(reply);
    },
    async search({ key, limit, offset, all, category }) {
      const ids = await look(
        (room) =>
          (all || !room.suspended) && (category === null || room.category === category) &&
          room.texts.some((each) => each.includes(key)),
        () => false,
      );
      return { rooms: await inOrder(ids.slice(offset, offset + limit)), total: ids.length };
    },
    async sealedKey(id) {
      const [ownerId, sealedKey] = await sealed(id);
      if (ownerId == null || sealedKey == null) return null;
      return { ownerId, sealedKey: Uint8Array.fromBase64(sealedKey) };
    },
    replaceKey: async (id, { sealedKey }) =>
      await run("room_update", [id, 0, "sealedKey", sealedKey.toBase64()]) !== null,
  };
}

/** The follows behind `run`. */
export function followsOver(run: Run): FollowRepository {
  return {
    add: async ({ accountId, roomId, atMs }, { max }) =>
      await run("follow", ["add", accountId, roomId, atMs, max]) as "done",
    async remove({ accountId, roomId }) {
      await run("follow", ["remove", accountId, roomId]);
    },
    has: async ({ accountId, roomId }) => await run("follow", ["has", accountId, roomId]) === 1,
    async rooms(accountId, { limit }) {
      const rooms: Room[] = [];
      for (let first = 0; rooms.length < limit; first += PAGE) {
        const page = toList(await run("rooms_read", ["follows", accountId, first, PAGE]));
        // One that is gone is null.
        rooms.push(
          ...page.filter((reply) => reply !== null).map(toRoom).filter((room) => !room.suspended),
        );
        if (page.length < PAGE) break;
      }
      return rooms.slice(0, limit);
    },
  };
}

/** The broadcasts behind `run`. */
export function broadcastsOver(run: Run): BroadcastRepository {
  const read = async (limit: number, roomId: string) =>
    toList(await run("broadcast_read", [limit, roomId])).filter((reply) => reply !== null)
      .map((reply) => toBroadcast(JSON.parse(String(reply))));
  return {
    async put(broadcasts, { maxPerRoom, fence }) {
      const records = broadcasts.flatMap((broadcast) => [
        broadcast.roomId,
        broadcast.startedAtMs,
        Number(broadcast.endedAtMs === null),
        JSON.stringify(broadcast),
      ]);
      if (records.length === 0) return "done";
      const held = [fence?.lease ?? "", fence?.fence ?? 0];
      return await run("broadcast_put", [maxPerRoom, ...held, ...records]) as "done" | "passed_on";
    },
    list: (roomId, { limit }) => read(limit, roomId),
    running: ({ limit }) => read(limit, ""),
  };
}

/** A record as it was written; one of before gifts has no coins. */
function toBroadcast(record: Omit<Broadcast, "giftCoins"> & Partial<Broadcast>): Broadcast {
  return { ...record, giftCoins: record.giftCoins ?? 0 };
}

function columnsOf(change: RoomChange) {
  const { title, titleKey, description, category, cover, nextLiveAtMs, lastLiveAtMs } = change;
  return {
    ...{ title, titleKey, description, category, cover, nextLiveAtMs, lastLiveAtMs },
    suspended: change.suspended,
  };
}

function toLooked(reply: Reply): Looked {
  const [id, titleKey, category, suspended, nameKey, displayKey, ownerSuspended] = toList(reply);
  return {
    id: String(id),
    texts: [titleKey, nameKey, displayKey, id].map((each) => textOrNull(each) ?? ""),
    category: textOrNull(category),
    suspended: suspended === "1" || ownerSuspended === "1",
  };
}

function toRoom(reply: Reply): Room {
  const [room, owner, followers] = toList(reply);
  const fields = toFields(room);
  const [name, displayName, avatar, suspended] = toList(owner).map(textOrNull);
  return {
    id: text(fields, "id"),
    title: text(fields, "title"),
    description: text(fields, "description"),
    category: fields.get("category") ?? null,
    cover: fields.get("cover") ?? null,
    nextLiveAtMs: numberOrNull(fields.get("nextLiveAtMs")),
    lastLiveAtMs: numberOrNull(fields.get("lastLiveAtMs")),
    suspended: fields.get("suspended") === "1" || suspended === "1",
    followers: Number(followers),
    owner: {
      id: text(fields, "ownerId"),
      name: displayName ?? name ?? "",
      avatar: avatar ?? null,
    },
    createdAtMs: Number(text(fields, "createdAtMs")),
  };
}

function numberOrNull(value: string | undefined): number | null {
  return value === undefined ? null : Number(value);
}
