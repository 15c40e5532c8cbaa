/** The components in real Chromium: keyboard, focus, messages, charts, axe-core. */
import assert from "node:assert/strict";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { axeViolationsInBothThemes } from "../support/axe.ts";
import { launchBrowser, visit } from "../support/browser.ts";
import { serveSite } from "../support/site_server.ts";
import { waitFor } from "../support/wait.ts";

interface Stage {
  readonly url: string;
  readonly browser: Browser;
  readonly session: string;
}

interface Look {
  readonly width?: number;
  readonly theme?: "light" | "dark";
  readonly locale?: "en-US" | "zh-CN";
}

async function open(
  { url, browser, session }: Stage,
  { width = 1280, theme = "light", locale = "en-US" }: Look = {},
): Promise<{ page: Page; complaints: string[] } & AsyncDisposable> {
  const context: BrowserContext = await browser.newContext({
    viewport: { width, height: 844 },
    reducedMotion: "reduce",
    locale,
  });
  await context.addCookies([
    { name: "wanren_session", value: session, url },
    { name: "wanren_theme", value: theme, url },
  ]);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await visit(page, `${url}/debug/ui`);
  await page.waitForSelector("#LineChart canvas");
  return { page, complaints, [Symbol.asyncDispose]: () => context.close() };
}

/** Text of the element that has the focus. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => document.activeElement?.textContent?.trim() ?? "");
}

Deno.test({
  name: "components in a browser",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async (t) => {
    await using served = await serveSite();
    const { site, url } = served;
    const root = await site.admin();
    const browser = await launchBrowser();
    const stage: Stage = { url, browser, session: root.cookie.split("=")[1]! };
    try {
      await t.step("axe-core finds nothing, on phone and desktop, in both themes", async () => {
        for (const width of [390, 1280]) {
          await using tab = await open(stage, { width, locale: width < 700 ? "zh-CN" : "en-US" });
          assert.deepEqual(await axeViolationsInBothThemes(tab.page), [], `${width}`);
          await tab.page.click("#Sheet .button");
          await tab.page.waitForSelector("dialog.sheet[open]");
          assert.deepEqual(await axeViolationsInBothThemes(tab.page), [], `${width} sheet`);
          assert.deepEqual(tab.complaints, []);
        }
      });

      await t.step("nothing is wider than a window of 320 pixels", async () => {
        await using tab = await open(stage, { width: 320 });
        const width = await tab.page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(width <= 320, `${width} px`);
      });

      await t.step("a sheet takes the focus, keeps it, and gives it back", async () => {
        await using tab = await open(stage);
        const { page } = tab;
        const opener = page.getByRole("button", { name: "Open a sheet" });
        await opener.focus();
        await page.keyboard.press("Enter");
        const sheet = page.getByRole("dialog", { name: "Keyboard" });
        await sheet.waitFor();
        for (let press = 0; press < 5; press++) {
          await page.keyboard.press("Tab");
          const inside = await page.evaluate(() =>
            document.activeElement === document.body ||
            document.activeElement?.closest("dialog[open]") !== null
          );
          assert.ok(inside, `after ${press + 1} tabs: ${await focused(page)}`);
        }
        await page.keyboard.press("Escape");
        await sheet.waitFor({ state: "hidden" });
        assert.equal(await focused(page), "Open a sheet");
        await opener.click();
        await sheet.waitFor();
        await page.mouse.click(100, 400);
        await sheet.waitFor({ state: "hidden" });
      });

      await t.step("what cannot be undone waits for the name", async () => {
        await using tab = await open(stage);
        const { page } = tab;
        await page.getByRole("button", { name: "Ask for the name" }).click();
        const dialog = page.getByRole("dialog", { name: "Delete this room?" });
        const submit = dialog.getByRole("button", { name: "Delete for ever" });
        await dialog.waitFor();
        assert.ok(await submit.isDisabled());
        await page.keyboard.type("tea");
        await page.keyboard.press("Enter");
        assert.ok(await dialog.isVisible());
        await page.keyboard.type(" hill");
        assert.ok(await submit.isEnabled());
        await page.keyboard.press("Enter");
        await dialog.waitFor({ state: "hidden" });
        assert.equal(await focused(page), "Ask for the name");
      });

      await t.step("arrows move through tabs", async () => {
        await using tab = await open(stage);
        const { page } = tab;
        await page.getByRole("tab", { name: "Chat" }).focus();
        await page.keyboard.press("ArrowRight");
        assert.equal(await focused(page), "Leaderboard");
        await page.getByRole("tabpanel", { name: "Leaderboard" })
          .getByText("Who gave the most").waitFor();
        await page.keyboard.press("ArrowLeft");
        await page.keyboard.press("ArrowLeft");
        assert.match(await focused(page), /^Viewers/);
      });

      await t.step("a message is seen, read out, and offers its action", async () => {
        await using tab = await open(stage);
        const { page } = tab;
        await page.getByRole("button", { name: "Offer to undo" }).click();
        await page.locator("#toasts").getByText("Removed from your follows").waitFor();
        assert.equal(await page.locator("#toast-voice").textContent(), "Removed from your follows");
        await page.locator("#toasts").getByRole("button", { name: "Undo" }).click();
        await page.locator("#toasts").getByText("Title saved").waitFor();
        assert.equal(await page.locator("#toasts .toast").count(), 1);
        await waitFor(
          "the message to go",
          async () => await page.locator("#toasts .toast").count() === 0,
          { deadlineMs: 8_000 },
        );
      });

      await t.step("a counter moves with the text, charts with the theme", async () => {
        await using tab = await open(stage);
        const { page } = tab;
        await page.getByLabel("Title of the room").first().fill("三个字");
        await page.locator("#TextField").getByText("3/100").waitFor();
        const picture = () =>
          page.locator("#LineChart canvas").first()
            .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
        const before = await picture();
        await page.evaluate(() => document.documentElement.dataset.theme = "dark");
        await waitFor("other colours", async () => await picture() !== before);
      });

      await t.step("a notice goes away without the page", async () => {
        await site.business.admin.changeSettings(root.account, { notice: "Back at ten" });
        await using tab = await open(stage);
        const { page } = tab;
        await page.evaluate(() => Object.assign(globalThis, { stayed: true }));
        const answered = page.waitForResponse((response) =>
          response.url().endsWith("/preferences")
        );
        await page.getByRole("button", { name: "Put this notice away" }).click();
        await page.getByText("Back at ten").waitFor({ state: "detached" });
        await answered;
        assert.ok(await page.evaluate(() => "stayed" in globalThis));
        await page.reload();
        assert.equal(await page.getByText("Back at ten").count(), 0);
      });
    } finally {
      await browser.close();
    }
  },
});
