/** Limits and holds over several processes of `web`: on one Redis and on a cluster. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { RateLimiter } from "../../rooms/rate_limits.ts";
import { openRedisBuckets } from "../../store/redis/buckets.ts";
import { loadScripts } from "../../store/redis/scripts.ts";
import { testRateLimits } from "../conformance/rate_limit_conformance.ts";
import { openEmptyRedis, redisCli, startRedis, startRedisCluster } from "../support/redis.ts";
import { CLUSTER_SECRET, prepareWeb, WebProcess } from "../support/web_process.ts";

const server = await startRedis();
const cluster = await startRedisCluster();
addEventListener("unload", () => {
  server.killNow();
  cluster.killNow();
});
const scripts = await loadScripts();

for (const [name, urls] of [["redis", [server.url]], ["redis cluster", cluster.urls]] as const) {
  testRateLimits({
    name,
    async open() {
      const connection = await openEmptyRedis(urls);
      return {
        processes: [0, 1].map(() => openRedisBuckets(connection, scripts)),
        [Symbol.asyncDispose]: () => connection.close(),
      };
    },
  });
}

Deno.test("10,000 attempts of one account cost the store few calls", async () => {
  const connection = await openEmptyRedis([server.url]);
  const policy = { burst: 10, refillMs: 1_000 };
  const limiters = [0, 1].map(() =>
    new RateLimiter("flood", policy, { buckets: openRedisBuckets(connection, scripts) })
  );
  let allowed = 0;
  const beganAtMs = performance.now();
  for (let n = 0; n < 10_000; n++) {
    if (await limiters[n % 2]!.take("ann", Date.now()) === 0) allowed++;
  }
  const tookMs = performance.now() - beganAtMs;
  ok(allowed >= 10 && allowed <= 11 + tookMs / policy.refillMs, `${allowed} in ${tookMs} ms`);
  const asked = limiters[0]!.asked + limiters[1]!.asked;
  ok(asked <= 2 * (12 + tookMs / policy.refillMs), `${asked} calls`);
  await connection.close();
});

Deno.test("while Redis is away each process counts for itself", async () => {
  const lonely = await startRedis();
  const connection = await openEmptyRedis([lonely.url]);
  const policy = { burst: 3, refillMs: 60_000 };
  const limiter = new RateLimiter("away", policy, {
    buckets: openRedisBuckets(connection, scripts),
  });
  strictEqual(await limiter.take("ann", Date.now()), 0);
  await lonely.kill();
  strictEqual(await limiter.take("ann", Date.now()), 0);
  strictEqual(await limiter.take("ann", Date.now()), 0);
  ok(await limiter.take("ann", Date.now()) > 0);
  await connection.close();
  await lonely[Symbol.asyncDispose]();
});

Deno.test("two web are one limit for texts, likes and log-ins, and hold an encoder off", async () => {
  await redisCli(server.port, "FLUSHALL");
  const env = { REDIS_URL: server.url, RATE_LIMITS: "on" };
  await using first = await prepareWeb(env);
  await using second = await prepareWeb(env);
  await using one = await WebProcess.start(first.config);
  await Deno.copyFile(
    `${first.config.dataDir}/instance.key`,
    `${second.config.dataDir}/instance.key`,
  );
  await using other = await WebProcess.start(second.config);
  const webs = [one, other];
  const { body: { token } } = await one.post("/api/accounts", {
    ...{ name: "ann", password: "correct horse" },
  });
  const made = await one.post("/api/rooms", { title: "A" }, token);
  const room: string = made.body.room.id;

  const said: number[] = [];
  for (let n = 0; n < 16; n++) {
    const { status } = await webs[n % 2]!.post(`/api/rooms/${room}/messages`, {
      ...{ kind: "chat", text: `text ${n}`, clientId: `c${n}` },
    }, token);
    said.push(status);
  }
  const accepted = said.filter((status) => status === 201).length;
  ok(accepted >= 10 && accepted <= 12, said.join());
  ok(said.every((status) => status === 201 || status === 429), said.join());

  // A request of likes that is repeated at the other one counts once.
  for (const web of webs) {
    for (let n = 0; n < 2; n++) {
      const like = { count: 3, requestId: "once" };
      strictEqual((await web.post(`/api/rooms/${room}/likes`, like, token)).status, 202);
    }
  }
  const headers = { authorization: `Bearer ${token}` };
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  strictEqual((await redisCli(server.port, "HGET", "wanren:{store}:likes", room)).trim(), "3");

  // Cut off at one, refused at the other, let in again by the third call.
  const publish = { room, key: made.body.publish.key, protocol: "rtmp", remoteAddress: "::1" };
  const admit = async (web: WebProcess) => {
    const { status, body } = await web.post("/internal/publish", publish, CLUSTER_SECRET);
    return status === 200 ? "admitted" : body.reason;
  };
  strictEqual(await admit(other), "admitted");
  const ended = await fetch(`${one.url}/api/rooms/${room}/stream`, { method: "DELETE", headers });
  await ended.body?.cancel();
  deepStrictEqual([await admit(other), await admit(one)], ["ended", "ended"]);
  const released = await fetch(`${other.url}/api/rooms/${room}/hold`, {
    method: "DELETE",
    headers,
  });
  strictEqual(released.status, 204);
  deepStrictEqual([await admit(one), await admit(other)], ["admitted", "admitted"]);

  // Wrong passwords: one bucket of thirty for the name, of twenty for the address. It fills again by
  // one every six seconds, which a slow machine may give it.
  const tried: number[] = [];
  while (tried.at(-1) !== 429 && tried.length < 60) {
    const { status } = await webs[tried.length % 2]!.post("/api/sessions", {
      ...{ name: "ann", password: "wrong horse" },
    });
    tried.push(status);
  }
  deepStrictEqual(tried.slice(0, 19), Array(19).fill(401));
  strictEqual(tried.at(-1), 429, tried.join());
});
