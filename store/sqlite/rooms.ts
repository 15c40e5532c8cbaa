/**
 * Rooms, who follows them, and their broadcasts as SQL.
 *
 * @module
 */
import type { Broadcast, Room } from "../../rooms/model.ts";
import type { RoomChange } from "../../rooms/repository.ts";
import type { Operations } from "../operations.ts";
import {
  assignments,
  type Connection,
  naming,
  numberOrNull,
  type Row,
  textOrNull,
} from "./connection.ts";
import { isPassedOn } from "./leases.ts";

const SELECT_ROOM = `
  SELECT rooms.*, accounts.name AS owner_name, accounts.display_name AS owner_display_name,
         accounts.avatar AS owner_avatar, accounts.suspended AS owner_suspended
  FROM rooms JOIN accounts ON accounts.id = rooms.owner_id`;

const OPEN = "rooms.suspended = 0 AND accounts.suspended = 0";

/** The rooms of a connection. */
export function roomOperations(at: Connection): Operations["rooms"] {
  const byId = (id: string) => toRoomOrNull(at.get(`${SELECT_ROOM} WHERE rooms.id = ?`, id));
  return {
    create: (room) =>
      at.transaction(() => {
        if (at.get("SELECT 1 AS found FROM rooms WHERE owner_id = ?", room.ownerId)) return null;
        const inserted = naming("Cannot create the room: its owner does not exist", () =>
          at.get(
            `INSERT INTO rooms (owner_id, title, title_key, created_at_ms, sealed_key)
             VALUES (?, ?, ?, ?, ?) RETURNING id`,
            room.ownerId,
            room.title,
            room.titleKey,
            room.createdAtMs,
            room.sealedKey,
          ));
        return byId(String(inserted?.id));
      }),
    byId,
    byOwner: (accountId) =>
      toRoomOrNull(at.get(`${SELECT_ROOM} WHERE rooms.owner_id = ?`, accountId)),
    byIds: (ids) =>
      at.all(
        `${SELECT_ROOM} WHERE rooms.id IN (SELECT CAST(value AS INTEGER) FROM json_each(?))`,
        JSON.stringify(ids),
      ).map(toRoom),
    newest: ({ limit, except, category }) =>
      at.all(
        `${SELECT_ROOM}
         WHERE rooms.id NOT IN (SELECT CAST(value AS INTEGER) FROM json_each(?1)) AND ${OPEN}
           AND (?2 IS NULL OR rooms.category = ?2)
         ORDER BY rooms.id DESC LIMIT ?3`,
        JSON.stringify(except),
        category,
        limit,
      ).map(toRoom),
    update: (id, change) =>
      at.transaction(() => {
        const set = assignments(columnsOf(change));
        if (set !== null) at.run(`UPDATE rooms SET ${set.sql} WHERE id = ?`, ...set.input, id);
        return byId(id);
      }),
    search({ key, limit, offset, all, category }) {
      const where =
        `(?2 IS NULL OR rooms.category = ?2) AND (?1 = '' OR instr(rooms.title_key, ?1) > 0
           OR instr(accounts.name_key, ?1) > 0
           OR instr(coalesce(accounts.display_key, ''), ?1) > 0
           OR instr(CAST(rooms.id AS TEXT), ?1) > 0)${all ? "" : ` AND ${OPEN}`}`;
      const rows = at.all(
        `${SELECT_ROOM} WHERE ${where} ORDER BY rooms.id DESC LIMIT ?3 OFFSET ?4`,
        key,
        category,
        limit,
        offset,
      );
      const total = at.get(
        `SELECT count(*) AS n FROM rooms JOIN accounts ON accounts.id = rooms.owner_id
         WHERE ${where}`,
        key,
        category,
      );
      return { rooms: rows.map(toRoom), total: Number(total?.n) };
    },
    sealedKey(id) {
      const row = at.get("SELECT owner_id, sealed_key FROM rooms WHERE id = ?", id);
      if (row === undefined) return null;
      return { ownerId: String(row.owner_id), sealedKey: row.sealed_key as Uint8Array };
    },
    replaceKey: (id, { sealedKey }) =>
      at.run("UPDATE rooms SET sealed_key = ? WHERE id = ?", sealedKey, id) === 1,
  };
}

