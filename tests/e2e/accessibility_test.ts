/** axe-core over every page in both themes; watch page and studio by ear and by keyboard. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { axeViolationsInBothThemes } from "../support/axe.ts";
import { launchBrowser, visit } from "../support/browser.ts";
import { makeSource, Publisher } from "../support/ffmpeg.ts";
import { missedByTab } from "../support/keyboard.ts";
import { focusOf, listen, outlineProblems, printOutline, readAloud } from "../support/outline.ts";
import { TestPlatform } from "../support/platform.ts";
import { waitUntilPlaying } from "../support/player.ts";
import { waitFor } from "../support/wait.ts";

/** A folder for what a screen reader would say, for people who read it. */
const OUTLINES = Deno.env.get("OUTLINES");

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
      { path: "/call" },
      { path: "/call", token },
      { path: "/call/weekly", width: 390 },
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
        path: "/studio?with=obs",
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
    /** One page for each reader, window and language: opening one costs a second. */
    const pages = new Map<string, Page>();
    const pageOf = async ({ token, width = 1280 }: Stop, locale: string) => {
      const key = `${token} ${width} ${locale}`;
      const opened = pages.get(key);
      if (opened !== undefined) return opened;
      const context = await browser.newContext({
        viewport: { width, height: 800 },
        locale,
        // Colours in the middle of a transition are nobody's choice.
        reducedMotion: "reduce",
      });
      if (token !== undefined) {
        await context.addCookies([{ name: "wanren_session", value: token, url: platform.url }]);
      }
      const page = await context.newPage();
      pages.set(key, page);
      return page;
    };
    const inspect = async (stops: readonly Stop[]) => {
      for (const [index, stop] of stops.entries()) {
        const { path, prepare } = stop;
        const page = await pageOf(stop, index % 2 === 0 ? "en-US" : "zh-CN");
        await visit(page, platform.url + path);
        await prepare?.(page);
        found.push(...(await axeViolationsInBothThemes(page)).map((text) => `${path} ${text}`));
        // A page that plays takes its share of the processor until it is left.
        await page.goto("about:blank");
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

Deno.test({
  name: "watch page and studio read sensibly, and nobody needs a mouse there",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async (t) => {
    await using platform = await TestPlatform.start();
    const source = `${platform.dataDir}/source.flv`;
    await makeSource(source, { seconds: 8 });
    const room = await platform.room("First light");
    await platform.api(`/api/rooms/${room.id}`, {
      method: "PATCH",
      token: room.token,
      body: { description: "Early, and slowly.", category: "music" },
    });
    const { body: { token } } = await platform.api<{ token: string }>("/api/accounts", {
      body: { name: "Ann", password: "a long password" },
    });
    const say = async (by: string, words: string) => {
      await platform.api(`/api/rooms/${room.id}/messages`, {
        token: by,
        body: { kind: "chat", text: words, clientId: crypto.randomUUID() },
      });
    };
    await using _publisher = Publisher.file(source, room.publishUrl);
    await platform.waitLive(room);
    await say(room.token, "good morning");
    const browser = await launchBrowser();
    const open = async (path: string, { by, locale }: { by: string; locale: string }) => {
      const context = await browser.newContext({
        viewport: { width: 1280, height: 900 },
        reducedMotion: "reduce",
        locale,
      });
      await context.addCookies([{ name: "wanren_session", value: by, url: platform.url }]);
      const page = await context.newPage();
      await visit(page, platform.url + path);
      await waitUntilPlaying(page);
      return page;
    };
    const talk = async (page: Page) => await page.waitForSelector(".chat-list .say");
    try {
      const watch = await open(`/rooms/${room.id}`, { by: token, locale: "en-US" });
      await talk(watch);
      const studio = await open("/studio", { by: room.token, locale: "zh-CN" });

      await t.step("headings, landmarks, names and pictures are in order", async () => {
        for (const [name, page] of [["watch", watch], ["studio", studio]] as const) {
          const spoken = await readAloud(page);
          if (OUTLINES) await Deno.writeTextFile(`${OUTLINES}/${name}.txt`, printOutline(spoken));
          assert.deepEqual(outlineProblems(spoken), [], name);
        }
        const headings = (await readAloud(watch)).filter(({ role }) => role === "heading");
        assert.equal(headings[0]?.name, "First light");
      });

      await t.step("a busy talk is told in few words", async () => {
        const heard = await listen(watch);
        for (let n = 1; n <= 12; n++) await say(room.token, `word ${n}`);
        await watch.getByText("word 12", { exact: true }).waitFor();
        const said = await waitFor("something that is said", async () => {
          const words = await heard();
          return words.some((one) => one.includes("word")) && words;
        });
        assert.ok(said.length <= 4, said.join("; "));
      });

      await t.step("Tab comes by every control", async () => {
        for (const page of [watch, studio]) assert.deepEqual(await missedByTab(page), []);
      });

      await t.step("the focus is never lost", async () => {
        const lost: string[] = [];
        /** Presses what a selector names, by keyboard, then looks who has the focus. */
        const press = async (page: Page, selector: string, gone: string | null = null) => {
          await page.locator(selector).first().focus();
          await page.keyboard.press("Enter");
          if (gone !== null) await page.waitForSelector(gone, { state: "detached" });
          const holds = await waitFor("the focus", async () => {
            const now = await focusOf(page);
            return now !== "BODY" && now;
          }, { deadlineMs: 2_000 }).catch(() => null);
          if (holds === null) lost.push(selector);
        };
        /** Opens what a control opens and closes it with Escape: it has the focus again, or its heir. */
        const peek = async (
          page: Page,
          selector: string,
          opened: string,
          heir = selector,
        ) => {
          await press(page, selector);
          await page.locator(opened).first().waitFor();
          await page.keyboard.press("Escape");
          const closes = await page.locator(opened).first()
            .waitFor({ state: "hidden", timeout: 5_000 }).then(() => true, () => false);
          if (!closes) {
            lost.push(`${selector} stays open: ${await focusOf(page)}`);
            return;
          }
          const returned = await waitFor("the focus to return", () =>
            page.evaluate(
              (selector) => document.activeElement === document.querySelector(selector),
              heir,
            ), { deadlineMs: 2_000 }).catch(() => false);
          if (!returned) lost.push(`${selector} after Escape: ${await focusOf(page)}`);
        };
        await press(watch, ".player-sound", ".player-sound");
        await peek(watch, ".player-route", ".player-menu");
        await peek(watch, ".share", "dialog[open]");
        await peek(watch, ".chat-gift", "dialog[open]");
        await peek(watch, ".chat-form [aria-expanded]", ".emotes", ".chat-input");
        await press(watch, ".follow");
        await watch.keyboard.press("k");
        await press(watch, ".player-big-play", ".player-big-play");
        await watch.keyboard.press("i");
        await press(watch, ".player-panel-close", ".player-statistics");
        await press(watch, ".say .say-name");
        await press(watch, ".menu-action >> nth=0", ".message-menu[open]");
        await press(watch, ".chat-reply button", ".chat-reply");
        await press(watch, ".say .say-name");
        await press(watch, ".menu-action >> nth=1", ".message-menu[open]");
        await watch.fill(".chat-input", "by keyboard");
        await press(watch, ".chat-field [type=submit]", ".chat-field [type=submit]");
        await peek(studio, ".rotate", "dialog[open]");
        await press(studio, ".studio-actions .danger");
        await press(studio, "dialog[open] .danger", ".studio-actions .danger");
        assert.deepEqual(lost, []);
      });
    } finally {
      await browser.close();
    }
  },
});
