/**
 * The repositories as statements on one SQLite connection; each operation is one transaction.
 *
 * @module
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import type { Account, Room } from "../../rooms/model.ts";
import type { StoredAccount } from "../../rooms/repository.ts";
import type { Operations } from "../operations.ts";

type Row = Record<string, SQLInputValue>;

const ACCOUNT_COLUMNS = "id, name, name_key, admin, created_at_ms, password_hash";
const SELECT_ROOM = `
  SELECT rooms.id, rooms.title, rooms.created_at_ms, accounts.id AS owner_id,
         accounts.name AS owner_name
  FROM rooms JOIN accounts ON accounts.id = rooms.owner_id`;

/** SQLITE_CONSTRAINT_FOREIGNKEY, an extended result code. */
const FOREIGN_KEY_VIOLATED = 787;

/** Operations on an opened and migrated database; prepares its statements at the first use. */
export function sqliteOperations(database: DatabaseSync): Operations {
  const statements = new Map<string, StatementSync>();
  const prepared = (sql: string): StatementSync => {
    let statement = statements.get(sql);
    if (statement === undefined) statements.set(sql, statement = database.prepare(sql));
    return statement;
  };
  const get = (sql: string, ...input: SQLInputValue[]): Row | undefined =>
    prepared(sql).get(...input) as Row | undefined;
  const all = (sql: string, ...input: SQLInputValue[]): Row[] =>
    prepared(sql).all(...input) as Row[];
  const run = (sql: string, ...input: SQLInputValue[]): number =>
    Number(prepared(sql).run(...input).changes);
  const transaction = <T>(body: () => T): T => {
    database.exec("BEGIN IMMEDIATE");
    try {
      const result = body();
      database.exec("COMMIT");
      return result;
    } catch (error) {
      database.exec("ROLLBACK");
      throw error;
    }
  };

  const insertAccount = (account: StoredAccount): "created" | "name_taken" => {
    const inserted = run(
      `INSERT INTO accounts (${ACCOUNT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
      account.id,
      account.name,
      account.nameKey,
      account.admin ? 1 : 0,
      account.createdAtMs,
      account.passwordHash,
    );
    return inserted === 1 ? "created" : "name_taken";
  };
  const accountBy = (column: "id" | "name_key", value: string): StoredAccount | null =>
    toStoredAccount(get(`SELECT ${ACCOUNT_COLUMNS} FROM accounts WHERE ${column} = ?`, value));
  const hasAdmin = () =>
    get("SELECT 1 AS found FROM accounts WHERE admin = 1 LIMIT 1") !== undefined;
  const roomById = (id: string) => toRoom(get(`${SELECT_ROOM} WHERE rooms.id = ?`, id));

  return {
    accounts: {
      create: insertAccount,
      createFirstAdmin: (account) =>
        transaction(() => hasAdmin() ? "admin_exists" : insertAccount(account)),
      putAdmin: (account) =>
        transaction(() => {
          run(
            `INSERT INTO accounts (${ACCOUNT_COLUMNS}) VALUES (?, ?, ?, 1, ?, ?)
             ON CONFLICT (name_key) DO UPDATE SET admin = 1, password_hash = excluded.password_hash`,
            account.id,
            account.name,
            account.nameKey,
            account.createdAtMs,
            account.passwordHash,
          );
          const kept = accountBy("name_key", account.nameKey) as StoredAccount;
          run("DELETE FROM sessions WHERE account_id = ?", kept.id);
          return kept;
        }),
      byId: (id) => accountBy("id", id),
      byNameKey: (nameKey) => accountBy("name_key", nameKey),
      hasAdmin,
    },
    sessions: {
      create: (session, { maxPerAccount }) =>
        transaction(() => {
          naming("Cannot create the session: its account does not exist", () =>
            run(
              `INSERT INTO sessions (token_hash, account_id, created_at_ms, expires_at_ms)
               VALUES (?, ?, ?, ?)`,
              session.tokenHash,
              session.accountId,
              session.createdAtMs,
              session.expiresAtMs,
            ));
          run(
            `DELETE FROM sessions WHERE rowid IN (
               SELECT rowid FROM sessions WHERE account_id = ?
               ORDER BY created_at_ms DESC, rowid DESC LIMIT -1 OFFSET ?)`,
            session.accountId,
            maxPerAccount,
          );
        }),
      find(tokenHash, { nowMs }) {
        const row = get(
          `SELECT sessions.token_hash, sessions.created_at_ms AS began_at_ms,
                  sessions.expires_at_ms, accounts.id, accounts.name, accounts.admin,
                  accounts.created_at_ms
           FROM sessions JOIN accounts ON accounts.id = sessions.account_id
           WHERE sessions.token_hash = ? AND sessions.expires_at_ms > ?`,
          tokenHash,
          nowMs,
        );
        if (row === undefined) return null;
        const account = toAccount(row);
        const session = {
          tokenHash,
          accountId: account.id,
          createdAtMs: Number(row.began_at_ms),
          expiresAtMs: Number(row.expires_at_ms),
        };
        return { session, account };
      },
      extend(tokenHash, { expiresAtMs }) {
        run("UPDATE sessions SET expires_at_ms = ? WHERE token_hash = ?", expiresAtMs, tokenHash);
      },
      delete(tokenHash) {
        run("DELETE FROM sessions WHERE token_hash = ?", tokenHash);
      },
      deleteExpired: ({ nowMs, limit }) =>
        run(
          `DELETE FROM sessions WHERE rowid IN (
             SELECT rowid FROM sessions WHERE expires_at_ms <= ? LIMIT ?)`,
          nowMs,
          limit,
        ),
      count: () => Number(get("SELECT count(*) AS number FROM sessions")?.number),
    },
    rooms: {
      create: (room) =>
        transaction(() => {
          if (get("SELECT 1 AS found FROM rooms WHERE owner_id = ?", room.ownerId)) return null;
          const inserted = naming("Cannot create the room: its owner does not exist", () =>
            get(
              `INSERT INTO rooms (owner_id, title, created_at_ms, sealed_key)
               VALUES (?, ?, ?, ?) RETURNING id`,
              room.ownerId,
              room.title,
              room.createdAtMs,
              room.sealedKey,
            ));
          return roomById(String(inserted?.id));
        }),
      byId: roomById,
      byOwner: (accountId) => toRoom(get(`${SELECT_ROOM} WHERE rooms.owner_id = ?`, accountId)),
      byIds: (ids) =>
        all(
          `${SELECT_ROOM} WHERE rooms.id IN (SELECT CAST(value AS INTEGER) FROM json_each(?))`,
          JSON.stringify(ids),
        ).map((row) => toRoom(row) as Room),
      newest: ({ limit, except }) =>
        all(
          `${SELECT_ROOM} WHERE rooms.id NOT IN (SELECT CAST(value AS INTEGER) FROM json_each(?))
           ORDER BY rooms.id DESC LIMIT ?`,
          JSON.stringify(except),
          limit,
        ).map((row) => toRoom(row) as Room),
      updateTitle: (id, { title }) =>
        transaction(() => {
          run("UPDATE rooms SET title = ? WHERE id = ?", title, id);
          return roomById(id);
        }),
      sealedKey(id) {
        const row = get("SELECT owner_id, sealed_key FROM rooms WHERE id = ?", id);
        if (row === undefined) return null;
        return { ownerId: String(row.owner_id), sealedKey: row.sealed_key as Uint8Array };
      },
      replaceKey: (id, { sealedKey }) =>
        run("UPDATE rooms SET sealed_key = ? WHERE id = ?", sealedKey, id) === 1,
    },
  };
}

/** Turns a violated reference into a TypeError of this message. */
function naming<T>(message: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if ((error as { errcode?: unknown }).errcode === FOREIGN_KEY_VIOLATED) {
      throw new TypeError(message, { cause: error });
    }
    throw error;
  }
}

function toAccount(row: Row): Account {
  return {
    id: String(row.id),
    name: String(row.name),
    admin: row.admin === 1,
    createdAtMs: Number(row.created_at_ms),
  };
}

function toStoredAccount(row: Row | undefined): StoredAccount | null {
  if (row === undefined) return null;
  return {
    ...toAccount(row),
    nameKey: String(row.name_key),
    passwordHash: String(row.password_hash),
  };
}

function toRoom(row: Row | undefined): Room | null {
  if (row === undefined) return null;
  return {
    id: String(row.id),
    title: String(row.title),
    owner: { id: String(row.owner_id), name: String(row.owner_name) },
    createdAtMs: Number(row.created_at_ms),
  };
}
