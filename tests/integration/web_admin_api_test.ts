/** What administrators do over JSON, and what it means for everybody else. */
import { deepStrictEqual, match, notStrictEqual, ok, strictEqual } from "node:assert/strict";
import { PasswordHasher } from "../../rooms/password_hasher.ts";
import { DEFAULT_SETTINGS } from "../../rooms/settings.ts";
import { LONE_SURROGATE_JSON, NO_TEXTS } from "../support/hostile.ts";
import {
  answerOf,
  asBrowser,
  CLUSTER_SECRET,
  problemOf,
  reportOf,
  startWebApp,
  type WebApp,
} from "../support/web.ts";

const hasher = new PasswordHasher();
Deno.test.afterAll(() => hasher.close());

function apiTest(name: string, body: (web: WebApp) => Promise<void>) {
  Deno.test(name, async () => {
    await using web = await startWebApp({ hasher });
    await body(web);
  });
}

const logIn = (web: WebApp, name: string, password = "correct horse") =>
  web.call("POST", "/api/sessions", { body: { name, password } });

/** The audit log as `action target`, newest first. */
async function auditOf(web: WebApp, token: string, query = ""): Promise<string[]> {
  const { entries } = await answerOf(await web.call("GET", `/api/admin/audit${query}`, { token }));
  return entries.map(({ action, target }: { action: string; target: string }) =>
    `${action} ${target}`
  );
}

apiTest("every administrators' call is for administrators alone", async (web) => {
  const ann = await web.signUp("ann");
  const { id } = await web.createRoom(ann);
  const { paths } = await answerOf(await web.call("GET", "/openapi.json"));
  const calls = Object.entries<Record<string, unknown>>(paths)
    .filter(([path]) => path.startsWith("/api/admin/"))
    .flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({
        method: method.toUpperCase(),
        path: path.replace("{account}", ann.id).replace("{room}", id),
      }))
    );
  ok(calls.length >= 15, String(calls.length));
  for (const { method, path } of calls) {
    strictEqual((await problemOf(await web.call(method, path), 401)).code, "unauthenticated");
    const refused = await problemOf(await web.call(method, path, ann), 403);
    strictEqual(refused.code, "forbidden", `${method} ${path}`);
    const cookie = await problemOf(
      await web.call(method, path, {
        headers: asBrowser(ann),
        body: method === "GET" ? undefined : {},
      }),
      403,
    );
    strictEqual(cookie.code, "forbidden");
  }
  await answerOf(await web.call("GET", "/api/account", ann));
  const root = await web.admin();
  deepStrictEqual(await auditOf(web, root.token), []);
  for (const { method, path } of calls.filter(({ method }) => method !== "GET")) {
    const foreign = await web.call(method, path, {
      headers: { cookie: `wanren_session=${root.token}`, origin: "https://evil.example" },
    });
    strictEqual((await problemOf(foreign, 403)).code, "cross_site");
  }
});

apiTest("GET /api/admin/accounts finds accounts page by page", async (web) => {
  const root = await web.admin();
  const ann = await web.signUp("ann");
  const { id } = await web.createRoom(ann);
  for (const name of ["bob", "annabel"]) await web.signUp(name);
  await logIn(web, "ann");
  const list = async (query: string) => {
    const { accounts, total } = await answerOf(
      await web.call("GET", `/api/admin/accounts${query}`, root),
    );
    return [accounts.map(({ name }: { name: string }) => name), total];
  };
  deepStrictEqual((await list("?q=ann"))[1], 2);
  deepStrictEqual((await list("?q=ANN&limit=1"))[1], 2);
  const [everybody] = await list("");
  deepStrictEqual(everybody.toSorted(), ["ann", "annabel", "bob", "root"]);
  const paged = [...(await list("?limit=3"))[0], ...(await list("?limit=3&offset=3"))[0]];
  deepStrictEqual(paged, everybody);
  deepStrictEqual(await list("?offset=1000000"), [[], 4]);
  deepStrictEqual(await list("?q=%25"), [[], 0]);
  const { accounts: [shown] } = await answerOf(
    await web.call("GET", "/api/admin/accounts?q=ann&offset=1", root),
  );
  const known = shown.name === "ann"
    ? shown
    : (await answerOf(await web.call("GET", "/api/admin/accounts?q=ann", root))).accounts
      .find(({ name }: { name: string }) => name === "ann");
  deepStrictEqual(known, {
    id: ann.id,
    name: "ann",
    displayName: null,
    avatar: null,
    admin: false,
    suspended: false,
    createdAt: new Date(web.clock.nowMs).toISOString(),
    roomId: id,
    sessions: 2,
  });
  for (
    const [field, query] of [
      ["limit", "limit=0"],
      ["limit", "limit=101"],
      ["limit", "limit=1.5"],
      ["offset", "offset=-1"],
      ["offset", "offset=1000001"],
      ["offset", "offset=1&offset=2"],
      ["q", `q=${"x".repeat(101)}`],
    ]
  ) {
    const problem = await problemOf(
      await web.call("GET", `/api/admin/accounts?${query}`, root),
      400,
    );
    deepStrictEqual([problem.code, problem.field], ["invalid", field], query);
  }
});

