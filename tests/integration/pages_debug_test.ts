import assert from "node:assert/strict";
import { ICON_PATHS } from "../../islands/ui/icon_paths.ts";
import { htmlOf, startSite } from "../support/pages.ts";

const UI = new URL("../../islands/ui/", import.meta.url);
/** Stand on every page anyway, or show nothing by themselves. */
const ELSEWHERE = ["Island", "IslandNames", "IconSprite", "LiveStill"];

/** Names of everything below `islands/ui/` that can be shown. */
async function components(): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(UI)) {
    if (!name.endsWith(".tsx") || name.endsWith("_test.tsx")) continue;
    const exports = Object.keys(await import(new URL(name, UI).href));
    names.push(...exports.filter((key) => /^[A-Z][a-z]/.test(key)));
  }
  return names.filter((name) => !ELSEWHERE.includes(name)).sort();
}

Deno.test("/debug/ui shows every component, in both languages", async () => {
  await using site = await startSite();
  const { cookie } = await site.admin();
  const names = await components();
  assert.ok(names.length > 25, `${names.length} components were found`);
  for (const language of ["en", "zh-CN"]) {
    const response = await site.get("/debug/ui", {
      cookie,
      headers: { "accept-language": language },
    });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("cache-control"), "no-store");
    const html = await htmlOf(response);
    for (const name of names) {
      assert.ok(html.includes(`class="specimen" id="${name}"`), `${name} is shown`);
    }
    for (const icon of Object.keys(ICON_PATHS)) {
      assert.ok(html.includes(`<symbol id="icon-${icon}"`), `${icon} is drawn`);
    }
  }
});

Deno.test("/debug/ui is for administrators alone", async () => {
  await using site = await startSite();
  const { cookie } = await site.member("Ann");
  for (const given of [undefined, cookie]) {
    const response = await site.get("/debug/ui", { cookie: given });
    assert.equal(response.status, 403);
    assert.doesNotMatch(await htmlOf(response), /specimen/);
  }
  assert.equal((await site.get("/debug/nothing", { cookie })).status, 404);
});
