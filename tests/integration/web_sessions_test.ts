/** Cookies, foreign pages, forwarded addresses, attempt limits, and the set-up link. */
import { match, ok, strictEqual } from "node:assert/strict";
import { Hono } from "hono";
import { PasswordHasher } from "../../rooms/password_hasher.ts";
import { clients } from "../../routes/client.ts";
import { clearSessionCookie, sessionOf, sessions, setSessionCookie } from "../../routes/session.ts";
import { CLUSTER_SECRET, SETUP_TOKEN, startWebApp } from "../support/web.ts";

const hasher = new PasswordHasher();
Deno.test.afterAll(() => hasher.close());

const CREDENTIALS = { name: "ann", password: "correct horse" };

Deno.test("the cookie logs in for reading, and for writing from our own pages", async () => {
  await using web = await startWebApp({ hasher });
  const { token } = await web.signUp();
  const cookie = `wanren_session=${token}`;
  const who = await web.call("GET", "/api/session", { headers: { cookie } });
  ok((await who.json()).account);
  const create = async (headers: Record<string, string>) => {
    const response = await web.call("POST", "/api/rooms", {
      headers: { cookie, ...headers },
      body: { title: "x" },
    });
    await response.body?.cancel();
    return response.status;
  };
  strictEqual(await create({}), 403);
  strictEqual(await create({ origin: "https://evil.example" }), 403);
  strictEqual(await create({ origin: "null" }), 403);
  strictEqual(await create({ origin: "http://wanren.test:81" }), 403);
  strictEqual(await create({ "sec-fetch-site": "cross-site" }), 403);
  strictEqual(await create({ "sec-fetch-site": "same-site" }), 403);
  strictEqual(
    await create({ "sec-fetch-site": "cross-site", origin: "https://evil.example" }),
    403,
  );
  strictEqual(await create({ origin: "http://wanren.test" }), 201);
  strictEqual(await create({ "sec-fetch-site": "same-origin" }), 409);
});

Deno.test("a foreign form cannot log a visitor in", async () => {
  await using web = await startWebApp({ hasher });
  await web.signUp("ann");
  const logIn = (headers: Record<string, string>) =>
    web.call("POST", "/api/sessions", { headers, body: CREDENTIALS });
  strictEqual((await logIn({ "sec-fetch-site": "cross-site" })).status, 403);
  strictEqual((await logIn({ origin: "https://evil.example" })).status, 403);
  strictEqual((await logIn({})).status, 200);
  const form = { rawBody: "a=b", headers: { origin: "https://evil.example" } };
  strictEqual((await web.call("POST", "/login", form)).status, 500);
});

Deno.test("a wrong token is not made good by a cookie", async () => {
  await using web = await startWebApp({ hasher });
  const { token } = await web.signUp();
  const cookie = `wanren_session=${token}`;
  const response = await web.call("GET", "/api/session", { token: "wrong", headers: { cookie } });
  strictEqual(response.status, 401);
  await response.body?.cancel();
});