apiTest("a suspended account is out, with all that is its, until it is taken back", async (web) => {
  const root = await web.admin();
  const ann = await web.signUp("ann");
  const { id, key } = await web.createRoom(ann, "Findable");
  web.live.putStreams("m1", { streams: [reportOf(id)] }, web.clock.nowMs);
  const suspend = (body: unknown) =>
    web.call("PATCH", `/api/admin/accounts/${ann.id}`, { token: root.token, body });
  const reason = "spam\u202e <b>\n\n again";
  const { account } = await answerOf(await suspend({ suspended: true, reason }));
  deepStrictEqual([account.id, account.suspended], [ann.id, true]);

  await problemOf(await web.call("GET", "/api/account", ann), 401);
  strictEqual((await problemOf(await logIn(web, "ann"), 403)).code, "suspended");
  strictEqual(
    (await problemOf(await logIn(web, "ann", "wrong horse"), 401)).code,
    "wrong_credentials",
  );
  const publish = await web.call("POST", "/internal/publish", {
    token: CLUSTER_SECRET,
    body: { room: id, key, protocol: "rtmp", remoteAddress: "198.51.100.7" },
  });
  strictEqual((await problemOf(publish, 403)).reason, "suspended");
  for (const query of ["", "?live=true", "?q=findable", `?q=${id}`]) {
    deepStrictEqual(await answerOf(await web.call("GET", `/api/rooms${query}`)), { rooms: [] });
  }
  strictEqual((await problemOf(await web.call("GET", `/api/rooms/${id}`), 403)).code, "suspended");
  const bob = await web.signUp("bob");
  await problemOf(await web.call("GET", `/api/rooms/${id}`, bob), 403);
  strictEqual((await answerOf(await web.call("GET", `/api/rooms/${id}`, root))).room.id, id);
  const { rooms: [room] } = await answerOf(await web.call("GET", "/api/admin/rooms?q=find", root));
  deepStrictEqual([room.id, room.suspended], [id, true]);

  // What is so already is not noted again.
  await answerOf(await suspend({ suspended: true }));
  await answerOf(await suspend({ suspended: false }));
  await answerOf(await logIn(web, "ann"));
  await problemOf(await web.call("GET", "/api/account", ann), 401);
  strictEqual(await web.rooms.admit({ room: id, key }), "admitted");
  strictEqual((await answerOf(await web.call("GET", "/api/rooms?q=findable"))).rooms.length, 1);

  const { entries } = await answerOf(await web.call("GET", "/api/admin/audit", root));
  deepStrictEqual(entries.map(({ id: _, ...entry }: { id: number }) => entry), [
    {
      at: new Date(web.clock.nowMs).toISOString(),
      actor: { id: root.id, name: "root" },
      action: "account_restored",
      target: `account:${ann.id}`,
      detail: "ann",
    },
    {
      at: new Date(web.clock.nowMs).toISOString(),
      actor: { id: root.id, name: "root" },
      action: "account_suspended",
      target: `account:${ann.id}`,
      detail: entries[1].detail,
    },
  ]);
  match(entries[1].detail, /^ann: spam/);
});

