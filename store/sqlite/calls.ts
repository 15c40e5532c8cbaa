/**
 * Calls as SQL: one document each.
 *
 * @module
 */
import type { Call } from "../../rooms/calls/call.ts";
import type { KeptCall } from "../../rooms/calls/repository.ts";
import type { Operations } from "../operations.ts";
import type { Connection, Row } from "./connection.ts";

/** Calls that are over and are removed with each one that is made. */
const SWEPT_AT_ONCE = 50;

/** The calls of a connection. */
export function callOperations(at: Connection): Operations["calls"] {
  return {
    read: (name, { nowMs }) => {
      const row = at.get(
        "SELECT version, document FROM calls WHERE name = ? AND expires_ms > ?",
        name,
        nowMs,
      );
      return row === undefined ? null : toKept(row);
    },
    put: (name, { version, call, expiresAtMs, nowMs }, { max }) =>
      at.transaction(() => {
        const known = at.get("SELECT version, expires_ms FROM calls WHERE name = ?", name);
        const current = known === undefined || Number(known.expires_ms) <= nowMs
          ? 0
          : Number(known.version);
        if (current !== version) return "changed";
        if (call === null) {
          at.run("DELETE FROM calls WHERE name = ?", name);
          return 0;
        }
        if (version === 0) {
          at.run(
            `DELETE FROM calls WHERE name IN
               (SELECT name FROM calls WHERE expires_ms <= ? ORDER BY expires_ms LIMIT ?)`,
            nowMs,
            SWEPT_AT_ONCE,
          );
          if (Number(at.get("SELECT count(*) AS n FROM calls")?.n) >= max) return "full";
        }
        // By the clock: a name that ended and is made again goes on above what it was.
        const next = Math.max(version + 1, nowMs);
        at.run(
          `INSERT OR REPLACE INTO calls (name, owner_id, version, expires_ms, document)
           VALUES (?, ?, ?, ?, ?)`,
          name,
          call.ownerId,
          next,
          expiresAtMs,
          JSON.stringify(call),
        );
        return next;
      }),
    ofOwner: (accountId, { nowMs, limit }) =>
      at.all(
        `SELECT version, document FROM calls WHERE owner_id = ? AND expires_ms > ?
         ORDER BY name LIMIT ?`,
        accountId,
        nowMs,
        limit,
      ).map(toKept),
  };
}

function toKept(row: Row): KeptCall {
  return { version: Number(row.version), call: JSON.parse(String(row.document)) as Call };
}
