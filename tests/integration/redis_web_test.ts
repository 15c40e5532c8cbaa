/** Two processes of `web` over one Redis, as the supervisor runs them. */
import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { openRedisFeed, openRedisStores } from "../../store/redis/mod.ts";
import { createLogger } from "../../platform/log.ts";
import { startRedis } from "../support/redis.ts";
import { waitFor } from "../support/wait.ts";
import { CLUSTER_SECRET, prepareWeb, WebProcess } from "../support/web_process.ts";

const server = await startRedis({ appendfsync: "everysec", password: "secret-of-redis" });
const hotServer = await startRedis();
addEventListener("unload", () => {
  for (const each of [server, hotServer]) each.killNow();
});

const CREDENTIALS = { name: "ann", password: "correct horse" };
const ADMIN = { adminName: "root", adminPassword: "correct horse" };

const get = async (web: WebProcess, path: string, token?: string) => {
  const response = await fetch(`${web.url}${path}`, {
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });
  return { status: response.status, body: await response.json() };
};

const put = async (web: WebProcess, path: string, body: unknown) => {
  const response = await fetch(`${web.url}${path}`, {
    method: "PUT",
    headers: { "content-type": "application/json", authorization: `Bearer ${CLUSTER_SECRET}` },
    body: JSON.stringify(body),
  });
  await response.body?.cancel();
  return response.status;
};

Deno.test("two web are one platform, and what either acknowledged outlives both and Redis", async () => {
  const env = { REDIS_URL: server.url, HOT_REDIS_URLS: `a=${hotServer.url}` };
  await using first = await prepareWeb(env);
  await using second = await prepareWeb(env);
  await using one = await WebProcess.start({ ...first.config, ...ADMIN });
  // What is sealed with the key of the instance is for all of them to open.
  await Deno.copyFile(
    `${first.config.dataDir}/instance.key`,
    `${second.config.dataDir}/instance.key`,
  );
  await using other = await WebProcess.start(second.config);
  const { body: { token } } = await one.post("/api/accounts", CREDENTIALS);
  const made = await other.post("/api/rooms", { title: "Ann's" }, token);
  strictEqual(made.status, 201);
  const room: string = made.body.room.id;
  const publish = { room, key: made.body.publish.key, protocol: "rtmp", remoteAddress: "::1" };
  deepStrictEqual(await one.post("/internal/publish", publish, CLUSTER_SECRET), {
    status: 200,
    body: { room },
  });

  // Live state and viewers of both.
  const report = {
    ...{ room, state: "live", startedAtMs: Date.now(), protocol: "rtmp", encoder: null },
    ...{ remoteAddress: "::1", video: null, audio: null, bitrateKbps: 1, droppedFrames: 0 },
    ...{ droppedFramesRecently: 0, uploadLagMs: 0, reconnects: 0, readers: {} },
    outputs: { llhls: false, hls: false },
  };
  strictEqual(await put(one, "/internal/streams", { node: "media@a", streams: [report] }), 200);
  for (const [web, node] of [[one, "edge@a"], [other, "edge@b"]] as const) {
    const rooms = { [room]: { flv: 2, ws: 0, hls: 1 } };
    strictEqual(await put(web, "/internal/viewers", { node, rooms }), 204);
  }
  for (const web of [one, other]) {
    await waitFor("six viewers", async () => {
      const { body } = await get(web, `/api/rooms/${room}`);
      return body.room.live && body.room.viewers === 6;
    }, { deadlineMs: 4_000 });
  }

  // A setting, within 2 s, also at an edge.
  const feed = await openRedisFeed(first.config, { log: createLogger({ level: "error" }) });
  const root = await other.post("/api/sessions", {
    name: ADMIN.adminName,
    password: ADMIN.adminPassword,
  });
  const changed = await fetch(`${other.url}/api/admin/settings`, {
    method: "PATCH",
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${root.body.token}`,
    },
    body: JSON.stringify({ signUp: "closed", im: { batchMs: 700 } }),
  });
  strictEqual(changed.status, 200, await changed.text());
  await waitFor("the setting", async () => {
    const { status } = await one.post("/api/accounts", { ...CREDENTIALS, name: "bob" });
    return status === 403 && feed.settings.batchMs === 700;
  }, { deadlineMs: 2_500 });
  await feed.close();

  // What is said at one web comes to an edge that knows Redis alone.
  await using edge = await WebProcess.start(first.config, "edge");
  const heard: string[] = [];
  let cursor = "";
  const poll = async (text: string) => {
    const { body } = await get(edge, `/api/rooms/${room}/messages${cursor && `?cursor=${cursor}`}`);
    cursor = body.cursor;
    heard.push(...JSON.stringify(body).match(/said \w+/g) ?? []);
    return heard.includes(text);
  };
  const say = async (web: WebProcess, text: string) => {
    const clientId = text.replace(" ", "-");
    const said = await web.post(`/api/rooms/${room}/messages`, {
      ...{ kind: "chat", text, clientId },
    }, token);
    strictEqual(said.status, 201, JSON.stringify(said.body));
  };
  await poll("");
  await say(other, "said before");
  await waitFor("the message", () => poll("said before"));

  // A room's messages get a Redis of their own, and both know it.
  const place = (where: string | null) =>
    fetch(`${other.url}/api/admin/rooms/${room}/place`, {
      method: "PUT",
      headers: { "content-type": "application/json", authorization: `Bearer ${root.body.token}` },
      body: JSON.stringify({ place: where }),
    }).then(async (response) => [response.status, (await response.text()).includes("place")]);
  deepStrictEqual(await place("b"), [400, true]);
  deepStrictEqual(await place("a"), [204, false]);
  deepStrictEqual(await get(one, "/api/admin/hot-rooms", root.body.token), {
    status: 200,
    body: { places: ["main", "a"], rooms: [{ room, place: "a", pinned: true }] },
  });

  await say(one, "said after");
  await waitFor("the message", () => poll("said after"));
  deepStrictEqual(heard, ["said before", "said after"]);

  // Redis dies and comes back; then both web die.
  await server.killAndStart();
  await waitFor("the account", async () => (await get(one, "/api/session", token)).status === 200);
  await one.kill();
  await other.kill();
  for (const web of [one, other]) ok(!web.output.includes("secret-of-redis"), web.output);
  await using again = await WebProcess.start(second.config);
  strictEqual((await get(again, "/api/session", token)).body.account.name, "ann");
  strictEqual((await again.post("/internal/publish", publish, CLUSTER_SECRET)).status, 200);
  strictEqual(await again.stop(), 0);
});

Deno.test("a Redis that cannot be used is said without its password", async () => {
  const log = createLogger({ level: "error" });
  const hotRedisUrls = {};
  const wrong = server.url.replace("secret-of-redis", "wrong-password");
  await rejects(openRedisStores({ redisUrls: [wrong], hotRedisUrls }, { log }), (error: Error) => {
    match(error.message, /^Cannot use REDIS_URL: WRONGPASS/);
    ok(!error.message.includes("wrong-password"));
    return true;
  });
  await rejects(
    openRedisStores({ redisUrls: [server.url], hotRedisUrls: { a: wrong } }, { log }),
    /^Error: Cannot use HOT_REDIS_URLS a: WRONGPASS/,
  );
});
