/** One's own account over JSON: profile, picture, password, sessions, the end of it. */
import { deepStrictEqual, match, notStrictEqual, ok, strictEqual } from "node:assert/strict";
import { PasswordHasher } from "../../rooms/password_hasher.ts";
import { BAD_NAMES, LONE_SURROGATE_JSON, NO_TEXTS, ODD_TEXTS } from "../support/hostile.ts";
import { draw, imageFixture } from "../support/images.ts";
import { answerOf, asBrowser, problemOf, startWebApp, type WebApp } from "../support/web.ts";

const hasher = new PasswordHasher();
Deno.test.afterAll(() => hasher.close());

function apiTest(name: string, body: (web: WebApp) => Promise<void>) {
  Deno.test(name, async () => {
    await using web = await startWebApp({ hasher });
    await body(web);
  });
}

const CALLS = [
  ["GET", "/api/account"],
  ["PATCH", "/api/account"],
  ["PUT", "/api/account/avatar"],
  ["DELETE", "/api/account/avatar"],
  ["POST", "/api/account/password"],
  ["GET", "/api/account/sessions"],
  ["DELETE", "/api/account/sessions/x"],
  ["DELETE", "/api/account/sessions"],
  ["POST", "/api/account/deletion"],
] as const;

const logIn = (web: WebApp, name: string, password = "correct horse", userAgent = "") =>
  web.call("POST", "/api/sessions", {
    body: { name, password },
    headers: { "user-agent": userAgent },
  });

apiTest("the calls of the own account need one, whatever their body is", async (web) => {
  for (const [method, path] of CALLS) {
    strictEqual((await problemOf(await web.call(method, path), 401)).code, "unauthenticated");
    const wrong = await web.call(method, path, { token: "x".repeat(43) });
    await problemOf(wrong, 401);
  }
  // Nobody who is not logged in makes the server read a picture.
  let pulled = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulled++;
      controller.enqueue(new Uint8Array(64 * 1024));
    },
  });
  const upload = await web.call("PUT", "/api/account/avatar", {
    rawBody: endless,
    headers: { "content-type": "image/png" },
  });
  await problemOf(upload, 401);
  ok(pulled < 3, `${pulled} chunks were read`);
});

apiTest("GET /api/account shows the own account", async (web) => {
  const ann = await web.signUp("ann");
  const { account, room } = await answerOf(await web.call("GET", "/api/account", ann));
  deepStrictEqual(account, {
    id: ann.id,
    name: "ann",
    displayName: null,
    avatar: null,
    admin: false,
    createdAt: new Date(web.clock.nowMs).toISOString(),
  });
  strictEqual(room, null);
  const { id } = await web.createRoom(ann);
  strictEqual((await answerOf(await web.call("GET", "/api/account", ann))).room, id);
});

apiTest("PATCH /api/account chooses the name that others see", async (web) => {
  const ann = await web.signUp("ann");
  const { id } = await web.createRoom(ann);
  const rename = (displayName: unknown) =>
    web.call("PATCH", "/api/account", { token: ann.token, body: { displayName } });
  for (const name of ODD_TEXTS) {
    const { account } = await answerOf(await rename(name));
    strictEqual(account.displayName, name);
    strictEqual(account.name, "ann");
    const { room } = await answerOf(await web.call("GET", `/api/rooms/${id}`));
    strictEqual(room.owner.name, name);
  }
  for (const name of BAD_NAMES) {
    const problem = await problemOf(await rename(name), 400);
    deepStrictEqual([problem.code, problem.field], ["invalid", "displayName"], name);
  }
  for (const value of NO_TEXTS) {
    strictEqual((await problemOf(await rename(value), 400)).field, "displayName");
  }
  const half = await web.call("PATCH", "/api/account", {
    token: ann.token,
    rawBody: `{"displayName":${LONE_SURROGATE_JSON}}`,
    headers: { "content-type": "application/json" },
  });
  strictEqual((await problemOf(half, 400)).field, "displayName");

  await web.signUp("bob");
  for (const taken of ["bob", "BOB", "ｂｏｂ", "b\u200dob"]) {
    const problem = await problemOf(await rename(taken), 409);
    deepStrictEqual([problem.code, problem.field], ["name_taken", "displayName"]);
  }
  strictEqual((await answerOf(await rename(null))).account.displayName, null);
  for (const body of [{}, { name: "eve" }, { displayname: "eve" }]) {
    const problem = await problemOf(
      await web.call("PATCH", "/api/account", { token: ann.token, body }),
      400,
    );
    match(String(problem.detail), /expected some of displayName/);
  }
  strictEqual((await answerOf(await web.call("GET", "/api/account", ann))).account.name, "ann");
});

