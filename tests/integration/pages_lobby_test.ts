/** The lobby, its categories, the search, and what somebody follows. */
import assert from "node:assert/strict";
import { htmlOf, type Site, startSite } from "../support/pages.ts";
import { reportOf } from "../support/web.ts";

async function html(site: Site, path: string, given: Parameters<Site["get"]>[1] = {}) {
  return await htmlOf(await site.get(path, given));
}

/** The visible part of a page: without the attributes of islands. */
function shown(page: string): string {
  return page.replaceAll(/ props="[^"]*"/g, "");
}

Deno.test("the lobby shows live rooms, the most watched first and large", async () => {
  await using site = await startSite();
  const small = await site.room("Milo", "Tea hill");
  const large = await site.room("Lin", "Friday night");
  const silent = await site.room("Dou", "Drawing hands");
  site.goLive({ [small.id]: 97, [large.id]: 32_480 });
  const page = shown(await html(site, "/"));
  assert.ok(page.indexOf("Friday night") < page.indexOf("Tea hill"));
  assert.match(page, /32K watching/);
  assert.match(page, /97 viewers/);
  assert.equal(page.includes(silent.title), false);
  const chinese = await html(site, "/", { headers: { "accept-language": "zh" } });
  assert.match(chinese, /3\.2万 人在看/);
});

Deno.test("cards have their stills from the server, the large one first of all", async () => {
  await using site = await startSite();
  const small = await site.room("Milo", "Tea hill");
  const large = await site.room("Lin", "Friday night");
  site.goLive({ [small.id]: 1, [large.id]: 9 });
  const page = shown(await html(site, "/"));
  const image = (id: string) =>
    new RegExp(`<img[^>]+src="/live/${id}/still\\.jpg"[^>]*>`).exec(page);
  const [first = ""] = image(large.id) ?? [];
  assert.match(first, /fetchpriority="high"/i);
  assert.equal(/loading="lazy"/.test(first), false);
  const [other = ""] = image(small.id) ?? [];
  for (const attribute of [/loading="lazy"/, /decoding="async"/, / alt[ =>]/, /width="640"/]) {
    assert.match(other, attribute);
  }
});

Deno.test("without ffmpeg there are no stills to fail, and administrators read why", async () => {
  await using site = await startSite();
  const room = await site.room("Lin", "Friday night");
  const { cookie } = await site.admin();
  site.live.putStreams("media", { streams: [reportOf(room.id)] }, Date.now());
  assert.equal((await html(site, "/")).includes("still.jpg"), false);
  assert.equal((await html(site, "/")).includes("ffmpeg is missing"), false);
  assert.equal((await html(site, "/", room)).includes("ffmpeg is missing"), false);
  assert.match(await html(site, "/", { cookie }), /ffmpeg is missing/);
  site.goLive({ [room.id]: 1 });
  assert.equal((await html(site, "/", { cookie })).includes("ffmpeg is missing"), false);
});

Deno.test("the categories of live rooms are links with counts", async () => {
  await using site = await startSite();
  const rooms = [
    await site.room("Lin", "Ten thousand viewers"),
    await site.room("Milo", "Guitar requests"),
    await site.room("Dou", "No category at all"),
  ];
  const categories = ["technology", "music", null];
  for (const [index, room] of rooms.entries()) {
    await site.business.rooms.update(room.account, room.id, { category: categories[index]! });
  }
  site.goLive(Object.fromEntries(rooms.map((room, index) => [room.id, 9 - index])));
  const all = shown(await html(site, "/"));
  assert.match(all, /<a class="chip" href="\/" aria-current="true">.*?All.*?3/s);
  assert.match(all, /href="\/\?category=technology"[^>]*>.*?Technology.*?1/s);
  assert.equal(all.includes("category=outdoors"), false, "nobody is live there");
  const music = shown(await html(site, "/?category=music"));
  assert.match(music, /Guitar requests/);
  assert.equal(music.includes("Ten thousand viewers"), false);
  assert.match(music, /href="\/\?category=music" aria-current="true"/);
  const empty = shown(await html(site, "/?category=outdoors"));
  assert.match(empty, /Nobody is live in Outdoors right now/);
  const unknown = await site.get(`/?category=${encodeURIComponent('"><script>')}`);
  assert.equal(unknown.status, 200);
  assert.match(await htmlOf(unknown), /Ten thousand viewers/);
});

