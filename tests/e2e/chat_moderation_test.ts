/** Rules, moderation and gifts in real Chromium: what one page does, the others show. */
import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import { boardText } from "../../islands/i18n/board.ts";
import { chatText } from "../../islands/i18n/chat.ts";
import { chatMenuText } from "../../islands/i18n/chat_menu.ts";
import { chatRulesText } from "../../islands/i18n/chat_rules.ts";
import { moderationText } from "../../islands/i18n/moderation.ts";
import { axeViolationsInBothThemes } from "../support/axe.ts";
import { alive, launchBrowser, openPage, type PageOptions, visit } from "../support/browser.ts";
import { makeSource, Publisher } from "../support/ffmpeg.ts";
import { TestPlatform, type TestRoom } from "../support/platform.ts";
import { waitFor } from "../support/wait.ts";

const PASSWORD = "a long password";
const text = chatText("en");
const menu = chatMenuText("en");
const ruled = chatRulesText("en");
const board = boardText("en");
const studioText = moderationText("en");
/** A folder for pictures of what the test saw, for people who look. */
const SHOTS = Deno.env.get("CHAT_SHOTS");

async function shot(page: Page, name: string): Promise<void> {
  if (SHOTS !== undefined) await page.screenshot({ path: `${SHOTS}/${name}.png` });
}

/** The same page in the other theme and language, for people who look. */
async function shots(page: Page, name: string): Promise<void> {
  if (SHOTS === undefined) return;
  for (const theme of ["dark", "light"]) {
    await page.evaluate((value) => document.documentElement.dataset.theme = value, theme);
    await page.waitForTimeout(400);
    await shot(page, `${name}-${theme}`);
  }
}

/** What the button says while a combo runs. */
const comboName = (count: string) => new RegExp(`^${board.again("10")}\\s*×${count}$`);

interface Person {
  readonly id: string;
  readonly name: string;
  readonly token: string;
}

const line = (page: Page, words: string): Locator =>
  page.locator(".say:not(.say-pending)").filter({ has: page.getByText(words, { exact: true }) });
const field = (page: Page) => page.getByLabel(text.say, { exact: true });
const menuOf = (page: Page) => page.locator(".message-menu[open]");
const toast = (page: Page, words: string) => page.locator("#toasts").getByText(words);

async function say(page: Page, words: string): Promise<void> {
  await field(page).fill(words);
  await field(page).press("Enter");
}

/** The menu of a line by its name. */
async function openMenu(page: Page, words: string): Promise<Locator> {
  await line(page, words).locator(".say-name").click();
  await menuOf(page).waitFor();
  return menuOf(page);
}

/** A finger that rests on a line. */
async function press(page: Page, target: Locator): Promise<void> {
  const box = await target.boundingBox();
  assert.ok(box !== null);
  const client = await page.context().newCDPSession(page);
  const touchPoints = [{ x: box.x + box.width / 2, y: box.y + box.height / 2 }];
  await client.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints });
  await menuOf(page).waitFor();
  await client.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  await client.detach();
}

async function choose(page: Page, action: string): Promise<void> {
  await menuOf(page).getByRole("button", { name: action, exact: true }).click();
}

