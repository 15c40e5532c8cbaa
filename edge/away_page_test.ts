import assert from "node:assert/strict";
import {
  awayAnswer,
  chosenLanguage,
  chosenTheme,
  notFoundAnswer,
  pageLanguage,
  type PageRequest,
  renderPage,
  wantsPage,
} from "./away_page.ts";
import { STYLE } from "./page_style.ts";

const REQUEST: PageRequest = {
  method: "GET",
  path: "/rooms/100001",
  accept: "text/html",
  acceptLanguage: "zh-CN,en;q=0.5",
  cookie: undefined,
};

Deno.test("pageLanguage() takes the better of Chinese and English", () => {
  assert.equal(pageLanguage(undefined), "en");
  assert.equal(pageLanguage("fr,zh-TW;q=0.8,en;q=0.5"), "zh");
  assert.equal(pageLanguage("zh;q=0.3,en-GB;q=0.9"), "en");
  assert.equal(pageLanguage("zh;q=0"), "en");
  assert.equal(pageLanguage("x".repeat(100_000)), "en");
});

Deno.test("chosenLanguage() and chosenTheme() believe known values alone", () => {
  assert.equal(chosenLanguage("a=1; wanren_locale=zh;wanren_theme=dark"), "zh");
  assert.equal(chosenTheme("a=1; wanren_locale=zh;wanren_theme=dark"), "dark");
  assert.equal(chosenLanguage("wanren_locale=%00"), null);
  assert.equal(chosenLanguage("xwanren_locale=zh"), null);
  assert.equal(chosenLanguage(undefined), null);
  assert.equal(chosenTheme('wanren_theme=dark" onload="x'), "system");
  assert.equal(chosenTheme("wanren_theme"), "system");
});

Deno.test("wantsPage() tells browsers from programs", () => {
  assert.equal(wantsPage("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"), true);
  assert.equal(wantsPage("*/*"), false);
  assert.equal(wantsPage(undefined), false);
});

Deno.test("awayAnswer() is a page that loads itself again, by cookie before header", () => {
  const { status, headers, body } = awayAnswer({
    ...REQUEST,
    cookie: "wanren_locale=en; wanren_theme=light",
  });
  assert.equal(status, 503);
  assert.equal(headers["retry-after"], "1");
  assert.equal(headers.refresh, "3");
  assert.equal(headers["content-language"], "en");
  assert.equal(headers["cache-control"], "no-store");
  assert.match(String(body), /<html lang="en" data-theme="light">/);
  assert.match(String(body), /<h1>Back in a moment<\/h1>/);
  assert.match(String(body), /href="">Try again</);
  assert.match(String(awayAnswer(REQUEST).body), /<html lang="zh-CN" data-theme="system">/);
  assert.equal(awayAnswer({ ...REQUEST, method: "HEAD" }).body, null);
});

Deno.test("awayAnswer() does not load again in the place of an answer to a form", () => {
  const { headers, body } = awayAnswer({ ...REQUEST, method: "POST", acceptLanguage: "en" });
  assert.equal(headers.refresh, undefined);
  assert.match(String(body), /may not have arrived/);
  assert.doesNotMatch(String(body), /href=""/);
});

Deno.test("notFoundAnswer() shows the way to the lobby", () => {
  const { status, headers, body } = notFoundAnswer({ ...REQUEST, acceptLanguage: "en" });
  assert.equal(status, 404);
  assert.equal(headers.refresh, undefined);
  assert.match(String(body), /<a class="button primary" href="\/">See who is live<\/a>/);
});

Deno.test("the policy allows the page's own style and nothing else", async () => {
  const { headers, body } = awayAnswer(REQUEST);
  const style = /<style>([^]*?)<\/style>/.exec(String(body))![1];
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style));
  const hash = btoa(String.fromCharCode(...new Uint8Array(digest)));
  assert.equal(
    headers["content-security-policy"],
    `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; ` +
      "frame-ancestors 'none'",
  );
  assert.doesNotMatch(String(body), /\bstyle=|<script|\bon\w+=|<img|<link/);
  // A player in somebody's page must be able to come back.
  const framed = awayAnswer({ ...REQUEST, path: "/embed/100001" });
  assert.doesNotMatch(framed.headers["content-security-policy"], /frame-ancestors/);
});

Deno.test("the pages' colours are those of the design", async () => {
  const tokens = await Deno.readTextFile(
    new URL("../islands/styles/tokens.css", import.meta.url),
  );
  const values = [...STYLE.matchAll(/(--[a-z-]+):\s*(#[0-9a-f]{6})/g)];
  assert.ok(values.length > 25);
  for (const [, name, value] of values) {
    assert.ok(tokens.includes(`${name}: ${value};`), `${name}: ${value}`);
  }
});

Deno.test("renderPage() has no text of one language on the page of the other", () => {
  for (const kind of ["away", "away_unsent", "not_found"] as const) {
    const zh = renderPage(kind, { language: "zh", theme: "system" }).split("<body>")[1];
    const en = renderPage(kind, { language: "en", theme: "system" }).split("<body>")[1];
    const texts = (page: string) =>
      page.replace(/<svg[^]*?<\/svg>/g, "").replace(/<[^>]+>/g, " ").replaceAll("Wanren", "");
    assert.doesNotMatch(texts(zh), /[a-z]/i);
    assert.doesNotMatch(texts(en), /\p{Script=Han}/u);
  }
});