apiTest("PUT and DELETE /api/account/avatar show a picture and take it back", async (web) => {
  const ann = await web.signUp("ann");
  const put = (bytes: Uint8Array<ArrayBuffer>, query = "", type = "image/png") =>
    web.call("PUT", `/api/account/avatar${query}`, {
      token: ann.token,
      rawBody: bytes,
      headers: { "content-type": type },
    });
  const first = await answerOf(await put(imageFixture("quadrants.png")));
  match(first.account.avatar, /^http:\/\/wanren\.test\/images\/[0-9a-f]{32}\.jpg$/);
  const shown = await web.call("GET", new URL(first.account.avatar).pathname);
  strictEqual(shown.status, 200);
  const { width, height } = draw(new Uint8Array(await shown.arrayBuffer()));
  deepStrictEqual([width, height], [256, 256]);

  const second = await answerOf(
    await put(imageFixture("quadrants.jpg"), "?x=0.5&y=0&size=0.5", "image/jpeg"),
  );
  notStrictEqual(second.account.avatar, first.account.avatar);
  strictEqual((await web.call("GET", new URL(first.account.avatar).pathname)).status, 404);
  strictEqual(web.images.count, 1);

  const bad = [
    [400, await put(imageFixture("quadrants.png"), "?x=0.5")],
    [400, await put(imageFixture("quadrants.png"), "?x=2&y=0&size=1")],
    [400, await put(imageFixture("quadrants.png"), "?x=0&y=0&size=-1")],
    [415, await put(new TextEncoder().encode("<svg onload=alert(1)>"))],
    [415, await put(new Uint8Array())],
    [415, await put(imageFixture("quadrants.png"), "", "image/svg+xml")],
    [413, await put(new Uint8Array(5 * 2 ** 20 + 1))],
  ] as const;
  for (const [status, response] of bad) await problemOf(response, status);
  const kept = await answerOf(await web.call("GET", "/api/account", ann));
  strictEqual(kept.account.avatar, second.account.avatar);

  for (let time = 0; time < 2; time++) {
    const gone = await answerOf(await web.call("DELETE", "/api/account/avatar", ann));
    strictEqual(gone.account.avatar, null);
  }
  strictEqual(web.images.count, 0);
});

apiTest("POST /api/account/password changes it and ends the other sessions", async (web) => {
  const ann = await web.signUp("ann");
  const other = await answerOf(await logIn(web, "ann"));
  const change = (current: unknown, next: unknown) =>
    web.call("POST", "/api/account/password", { token: ann.token, body: { current, next } });
  const wrong = await problemOf(await change("wrong horse", "better horse"), 401);
  deepStrictEqual([wrong.code, wrong.field], ["wrong_credentials", "current"]);
  for (const next of ["", "1234567", "x".repeat(257), ...NO_TEXTS, null]) {
    const problem = await problemOf(await change("correct horse", next), 400);
    deepStrictEqual([problem.code, problem.field], ["invalid", "next"]);
  }
  for (const current of [...NO_TEXTS, null]) {
    strictEqual((await problemOf(await change(current, "better horse"), 400)).field, "current");
  }
  const half = await web.call("POST", "/api/account/password", {
    token: ann.token,
    rawBody: `{"current":"correct horse","next":${LONE_SURROGATE_JSON}}`,
    headers: { "content-type": "application/json" },
  });
  strictEqual((await problemOf(half, 400)).field, "next");
  strictEqual((await logIn(web, "ann")).status, 200);

  await answerOf(await change("correct horse", "better 馬 🐎"), 204);
  await problemOf(await web.call("GET", "/api/account", { token: other.token }), 401);
  await answerOf(await web.call("GET", "/api/account", ann));
  await problemOf(await logIn(web, "ann"), 401);
  await answerOf(await logIn(web, "ann", "better 馬 🐎"));
});

