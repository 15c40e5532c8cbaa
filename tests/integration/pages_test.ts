import assert from "node:assert/strict";
import { htmlOf, SITE, startSite } from "../support/pages.ts";
import { SETUP_TOKEN } from "../support/web.ts";

const NASTY = {
  script: `"><script>alert(1)</script>`,
  handler: `<img src=x onerror=alert(1)>'`,
  rtl: "مريم تبث مباشرة",
  emoji: "👩🏽‍🚀 直播 🎉",
  close: "</title></textarea>--><svg/onload=alert(1)>",
};

Deno.test("every page says what it is", async () => {
  await using site = await startSite();
  const room = await site.room("Lin", "Friday night");
  site.goLive({ [room.id]: 3 });
  const pages = [
    { path: "/" },
    { path: "/?q=friday" },
    { path: `/rooms/${room.id}` },
    { path: "/login" },
    { path: "/signup" },
    { path: `/setup?token=${SETUP_TOKEN}` },
    { path: "/studio", cookie: room.cookie },
    { path: "/studio", cookie: (await site.member("Ann")).cookie },
    { path: "/no/such/page" },
  ];
  for (const { path, cookie } of pages) {
    for (const [language, tag] of [["en", "en"], ["zh-CN", "zh-CN"]] as const) {
      const response = await site.get(path, { cookie, headers: { "accept-language": language } });
      assert.equal(response.status, path === "/no/such/page" ? 404 : 200, path);
      assert.match(response.headers.get("content-type") ?? "", /^text\/html; charset=utf-8$/i);
      const policy = response.headers.get("content-security-policy") ?? "";
      assert.match(policy, /script-src 'self'(?: 'sha256-[\w+/=]+')?;/);
      assert.match(response.headers.get("cache-control") ?? "", /no-cache|no-store/);
      const html = await htmlOf(response);
      assert.match(html, /^<!doctype html>/);
      assert.ok(html.includes(`<html lang="${tag}"`), path);
      assert.match(html, /<title>[^<]+ · Wanren<\/title>/);
      assert.match(html, /<meta name="description" content="[^"]+"/);
      assert.match(html, /<meta name="viewport"/);
      assert.match(html, /<meta name="theme-color"/);
      assert.match(html, /<link rel="manifest" href="\/manifest\.webmanifest"/);
      assert.match(html, /<link rel="icon" href="\/assets\//);
      assert.equal(html.match(/<h1[ >]/g)?.length, 1, `${path} has one heading of level 1`);
      assert.equal(html.includes("undefined"), false, path);
      for (const [, icon] of html.matchAll(/href="#(icon-[\w-]+)"/g)) {
        assert.ok(html.includes(`<symbol id="${icon}"`), `${path} draws ${icon}`);
      }
    }
  }
});

Deno.test("an unknown room is a page with a way on", async () => {
  await using site = await startSite();
  for (const id of ["999999", "1", "abc", "100001%00", "9".repeat(300)]) {
    const response = await site.get(`/rooms/${id}`);
    assert.equal(response.status, 404, id);
    assert.match(await htmlOf(response), /href="\/"/);
  }
});

Deno.test("text of people stays text", async () => {
  await using site = await startSite();
  let number = 0;
  for (const title of Object.values(NASTY)) {
    const room = await site.room(`${"<b>ann</b>"} ${++number}`, title);
    site.goLive({ [room.id]: 1 });
    for (const path of ["/", `/rooms/${room.id}`, "/studio"]) {
      const html = await htmlOf(await site.get(path, { cookie: room.cookie }));
      assert.equal(/<script>|<img src=x|<svg\/onload|<b>/i.test(html), false, `${path} ${title}`);
      assert.equal(/<[^>]*\sonerror/i.test(html.replaceAll(/"[^"]*"/g, "")), false, path);
    }
  }
});

Deno.test("pages ask for the scripts of their islands alone", async () => {
  await using site = await startSite();
  const room = await site.room("Lin", "Friday night");
  const scripts = async (path: string, cookie?: string) => {
    const html = await htmlOf(await site.get(path, { cookie }));
    return [...html.matchAll(/<script type="module" src="\/assets\/(\w+)-/g)]
      .map((match) => match[1]).sort();
  };
  assert.deepEqual(await scripts("/login"), ["PasswordField"]);
  assert.deepEqual(await scripts("/signup"), ["PasswordField"]);
  assert.deepEqual(await scripts("/nope"), []);
  assert.deepEqual(await scripts("/"), ["lobby"]);
  assert.deepEqual(await scripts("/?q=friday"), ["lobby"]);
  assert.deepEqual(await scripts(`/rooms/${room.id}`), ["watch"]);
  assert.deepEqual(await scripts(`/embed/${room.id}`), ["embed"]);
  assert.deepEqual(await scripts("/studio", room.cookie), ["studio"]);
  const login = await htmlOf(await site.get("/nope"));
  assert.equal(login.includes("modulepreload"), false);
});

Deno.test("the studio is its owner's, never stored, and shows the key to nobody else", async () => {
  await using site = await startSite();
  const away = await site.get("/studio");
  assert.equal(away.status, 303);
  assert.equal(away.headers.get("location"), "/login?next=/studio");
  const room = await site.room("Lin", "Friday night");
  const response = await site.get("/studio", { cookie: room.cookie });
  assert.equal(response.headers.get("cache-control"), "no-store");
  const html = await htmlOf(response);
  assert.match(html, /rtmp:\/\/wanren\.test:1935\/live/);
  assert.match(html, new RegExp(`${room.id}\\?key=••••`));
  const key = /\?key=([^&"•]+)&quot;/.exec(html)?.[1] ?? "";
  assert.ok(key.length > 10);
  const other = await site.member("Ann");
  for (const path of ["/", `/rooms/${room.id}`, "/studio"]) {
    assert.equal((await htmlOf(await site.get(path, other))).includes(key), false);
  }
});

Deno.test("a page whose business fails says so without details", async () => {
  await using site = await startSite({
    change: (services) => ({
      ...services,
      rooms: Object.assign(Object.create(services.rooms), {
        list: () => Promise.reject(new Error("secret detail")),
      }),
    }),
  });
  const response = await site.get("/");
  assert.equal(response.status, 500);
  assert.equal(response.headers.get("cache-control"), "no-store");
  const html = await htmlOf(response);
  assert.match(html, /Something broke/);
  assert.equal(html.includes("secret detail"), false);
});

Deno.test("browsers and crawlers find their files", async () => {
  await using site = await startSite();
  const manifest = await site.get("/manifest.webmanifest", {
    headers: { "accept-language": "zh" },
  });
  assert.match(manifest.headers.get("content-type") ?? "", /^application\/manifest\+json/);
  const { name, lang, icons } = await manifest.json();
  assert.equal(name, "Wanren");
  assert.equal(lang, "zh-CN");
  assert.ok(icons.length >= 2);
  const icon = await site.get("/favicon.ico");
  assert.equal(icon.status, 302);
  assert.equal(icon.headers.get("location"), "/assets/favicon-DDDD.ico");
  assert.match(await (await site.get("/robots.txt")).text(), /Disallow: \/studio/);
  const { canonical } = /rel="canonical" href="(?<canonical>[^"]+)"/.exec(
    await htmlOf(await site.get("/")),
  )?.groups ?? {};
  assert.equal(canonical, `${SITE}/`);
});
