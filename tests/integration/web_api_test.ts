/** The JSON API of the public contract, call by call, through the whole surface of `web`. */
import { deepStrictEqual, match, notStrictEqual, ok, strictEqual } from "node:assert/strict";
import { PasswordHasher } from "../../rooms/password_hasher.ts";
import { HOLD_MS } from "../../rooms/room_service.ts";
import { problemOf, reportOf, startWebApp, type WebApp } from "../support/web.ts";

const hasher = new PasswordHasher();
Deno.test.afterAll(() => hasher.close());

function apiTest(name: string, body: (web: WebApp) => Promise<void>) {
  Deno.test(name, async () => {
    await using web = await startWebApp({ hasher });
    await body(web);
  });
}

apiTest("POST /api/accounts makes an account and a session", async (web) => {
  const response = await web.call("POST", "/api/accounts", {
    body: { name: " 李雷 🎥 ", password: "correct horse", admin: true, unknown: [1] },
  });
  strictEqual(response.status, 201);
  const { account, token, ...rest } = await response.json();
  deepStrictEqual(rest, {});
  deepStrictEqual(Object.keys(account), ["id", "name"]);
  strictEqual(account.name, "李雷 🎥");
  const who = await (await web.call("GET", "/api/session", { token })).json();
  deepStrictEqual(who, { account: { ...account, admin: false }, room: null });
});

apiTest("POST /api/accounts knows that names are the same", async (web) => {
  await web.signUp("Straße");
  for (const name of ["Straße", "STRASSE", "strasse", "Ｓｔｒａｓｓｅ", "stra\u200dsse"]) {
    const problem = await problemOf(
      await web.call("POST", "/api/accounts", { body: { name, password: "correct horse" } }),
      409,
    );
    strictEqual(problem.code, "name_taken");
    strictEqual(problem.field, "name");
  }
});

apiTest("of sign-ups with one name at once, one wins", async (web) => {
  const answers = await Promise.all(
    [1, 2, 3].map(() =>
      web.call("POST", "/api/accounts", { body: { name: "ann", password: "correct horse" } })
    ),
  );
  deepStrictEqual(answers.map(({ status }) => status).toSorted(), [201, 409, 409]);
});

apiTest("POST /api/accounts takes every script and refuses what cannot be read", async (web) => {
  const post = (name: unknown, password: unknown = "correct horse") =>
    web.call("POST", "/api/accounts", { body: { name, password } });
  for (
    const name of [
      "<script>alert(1)</script>",
      "نور الدين",
      "שלום",
      "👩‍👩‍👧‍👦 family",
      "𠮷野家",
      "a".repeat(32),
      "𝕏".repeat(2),
    ]
  ) {
    strictEqual((await post(name)).status, 201, name);
  }
  for (
    const name of [
      "",
      "a",
      "   ",
      "a".repeat(33),
      "a".repeat(5_000),
      "line\nbreak",
      "nul\u0000",
      "evil\u202egnp.exe",
      "is\u2066olate",
      "zero\u200bwidth",
      "\u3164\u3164",
      "\ud800\ud800",
      "a" + "\u0301".repeat(9),
      "two  spaces",
      null,
      7,
      ["a", "b"],
      { a: 1 },
      undefined,
    ]
  ) {
    const problem = await problemOf(await post(name), 400);
    strictEqual(problem.code, "invalid", JSON.stringify(name));
    strictEqual(problem.field, "name");
  }
  for (
    const password of ["", "1234567", "🎈".repeat(7), "x".repeat(257), "\udc00234567890", 12345678]
  ) {
    strictEqual((await problemOf(await post("bob", password), 400)).field, "password");
  }
  strictEqual((await post("bob", "🎈".repeat(256))).status, 201);
});

