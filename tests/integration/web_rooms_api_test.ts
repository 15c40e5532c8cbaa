/** What owners make of their rooms over JSON, and how rooms are found. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { PasswordHasher } from "../../rooms/password_hasher.ts";
import { HOLD_MS } from "../../rooms/room_service.ts";
import { LONE_SURROGATE_JSON, NO_TEXTS, ODD_TEXTS } from "../support/hostile.ts";
import { draw, imageFixture, plainPng } from "../support/images.ts";
import { answerOf, problemOf, reportOf, startWebApp, type WebApp } from "../support/web.ts";

const hasher = new PasswordHasher();
Deno.test.afterAll(() => hasher.close());

function apiTest(name: string, body: (web: WebApp) => Promise<void>) {
  Deno.test(name, async () => {
    await using web = await startWebApp({ hasher });
    await body(web);
  });
}

const DAY_MS = 24 * 3_600_000;

apiTest("PATCH /api/rooms/<room> changes what it names and keeps the rest", async (web) => {
  const ann = await web.signUp("ann");
  const { id } = await web.createRoom(ann, "Title");
  const patch = async (body: unknown) =>
    (await answerOf(await web.call("PATCH", `/api/rooms/${id}`, { token: ann.token, body }))).room;
  const nextLiveAt = new Date(web.clock.nowMs + DAY_MS).toISOString();
  const changed = await patch({
    description: " one \r\n\r\n\r\ntwo ",
    category: "music",
    nextLiveAt,
  });
  deepStrictEqual(
    [changed.title, changed.description, changed.category, changed.nextLiveAt],
    ["Title", "one\n\ntwo", "music", nextLiveAt],
  );
  const cleared = await patch({ description: "", category: null, nextLiveAt: null, id: "1" });
  deepStrictEqual(
    [cleared.id, cleared.title, cleared.description, cleared.category, cleared.nextLiveAt],
    [id, "Title", "", null, null],
  );
  for (const odd of ODD_TEXTS) {
    const room = await patch({ title: odd, description: odd });
    deepStrictEqual([room.title, room.description], [odd, odd]);
  }
  // An offset is a point in time like any other.
  const local = new Date(web.clock.nowMs + DAY_MS).toISOString().replace("Z", "+08:00");
  strictEqual((await patch({ nextLiveAt: local })).nextLiveAt, new Date(local).toISOString());
});

apiTest("PATCH /api/rooms/<room> refuses what cannot be kept", async (web) => {
  const ann = await web.signUp("ann");
  const { id } = await web.createRoom(ann, "Title");
  const path = `/api/rooms/${id}`;
  const at = (ms: number) => new Date(web.clock.nowMs + ms).toISOString();
  const bad: Record<string, readonly unknown[]> = {
    title: ["", " \n ", "x".repeat(101), "a\u0000b", "a\u202eb", null, ...NO_TEXTS],
    description: [
      "x".repeat(2_001),
      "x".repeat(20_000),
      "\n".repeat(5) + Array.from({ length: 61 }, () => "x").join("\n"),
      "a\u0007b",
      "a\u202eb",
      "a\u2067b",
      null,
      ...NO_TEXTS,
    ],
    category: ["", "no-such", "Music", "__proto__", "x".repeat(5_000), ...NO_TEXTS],
    nextLiveAt: [
      "",
      "tomorrow",
      "2026-02-30",
      "9999-99-99T99:99:99Z",
      at(0),
      at(-DAY_MS),
      at(400 * DAY_MS),
      "+275760-09-13T00:00:00.001Z",
      1_800_000_000_000,
      ...NO_TEXTS,
    ],
  };
  for (const [field, values] of Object.entries(bad)) {
    for (const value of values) {
      const problem = await problemOf(
        await web.call("PATCH", path, { token: ann.token, body: { [field]: value } }),
        400,
      );
      deepStrictEqual([problem.code, problem.field], ["invalid", field], JSON.stringify(value));
    }
    const half = await web.call("PATCH", path, {
      token: ann.token,
      rawBody: `{"${field}":${LONE_SURROGATE_JSON}}`,
      headers: { "content-type": "application/json" },
    });
    strictEqual((await problemOf(half, 400)).field, field);
  }
  for (const body of [{}, { Title: "x" }, { owner: { id: "1" } }]) {
    const problem = await problemOf(await web.call("PATCH", path, { token: ann.token, body }), 400);
    match(String(problem.detail), /expected some of title, description, category, nextLiveAt/);
  }
  // Nothing of a change is kept when one part is refused.
  const mixed = { title: "New", description: "x".repeat(2_001) };
  await problemOf(await web.call("PATCH", path, { token: ann.token, body: mixed }), 400);
  strictEqual((await answerOf(await web.call("GET", path))).room.title, "Title");
});

apiTest("what is the owner's is nobody else's", async (web) => {
  const ann = await web.signUp("ann");
  const { id } = await web.createRoom(ann);
  const stranger = await web.signUp("bob");
  const root = await web.admin();
  const picture = {
    rawBody: imageFixture("quadrants.png"),
    headers: { "content-type": "image/png" },
  };
  const calls = [
    ["PATCH", `/api/rooms/${id}`, { body: { title: "mine" } }],
    ["PUT", `/api/rooms/${id}/cover`, picture],
    ["DELETE", `/api/rooms/${id}/cover`, {}],
    ["DELETE", `/api/rooms/${id}/hold`, {}],
  ] as const;
  for (const [method, path, options] of calls) {
    await problemOf(await web.call(method, path, options), 401);
    for (const { token } of [stranger, root]) {
      const problem = await problemOf(await web.call(method, path, { ...options, token }), 403);
      strictEqual(problem.code, "forbidden", `${method} ${path}`);
    }
    const unknown = path.replace(id, "100009");
    await problemOf(await web.call(method, unknown, { ...options, token: ann.token }), 404);
  }
  const broadcasts = `/api/rooms/${id}/broadcasts`;
  await problemOf(await web.call("GET", broadcasts), 401);
  await problemOf(await web.call("GET", broadcasts, stranger), 403);
  await answerOf(await web.call("GET", broadcasts, root));
  await problemOf(await web.call("GET", "/api/rooms/100009/broadcasts", root), 404);
  strictEqual(web.images.count, 0);
});

apiTest("PUT and DELETE /api/rooms/<room>/cover show a cover and take it back", async (web) => {
  const ann = await web.signUp("ann");
  const { id } = await web.createRoom(ann);
  const path = `/api/rooms/${id}/cover`;
  const put = (bytes: Uint8Array<ArrayBuffer>, type = "image/png") =>
    web.call("PUT", path, {
      token: ann.token,
      rawBody: bytes,
      headers: { "content-type": type },
    });
  const { room } = await answerOf(await put(plainPng({ width: 640, height: 480 })));
  match(room.cover, /^http:\/\/wanren\.test\/images\/[0-9a-f]{32}\.jpg$/);
  const shown = await web.call("GET", new URL(room.cover).pathname);
  const { width, height } = draw(new Uint8Array(await shown.arrayBuffer()));
  deepStrictEqual([width, height], [640, 360]);
  const again = await answerOf(await put(plainPng({ width: 400, height: 400 })));
  strictEqual((await web.call("GET", new URL(room.cover).pathname)).status, 404);
  strictEqual(web.images.count, 1);

  strictEqual(
    (await problemOf(await put(plainPng({ width: 300, height: 300 })), 422)).code,
    "picture_too_small",
  );
  strictEqual((await problemOf(await put(new Uint8Array(99)), 415)).code, "picture_unknown");
  const cut = plainPng({ width: 640, height: 480 }).subarray(0, 200);
  strictEqual((await problemOf(await put(cut), 422)).code, "picture_broken");
  strictEqual(
    (await answerOf(await web.call("GET", `/api/rooms/${id}`))).room.cover,
    again.room.cover,
  );
  for (let time = 0; time < 2; time++) {
    strictEqual((await answerOf(await web.call("DELETE", path, ann))).room.cover, null);
  }
  strictEqual(web.images.count, 0);
});

apiTest("GET /api/rooms finds by text, category and state", async (web) => {
  const rooms: string[] = [];
  for (
    const [name, title, category] of [
      ["ann", "Jazz am Abend", "music"],
      ["李雷", "夜晚音乐", "music"],
      ["bob", "50% JAZZ_fusion", "talk"],
    ] as const
  ) {
    const member = await web.signUp(name);
    const { id } = await web.createRoom(member, title);
    await answerOf(
      await web.call("PATCH", `/api/rooms/${id}`, { token: member.token, body: { category } }),
    );
    rooms.push(id);
  }
  const [ann = "", lei = "", bob = ""] = rooms;
  web.live.putStreams("m1", { streams: [reportOf(ann)] }, web.clock.nowMs);
  const find = async (query: Record<string, string>) => {
    const answer = await answerOf(
      await web.call("GET", `/api/rooms?${new URLSearchParams(query)}`),
    );
    return answer.rooms.map(({ id }: { id: string }) => id);
  };
  deepStrictEqual(await find({ q: " jazz " }), [ann, bob]);
  deepStrictEqual(await find({ q: "ＪＡＺＺ" }), [ann, bob]);
  deepStrictEqual(await find({ q: "李雷" }), [lei]);
  deepStrictEqual(await find({ q: "音乐" }), [lei]);
  deepStrictEqual(await find({ q: bob }), [bob]);
  deepStrictEqual(await find({ q: "%" }), [bob]);
  deepStrictEqual(await find({ q: "_" }), [bob]);
  deepStrictEqual(await find({ q: "' OR 1=1 --" }), []);
  deepStrictEqual(await find({ q: "" }), [ann, bob, lei]);
  deepStrictEqual(await find({ category: "music" }), [ann, lei]);
  deepStrictEqual(await find({ category: "music", live: "false" }), [lei]);
  deepStrictEqual(await find({ category: "music", live: "true" }), [ann]);
  deepStrictEqual(await find({ category: "talk", q: "jazz" }), [bob]);
  deepStrictEqual(await find({ category: "talk", q: "jazz", live: "true" }), []);
  deepStrictEqual(await find({ q: "jazz", limit: "1" }), [ann]);
  deepStrictEqual(await find({ category: "gone" }), []);
  const bad = [
    ["q", `q=${"x".repeat(101)}`],
    ["category", `category=${"x".repeat(25)}`],
    ["limit", "limit=-1"],
    ["limit", "limit=999999999999999999999"],
    ["limit", "limit=10&limit=20"],
    ["limit", "limit=0x10"],
    ["limit", "limit=１０"],
    ["live", "live=1"],
    ["q", "q=a&q=b"],
  ] as const;
  for (const [field, query] of bad) {
    const problem = await problemOf(await web.call("GET", `/api/rooms?${query}`), 400);
    deepStrictEqual([problem.code, problem.field], ["invalid", field], query);
  }
  // What is no UTF-8 finds nothing, or is refused; it breaks nothing.
  for (const query of ["q=%ff", "q=%ED%A0%BD", "q=%", "%=1", "q=%00"]) {
    const response = await web.call("GET", `/api/rooms?${query}`);
    ok([200, 400].includes(response.status), query);
    await response.body?.cancel();
  }
});

apiTest("a category that is gone is a room's no more", async (web) => {
  const root = await web.admin();
  const { id } = await web.createRoom(root);
  await answerOf(
    await web.call("PATCH", `/api/rooms/${id}`, { token: root.token, body: { category: "music" } }),
  );
  const categories = [{ key: "chess", zh: "国际象棋", en: "Chess" }];
  await answerOf(
    await web.call("PATCH", "/api/admin/settings", { token: root.token, body: { categories } }),
  );
  deepStrictEqual(await answerOf(await web.call("GET", "/api/categories")), { categories });
  strictEqual((await answerOf(await web.call("GET", `/api/rooms/${id}`))).room.category, null);
});

apiTest("an ended stream holds its encoder off until the owner lets it in", async (web) => {
  const ann = await web.signUp("ann");
  const { id, key } = await web.createRoom(ann);
  const path = `/api/rooms/${id}`;
  await answerOf(await web.call("DELETE", `${path}/stream`, ann), 204);
  const { heldUntil } = await answerOf(await web.call("GET", `${path}/stream`, ann));
  strictEqual(heldUntil, new Date(web.clock.nowMs + HOLD_MS).toISOString());
  strictEqual(await web.rooms.admit({ room: id, key }), "ended");
  for (let time = 0; time < 2; time++) {
    await answerOf(await web.call("DELETE", `${path}/hold`, ann), 204);
  }
  strictEqual(await web.rooms.admit({ room: id, key }), "admitted");
  strictEqual((await answerOf(await web.call("GET", `${path}/stream`, ann))).heldUntil, null);
});

apiTest("GET /api/rooms/<room>/broadcasts tells how the last ones went", async (web) => {
  const ann = await web.signUp("ann");
  const { id } = await web.createRoom(ann);
  const path = `/api/rooms/${id}/broadcasts`;
  deepStrictEqual(await answerOf(await web.call("GET", path, ann)), { broadcasts: [] });
  const startedAtMs = web.clock.nowMs;
  for (let second = 0; second <= 20; second += 2) {
    web.clock.nowMs = startedAtMs + second * 1_000;
    web.live.putStreams("m1", { streams: [reportOf(id, { startedAtMs })] }, web.clock.nowMs);
    await web.business.broadcasts.tick(web.clock.nowMs);
  }
  const running = (await answerOf(await web.call("GET", path, ann))).broadcasts;
  strictEqual(running.length, 1);
  strictEqual(running[0].endedAt, null);
  web.live.putStreams("m1", { streams: [] }, web.clock.nowMs);
  web.clock.nowMs += 2_000;
  await web.business.broadcasts.tick(web.clock.nowMs);
  const [over] = (await answerOf(await web.call("GET", path, ann))).broadcasts;
  deepStrictEqual(over, {
    startedAt: new Date(startedAtMs).toISOString(),
    endedAt: over.endedAt,
    durationMs: Date.parse(over.endedAt) - startedAtMs,
    peakViewers: 2,
    averageViewers: 2,
    averageKbps: 1_500,
    droppedFrames: 0,
    reconnects: 0,
    giftCoins: 0,
    encoder: "obs-output module",
    protocol: "rtmp",
    width: 1_280,
    height: 720,
  });
  ok(over.durationMs >= 20_000 && over.durationMs <= 22_000);
  const { room } = await answerOf(await web.call("GET", `/api/rooms/${id}`));
  strictEqual(room.lastLiveAt, over.endedAt);
  for (const limit of ["0", "201", "x", ""]) {
    const problem = await problemOf(await web.call("GET", `${path}?limit=${limit}`, ann), 400);
    strictEqual(problem.field, "limit");
  }
});
