import assert from "node:assert/strict";
import { htmlOf, type Site, startSite } from "../support/pages.ts";
import { ODD_TEXTS } from "../support/hostile.ts";
import { CLUSTER_SECRET } from "../support/web.ts";

const PASSWORD = "correct horse";
const PAGES = [
  "/admin",
  "/admin/welcome",
  "/admin/streams",
  "/admin/rooms",
  "/admin/accounts",
  "/admin/settings",
  "/admin/log",
  "/admin/audit",
  "/admin/broadcast",
];

/** The only way on. */
function ledTo(response: Response): string | null {
  assert.equal(response.status, 303);
  return response.headers.get("location");
}

/** A heartbeat of the role media with one line of its log. */
async function beat(site: Site, change: Readonly<Record<string, unknown>> = {}): Promise<void> {
  const response = await site.app.request("http://wanren.test/internal/health", {
    method: "PUT",
    headers: { "authorization": `Bearer ${CLUSTER_SECRET}`, "content-type": "application/json" },
    body: JSON.stringify({
      node: "media@host:8001",
      role: "media",
      region: "local",
      pid: 7,
      startedAtMs: Date.now() - 60_000,
      restarts: 0,
      lastDeath: null,
      rssBytes: 200e6,
      heapBytes: 90e6,
      cpu: 0.4,
      lagMs: 2,
      lagMaxMs: 9,
      disk: { totalBytes: 100e9, freeBytes: 50e9 },
      figures: { ingestKbps: 2_400, ffmpeg: 1 },
      linesFrom: 1,
      lines: [],
      ...change,
    }),
  });
  assert.equal(response.status, 200);
}

const line = (n: number, text: string, level = "info") => ({
  n,
  atMs: Date.UTC(2026, 4, 2, 14, 5, 9, 120),
  level,
  event: `event_${n}`,
  text,
});

Deno.test("the administrators' pages are theirs: visitors log in, members are told", async () => {
  await using site = await startSite();
  const room = await site.room("Lin", "Friday night");
  const { cookie } = await site.member("Ann");
  const acts = [`/admin/rooms/${room.id}/suspend`, `/admin/accounts/${room.owner.id}/delete`];
  const reads = [...PAGES, "/admin/log.txt", `/admin/rooms/${room.id}`, ...acts];
  for (const path of reads) {
    assert.equal(ledTo(await site.get(path)), `/login?next=${encodeURIComponent(path)}`);
    const refused = await site.get(path, { cookie });
    assert.equal(refused.status, 403, path);
    assert.match(await htmlOf(refused), /Not for you/);
  }
  for (const path of [...acts, "/admin/settings"]) {
    assert.equal(ledTo(await site.post(path, {})), "/login?next=%2Fadmin");
    const fields = { group: "site", siteName: "Evil", typed: "Lin" };
    assert.equal((await site.post(path, fields, { cookie })).status, 403, path);
  }
  assert.equal(site.business.settings.values.siteName, "Wanren");
  assert.equal((await site.get(`/rooms/${room.id}`)).status, 200);
});

Deno.test("forms of other sites change nothing, whoever is logged in", async () => {
  await using site = await startSite();
  const { cookie } = await site.admin();
  const room = await site.room("Lin", "Friday night");
  const posts = [
    `/admin/rooms/${room.id}/suspend`,
    `/admin/rooms/${room.id}/cut-off`,
    `/admin/accounts/${room.owner.id}/suspend`,
    "/admin/settings",
  ];
  for (const path of posts) {
    for (const site_ of ["cross-site", "same-site"]) {
      const headers = { "sec-fetch-site": site_ };
      const response = await site.post(path, { group: "site", siteName: "Evil" }, {
        cookie,
        headers,
      });
      assert.equal(response.status, 403, path);
    }
  }
  assert.equal(site.business.settings.values.siteName, "Wanren");
  const audit = await htmlOf(await site.get("/admin/audit", { cookie }));
  assert.match(audit, /Nothing yet/);
});