apiTest("POST /api/sessions logs in by any spelling of the name", async (web) => {
  const { id } = await web.signUp("Ann");
  for (const name of ["Ann", "ANN", "ａｎｎ"]) {
    const response = await web.call("POST", "/api/sessions", {
      body: { name, password: "correct horse" },
    });
    strictEqual(response.status, 200);
    const { account, token } = await response.json();
    deepStrictEqual(account, { id, name: "Ann" });
    strictEqual(token.length, 43);
    strictEqual(response.headers.get("set-cookie"), null);
  }
  for (
    const body of [
      { name: "Ann", password: "wrong horse" },
      { name: "Ann", password: "" },
      { name: "Ann", password: "x".repeat(60_000) },
      { name: "nobody", password: "correct horse" },
      { name: "\ud800", password: "correct horse" },
      { name: "", password: "" },
    ]
  ) {
    const problem = await problemOf(await web.call("POST", "/api/sessions", { body }), 401);
    strictEqual(problem.code, "wrong_credentials");
  }
});

apiTest("DELETE /api/sessions ends this session alone", async (web) => {
  const { name, token } = await web.signUp();
  const other = await (await web.call("POST", "/api/sessions", {
    body: { name, password: "correct horse" },
  })).json();
  strictEqual((await web.call("DELETE", "/api/sessions", { token })).status, 204);
  await problemOf(await web.call("GET", "/api/session", { token }), 401);
  strictEqual((await web.call("GET", "/api/session", { token: other.token })).status, 200);
  strictEqual((await web.call("DELETE", "/api/sessions", { token })).status, 204);
  strictEqual((await web.call("DELETE", "/api/sessions")).status, 204);
});

apiTest("GET /api/session is quiet for visitors and clear about wrong tokens", async (web) => {
  const response = await web.call("GET", "/api/session");
  strictEqual(response.status, 200);
  deepStrictEqual(await response.json(), { account: null, room: null });
  for (const authorization of ["Bearer x", "Bearer ", "Basic eDp5", `Bearer ${"x".repeat(43)}`]) {
    const wrong = await web.call("GET", "/api/session", { headers: { authorization } });
    strictEqual(wrong.headers.get("www-authenticate"), 'Bearer realm="wanren"');
    await problemOf(wrong, 401);
  }
});

apiTest("a session slides for 30 days after its last use", async (web) => {
  const { token } = await web.signUp();
  const day = 24 * 3_600_000;
  for (let use = 0; use < 3; use++) {
    web.clock.nowMs += 29 * day;
    strictEqual((await web.call("GET", "/api/session", { token })).status, 200);
  }
  web.clock.nowMs += 30 * day;
  await problemOf(await web.call("GET", "/api/session", { token }), 401);
});

apiTest("POST /api/rooms makes one room for each account", async (web) => {
  const ann = await web.signUp("ann");
  const response = await web.call("POST", "/api/rooms", {
    token: ann.token,
    body: { title: "  غرفة\n<b>نور</b> 🌙 " },
  });
  strictEqual(response.status, 201);
  strictEqual(response.headers.get("location"), "/api/rooms/100001");
  const { room, publish, ...rest } = await response.json();
  deepStrictEqual(rest, {});
  deepStrictEqual(room, {
    id: "100001",
    title: "غرفة <b>نور</b> 🌙",
    description: "",
    category: null,
    cover: null,
    owner: { id: ann.id, name: "ann", avatar: null },
    followers: 0,
    live: false,
    startedAt: null,
    viewers: 0,
    still: null,
    nextLiveAt: null,
    lastLiveAt: null,
    playback: {
      llhls: "http://wanren.test/live/100001/index.m3u8",
      hls: "http://wanren.test/live/100001/ts/index.m3u8",
      flv: "http://wanren.test/live/100001.flv",
      rtmp: "rtmp://wanren.test:1935/live/100001",
      whep: null,
    },
  });
  match(publish.key, /^[\w-]{32}$/);
  deepStrictEqual(publish, {
    key: publish.key,
    rtmp: { server: "rtmp://wanren.test:1935/live", streamKey: `100001?key=${publish.key}` },
    whip: null,
  });
  const second = await web.call("POST", "/api/rooms", { token: ann.token, body: { title: "b" } });
  strictEqual((await problemOf(second, 409)).code, "room_exists");
  await problemOf(await web.call("POST", "/api/rooms", { body: { title: "b" } }), 401);
  const bob = await web.signUp("bob");
  strictEqual((await web.createRoom(bob)).id, "100002");
  const who = await (await web.call("GET", "/api/session", { token: bob.token })).json();
  strictEqual(who.room, "100002");
});

