/** What programs of other sites read: feeds, oEmbed, the site map. */
import assert from "node:assert/strict";
import { htmlOf, SITE, type Site, startSite } from "../support/pages.ts";

const TITLE = `Friday & "night" <b>]]>`;

async function liveSite(): Promise<{ site: Site; id: string }> {
  const site = await startSite();
  const room = await site.room("Lin & Co", TITLE);
  await site.business.rooms.update(room.account, room.id, {
    description: "First line\n<script>alert(1)</script>",
    category: "music",
  });
  site.goLive({ [room.id]: 3 });
  return { site, id: room.id };
}

/** Whether every element is closed by its own end, in order, and nothing is left unescaped. */
function assertWellFormed(xml: string): void {
  assert.match(xml, /^<\?xml version="1\.0" encoding="utf-8"\?>\n/);
  const open: string[] = [];
  const rest = xml.replace(/^<\?[^>]*\?>/, "").replaceAll(
    /<(\/?)([\w:]+)((?: [\w:]+="[^"<]*")*)(\/?)>/g,
    (_all, end: string, name: string, _attributes, empty: string) => {
      if (end === "/") assert.equal(open.pop(), name);
      else if (empty === "") open.push(name);
      return "";
    },
  );
  assert.deepEqual(open, []);
  assert.equal(/[<>]/.test(rest), false, rest);
  assert.equal(/&(?!amp;|lt;|gt;|quot;)/.test(rest), false, rest);
}

Deno.test("the Atom feed has an entry for every broadcast that runs", async () => {
  const { site, id } = await liveSite();
  await using _ = site;
  await site.room("Silent", "Not live");
  const response = await site.get("/feed.atom");
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "application/atom+xml; charset=utf-8");
  assert.equal(response.headers.get("cache-control"), "public, max-age=60");
  const xml = await response.text();
  assertWellFormed(xml);
  assert.equal(xml.match(/<entry>/g)?.length, 1);
  for (
    const part of [
      `<link rel="self" type="application/atom+xml" href="${SITE}/feed.atom"/>`,
      `<id>${SITE}/rooms/${id}#1700000000000</id>`,
      "<updated>2023-11-14T22:13:20.000Z</updated>",
      `<title>Friday &amp; &quot;night&quot; &lt;b&gt;]]&gt;</title>`,
      "<author><name>Lin &amp; Co</name></author>",
      '<category term="music" label="Music"/>',
      `<media:thumbnail url="${SITE}/live/${id}/still.jpg" width="640" height="360"/>`,
      "&lt;script&gt;alert(1)&lt;/script&gt;",
    ]
  ) assert.ok(xml.includes(part), part);
});

Deno.test("the RSS feed says the same in its own words", async () => {
  const { site, id } = await liveSite();
  await using _ = site;
  const response = await site.get("/feed.rss", { headers: { "accept-language": "zh" } });
  assert.equal(response.headers.get("content-type"), "application/rss+xml; charset=utf-8");
  const xml = await response.text();
  assertWellFormed(xml);
  for (
    const part of [
      '<rss version="2.0"',
      "<language>zh-CN</language>",
      "<pubDate>Tue, 14 Nov 2023 22:13:20 GMT</pubDate>",
      `<guid isPermaLink="false">${SITE}/rooms/${id}#1700000000000</guid>`,
      "<category>音乐</category>",
    ]
  ) assert.ok(xml.includes(part), part);
});

Deno.test("feeds are asked for again cheaply, and change when a broadcast ends", async () => {
  const { site } = await liveSite();
  await using _ = site;
  for (const path of ["/feed.atom", "/feed.rss"]) {
    const first = await site.get(path);
    await first.body?.cancel();
    const etag = first.headers.get("etag")!;
    const lastModified = first.headers.get("last-modified")!;
    const again = async (headers: Record<string, string>) => {
      const response = await site.get(path, { headers });
      await response.body?.cancel();
      return response.status;
    };
    assert.equal(await again({ "if-none-match": `"x", W/${etag}` }), 304);
    assert.equal(await again({ "if-modified-since": lastModified }), 304);
    assert.equal(await again({ "if-none-match": '"x"', "if-modified-since": lastModified }), 200);
    assert.equal(await again({ "if-modified-since": "yesterday" }), 200);
  }
  const before = (await site.get("/feed.atom")).headers.get("etag");
  site.goLive({});
  const empty = await site.get("/feed.atom");
  assert.notEqual(empty.headers.get("etag"), before);
  assertWellFormed(await empty.text());
});

