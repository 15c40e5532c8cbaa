/** A room's page and its player for other sites. */
import assert from "node:assert/strict";
import { HEAD_START, htmlOf, SITE, type Site, startSite } from "../support/pages.ts";

/** The props of an island on a page. */
function propsOf(html: string, island: string) {
  const [, props = ""] = new RegExp(`<wanren-island name="${island}" props="([^"]+)"`).exec(html) ??
    [];
  return JSON.parse(props.replaceAll("&quot;", '"').replaceAll("&amp;", "&"));
}

async function html(site: Site, path: string, given: Parameters<Site["get"]>[1] = {}) {
  return await htmlOf(await site.get(path, given));
}

Deno.test("the watch page hands the player paths of its own origin", async () => {
  await using site = await startSite();
  const room = await site.room("Lin", "Friday night");
  site.goLive({ [room.id]: 3 });
  const html = await htmlOf(await site.get(`/rooms/${room.id}`));
  const island = /<wanren-island name="Player" props="([^"]+)"/.exec(html)?.[1] ?? "";
  const props = JSON.parse(island.replaceAll("&quot;", '"'));
  assert.equal(props.roomId, room.id);
  assert.equal(props.live, true);
  assert.deepEqual(props.playback, {
    llhls: `/live/${room.id}/index.m3u8`,
    hls: `/live/${room.id}/ts/index.m3u8`,
    flv: `/live/${room.id}.flv`,
    rtmp: `rtmp://wanren.test:1935/live/${room.id}`,
    whep: null,
  });
  assert.equal(props.hlsWorkerUrl, "/assets/hls.worker-DDDD.js");
  assert.match(html, /<html lang="en" data-theme="dark">/);
  assert.match(html, /<noscript>/);
});

Deno.test("the watch page of a room that is not live says what to do", async () => {
  await using site = await startSite();
  const room = await site.room("Lin", "Friday night");
  assert.match(await htmlOf(await site.get(`/rooms/${room.id}`)), /Lin is not broadcasting/);
  const own = await htmlOf(await site.get(`/rooms/${room.id}`, { cookie: room.cookie }));
  assert.match(own, /This is your room/);
});

Deno.test("the engine that a browser will want comes along with the page", async () => {
  await using site = await startSite();
  const room = await site.room("Lin", "Friday night");
  const preloads = async (userAgent: string) =>
    [...(await html(site, `/rooms/${room.id}`, { headers: { "user-agent": userAgent } }))
      .matchAll(/<link rel="modulepreload" href="\/assets\/(\w+)-\w+\.js" id="engine-\1"/g)]
      .map((match) => match[1]);
  const chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36";
  const safari = "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 Version/26.0 Mobile Safari/604.1";
  assert.deepEqual(await preloads(chrome), [], "not live: there is nothing to play");
  site.goLive({ [room.id]: 3 });
  assert.deepEqual(await preloads(chrome), ["flv"]);
  assert.deepEqual(await preloads(safari), ["hls"]);
});

Deno.test("a page that plays at once opens its connection before it is laid out", async () => {
  await using site = await startSite();
  const room = await site.room("Lin", "Friday night");
  const element = `<script>${HEAD_START.text}</script>`;
  const begins = async (path: string) => {
    const response = await site.get(path);
    const policy = response.headers.get("content-security-policy") ?? "";
    const named = policy.includes(`script-src 'self' '${HEAD_START.hash}';`);
    assert.equal((await response.text()).includes(element), named, path);
    return named;
  };
  assert.equal(await begins(`/rooms/${room.id}`), false, "not live");
  site.goLive({ [room.id]: 3 });
  assert.equal(await begins(`/rooms/${room.id}`), true);
  assert.equal(await begins(`/embed/${room.id}`), true);
  assert.equal(await begins(`/embed/${room.id}?autoplay=0`), false);
  assert.equal(await begins("/"), false);
});

Deno.test("the watch page shows who broadcasts and what they wrote, as text", async () => {
  await using site = await startSite();
  const room = await site.room("Lin", "Friday night");
  await site.business.rooms.update(room.account, room.id, {
    description: "<b>Rules</b>\nhttps://a.example/x?y=1&z=2, javascript:alert(1)",
    category: "music",
  });
  const page = await html(site, `/rooms/${room.id}`);
  assert.match(page, /&lt;b>Rules|&lt;b&gt;Rules/);
  assert.match(
    page,
    /<a href="https:\/\/a\.example\/x\?y=1&amp;z=2" target="_blank" rel="nofollow noopener ugc">/,
  );
  assert.equal(page.includes('href="javascript:'), false);
  assert.match(page, /href="\/\?category=music"[^>]*><span>Music</);
});

