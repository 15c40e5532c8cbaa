import assert from "node:assert/strict";
import { htmlOf, type Site, startSite } from "../support/pages.ts";
import { BAD_NAMES, ODD_TEXTS } from "../support/hostile.ts";

const PASSWORD = "correct horse";
const FIREFOX =
  "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0 <b>x</b>";

/** Logs in as a browser does, with the form. */
async function logIn(site: Site, name: string, userAgent = ""): Promise<string> {
  const response = await site.post("/login", { name, password: PASSWORD, next: "/" }, {
    headers: { "user-agent": userAgent },
  });
  assert.equal(response.status, 303);
  return response.headers.getSetCookie()[0]!.split(";")[0]!;
}

/** The only way on. */
function ledTo(response: Response): string | null {
  assert.equal(response.status, 303);
  return response.headers.get("location");
}

const textOf = (html: string) =>
  html.replaceAll("&lt;", "<").replaceAll("&quot;", '"').replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");

Deno.test("the account page and its forms are for who is logged in", async () => {
  await using site = await startSite();
  for (const path of ["/account", "/account/delete"]) {
    assert.equal(ledTo(await site.get(path)), "/login?next=/account");
  }
  const posts = ["profile", "password", "sessions", "sessions/end", "delete"];
  for (const path of posts) {
    assert.equal(ledTo(await site.post(`/account/${path}`, {})), "/login?next=/account");
  }
  const { cookie } = await site.member("Lin");
  const response = await site.get("/account", { cookie });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("cache-control"), "no-store");
  const html = await htmlOf(response);
  assert.match(html, /<meta name="robots" content="noindex"/);
  assert.equal(html.match(/<h1[ >]/g)?.length, 1);
  for (const path of posts.slice(0, 3)) assert.match(html, new RegExp(`action="/account/${path}"`));
  assert.match(html, /autocomplete="current-password"/i);
  assert.match(html, /autocomplete="new-password"/i);
  assert.match(html, /name="username"[^>]*autocomplete="username"/i);
});

Deno.test("forms of other sites change nothing", async () => {
  await using site = await startSite();
  const { cookie, account } = await site.member("Lin");
  const posts = {
    "profile": { displayName: "Evil" },
    "password": { current: PASSWORD, next: "another horse" },
    "sessions": {},
    "delete": { typed: "Lin", password: PASSWORD },
  };
  for (const [path, fields] of Object.entries(posts)) {
    const response = await site.post(`/account/${path}`, fields, {
      cookie,
      headers: { "sec-fetch-site": "cross-site" },
    });
    assert.equal(response.status, 403, path);
  }
  assert.equal(account.displayName, null);
  assert.match(await htmlOf(await site.get("/account", { cookie })), /placeholder="Lin"/);
});

Deno.test("a display name is saved, said once, and taken back by an empty one", async () => {
  await using site = await startSite();
  const { cookie } = await site.member("Lin");
  const saved = await site.post("/account/profile", { displayName: "林小满" }, { cookie });
  assert.equal(ledTo(saved), "/account");
  const done = saved.headers.getSetCookie()[0] ?? "";
  assert.match(done, /^wanren_done=saved;.*HttpOnly.*SameSite=Lax/i);
  const seen = await site.get("/account", { cookie: `${cookie}; ${done.split(";")[0]}` });
  assert.match(seen.headers.get("set-cookie") ?? "", /wanren_done=;.*Max-Age=0/i);
  const html = await htmlOf(seen);
  assert.match(html, /role="status"[^>]*>.*Saved\./);
  assert.match(html, /value="林小满"/);
  assert.doesNotMatch(await htmlOf(await site.get("/account", { cookie })), /Saved\./);
  assert.equal(
    ledTo(await site.post("/account/profile", { displayName: " " }, { cookie })),
    "/account",
  );
  assert.doesNotMatch(await htmlOf(await site.get("/account", { cookie })), /value="林小满"/);
});

Deno.test("no cookie makes a page say what nobody did", async () => {
  await using site = await startSite();
  const { cookie } = await site.member("Lin");
  for (const done of ["evil", "<b>hi</b>", "account.delete", "__proto__", "%00"]) {
    const html = await htmlOf(
      await site.get("/account", { cookie: `${cookie}; wanren_done=${encodeURIComponent(done)}` }),
    );
    assert.doesNotMatch(html, /class="form-notice"/, done);
  }
});