Deno.test("every page of the administrators is private, whole and bilingual", async () => {
  await using site = await startSite();
  const { cookie } = await site.admin();
  const room = await site.room("Lin", "Friday night");
  site.goLive({ [room.id]: 3 });
  await beat(site);
  const paths = [
    ...PAGES,
    `/admin/rooms/${room.id}`,
    `/admin/rooms/${room.id}/cut-off`,
    `/admin/accounts/${room.owner.id}`,
    `/admin/accounts/${room.owner.id}/delete`,
  ];
  for (const path of paths) {
    for (const [language, tag] of [["en", "en"], ["zh", "zh-CN"]] as const) {
      const headers = { "accept-language": language };
      const response = await site.get(path, { cookie, headers });
      assert.equal(response.status, 200, path);
      assert.equal(response.headers.get("cache-control"), "no-store", path);
      assert.match(response.headers.get("content-security-policy") ?? "", /frame-ancestors 'none'/);
      const html = await htmlOf(response);
      assert.ok(html.includes(`<html lang="${tag}"`), path);
      assert.match(html, /<meta name="robots" content="noindex"/);
      assert.equal(html.match(/<h1[ >]/g)?.length, 1, path);
      assert.match(html, /aria-current="page"/);
      assert.doesNotMatch(html.replaceAll(/ props="[^"]*"/g, ""), /undefined|NaN|\[object/, path);
      for (const [, icon] of html.matchAll(/href="#(icon-[\w-]+)"/g)) {
        assert.ok(html.includes(`<symbol id="${icon}"`), `${path} draws ${icon}`);
      }
    }
  }
  for (
    const path of ["/admin/nope", "/admin/rooms/1", "/admin/rooms/100001/nope", "/admin/accounts/x"]
  ) {
    assert.equal((await site.get(path, { cookie })).status, 404, path);
  }
});

Deno.test("the overview judges what the processes say, without script", async () => {
  await using site = await startSite();
  const { cookie } = await site.admin();
  const overview = async () => await htmlOf(await site.get("/admin", { cookie }));
  assert.match(await overview(), /Nothing heard yet/);
  await beat(site);
  const good = await overview();
  assert.match(good, /All is well/);
  assert.match(good, /media@host:8001/);
  assert.match(good, /2\.4 Mbit\/s/);
  await beat(site, {
    node: "media@other",
    pid: 8,
    restarts: 1,
    figures: { ffmpeg: 0 },
    lastDeath: { code: 137, signal: "SIGKILL", atMs: Date.now() - 120_000, error: "<img src=x>" },
    disk: { totalBytes: 100e9, freeBytes: 4e9 },
  });
  const care = await overview();
  assert.match(care, /Worth a look/);
  assert.match(care, /3 things ask for attention/);
  assert.match(care, /disk of media@other is nearly full: 4% free/);
  assert.match(care, /restarted 2 minutes ago: it was ended by SIGKILL/);
  assert.match(care, /ffmpeg is missing/);
});

Deno.test("streams are listed with their publisher and can be cut off by a plain form", async () => {
  await using site = await startSite();
  const { cookie } = await site.admin();
  assert.match(await htmlOf(await site.get("/admin/streams", { cookie })), /Nobody is on the air/);
  const room = await site.room("Lin", `<img src=x onerror=alert(1)> "Friday"`);
  site.goLive({ [room.id]: 1_234 });
  const html = await htmlOf(await site.get("/admin/streams", { cookie }));
  assert.match(html, /&lt;img src=x onerror=alert\(1\)/);
  assert.match(html, /RTMP/);
  assert.match(html, /1,234/);
  assert.match(html, new RegExp(`href="/admin/rooms/${room.id}/cut-off\\?next=/admin/streams"`));

  const question = await htmlOf(
    await site.get(`/admin/rooms/${room.id}/cut-off?next=/admin/streams`, { cookie }),
  );
  assert.match(question, /Cut off “&lt;img/);
  assert.match(question, /name="next" value="\/admin\/streams"/);
  const done = await site.post(`/admin/rooms/${room.id}/cut-off`, { next: "/admin/streams" }, {
    cookie,
  });
  assert.equal(ledTo(done), "/admin/streams");
  assert.notEqual(await site.business.rooms.heldUntilMs(room.id), null, "its encoder is held off");
  const notice = done.headers.getSetCookie()[0]!.split(";")[0];
  const after = await htmlOf(await site.get("/admin/streams", { cookie: `${cookie}; ${notice}` }));
  assert.match(after, /role="status"[^>]*>.*The stream was cut off/);
  assert.match(await htmlOf(await site.get("/admin/audit", { cookie })), /Stream cut off.*&lt;img/);
});

Deno.test("rooms and accounts are searched and paged", async () => {
  await using site = await startSite();
  const { cookie } = await site.admin();
  for (let number = 0; number < 14; number++) await site.member(`viewer ${number}`);
  await site.room("مريم 🌙", "مريم تبث مباشرة");
  const first = await htmlOf(await site.get("/admin/accounts", { cookie }));
  assert.match(first, /1–12 of 16/);
  assert.match(first, /href="\/admin\/accounts\?page=2"/);
  assert.match(await htmlOf(await site.get("/admin/accounts?page=2", { cookie })), /13–16 of 16/);
  const found = await htmlOf(await site.get("/admin/accounts?q=VIEWER+1", { cookie }));
  assert.match(found, /1–5 of 5/);
  assert.match(await htmlOf(await site.get("/admin/rooms?q=مريم", { cookie })), /1–1 of 1/);
  for (const path of ["/admin/rooms", "/admin/accounts"]) {
    for (const query of [...ODD_TEXTS, "x".repeat(5_000), "\u0000", "%zz"]) {
      const address = `${path}?q=${encodeURIComponent(query)}`;
      const response = await site.get(address, { cookie });
      assert.equal(response.status, 200, query.slice(0, 20));
      const html = await htmlOf(response);
      assert.equal(/<script>|<img src=x/i.test(html), false);
    }
    for (const page of ["0", "-1", "1e9", "99999", "x", "2.5"]) {
      assert.equal((await site.get(`${path}?page=${page}`, { cookie })).status, 200, page);
    }
    assert.match(await htmlOf(await site.get(`${path}?q=zzz`, { cookie })), /Nothing found/);
  }
});

Deno.test("an account is suspended and restored by plain forms, with the reason in the audit", async () => {
  await using site = await startSite();
  const { cookie } = await site.admin();
  const lin = await site.member("Lin");
  const path = `/admin/accounts/${lin.account.id}`;
  const page = await htmlOf(await site.get(path, { cookie }));
  for (const act of ["suspend", "reset-password", "make-admin", "end-sessions", "delete"]) {
    assert.match(page, new RegExp(`href="${path}/${act}\\?next=`), act);
  }
  assert.doesNotMatch(page, /\/restore/);
  const reason = `spam <script>alert(1)</script> مزعج 🎉 𠮷`;
  const done = await site.post(`${path}/suspend`, { reason, next: path }, { cookie });
  assert.equal(ledTo(done), path);
  assert.equal((await site.get("/account", { cookie: lin.cookie })).status, 303);
  assert.equal((await site.post("/login", { name: "Lin", password: PASSWORD })).status, 403);
  const suspended = await htmlOf(await site.get(path, { cookie }));
  assert.match(suspended, /Suspended/);
  assert.match(suspended, /\/restore/);

  // Sent twice: it is so already.
  assert.equal(ledTo(await site.post(`${path}/suspend`, { next: path }, { cookie })), path);
  assert.equal(ledTo(await site.post(`${path}/restore`, {}, { cookie })), "/admin/accounts");
  assert.equal((await site.post("/login", { name: "Lin", password: PASSWORD })).status, 303);
  const audit = await htmlOf(await site.get("/admin/audit", { cookie }));
  assert.equal(audit.match(/<b>Account suspended<\/b>/g)?.length, 1);
  assert.match(audit, /spam &lt;script/);
  assert.match(audit, /Account restored/);
  const only = await htmlOf(await site.get("/admin/audit?action=account_restored", { cookie }));
  assert.doesNotMatch(only, /<b>Account suspended/);
});

Deno.test("a room is suspended, restored and given another key by plain forms", async () => {
  await using site = await startSite();
  const { cookie } = await site.admin();
  const room = await site.room("Lin", "Friday night");
  const owner = await site.business.accounts.authenticate(room.cookie.split("=")[1]!);
  const before = await site.business.rooms.publishKey(owner!, room.id);
  const path = `/admin/rooms/${room.id}`;
  assert.equal(ledTo(await site.post(`${path}/reset-key`, { next: path }, { cookie })), path);
  assert.notEqual(await site.business.rooms.publishKey(owner!, room.id), before);
  assert.equal(
    ledTo(await site.post(`${path}/suspend`, { reason: "", next: path }, { cookie })),
    path,
  );
  assert.match(await htmlOf(await site.get(path, { cookie })), /Suspended/);
  assert.equal(ledTo(await site.post(`${path}/restore`, { next: path }, { cookie })), path);
  assert.doesNotMatch(await htmlOf(await site.get(path, { cookie })), /class="badge danger soft"/);
});

Deno.test("a reset password is shown once, works, and stands in no address and no log", async () => {
  await using site = await startSite();
  const { cookie } = await site.admin();
  const { account } = await site.member("Lin");
  const path = `/admin/accounts/${account.id}/reset-password`;
  const shown = await site.post(path, {}, { cookie });
  assert.equal(shown.status, 200);
  assert.equal(shown.headers.get("cache-control"), "no-store");
  const html = await htmlOf(shown);
  const password = /<input id="password"[^>]*value="([^"]+)"/.exec(html)?.[1] ?? "";
  assert.ok(password.length >= 12, "a password");
  assert.equal((await site.post("/login", { name: "Lin", password })).status, 303);
  const audit = await htmlOf(await site.get("/admin/audit", { cookie }));
  assert.match(audit, /Password reset/);
  assert.equal(audit.includes(password), false);
});

