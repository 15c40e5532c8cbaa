import assert from "node:assert/strict";
import { safeNext } from "../../routes/pages/forms.ts";
import { htmlOf, startSite } from "../support/pages.ts";
import { SETUP_TOKEN } from "../support/web.ts";

const PASSWORD = "correct horse";

Deno.test("sign-up logs in and leads on; the name is then taken", async () => {
  await using site = await startSite();
  const made = await site.post("/signup", { name: "Lin", password: PASSWORD, next: "/studio" });
  assert.equal(made.status, 303);
  assert.equal(made.headers.get("location"), "/studio");
  const cookie = made.headers.get("set-cookie") ?? "";
  assert.match(cookie, /^wanren_session=[^;]+;.*HttpOnly.*SameSite=Lax/i);
  const studio = await site.get("/studio", { cookie: cookie.split(";")[0] });
  assert.match(await htmlOf(studio), /Create your room/);

  const again = await site.post("/signup", { name: "ＬＩＮ", password: PASSWORD, next: "/" });
  assert.equal(again.status, 409);
  const html = await htmlOf(again);
  assert.match(html, /id="name-error"/);
  assert.match(html, /aria-describedby="name-error"/);
  assert.match(html, /value="ＬＩＮ"/);
});

Deno.test("a refused form keeps what was typed, but never the password", async () => {
  await using site = await startSite();
  const names = [`"><script>alert(1)</script>`, "مريم", "👩🏽‍🚀 Ann", "a'b&amp;<i>"];
  for (const name of names) {
    const response = await site.post("/signup", { name, password: "short7!", next: "/" });
    assert.equal(response.status, 422);
    assert.equal(response.headers.get("cache-control"), "no-store");
    const html = await htmlOf(response);
    assert.match(html, /id="password-error"/);
    assert.equal(html.includes("short7!"), false);
    const value = /<input[^>]*value="([^"]*)"[^>]*name="name"/.exec(html)?.[1] ??
      /<input[^>]*name="name"[^>]*value="([^"]*)"/.exec(html)?.[1];
    const shown = (value ?? "").replaceAll("&lt;", "<").replaceAll("&quot;", '"')
      .replaceAll("&amp;", "&");
    assert.equal(shown, name);
  }
});

Deno.test("names that nobody can read are refused beside the field, in the reader's language", async () => {
  await using site = await startSite();
  for (const name of ["", "x", "a\u202eb", "\u0007\u0007", "x".repeat(40), "y".repeat(5000)]) {
    const response = await site.post("/signup", { name, password: PASSWORD }, {
      headers: { "accept-language": "zh" },
    });
    assert.equal(response.status, 422);
    assert.match(await htmlOf(response), /id="name-error".*请用 2 到 32/);
  }
});

Deno.test("log-in: wrong credentials, too many attempts, right ones", async () => {
  await using site = await startSite({ rateLimits: true });
  await site.member("Lin");
  const wrong = await site.post("/login", { name: "Lin", password: "wrong horse" });
  assert.equal(wrong.status, 401);
  assert.match(await htmlOf(wrong), /role="alert".*Name or password is wrong/);
  const right = await site.post("/login", { name: "lin", password: PASSWORD, next: "/rooms/1" });
  assert.equal(right.status, 303);
  assert.equal(right.headers.get("location"), "/rooms/1");
  let status = 0;
  for (let i = 0; i < 60 && status !== 429; i++) {
    const response = await site.post("/login", { name: "Lin", password: "wrong horse" });
    status = response.status;
    if (status !== 429) continue;
    assert.match(response.headers.get("retry-after") ?? "", /^\d+$/);
    assert.match(await htmlOf(response), /Too many attempts/);
  }
  assert.equal(status, 429);
});

Deno.test("log-out ends the session", async () => {
  await using site = await startSite();
  const { cookie } = await site.member("Lin");
  const out = await site.post("/logout", {}, { cookie });
  assert.equal(out.status, 303);
  assert.match(out.headers.get("set-cookie") ?? "", /wanren_session=;.*Max-Age=0/i);
  assert.equal((await site.get("/studio", { cookie })).status, 303);
});

Deno.test("who is logged in does not see the log-in form", async () => {
  await using site = await startSite();
  const { cookie } = await site.member("Lin");
  const response = await site.get("/login?next=/studio", { cookie });
  assert.equal(response.status, 303);
  assert.equal(response.headers.get("location"), "/studio");
});

