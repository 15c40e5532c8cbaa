import { ok } from "node:assert/strict";
import { openEmptyRedis, startRedis } from "../support/redis.ts";

// Redis comes and goes while a connection closes: at every moment of its being made anew.
Deno.test("RedisConnection.close() comes to an end whatever the connection is doing", async () => {
  await using server = await startRedis();
  for (let afterMs = 0; afterMs <= 60; afterMs += 6) {
    const connection = await openEmptyRedis([server.url]);
    connection.watch("{100001}:wake", () => {});
    await connection.call(null, ["PING"]);
    await server.killAndStart();
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    const beganMs = performance.now();
    await connection.close();
    const tookMs = performance.now() - beganMs;
    ok(tookMs < 4_000, `${afterMs} ms after Redis was back: ${Math.round(tookMs)} ms`);
  }
});