apiTest("titles are checked when a room is made and when it changes", async (web) => {
  const { token } = await web.signUp();
  const bad = ["", " \n ", "x".repeat(101), "a\u0000b", "a\u202eb", "\ud83d", 5, null, undefined];
  for (const title of bad) {
    const made = await web.call("POST", "/api/rooms", { token, body: { title } });
    strictEqual((await problemOf(made, 400)).field, "title");
  }
  strictEqual(
    (await web.call("POST", "/api/rooms", { token, body: { title: "🎈".repeat(100) } })).status,
    201,
  );
  for (const title of bad.filter((title) => title !== undefined)) {
    const changed = await web.call("PATCH", "/api/rooms/100001", { token, body: { title } });
    strictEqual((await problemOf(changed, 400)).field, "title");
  }
  const changed = await web.call("PATCH", "/api/rooms/100001", { token, body: { title: "new" } });
  strictEqual(changed.status, 200);
  strictEqual((await changed.json()).room.title, "new");
  const other = await web.signUp();
  const foreign = { token: other.token, body: { title: "mine" } };
  await problemOf(await web.call("PATCH", "/api/rooms/100001", foreign), 403);
  await problemOf(await web.call("PATCH", "/api/rooms/100009", foreign), 404);
});

apiTest("GET /api/rooms/<room> shows the live state", async (web) => {
  const ann = await web.signUp("ann");
  const { id } = await web.createRoom(ann);
  web.live.putStreams(
    "m1",
    {
      streams: [reportOf(id, { outputs: { llhls: true, hls: false } })],
      capabilities: { ffmpeg: true },
    },
    web.clock.nowMs,
  );
  web.live.putViewers("e1", { [id]: { flv: 3, ws: 2, hls: 1 } }, web.clock.nowMs);
  web.live.putViewers("e2", { [id]: { flv: 10, ws: 0, hls: 0 } }, web.clock.nowMs);
  const { room } = await (await web.call("GET", `/api/rooms/${id}`)).json();
  strictEqual(room.live, true);
  strictEqual(room.startedAt, "2023-11-14T22:13:20.000Z");
  strictEqual(room.viewers, 18);
  strictEqual(room.still, `http://wanren.test/live/${id}/still.jpg`);
  strictEqual(room.playback.hls, null);
  strictEqual(room.playback.llhls, `http://wanren.test/live/${id}/index.m3u8`);
  web.live.putStreams("m1", { streams: [reportOf(id)] }, web.clock.nowMs);
  const without = await (await web.call("GET", `/api/rooms/${id}`)).json();
  strictEqual(without.room.still, null, "nobody makes stills without ffmpeg");
  web.clock.nowMs += 6_000;
  const later = await (await web.call("GET", `/api/rooms/${id}`)).json();
  strictEqual(later.room.live, false);
  strictEqual(later.room.viewers, 0);
  for (const unknown of ["100009", "0", "abc", "100001.5", "%2e%2e", "9".repeat(400)]) {
    const problem = await problemOf(await web.call("GET", `/api/rooms/${unknown}`), 404);
    strictEqual(problem.code, "not_found");
  }
});

apiTest("GET /api/rooms lists live rooms by viewers, then the newest", async (web) => {
  const ids: string[] = [];
  for (let index = 0; index < 4; index++) {
    ids.push((await web.createRoom(await web.signUp())).id);
  }
  const [first, second, third, fourth] = ids as [string, string, string, string];
  web.live.putStreams(
    "m1",
    { streams: [reportOf(first, { readers: {} }), reportOf(third)] },
    web.clock.nowMs,
  );
  const list = async (query: string) => {
    const { rooms } = await (await web.call("GET", `/api/rooms${query}`)).json();
    return rooms.map(({ id }: { id: string }) => id);
  };
  deepStrictEqual(await list("?live=true"), [third, first]);
  deepStrictEqual(await list("?live=false"), [fourth, second]);
  deepStrictEqual(await list(""), [third, first, fourth, second]);
  deepStrictEqual(await list("?limit=3"), [third, first, fourth]);
  deepStrictEqual(await list("?limit=1&live=true"), [third]);
  for (const query of ["?live=", "?live=yes", "?limit=0", "?limit=201", "?limit=x", "?limit=1e2"]) {
    await problemOf(await web.call("GET", `/api/rooms${query}`), 400);
  }
});

