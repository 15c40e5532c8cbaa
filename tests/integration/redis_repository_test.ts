import { RedisConnection } from "../../store/redis/connection.ts";
import { openRedisRepositories } from "../../store/redis/repositories/mod.ts";
import { loadScripts } from "../../store/redis/scripts.ts";
import { RedisPost } from "../../store/redis/call_post.ts";
import { testCallPost, testCalls } from "../conformance/call_conformance.ts";
import { testStages } from "../conformance/stage_conformance.ts";
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
  testCalls(each);
  testStages(each);
}

for (const [name, urls] of [["redis", [single.url]], ["redis cluster", cluster.urls]] as const) {
  testCallPost({
    name,
    async open() {
      const first = await openEmptyRedis(urls);
      const second = await RedisConnection.open({ urls, name: "REDIS_URL", prefix: first.prefix });
      const scripts = await loadScripts();
      const posts = {
        here: new RedisPost(first, scripts),
        there: new RedisPost(second, scripts),
      };
      return {
        ...posts,
        async [Symbol.asyncDispose]() {
          await Promise.all([posts.here.close(), posts.there.close()]);
          await Promise.all([first.close(), second.close()]);
        },
      };
    },
  });
}
