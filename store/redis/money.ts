/**
 * Money and battles in Redis, for as many `web` as there are. Accounts are spread over
 * {@linkcode SHARDS} slots: what a payment changes (wallet, books, outbox) is in one of them and
 * changes in one script. The boards of a room have a slot of their own; all battles share one.
 *
 * The ledger of an account keeps its newest lines and the sums of all; payments are known by their
 * id for {@linkcode KNOWN_MS} after they were settled.
 *
 * @module
 */
import { createHash } from "node:crypto";
import {
  ANNOUNCE_EVERY_MS,
  type BoardRepository,
  COMBO_MS,
  dayOf,
  MAX_BALANCE,
  type MoneyStore,
  type Order,
  type Payment,
  roomShare,
  type WalletEntry,
  type WalletRepository,
} from "../../rooms/money/repository.ts";
import { type Battle, isFinal, type Phase } from "../../rooms/pk/battle.ts";
import type { BattleRepository } from "../../rooms/pk/repository.ts";
import type { RedisConnection, Reply } from "./connection.ts";
import { text, toFields, toList } from "./repositories/fields.ts";
import type { Scripts } from "./scripts.ts";

/** Slots that accounts are spread over; never changed, or accounts would not be found. */
export const SHARDS = 64;

const DAY_MS = 24 * 3_600_000;
/** A payment or a grant is known by its id for so long, milliseconds. */
export const KNOWN_MS = 30 * DAY_MS;
/** Boards know a payment for so long, milliseconds; the message log does, too. */
const BOARD_KNOWN_MS = DAY_MS;
const BOARD_DAY_MS = 40 * DAY_MS;
const BATTLE_KEPT_MS = DAY_MS;
const MAX_LINES = 1_000;

/** What a line of a ledger says beside its balance. */
type Line = Omit<WalletEntry, "id" | "balance">;

/** The money of a connection, which is closed by whoever opened it. */
export function openRedisMoney(connection: RedisConnection, scripts: Scripts): MoneyStore {
  let closed = false;
  const run: Run = (name, key, args) =>
    closed
      ? Promise.reject(new Error("Cannot use the money: it is closed"))
      : connection.run(scripts[name], { keys: [connection.prefix + key], args });
  return {
    wallets: walletsOver(run),
    boards: boardsOver(run),
    battles: battlesOver(run),
    get queued() {
      return connection.pending;
    },
    close() {
      closed = true;
      return Promise.resolve();
    },
  };
}

type Run = (
  name: "money_pay" | "money_grant" | "money_settle" | "money_read" | "board" | "battle",
  key: string,
  args: readonly (string | number)[],
) => Promise<Reply>;

function walletsOver(run: Run): WalletRepository {
  const shards = Array.from({ length: SHARDS }, (_, index) => shardKey(index));
  return {
    async pay(order) {
      const line: Line = {
        atMs: order.atMs,
        kind: "gift",
        coins: -order.value,
        roomId: order.roomId,
        gift: order.gift,
        count: order.count,
        reason: null,
      };
      const [outcome, answer] = toList(
        await run("money_pay", keyOf(order.accountId), [
          order.accountId,
          order.requestId,
          order.roomId,
          order.gift,
          order.count,
          order.value,
          roomShare(order.value),
          Number(order.announce),
          order.atMs,
          JSON.stringify(order),
          COMBO_MS,
          ANNOUNCE_EVERY_MS,
          KNOWN_MS,
          MAX_LINES,
          JSON.stringify(line),
        ]),
      );
      return outcome === "poor"
        ? { outcome, balance: Number(answer) }
        : { outcome: outcome as "paid" | "repeated", payment: toPayment(answer) };
    },
    async read(accountId) {
      const [balance, spent, granted] = toList(
        await run("money_read", keyOf(accountId), ["wallet", accountId]),
      ).map(Number) as [number, number, number];
      return { balance, spent, granted };
    },
    async grant({ accountId, grantId, coins, reason, atMs }) {
      const line: Line = {
        ...{ atMs, kind: "grant", coins, reason },
        ...{ roomId: null, gift: null, count: 0 },
      };
      const [outcome, balance] = toList(
        await run("money_grant", keyOf(accountId), [
          accountId,
          `grant ${grantId}`,
          coins,
          MAX_BALANCE,
          KNOWN_MS,
          MAX_LINES,
          JSON.stringify(line),
        ]),
      );
      return { outcome: outcome as "granted", balance: Number(balance) };
    },
    async settle({ accountId, requestId, score }) {
      await run("money_settle", keyOf(accountId), [accountId, requestId, score, KNOWN_MS]);
    },
    async unsettled({ beforeMs, limit }) {
      const found = await Promise.all(
        shards.map((key) => run("money_read", key, ["outbox", beforeMs, limit])),
      );
      return found.flatMap((reply) => toList(reply).map(toPayment))
        .sort((a, b) => a.atMs - b.atMs).slice(0, limit);
    },
    async history(accountId, { before, limit }) {
      const entries: WalletEntry[] = [];
      for (let first = 0; first < MAX_LINES && entries.length < limit; first += 100) {
        const page = toList(
          await run("money_read", keyOf(accountId), ["ledger", accountId, first, first + 99]),
        ).map((line) => toEntry(String(line)));
        entries.push(...page.filter(({ id }) => before === null || id < before));
        if (page.length < 100) break;
      }
      return entries.slice(0, limit);
    },
    async books() {
      const sums = { mint: 0, wallets: 0, rooms: 0, house: 0, balances: 0 };
      for (const key of shards) {
        let cursor = "0";
        // The books of a shard once, its wallets page by page.
        for (let first = true; first || cursor !== "0"; first = false) {
          const [mint, wallets, rooms, house, next, ...balances] = toList(
            await run("money_read", key, ["books", cursor]),
          );
          cursor = String(next);
          if (first) {
            sums.mint += Number(mint);
            sums.wallets += Number(wallets);
            sums.rooms += Number(rooms);
            sums.house += Number(house);
          }
          for (const balance of balances) sums.balances += Number(balance);
        }
      }
      return sums;
    },
  };
}

