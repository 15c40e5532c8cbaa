/** The room's talk in real Chromium: two people talk, the platform has its accidents. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { chatText } from "../../islands/i18n/chat.ts";
import { chatMenuText } from "../../islands/i18n/chat_menu.ts";
import { axeViolations } from "../support/axe.ts";
import { launchBrowser, openPage, type PageOptions } from "../support/browser.ts";
import { makeSource, Publisher } from "../support/ffmpeg.ts";
import { TestPlatform } from "../support/platform.ts";
import { pause, waitFor } from "../support/wait.ts";

const PASSWORD = "a long password";
const text = chatText("en");
const menu = chatMenuText("en");
/** A folder for pictures of what the test saw, for people who look. */
const SHOTS = Deno.env.get("CHAT_SHOTS");

/** Keeps sockets so that the test can cut them. */
const KEEP_SOCKETS = `
  window.sockets = [];
  const Real = window.WebSocket;
  window.WebSocket = class extends Real {
    constructor(...given) {
      super(...given);
      if (String(given[0]).includes("/im")) window.sockets.push(this);
    }
  };
`;

async function shot(page: Page, name: string): Promise<void> {
  if (SHOTS !== undefined) await page.screenshot({ path: `${SHOTS}/${name}.png` });
}

const linesOf = (page: Page) => page.locator(".say:not(.say-pending) .say-text").allInnerTexts();
const inspect = (page: Page) =>
  page.evaluate(() =>
    (document.querySelector(".panel-chat") as unknown as {
      inspect?(): { way: string; connection: string; polling: boolean };
    }).inspect?.() ?? null
  );
const sockets = (page: Page) =>
  page.evaluate(() =>
    (globalThis as unknown as { sockets: WebSocket[] }).sockets.map(({ readyState }) => readyState)
  );

async function say(page: Page, words: string): Promise<void> {
  const field = page.getByLabel(text.say, { exact: true });
  await field.fill(words);
  await field.press("Enter");
}

async function sees(page: Page, words: string): Promise<void> {
  await waitFor(`“${words}”`, async () => (await linesOf(page)).includes(words));
}