Deno.test("wrong passwords of one account are limited, whoever is logged in", async () => {
  await using web = await startWebApp({ hasher, rateLimits: true });
  const ann = await web.signUp("ann");
  const statuses: number[] = [];
  for (let attempt = 0; attempt < 11; attempt++) {
    const path = attempt % 2 === 0 ? "/api/account/password" : "/api/account/deletion";
    const response = await web.call("POST", path, {
      token: ann.token,
      body: { current: "wrong horse", password: "wrong horse", next: "better horse" },
    });
    statuses.push(response.status);
    if (response.status === 429) strictEqual(response.headers.get("retry-after"), "30");
    await response.body?.cancel();
  }
  deepStrictEqual(statuses, [...Array(10).fill(401), 429]);
});

apiTest("GET /api/account/sessions lists where the account is logged in", async (web) => {
  const ann = await web.signUp("ann");
  web.clock.nowMs += 60_000;
  const odd = "Mozilla/5.0 <script>" + "x".repeat(600);
  const { token } = await answerOf(await logIn(web, "ann", "correct horse", odd));
  const { sessions } = await answerOf(await web.call("GET", "/api/account/sessions", ann));
  deepStrictEqual(sessions.map(({ current }: { current: boolean }) => current), [false, true]);
  const [second] = sessions;
  deepStrictEqual(Object.keys(second).toSorted(), [
    "address",
    "createdAt",
    "current",
    "id",
    "seenAt",
    "userAgent",
  ]);
  strictEqual(second.userAgent, odd.slice(0, 256));
  strictEqual(second.address, "192.0.2.1");
  strictEqual(second.createdAt, new Date(web.clock.nowMs).toISOString());
  ok(!JSON.stringify(sessions).includes(token));

  const bob = await web.signUp("bob");
  const path = `/api/account/sessions/${second.id}`;
  await problemOf(await web.call("DELETE", path, bob), 404);
  await answerOf(await web.call("DELETE", path, ann), 204);
  await problemOf(await web.call("GET", "/api/account", { token }), 401);
  await problemOf(await web.call("DELETE", path, ann), 404);
  for (const id of ["x", "%00", "..%2f", "9".repeat(4_000)]) {
    await problemOf(await web.call("DELETE", `/api/account/sessions/${id}`, ann), 404);
  }
});

apiTest("DELETE /api/account/sessions logs out everywhere, or everywhere else", async (web) => {
  const ann = await web.signUp("ann");
  const bob = await web.signUp("bob");
  const others = await Promise.all([1, 2].map(async () => await answerOf(await logIn(web, "ann"))));
  for (const query of ["?keep=", "?keep=all", "?keep=current&keep=current"]) {
    const problem = await problemOf(
      await web.call("DELETE", `/api/account/sessions${query}`, ann),
      400,
    );
    strictEqual(problem.field, "keep");
  }
  const path = "/api/account/sessions?keep=current";
  deepStrictEqual(await answerOf(await web.call("DELETE", path, ann)), { ended: 2 });
  deepStrictEqual(await answerOf(await web.call("DELETE", path, ann)), { ended: 0 });
  for (const { token } of others) {
    await problemOf(await web.call("GET", "/api/account", { token }), 401);
  }
  const all = await web.call("DELETE", "/api/account/sessions", { headers: asBrowser(ann) });
  match(all.headers.get("set-cookie") ?? "", /^wanren_session=; Max-Age=0/);
  deepStrictEqual(await answerOf(all), { ended: 1 });
  await problemOf(await web.call("GET", "/api/account", ann), 401);
  await answerOf(await web.call("GET", "/api/account", bob));
});

