import assert from "node:assert/strict";
import { strFromU8, unzipSync } from "fflate";
import { momentInput } from "../../islands/studio/moments.ts";
import { htmlOf, type Site, startSite } from "../support/pages.ts";
import { SETUP_TOKEN } from "../support/web.ts";

const HOUR_MS = 3_600_000;
const NASTY = {
  script: `"><script>alert(1)</script>`,
  close: "</title></textarea>--><svg/onload=alert(1)>",
  rtl: "مريم تبث مباشرة",
  emoji: "👩🏽‍🚀 直播 🎉",
  rare: "𠮷野家 𝒜 𐍈",
};
const PATHS = [
  ["GET", "/studio"],
  ["GET", "/studio/obs-profile.zip"],
  ["GET", "/studio/service.json"],
  ["POST", "/studio/room"],
  ["POST", "/studio/key"],
  ["POST", "/studio/end"],
  ["POST", "/studio/release"],
] as const;

type Room = Awaited<ReturnType<Site["room"]>>;

/** The whole form of the room as a browser without script sends it. */
function form(change: Readonly<Record<string, string>> = {}) {
  return { title: "Tea hill", category: "", description: "", nextLiveAt: "", ...change };
}

async function sent(site: Site, room: Room, change: Readonly<Record<string, string>>) {
  const response = await site.post("/studio/room", form(change), { cookie: room.cookie });
  return { response, room: await site.business.rooms.get(room.id) };
}

/** What a control of the page holds, as text. */
function valueOf(html: string, field: string): string {
  // An attribute may hold what would end a tag.
  const tags = html.matchAll(/<(?:input|textarea)((?:[^">]|"[^"]*")*)>([^<]*)/g);
  for (const [, attributes = "", content = ""] of tags) {
    if (!attributes.includes(` name="${field}"`)) continue;
    const value = / value="([^"]*)"/.exec(attributes)?.[1] ?? content;
    return value.replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&gt;", ">")
      .replaceAll("&amp;", "&");
  }
  return "";
}

Deno.test("the studio and all of its forms lead strangers to the log-in", async () => {
  await using site = await startSite();
  await site.room("Lin", "Tea hill");
  for (const [method, path] of PATHS) {
    const response = method === "GET" ? await site.get(path) : await site.post(path, form());
    assert.equal(response.status, 303, path);
    assert.equal(response.headers.get("location"), "/login?next=/studio", path);
  }
});

Deno.test("who has no room is led to making one, and gets nobody else's files", async () => {
  await using site = await startSite();
  await site.room("Lin", "Tea hill");
  const { cookie } = await site.member("Ann");
  for (const [method, path] of PATHS.slice(1)) {
    const response = method === "GET"
      ? await site.get(path, { cookie })
      : await site.post(path, form(), { cookie });
    assert.equal(response.status, 303, path);
    assert.equal(response.headers.get("location"), "/studio", path);
  }
  const html = await htmlOf(await site.get("/studio", { cookie }));
  assert.equal(valueOf(html, "title"), "Ann’s room", "a title is offered");
});

Deno.test("forms of other sites are refused", async () => {
  await using site = await startSite();
  const room = await site.room("Lin", "Tea hill");
  for (const [method, path] of PATHS) {
    if (method === "GET") continue;
    const foreign = await site.post(path, form({ title: "Taken" }), {
      cookie: room.cookie,
      headers: { "sec-fetch-site": "cross-site" },
    });
    assert.equal(foreign.status, 403, path);
  }
  assert.equal((await site.business.rooms.get(room.id)).title, "Tea hill");
});