Deno.test("deleting asks for the name; rights are given and taken, but the last one's never", async () => {
  await using site = await startSite();
  const { cookie, account: root } = await site.admin();
  const { account } = await site.member("Lin");
  const path = `/admin/accounts/${account.id}`;
  assert.equal(
    ledTo(
      await site.post(`/admin/accounts/${root.id}/make-member`, {}, { cookie })
        .then((response) => {
          assert.equal(response.status, 409);
          return site.post(`${path}/make-admin`, { next: path }, { cookie });
        }),
    ),
    path,
  );
  assert.match(await htmlOf(await site.get(path, { cookie })), /Administrator/);
  assert.equal(ledTo(await site.post(`${path}/make-member`, { next: path }, { cookie })), path);

  for (const typed of ["", "Li", "Root", "<b>", "\u202eLin", "x".repeat(9_000)]) {
    const refused = await site.post(`${path}/delete`, { typed }, { cookie });
    assert.equal(refused.status, 422, typed.slice(0, 9));
    assert.match(await htmlOf(refused), /id="typed-error"/);
  }
  const done = await site.post(`${path}/delete`, { typed: "lin", next: path }, { cookie });
  assert.equal(ledTo(done), "/admin/accounts", "not to the page of who is gone");
  assert.equal((await site.get(path, { cookie })).status, 404);
  assert.equal((await site.post(`${path}/delete`, { typed: "lin" }, { cookie })).status, 404);
  const audit = await htmlOf(await site.get("/admin/audit?action=account_deleted", { cookie }));
  assert.match(audit, /Account deleted/);
  assert.equal(audit.includes(`href="${path}"`), false, "who is gone has no page");
});

