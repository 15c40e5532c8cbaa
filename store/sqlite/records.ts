/**
 * Likes, settings with their history, and the audit log, as SQL.
 *
 * @module
 */
import type { AuditAction, AuditEntry } from "../../rooms/model.ts";
import type { SettingChange } from "../../rooms/repository.ts";
import type { Operations } from "../operations.ts";
import type { Connection, Row } from "./connection.ts";

/** The likes of a connection. */
export function likeOperations(at: Connection): Operations["likes"] {
  return {
    add: (increments) =>
      at.transaction(() => {
        for (const { roomId, count } of increments) {
          at.run(
            `INSERT INTO likes (room_id, total, untold) VALUES (?1, ?2, ?2)
             ON CONFLICT (room_id) DO UPDATE SET total = total + ?2, untold = untold + ?2`,
            roomId,
            count,
          );
        }
      }),
    changed: ({ limit }) =>
      at.transaction(() => {
        const rows = at.all(
          "SELECT room_id, total, untold FROM likes WHERE untold > 0 LIMIT ?",
          limit,
        );
        return rows.map(({ room_id, total, untold }) => {
          at.run("UPDATE likes SET untold = 0 WHERE room_id = ?", String(room_id));
          return { roomId: String(room_id), total: Number(total), added: Number(untold) };
        });
      }),
    totals: (roomIds) =>
      roomIds.map((roomId) =>
        Number(at.get("SELECT total FROM likes WHERE room_id = ?", roomId)?.total ?? 0)
      ),
  };
}

/** The settings of a connection. */
export function settingOperations(at: Connection): Operations["settings"] {
  return {
    put: (changes) =>
      at.transaction(() => {
        for (const { key, value, atMs, actor } of changes) {
          at.run(
            "INSERT INTO settings (key, value, at_ms, actor_id, actor_name) VALUES (?, ?, ?, ?, ?)",
            key,
            value,
            atMs,
            actor.id,
            actor.name,
          );
        }
      }),
    current: () =>
      at.all(
        `SELECT * FROM settings WHERE id IN (SELECT max(id) FROM settings GROUP BY key)
         ORDER BY key`,
      ).map(toChange),
    history: ({ before, limit }) =>
      at.all(
        "SELECT * FROM settings WHERE id < ? ORDER BY id DESC LIMIT ?",
        before ?? Number.MAX_SAFE_INTEGER,
        limit,
      ).map(toChange),
  };
}

/** The audit log of a connection. */
export function auditOperations(at: Connection): Operations["audit"] {
  return {
    append: (entry, { maxEntries }) =>
      at.transaction(() => {
        at.run(
          `INSERT INTO audit (at_ms, actor_id, actor_name, action, target, detail)
           VALUES (?, ?, ?, ?, ?, ?)`,
          entry.atMs,
          entry.actor.id,
          entry.actor.name,
          entry.action,
          entry.target,
          entry.detail,
        );
        at.run("DELETE FROM audit WHERE id <= (SELECT max(id) FROM audit) - ?", maxEntries);
      }),
    list: ({ before, limit, action }) =>
      at.all(
        `SELECT * FROM audit WHERE id < ?1 AND (?2 = '' OR action = ?2)
         ORDER BY id DESC LIMIT ?3`,
        before ?? Number.MAX_SAFE_INTEGER,
        action ?? "",
        limit,
      ).map(toEntry),
  };
}

function toChange(row: Row): SettingChange {
  return {
    id: Number(row.id),
    key: String(row.key),
    value: String(row.value),
    atMs: Number(row.at_ms),
    actor: { id: String(row.actor_id), name: String(row.actor_name) },
  };
}

function toEntry(row: Row): AuditEntry {
  return {
    id: Number(row.id),
    atMs: Number(row.at_ms),
    actor: { id: String(row.actor_id), name: String(row.actor_name) },
    action: String(row.action) as AuditAction,
    target: String(row.target),
    detail: String(row.detail),
  };
}