Deno.test("the OBS profile is a download of the owner's, read back as OBS reads it", async () => {
  await using site = await startSite();
  const room = await site.room("Lin", "Tea hill");
  const key = await site.business.rooms.publishKey(await ownerOf(site, room), room.id);
  const response = await site.get("/studio/obs-profile.zip", { cookie: room.cookie });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "application/zip");
  assert.equal(
    response.headers.get("content-disposition"),
    'attachment; filename="wanren-obs-profile.zip"',
  );
  assert.equal(response.headers.get("cache-control"), "no-store");
  assert.equal(response.headers.get("x-content-type-options"), "nosniff");
  const files = unzipSync(new Uint8Array(await response.arrayBuffer()));
  const service = {
    type: "rtmp_custom",
    settings: {
      server: "rtmp://wanren.test:1935/live",
      key: `${room.id}?key=${key}`,
      bwtest: false,
      use_auth: false,
    },
  };
  assert.deepEqual(JSON.parse(strFromU8(files["Wanren/service.json"]!)), service);
  assert.match(strFromU8(files["Wanren/basic.ini"]!), /^\[General\]\nName=Wanren\n/);
  assert.equal(JSON.parse(strFromU8(files["Wanren/streamEncoder.json"]!)).keyint_sec, 2);

  const bare = await site.get("/studio/service.json", { cookie: room.cookie });
  assert.equal(bare.headers.get("cache-control"), "no-store");
  assert.match(bare.headers.get("content-disposition") ?? "", /^attachment; /);
  assert.deepEqual(await bare.json(), service);

  await site.post("/studio/key", {}, { cookie: room.cookie });
  const fresh = await (await site.get("/studio/service.json", { cookie: room.cookie })).json();
  assert.notEqual(fresh.settings.key, service.settings.key, "a new key is in the next file");
});

Deno.test("the room's form is taken without script and says so", async () => {
  await using site = await startSite();
  const room = await site.room("Lin", "Tea hill");
  const nextLiveAtMs = Math.ceil(Date.now() / 60_000) * 60_000 + HOUR_MS;
  const { response, room: changed } = await sent(site, room, {
    title: "  Tea \t house ",
    category: "talk",
    description: "One\r\nTwo\r\n\r\n\r\n\r\nThree ",
    nextLiveAt: momentInput(nextLiveAtMs, "utc"),
  });
  assert.equal(response.status, 303);
  assert.equal(response.headers.get("location"), "/studio?saved=room#room-details-title");
  assert.equal(changed.title, "Tea house");
  assert.equal(changed.category, "talk");
  assert.equal(changed.description, "One\nTwo\n\nThree");
  assert.equal(changed.nextLiveAtMs, nextLiveAtMs);
  const html = await htmlOf(await site.get("/studio?saved=room", { cookie: room.cookie }));
  assert.match(html, /role="status">.*?Saved/);
  assert.equal(valueOf(html, "description"), "One\nTwo\n\nThree");
  assert.equal(valueOf(html, "nextLiveAt"), momentInput(nextLiveAtMs, "utc"));
  assert.match(html, /<option(?=[^>]* selected)(?=[^>]* value="talk")/);

  const emptied = await sent(site, room, {});
  assert.equal(emptied.room.category, null);
  assert.equal(emptied.room.description, "");
  assert.equal(emptied.room.nextLiveAtMs, null);
});

Deno.test("a refused field of the room's form is explained, and what was typed stays", async () => {
  await using site = await startSite();
  const room = await site.room("Lin", "Tea hill");
  const refusals = [
    ["title", ""],
    ["title", " \u3000 "],
    ["title", "x".repeat(101)],
    ["title", "a\u202eb"],
    ["title", "\u0000"],
    ["description", "x".repeat(2_001)],
    ["description", "a\u2066b"],
    ["description", "line\n".repeat(61) + "end"],
    ["category", "no-such"],
    ["category", `"><script>`],
    ["nextLiveAt", "2001-01-01T00:00"],
    ["nextLiveAt", "9999-01-01T00:00"],
    ["nextLiveAt", "soon"],
  ] as const;
  const other = { title: "Kept title", description: "Kept words" };
  for (const [field, value] of refusals) {
    const label = `${field}: ${JSON.stringify(value.slice(0, 40))}`;
    const { response, room: after } = await sent(site, room, { ...other, [field]: value });
    assert.equal(response.status, 422, label);
    assert.equal(response.headers.get("cache-control"), "no-store", label);
    const html = await htmlOf(response);
    const id = field === "nextLiveAt" ? "room-next" : `room-${field}`;
    assert.match(html, new RegExp(`id="${id}-error"`), label);
    assert.match(html, new RegExp(`aria-describedby="${id}-error`), label);
    if (field !== "title") assert.equal(valueOf(html, "title"), other.title, label);
    if (field !== "description") {
      assert.equal(valueOf(html, "description"), other.description, label);
    }
    assert.equal(after.title, "Tea hill", `${label} changes nothing`);
    assert.equal(after.description, "", `${label} changes nothing`);
  }
});