Deno.test("the lobby names its feeds", async () => {
  await using site = await startSite();
  const html = await htmlOf(await site.get("/"));
  for (const [type, name] of [["atom", "feed.atom"], ["rss", "feed.rss"]]) {
    assert.ok(
      html.includes(`<link rel="alternate" type="application/${type}+xml" href="${SITE}/${name}"`),
      name,
    );
  }
});

Deno.test("oEmbed describes a room as a player that fits", async () => {
  const { site, id } = await liveSite();
  await using _ = site;
  const ask = (query: string) => site.get(`/oembed?${query}`);
  const url = encodeURIComponent(`${SITE}/rooms/${id}?muted=1`);
  const response = await ask(`url=${url}`);
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("access-control-allow-origin"), "*");
  const members = await response.json();
  const { html, ...rest } = members;
  assert.deepEqual(rest, {
    version: "1.0",
    type: "video",
    title: TITLE,
    author_name: "Lin & Co",
    author_url: `${SITE}/rooms/${id}`,
    provider_name: "Wanren",
    provider_url: `${SITE}/`,
    cache_age: 300,
    width: 1280,
    height: 720,
    thumbnail_url: `${SITE}/live/${id}/still.jpg`,
    thumbnail_width: 640,
    thumbnail_height: 360,
  });
  assert.match(html, /^<iframe src="[^"<>]+" title="[^"<>]+" width="1280" height="720" [^<>]+>/);
  const small = await (await ask(`url=${url}&maxwidth=500&maxheight=200`)).json();
  assert.deepEqual([small.width, small.height], [355, 200]);
  const xml = await ask(`url=${url}&format=xml`);
  assert.equal(xml.headers.get("content-type"), "text/xml; charset=utf-8");
  const text = await xml.text();
  assertWellFormed(text);
  assert.match(text, /<oembed><version>1\.0<\/version><type>video<\/type>/);
});

Deno.test("oEmbed refuses other sites, other pages, odd sizes and other formats", async () => {
  const { site, id } = await liveSite();
  await using _ = site;
  const url = encodeURIComponent(`${SITE}/rooms/${id}`);
  const cases: readonly (readonly [query: string, status: number])[] = [
    [`url=${url}&format=yaml`, 501],
    [`url=${url}&maxwidth=-5`, 400],
    [`url=${url}&maxwidth=1e9`, 400],
    [`url=${url}&maxwidth=50`, 400],
    ["", 404],
    [`url=${encodeURIComponent(`https://evil.example/rooms/${id}`)}`, 404],
    [`url=${encodeURIComponent(`${SITE}@evil.example/rooms/${id}`)}`, 404],
    [`url=${encodeURIComponent(`${SITE}/studio`)}`, 404],
    [`url=${encodeURIComponent(`${SITE}/rooms/999999`)}`, 404],
    [`url=${encodeURIComponent(`${SITE}/rooms/${id}/../../login`)}`, 404],
    [`url=${"x".repeat(5_000)}`, 404],
  ];
  for (const [query, status] of cases) {
    const response = await site.get(`/oembed?${query}`);
    assert.equal(response.status, status, query.slice(0, 100));
    assert.equal(response.headers.get("content-type"), "application/problem+json");
    await response.body?.cancel();
  }
  const admin = await site.admin();
  await site.business.admin.changeSettings(admin.account, { embedFrames: [] });
  const closed = await site.get(`/oembed?url=${url}`);
  assert.equal(closed.status, 401);
  await closed.body?.cancel();
});

Deno.test("the site map lists rooms that are open", async () => {
  const { site, id } = await liveSite();
  await using _ = site;
  const closed = await site.room("Dou", "Closed");
  const admin = await site.admin();
  await site.business.admin.suspendRoom(admin.account, closed.id, { suspended: true, reason: "" });
  const response = await site.get("/sitemap.xml");
  assert.equal(response.headers.get("content-type"), "application/xml; charset=utf-8");
  const xml = await response.text();
  assertWellFormed(xml);
  assert.ok(xml.includes(`<loc>${SITE}/rooms/${id}</loc>`));
  assert.equal(xml.includes(closed.id), false);
  const robots = await (await site.get("/robots.txt")).text();
  assert.match(robots, new RegExp(`Sitemap: ${SITE}/sitemap\\.xml`));
});
