/**
 * The ledger as SQL: wallets, transactions with their entries, and boards. Synchronous; whoever
 * uses it decides in which thread, and where a commit ends.
 *
 * @module
 */
import {
  ANNOUNCE_EVERY_MS,
  type BoardEntry,
  type Books,
  COMBO_MS,
  dayOf,
  type Grant,
  type GrantOutcome,
  MAX_BALANCE,
  type Order,
  type Payment,
  type PayOutcome,
  type Rank,
  roomShare,
  type Wallet,
  type WalletEntry,
} from "../../rooms/money/repository.ts";
import { type Connection, numberOrNull, type Row, textOrNull } from "../sqlite/connection.ts";
import type { MoneyOperations } from "./operations.ts";

/** Tables of the ledger and the boards. */
export const BOOK_SCHEMA = `
  CREATE TABLE IF NOT EXISTS wallets (
    account_id      TEXT PRIMARY KEY,
    balance         INTEGER NOT NULL CHECK (balance >= 0 AND balance <= ${MAX_BALANCE}),
    spent           INTEGER NOT NULL CHECK (spent >= 0),
    granted         INTEGER NOT NULL CHECK (granted >= 0),
    announced_at_ms INTEGER NOT NULL DEFAULT 0,
    CHECK (balance = granted - spent)
  ) STRICT, WITHOUT ROWID;

  -- request: that of the account for gifts, 'grant ' and the grant's for grants.
  CREATE TABLE IF NOT EXISTS transactions (
    id          INTEGER PRIMARY KEY,
    account_id  TEXT NOT NULL REFERENCES wallets (account_id),
    request     TEXT NOT NULL,
    at_ms       INTEGER NOT NULL,
    coins       INTEGER NOT NULL,
    balance     INTEGER NOT NULL,
    spent       INTEGER NOT NULL,
    reason      TEXT,
    room_id     TEXT,
    gift        TEXT,
    count       INTEGER NOT NULL DEFAULT 0,
    combo       INTEGER NOT NULL DEFAULT 0,
    battle_id   TEXT,
    side        TEXT,
    sender_name TEXT,
    sender_role TEXT,
    announce    INTEGER NOT NULL DEFAULT 0,
    score       INTEGER,
    boarded     INTEGER NOT NULL DEFAULT 0,
    UNIQUE (account_id, request)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS transactions_of ON transactions (account_id, id);
  -- The outbox.
  CREATE INDEX IF NOT EXISTS transactions_unsettled ON transactions (at_ms)
    WHERE score IS NULL AND gift IS NOT NULL;

  CREATE TABLE IF NOT EXISTS entries (
    transaction_id INTEGER NOT NULL REFERENCES transactions (id),
    book           TEXT NOT NULL CHECK (book IN ('mint', 'wallet', 'room', 'house')),
    coins          INTEGER NOT NULL,
    PRIMARY KEY (transaction_id, book)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE IF NOT EXISTS combos (
    account_id TEXT NOT NULL,
    gift       TEXT NOT NULL,
    room_id    TEXT NOT NULL,
    count      INTEGER NOT NULL,
    at_ms      INTEGER NOT NULL,
    PRIMARY KEY (account_id, gift)
  ) STRICT, WITHOUT ROWID;

  -- day '': of all time.
  CREATE TABLE IF NOT EXISTS boards (
    room_id    TEXT NOT NULL,
    day        TEXT NOT NULL,
    account_id TEXT NOT NULL,
    name       TEXT NOT NULL,
    coins      INTEGER NOT NULL,
    PRIMARY KEY (room_id, day, account_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS boards_by_coins ON boards (room_id, day, coins DESC, account_id);
  CREATE INDEX IF NOT EXISTS boards_by_day ON boards (day);
  CREATE TABLE IF NOT EXISTS room_coins (
    room_id TEXT PRIMARY KEY,
    total   INTEGER NOT NULL,
    mark    INTEGER NOT NULL DEFAULT 0,
    base    INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
`;

