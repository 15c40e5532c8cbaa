import assert from "node:assert/strict";
import type { Page } from "../../routes/pages/document.tsx";
import { renderDocument } from "../../routes/pages/document.tsx";
import type { Reader } from "../../routes/pages/view.ts";
import { htmlOf, MANIFEST, SITE, startSite } from "../support/pages.ts";

const READER: Reader = {
  locale: "en",
  theme: null,
  account: null,
  site: { name: "Wanren", notice: "" },
  path: "/rooms/100001",
  nowMs: 0,
};

function documentOf(page: Partial<Page>): string {
  return renderDocument({
    reader: READER,
    title: "Friday night",
    description: "Lin is live",
    content: "hello",
    layout: "lobby",
    ...page,
  }, MANIFEST);
}

/** Addresses of the main navigation. */
function navigation(html: string): string[] {
  const nav = /<nav class="site-nav"[\s\S]*?<\/nav>/.exec(html)?.[0] ?? "";
  return [...nav.matchAll(/<a href="([^"]+)"/g)].map((match) => match[1]!);
}

Deno.test("the navigation grows with who reads", async () => {
  await using site = await startSite();
  const root = await site.admin();
  const ann = await site.member("Ann");
  assert.deepEqual(navigation(await htmlOf(await site.get("/"))), ["/", "/booth", "/call"]);
  const member = await htmlOf(await site.get("/", { cookie: ann.cookie }));
  assert.deepEqual(navigation(member), ["/", "/following", "/studio", "/booth", "/call"]);
  assert.match(member, /href="\/" aria-current="page"/);
  const admin = await htmlOf(await site.get("/studio", { cookie: root.cookie }));
  assert.deepEqual(navigation(admin), ["/", "/following", "/studio", "/booth", "/call", "/admin"]);
  assert.match(admin, /href="\/studio" aria-current="page"/);
});

Deno.test("the account menu shows the display name and the picture", async () => {
  await using site = await startSite();
  const ann = await site.member("Ann");
  await site.business.profiles.rename(ann.account, "Ann <of> York");
  const html = await htmlOf(await site.get("/", { cookie: ann.cookie }));
  assert.match(html, /aria-label="Account of Ann &lt;of> York"/);
  assert.match(html, /@<bdi>Ann<\/bdi>/);
  for (const path of ["/account", "/my-room", "/studio"]) {
    assert.match(html, new RegExp(`class="menu-item" href="${path}"`));
  }
  assert.doesNotMatch(html, /class="menu-item" href="\/admin"/);
});

Deno.test("/my-room leads to the own room, to the studio without one, to log-in without an account", async () => {
  await using site = await startSite();
  const ann = await site.member("Ann");
  const room = await site.room("Lin", "Friday night");
  const leads = async (cookie?: string) => {
    const response = await site.get("/my-room", { cookie });
    assert.equal(response.status, 303);
    return response.headers.get("location");
  };
  assert.equal(await leads(), "/login?next=/my-room");
  assert.equal(await leads(ann.cookie), "/studio");
  assert.equal(await leads(room.cookie), `/rooms/${room.id}`);
});

Deno.test("/following shows live rooms, then the others; nobody yet is said", async () => {
  await using site = await startSite();
  const ann = await site.member("Ann");
  const live = await site.room("Lin", "Friday night");
  const silent = await site.room("Dou", "Drawing hands");
  assert.equal((await site.get("/following")).headers.get("location"), "/login?next=/following");
  assert.match(
    await htmlOf(await site.get("/following", { cookie: ann.cookie })),
    /You follow nobody yet/,
  );
  await site.business.rooms.follow(ann.account, live.id);
  await site.business.rooms.follow(ann.account, silent.id);
  site.goLive({ [live.id]: 3 });
  const response = await site.get("/following", { cookie: ann.cookie });
  assert.equal(response.headers.get("cache-control"), "no-store");
  const html = await htmlOf(response);
  assert.ok(html.indexOf("Friday night") < html.indexOf("Not live now"));
  assert.match(html, new RegExp(`href="/rooms/${silent.id}"`));
  assert.match(html, /Has not been live yet/);
});