/** The follows of a connection; the number of a room's followers is kept beside it. */
export function followOperations(at: Connection): Operations["follows"] {
  const count = (roomId: string, by: 1 | -1) =>
    at.run("UPDATE rooms SET followers = followers + ? WHERE id = ?", by, roomId);
  const has = ({ accountId, roomId }: { accountId: string; roomId: string }) =>
    at.get(
      "SELECT 1 AS found FROM follows WHERE account_id = ? AND room_id = ?",
      accountId,
      roomId,
    ) !== undefined;
  return {
    add: (follow, { max }) =>
      at.transaction(() => {
        const { accountId, roomId, atMs } = follow;
        if (has(follow)) return "done";
        const room = at.get("SELECT 1 AS found FROM rooms WHERE id = ?", roomId);
        const account = at.get("SELECT 1 AS found FROM accounts WHERE id = ?", accountId);
        if (room === undefined || account === undefined) return "unknown";
        const followed = at.get(
          "SELECT count(*) AS n FROM follows WHERE account_id = ?",
          accountId,
        );
        if (Number(followed?.n) >= max) return "too_many";
        at.run(
          "INSERT INTO follows (account_id, room_id, at_ms) VALUES (?, ?, ?)",
          accountId,
          roomId,
          atMs,
        );
        count(roomId, 1);
        return "done";
      }),
    remove: ({ accountId, roomId }) =>
      at.transaction(() => {
        const removed = at.run(
          "DELETE FROM follows WHERE account_id = ? AND room_id = ?",
          accountId,
          roomId,
        );
        if (removed === 1) count(roomId, -1);
      }),
    has,
    rooms: (accountId, { limit }) =>
      at.all(
        `${SELECT_ROOM} JOIN follows ON follows.room_id = rooms.id
         WHERE follows.account_id = ? AND ${OPEN}
         ORDER BY follows.at_ms DESC, rooms.id DESC LIMIT ?`,
        accountId,
        limit,
      ).map(toRoom),
  };
}

/** The broadcasts of a connection. */
export function broadcastOperations(at: Connection): Operations["broadcasts"] {
  return {
    put: (broadcasts, { maxPerRoom, fence }) =>
      at.transaction(() => {
        if (isPassedOn(at, fence)) return "passed_on";
        for (const broadcast of broadcasts) {
          const known = at.get("SELECT 1 AS found FROM rooms WHERE id = ?", broadcast.roomId);
          if (known === undefined) continue;
          at.run(
            `INSERT OR REPLACE INTO broadcasts (room_id, started_at_ms, ended_at_ms, seen_at_ms,
               peak_viewers, average_viewers, average_kbps, dropped_frames, reconnects, encoder,
               protocol, width, height, gift_coins)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
            broadcast.roomId,
            broadcast.startedAtMs,
            broadcast.endedAtMs,
            broadcast.seenAtMs,
            broadcast.peakViewers,
            broadcast.averageViewers,
            broadcast.averageKbps,
            broadcast.droppedFrames,
            broadcast.reconnects,
            broadcast.encoder,
            broadcast.protocol,
            broadcast.width,
            broadcast.height,
            broadcast.giftCoins,
          );
          at.run(
            `DELETE FROM broadcasts WHERE room_id = ?1 AND started_at_ms IN (
               SELECT started_at_ms FROM broadcasts WHERE room_id = ?1
               ORDER BY started_at_ms DESC LIMIT -1 OFFSET ?2)`,
            broadcast.roomId,
            maxPerRoom,
          );
        }
        return "done";
      }),
    list: (roomId, { limit }) =>
      at.all(
        "SELECT * FROM broadcasts WHERE room_id = ? ORDER BY started_at_ms DESC LIMIT ?",
        roomId,
        limit,
      ).map(toBroadcast),
    running: ({ limit }) =>
      at.all(
        `SELECT * FROM broadcasts WHERE ended_at_ms IS NULL
         ORDER BY started_at_ms LIMIT ?`,
        limit,
      ).map(toBroadcast),
  };
}

function columnsOf(change: RoomChange) {
  return {
    title: change.title,
    title_key: change.titleKey,
    description: change.description,
    category: change.category,
    cover: change.cover,
    next_live_at_ms: change.nextLiveAtMs,
    last_live_at_ms: change.lastLiveAtMs,
    suspended: change.suspended === undefined ? undefined : Number(change.suspended),
  };
}

function toRoomOrNull(row: Row | undefined): Room | null {
  return row === undefined ? null : toRoom(row);
}

function toRoom(row: Row): Room {
  return {
    id: String(row.id),
    title: String(row.title),
    description: String(row.description),
    category: textOrNull(row.category),
    cover: textOrNull(row.cover),
    nextLiveAtMs: numberOrNull(row.next_live_at_ms),
    lastLiveAtMs: numberOrNull(row.last_live_at_ms),
    suspended: row.suspended === 1 || row.owner_suspended === 1,
    followers: Number(row.followers),
    owner: {
      id: String(row.owner_id),
      name: textOrNull(row.owner_display_name) ?? String(row.owner_name),
      avatar: textOrNull(row.owner_avatar),
    },
    createdAtMs: Number(row.created_at_ms),
  };
}

function toBroadcast(row: Row): Broadcast {
  return {
    roomId: String(row.room_id),
    startedAtMs: Number(row.started_at_ms),
    endedAtMs: numberOrNull(row.ended_at_ms),
    seenAtMs: Number(row.seen_at_ms),
    peakViewers: Number(row.peak_viewers),
    averageViewers: Number(row.average_viewers),
    averageKbps: Number(row.average_kbps),
    droppedFrames: Number(row.dropped_frames),
    reconnects: Number(row.reconnects),
    giftCoins: Number(row.gift_coins),
    encoder: textOrNull(row.encoder),
    protocol: String(row.protocol),
    width: Number(row.width),
    height: Number(row.height),
  };
}