Deno.test("text of any kind stays text in the studio", async () => {
  await using site = await startSite();
  const room = await site.room("Lin", "Tea hill");
  for (const [kind, text] of Object.entries(NASTY)) {
    const { response, room: after } = await sent(site, room, { title: text, description: text });
    assert.equal(response.status, 303, kind);
    assert.equal(after.title, text.normalize("NFC"), kind);
    const html = await htmlOf(await site.get("/studio", { cookie: room.cookie }));
    assert.equal(valueOf(html, "title"), after.title, kind);
    assert.equal(/<script>|<svg\/onload/i.test(html), false, kind);
  }
});

Deno.test("a description of 2,000 characters of four bytes fits; no form is read without end", async () => {
  await using site = await startSite();
  const room = await site.room("Lin", "Tea hill");
  const { response, room: after } = await sent(site, room, { description: "𠮷".repeat(2_000) });
  assert.equal(response.status, 303);
  assert.equal([...after.description].length, 2_000);
  const endless = await site.post("/studio/room", form({ description: "x".repeat(70_000) }), {
    cookie: room.cookie,
  });
  assert.equal(endless.status, 413);
  const other = await site.post("/studio/room", form(), {
    cookie: room.cookie,
    headers: { "content-type": "multipart/form-data; boundary=x" },
  });
  assert.equal(other.status, 415);
});

Deno.test("an announcement to the second is not changed by a form that left it alone", async () => {
  await using site = await startSite();
  const room = await site.room("Lin", "Tea hill");
  const nextLiveAtMs = Date.now() + HOUR_MS + 12_345;
  await site.business.rooms.update(await ownerOf(site, room), room.id, { nextLiveAtMs });
  const kept = await sent(site, room, { nextLiveAt: momentInput(nextLiveAtMs, "utc") });
  assert.equal(kept.room.nextLiveAtMs, nextLiveAtMs);
});

Deno.test("a stream is ended without script after a question, and the encoder let in again", async () => {
  await using site = await startSite();
  const room = await site.room("Lin", "Tea hill");
  const { cookie } = room;
  const key = await site.business.rooms.publishKey(await ownerOf(site, room), room.id);
  const admitted = () => site.business.rooms.admit({ room: room.id, key });
  assert.doesNotMatch(await htmlOf(await site.get("/studio?ask=end", { cookie })), /ask-end/);
  assert.equal((await site.post("/studio/end", {}, { cookie })).status, 303);
  assert.equal(await admitted(), "admitted", "nothing ran: nobody is held off");

  site.goLive({ [room.id]: 3 });
  const live = await htmlOf(await site.get("/studio", { cookie }));
  assert.match(live, /<form method="get" action="\/studio"><input[^>]*name="ask" value="end"/);
  assert.doesNotMatch(live, /action="\/studio\/end"/);
  const asking = await htmlOf(await site.get("/studio?ask=end", { cookie }));
  assert.match(asking, /End the stream\?[^]*action="\/studio\/end"/);

  const ended = await site.post("/studio/end", {}, { cookie });
  assert.equal(ended.status, 303);
  assert.equal(await admitted(), "ended");
  site.goLive({});
  const held = await htmlOf(await site.get("/studio", { cookie }));
  assert.match(held, /held off for another 0:\d\d[^]*action="\/studio\/release"/);

  assert.equal((await site.post("/studio/release", {}, { cookie })).status, 303);
  assert.equal(await admitted(), "admitted");
  assert.doesNotMatch(await htmlOf(await site.get("/studio", { cookie })), /studio\/release/);
});