function boardsOver(run: Run): BoardRepository {
  const keyOfRoom = (roomId: string) => `{board:${roomId}}:`;
  return {
    async add({ roomId, accountId, requestId, name, coins, atMs }) {
      await run("board", keyOfRoom(roomId), [
        "add",
        accountId,
        `${accountId} ${requestId}`,
        name,
        coins,
        atMs,
        dayOf(atMs),
        BOARD_KNOWN_MS,
        BOARD_DAY_MS,
      ]);
    },
    async top(roomId, { day, limit }) {
      const flat = toList(await run("board", keyOfRoom(roomId), ["top", day ?? "all", limit]));
      const ranks = [];
      for (let index = 0; index + 2 < flat.length; index += 3) {
        ranks.push({
          accountId: String(flat[index]),
          name: String(flat[index + 1]),
          coins: Number(flat[index + 2]),
        });
      }
      return ranks.sort((a, b) => b.coins - a.coins || (a.accountId < b.accountId ? -1 : 1))
        .slice(0, limit);
    },
    since: async (roomId, mark) => Number(await run("board", keyOfRoom(roomId), ["since", mark])),
    // Redis forgets days by itself.
    trim: () => Promise.resolve(),
  };
}

function battlesOver(run: Run): BattleRepository {
  const call = (...args: readonly (string | number)[]) => run("battle", "{pk}:", args);
  const one = async (...args: readonly (string | number)[]) => {
    const reply = toList(await call(...args));
    return reply.length === 0 ? null : toBattle(reply);
  };
  return {
    async create(battle) {
      const [a, b] = battle.sides;
      return await call(
        "create",
        ...[battle.id, battle.phase, battle.endsAtMs, a.room, b.room, restOf(battle)],
        battle.version,
      ) as "created" | "busy";
    },
    ofRoom: (roomId) => one("room", roomId),
    replace(battle) {
      const { id, version, phase, endsAtMs } = battle;
      const done = isFinal(phase) && battle.told === phase;
      const rest = restOf(battle);
      return one("replace", id, version, phase, endsAtMs, rest, Number(done), BATTLE_KEPT_MS);
    },
    score: ({ battleId, room, coins, key, atMs }) => one("score", battleId, room, coins, key, atMs),
    open: async ({ limit }) => toList(await call("open", limit)).map(toBattle),
  };
}

/** Of the account with a shard, so that many `web` agree. */
function keyOf(accountId: string): string {
  return shardKey(createHash("sha1").update(accountId).digest()[0]! % SHARDS);
}

function shardKey(index: number): string {
  return `{money:${index}}:`;
}

function toPayment(reply: Reply | undefined): Payment {
  const fields = toFields(reply);
  const order = JSON.parse(text(fields, "order")) as Order;
  const score = fields.get("score");
  return {
    ...order,
    announce: text(fields, "announce") === "1",
    combo: Number(text(fields, "combo")),
    balance: Number(text(fields, "balance")),
    spent: Number(text(fields, "spent")),
    score: score === undefined ? null : Number(score),
  };
}

/** `<id> <balance> <JSON>` as an entry. */
function toEntry(line: string): WalletEntry {
  const [id = "", balance = ""] = line.split(" ", 2);
  const rest = JSON.parse(line.slice(id.length + balance.length + 2)) as Line;
  return { ...rest, id: Number(id), balance: Number(balance) };
}

/** What the scripts do not look at. */
function restOf({ sides: [a, b], durationS, winner, ending, told }: Battle): string {
  return JSON.stringify({ names: [a.name, b.name], durationS, winner, ending, told });
}

function toBattle(reply: Reply): Battle {
  const fields = toFields(reply);
  const { names, ...rest } = JSON.parse(text(fields, "rest")) as
    & Pick<Battle, "durationS" | "winner" | "ending" | "told">
    & { names: [string, string] };
  const side = (which: "a" | "b", name: string) => ({
    room: text(fields, `room_${which}`),
    name,
    score: Number(text(fields, `score_${which}`)),
  });
  return {
    ...rest,
    id: text(fields, "id"),
    version: Number(text(fields, "version")),
    phase: text(fields, "phase") as Phase,
    sides: [side("a", names[0]), side("b", names[1])],
    endsAtMs: Number(text(fields, "ends")),
  };
}
