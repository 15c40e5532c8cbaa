/** Redis over HTTP: the bridge as a process with its permissions, and the client of Upstash. */
import { deepStrictEqual, match, ok, rejects, strictEqual, throws } from "node:assert/strict";
import { Redis } from "@upstash/redis/cloudflare";
import type { Slice } from "../../im/log.ts";
import { DEFAULT_IM_SETTINGS } from "../../im/settings.ts";
import { readBridgeConfig } from "../../store/bridge/main.ts";
import { RedisLog } from "../../store/redis/log.ts";
import { Places } from "../../store/redis/places.ts";
import { openRedisRepositories } from "../../store/redis/repositories/mod.ts";
import { loadScripts } from "../../store/redis/scripts.ts";
import { RedisConnection } from "../../store/redis/connection.ts";
import { openUpstashFeed } from "../../store/upstash/feed.ts";
import { UpstashLog } from "../../store/upstash/log.ts";
import { chat, type Driver, testMessageLog } from "../conformance/message_log_conformance.ts";
import { accountNamed, room } from "../conformance/repository_conformance.ts";
import { freePort } from "../support/platform.ts";
import { startRedis } from "../support/redis.ts";
import { waitFor } from "../support/wait.ts";

const TOKEN = "token-of-the-bridge";
const ROOT = new URL("../../", import.meta.url).pathname;
const server = await startRedis();
const scripts = await loadScripts();
const port = freePort();
const url = `http://127.0.0.1:${port}`;
const bridge = new Deno.Command("/bin/sh", {
  args: ["bin/redis-rest"],
  cwd: ROOT,
  env: {
    DENO: Deno.execPath(),
    REDIS_URL: server.url,
    UPSTASH_REDIS_REST_TOKEN: TOKEN,
    REDIS_REST_PORT: String(port),
  },
  stdin: "null",
  stdout: "null",
  stderr: "null",
}).spawn();
addEventListener("unload", () => {
  bridge.kill("SIGKILL");
  server.killNow();
});
await waitFor("the bridge", async () => {
  const response = await fetch(url);
  await response.body?.cancel();
  return response.status === 401;
});