apiTest("PATCH /api/admin/accounts/<account> gives and takes rights, not the last", async (web) => {
  const root = await web.admin();
  const ann = await web.signUp("ann");
  const patch = (account: string, body: unknown, token = root.token) =>
    web.call("PATCH", `/api/admin/accounts/${account}`, { token, body });
  for (const body of [{ admin: false }, { suspended: true }, { admin: false, suspended: true }]) {
    strictEqual((await problemOf(await patch(root.id, body), 409)).code, "last_admin");
  }
  strictEqual((await answerOf(await patch(ann.id, { admin: true }))).account.admin, true);
  strictEqual(
    (await answerOf(await patch(root.id, { admin: false }, ann.token))).account.admin,
    false,
  );
  await problemOf(await web.call("GET", "/api/admin/settings", root), 403);
  deepStrictEqual(await auditOf(web, ann.token), [
    `account_made_member account:${root.id}`,
    `account_made_admin account:${ann.id}`,
  ]);
  const bad: readonly (readonly [unknown, string | undefined])[] = [
    [{}, undefined],
    [{ reason: "x" }, undefined],
    [{ suspended: "true" }, "suspended"],
    [{ suspended: 1 }, "suspended"],
    [{ suspended: null }, "suspended"],
    [{ admin: "yes" }, "admin"],
    ...NO_TEXTS.map((reason) => [{ suspended: true, reason }, "reason"] as const),
    [[], "suspended"],
    ["x", undefined],
  ];
  for (const [body, field] of bad) {
    const problem = await problemOf(await patch(root.id, body, ann.token), 400);
    strictEqual(problem.code, "invalid", JSON.stringify(body));
    if (!Array.isArray(body)) strictEqual(problem.field, field, JSON.stringify(body));
  }
  for (const unknown of ["nobody", "%00", "..", "9".repeat(3_000)]) {
    if (unknown === "..") continue;
    await problemOf(await patch(unknown, { suspended: true }, ann.token), 404);
  }
  // Half a surrogate pair in a reason harms nobody.
  const half = await web.call("PATCH", `/api/admin/accounts/${root.id}`, {
    token: ann.token,
    rawBody: `{"suspended":true,"reason":${LONE_SURROGATE_JSON}}`,
    headers: { "content-type": "application/json" },
  });
  await answerOf(half);
  const { entries } = await answerOf(await web.call("GET", "/api/admin/audit?limit=1", ann));
  strictEqual(entries[0].detail, "root: half \ufffd pair");
});

apiTest("a password that an administrator made is good once it is handed out", async (web) => {
  const root = await web.admin();
  const ann = await web.signUp("ann");
  const response = await web.call("POST", `/api/admin/accounts/${ann.id}/password`, root);
  strictEqual(response.headers.get("cache-control"), "no-store");
  const { password } = await answerOf(response);
  match(password, /^[\w-]{16}$/);
  await problemOf(await web.call("GET", "/api/account", ann), 401);
  await problemOf(await logIn(web, "ann"), 401);
  await answerOf(await logIn(web, "ann", password));
  deepStrictEqual(await auditOf(web, root.token), [`account_password_reset account:${ann.id}`]);
  const log = await web.call("GET", "/api/admin/audit", root);
  ok(!(await log.text()).includes(password));
  await problemOf(await web.call("POST", "/api/admin/accounts/nobody/password", root), 404);
});