Deno.test("forms of the administrators never lead to another site", async () => {
  await using site = await startSite();
  const { cookie } = await site.admin();
  const { account } = await site.member("Lin");
  const path = `/admin/accounts/${account.id}/end-sessions`;
  for (
    const next of [
      "//evil.test",
      "https://evil.test/",
      "/\\evil.test",
      "/.//evil.test",
      "javascript:1",
    ]
  ) {
    assert.equal(ledTo(await site.post(path, { next }, { cookie })), "/admin/accounts");
    const question = await htmlOf(
      await site.get(`${path}?next=${encodeURIComponent(next)}`, { cookie }),
    );
    assert.match(question, /name="next" value="\/admin\/accounts"/);
    const set = await site.post("/admin/settings", { group: "site", siteName: "A", next }, {
      cookie,
    });
    assert.equal(ledTo(set), "/admin/settings");
  }
});

Deno.test("settings are changed by plain forms, in force at once, with their history", async () => {
  await using site = await startSite();
  const { cookie } = await site.admin();
  const { settings } = site.business;
  const save = (fields: Readonly<Record<string, string>>) =>
    site.post("/admin/settings", fields, { cookie });
  assert.equal(
    ledTo(await save({ group: "site", siteName: "Club 𠮷 <b>", notice: "" })),
    "/admin/settings",
  );
  assert.equal(settings.values.siteName, "Club 𠮷 <b>");
  assert.match(await htmlOf(await site.get("/")), /Club 𠮷 &lt;b/);
  assert.equal(
    ledTo(await save({ group: "access", signUp: "closed", broadcasting: "administrators" })),
    "/admin/settings",
  );
  assert.deepEqual(
    [settings.values.signUp, settings.values.broadcasting, settings.values.demo],
    ["closed", "administrators", false],
  );
  const origins = "https://example.org/\r\n\r\nhttps://blog.example.org:8443\r\n";
  await save({ group: "embedding", embedFrames: origins });
  assert.deepEqual(settings.values.embedFrames, [
    "https://example.org",
    "https://blog.example.org:8443",
  ]);
  await save({
    group: "categories",
    "category-0-key": "talk",
    "category-0-zh": "聊天",
    "category-0-en": "Talk",
    "category-0-place": "2",
    "category-1-key": "games",
    "category-1-zh": "游戏",
    "category-1-en": "Games",
    "category-1-place": "1",
    "category-2-key": "music",
    "category-2-zh": "音乐",
    "category-2-en": "Music",
    "category-2-remove": "on",
    "category-3-zh": "舞蹈",
    "category-3-en": "Dance & more",
  });
  assert.deepEqual(settings.values.categories.map(({ key }) => key), [
    "games",
    "talk",
    "dance-more",
  ]);
  await save({ group: "site", siteName: "Club", notice: "" });
  const html = await htmlOf(await site.get("/admin/settings", { cookie }));
  assert.match(
    html,
    /Sites that may frame the player<\/b> from every site to https:\/\/example\.org/,
  );
  assert.match(html, /href="\/admin\/settings\?before=\d+#history-title"/);
  const older = /href="(\/admin\/settings\?before=\d+)#/.exec(html)![1]!;
  const before = await htmlOf(await site.get(older, { cookie }));
  assert.match(before, /Sign-up<\/b> from Open to Closed/);
  assert.match(before, /Name of the site<\/b> from “Wanren”/);
});