Deno.test("display names that nobody can read come back beside the field", async () => {
  await using site = await startSite();
  await site.member("Milo");
  const { cookie } = await site.member("Lin");
  for (const displayName of BAD_NAMES.filter((name) => name.trim() !== "")) {
    const response = await site.post("/account/profile", { displayName }, { cookie });
    assert.equal(response.status, 422, JSON.stringify(displayName.slice(0, 40)));
    assert.equal(response.headers.get("cache-control"), "no-store");
    assert.match(await htmlOf(response), /id="displayName-error"/);
  }
  const taken = await site.post("/account/profile", { displayName: "ｍｉｌｏ" }, { cookie });
  assert.equal(taken.status, 409);
  assert.match(await htmlOf(taken), /id="displayName-error".*Somebody has this name/);
  const long = await site.post("/account/profile", { displayName: "x".repeat(50_000) }, { cookie });
  assert.equal(long.status, 413);
});

Deno.test("odd display names are shown as they are on every page, and run nowhere", async () => {
  await using site = await startSite();
  const { cookie } = await site.member("Lin");
  for (const displayName of ODD_TEXTS) {
    const saved = await site.post("/account/profile", { displayName }, { cookie });
    assert.equal(saved.status, 303, displayName);
    for (const path of ["/account", "/account/delete", "/"]) {
      const html = await htmlOf(await site.get(path, { cookie }));
      assert.equal(/<script>|<img src=x/i.test(html), false, path);
      if (path !== "/account/delete") assert.ok(textOf(html).includes(displayName), displayName);
    }
  }
});

Deno.test("another password: the old one is asked for, other sessions end, this one stays", async () => {
  await using site = await startSite();
  const { cookie } = await site.member("Lin");
  const elsewhere = await logIn(site, "Lin");
  const change = (current: string, next: string) =>
    site.post("/account/password", { current, next }, { cookie });

  const wrong = await change("wrong horse", "a better horse");
  assert.equal(wrong.status, 401);
  const html = await htmlOf(wrong);
  assert.match(html, /id="current-error".*This is not your password/);
  assert.equal(html.includes("a better horse"), false);
  for (const next of ["", "short7!", "x".repeat(300)]) {
    const refused = await change(PASSWORD, next);
    assert.equal(refused.status, 422);
    assert.match(await htmlOf(refused), /id="next-error"/);
  }
  for (const next of ["пароль и ещё", "👩🏽‍🚀👩🏽‍🚀👩🏽‍🚀", "𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷", "مرحبا بالعالم"]) {
    const member = await site.member(`N ${next.length}`);
    const done = await site.post("/account/password", { current: PASSWORD, next }, member);
    assert.equal(ledTo(done), "/account");
    const again = await site.post("/login", { name: `N ${next.length}`, password: next });
    assert.equal(again.status, 303, next);
  }
  assert.equal(ledTo(await change(PASSWORD, "a better horse")), "/account");
  assert.equal((await site.get("/account", { cookie })).status, 200);
  assert.equal((await site.get("/account", { cookie: elsewhere })).status, 303);
  assert.equal((await site.post("/login", { name: "Lin", password: PASSWORD })).status, 401);
});

Deno.test("wrong passwords of one account are limited, and the page says for how long", async () => {
  await using site = await startSite({ rateLimits: true });
  const { cookie } = await site.member("Lin");
  let status = 0;
  for (let i = 0; i < 40 && status !== 429; i++) {
    const response = await site.post("/account/password", {
      current: "wrong horse",
      next: PASSWORD,
    }, {
      cookie,
    });
    status = response.status;
    if (status !== 429) continue;
    assert.match(response.headers.get("retry-after") ?? "", /^\d+$/);
    assert.match(await htmlOf(response), /role="alert".*Too many attempts/);
  }
  assert.equal(status, 429);
});