apiTest("an administrator logs an account out and removes it", async (web) => {
  const root = await web.admin();
  const ann = await web.signUp("ann");
  const { id, key } = await web.createRoom(ann);
  await answerOf(await logIn(web, "ann"));
  const path = `/api/admin/accounts/${ann.id}`;
  deepStrictEqual(await answerOf(await web.call("DELETE", `${path}/sessions`, root)), { ended: 2 });
  await problemOf(await web.call("GET", "/api/account", ann), 401);
  deepStrictEqual(await answerOf(await web.call("DELETE", `${path}/sessions`, root)), { ended: 0 });
  await problemOf(await web.call("DELETE", "/api/admin/accounts/nobody/sessions", root), 404);

  await answerOf(await web.call("DELETE", path, root), 204);
  await problemOf(await web.call("DELETE", path, root), 404);
  await problemOf(await logIn(web, "ann"), 401);
  await problemOf(await web.call("GET", `/api/rooms/${id}`), 404);
  strictEqual(await web.rooms.admit({ room: id, key }), "unknown_room");
  notStrictEqual((await web.signUp("ann")).id, ann.id);
  const problem = await problemOf(
    await web.call("DELETE", `/api/admin/accounts/${root.id}`, root),
    409,
  );
  strictEqual(problem.code, "last_admin");
  deepStrictEqual(await auditOf(web, root.token), [
    `account_deleted account:${ann.id}`,
    `account_sessions_ended account:${ann.id}`,
    `account_sessions_ended account:${ann.id}`,
  ]);
});

apiTest("an administrator closes a room, opens it again and makes its key anew", async (web) => {
  const root = await web.admin();
  const ann = await web.signUp("ann");
  const { id, key } = await web.createRoom(ann, "Findable");
  const patch = (body: unknown, room = id) =>
    web.call("PATCH", `/api/admin/rooms/${room}`, { token: root.token, body });
  const { room } = await answerOf(await patch({ suspended: true, reason: "copyright" }));
  deepStrictEqual([room.id, room.suspended, room.title], [id, true, "Findable"]);
  strictEqual(await web.rooms.admit({ room: id, key }), "suspended");
  deepStrictEqual(await answerOf(await web.call("GET", "/api/rooms?q=find")), { rooms: [] });
  await problemOf(await web.call("GET", `/api/rooms/${id}`), 403);
  // Its owner goes on seeing it.
  await answerOf(await web.call("GET", `/api/rooms/${id}`, ann));
  await answerOf(await web.call("GET", `/api/rooms/${id}/publish-key`, ann));
  await answerOf(await patch({ suspended: false }));
  strictEqual(await web.rooms.admit({ room: id, key }), "admitted");

  await answerOf(await web.call("POST", `/api/admin/rooms/${id}/publish-key`, root), 204);
  strictEqual(await web.rooms.admit({ room: id, key }), "wrong_key");
  const { publish } = await answerOf(await web.call("GET", `/api/rooms/${id}/publish-key`, ann));
  strictEqual(await web.rooms.admit({ room: id, key: publish.key }), "admitted");
  deepStrictEqual(await auditOf(web, root.token), [
    `room_key_reset room:${id}`,
    `room_restored room:${id}`,
    `room_suspended room:${id}`,
  ]);
  for (const body of [{}, { suspended: "no" }, { suspended: null }, { reason: "x" }, []]) {
    strictEqual((await problemOf(await patch(body), 400)).code, "invalid");
  }
  for (const reason of NO_TEXTS) {
    strictEqual((await problemOf(await patch({ suspended: true, reason }), 400)).field, "reason");
  }
  for (const unknown of ["100009", "abc", "9".repeat(400)]) {
    await problemOf(await patch({ suspended: true }, unknown), 404);
    await problemOf(
      await web.call("POST", `/api/admin/rooms/${unknown}/publish-key`, root),
      404,
    );
  }
  for (const query of ["limit=0", "offset=x", `q=${"x".repeat(101)}`]) {
    await problemOf(await web.call("GET", `/api/admin/rooms?${query}`, root), 400);
  }
});