Deno.test("settings that break a rule come back beside their field, and nothing is changed", async () => {
  await using site = await startSite();
  const { cookie } = await site.admin();
  const refused: readonly Readonly<Record<string, string>>[] = [
    { group: "site", siteName: "", notice: "hello" },
    { group: "site", siteName: "x".repeat(41), notice: "" },
    { group: "site", siteName: "a\u202eb", notice: "" },
    { group: "site", siteName: "A", notice: "x".repeat(201) },
    { group: "access", signUp: "maybe", broadcasting: "everyone" },
    { group: "access", signUp: "open", broadcasting: "<b>" },
    { group: "embedding", embedFrames: "javascript:alert(1)" },
    { group: "embedding", embedFrames: "https://example.org/path" },
    { group: "embedding", embedFrames: "*\nhttps://example.org" },
    { group: "embedding", embedFrames: '"><script>alert(1)</script>' },
    { group: "categories", "category-0-key": "UPPER", "category-0-zh": "甲", "category-0-en": "A" },
    { group: "categories", "category-0-key": "a", "category-0-zh": "", "category-0-en": "A" },
    { group: "categories", "category-0-zh": "甲".repeat(21), "category-0-en": "A" },
    Object.fromEntries([
      ["group", "categories"],
      ...Array.from({ length: 25 }, (_, index) => [
        [`category-${index}-zh`, `甲${index}`],
        [`category-${index}-en`, `A ${index}`],
      ]).flat(),
    ]),
  ];
  const before = JSON.stringify(site.business.settings.values);
  for (const fields of refused) {
    const response = await site.post("/admin/settings", fields, { cookie });
    assert.equal(response.status, 422, JSON.stringify(fields).slice(0, 80));
    const html = await htmlOf(response);
    assert.match(html, /class="(field-error|form-problem)"/, JSON.stringify(fields).slice(0, 80));
    assert.equal(/<script>/i.test(html), false);
    const typed = fields["siteName"] ?? "";
    if (typed !== "" && typed.length < 40) assert.ok(html.includes(`value="${typed}"`));
  }
  for (const group of ["", "evil", "__proto__"]) {
    assert.equal((await site.post("/admin/settings", { group }, { cookie })).status, 400);
  }
  const long = await site.post("/admin/settings", { group: "site", siteName: "x".repeat(40_000) }, {
    cookie,
  });
  assert.equal(long.status, 413);
  assert.equal(JSON.stringify(site.business.settings.values), before);
  assert.match(await htmlOf(await site.get("/admin/audit", { cookie })), /Nothing yet/);
});