Deno.test("the studio shows the checklist before, the health during a broadcast", async () => {
  await using site = await startSite();
  const room = await site.room("Lin", "Lin’s room");
  const { cookie } = room;
  const before = await htmlOf(await site.get("/studio", { cookie }));
  assert.match(before, /0 of 5 done/);
  assert.match(before, /href="#room-title"[^>]*>[^]*?Give your room a title/);
  assert.doesNotMatch(before, /Stream health/);
  await sent(site, room, { title: "Tea hill", category: "talk" });
  const ready = await htmlOf(await site.get("/studio", { cookie }));
  assert.match(ready, /2 of 5 done/);
  assert.match(ready, /href="\/studio\/obs-profile\.zip"[^>]*class="button primary/);

  site.goLive({ [room.id]: 7 });
  const during = await htmlOf(await site.get("/studio", { cookie }));
  assert.match(during, /Stream health/);
  assert.match(during, /5 of 5 done/);
  assert.match(during, /HTTP-FLV<\/dt><dd class="tabular">7</);
  assert.match(during, /B-frames add 67 ms/);
  const zh = await htmlOf(
    await site.get("/studio", { cookie, headers: { "accept-language": "zh" } }),
  );
  assert.match(zh, /推流状态[^]*B 帧增加了 67 ms 延迟/);
});

Deno.test("the last broadcasts stand in the studio, or a word that there was none", async () => {
  await using site = await startSite();
  const room = await site.room("Lin", "Tea hill");
  const { cookie } = room;
  assert.match(await htmlOf(await site.get("/studio", { cookie })), /No broadcast yet/);
  site.goLive({ [room.id]: 12 });
  const nowMs = Date.now();
  await site.business.broadcasts.tick(nowMs);
  const running = await htmlOf(await site.get("/studio", { cookie }));
  assert.match(running, /On air/);
  site.goLive({});
  await site.business.broadcasts.tick(nowMs + 2_000);
  const over = await htmlOf(await site.get("/studio", { cookie }));
  assert.doesNotMatch(over, /On air/);
  assert.match(over, /data-label="Most viewers"[^>]*>12</);
});

Deno.test("who may not broadcast learns it in the studio", async () => {
  await using site = await startSite();
  const room = await site.room("Lin", "Tea hill");
  const root = await site.business.accounts.setUp({
    name: "root",
    password: "correct horse",
    setupToken: SETUP_TOKEN,
    remoteAddress: "192.0.2.1",
  });
  await site.business.admin.changeSettings(root.account, { broadcasting: "administrators" });
  const html = await htmlOf(await site.get("/studio", { cookie: room.cookie }));
  assert.match(html, /Only administrators broadcast here/);
  await site.business.admin.changeSettings(root.account, { broadcasting: "everyone" });
  await site.business.admin.suspendRoom(root.account, room.id, { suspended: true, reason: "" });
  assert.match(
    await htmlOf(await site.get("/studio", { cookie: room.cookie })),
    /Your room is closed/,
  );
});

async function ownerOf(site: Site, room: Room) {
  const account = await site.business.accounts.authenticate(room.cookie.split("=")[1]!);
  assert.ok(account);
  return account;
}

Deno.test("the studio has two ways: the browser's own has no keys, and both lead to the other", async () => {
  await using site = await startSite();
  const { cookie } = await site.room("Lin", "Tea hill");
  const browser = await htmlOf(await site.get("/studio?with=browser", { cookie }));
  assert.match(browser, /name="BrowserStudio"/);
  assert.match(browser, /href="\/studio\?with=browser"[^>]*aria-current="page"/);
  assert.match(browser, /0 of 4 done|1 of 4 done/);
  assert.doesNotMatch(browser, /\?key=/);
  const obs = await htmlOf(await site.get("/studio?with=obs", { cookie }));
  assert.match(obs, /name="PublishCard"/);
  assert.doesNotMatch(obs, /name="BrowserStudio"/);
  // Where this server takes no broadcasts from browsers, the encoder is the usual way.
  assert.match(await htmlOf(await site.get("/studio?with=%3Cx", { cookie })), /name="PublishCard"/);
});

Deno.test("POST /studio/probe takes a megabyte of its members, and no more", async () => {
  await using site = await startSite();
  const { cookie } = await site.room("Lin", "Tea hill");
  const probe = (bytes: number, headers: Record<string, string>) =>
    site.app.request("/studio/probe", {
      method: "POST",
      headers: { "sec-fetch-site": "same-origin", ...headers },
      body: new Uint8Array(bytes),
    });
  assert.equal((await probe(1024 * 1024, { cookie })).status, 204);
  assert.equal((await probe(1024 * 1024 + 1, { cookie })).status, 413);
  assert.equal((await probe(10, {})).status, 401);
});