apiTest("GET /api/admin/streams shows what runs, and cutting off leaves an entry", async (web) => {
  const root = await web.admin();
  const rooms: string[] = [];
  for (const title of ["quiet", "busy"]) {
    rooms.push((await web.createRoom(await web.signUp(), title)).id);
  }
  const [quiet = "", busy = ""] = rooms;
  deepStrictEqual(await answerOf(await web.call("GET", "/api/admin/streams", root)), {
    streams: [],
  });
  web.live.putStreams("m1", {
    streams: [reportOf(quiet, { readers: {} }), reportOf(busy), reportOf("100099")],
  }, web.clock.nowMs);
  web.live.putViewers("e1", { [busy]: { flv: 3, ws: 2, hls: 1 } }, web.clock.nowMs);
  const { streams } = await answerOf(await web.call("GET", "/api/admin/streams", root));
  deepStrictEqual(streams.map(({ room }: { room: string }) => room), [busy, quiet]);
  const [{ title, owner, viewers, viewersByProtocol, stream }] = streams;
  deepStrictEqual([title, owner.name, viewers], ["busy", "member 2", 8]);
  deepStrictEqual(viewersByProtocol, { flv: 3, ws: 2, hls: 1, rtmp: 2, whep: 0 });
  deepStrictEqual([stream.room, stream.bitrateKbps], [busy, 1_500]);
  await answerOf(await web.call("DELETE", `/api/rooms/${busy}/stream`, root), 204);
  deepStrictEqual(await auditOf(web, root.token), [`stream_cut_off room:${busy}`]);
});

apiTest("settings are in force at once, for everybody", async (web) => {
  const root = await web.admin();
  const set = async (body: unknown) =>
    (await answerOf(await web.call("PATCH", "/api/admin/settings", { token: root.token, body })))
      .settings;
  const shown = await answerOf(await web.call("GET", "/api/admin/settings", root));
  deepStrictEqual(shown, { settings: DEFAULT_SETTINGS });

  strictEqual((await set({ signUp: "closed" })).signUp, "closed");
  const signUp = await web.call("POST", "/api/accounts", {
    body: { name: "ann", password: "correct horse" },
  });
  strictEqual((await problemOf(signUp, 403)).code, "closed");
  await set({ signUp: "open" });
  const ann = await web.signUp("ann");

  await set({ broadcasting: "administrators" });
  const create = (token: string) => web.call("POST", "/api/rooms", { token, body: { title: "x" } });
  strictEqual((await problemOf(await create(ann.token), 403)).code, "closed");
  await answerOf(await create(root.token), 201);
  await set({ broadcasting: "everyone" });
  await answerOf(await create(ann.token), 201);

  const demo = () => web.call("POST", "/internal/demo", { token: CLUSTER_SECRET });
  strictEqual((await demo()).status, 404);
  await set({ demo: true });
  strictEqual((await demo()).status, 200);
  await set({ demo: false });
  strictEqual((await demo()).status, 404);

  const settings = await set({ siteName: " 万人 <b> ", notice: "نور 🌙" });
  deepStrictEqual([settings.siteName, settings.notice], ["万人 <b>", "نور 🌙"]);
});

apiTest("PATCH /api/admin/settings takes all of a change or nothing", async (web) => {
  const root = await web.admin();
  const patch = (body: unknown) =>
    web.call("PATCH", "/api/admin/settings", { token: root.token, body });
  const category = { key: "a", zh: "甲", en: "A" };
  const bad: readonly (readonly [string | undefined, unknown])[] = [
    [undefined, {}],
    ["nope", { nope: 1 }],
    ["nope", { notice: "good", nope: 1 }],
    ["siteName", { siteName: "" }],
    ["siteName", { siteName: "x".repeat(41) }],
    ["siteName", { siteName: "a\u202eb" }],
    ["siteName", { siteName: "a\u0000b" }],
    ["notice", { notice: "x".repeat(201) }],
    ["notice", { notice: null }],
    ["signUp", { signUp: "maybe" }],
    ["signUp", { signUp: true }],
    ["broadcasting", { broadcasting: "" }],
    ["embedFrames", { embedFrames: ["javascript:alert(1)"] }],
    ["embedFrames", { embedFrames: ["https://a.example/path"] }],
    ["embedFrames", { embedFrames: ["*", "https://a.example"] }],
    ["embedFrames", { embedFrames: ["https://a.example; script-src *"] }],
    ["embedFrames", { embedFrames: Array(51).fill("https://a.example") }],
    ["embedFrames.0", { embedFrames: [1] }],
    ["categories", { categories: [category, category] }],
    ["categories", { categories: [{ ...category, key: "Ä" }] }],
    ["categories", { categories: [{ ...category, en: "" }] }],
    ["categories.0.zh", { categories: [{ key: "a", en: "A" }] }],
    [
      "categories",
      { categories: Array.from({ length: 25 }, (_, at) => ({ ...category, key: `k${at}` })) },
    ],
    ["demo", { demo: "true" }],
    ["signUp", { notice: "good", signUp: "bad" }],
  ];
  for (const [field, body] of bad) {
    const problem = await problemOf(await patch(body), 400);
    deepStrictEqual([problem.code, problem.field], ["invalid", field], JSON.stringify(body));
  }
  const half = await web.call("PATCH", "/api/admin/settings", {
    token: root.token,
    rawBody: `{"notice":${LONE_SURROGATE_JSON}}`,
    headers: { "content-type": "application/json" },
  });
  strictEqual((await problemOf(half, 400)).field, "notice");
  const shown = await answerOf(await web.call("GET", "/api/admin/settings", root));
  deepStrictEqual(shown, { settings: DEFAULT_SETTINGS });
  deepStrictEqual(await auditOf(web, root.token), []);
});