Deno.test("the log is filtered, escaped and handed out as a file", async () => {
  await using site = await startSite();
  const { cookie } = await site.admin();
  const nasty = `title="<img src=x onerror=alert(1)>" مريم\u202e`;
  await beat(site, {
    lines: [line(1, nasty), line(2, "whisper", "debug"), line(3, "loud", "error")],
  });
  const all = await htmlOf(await site.get("/admin/log", { cookie }));
  assert.match(all, /14:05:09\.120/);
  assert.match(all, /title="?&?.*&lt;img src=x/);
  assert.doesNotMatch(all, /whisper/);
  assert.match(await htmlOf(await site.get("/admin/log?level=debug", { cookie })), /whisper/);
  const errors = await htmlOf(
    await site.get("/admin/log?level=error&role=media&q=LOUD", { cookie }),
  );
  assert.match(errors, /loud/);
  assert.doesNotMatch(errors, /event_1/);
  assert.match(await htmlOf(await site.get("/admin/log?q=zzz", { cookie })), /No line fits/);
  for (const query of ["level=evil", "role=__proto__", `q=${"x".repeat(5_000)}`, "q=%00"]) {
    assert.equal(
      (await site.get(`/admin/log?${query}`, { cookie })).status,
      200,
      query.slice(0, 20),
    );
  }
  const file = await site.get("/admin/log.txt?level=debug", { cookie });
  assert.equal(file.status, 200);
  assert.match(file.headers.get("content-type") ?? "", /^text\/plain; charset=utf-8$/i);
  assert.match(
    file.headers.get("content-disposition") ?? "",
    /^attachment; filename="wanren-[\dT-]+\.log"$/,
  );
  assert.equal(file.headers.get("cache-control"), "no-store");
  assert.equal(file.headers.get("x-content-type-options"), "nosniff");
  const lines = (await file.text()).trimEnd().split("\n");
  assert.equal(lines.length, 3);
  assert.match(lines[2]!, /^2026-05-02T14:05:09\.120Z error media media@host:8001 event_3 loud$/);
});

Deno.test("the audit log pages to what is older", async () => {
  await using site = await startSite();
  const { cookie } = await site.admin();
  const { account } = await site.member("Lin");
  for (let times = 0; times < 17; times++) {
    await site.post(`/admin/accounts/${account.id}/end-sessions`, {}, { cookie });
  }
  const newest = await htmlOf(await site.get("/admin/audit", { cookie }));
  assert.equal(newest.match(/<b>Logged out everywhere<\/b>/g)?.length, 15);
  const older = /href="(\/admin\/audit\?before=\d+)"/.exec(newest)?.[1] ?? "";
  const rest = await htmlOf(await site.get(older, { cookie }));
  assert.equal(rest.match(/<b>Logged out everywhere<\/b>/g)?.length, 2);
  for (const query of ["before=x", "before=-1", "before=99999999999999999999", "action=evil"]) {
    assert.equal((await site.get(`/admin/audit?${query}`, { cookie })).status, 200, query);
  }
});

Deno.test("after the set-up: what comes next, and what the connection lacks", async () => {
  await using site = await startSite();
  const { cookie } = await site.admin();
  const first = await htmlOf(await site.get("/admin/welcome", { cookie }));
  assert.match(first, /Make my room/);
  assert.match(first, /without encryption/);
  assert.match(first, /wanren\.test/);
  const next = { group: "one", next: "/admin/welcome" };
  const closed = await site.post("/admin/settings", { ...next, signUp: "closed" }, { cookie });
  assert.equal(ledTo(closed), "/admin/welcome");
  await site.post("/admin/settings", { ...next, demo: "on" }, { cookie });
  assert.deepEqual(
    [site.business.settings.values.signUp, site.business.settings.values.demo],
    ["closed", true],
  );
  assert.match(await htmlOf(await site.get("/admin/welcome", { cookie })), /Open sign-up/);
  const odd = await site.post("/admin/settings", { ...next, signUp: "<b>" }, { cookie });
  assert.equal(odd.status, 400);
});

Deno.test("rates and ages of messages are shown and changed by a plain form, in force at once", async () => {
  await using site = await startSite();
  const { cookie } = await site.admin();
  const { settings } = site.business;
  const html = await htmlOf(await site.get("/admin/settings", { cookie }));
  const fields: Record<string, string> = { group: "im" };
  // What the form shows is what it sends.
  for (const [input] of html.matchAll(/<input[^>]* name="im-[^>]*>|<input[^>]*name="im-[^>]*>/g)) {
    const name = /name="([^"]*)"/.exec(input)![1]!;
    const isBox = /type="checkbox"/.test(input);
    if (isBox && !/ checked/.test(input)) continue;
    fields[name] = isBox ? "on" : /value="([^"]*)"/.exec(input)?.[1] ?? "";
  }
  assert.ok(Object.keys(fields).length > 20, Object.keys(fields).join());
  const before = settings.values.im;
  const save = (change: Record<string, string>) =>
    site.post("/admin/settings", { ...fields, ...change }, { cookie });
  assert.equal(ledTo(await save({})), "/admin/settings");
  assert.deepEqual({ ...settings.values.im, bigRoomPush: [] }, { ...before, bigRoomPush: [] });
  const changed = { "im-maxPerSecond": "30", "im-age-chat": "12.5", "im-poll-0-after": "1.5" };
  assert.equal(ledTo(await save(changed)), "/admin/settings");
  const { im } = settings.values;
  assert.deepEqual([im.maxPerSecond, im.ageMs.chat, im.poll[0]!.afterMs], [30, 12_500, 1_500]);
  const page = await htmlOf(await site.get("/admin/settings", { cookie }));
  assert.match(page, /Messages a viewer gets a second 20 → 30; Age of Chat 10 s → 12.5 s/);
  const wrongs = [
    ["im-maxPerSecond", "0"],
    ["im-batchMs", "fast"],
    ["im-age-pk", "500"],
    ["im-poll-above", ""],
    ["im-poll-1-viewers", "100"],
  ] as const;
  for (const [name, value] of wrongs) {
    const refused = await save({ [name]: value });
    assert.equal(refused.status, 422, name);
    assert.match(await htmlOf(refused), /out of its bounds/);
  }
  assert.deepEqual(settings.values.im, im);
});