Deno.test("a notice stands on every page until it is put away, and another one is shown again", async () => {
  await using site = await startSite();
  const root = await site.admin();
  const { admin } = site.business;
  await admin.changeSettings(root.account, {
    notice: `<b>Maintenance</b> at "ten"`,
    siteName: "Tea & <i>friends</i>",
  });
  for (const path of ["/", "/login", "/no/such/page"]) {
    const html = await htmlOf(await site.get(path));
    assert.match(html, /&lt;b>Maintenance&lt;\/b> at (?:"|&quot;)ten/, path);
    assert.match(html, /Tea &amp; &lt;i>friends&lt;\/i><\/title>/, path);
  }
  const html = await htmlOf(await site.get("/"));
  const mark = /name="notice" value="([0-9a-z]+)"/.exec(html)?.[1] ?? "";
  const answer = await site.post("/preferences", { notice: mark, next: "/" });
  assert.equal(answer.status, 303);
  assert.match(answer.headers.get("set-cookie") ?? "", /^wanren_notice=[0-9a-z]+; .*HttpOnly/);
  const cookie = `wanren_notice=${mark}`;
  assert.doesNotMatch(await htmlOf(await site.get("/", { cookie })), /Maintenance/);
  await admin.changeSettings(root.account, { notice: "All is well again" });
  assert.match(await htmlOf(await site.get("/", { cookie })), /All is well again/);
  for (const notice of ["", "../x", "A", "a;b", "0".repeat(99)]) {
    const refused = await site.post("/preferences", { notice, next: "/" });
    assert.equal(refused.headers.get("set-cookie"), null, notice);
  }
});

Deno.test("renderDocument() writes Open Graph and Twitter cards of the page", () => {
  const html = documentOf({
    canonical: "https://live.example/rooms/100001",
    social: {
      image: "https://live.example/still.jpg",
      imageAlt: `The "picture"`,
      size: { width: 1280, height: 720 },
      type: "video.other",
      player: { url: "https://live.example/embed/100001", width: 1280, height: 720 },
    },
  });
  const metas = new Map(
    [...html.matchAll(/<meta (?:property|name)="([^"]+)" content="([^"]*)"/g)]
      .map(([, name, content]) => [name, content]),
  );
  assert.equal(metas.get("og:title"), "Friday night");
  assert.equal(metas.get("og:url"), "https://live.example/rooms/100001");
  assert.equal(metas.get("og:type"), "video.other");
  assert.equal(metas.get("og:image"), "https://live.example/still.jpg");
  assert.equal(metas.get("og:image:alt"), "The &quot;picture&quot;");
  assert.equal(metas.get("og:image:width"), "1280");
  assert.equal(metas.get("og:locale"), "en_US");
  assert.equal(metas.get("og:locale:alternate"), "zh_CN");
  assert.equal(metas.get("twitter:card"), "player");
  assert.equal(metas.get("twitter:player"), "https://live.example/embed/100001");
});

Deno.test("renderDocument() falls back to the icon, and says nothing without an address", () => {
  const html = documentOf({ canonical: "https://live.example/" });
  assert.match(html, /og:image" content="https:\/\/live\.example\/assets\/icon-512-DDDD\.png"/);
  assert.match(html, /twitter:card" content="summary"/);
  assert.doesNotMatch(documentOf({}), /og:|twitter:/);
});

Deno.test("renderDocument() links feeds, preloads and the sheets of layout and islands", () => {
  const html = documentOf({
    layout: "watch",
    styles: ["player"],
    alternates: [{ type: "application/atom+xml", href: "/feed.atom", title: "Live" }],
    preload: [{ href: "/assets/engine.js", as: "module" }, { href: "/still.jpg", as: "image" }],
  });
  assert.match(
    html,
    /<link rel="alternate" type="application\/atom\+xml" href="\/feed\.atom" title="Live"/,
  );
  assert.match(html, /<link rel="modulepreload" href="\/assets\/engine\.js"/);
  assert.match(html, /<link rel="preload" href="\/still\.jpg" as="image"/);
  const sheets = [...html.matchAll(/<link rel="stylesheet" href="([^"]+)"/g)]
    .map((match) => match[1]);
  assert.deepEqual(sheets, [
    "/assets/app-CCCC.css",
    "/assets/player-CCCC.css",
    "/assets/watch-CCCC.css",
  ]);
  assert.match(html, /<html lang="en" data-theme="dark">/);
});

Deno.test("a first visit carries the text of its sheets, and fetches them for the next page", async () => {
  await using site = await startSite();
  const room = await site.room("Lin", "Friday night");
  const path = `/rooms/${room.id}`;
  const first = await htmlOf(await site.get(path));
  assert.match(
    first,
    /<style>body>main\{color:red\}<\/style><style>\.watch\{content:"<"\}<\/style>/,
  );
  assert.doesNotMatch(first, /rel="stylesheet"/);
  assert.match(first, /<link rel="prefetch" href="\/assets\/app-CCCC\.css" as="style">/);
  assert.match(first, /<link rel="prefetch" href="\/assets\/watch-CCCC\.css" as="style">/);
  const elsewhere = await site.get(path, { headers: { referer: "https://search.example/" } });
  assert.match(await htmlOf(elsewhere), /<style>/);

  const next = await site.get(path, { headers: { referer: `${SITE}/` } });
  assert.match(next.headers.get("vary") ?? "", /\bReferer\b/);
  const html = await htmlOf(next);
  assert.match(html, /<link rel="stylesheet" href="\/assets\/app-CCCC\.css"/);
  assert.doesNotMatch(html, /<style>|rel="prefetch"/);
  const lobby = await htmlOf(await site.get("/", { headers: { referer: `${SITE}/studio` } }));
  assert.deepEqual(lobby.match(/<link rel="prefetch" href="[^"]+"/g), [
    '<link rel="prefetch" href="/assets/watch-CCCC.css"',
  ]);
});

Deno.test("a page that is not stored, and so not compressed, stays small", async () => {
  await using site = await startSite();
  const html = await htmlOf(await site.get("/no/such/page"));
  assert.match(html, /<link rel="stylesheet" href="\/assets\/app-CCCC\.css"/);
  assert.doesNotMatch(html, /<style>/);
});

Deno.test("renderDocument() leaves the frame away around an embedded player", () => {
  const html = documentOf({ layout: "embed" });
  assert.doesNotMatch(html, /<header|<footer|<script/);
  assert.match(html, /<main id="content">hello<\/main>/);
});

Deno.test("the manifest of the site is complete enough to be installed", async () => {
  await using site = await startSite();
  const response = await site.get("/manifest.webmanifest");
  assert.match(response.headers.get("content-type") ?? "", /^application\/manifest\+json/);
  const manifest = await response.json();
  assert.equal(manifest.start_url, "/");
  assert.equal(manifest.display, "standalone");
  const sizes = manifest.icons.map((icon: { sizes: string }) => icon.sizes);
  assert.ok(sizes.includes("192x192") && sizes.includes("512x512"));
  assert.deepEqual(manifest.shortcuts.map((one: { url: string }) => one.url), [
    "/",
    "/following",
    "/studio",
  ]);
});
