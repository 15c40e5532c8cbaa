/**
 * Pays gifts until it is killed, and says which were acknowledged: `<request> <step>`, a line each.
 * Arguments: a round, the driver, and what the driver needs.
 *
 * @module
 */
import type { MoneyStore } from "../../rooms/money/repository.ts";
import { openEmbeddedMoney } from "../../store/money/mod.ts";
import { RedisConnection } from "../../store/redis/connection.ts";
import { openRedisMoney } from "../../store/redis/money.ts";
import { loadScripts } from "../../store/redis/scripts.ts";
import { grant, order } from "./money_conformance.ts";

const [round = "", driver, ...rest] = Deno.args;

/** A driver's store by its name. */
async function openMoney(): Promise<MoneyStore> {
  switch (driver) {
    case "embedded":
      return await openEmbeddedMoney(rest[0] as string);
    case "redis": {
      const [prefix = "", ...urls] = rest;
      const connection = await RedisConnection.open({ urls, name: "REDIS_URL", prefix });
      return openRedisMoney(connection, await loadScripts());
    }
    default:
      throw new TypeError(`Cannot pay: no driver ${driver}`);
  }
}

const store = await openMoney();
const accountId = `storm${round}`;
await grant(store, 1_000_000, accountId);
const encoder = new TextEncoder();
let n = 0;
const write = async () => {
  for (;;) {
    const one = order({ accountId, requestId: `s${n++}`, roomId: `10001${round}` });
    const say = (step: string) =>
      Deno.stdout.writeSync(encoder.encode(`${one.requestId} ${step}\n`));
    await store.wallets.pay(one);
    say("paid");
    await store.boards.add({ ...one, name: "Storm", coins: one.value });
    await store.wallets.settle({ ...one, score: 1 });
    say("settled");
  }
};
await Promise.all(Array.from({ length: 20 }, write));