Deno.test("following works as a form, for the logged in", async () => {
  await using site = await startSite();
  const room = await site.room("Lin", "Friday night");
  const visitor = await html(site, `/rooms/${room.id}`);
  assert.match(visitor, new RegExp(`href="/login\\?next=%2Frooms%2F${room.id}"`));
  const reader = await site.member("Ann");
  const path = `/rooms/${room.id}/follow`;
  assert.match(await html(site, `/rooms/${room.id}`, reader), new RegExp(`action="${path}"`));
  const followed = await site.post(path, { follow: "yes" }, reader);
  assert.deepEqual([followed.status, followed.headers.get("location")], [303, `/rooms/${room.id}`]);
  const page = await html(site, `/rooms/${room.id}`, reader);
  assert.match(page, /name="follow" value="no"/);
  assert.equal(propsOf(page, "RoomLine").view.following, true);
  assert.equal(propsOf(page, "RoomLine").view.room.followers, 1);
  await site.post(path, { follow: "no" }, reader);
  assert.equal((await site.business.rooms.get(room.id)).followers, 0);
  const away = await site.post(path, { follow: "yes" });
  assert.equal(away.headers.get("location"), `/login?next=%2Frooms%2F${room.id}`);
  assert.equal((await site.post("/rooms/999999/follow", { follow: "yes" }, reader)).status, 404);
  const odd = await site.post("/rooms/%2F%2Fevil.example/follow", { follow: "yes" });
  assert.equal(odd.headers.get("location"), "/login?next=%2F");
  assert.equal((await html(site, `/rooms/${room.id}`, room)).includes(path), false, "one's own");
});

Deno.test("an announced broadcast is told before it begins", async () => {
  await using site = await startSite();
  const room = await site.room("Lin", "Friday night");
  const nextLiveAtMs = Date.now() + 3 * 3_600_000 + 60_000;
  await site.business.rooms.update(room.account, room.id, { nextLiveAtMs });
  assert.match(await html(site, `/rooms/${room.id}`), /Starts in 3 hours/);
  const chinese = await html(site, `/rooms/${room.id}`, { headers: { "accept-language": "zh" } });
  assert.match(chinese, /3小时后开播/);
  site.goLive({ [room.id]: 1 });
  assert.equal((await html(site, `/rooms/${room.id}`)).includes("Starts in"), false);
});

Deno.test("tabs of the panel are links, theatre and a silent start are part of the address", async () => {
  await using site = await startSite();
  const room = await site.room("Lin", "Friday night");
  const other = await site.room("Milo", "Tea hill");
  site.goLive({ [room.id]: 3, [other.id]: 1 });
  const about = await html(site, `/rooms/${room.id}`);
  assert.match(about, /id="room-panel-more"[^>]* hidden/);
  assert.match(about, /id="room-panel-about"[^>]* hidden/);
  assert.equal(/id="room-panel-chat"[^>]* hidden/.test(about), false);
  const silent = await site.room("Ann", "Not yet");
  const quiet = await html(site, `/rooms/${silent.id}`);
  assert.match(quiet, /id="room-panel-chat"[^>]* hidden/);
  assert.equal(/id="room-panel-about"[^>]* hidden/.test(quiet), false);
  const more = await html(site, `/rooms/${room.id}?panel=more`);
  assert.match(more, /id="room-panel-about"[^>]* hidden/);
  assert.match(more, /class="room-row" href="\/rooms\/\d+">.*?Tea hill/s);
  assert.equal(about.includes("data-theatre"), false);
  const { theatre, muted } = propsOf(
    await html(site, `/rooms/${room.id}?theatre=1&muted=1`),
    "Player",
  );
  assert.deepEqual([theatre, muted], [true, true]);
  const remembered = { cookie: "wanren_theatre=1" };
  assert.match(await html(site, `/rooms/${room.id}`, remembered), /class="watch" data-theatre/);
  assert.equal(
    (await html(site, `/rooms/${room.id}?theatre=0`, remembered)).includes("data-theatre"),
    false,
  );
});