Deno.test({
  name: "a room is looked after, and gifts are given, from page to page",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async (t) => {
    await using platform = await TestPlatform.start();
    const room = await platform.room("Looked after");
    const api = async (method: string, path: string, person: { token: string }, body?: unknown) => {
      const answer = await platform.api<Record<string, never>>(path, {
        method,
        token: person.token,
        ...(body !== undefined && { body }),
      });
      assert.ok(answer.status < 300, `${method} ${path}: ${JSON.stringify(answer)}`);
      return answer.body;
    };
    const admin = (await platform.api<{ token: string }>("/api/sessions", {
      body: { name: "admin", password: "correct horse battery" },
    })).body;
    await api("PATCH", "/api/admin/settings", admin, { topUp: "development" });
    const source = `${platform.dataDir}/source.flv`;
    await makeSource(source, { seconds: 8 });
    await using _publisher = Publisher.file(source, room.publishUrl);
    await platform.waitLive(room);
    const browser = await launchBrowser();
    const rule = (change: Record<string, unknown>) =>
      api("PATCH", `/api/rooms/${room.id}/rules`, room, change);
    const join = async (name: string): Promise<Person> => {
      const { body } = await platform.api<{ token: string; account: { id: string } }>(
        "/api/accounts",
        { body: { name, password: PASSWORD } },
      );
      return { id: body.account.id, name, token: body.token };
    };
    const enter = async (
      token: string | null,
      at: Pick<TestRoom, "id">,
      options: PageOptions,
    ): Promise<Page> => {
      const opened = await openPage(browser, `${platform.url}/healthz`, options);
      if (token !== null) {
        await opened.context.addCookies([
          { name: "wanren_session", value: token, url: platform.url },
        ]);
      }
      await visit(opened.page, `${platform.url}/rooms/${at.id}?panel=chat`);
      await opened.page.locator(".chat-list").waitFor();
      return opened.page;
    };
    try {
      const people = { ben: await join("Ben"), eve: await join("Eve") };
      const host = await enter(room.token, room, { width: 1440, height: 900 });
      const ben = await enter(people.ben.token, room, { width: 390, height: 844, touch: true });

      await t.step("what the host deletes is gone from every page", async () => {
        await say(ben, "buy cheap coins");
        await say(ben, "sorry");
        await line(host, "buy cheap coins").click({ button: "right" });
        await menuOf(host).waitFor();
        await shots(host, "menu-desktop");
        const found = await axeViolationsInBothThemes(host);
        assert.deepEqual(found, [], found.join("\n"));
        await choose(host, menu.remove);
        await shot(host, "remove-desktop");
        await choose(host, menu.removeAction);
        await toast(host, menu.removed).waitFor();
        for (const page of [host, ben]) {
          await line(page, "buy cheap coins").waitFor({ state: "detached" });
          assert.equal(await line(page, "sorry").count(), 1);
        }
      });

      await t.step("a finger that rests reports, and the report stands in the studio", async () => {
        await say(host, "be kind");
        await line(ben, "be kind").waitFor();
        await press(ben, line(ben, "be kind").locator(".say-text"));
        await shots(ben, "menu-phone");
        await choose(ben, menu.report);
        await choose(ben, menu.reasonAbuse);
        await ben.getByLabel(menu.more).fill("it is not");
        await shots(ben, "report-phone");
        const found = await axeViolationsInBothThemes(ben);
        assert.deepEqual(found, [], found.join("\n"));
        await choose(ben, menu.sendReport);
        await toast(ben, menu.reported).waitFor();
        const studio = await host.context().newPage();
        await visit(studio, `${platform.url}/studio/moderation?room=${room.id}`);
        const reports = await studio.getByRole("region", { name: studioText.reports, exact: true })
          .innerText();
        assert.match(reports, /be kind/);
        assert.match(reports, new RegExp(`Ben: ${menu.reasonAbuse}: it is not`));
        await shot(studio, "studio");
        await studio.close();
      });

      await t.step(
        "by keys alone the host mutes, and takes it back",
        async () => {
          await field(ben).fill("I was about to say");
          await host.locator(".chat-scroll").focus();
          await host.keyboard.press("ArrowUp");
          await waitFor("Ben's line", async () => {
            const name = await host.evaluate(() => document.activeElement?.textContent);
            if (name !== "Ben") await host.keyboard.press("ArrowUp");
            return name === "Ben";
          });
          await host.keyboard.press("Enter");
          await menuOf(host).locator(".menu-action:focus").waitFor();
          for (let n = 0; n < 10; n++) {
            const at = await host.evaluate(() => document.activeElement?.textContent);
            if (at === menu.mute) break;
            await host.keyboard.press("ArrowDown");
          }
          await host.keyboard.press("Enter");
          await host.getByLabel(menu.reason).fill("too loud");
          await shot(host, "mute-desktop");
          await host.keyboard.press("Enter");
          await toast(host, menu.muted("Ben")).waitFor();
          const note = ben.locator(".chat-obstacle");
          await note.waitFor();
          await note.getByText(ruled.reason("too loud")).waitFor();
          assert.match(await note.innerText(), /\d:\d\d/);
          await field(ben).press("Enter");
          assert.equal(await field(ben).inputValue(), "I was about to say");
          await shots(ben, "muted-phone");
          await host.locator("#toasts").getByRole("button", { name: menu.undo }).click();
          await note.waitFor({ state: "detached" });
          await field(ben).press("Enter");
          await line(host, "I was about to say").waitFor();
        },
      );

      await t.step("rules stand where one writes, with the way on", async () => {
        await rule({ followersOnly: true });
        const note = ben.locator(".chat-obstacle");
        await note.getByText(ruled.followersOnly).waitFor();
        await shot(ben, "followers-phone");
        await note.getByRole("button", { name: ruled.follow }).click();
        await note.waitFor({ state: "detached" });
        await say(ben, "I follow now");
        await line(host, "I follow now").waitFor();
        await rule({ followersOnly: false, minLevel: 3 });
        await note.getByText(ruled.levelOnly("3", "0")).waitFor();
        await rule({ minLevel: 0, emotesOnly: true });
        await field(ben).fill("words");
        await note.getByText(ruled.emotesOnly).waitFor();
        await field(ben).fill("[rose]");
        await note.waitFor({ state: "detached" });
        await rule({ emotesOnly: false, review: true });
        await ben.locator(".chat-hint").getByText(ruled.review).waitFor();
        await say(ben, "may I");
        await ben.getByText(text.held).waitFor();
        await host.locator(".review-strip").click({ timeout: 20_000 });
        await shot(host, "review-desktop");
        await host.getByRole("button", { name: menu.approveOf("Ben") }).click();
        await line(ben, "may I").waitFor();
        await host.keyboard.press("Escape");
        await rule({ review: false });
      });

      await t.step(
        "a gift with a combo is seen on the other page, and on the board",
        async () => {
          await ben.locator(".chat-gift").click();
          const sheet = ben.locator(".sheet[open]");
          await sheet.getByText(board.balance("0")).waitFor();
          await shots(ben, "gifts-poor-phone");
          await sheet.getByRole("button", { name: board.topUp }).click();
          await sheet.getByText(board.balance("10,000")).waitFor();
          await sheet.getByRole("button", { name: /^Coffee/ }).click();
          await sheet.getByRole("button", { name: board.give("10") }).click();
          for (const count of ["1", "2"]) {
            await sheet.getByRole("button", { name: comboName(count) }).click();
          }
          await sheet.getByRole("button", { name: comboName("3") }).waitFor();
          // Before anything else: a banner stays for four seconds.
          await host.locator(".gift-banner b", { hasText: "×3" }).waitFor();
          await host.locator(".say-gift b", { hasText: "×3" }).waitFor();
          assert.equal(await host.locator(".say-gift").count(), 1, "a combo is one row");
          await sheet.getByText(board.balance("9,970")).waitFor();
          await shot(host, "combo-desktop");
          await shots(ben, "gifts-phone");
          const found = await axeViolationsInBothThemes(ben);
          assert.deepEqual(found, [], found.join("\n"));
          await host.locator("#room-board").click();
          await host.locator(".board li", { hasText: "Ben" }).getByText(board.coins("30"))
            .waitFor();
          await shots(host, "board-desktop");
          await host.locator("#room-chat").click();
        },
      );

      await t.step("a big gift is told in another room, with the way there", async () => {
        const other = await platform.room("Elsewhere");
        const guest = await enter(null, other, { width: 390, height: 844, locale: "zh-CN" });
        await ben.locator(".sheet[open]").getByRole("button", { name: /^Rocket/ }).click();
        await ben.getByRole("button", { name: board.give("3,000") }).click();
        await host.locator(".gift-burst").waitFor({ state: "attached" });
        await shot(host, "rocket-desktop");
        const told = guest.locator(".say-broadcast a", { hasText: "火箭" });
        await told.waitFor();
        await shots(guest, "broadcast-phone-zh");
        await told.click();
        await alive(guest);
        assert.equal(new URL(guest.url()).pathname, `/rooms/${room.id}`);
        await guest.context().close();
        await host.locator("#room-board").click();
        await host.locator(".board li", { hasText: "Ben" }).getByText(board.coins("3,030"))
          .waitFor();
        await host.locator("#room-chat").click();
        await ben.keyboard.press("Escape");
      });

      await t.step(
        "a blocked account is hidden from one page alone",
        async () => {
          const speak = (words: string) =>
            api("POST", `/api/rooms/${room.id}/messages`, people.eve, {
              kind: "chat",
              text: words,
              clientId: words.replaceAll(" ", "-"),
            });
          await speak("first of Eve");
          await line(ben, "first of Eve").waitFor();
          await openMenu(ben, "first of Eve");
          await choose(ben, menu.block);
          await shot(ben, "block-phone");
          await choose(ben, menu.blockAction);
          await line(ben, "first of Eve").waitFor({ state: "detached" });
          await speak("second of Eve");
          await line(host, "second of Eve").waitFor();
          await say(host, "after Eve");
          await line(ben, "after Eve").waitFor();
          assert.equal(await line(ben, "second of Eve").count(), 0);
          await visit(ben, ben.url());
          await line(ben, "after Eve").waitFor();
          await waitFor("the list", async () => await line(ben, "second of Eve").count() === 0);
          await ben.getByRole("button", { name: text.danmakuSettings }).click();
          await ben.getByRole("button", { name: menu.unblockOf("Eve") }).click();
          await shot(ben, "blocked-phone");
          await ben.keyboard.press("Escape");
          await line(ben, "second of Eve").waitFor();
        },
      );

      await t.step("who is banned reads why and what to do, and gives nothing", async () => {
        await field(ben).fill("not sent yet");
        await openMenu(host, "I follow now");
        await choose(host, menu.ban);
        await choose(host, menu.forever);
        await host.getByLabel(menu.reason).fill("enough");
        await shots(host, "ban-desktop");
        await choose(host, menu.banAction);
        await toast(host, menu.banned("Ben")).waitFor();
        const note = ben.locator(".chat-obstacle");
        await note.getByText(ruled.banned).waitFor();
        await note.getByText(ruled.reason("enough")).waitFor();
        await ben.locator(".chat-gift").click();
        const sheet = ben.locator(".sheet[open]");
        await sheet.getByRole("button", { name: board.give("1") }).click();
        await sheet.getByText(board.banned).waitFor();
        await sheet.getByText(board.balance("6,970")).waitFor();
        await shots(ben, "banned-phone");
        await ben.keyboard.press("Escape");
        const found = await axeViolationsInBothThemes(ben);
        assert.deepEqual(found, [], found.join("\n"));
        await api("DELETE", `/api/rooms/${room.id}/bans/${people.ben.id}`, room);
        await note.getByRole("button", { name: ruled.comeBack }).click();
        await waitFor("the draft", async () => await field(ben).inputValue() === "not sent yet");
        await field(ben).press("Enter");
        await line(host, "not sent yet").waitFor();
      });
    } finally {
      await browser.close();
    }
  },
});