apiTest("the history and the audit log are read page by page", async (web) => {
  const root = await web.admin();
  for (let round = 1; round <= 5; round++) {
    web.clock.nowMs += 1_000;
    const body = { notice: `round ${round}` };
    await answerOf(await web.call("PATCH", "/api/admin/settings", { token: root.token, body }));
  }
  // The same value once more is no change.
  await answerOf(
    await web.call("PATCH", "/api/admin/settings", {
      token: root.token,
      body: { notice: "round 5" },
    }),
  );
  const seen: unknown[] = [];
  let before: number | null = null;
  do {
    const query: string = before === null ? "?limit=2" : `?limit=2&before=${before}`;
    const page = await answerOf(
      await web.call("GET", `/api/admin/settings/history${query}`, root),
    );
    seen.push(...page.changes.map(({ key, value }: Record<string, unknown>) => [key, value]));
    before = page.next;
  } while (before !== null);
  deepStrictEqual(seen, [5, 4, 3, 2, 1].map((round) => ["notice", `round ${round}`]));
  const { changes: [newest] } = await answerOf(
    await web.call("GET", "/api/admin/settings/history", root),
  );
  deepStrictEqual([newest.at, newest.actor], [
    new Date(web.clock.nowMs).toISOString(),
    { id: root.id, name: "root" },
  ]);

  const ann = await web.signUp("ann");
  await answerOf(await web.call("DELETE", `/api/admin/accounts/${ann.id}/sessions`, root));
  strictEqual((await auditOf(web, root.token)).length, 6);
  strictEqual((await auditOf(web, root.token, "?action=setting_changed")).length, 5);
  deepStrictEqual(await auditOf(web, root.token, "?action=account_sessions_ended"), [
    `account_sessions_ended account:${ann.id}`,
  ]);
  deepStrictEqual(await auditOf(web, root.token, "?action=room_suspended"), []);
  const { entries, next } = await answerOf(await web.call("GET", "/api/admin/audit?limit=4", root));
  strictEqual(next, entries[3].id);
  strictEqual((await auditOf(web, root.token, `?before=${next}`)).length, 2);

  for (
    const [field, query] of [
      ["action", "action="],
      ["action", "action=everything"],
      ["action", "action=room_suspended&action=room_restored"],
      ["before", "before=0"],
      ["before", "before=-1"],
      ["before", "before=1e3"],
      ["before", "before=9999999999999999"],
      ["limit", "limit=101"],
    ]
  ) {
    const problem = await problemOf(await web.call("GET", `/api/admin/audit?${query}`, root), 400);
    deepStrictEqual([problem.code, problem.field], ["invalid", field], query);
  }
});

apiTest("without a second Redis there is one place for all rooms", async (web) => {
  const { token } = await web.admin();
  const { id } = await web.createRoom(await web.signUp("ann"));
  const listed = await answerOf(await web.call("GET", "/api/admin/hot-rooms", { token }));
  deepStrictEqual(listed, { places: ["main"], rooms: [] });
  const path = `/api/admin/rooms/${id}/place`;
  const placed = await web.call("PUT", path, { token, body: { place: "main" } });
  strictEqual((await problemOf(placed, 400)).field, "place");
});