Deno.test("a closed room says so to viewers, and stays open to its owner and administrators", async () => {
  await using site = await startSite();
  const room = await site.room("Lin", "Friday night");
  const admin = await site.admin();
  await site.business.admin.suspendRoom(admin.account, room.id, { suspended: true, reason: "" });
  for (const path of [`/rooms/${room.id}`, `/embed/${room.id}`]) {
    const response = await site.get(path);
    assert.equal(response.status, 403, path);
    assert.equal(response.headers.get("cache-control"), "no-store");
    const page = await htmlOf(response);
    assert.match(page, /This room is closed/);
    assert.equal(page.includes("Friday night"), false);
  }
  for (const { cookie } of [room, admin]) {
    assert.equal((await site.get(`/rooms/${room.id}`, { cookie })).status, 200);
  }
});

Deno.test("/embed is the only page that may be framed, by whom the settings say", async () => {
  await using site = await startSite();
  const room = await site.room("Lin", "Friday night");
  const admin = await site.admin();
  const ancestors = async (path: string) => {
    const response = await site.get(path);
    await response.body?.cancel();
    assert.equal(response.headers.get("x-frame-options"), null);
    return /frame-ancestors ([^;]+)/.exec(response.headers.get("content-security-policy") ?? "")
      ?.[1];
  };
  const embed = `/embed/${room.id}`;
  assert.equal(await ancestors(embed), "*");
  const allow = (embedFrames: string[]) =>
    site.business.admin.changeSettings(admin.account, { embedFrames });
  await allow(["https://a.example", "http://b.example:8080"]);
  assert.equal(await ancestors(embed), "https://a.example http://b.example:8080");
  await allow([]);
  assert.equal(await ancestors(embed), "'none'");
  await allow(["*"]);
  for (const path of ["/", `/rooms/${room.id}`, "/login", "/studio", "/embed", "/embed/x/y"]) {
    assert.equal(await ancestors(path), "'none'", path);
  }
  assert.equal(await ancestors("/embed/999999"), "*", "a frame may say that there is nothing");
});

Deno.test("/embed is the player alone and begins as its address says", async () => {
  await using site = await startSite();
  const room = await site.room("Lin", "Friday night");
  site.goLive({ [room.id]: 3 });
  const start = async (query: string) => {
    const { autoplay, muted, mode } = propsOf(
      await html(site, `/embed/${room.id}${query}`),
      "Player",
    );
    assert.equal(mode, "embed");
    return [autoplay, muted];
  };
  assert.deepEqual(await start(""), [true, null]);
  assert.deepEqual(await start("?autoplay=0&muted=1"), [false, true]);
  assert.deepEqual(await start("?autoplay=1&muted=0"), [true, false]);
  assert.deepEqual(await start("?autoplay=yes&muted=%22%3E"), [true, null]);
  const page = await html(site, `/embed/${room.id}`);
  assert.equal(page.includes("site-header"), false);
  assert.match(page, /<meta name="robots" content="noindex"/);
  const unknown = await site.get("/embed/999999");
  assert.equal(unknown.status, 404);
  assert.match(await htmlOf(unknown), /No such room/);
});

Deno.test("link previews of a live room show its still and a player", async () => {
  await using site = await startSite();
  const room = await site.room("Lin", `Friday "night" <b>`);
  site.goLive({ [room.id]: 3 });
  const page = await html(site, `/rooms/${room.id}`);
  const meta = (name: string) =>
    new RegExp(`<meta (?:property|name)="${name}" content="([^"]*)"`).exec(page)?.[1];
  assert.equal(meta("og:image"), `${SITE}/live/${room.id}/still.jpg`);
  assert.deepEqual([meta("og:image:width"), meta("og:image:height")], ["640", "360"]);
  assert.match(meta("og:image:alt") ?? "", /Friday &quot;night&quot; /);
  assert.equal(meta("twitter:card"), "player");
  assert.equal(meta("twitter:player"), `${SITE}/embed/${room.id}`);
  assert.match(page, /<link rel="alternate" type="application\/json\+oembed" href="[^"]+oembed\?/);
  const admin = await site.admin();
  await site.business.admin.changeSettings(admin.account, { embedFrames: [] });
  const closed = await html(site, `/rooms/${room.id}`);
  assert.equal(closed.includes("twitter:player"), false, "what may not be framed is not offered");
});
