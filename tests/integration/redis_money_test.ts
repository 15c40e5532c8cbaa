import { openRedisMoney } from "../../store/redis/money.ts";
import { loadScripts } from "../../store/redis/scripts.ts";
import { type MoneyDriver, testMoney } from "../conformance/money_conformance.ts";
import { openEmptyRedis, startRedis, startRedisCluster } from "../support/redis.ts";

// Before the tests and after them: what a test itself leaves open is still found.
const single = await startRedis();
const cluster = await startRedisCluster();
addEventListener("unload", () => {
  single.killNow();
  cluster.killNow();
});
const scripts = await loadScripts();

const driver = (name: string, urls: readonly string[]): MoneyDriver => ({
  name,
  async setUp() {
    const connection = await openEmptyRedis(urls);
    let store = openRedisMoney(connection, scripts);
    return {
      get store() {
        return store;
      },
      async reopen() {
        await store.close();
        return store = openRedisMoney(connection, scripts);
      },
      writer: ["redis", connection.prefix, ...urls],
      [Symbol.asyncDispose]: () => connection.close(),
    };
  },
});

testMoney(driver("redis", [single.url]));
testMoney(driver("redis cluster", cluster.urls));