const open = () => RedisConnection.open({ urls: [server.url], name: "REDIS_URL" });
const post = async (path: string, body: string, token = TOKEN, headers = {}) => {
  const response = await fetch(`${url}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, ...headers },
    body,
  });
  return { status: response.status, body: await response.json() };
};

const driver: Driver = {
  name: "upstash",
  persistent: true,
  shared: true,
  async setUp() {
    const connection = await open();
    await connection.call(null, ["FLUSHALL"]);
    return {
      open(options = {}) {
        const log = new RedisLog(new Places({ main: connection, scripts }), options);
        const over = new UpstashLog({ url, token: TOKEN, ...options });
        // Written over TCP, read over HTTP.
        let closed = false;
        return Promise.resolve({
          append: (channel, entries) => log.append(channel, entries),
          read: (channel, which): Promise<Slice> =>
            closed || (channel.startsWith("@") && channel !== "@everyone")
              ? log.read(channel, which)
              : over.read(channel, which),
          watch: (channel, wake) => log.watch(channel, wake),
          history: (channel, which) => log.history(channel, which),
          remove: (channel, scores) => log.remove(channel, scores),
          close() {
            closed = true;
            return log.close();
          },
        });
      },
      writer: null,
      [Symbol.asyncDispose]: () => connection.close(),
    };
  },
};

testMessageLog(driver);

Deno.test("the bridge answers the client of Upstash in each of its ways", async () => {
  const connection = await open();
  await connection.call(null, ["FLUSHALL"]);
  const places = new Places({ main: connection, scripts });
  const log = new RedisLog(places);
  const [said] = await log.append("100001", [{ draft: chat("你好 🎥"), dedupeKey: null }]);
  // As it comes from the box: base64, pipelines of its own.
  const redis = new Redis({ url, token: TOKEN, enableTelemetry: false, retry: false });
  const keys = ["wanren:{100001}:"];
  const args = ["main", "", "10", "120000", "0"];
  const reply = await redis.evalsha(scripts.log_read.sha, keys, args) as unknown[];
  deepStrictEqual([Number(reply[0]), reply[1]], [said!.message.score, 0]);
  match(String(reply[2]), /你好 🎥/);
  const pipeline = redis.pipeline();
  pipeline.exists("wanren:{store}:room:100001");
  pipeline.ping();
  deepStrictEqual(await pipeline.exec(), [0, "PONG"]);
  const transaction = redis.multi();
  transaction.exists("wanren:{store}:room:100001");
  transaction.exists("wanren:{store}:room:100002");
  deepStrictEqual(await transaction.exec(), [0, 0]);
  // Nothing of a transaction happens when one of its commands may not.
  const wrong = redis.multi();
  wrong.ping();
  wrong.get("wanren:{store}:account:1");
  await rejects(wrong.exec(), /EXECABORT NOPERM/);
  await rejects(redis.get("wanren:{store}:account:1"), /NOPERM/);
  await rejects(redis.flushall(), /NOPERM/);
  const subscription = redis.subscribe("wanren:{100001}:wake");
  let wakes = 0;
  subscription.on("message", () => wakes++);
  await waitFor("the wake-up", async () => {
    await log.append("100001", [{ draft: chat("x"), dedupeKey: null }]);
    return wakes > 0;
  }, { deadlineMs: 5_000 });
  await subscription.unsubscribe();
  await connection.close();
});

Deno.test("the bridge refuses strangers, what is too large, and what is no command", async () => {
  deepStrictEqual(await post("/", '["PING"]', "wrong"), {
    status: 401,
    body: { error: "WRONGPASS invalid or missing auth token" },
  });
  deepStrictEqual(await post("/", '["PING"]'), { status: 200, body: { result: "PONG" } });
  deepStrictEqual(await post("/", '["PING"]', TOKEN, { "upstash-encoding": "base64" }), {
    status: 200,
    body: { result: btoa("PONG") },
  });
  strictEqual((await post("/", "{")).status, 400);
  strictEqual((await post("/", "[]")).status, 400);
  strictEqual((await post("/pipeline", '["PING"]')).body[0].error.startsWith("ERR"), true);
  strictEqual((await post("/pipeline", JSON.stringify(Array(201).fill(["PING"])))).status, 400);
  strictEqual((await post("/", `["${"x".repeat(300_000)}"]`)).status, 413);
  strictEqual((await post("/subscribe/wanren:{@a1b2}:wake", "")).status, 403);
  strictEqual((await post("/else", "[]")).status, 404);
});

Deno.test("a feed over HTTP brings rooms, settings, and says when there is no room", async () => {
  const connection = await open();
  await connection.call(null, ["FLUSHALL"]);
  const store = openRedisRepositories(connection, scripts);
  await store.accounts.create(accountNamed("ann"));
  await store.rooms.create(room("id-ann", "Ann's"));
  const log = new RedisLog(new Places({ main: connection, scripts }));
  const feed = await openUpstashFeed({ url, token: TOKEN });
  deepStrictEqual(feed.settings, DEFAULT_IM_SETTINGS);
  const texts: string[] = [];
  let missing = 0;
  const sink = {
    onSlice: ({ messages }: Slice) =>
      messages.forEach((message) =>
        texts.push(message.kind === "chat" ? message.body.text : message.kind)
      ),
    onMissing: () => missing++,
    onAway: () => {},
  };
  feed.follow("100001", sink);
  feed.follow("100002", sink);
  for (const text of ["a", "b"]) {
    await log.append("100001", [{ draft: chat(text), dedupeKey: null }]);
    await waitFor(text, () => texts.at(-1) === text, { deadlineMs: 4_000 });
  }
  strictEqual(missing, 1);
  await store.settings.put([{
    key: "im",
    value: '{"batchMs":900}',
    atMs: 1,
    actor: { id: "1", name: "root" },
  }]);
  await waitFor("the setting", () => feed.settings.batchMs === 900, { deadlineMs: 3_000 });
  ok(texts.length === 2);
  await feed.close();
  await connection.close();
});

Deno.test("readBridgeConfig() needs a Redis and a token, and shows neither", () => {
  const env = { REDIS_URL: "redis://:secret@a", UPSTASH_REDIS_REST_TOKEN: "0123456789abcdef" };
  deepStrictEqual(readBridgeConfig(env), {
    redisUrls: ["redis://:secret@a"],
    token: "0123456789abcdef",
    host: "127.0.0.1",
    port: 8079,
  });
  for (
    const wrong of [
      { REDIS_URL: "" },
      { UPSTASH_REDIS_REST_TOKEN: "" },
      { UPSTASH_REDIS_REST_TOKEN: "secret" },
      { REDIS_REST_PORT: "x" },
    ]
  ) {
    throws(() => readBridgeConfig({ ...env, ...wrong }), (error: Error) => {
      match(error.message, /^Cannot /);
      ok(!error.message.includes("secret"));
      return true;
    });
  }
});

Deno.test("the edge of the environment answers polls of rooms, and says 503 until it can", async () => {
  const connection = await open();
  await connection.call(null, ["FLUSHALL"]);
  const store = openRedisRepositories(connection, scripts);
  await store.accounts.create(accountNamed("ann"));
  await store.rooms.create(room("id-ann", "Ann's"));
  const log = new RedisLog(new Places({ main: connection, scripts }));
  await log.append("100001", [{ draft: chat("before"), dedupeKey: null }]);
  const servePort = freePort();
  const serve = (env: Record<string, string>) =>
    new Deno.Command(Deno.execPath(), {
      args: [
        ...["serve", "--no-prompt", "--cached-only", "--allow-net", "--host=127.0.0.1"],
        `--allow-env=ORIGINS,CLUSTER_SECRET,FLV_BATCH_MS,${Object.keys(env).join()}`,
        ...[`--port=${servePort}`, "edge/mod.ts"],
      ],
      cwd: ROOT,
      env: { ORIGINS: "", ...env },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
  const child = serve({ UPSTASH_REDIS_REST_URL: `${url}/`, UPSTASH_REDIS_REST_TOKEN: TOKEN });
  const ask = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${servePort}${path}`);
    return { status: response.status, text: await response.text() };
  };
  const poll = async (cursor = "") => {
    const { status, text } = await ask(
      `/api/rooms/100001/messages${cursor && `?cursor=${cursor}`}`,
    );
    const body = status === 200 ? JSON.parse(text) : null;
    const texts = body?.messages.map((one: { text: string }) => one.text);
    return { status, texts, cursor: body?.cursor };
  };
  try {
    await waitFor("deno serve", async () => (await ask("/healthz")).text === "ok");
    const first = await poll();
    deepStrictEqual([first.status, first.texts], [200, ["before"]]);
    await log.append("100001", [{ draft: chat("after"), dedupeKey: null }]);
    const next = await waitFor("the text", async () => {
      const answer = await poll(first.cursor);
      return answer.texts?.length > 0 && answer;
    });
    deepStrictEqual(next.texts, ["after"]);
    strictEqual((await ask("/api/rooms/999999/messages")).status, 404);
    // No origin is named.
    strictEqual((await ask("/live/100001.flv")).status, 503);
  } finally {
    child.kill("SIGKILL");
    await child.status;
    await connection.close();
  }
});
