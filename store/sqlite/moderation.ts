/**
 * Lists of moderation and turns, as SQL.
 *
 * @module
 */
import { type ListRecord, LISTS_OF_ROOM } from "../../rooms/moderation/repository.ts";
import type { Operations } from "../operations.ts";
import { type Connection, numberOrNull, type Row } from "./connection.ts";

/** Turns are forgotten after so long, milliseconds; longer than any slow mode. */
const TURN_LIFE_MS = 3_600_000;

/** The lists of a connection. */
export function moderationOperations(at: Connection): Operations["moderation"] {
  const isFull = (list: string, max: number) =>
    Number(at.get("SELECT count(*) AS number FROM moderation WHERE list = ?", list)?.number) >= max;
  return {
    put: ({ list, item, atMs, untilMs, value }, { max, overflow, isAbout, nowMs }) =>
      at.transaction(() => {
        const known = at.get("SELECT 1 FROM moderation WHERE list = ? AND item = ?", list, item);
        if (known === undefined && isFull(list, max)) {
          at.run("DELETE FROM moderation WHERE list = ? AND until_ms <= ?", list, nowMs);
          if (isFull(list, max)) {
            if (overflow === "refuse") return "too_many";
            at.run(
              `DELETE FROM moderation WHERE list = ?1 AND item = (
                 SELECT item FROM moderation WHERE list = ?1 ORDER BY at_ms, item LIMIT 1)`,
              list,
            );
          }
        }
        at.run(
          `INSERT OR REPLACE INTO moderation (list, item, at_ms, until_ms, about, value)
           VALUES (?, ?, ?, ?, ?, ?)`,
          list,
          item,
          atMs,
          untilMs,
          isAbout ? item : null,
          value,
        );
        return "done";
      }),
    remove: ({ list, item }) =>
      at.run("DELETE FROM moderation WHERE list = ? AND item = ?", list, item) === 1,
    get: (places) =>
      places.map(({ list, item }) => {
        const row = at.get("SELECT * FROM moderation WHERE list = ? AND item = ?", list, item);
        return row === undefined ? null : toRecord(row);
      }),
    list: (list, { limit, nowMs }) =>
      at.all(
        `SELECT * FROM moderation WHERE list = ? AND (until_ms IS NULL OR until_ms > ?)
         ORDER BY at_ms DESC, item DESC LIMIT ?`,
        list,
        nowMs,
        limit,
      ).map(toRecord),
    takeTurn: ({ roomId, sender, key, nowMs }, { everyMs }) =>
      at.transaction(() => {
        const last = at.get(
          "SELECT at_ms, key FROM turns WHERE room_id = ? AND sender = ?",
          roomId,
          sender,
        );
        if (last !== undefined) {
          if (last.key === key) return 0;
          const waitMs = Number(last.at_ms) + everyMs - nowMs;
          if (waitMs > 0) return Math.min(waitMs, everyMs);
        }
        at.run("DELETE FROM turns WHERE at_ms < ?", nowMs - TURN_LIFE_MS);
        at.run(
          "INSERT OR REPLACE INTO turns (room_id, sender, at_ms, key) VALUES (?, ?, ?, ?)",
          roomId,
          sender,
          nowMs,
          key,
        );
        return 0;
      }),
  };
}

/** Takes out what is of an account and of its room. */
export function forgetModeration(
  at: Connection,
  { accountId, roomId }: { readonly accountId: string; readonly roomId: string | null },
): void {
  at.run("DELETE FROM moderation WHERE about = ?", accountId);
  at.run("DELETE FROM moderation WHERE list = ?", `blocks:${accountId}`);
  if (roomId === null) return;
  for (const kind of LISTS_OF_ROOM) {
    at.run("DELETE FROM moderation WHERE list = ?", `${kind}:${roomId}`);
  }
}

function toRecord(row: Row): ListRecord {
  return {
    list: String(row.list),
    item: String(row.item),
    atMs: Number(row.at_ms),
    untilMs: numberOrNull(row.until_ms),
    value: String(row.value),
  };
}