/** The wallets of a connection. */
export function walletOperations(at: Connection): MoneyOperations["wallets"] {
  const walletOf = (accountId: string): Wallet & { readonly announcedAtMs: number } => {
    const row = at.get("SELECT * FROM wallets WHERE account_id = ?", accountId);
    return {
      balance: Number(row?.balance ?? 0),
      spent: Number(row?.spent ?? 0),
      granted: Number(row?.granted ?? 0),
      announcedAtMs: Number(row?.announced_at_ms ?? 0),
    };
  };
  return {
    pay(order): PayOutcome {
      const known = at.get(
        "SELECT * FROM transactions WHERE account_id = ? AND request = ?",
        order.accountId,
        order.requestId,
      );
      if (known !== undefined) return { outcome: "repeated", payment: toPayment(known) };
      const wallet = walletOf(order.accountId);
      if (wallet.balance < order.value) return { outcome: "poor", balance: wallet.balance };
      const announce = order.announce &&
        order.atMs - wallet.announcedAtMs >= ANNOUNCE_EVERY_MS;
      const payment: Payment = {
        ...order,
        announce,
        combo: growCombo(at, order),
        balance: wallet.balance - order.value,
        spent: wallet.spent + order.value,
        score: null,
      };
      at.run(
        `UPDATE wallets SET balance = balance - ?1, spent = spent + ?1,
           announced_at_ms = CASE WHEN ?2 = 1 THEN ?3 ELSE announced_at_ms END
         WHERE account_id = ?4`,
        order.value,
        Number(announce),
        order.atMs,
        order.accountId,
      );
      const id = insertGift(at, payment);
      const share = roomShare(order.value);
      enter(at, id, { wallet: -order.value, room: share, house: order.value - share });
      return { outcome: "paid", payment };
    },

    read(accountId) {
      const { balance, spent, granted } = walletOf(accountId);
      return { balance, spent, granted };
    },

    grant(grant): GrantOutcome {
      const { balance, granted, spent } = walletOf(grant.accountId);
      const known = at.get(
        "SELECT balance FROM transactions WHERE account_id = ? AND request = ?",
        grant.accountId,
        grantRequest(grant),
      );
      if (known !== undefined) return { outcome: "repeated", balance: Number(known.balance) };
      // What was ever granted is bounded as well, or sums would leave whole numbers one day.
      if (granted + grant.coins > MAX_BALANCE) return { outcome: "too_many", balance };
      at.run(
        `INSERT INTO wallets (account_id, balance, spent, granted) VALUES (?1, ?2, 0, ?2)
         ON CONFLICT (account_id) DO UPDATE
           SET balance = balance + excluded.balance, granted = granted + excluded.granted`,
        grant.accountId,
        grant.coins,
      );
      const row = at.get(
        `INSERT INTO transactions (account_id, request, at_ms, coins, balance, spent, reason)
         VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id`,
        grant.accountId,
        grantRequest(grant),
        grant.atMs,
        grant.coins,
        balance + grant.coins,
        spent,
        grant.reason,
      );
      enter(at, Number(row?.id), { mint: -grant.coins, wallet: grant.coins });
      return { outcome: "granted", balance: balance + grant.coins };
    },

    settle({ accountId, requestId, score }) {
      at.run(
        `UPDATE transactions SET score = ?
         WHERE account_id = ? AND request = ? AND score IS NULL AND gift IS NOT NULL`,
        score,
        accountId,
        requestId,
      );
    },

    unsettled: ({ beforeMs, limit }) =>
      at.all(
        `SELECT * FROM transactions
         WHERE score IS NULL AND gift IS NOT NULL AND at_ms < ? ORDER BY at_ms LIMIT ?`,
        beforeMs,
        limit,
      ).map(toPayment),

    history: (accountId, { before, limit }) =>
      at.all(
        "SELECT * FROM transactions WHERE account_id = ? AND id < ? ORDER BY id DESC LIMIT ?",
        accountId,
        before ?? Number.MAX_SAFE_INTEGER,
        limit,
      ).map(toEntry),

    books(): Books {
      const sums = new Map(
        at.all("SELECT book, sum(coins) AS coins FROM entries GROUP BY book")
          .map((row) => [String(row.book), Number(row.coins)]),
      );
      const balances = at.get("SELECT coalesce(sum(balance), 0) AS coins FROM wallets");
      return {
        mint: sums.get("mint") ?? 0,
        wallets: sums.get("wallet") ?? 0,
        rooms: sums.get("room") ?? 0,
        house: sums.get("house") ?? 0,
        balances: Number(balances?.coins),
      };
    },
  };
}