Deno.test("coins are given by a plain form, once, and the audit says to whom", async () => {
  await using site = await startSite();
  const { cookie } = await site.admin();
  const ann = await site.member("Ann");
  const path = `/admin/accounts/${ann.account.id}/grant-coins`;
  const html = await htmlOf(await site.get(path, { cookie }));
  const requestId = /name="requestId" value="([^"]+)"/.exec(html)![1]!;
  const balance = async () => (await site.business.wallets.read(ann.account)).balance;
  const give = (coins: string) =>
    site.post(path, { coins, reason: "prize", requestId, next: "/admin/accounts" }, { cookie });
  for (const wrong of ["", "0", "-5", "1.5", "1000000001", "many"]) {
    const refused = await give(wrong);
    assert.equal(refused.status, 422, wrong);
    assert.match(await htmlOf(refused), /1 to 1,000,000,000/);
  }
  assert.equal(await balance(), 0);
  assert.equal(ledTo(await give("250")), "/admin/accounts");
  // Sent twice.
  assert.equal(ledTo(await give("250")), "/admin/accounts");
  assert.equal(await balance(), 250);
  const audit = await htmlOf(await site.get("/admin/audit", { cookie }));
  assert.match(audit, /Ann: 250 \(prize\)/);
  assert.equal((await site.get(path, { cookie: ann.cookie })).status, 403);
});