Deno.test("the set-up link makes the first administrator once", async () => {
  await using site = await startSite();
  assert.equal((await site.get("/setup")).status, 403);
  const wrong = await site.post("/setup", { token: "no", name: "root", password: PASSWORD });
  assert.ok(wrong.status === 403 || wrong.status === 401, String(wrong.status));
  const form = await htmlOf(await site.get(`/setup?token=${SETUP_TOKEN}`));
  assert.match(form, new RegExp(`name="token" value="${SETUP_TOKEN}"`));
  const done = await site.post("/setup", {
    token: SETUP_TOKEN,
    name: "root",
    password: PASSWORD,
  });
  assert.equal(done.status, 303);
  assert.equal(done.headers.get("location"), "/admin/welcome");
  assert.equal((await site.get(`/setup?token=${SETUP_TOKEN}`)).status, 404);
});

Deno.test("a room is made once, with a title that can be shown", async () => {
  await using site = await startSite();
  const { cookie } = await site.member("Lin");
  for (const title of ["", "   ", "x".repeat(101), "a\u202eb", "\u0000"]) {
    const refused = await site.post("/studio", { title }, { cookie });
    assert.equal(refused.status, 422);
    assert.match(await htmlOf(refused), /id="title-error"/);
  }
  const made = await site.post("/studio", { title: "👩🏽‍🚀 مباشر <b>" }, { cookie });
  assert.equal(made.status, 303);
  assert.equal(made.headers.get("location"), "/studio");
  assert.match(await htmlOf(await site.get("/studio", { cookie })), /👩🏽‍🚀 مباشر &lt;b/);
  assert.equal((await site.post("/studio", { title: "again" }, { cookie })).status, 303);
  assert.equal(
    (await site.post("/studio", { title: "x" })).headers.get("location"),
    "/login?next=/studio",
  );
});

Deno.test("forms of other sites, of other types and of any length are refused with a page", async () => {
  await using site = await startSite();
  const fields = { name: "Lin", password: PASSWORD };
  const foreign = await site.post("/signup", fields, {
    headers: { "sec-fetch-site": "cross-site" },
  });
  assert.equal(foreign.status, 403);
  assert.match(await htmlOf(foreign), /Not for you/);
  const other = await site.post("/signup", fields, { headers: { "content-type": "text/plain" } });
  assert.equal(other.status, 415);
  const long = await site.post("/signup", { name: "x".repeat(50_000) });
  assert.equal(long.status, 413);
  assert.match(await htmlOf(long), /href="\/"/);
});

Deno.test("preferences are remembered and win over everything else", async () => {
  await using site = await startSite();
  const set = await site.post("/preferences", { locale: "zh", theme: "light", next: "/login" });
  assert.equal(set.status, 303);
  assert.equal(set.headers.get("location"), "/login");
  const cookies = set.headers.getSetCookie();
  assert.equal(cookies.length, 2);
  for (const cookie of cookies) assert.match(cookie, /Max-Age=\d+; Path=\/.*SameSite=Lax/);
  const cookie = cookies.map((text) => text.split(";")[0]).join("; ");
  const html = await htmlOf(await site.get("/", { cookie, headers: { "accept-language": "en" } }));
  assert.match(html, /<html lang="zh-CN" data-theme="light">/);
  const junk = await site.post("/preferences", { locale: "xx", theme: "<b>", next: "//evil.test" });
  assert.equal(junk.headers.get("location"), "/");
  assert.deepEqual(junk.headers.getSetCookie(), []);
  const bad = { cookie: "wanren_locale=%00; wanren_theme=evil" };
  assert.match(await htmlOf(await site.get("/", bad)), /<html lang="en" data-theme="system">/);
});

Deno.test("safeNext() never leaves the site", async () => {
  await using site = await startSite();
  const away = [
    "//evil.test",
    "///evil.test",
    "/\\evil.test",
    "\\\\evil.test",
    "https://evil.test/",
    "javascript:alert(1)",
    "/\t/evil.test",
    "/\n/evil.test",
    " //evil.test",
    "/.//evil.test",
    "/..//evil.test",
    "/%2e//evil.test",
    "evil.test",
    "@evil.test",
    "",
    `/${"x".repeat(600)}`,
  ];
  for (const next of away) {
    assert.equal(safeNext(next), "/", JSON.stringify(next));
    const response = await site.get(`/login?next=${encodeURIComponent(next)}`);
    assert.match(await htmlOf(response), /name="next" value="\/"/);
  }
  assert.equal(safeNext("/rooms/100001?a=b#c"), "/rooms/100001?a=b");
  assert.equal(safeNext("/?next=//evil.test"), "/?next=//evil.test");
  assert.equal(safeNext(null, "/studio"), "/studio");
});
