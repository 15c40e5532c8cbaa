/** Private messages in real Chromium: one arrives, is read, and is answered. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { privatesText } from "../../islands/i18n/privates.ts";
import { axeViolations } from "../support/axe.ts";
import { launchBrowser, openPage, type PageOptions, visit } from "../support/browser.ts";
import { TestPlatform } from "../support/platform.ts";
import { waitFor } from "../support/wait.ts";

const PASSWORD = "a long password";
/** A folder for pictures of what the test saw, for people who look. */
const SHOTS = Deno.env.get("CHAT_SHOTS");

async function shot(page: Page, name: string): Promise<void> {
  if (SHOTS !== undefined) await page.screenshot({ path: `${SHOTS}/${name}.png` });
}

const isLive = (page: Page) =>
  page.evaluate(() =>
    (document.querySelector(".panel-chat") as unknown as { inspect?(): { way: string } } | null)
      ?.inspect?.().way === "live"
  );
const textsOf = (page: Page) => page.locator(".privates-texts p").allInnerTexts();
const unreadOf = async (page: Page) => {
  const count = page.locator(".privates-open .privates-count");
  return await count.count() === 0 ? "" : await count.innerText();
};

Deno.test({
  name:
    "a private message arrives with a mark, is read and answered; a blocked one keeps its words",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async (t) => {
    await using platform = await TestPlatform.start();
    const room = await platform.room("Talk");
    const browser = await launchBrowser();
    try {
      const enter = async (name: string, options: PageOptions & { readonly query?: string }) => {
        const { body: { account, token } } = await platform.api<
          { account: { id: string }; token: string }
        >("/api/accounts", { body: { name, password: PASSWORD } });
        const { page, context } = await openPage(browser, `${platform.url}/healthz`, options);
        await context.addCookies([
          { name: "wanren_session", value: token, url: platform.url },
          { name: "wanren_theme", value: options.colorScheme ?? "dark", url: platform.url },
        ]);
        await visit(page, `${platform.url}/rooms/${room.id}${options.query ?? ""}`);
        await waitFor("the connection", () => isLive(page));
        return { page, id: account.id, token };
      };
      const ann = await enter("Ann", {
        width: 1440,
        height: 900,
        locale: "en-US",
        query: "?panel=chat",
      });
      const ben = await enter("Ben", {
        width: 390,
        height: 844,
        touch: true,
        locale: "zh-CN",
        colorScheme: "light",
      });
      const en = privatesText("en");
      const zh = privatesText("zh");
      const tell = (text: string) =>
        platform.api(`/api/accounts/${ann.id}/messages`, {
          token: ben.token,
          body: { text, clientId: text.replaceAll(/\W/g, "") },
        });

      await t.step("the mark counts, the list shows who, the conversation what", async () => {
        assert.equal(await unreadOf(ann.page), "");
        await tell("psst");
        await tell("are you there [smile]");
        await waitFor("two unread", async () => await unreadOf(ann.page) === "2");
        await ann.page.getByText(en.arrived("Ben")).first().waitFor();
        await ann.page.getByRole("button", { name: en.openUnread("2") }).click();
        const row = ann.page.locator(".privates-row", { hasText: "Ben" });
        await row.waitFor();
        await shot(ann.page, "privates-list-1440-dark");
        await row.click();
        assert.deepEqual(await textsOf(ann.page), ["psst", "are you there 😊"]);
        await waitFor("nothing unread", async () => await unreadOf(ann.page) === "");
      });

      await t.step("an answer arrives on a phone, with what was said before", async () => {
        const field = ann.page.getByLabel(en.write("Ben"));
        await field.fill("yes, here I am");
        await field.press("Enter");
        await waitFor(
          "the answer",
          async () => (await textsOf(ann.page)).at(-1) === "yes, here I am",
        );
        assert.equal(await field.inputValue(), "");
        await shot(ann.page, "privates-talk-1440-dark");
        await waitFor("one unread", async () => await unreadOf(ben.page) === "1");
        // The talk is behind another tab: what says it leads there.
        await ben.page.getByRole("button", { name: zh.read, exact: true }).click();
        await waitFor("all of it, in order", async () =>
          JSON.stringify(await textsOf(ben.page)) ===
            JSON.stringify(["psst", "are you there 😊", "yes, here I am"]));
        await shot(ben.page, "privates-talk-390-light");
        for (const { page } of [ann, ben]) {
          // Short messages go by themselves.
          await waitFor(
            "no short message",
            async () => await page.locator(".toast-text").count() === 0,
            { deadlineMs: 20_000 },
          );
          const found = await axeViolations(page);
          assert.deepEqual(found, [], found.join("\n"));
        }
      });

      await t.step("who is blocked is told, and the words stay", async () => {
        const path = `/api/account/blocks/${ben.id}`;
        await platform.api(path, { method: "PUT", token: ann.token });
        const field = ben.page.getByLabel(zh.write("Ann"));
        await field.fill("one more thing");
        await field.press("Enter");
        await ben.page.getByText(zh.blocked).waitFor();
        assert.equal(await field.inputValue(), "one more thing");
        await shot(ben.page, "privates-blocked-390-light");
        await ben.page.keyboard.press("Escape");
        await ben.page.locator(".privates-row").waitFor();
        await shot(ben.page, "privates-list-390-light");
        await ben.page.keyboard.press("Escape");
        await waitFor("the talk", async () => await ben.page.locator(".privates").count() === 0);
        await shot(ben.page, "privates-closed-390-light");
      });
    } finally {
      await browser.close();
    }
  },
});