/** The boards of a connection. */
export function boardOperations(at: Connection): MoneyOperations["boards"] {
  const put = ({ roomId, accountId, name, coins }: BoardEntry, day: string) =>
    at.run(
      `INSERT INTO boards (room_id, day, account_id, name, coins) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (room_id, day, account_id) DO UPDATE
         SET coins = coins + excluded.coins, name = excluded.name`,
      roomId,
      day,
      accountId,
      name,
      coins,
    );
  return {
    add(entry) {
      const added = at.run(
        `UPDATE transactions SET boarded = 1
         WHERE account_id = ? AND request = ? AND boarded = 0 AND gift IS NOT NULL`,
        entry.accountId,
        entry.requestId,
      );
      if (added === 0) return;
      put(entry, dayOf(entry.atMs));
      put(entry, "");
      at.run(
        `INSERT INTO room_coins (room_id, total) VALUES (?, ?)
         ON CONFLICT (room_id) DO UPDATE SET total = total + excluded.total`,
        entry.roomId,
        entry.coins,
      );
    },

    top: (roomId, { day, limit }) =>
      at.all(
        `SELECT * FROM boards WHERE room_id = ? AND day = ?
         ORDER BY coins DESC, account_id LIMIT ?`,
        roomId,
        day ?? "",
        limit,
      ).map(toRank),

    since(roomId, mark) {
      at.run(
        `INSERT INTO room_coins (room_id, total, mark, base) VALUES (?1, 0, ?2, 0)
         ON CONFLICT (room_id) DO UPDATE SET mark = ?2, base = total WHERE mark < ?2`,
        roomId,
        mark,
      );
      const row = at.get("SELECT * FROM room_coins WHERE room_id = ?", roomId);
      return Number(row?.mark) === mark ? Number(row?.total) - Number(row?.base) : 0;
    },

    trim({ beforeDay }) {
      at.run("DELETE FROM boards WHERE day <> '' AND day < ?", beforeDay);
    },
  };
}

function growCombo(at: Connection, { accountId, gift, roomId, count, atMs }: Order): number {
  const row = at.get(
    `INSERT INTO combos (account_id, gift, room_id, count, at_ms) VALUES (?1, ?2, ?3, ?4, ?5)
     ON CONFLICT (account_id, gift) DO UPDATE SET
       count = CASE WHEN room_id = ?3 AND ?5 - at_ms <= ${COMBO_MS} THEN count + ?4 ELSE ?4 END,
       room_id = ?3,
       at_ms = ?5
     RETURNING count`,
    accountId,
    gift,
    roomId,
    count,
    atMs,
  );
  return Number(row?.count);
}

function insertGift(at: Connection, payment: Payment): number {
  const row = at.get(
    `INSERT INTO transactions (account_id, request, at_ms, coins, balance, spent, room_id, gift,
       count, combo, battle_id, side, sender_name, sender_role, announce)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
    payment.accountId,
    payment.requestId,
    payment.atMs,
    -payment.value,
    payment.balance,
    payment.spent,
    payment.roomId,
    payment.gift,
    payment.count,
    payment.combo,
    payment.battle?.id ?? null,
    payment.battle?.side ?? null,
    payment.sender.name,
    payment.sender.role,
    Number(payment.announce),
  );
  return Number(row?.id);
}

/** Enters a transaction into its books. */
function enter(at: Connection, id: number, coins: Readonly<Record<string, number>>): void {
  for (const [book, amount] of Object.entries(coins)) {
    at.run("INSERT INTO entries (transaction_id, book, coins) VALUES (?, ?, ?)", id, book, amount);
  }
}

function grantRequest({ grantId }: Grant): string {
  return `grant ${grantId}`;
}

function toPayment(row: Row): Payment {
  const battle = textOrNull(row.battle_id);
  return {
    requestId: String(row.request),
    accountId: String(row.account_id),
    roomId: String(row.room_id),
    gift: String(row.gift),
    count: Number(row.count),
    value: -Number(row.coins),
    battle: battle === null ? null : { id: battle, side: String(row.side) },
    sender: {
      name: String(row.sender_name),
      role: String(row.sender_role) as Payment["sender"]["role"],
    },
    announce: row.announce === 1,
    atMs: Number(row.at_ms),
    combo: Number(row.combo),
    balance: Number(row.balance),
    spent: Number(row.spent),
    score: numberOrNull(row.score),
  };
}

function toEntry(row: Row): WalletEntry {
  const gift = textOrNull(row.gift);
  return {
    id: Number(row.id),
    atMs: Number(row.at_ms),
    kind: gift === null ? "grant" : "gift",
    coins: Number(row.coins),
    balance: Number(row.balance),
    roomId: textOrNull(row.room_id),
    gift,
    count: Number(row.count),
    reason: textOrNull(row.reason),
  };
}

function toRank(row: Row): Rank {
  return { accountId: String(row.account_id), name: String(row.name), coins: Number(row.coins) };
}