Deno.test("logging out by the cookie takes it back", async () => {
  await using web = await startWebApp({ hasher });
  const { token } = await web.signUp();
  const response = await web.call("DELETE", "/api/sessions", {
    headers: { cookie: `wanren_session=${token}`, "sec-fetch-site": "same-origin" },
  });
  strictEqual(response.status, 204);
  match(response.headers.get("set-cookie") ?? "", /^wanren_session=; Max-Age=0; Path=\//);
  strictEqual(await web.accounts.authenticate(token), null);
});

Deno.test("over HTTPS the cookie is bound to the host and nothing else is read", async () => {
  const app = new Hono();
  app.use(clients({
    config: { publicUrl: null, trustedProxies: [] },
    clusterSecret: CLUSTER_SECRET,
  }));
  const account = {
    id: "1",
    name: "ann",
    displayName: null,
    avatar: null,
    admin: false,
    suspended: false,
    createdAtMs: 0,
  };
  app.use(sessions({ authenticate: (token) => Promise.resolve(token === "t" ? account : null) }));
  app.get("/in", (c) => {
    setSessionCookie(c, "t");
    return c.text("");
  });
  app.get("/out", (c) => {
    clearSessionCookie(c);
    return c.text("");
  });
  app.get("/who", async (c) => c.text((await sessionOf(c))?.account.name ?? "nobody"));
  const get = (url: string, cookie = "") => app.request(url, { headers: { cookie } });

  const secure = (await get("https://a.test/in")).headers.get("set-cookie") ?? "";
  match(
    secure,
    /^__Host-wanren_session=t; Max-Age=2592000; Path=\/; HttpOnly; Secure; SameSite=Lax/,
  );
  const plain = (await get("http://a.test/in")).headers.get("set-cookie") ?? "";
  match(plain, /^wanren_session=t; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax/);
  match(
    (await get("https://a.test/out")).headers.get("set-cookie") ?? "",
    /^__Host-wanren_session=; Max-Age=0; Path=\/; Secure/,
  );
  const who = async (url: string, cookie: string) => await (await get(url, cookie)).text();
  strictEqual(await who("https://a.test/who", "__Host-wanren_session=t"), "ann");
  strictEqual(await who("https://a.test/who", "wanren_session=t"), "nobody");
  strictEqual(await who("http://a.test/who", "wanren_session=t"), "ann");
  strictEqual(await who("http://a.test/who", "wanren_session=x"), "nobody");
});

Deno.test("forwarded headers are believed with the cluster's secret alone", async () => {
  await using web = await startWebApp({ hasher });
  const member = await web.signUp();
  const { id } = await web.createRoom(member);
  const flv = async (headers: Record<string, string>) => {
    const { room } = await (await web.call("GET", `/api/rooms/${id}`, { headers })).json();
    return `${room.playback.flv} ${room.playback.rtmp}`;
  };
  const forwarded = { "x-forwarded-host": "Live.Example:8443", "x-forwarded-proto": "https" };
  const own = `http://wanren.test/live/${id}.flv rtmp://wanren.test:1935/live/${id}`;
  strictEqual(await flv(forwarded), own);
  strictEqual(await flv({ ...forwarded, "x-wanren-cluster": "wrong" }), own);
  const believed = { ...forwarded, "x-wanren-cluster": CLUSTER_SECRET };
  strictEqual(
    await flv(believed),
    `https://live.example:8443/live/${id}.flv rtmp://live.example:1935/live/${id}`,
  );
  strictEqual(
    await flv({ ...believed, "x-forwarded-host": 'evil.example/"><b>' }),
    own.replace("http:", "https:"),
  );
});

Deno.test("PUBLIC_URL is what is shown, whatever the request says", async () => {
  await using web = await startWebApp({ hasher, publicUrl: "https://live.example" });
  const member = await web.signUp();
  const { id } = await web.createRoom(member);
  const { room } = await (await web.call("GET", `/api/rooms/${id}`)).json();
  strictEqual(room.playback.llhls, `https://live.example/live/${id}/index.m3u8`);
  const own = { cookie: `wanren_session=${member.token}`, origin: "https://live.example" };
  const changed = await web.call("PATCH", `/api/rooms/${id}`, {
    headers: own,
    body: { title: "new" },
  });
  strictEqual(changed.status, 200);
});

Deno.test("attempts are counted by the client's address, not by what it claims", async () => {
  await using web = await startWebApp({
    hasher,
    rateLimits: true,
    trustedProxies: ["10.0.0.0/8", "2001:db8::1"],
  });
  // A name that breaks the rules costs no attempt.
  let attempts = 0;
  const logIn = async (headers: Record<string, string>, peer = "192.0.2.1") => {
    const response = await web.call("POST", "/api/sessions", {
      headers,
      peer,
      body: { name: `nobody ${attempts++}`, password: "wrong horse" },
    });
    await response.body?.cancel();
    return response;
  };
  const drain = async (headers: Record<string, string>, peer?: string) => {
    for (let attempt = 0; attempt < 20; attempt++) {
      strictEqual((await logIn(headers, peer)).status, 401);
    }
    const refused = await logIn(headers, peer);
    strictEqual(refused.status, 429);
    match(refused.headers.get("retry-after") ?? "", /^[1-6]$/);
  };
  await drain({ "x-forwarded-for": "198.51.100.1" });
  strictEqual((await logIn({ "x-forwarded-for": "198.51.100.2" })).status, 429);
  const believed = { "x-wanren-cluster": CLUSTER_SECRET };
  const chain = (forwarded: string) => ({ ...believed, "x-forwarded-for": forwarded });
  strictEqual((await logIn(chain("198.51.100.9"))).status, 401);
  await drain(chain("203.0.113.7, 198.51.100.1, 10.1.2.3, 2001:db8::1"));
  strictEqual((await logIn(chain("198.51.100.1"))).status, 429);
  web.clock.nowMs += 6_000;
  strictEqual((await logIn(chain("198.51.100.1"))).status, 401);
  strictEqual((await logIn(chain("198.51.100.1"))).status, 429);
});

Deno.test("attempts are counted by name, and a right log-in costs nothing", async () => {
  await using web = await startWebApp({ hasher, rateLimits: true });
  await web.signUp("ann");
  let peers = 0;
  const logIn = async (password: string) => {
    const response = await web.call("POST", "/api/sessions", {
      peer: `192.0.2.${++peers % 200}`,
      body: { name: "Ann", password },
    });
    await response.body?.cancel();
    return response.status;
  };
  strictEqual(await logIn("correct horse"), 200);
  for (let attempt = 0; attempt < 30; attempt++) strictEqual(await logIn("wrong horse"), 401);
  strictEqual(await logIn("correct horse"), 429);
  web.clock.nowMs += 10_000;
  strictEqual(await logIn("correct horse"), 200);
});

Deno.test("sign-ups from one address are limited", async () => {
  await using web = await startWebApp({ hasher, rateLimits: true });
  const statuses: number[] = [];
  for (let index = 0; index < 11; index++) {
    const response = await web.call("POST", "/api/accounts", {
      body: { name: `member ${index}`, password: "correct horse" },
    });
    statuses.push(response.status);
    await response.body?.cancel();
  }
  strictEqual(statuses.filter((status) => status === 201).length, 10);
  strictEqual(statuses.at(-1), 429);
});

Deno.test("a full queue of passwords answers busy", async () => {
  const narrow = new PasswordHasher({ maxQueued: 1 });
  {
    await using web = await startWebApp({ hasher: narrow });
    const answers = await Promise.all(
      [1, 2, 3, 4].map((index) =>
        web.call("POST", "/api/sessions", { body: { ...CREDENTIALS, name: `nobody ${index}` } })
      ),
    );
    const busy = answers.filter(({ status }) => status === 503);
    strictEqual(busy.length, 2);
    strictEqual(busy[0]?.headers.get("retry-after"), "3");
    strictEqual(narrow.refused, 2);
  }
  await narrow.close();
});

Deno.test("the set-up link makes one administrator", async () => {
  await using web = await startWebApp({ hasher });
  const setUp = (name: string, setupToken: string) =>
    web.accounts.setUp({ name, password: "correct horse", setupToken, remoteAddress: "::1" });
  strictEqual(await web.accounts.needsSetup(), true);
  const outcomes = await Promise.allSettled([
    setUp("root", "wrong"),
    setUp("root", SETUP_TOKEN),
    setUp("boss", SETUP_TOKEN),
  ]);
  strictEqual(outcomes.filter(({ status }) => status === "fulfilled").length, 1);
  strictEqual(await web.accounts.needsSetup(), false);
  const [late] = await Promise.allSettled([setUp("late", SETUP_TOKEN)]);
  ok(late.status === "rejected" && late.reason.field === "setupToken");
});

Deno.test("the administrator of the configuration is made, kept and changed", async () => {
  await using web = await startWebApp({ hasher });
  const member = await web.signUp("Root");
  const first = await web.accounts.ensureAdmin({ name: "root", password: "first password" });
  strictEqual(first.id, member.id);
  strictEqual(first.admin, true);
  strictEqual(await web.accounts.authenticate(member.token), null);
  const logIn = (password: string) =>
    web.accounts.logIn({ name: "root", password, remoteAddress: "::1" });
  const { token } = await logIn("first password");
  await web.accounts.ensureAdmin({ name: "root", password: "first password" });
  ok(await web.accounts.authenticate(token));
  await web.accounts.ensureAdmin({ name: "root", password: "second password" });
  strictEqual(await web.accounts.authenticate(token), null);
  ok(await logIn("second password"));
});