apiTest("the publish key is for the owner alone and rotates", async (web) => {
  const ann = await web.signUp("ann");
  const { id, key } = await web.createRoom(ann);
  const path = `/api/rooms/${id}/publish-key`;
  const shown = await (await web.call("GET", path, { token: ann.token })).json();
  strictEqual(shown.publish.key, key);
  const rotated = await web.call("POST", path, { token: ann.token });
  strictEqual(rotated.status, 200);
  const { publish } = await rotated.json();
  notStrictEqual(publish.key, key);
  strictEqual(publish.rtmp.streamKey, `${id}?key=${publish.key}`);
  strictEqual(await web.rooms.admit({ room: id, key }), "wrong_key");
  strictEqual(await web.rooms.admit({ room: id, key: publish.key }), "admitted");
  const strangers = [await web.signUp("bob"), await web.admin()];
  for (const method of ["GET", "POST"]) {
    await problemOf(await web.call(method, path), 401);
    for (const { token } of strangers) {
      await problemOf(await web.call(method, path, { token }), 403);
    }
    await problemOf(
      await web.call(method, "/api/rooms/100009/publish-key", { token: ann.token }),
      404,
    );
  }
});

apiTest("GET /api/rooms/<room>/stream shows health to owner and administrators", async (web) => {
  const ann = await web.signUp("ann");
  const { id } = await web.createRoom(ann);
  const path = `/api/rooms/${id}/stream`;
  const none = await web.call("GET", path, { token: ann.token });
  deepStrictEqual(await none.json(), {
    stream: null,
    viewers: 0,
    viewersByProtocol: { flv: 0, ws: 0, hls: 0, rtmp: 0, whep: 0 },
    heldUntil: null,
  });
  web.live.putStreams("m1", { streams: [reportOf(id)] }, web.clock.nowMs);
  web.live.putViewers("e1", { [id]: { flv: 3, ws: 0, hls: 4 } }, web.clock.nowMs);
  for (const { token } of [ann, await web.admin()]) {
    const answer = await (await web.call("GET", path, { token })).json();
    const { startedAtMs: _, ...expected } = reportOf(id);
    deepStrictEqual(answer.stream, { ...expected, startedAt: "2023-11-14T22:13:20.000Z" });
    deepStrictEqual(answer.viewersByProtocol, { flv: 3, ws: 0, hls: 4, rtmp: 2, whep: 0 });
    strictEqual(answer.viewers, 9);
  }
  await problemOf(await web.call("GET", path), 401);
  await problemOf(await web.call("GET", path, { token: (await web.signUp()).token }), 403);
});

apiTest("DELETE /api/rooms/<room>/stream ends it and holds the encoder off", async (web) => {
  const ann = await web.signUp("ann");
  const { id, key } = await web.createRoom(ann);
  const path = `/api/rooms/${id}/stream`;
  await problemOf(await web.call("DELETE", path), 401);
  await problemOf(await web.call("DELETE", path, { token: (await web.signUp()).token }), 403);
  const { token } = await web.admin();
  for (const who of [ann.token, token]) {
    strictEqual(await web.rooms.admit({ room: id, key }), "admitted");
    strictEqual((await web.call("DELETE", path, { token: who })).status, 204);
    strictEqual(await web.rooms.admit({ room: id, key }), "ended");
    strictEqual(await web.rooms.admit({ room: id, key: "guess" }), "wrong_key");
    web.clock.nowMs += HOLD_MS;
  }
  await problemOf(await web.call("DELETE", "/api/rooms/100009/stream", { token }), 404);
});

