/**
 * Accounts and their sessions in Redis.
 *
 * @module
 */
import type { Account } from "../../../rooms/model.ts";
import type {
  AccountChange,
  AccountRepository,
  ListedAccount,
  SessionRepository,
  StoredAccount,
  StoredSession,
} from "../../../rooms/repository.ts";
import type { Reply } from "../connection.ts";
import { type Run, text, textOrNull, toArgs, toFields, toList } from "./fields.ts";
import { PAGE, SCAN_LIMIT } from "./limits.ts";

/** The accounts behind `run`. */
export function accountsOver(
  run: Run,
  hashes: { field(hash: string, field: string): Promise<boolean>; admins(): Promise<number> },
): AccountRepository {
  const insert = (mode: "create" | "first" | "put", account: StoredAccount) =>
    run("account_create", [
      mode,
      account.id,
      account.nameKey,
      Number(account.admin),
      account.createdAtMs,
      account.avatar ?? "",
      account.passwordHash,
      ...toArgs({ ...account }),
    ]);
  return {
    create: async (account) => await insert("create", account) as "created",
    createFirstAdmin: async (account) => await insert("first", account) as "created",
    async putAdmin(account) {
      const reply = await insert("put", { ...account, admin: true });
      if (reply === "name_taken") {
        throw new TypeError("Cannot make the administrator: another account has this id");
      }
      return toStoredAccount(reply) as StoredAccount;
    },
    byId: async (id) => toStoredAccount(await run("account_read", ["id", id])),
    byNameKey: async (nameKey) => toStoredAccount(await run("account_read", ["name", nameKey])),
    hasAdmin: async () => await hashes.admins() > 0,
    async update(id, change) {
      const reply = await run("account_update", [id, ...changeArgs(change)]);
      if (reply === "unknown" || reply === "name_taken" || reply === "last_admin") return reply;
      return toStoredAccount(reply) as StoredAccount;
    },
    async delete(id) {
      const reply = await run("account_delete", [id]);
      if (reply === "unknown" || reply === "last_admin") return reply;
      const [room, ...images] = toList(reply).map(textOrNull);
      return { roomId: room ?? null, images: images.filter((image) => image !== null) };
    },
    async search({ key, limit, offset }) {
      const accounts: ListedAccount[] = [];
      let total = 0;
      for (let first = 0; first < SCAN_LIMIT; first += PAGE) {
        const page = toList(await run("accounts_page", [first, PAGE]));
        for (const entry of page) {
          const [reply, roomId, sessions] = toList(entry);
          const fields = toFields(reply);
          const matches = text(fields, "nameKey").includes(key) ||
            (fields.get("displayKey") ?? "").includes(key);
          if (!matches) continue;
          if (total >= offset && accounts.length < limit) {
            accounts.push({
              ...toAccount(fields),
              roomId: textOrNull(roomId),
              sessions: Number(sessions),
            });
          }
          total += 1;
        }
        if (page.length < PAGE) break;
      }
      return { accounts, total };
    },
    showsImage: (image) => hashes.field("images", image),
  };
}

/** The sessions behind `run`. */
export function sessionsOver(run: Run, count: () => Promise<number>): SessionRepository {
  return {
    async create(session, { maxPerAccount }) {
      const { tokenHash, accountId, createdAtMs, expiresAtMs } = session;
      const reply = await run("session_create", [
        ...[tokenHash, accountId, maxPerAccount, createdAtMs, expiresAtMs],
        ...toArgs({ ...session }),
      ]);
      if (reply === "no_account") {
        throw new TypeError("Cannot create the session: its account does not exist");
      }
    },
    async find(tokenHash, { nowMs }) {
      const [session, account] = toList(await run("session_read", ["token", tokenHash]));
      if (session === undefined) return null;
      const found = { session: toSession(session), account: toAccount(toFields(account)) };
      return found.session.expiresAtMs > nowMs && !found.account.suspended ? found : null;
    },
    async extend(tokenHash, { expiresAtMs, seenAtMs }) {
      await run("session_end", ["extend", tokenHash, expiresAtMs, seenAtMs]);
    },
    async delete(tokenHash) {
      await run("session_end", ["token", tokenHash]);
    },
    async list(accountId, { nowMs }) {
      const found = toList(await run("session_read", ["account", accountId]));
      return found.map((reply) => ({ session: toSession(reply), number: numberOf(reply) }))
        .filter(({ session }) => session.expiresAtMs > nowMs)
        .sort((a, b) => b.session.seenAtMs - a.session.seenAtMs || b.number - a.number)
        .map(({ session }) => session);
    },
    deleteById: async (accountId, id) => await run("session_end", ["id", accountId, id]) === 1,
    deleteOthers: async (accountId, { exceptTokenHash }) =>
      Number(await run("session_end", ["others", accountId, exceptTokenHash ?? ""])),
    deleteExpired: async ({ nowMs, limit }) =>
      Number(await run("session_end", ["expired", nowMs, limit])),
    count,
  };
}

/** Order of insertion. */
function numberOf(reply: Reply): number {
  return Number(toFields(reply).get("number"));
}

function changeArgs(change: AccountChange): (string | number)[] {
  const { display, avatar, passwordHash, admin, suspended } = change;
  return [
    display === undefined ? "keep" : display === null ? "clear" : "set",
    display?.name ?? "",
    display?.key ?? "",
    avatar === undefined ? "keep" : avatar === null ? "clear" : "set",
    avatar ?? "",
    passwordHash ?? "",
    admin === undefined ? "" : Number(admin),
    suspended === undefined ? "" : Number(suspended),
  ];
}

function toAccount(fields: ReadonlyMap<string, string>): Account {
  return {
    id: text(fields, "id"),
    name: text(fields, "name"),
    displayName: fields.get("displayName") ?? null,
    avatar: fields.get("avatar") ?? null,
    admin: fields.get("admin") === "1",
    suspended: fields.get("suspended") === "1",
    createdAtMs: Number(text(fields, "createdAtMs")),
  };
}

function toStoredAccount(reply: Reply): StoredAccount | null {
  const fields = toFields(reply);
  if (fields.size === 0) return null;
  return {
    ...toAccount(fields),
    nameKey: text(fields, "nameKey"),
    passwordHash: text(fields, "passwordHash"),
  };
}

function toSession(reply: Reply): StoredSession {
  const fields = toFields(reply);
  return {
    tokenHash: text(fields, "tokenHash"),
    id: text(fields, "id"),
    accountId: text(fields, "accountId"),
    createdAtMs: Number(text(fields, "createdAtMs")),
    expiresAtMs: Number(text(fields, "expiresAtMs")),
    seenAtMs: Number(text(fields, "seenAtMs")),
    userAgent: text(fields, "userAgent"),
    address: text(fields, "address"),
  };
}
