/**
 * Accounts and their sessions as SQL.
 *
 * @module
 */
import type { Account } from "../../rooms/model.ts";
import type { AccountChange, StoredAccount, StoredSession } from "../../rooms/repository.ts";
import type { Operations } from "../operations.ts";
import { forgetModeration } from "./moderation.ts";
import { assignments, type Connection, naming, type Row, textOrNull } from "./connection.ts";

const COLUMNS = "id, name, name_key, display_name, avatar, admin, suspended, created_at_ms, " +
  "password_hash";
const SESSION_COLUMNS =
  "sessions.token_hash, sessions.id AS session_id, sessions.account_id, sessions.created_at_ms " +
  "AS began_at_ms, sessions.expires_at_ms, sessions.seen_at_ms, sessions.user_agent, " +
  "sessions.address";

/** The accounts of a connection. */
export function accountOperations(at: Connection): Operations["accounts"] {
  const by = (column: "id" | "name_key", value: string): StoredAccount | null =>
    toStoredAccount(at.get(`SELECT ${COLUMNS} FROM accounts WHERE ${column} = ?`, value));
  const hasAdmin = () =>
    at.get("SELECT 1 AS found FROM accounts WHERE admin = 1 LIMIT 1") !== undefined;
  const isDisplayed = (key: string, exceptId: string) =>
    at.get(
      "SELECT 1 AS found FROM accounts WHERE (display_key = ?1 OR name_key = ?1) AND id <> ?2",
      key,
      exceptId,
    ) !== undefined;
  const insert = (account: StoredAccount): "created" | "name_taken" => {
    if (isDisplayed(account.nameKey, "")) return "name_taken";
    const inserted = at.run(
      `INSERT INTO accounts (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
      account.id,
      account.name,
      account.nameKey,
      account.displayName,
      account.avatar,
      account.admin ? 1 : 0,
      account.suspended ? 1 : 0,
      account.createdAtMs,
      account.passwordHash,
    );
    return inserted === 1 ? "created" : "name_taken";
  };
  const isLastAdmin = (account: Account) =>
    account.admin && !account.suspended &&
    at.get(
        "SELECT 1 AS found FROM accounts WHERE admin = 1 AND suspended = 0 AND id <> ? LIMIT 1",
        account.id,
      ) === undefined;

  return {
    create: (account) => at.transaction(() => insert(account)),
    createFirstAdmin: (account) =>
      at.transaction(() => hasAdmin() ? "admin_exists" : insert(account)),
    putAdmin: (account) =>
      at.transaction(() => {
        const existing = by("name_key", account.nameKey);
        if (existing === null) {
          // Whoever shows this name as a display name gives it up: the configuration decides.
          at.run(
            "UPDATE accounts SET display_name = NULL, display_key = NULL WHERE display_key = ?",
            account.nameKey,
          );
          insert({ ...account, admin: true });
        } else {
          at.run(
            "UPDATE accounts SET admin = 1, suspended = 0, password_hash = ? WHERE id = ?",
            account.passwordHash,
            existing.id,
          );
        }
        const kept = by("name_key", account.nameKey) as StoredAccount;
        at.run("DELETE FROM sessions WHERE account_id = ?", kept.id);
        return kept;
      }),
    byId: (id) => by("id", id),
    byNameKey: (nameKey) => by("name_key", nameKey),
    hasAdmin,
    update: (id, change) =>
      at.transaction(() => {
        const account = by("id", id);
        if (account === null) return "unknown";
        if ((change.admin === false || change.suspended === true) && isLastAdmin(account)) {
          return "last_admin";
        }
        if (change.display && isDisplayed(change.display.key, id)) return "name_taken";
        const set = assignments(columnsOf(change));
        if (set !== null) {
          at.run(`UPDATE accounts SET ${set.sql} WHERE id = ?`, ...set.input, id);
        }
        return by("id", id) as StoredAccount;
      }),
    delete: (id) =>
      at.transaction(() => {
        const account = by("id", id);
        if (account === null) return "unknown";
        if (isLastAdmin(account)) return "last_admin";
        const room = at.get("SELECT id, cover FROM rooms WHERE owner_id = ?", id);
        at.run(
          `UPDATE rooms SET followers = followers - 1
           WHERE id IN (SELECT room_id FROM follows WHERE account_id = ?)`,
          id,
        );
        at.run("DELETE FROM follows WHERE account_id = ?", id);
        if (room !== undefined) {
          at.run("DELETE FROM follows WHERE room_id = ?", room.id as number);
          at.run("DELETE FROM broadcasts WHERE room_id = ?", room.id as number);
          at.run("DELETE FROM rooms WHERE id = ?", room.id as number);
        }
        forgetModeration(at, {
          accountId: id,
          roomId: room === undefined ? null : String(room.id),
        });
        // Its sessions go with it, by the reference.
        at.run("DELETE FROM accounts WHERE id = ?", id);
        return {
          roomId: room === undefined ? null : String(room.id),
          images: [account.avatar, textOrNull(room?.cover)].filter((image) => image !== null),
        };
      }),
    search({ key, limit, offset }) {
      const where = "(?1 = '' OR instr(accounts.name_key, ?1) > 0 OR " +
        "instr(coalesce(accounts.display_key, ''), ?1) > 0)";
      const rows = at.all(
        `SELECT accounts.*, rooms.id AS room_id,
                (SELECT count(*) FROM sessions WHERE account_id = accounts.id) AS sessions
         FROM accounts LEFT JOIN rooms ON rooms.owner_id = accounts.id
         WHERE ${where} ORDER BY accounts.created_at_ms DESC, accounts.id LIMIT ?2 OFFSET ?3`,
        key,
        limit,
        offset,
      );
      const total = Number(at.get(`SELECT count(*) AS n FROM accounts WHERE ${where}`, key)?.n);
      return {
        total,
        accounts: rows.map((row) => ({
          ...toAccount(row),
          roomId: textOrNull(row.room_id),
          sessions: Number(row.sessions),
        })),
      };
    },
    showsImage: (image) =>
      at.get(
        `SELECT 1 AS found FROM accounts WHERE avatar = ?1
         UNION ALL SELECT 1 FROM rooms WHERE cover = ?1 LIMIT 1`,
        image,
      ) !== undefined,
  };
}

/** The sessions of a connection. */
export function sessionOperations(at: Connection): Operations["sessions"] {
  return {
    create: (session, { maxPerAccount }) =>
      at.transaction(() => {
        naming("Cannot create the session: its account does not exist", () =>
          at.run(
            `INSERT INTO sessions (token_hash, id, account_id, created_at_ms, expires_at_ms,
                                   seen_at_ms, user_agent, address)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
            session.tokenHash,
            session.id,
            session.accountId,
            session.createdAtMs,
            session.expiresAtMs,
            session.seenAtMs,
            session.userAgent,
            session.address,
          ));
        at.run(
          `DELETE FROM sessions WHERE rowid IN (
             SELECT rowid FROM sessions WHERE account_id = ?
             ORDER BY created_at_ms DESC, rowid DESC LIMIT -1 OFFSET ?)`,
          session.accountId,
          maxPerAccount,
        );
      }),
    find(tokenHash, { nowMs }) {
      const row = at.get(
        `SELECT ${SESSION_COLUMNS}, accounts.* FROM sessions
         JOIN accounts ON accounts.id = sessions.account_id
         WHERE sessions.token_hash = ? AND sessions.expires_at_ms > ? AND accounts.suspended = 0`,
        tokenHash,
        nowMs,
      );
      if (row === undefined) return null;
      return { session: toSession(row), account: toAccount(row) };
    },
    extend(tokenHash, { expiresAtMs, seenAtMs }) {
      at.run(
        "UPDATE sessions SET expires_at_ms = ?, seen_at_ms = ? WHERE token_hash = ?",
        expiresAtMs,
        seenAtMs,
        tokenHash,
      );
    },
    delete(tokenHash) {
      at.run("DELETE FROM sessions WHERE token_hash = ?", tokenHash);
    },
    list: (accountId, { nowMs }) =>
      at.all(
        `SELECT ${SESSION_COLUMNS} FROM sessions WHERE account_id = ? AND expires_at_ms > ?
         ORDER BY seen_at_ms DESC, rowid DESC`,
        accountId,
        nowMs,
      ).map(toSession),
    deleteById: (accountId, id) =>
      at.run("DELETE FROM sessions WHERE account_id = ? AND id = ?", accountId, id) === 1,
    deleteOthers: (accountId, { exceptTokenHash }) =>
      at.run(
        "DELETE FROM sessions WHERE account_id = ? AND token_hash <> ?",
        accountId,
        exceptTokenHash ?? "",
      ),
    deleteExpired: ({ nowMs, limit }) =>
      at.run(
        `DELETE FROM sessions WHERE rowid IN (
           SELECT rowid FROM sessions WHERE expires_at_ms <= ? LIMIT ?)`,
        nowMs,
        limit,
      ),
    count: () => Number(at.get("SELECT count(*) AS number FROM sessions")?.number),
  };
}

function columnsOf(change: AccountChange) {
  const { display, avatar, passwordHash, admin, suspended } = change;
  return {
    display_name: display === undefined ? undefined : display?.name ?? null,
    display_key: display === undefined ? undefined : display?.key ?? null,
    avatar,
    password_hash: passwordHash,
    admin: admin === undefined ? undefined : Number(admin),
    suspended: suspended === undefined ? undefined : Number(suspended),
  };
}

function toAccount(row: Row): Account {
  return {
    id: String(row.id),
    name: String(row.name),
    displayName: textOrNull(row.display_name),
    avatar: textOrNull(row.avatar),
    admin: row.admin === 1,
    suspended: row.suspended === 1,
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

function toSession(row: Row): StoredSession {
  return {
    tokenHash: String(row.token_hash),
    id: String(row.session_id),
    accountId: String(row.account_id),
    createdAtMs: Number(row.began_at_ms),
    expiresAtMs: Number(row.expires_at_ms),
    seenAtMs: Number(row.seen_at_ms),
    userAgent: String(row.user_agent),
    address: String(row.address),
  };
}