apiTest("bodies that cannot be read are problems", async (web) => {
  const post = (rawBody: BodyInit, type = "application/json") =>
    web.call("POST", "/api/sessions", { rawBody, headers: { "content-type": type } });
  for (const body of ["", "{", "[]", "null", "1", '"x"', "{}", new Uint8Array([0xff, 0xfe])]) {
    strictEqual((await problemOf(await post(body), 400)).code, "invalid");
  }
  await problemOf(await post("a=b", "application/x-www-form-urlencoded"), 415);
  await problemOf(await post("{}", "text/plain"), 415);
  await problemOf(await web.call("POST", "/api/sessions"), 415);
  const large = JSON.stringify({ name: "ann", password: "x".repeat(64 * 1024) });
  await problemOf(await post(large), 413);
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(16_384)),
  });
  await problemOf(await post(endless), 413);
  const deep = "[".repeat(30_000) + "]".repeat(30_000);
  await problemOf(await post(deep), 400);
});

apiTest("unknown addresses and methods are problems", async (web) => {
  for (const path of ["/api", "/api/", "/api/nothing", "/api/rooms/100001/nothing", "/debug/x"]) {
    await problemOf(await web.call("GET", path), 404);
  }
  const put = await web.call("PUT", "/api/rooms", { body: {} });
  strictEqual(put.headers.get("allow"), "POST, GET, HEAD");
  strictEqual((await problemOf(put, 405)).code, "method_not_allowed");
  await problemOf(await web.call("GET", "/api/accounts"), 405);
  const head = await web.call("HEAD", "/api/rooms");
  strictEqual(head.status, 200);
});

apiTest("every answer has the security headers", async (web) => {
  for (const path of ["/", "/api/rooms", "/api/nothing", "/healthz", "/nothing", "/internal/x"]) {
    const { headers } = await web.call("GET", path);
    match(
      headers.get("content-security-policy") ?? "",
      /script-src 'self';.*frame-ancestors 'none'/,
    );
    strictEqual(headers.get("x-content-type-options"), "nosniff");
    strictEqual(headers.get("referrer-policy"), "same-origin");
    strictEqual(headers.get("cache-control"), "no-store");
  }
});

apiTest("operations answer, and debugging is for administrators", async (web) => {
  strictEqual(await (await web.call("GET", "/healthz")).text(), "ok");
  const ann = await web.signUp("ann");
  await problemOf(await web.call("GET", "/debug/streams"), 401);
  await problemOf(await web.call("GET", "/debug/streams", { token: ann.token }), 403);
  const { id } = await web.createRoom(ann);
  web.live.putStreams("m1", { streams: [reportOf(id)] }, web.clock.nowMs);
  const debug = await web.call("GET", "/debug/streams", { token: (await web.admin()).token });
  const { streams, origins } = await debug.json();
  strictEqual(streams[0].room, id);
  deepStrictEqual(origins, []);
  const metrics = await web.call("GET", "/metrics");
  match(metrics.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
  match(
    await metrics.text(),
    /wanren_web_requests_total\{class="debug",status="401",role="web"\} 1/,
  );
});

apiTest("GET /openapi.json describes every call", async (web) => {
  const document = await (await web.call("GET", "/openapi.json")).json();
  strictEqual(document.openapi, "3.1.0");
  strictEqual(
    document.info.version,
    JSON.parse(await Deno.readTextFile(new URL("../../package.json", import.meta.url))).version,
  );
  const calls = Object.entries<Record<string, { operationId: string }>>(document.paths)
    .filter(([path]) => /^\/(api|debug|healthz|metrics)/.test(path))
    .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`));
  const routes = web.app.routes
    .filter(({ method, path }) => method !== "ALL" && /^\/(api|debug|healthz|metrics)/.test(path))
    .map(({ method, path }) => `${method.toLowerCase()} ${path.replace(/:(\w+)/g, "{$1}")}`);
  ok(routes.length >= 15);
  // The edge answers it.
  routes.push("get /api/rooms/{room}/messages");
  deepStrictEqual(calls.toSorted(), routes.toSorted());
  const references = JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g);
  for (const [, name] of references) ok(document.components.schemas[name as string], name);
});
