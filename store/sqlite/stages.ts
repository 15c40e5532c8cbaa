/**
 * Stages as SQL: one document each, and where accounts are seated.
 *
 * @module
 */
import type { Stage } from "../../rooms/stage/stage.ts";
import type { Operations } from "../operations.ts";
import type { Connection } from "./connection.ts";

/** Stages that are over and are removed with each one that is made. */
const SWEPT_AT_ONCE = 50;

/** The stages of a connection. */
export function stageOperations(at: Connection): Operations["stages"] {
  const forget = (room: string) => {
    at.run("DELETE FROM stage_holders WHERE room_id = ?", room);
    at.run("DELETE FROM stages WHERE room_id = ?", room);
  };
  return {
    read: (room, { nowMs }) => {
      const row = at.get(
        "SELECT version, document FROM stages WHERE room_id = ? AND expires_ms > ?",
        room,
        nowMs,
      );
      return row === undefined
        ? null
        : { version: Number(row.version), stage: JSON.parse(String(row.document)) as Stage };
    },
    put: (room, { version, stage, holders, expiresAtMs, nowMs }, { max }) =>
      at.transaction(() => {
        const known = at.get("SELECT version, expires_ms FROM stages WHERE room_id = ?", room);
        const current = known === undefined || Number(known.expires_ms) <= nowMs
          ? 0
          : Number(known.version);
        if (current !== version) return "changed";
        if (stage === null) {
          forget(room);
          return 0;
        }
        for (const account of holders) {
          const other = at.get(
            `SELECT 1 FROM stage_holders JOIN stages USING (room_id)
             WHERE account_id = ? AND room_id <> ? AND expires_ms > ?`,
            account,
            room,
            nowMs,
          );
          if (other !== undefined) return "elsewhere";
        }
        if (version === 0) {
          const over = at.all(
            "SELECT room_id FROM stages WHERE expires_ms <= ? ORDER BY expires_ms LIMIT ?",
            nowMs,
            SWEPT_AT_ONCE,
          );
          for (const row of over) forget(String(row.room_id));
          if (Number(at.get("SELECT count(*) AS n FROM stages")?.n) >= max) return "full";
        }
        // By the clock: a room whose stage ended and begins again goes on above what it was.
        const next = Math.max(version + 1, nowMs);
        at.run(
          `INSERT OR REPLACE INTO stages (room_id, version, expires_ms, document)
           VALUES (?, ?, ?, ?)`,
          room,
          next,
          expiresAtMs,
          JSON.stringify(stage),
        );
        at.run("DELETE FROM stage_holders WHERE room_id = ?", room);
        for (const account of holders) {
          at.run(
            "INSERT OR REPLACE INTO stage_holders (account_id, room_id) VALUES (?, ?)",
            account,
            room,
          );
        }
        return next;
      }),
    roomOf: (account, { nowMs }) => {
      const row = at.get(
        `SELECT room_id FROM stage_holders JOIN stages USING (room_id)
         WHERE account_id = ? AND expires_ms > ?`,
        account,
        nowMs,
      );
      return row === undefined ? null : String(row.room_id);
    },
    rooms: ({ nowMs, limit }) =>
      at.all(
        "SELECT room_id FROM stages WHERE expires_ms > ? ORDER BY expires_ms, room_id LIMIT ?",
        nowMs,
        limit,
      ).map((row) => String(row.room_id)),
  };
}
