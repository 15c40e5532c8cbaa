import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import type { MessageLog } from "../../im/log.ts";
import { StoreBusyError } from "../../rooms/errors.ts";
import type { RedisConnection } from "../../store/redis/connection.ts";
import { RedisLog, type RedisLogOptions } from "../../store/redis/log.ts";
import { Places } from "../../store/redis/places.ts";
import { loadScripts } from "../../store/redis/scripts.ts";
import { chat, type Driver, testMessageLog } from "../conformance/message_log_conformance.ts";
import { waitFor } from "../support/wait.ts";
import { openEmptyRedis, startRedis, startRedisCluster } from "../support/redis.ts";

// Before the tests and after them: what a test itself leaves open is still found.
const single = await startRedis();
const durable = await startRedis({ appendfsync: "always" });
const cluster = await startRedisCluster();
addEventListener("unload", () => {
  for (const server of [single, durable, cluster]) server.killNow();
});
const scripts = await loadScripts();

/** A log over one connection, without hot rooms. */
function logOver(main: RedisConnection, options: RedisLogOptions = {}): MessageLog {
  return new RedisLog(new Places({ main, scripts }), options);
}

const driver = (name: string, urls: readonly string[]): Driver => ({
  name,
  persistent: true,
  shared: true,
  async setUp() {
    const connection = await openEmptyRedis(urls);
    return {
      open: (options) => Promise.resolve(logOver(connection, options)),
      writer: ["redis", connection.prefix, ...urls],
      [Symbol.asyncDispose]: () => connection.close(),
    };
  },
});

testMessageLog(driver("redis", [single.url]));
testMessageLog(driver("redis cluster", cluster.urls));

Deno.test("redis: what was acknowledged is there after Redis was killed, and writers go on", async () => {
  const connection = await openEmptyRedis([durable.url]);
  const log = logOver(connection);
  let woken = 0;
  const unwatch = log.watch("100001", () => woken++);
  const acknowledged = new Map<string, number>();
  let refused = 0;
  let stop = false;
  const writers = [0, 1, 2, 3].map(async (writer) => {
    for (let n = 0; !stop; n++) {
      const text = `${writer} ${n}`;
      // As a sender does: the same again until it is accepted.
      for (let done = false; !done;) {
        try {
          const [appended] = await log.append("100001", [{ draft: chat(text), dedupeKey: text }]);
          acknowledged.set(text, appended!.message.score);
          done = true;
        } catch {
          refused++;
        }
      }
    }
  });
  await waitFor("fifty texts", () => acknowledged.size > 50);
  await durable.killAndStart();
  const before = acknowledged.size;
  await waitFor("writers that go on", () => acknowledged.size > before + 10);
  stop = true;
  await Promise.all(writers);
  ok(refused > 0);
  const found: string[] = [];
  let after: number | null = null;
  do {
    const page: Awaited<ReturnType<MessageLog["history"]>> = await log.history("100001", {
      fromMs: 0,
      toMs: 4e12,
      after,
      limit: 1_000,
    });
    for (const message of page.messages) {
      if (message.kind === "chat") found.push(message.body.text);
      strictEqual(acknowledged.get(found.at(-1)!), message.score);
    }
    after = page.next;
  } while (after !== null);
  deepStrictEqual(found.toSorted(), [...acknowledged.keys()].toSorted());
  const wokenBefore = woken;
  await log.append("100001", [{ draft: chat("x"), dedupeKey: null }]);
  await waitFor("a wake-up after the restart", () => woken > wokenBefore);
  unwatch();
  await log.close();
  await connection.close();
});

Deno.test("redis: without a connection a call is refused as busy, and nothing was done", async () => {
  await using server = await startRedis({ appendfsync: "always" });
  const connection = await openEmptyRedis([server.url]);
  const log = logOver(connection);
  await log.append("100001", [{ draft: chat("before"), dedupeKey: null }]);
  await server.kill();
  const say = () => log.append("100001", [{ draft: chat("lost"), dedupeKey: null }]);
  // The first may have been on its way.
  await rejects(say());
  await rejects(say(), StoreBusyError);
  await server.killAndStart();
  const { messages } = await log.read("100001", { after: null, limit: 10 });
  strictEqual(messages.length, 1);
  await connection.close();
});