apiTest("POST /api/account/deletion removes everything and frees the name", async (web) => {
  const ann = await web.signUp("ann");
  const bob = await web.signUp("bob");
  const { id, key } = await web.createRoom(ann);
  await answerOf(await web.call("PUT", `/api/rooms/${id}/follow`, bob));
  await answerOf(
    await web.call("PUT", "/api/account/avatar", {
      token: ann.token,
      rawBody: imageFixture("quadrants.png"),
      headers: { "content-type": "image/png" },
    }),
  );
  const end = (password: unknown) =>
    web.call("POST", "/api/account/deletion", { headers: asBrowser(ann), body: { password } });
  const wrong = await problemOf(await end("wrong horse"), 401);
  deepStrictEqual([wrong.code, wrong.field], ["wrong_credentials", "password"]);
  await problemOf(await end("x".repeat(60_000)), 401);
  for (const value of [...NO_TEXTS, null, undefined]) {
    strictEqual((await problemOf(await end(value), 400)).field, "password");
  }
  const done = await end("correct horse");
  match(done.headers.get("set-cookie") ?? "", /^wanren_session=; Max-Age=0/);
  await answerOf(done, 204);
  await problemOf(await web.call("GET", "/api/account", ann), 401);
  await problemOf(await web.call("GET", `/api/rooms/${id}`), 404);
  deepStrictEqual(await answerOf(await web.call("GET", "/api/follows", bob)), { rooms: [] });
  strictEqual(await web.rooms.admit({ room: id, key }), "unknown_room");
  strictEqual(web.images.count, 0);
  const again = await web.signUp("ANN");
  notStrictEqual(again.id, ann.id);
  notStrictEqual((await web.createRoom(again)).id, id);
});

apiTest("the last administrator cannot go", async (web) => {
  const root = await web.admin();
  const end = () =>
    web.call("POST", "/api/account/deletion", {
      token: root.token,
      body: { password: "correct horse" },
    });
  strictEqual((await problemOf(await end(), 409)).code, "last_admin");
  const ann = await web.signUp("ann");
  await answerOf(
    await web.call("PATCH", `/api/admin/accounts/${ann.id}`, {
      token: root.token,
      body: { admin: true },
    }),
  );
  await answerOf(await end(), 204);
});

apiTest(
  "foreign pages change nothing by the visitor's cookie, whatever the method",
  async (web) => {
    const ann = await web.signUp("ann");
    const { id } = await web.createRoom(ann);
    const cookie = `wanren_session=${ann.token}`;
    const calls = [
      ["PATCH", "/api/account", { displayName: "hacked" }],
      ["DELETE", "/api/account/avatar"],
      ["DELETE", "/api/account/sessions"],
      ["POST", "/api/account/password", { current: "correct horse", next: "hacked horse" }],
      ["POST", "/api/account/deletion", { password: "correct horse" }],
      ["PUT", `/api/rooms/${id}/follow`],
      ["DELETE", `/api/rooms/${id}/follow`],
      ["PATCH", `/api/rooms/${id}`, { title: "hacked" }],
      ["DELETE", `/api/rooms/${id}/stream`],
      ["POST", `/api/rooms/${id}/publish-key`],
    ] as const;
    const foreign: Record<string, string>[] = [
      { origin: "https://evil.example" },
      { origin: "null" },
      { origin: "http://wanren.test.evil.example" },
      { origin: "http://wanren.test:81" },
      { "sec-fetch-site": "cross-site", origin: "null" },
      { "sec-fetch-site": "same-site" },
      {},
    ];
    for (const [method, path, body] of calls) {
      for (const headers of foreign) {
        const response = await web.call(method, path, { headers: { cookie, ...headers }, body });
        strictEqual((await problemOf(response, 403)).code, "cross_site", `${method} ${path}`);
      }
    }
    const { account } = await answerOf(await web.call("GET", "/api/account", ann));
    strictEqual(account.displayName, null);
    const own = await web.call("PATCH", "/api/account", {
      headers: { cookie, origin: "http://wanren.test" },
      body: { displayName: "mine" },
    });
    strictEqual((await answerOf(own)).account.displayName, "mine");
  },
);
