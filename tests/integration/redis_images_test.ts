import { openRedisImages } from "../../store/redis/images.ts";
import { loadScripts } from "../../store/redis/scripts.ts";
import { testImageStore } from "../conformance/image_store_conformance.ts";
import { openEmptyRedis, startRedis, startRedisCluster } from "../support/redis.ts";

const single = await startRedis();
const cluster = await startRedisCluster();
addEventListener("unload", () => {
  for (const server of [single, cluster]) server.killNow();
});
const scripts = await loadScripts();

for (const [name, urls] of [["redis", [single.url]], ["redis cluster", cluster.urls]] as const) {
  testImageStore({
    name,
    async open(limits = {}) {
      const connection = await openEmptyRedis(urls);
      return Object.assign(await openRedisImages(connection, { scripts, limits }), {
        [Symbol.asyncDispose]: () => connection.close(),
      });
    },
  });
}