Deno.test("sessions say what they are, one can be ended, the others, or all", async () => {
  await using site = await startSite();
  await site.member("Lin");
  const here = await logIn(site, "Lin", FIREFOX);
  const phone = await logIn(site, "Lin", "curl/8.5.0");
  const html = await htmlOf(await site.get("/account", { cookie: here }));
  assert.match(html, /Firefox 127 on Linux/);
  assert.match(html, /curl 8\.5/);
  assert.match(html, /This one/);
  assert.equal(html.match(/name="session"/g)?.length, 2, "the own one has no button");
  const ids = [...html.matchAll(/name="session" value="([^"]+)"/g)].map((match) => match[1]!);

  const stranger = (await site.member("Eve")).cookie;
  for (const session of ids) {
    await site.post("/account/sessions/end", { session }, { cookie: stranger });
  }
  assert.equal((await site.get("/account", { cookie: phone })).status, 200, "not Eve's to end");
  for (const session of ["", "nope", "x".repeat(10_000), "'; DROP TABLE sessions; --"]) {
    const ended = await site.post("/account/sessions/end", { session }, { cookie: here });
    assert.equal(ledTo(ended), "/account");
  }
  for (const session of ids) {
    assert.equal(
      ledTo(await site.post("/account/sessions/end", { session }, { cookie: here })),
      "/account",
    );
  }
  assert.equal((await site.get("/account", { cookie: phone })).status, 303, "it was ended");

  const tablet = await logIn(site, "Lin");
  const others = await site.post("/account/sessions", { keep: "current" }, { cookie: here });
  assert.equal(ledTo(others), "/account");
  assert.equal((await site.get("/account", { cookie: tablet })).status, 303);
  assert.equal((await site.get("/account", { cookie: here })).status, 200);

  const all = await site.post("/account/sessions", {}, { cookie: here });
  assert.equal(ledTo(all), "/login");
  assert.match(all.headers.get("set-cookie") ?? "", /wanren_session=;.*Max-Age=0/i);
  assert.equal((await site.get("/account", { cookie: here })).status, 303);
});

Deno.test("an account is deleted by its name and its password, with its room", async () => {
  await using site = await startSite();
  const room = await site.room("Lin", "Friday night");
  const { cookie } = room;
  const remove = (typed: string, password: string) =>
    site.post("/account/delete", { typed, password }, { cookie });
  const page = await htmlOf(await site.get("/account/delete", { cookie }));
  assert.match(page, /Nobody can bring them back/);
  for (
    const typed of ["", "Li", "Lin2", "<img src=x onerror=alert(1)>", "مريم", "x".repeat(3_000)]
  ) {
    const refused = await remove(typed, PASSWORD);
    assert.equal(refused.status, 422);
    assert.match(await htmlOf(refused), /id="typed-error"/);
  }
  const wrong = await remove("Lin", "wrong horse");
  assert.equal(wrong.status, 401);
  assert.match(await htmlOf(wrong), /id="password-error"/);
  assert.equal((await site.get(`/rooms/${room.id}`)).status, 200);

  const done = await remove(" ｌｉｎ ", PASSWORD);
  assert.equal(ledTo(done), "/account/deleted");
  assert.match(done.headers.get("set-cookie") ?? "", /wanren_session=;.*Max-Age=0/i);
  assert.match(await htmlOf(await site.get("/account/deleted")), /Your account is deleted/);
  assert.equal((await site.get(`/rooms/${room.id}`)).status, 404);
  assert.equal((await site.get("/account", { cookie })).status, 303);
});

Deno.test("the last administrator stays, and is told why", async () => {
  await using site = await startSite();
  const { cookie } = await site.admin();
  const refused = await site.post("/account/delete", { typed: "Root", password: PASSWORD }, {
    cookie,
  });
  assert.equal(refused.status, 409);
  assert.match(await htmlOf(refused), /role="alert".*this is the last one/);
  assert.equal((await site.get("/admin", { cookie })).status, 200);
});

Deno.test("sign-up says when it is closed, and log-in says when an account is suspended", async () => {
  await using site = await startSite();
  const root = await site.admin();
  const { account } = await site.member("Lin");
  await site.business.admin.changeAccount(root.account, account.id, {
    suspended: true,
    reason: "",
  });
  const suspended = await site.post("/login", { name: "Lin", password: PASSWORD });
  assert.equal(suspended.status, 403);
  assert.match(await htmlOf(suspended), /role="alert".*This account is suspended/);

  assert.match(await htmlOf(await site.get("/login")), /href="\/signup/);
  await site.business.admin.changeSettings(root.account, { signUp: "closed" });
  const closed = await site.get("/signup");
  assert.equal(closed.status, 403);
  const html = await htmlOf(closed);
  assert.match(html, /Sign-up is closed/);
  assert.doesNotMatch(html, /action="\/signup"/);
  assert.doesNotMatch(await htmlOf(await site.get("/login")), /href="\/signup/);
  const sent = await site.post("/signup", { name: "Ann", password: PASSWORD });
  assert.equal(sent.status, 403);
  assert.match(await htmlOf(sent), /Sign-up is closed/);
});
