/**
 * The repositories in the memory of the process: for tests; nothing survives.
 *
 * @module
 */
import type { Account, Room } from "../../rooms/model.ts";
import type {
  NewRoom,
  Repositories,
  StoredAccount,
  StoredSession,
} from "../../rooms/repository.ts";
import { type Operations, repositoriesOver, runOperation } from "../operations.ts";

const FIRST_ROOM = 100_001;

interface StoredRoom extends NewRoom {
  readonly id: string;
}

/** An empty store. */
export function openMemoryStore(): Repositories {
  const operations = memoryOperations();
  let closed = false;
  return {
    ...repositoriesOver((group, method, input) => {
      if (closed) return Promise.reject(new Error("Cannot use the store: it is closed"));
      return Promise.try(() => structuredClone(runOperation(operations, { group, method, input })));
    }),
    queued: 0,
    close() {
      closed = true;
      return Promise.resolve();
    },
  };
}

function memoryOperations(): Operations {
  const accounts = new Map<string, StoredAccount>();
  const sessions = new Map<string, StoredSession>();
  const rooms = new Map<string, StoredRoom>();
  let nextRoom = FIRST_ROOM;

  const byNameKey = (nameKey: string): StoredAccount | null =>
    accounts.values().find((account) => account.nameKey === nameKey) ?? null;
  const hasAdmin = (): boolean => accounts.values().some((account) => account.admin);
  const createAccount = (account: StoredAccount): "created" | "name_taken" => {
    if (accounts.has(account.id) || byNameKey(account.nameKey) !== null) return "name_taken";
    accounts.set(account.id, { ...account });
    return "created";
  };
  const asRoom = (room: StoredRoom | undefined): Room | null => {
    if (room === undefined) return null;
    const { id, title, ownerId, createdAtMs } = room;
    const owner = { id: ownerId, name: (accounts.get(ownerId) as StoredAccount).name };
    return { id, title, owner, createdAtMs };
  };

  return {
    accounts: {
      create: createAccount,
      createFirstAdmin: (account) => hasAdmin() ? "admin_exists" : createAccount(account),
      putAdmin(account) {
        const existing = byNameKey(account.nameKey);
        const kept = existing === null
          ? { ...account, admin: true }
          : { ...existing, admin: true, passwordHash: account.passwordHash };
        accounts.set(kept.id, kept);
        for (const session of sessions.values()) {
          if (session.accountId === kept.id) sessions.delete(session.tokenHash);
        }
        return kept;
      },
      byId: (id) => accounts.get(id) ?? null,
      byNameKey,
      hasAdmin,
    },
    sessions: {
      create(session, { maxPerAccount }) {
        if (!accounts.has(session.accountId)) {
          throw new TypeError("Cannot create the session: its account does not exist");
        }
        sessions.set(session.tokenHash, { ...session });
        const own = [...sessions.values()]
          .filter(({ accountId }) => accountId === session.accountId)
          .reverse()
          .sort((a, b) => b.createdAtMs - a.createdAtMs);
        for (const { tokenHash } of own.slice(maxPerAccount)) sessions.delete(tokenHash);
      },
      find(tokenHash, { nowMs }) {
        const session = sessions.get(tokenHash);
        if (session === undefined || session.expiresAtMs <= nowMs) return null;
        const { id, name, admin, createdAtMs } = accounts.get(session.accountId) as StoredAccount;
        const account: Account = { id, name, admin, createdAtMs };
        return { session, account };
      },
      extend(tokenHash, { expiresAtMs }) {
        const session = sessions.get(tokenHash);
        if (session) sessions.set(tokenHash, { ...session, expiresAtMs });
      },
      delete(tokenHash) {
        sessions.delete(tokenHash);
      },
      deleteExpired({ nowMs, limit }) {
        const over = sessions.values().filter((session) => session.expiresAtMs <= nowMs)
          .take(limit).toArray();
        for (const { tokenHash } of over) sessions.delete(tokenHash);
        return over.length;
      },
      count: () => sessions.size,
    },
    rooms: {
      create(room) {
        if (!accounts.has(room.ownerId)) {
          throw new TypeError("Cannot create the room: its owner does not exist");
        }
        if (rooms.values().some(({ ownerId }) => ownerId === room.ownerId)) return null;
        const id = String(nextRoom++);
        rooms.set(id, { ...room, id, sealedKey: room.sealedKey.slice() });
        return asRoom(rooms.get(id));
      },
      byId: (id) => asRoom(rooms.get(id)),
      byOwner: (accountId) => asRoom(rooms.values().find(({ ownerId }) => ownerId === accountId)),
      byIds: (ids) =>
        [...new Set(ids)].map((id) => asRoom(rooms.get(id))).filter((r) => r !== null),
      newest: ({ limit, except }) =>
        [...rooms.values()].reverse().filter(({ id }) => !except.includes(id)).slice(0, limit)
          .map((room) => asRoom(room) as Room),
      updateTitle(id, { title }) {
        const room = rooms.get(id);
        if (room) rooms.set(id, { ...room, title });
        return asRoom(rooms.get(id));
      },
      sealedKey(id) {
        const room = rooms.get(id);
        return room ? { ownerId: room.ownerId, sealedKey: room.sealedKey } : null;
      },
      replaceKey(id, { sealedKey }) {
        const room = rooms.get(id);
        if (room) rooms.set(id, { ...room, sealedKey: sealedKey.slice() });
        return room !== undefined;
      },
    },
  };
}