Deno.test({
  name: "two people talk in a room, through lost sockets and a web that is killed",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async (t) => {
    await using platform = await TestPlatform.start({ env: { RATE_LIMITS: "on" } });
    const room = await platform.room("Talk");
    const source = `${platform.dataDir}/source.flv`;
    await makeSource(source, { seconds: 8 });
    await using _publisher = Publisher.file(source, room.publishUrl);
    await platform.waitLive(room);
    const browser = await launchBrowser();
    try {
      const enter = async (name: string, options: PageOptions) => {
        const { body: { token } } = await platform.api<{ token: string }>("/api/accounts", {
          body: { name, password: PASSWORD },
        });
        const opened = await openPage(browser, `${platform.url}/healthz`, {
          ...options,
          before: KEEP_SOCKETS,
        });
        await opened.context.addCookies([
          { name: "wanren_session", value: token, url: platform.url },
        ]);
        await opened.page.goto(`${platform.url}/rooms/${room.id}`);
        await waitFor("the connection", async () => (await inspect(opened.page))?.way === "live");
        return opened.page;
      };
      const ann = await enter("Ann", { width: 1440, height: 900 });
      const ben = await enter("Ben", { width: 390, height: 844, touch: true });

      await t.step("they read each other, and what is said flies over the picture", async () => {
        await say(ann, "hello Ben [smile]");
        await sees(ben, "hello Ben 😊");
        await say(ben, "hi @Ann");
        await sees(ann, "hi @Ann");
        await ann.locator(".say-mention").waitFor();
        // A room without a battle loads nothing of battles.
        assert.equal(await ann.locator('link[href*="/pk-"]').count(), 0);
        await waitFor("the canvas", () => ann.locator(".danmaku canvas").isVisible());
        await shot(ann, "desktop");
        await shot(ben, "phone");
      });

      await t.step("an answer shows what it answers", async () => {
        await ann.getByRole("button", { name: "Ben", exact: true }).last().click();
        await ann.getByRole("button", { name: menu.reply }).click();
        await say(ann, "good to see you");
        await sees(ben, "good to see you");
        assert.match(await ben.locator(".say-quote").last().innerText(), /Ben.*hi @Ann/s);
      });

      await t.step("a lost socket costs nothing and doubles nothing", async () => {
        await ben.evaluate(() => {
          for (const one of (globalThis as unknown as { sockets: WebSocket[] }).sockets) {
            one.close();
          }
        });
        await say(ann, "while you were away");
        await sees(ben, "while you were away");
        await waitFor("a new socket", async () => (await sockets(ben)).includes(1));
        const lines = await linesOf(ben);
        assert.equal(new Set(lines).size, lines.length, lines.join("; "));
      });

      await t.step("web is killed: sockets stay, and a text waits for the next one", async () => {
        const before = await sockets(ann);
        Deno.kill(await platform.pidOf("web"), "SIGKILL");
        await say(ann, "is anybody there");
        await sees(ben, "is anybody there");
        assert.deepEqual(await sockets(ann), before);
      });

      await t.step("too quick: the text is kept and the wait is shown", async () => {
        for (let i = 0; i < 30; i++) {
          await say(ann, `quick ${i}`);
          if (await ann.locator(".chat-wait").isVisible()) break;
        }
        await ann.locator(".chat-wait").waitFor();
        assert.match(await ann.getByLabel(text.say, { exact: true }).inputValue(), /^quick \d+/);
        await ann.getByText(text.slowDown).waitFor();
        await shot(ann, "slow");
      });

      await t.step("who reads what was finds it standing still, and the new below", async () => {
        await ben.setViewportSize({ width: 390, height: 560 });
        const list = ben.locator(".chat-scroll");
        await list.evaluate((element) => element.scrollTop = -100);
        const quick = ben.getByText("quick 0", { exact: true });
        const placeOf = async () => (await quick.boundingBox())!.y - (await list.boundingBox())!.y;
        const before = await waitFor("the list to stand still", async () => {
          const place = await placeOf();
          await pause(300);
          return await placeOf() === place && { place };
        });
        await ann.locator(".chat-wait").waitFor({ state: "detached", timeout: 20_000 });
        await say(ann, "later news");
        const news = ben.locator(".chat-new");
        await news.waitFor();
        assert.equal((await linesOf(ben)).includes("later news"), false);
        assert.equal(await placeOf(), before.place);
        await news.click();
        await sees(ben, "later news");
        await news.waitFor({ state: "detached" });
        assert.equal(await list.evaluate((element) => Math.round(element.scrollTop)), 0);
        await ben.setViewportSize({ width: 390, height: 844 });
      });

      await t.step("danmaku can be switched off by a key, and likes go up", async () => {
        await ann.locator("h1").first().click();
        await ann.keyboard.press("d");
        await waitFor("no canvas", async () => await ann.locator(".danmaku canvas").count() === 0);
        await ben.locator(".chat-like").click();
        await waitFor(
          "the likes",
          async () => /1/.test(await ann.locator(".chat-like").innerText()),
        );
        await ann.locator("h1").first().click();
        await ann.keyboard.press("c");
        await waitFor(
          "the focus",
          () => ann.evaluate(() => document.activeElement?.matches(".chat-input") === true),
        );
      });

      await t.step("a phone held sideways shows the last texts over the picture", async () => {
        await ben.setViewportSize({ width: 844, height: 390 });
        const over = ben.locator(".talk-over-list");
        await over.getByText(/quick \d+/).last().waitFor({ state: "attached" });
        const [list, stage] = [
          (await over.boundingBox())!,
          (await ben.locator(".stage").boundingBox())!,
        ];
        assert.ok(list.y + list.height < stage.y + stage.height, "above the controls");
        await shot(ben, "sideways");
        await ben.locator(".talk-over-say").press("Enter");
        await waitFor(
          "the focus",
          () => ben.evaluate(() => document.activeElement?.matches(".chat-input") === true),
        );
        await ben.setViewportSize({ width: 390, height: 844 });
        await over.waitFor({ state: "detached" });
      });

      await t.step("axe-core finds nothing, in both themes", async () => {
        for (const theme of ["dark", "light"]) {
          for (const page of [ann, ben]) {
            await page.evaluate((value) => document.documentElement.dataset.theme = value, theme);
            const found = await axeViolations(page);
            assert.deepEqual(found, [], found.join("\n"));
          }
          await shot(ann, `desktop-${theme}`);
          await shot(ben, `phone-${theme}`);
        }
      });
    } finally {
      await browser.close();
    }
  },
});