Deno.test("what the reader follows stands first, live or not", async () => {
  await using site = await startSite();
  const lin = await site.room("Lin", "Friday night");
  const milo = await site.room("Milo", "Tea hill");
  const dou = await site.room("Dou", "Drawing hands");
  site.goLive({ [lin.id]: 50, [milo.id]: 2 });
  const reader = await site.member("Ann");
  assert.equal(shown(await html(site, "/", reader)).includes('id="followed"'), false);
  for (const room of [milo, dou]) await site.business.rooms.follow(reader.account, room.id);
  const page = shown(await html(site, "/", reader));
  const section = page.slice(page.indexOf('id="followed"'), page.indexOf("Most watched now"));
  assert.match(section, /Tea hill/);
  assert.match(section, /class="quiet-person" href="\/rooms\/\d+">.*?Dou/s);
  assert.equal(section.includes("Friday night"), false);
  assert.equal(shown(await html(site, "/")).includes('id="followed"'), false, "visitors");
});

Deno.test("the lobby without live rooms leads to going live and to the demo channel", async () => {
  await using site = await startSite();
  const visitor = await html(site, "/");
  assert.match(visitor, /Nobody is live yet/);
  assert.match(visitor, /href="\/studio"/);
  assert.match(visitor, /bin\/start --demo/);
  assert.equal(visitor.includes('action="/demo"'), false);
  const { cookie } = await site.admin();
  assert.match(await html(site, "/", { cookie }), /<form method="post" action="\/demo">/);
  const started = await site.post("/demo", {}, { cookie });
  assert.equal(started.status, 303);
  assert.equal(started.headers.get("location"), "/");
  assert.equal(site.business.settings.values.demo, true);
  assert.match(await html(site, "/"), /demo channel is starting/);
});

Deno.test("only administrators start the demo channel, and only from here", async () => {
  await using site = await startSite();
  const { cookie } = await site.member("Ann");
  assert.equal((await site.post("/demo", {}, { cookie })).status, 403);
  const away = await site.post("/demo", {});
  assert.deepEqual([away.status, away.headers.get("location")], [303, "/login"]);
  const admin = await site.admin();
  const foreign = { cookie: admin.cookie, headers: { "sec-fetch-site": "cross-site" } };
  assert.equal((await site.post("/demo", {}, foreign)).status, 403);
  assert.equal(site.business.settings.values.demo, false);
});

Deno.test("the search finds live and silent rooms by title, broadcaster and number", async () => {
  await using site = await startSite();
  const silent = await site.room("Milo", "A walk in the park");
  const room = await site.room("Ａｈ Zhe", "City walk after the rain");
  site.goLive({ [room.id]: 1 });
  for (const query of ["CITY", "ah zhe", room.id.slice(0, 5)]) {
    assert.match(await html(site, `/?q=${encodeURIComponent(query)}`), /City walk/, query);
  }
  const both = shown(await html(site, "/?q=walk"));
  assert.ok(both.indexOf("City walk") < both.indexOf("in the park"), "live ones first");
  assert.match(both, /2 rooms, 1 live/);
  assert.match(both, /Offline/);
  const number = await site.get(`/?q=${silent.id}`);
  assert.equal(number.status, 303);
  assert.equal(number.headers.get("location"), `/rooms/${silent.id}`);
  const nothing = await html(site, "/?q=zzz");
  assert.match(nothing, /No room matches “zzz”/);
  assert.match(nothing, /<meta name="robots" content="noindex"/);
  assert.equal((await site.get(`/?q=${"x".repeat(5000)}`)).status, 200);
});

Deno.test("/following is its reader's, live rooms first", async () => {
  await using site = await startSite();
  const away = await site.get("/following");
  assert.deepEqual([away.status, away.headers.get("location")], [303, "/login?next=/following"]);
  const reader = await site.member("Ann");
  assert.match(await html(site, "/following", reader), /You follow nobody yet/);
  const lin = await site.room("Lin", "Friday night");
  const dou = await site.room("Dou", "Drawing hands");
  for (const room of [lin, dou]) await site.business.rooms.follow(reader.account, room.id);
  site.goLive({ [lin.id]: 3 });
  const response = await site.get("/following", reader);
  assert.equal(response.headers.get("cache-control"), "no-store");
  const page = shown(await htmlOf(response));
  assert.ok(page.indexOf("Friday night") < page.indexOf("Dou"));
});
