/**
 * Battles as SQL; see `book.ts`.
 *
 * @module
 */
import { type Battle, counts, type Ending, isFinal, type Phase } from "../../rooms/pk/battle.ts";
import { type Connection, type Row, textOrNull } from "../sqlite/connection.ts";
import type { MoneyOperations } from "./operations.ts";

/** A battle is kept for so long after its end, milliseconds. */
const KEPT_MS = 24 * 3_600_000;

/** Tables of battles. */
export const BATTLE_SCHEMA = `
  CREATE TABLE IF NOT EXISTS battles (
    id         TEXT PRIMARY KEY,
    version    INTEGER NOT NULL,
    phase      TEXT NOT NULL,
    room_a     TEXT NOT NULL,
    name_a     TEXT NOT NULL,
    score_a    INTEGER NOT NULL,
    room_b     TEXT NOT NULL,
    name_b     TEXT NOT NULL,
    score_b    INTEGER NOT NULL,
    duration_s INTEGER NOT NULL,
    ends_at_ms INTEGER NOT NULL,
    winner     TEXT,
    ending     TEXT,
    told       TEXT,
    is_open    INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS battles_open ON battles (ends_at_ms) WHERE is_open = 1;
  CREATE INDEX IF NOT EXISTS battles_ended ON battles (ends_at_ms) WHERE is_open = 0;
  -- The battle that a room is or was in last.
  CREATE TABLE IF NOT EXISTS battle_rooms (
    room_id   TEXT PRIMARY KEY,
    battle_id TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS battle_gifts (
    battle_id TEXT NOT NULL,
    key       TEXT NOT NULL,
    PRIMARY KEY (battle_id, key)
  ) STRICT, WITHOUT ROWID;
`;

/** The battles of a connection. */
export function battleOperations(at: Connection): MoneyOperations["battles"] {
  const byId = (id: string): Battle | null => {
    const row = at.get("SELECT * FROM battles WHERE id = ?", id);
    return row === undefined ? null : toBattle(row);
  };
  const ofRoom = (roomId: string): Battle | null => {
    const row = at.get("SELECT battle_id FROM battle_rooms WHERE room_id = ?", roomId);
    return row === undefined ? null : byId(String(row.battle_id));
  };
  return {
    create(battle) {
      for (const { room } of battle.sides) {
        const current = ofRoom(room);
        if (current !== null && !isFinal(current.phase)) return "busy";
      }
      const [a, b] = battle.sides;
      at.run(
        `INSERT INTO battles (id, version, phase, room_a, name_a, score_a, room_b, name_b, score_b,
           duration_s, ends_at_ms, winner, ending, told, is_open)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)`,
        battle.id,
        battle.version,
        battle.phase,
        a.room,
        a.name,
        a.score,
        b.room,
        b.name,
        b.score,
        battle.durationS,
        battle.endsAtMs,
        battle.winner,
        battle.ending,
        battle.told,
      );
      for (const { room } of battle.sides) {
        at.run(
          "INSERT OR REPLACE INTO battle_rooms (room_id, battle_id) VALUES (?, ?)",
          room,
          battle.id,
        );
      }
      return "created";
    },

    ofRoom,

    replace(battle) {
      const done = isFinal(battle.phase) && battle.told === battle.phase;
      const replaced = at.run(
        `UPDATE battles SET version = version + 1, phase = ?, ends_at_ms = ?, winner = ?,
           ending = ?, told = ?, is_open = ?
         WHERE id = ? AND version = ?`,
        battle.phase,
        battle.endsAtMs,
        battle.winner,
        battle.ending,
        battle.told,
        Number(!done),
        battle.id,
        battle.version,
      );
      if (replaced === 0) return null;
      if (done) forget(at, battle.endsAtMs - KEPT_MS);
      return byId(battle.id);
    },

    score({ battleId, room, coins, key, atMs }) {
      const battle = byId(battleId);
      if (battle === null) return null;
      const known = at.get(
        "SELECT 1 AS found FROM battle_gifts WHERE battle_id = ? AND key = ?",
        battleId,
        key,
      );
      if (known !== undefined) return battle;
      const side = battle.sides.findIndex((each) => each.room === room);
      if (side < 0 || !counts(battle, atMs)) return null;
      at.run("INSERT INTO battle_gifts (battle_id, key) VALUES (?, ?)", battleId, key);
      at.run(
        `UPDATE battles SET version = version + 1, score_a = score_a + ?, score_b = score_b + ?
         WHERE id = ?`,
        side === 0 ? coins : 0,
        side === 1 ? coins : 0,
        battleId,
      );
      return byId(battleId);
    },

    open: ({ limit }) =>
      at.all("SELECT * FROM battles WHERE is_open = 1 ORDER BY ends_at_ms LIMIT ?", limit)
        .map(toBattle),
  };
}

/** Battles that ended before an instant, a few at a time. */
function forget(at: Connection, beforeMs: number): void {
  const rows = at.all(
    "SELECT id, room_a, room_b FROM battles WHERE is_open = 0 AND ends_at_ms < ? LIMIT 20",
    beforeMs,
  );
  for (const { id } of rows) {
    at.run("DELETE FROM battle_gifts WHERE battle_id = ?", id!);
    at.run("DELETE FROM battle_rooms WHERE battle_id = ?", id!);
    at.run("DELETE FROM battles WHERE id = ?", id!);
  }
}

function toBattle(row: Row): Battle {
  return {
    id: String(row.id),
    version: Number(row.version),
    phase: String(row.phase) as Phase,
    sides: [
      { room: String(row.room_a), name: String(row.name_a), score: Number(row.score_a) },
      { room: String(row.room_b), name: String(row.name_b), score: Number(row.score_b) },
    ],
    durationS: Number(row.duration_s),
    endsAtMs: Number(row.ends_at_ms),
    winner: textOrNull(row.winner),
    ending: textOrNull(row.ending) as Ending | null,
    told: textOrNull(row.told) as Phase | null,
  };
}
