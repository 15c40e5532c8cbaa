/** axe-core over every page, in both themes. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { axeViolationsInBothThemes } from "../support/axe.ts";
import { launchBrowser, visit } from "../support/browser.ts";
import { makeSource, Publisher } from "../support/ffmpeg.ts";
import { TestPlatform } from "../support/platform.ts";
import { waitUntilPlaying } from "../support/player.ts";

/** One page in one state. */
interface Stop {
  readonly path: string;
  /** Session token of who reads. */
  readonly token?: string;
  /** Of the window; default: a desktop. */
  readonly width?: number;
  readonly prepare?: (page: Page) => Promise<unknown>;
}

/** Menu and statistics of a phone, one after the other, so that both were drawn. */
async function openAll(page: Page): Promise<void> {
  await waitUntilPlaying(page);
  await page.keyboard.press("i");
  await page.waitForSelector(".player-statistics");
  await page.keyboard.press("i");
  await page.mouse.move(200, 120);
  await page.click(".player-route");
  await page.waitForSelector(".player-menu");
}

Deno.test({
  name: "every page is accessible by axe-core, light and dark",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    await using platform = await TestPlatform.start();
    const source = `${platform.dataDir}/source.flv`;
    await makeSource(source, { seconds: 8 });
    const live = await platform.room("First light");
    const silent = await platform.room("مريم تبث مباشرة 🎉");
    const { body: { token } } = await platform.api<{ token: string }>("/api/accounts", {
      body: { name: "Ann", password: "a long password" },
    });
    const follower = await platform.room("Follower");
    for (const room of [live, silent]) {
      await platform.api(`/api/rooms/${room.id}/follow`, { method: "PUT", token: follower.token });
    }
    const before: Stop[] = [{ path: "/" }];
    const after: Stop[] = [
      { path: "/" },
      { path: "/?q=first" },
      { path: "/?q=nothing" },
      { path: "/?category=music" },
      { path: "/", token: follower.token },
      { path: "/following", token: follower.token },
      { path: `/rooms/${live.id}`, prepare: waitUntilPlaying },
      { path: `/rooms/${live.id}?panel=more&theatre=1`, token, prepare: waitUntilPlaying },
      {
        path: `/rooms/${live.id}`,
        prepare: async (page) => {
          await page.click(".share");
          await page.waitForSelector(".qr path");
        },
      },
      { path: `/rooms/${live.id}`, width: 390, prepare: openAll },
      { path: `/rooms/${silent.id}`, prepare: (page) => page.waitForSelector(".next-up") },
      { path: `/embed/${live.id}`, prepare: waitUntilPlaying },
      { path: `/embed/${silent.id}`, prepare: (page) => page.waitForSelector(".next-up") },
      {
        path: "/docs/api",
        prepare: (page) =>
          page.evaluate(() => {
            for (const part of document.querySelectorAll("details")) part.open = true;
          }),
      },
      { path: "/login" },
      {
        path: "/signup",
        prepare: async (page) => {
          await page.fill("#name", "Ann");
          await page.fill("#password", "a long password");
          await page.click("main button[type=submit]");
          await page.waitForSelector(".field-error");
        },
      },
      { path: "/studio", token },
      { path: "/studio", token: live.token, prepare: waitUntilPlaying },
      {
        path: "/studio",
        token: live.token,
        prepare: async (page) => {
          await page.click(".by-protocol summary");
          await page.click(".checks-fold summary");
          await page.click(".others summary");
          await page.fill("#room-title", "a\u202eb");
          await page.press("#room-title", "Enter");
          await page.waitForSelector("#room-title-error");
        },
      },
      {
        path: "/studio",
        token: live.token,
        prepare: async (page) => {
          await page.click(".studio-actions .danger");
          await page.waitForSelector("dialog[open]");
        },
      },
      {
        path: "/studio",
        token: silent.token,
        prepare: async (page) => {
          await page.click(".rotate");
          await page.waitForSelector("dialog[open]");
        },
      },
      {
        path: "/studio",
        token: silent.token,
        prepare: (page) => page.click(".account-button"),
      },
      { path: "/setup?token=used" },
      { path: "/no/such/page" },
    ];
    const browser = await launchBrowser();
    const found: string[] = [];
    const inspect = async (stops: readonly Stop[]) => {
      for (const [index, { path, token, width = 1280, prepare }] of stops.entries()) {
        const context = await browser.newContext({
          viewport: { width, height: 800 },
          locale: index % 2 === 0 ? "en-US" : "zh-CN",
          // Colours in the middle of a transition are nobody's choice.
          reducedMotion: "reduce",
        });
        if (token !== undefined) {
          await context.addCookies([{ name: "wanren_session", value: token, url: platform.url }]);
        }
        const page = await context.newPage();
        await visit(page, platform.url + path);
        await prepare?.(page);
        found.push(...(await axeViolationsInBothThemes(page)).map((text) => `${path} ${text}`));
        await context.close();
      }
    };
    try {
      await inspect(before);
      await using _publisher = Publisher.file(source, live.publishUrl);
      await platform.waitLive(live);
      await inspect(after);
    } finally {
      await browser.close();
    }
    assert.deepEqual(found, []);
  },
});
