import { openRedisRepositories } from "../../store/redis/repositories/mod.ts";
import { loadScripts } from "../../store/redis/scripts.ts";
import { testLeases } from "../conformance/lease_conformance.ts";
import { testModeration } from "../conformance/moderation_conformance.ts";
import { testRecords } from "../conformance/records_conformance.ts";
import { type Driver, testRepositories } from "../conformance/repository_conformance.ts";
import { openEmptyRedis, startRedis, startRedisCluster } from "../support/redis.ts";

// Before the tests and after them: what a test itself leaves open is still found.
const single = await startRedis();
const cluster = await startRedisCluster();
addEventListener("unload", () => {
  single.killNow();
  cluster.killNow();
});

const driver = (name: string, urls: readonly string[]): Driver => ({
  name,
  async open() {
    const connection = await openEmptyRedis(urls);
    const store = openRedisRepositories(connection, await loadScripts());
    return Object.assign(store, {
      async [Symbol.asyncDispose]() {
        await store.close();
        await connection.close();
      },
    });
  },
});

for (const each of [driver("redis", [single.url]), driver("redis cluster", cluster.urls)]) {
  testRepositories(each);
  testRecords(each);
  testModeration(each);
  testLeases(each);
}
