/** Two rooms battle in real Chromium: both pages show both pictures, and the same totals. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { boardText } from "../../islands/i18n/board.ts";
import { pkText } from "../../islands/i18n/pk.ts";
import { watchPageText } from "../../islands/i18n/watch_page.ts";
import type { RivalElement } from "../../islands/pk/rival_session.ts";
import type { PlayerElement } from "../../islands/Player.tsx";
import { axeViolations, axeViolationsInBothThemes } from "../support/axe.ts";
import { launchBrowser, openPage, type PageOptions, visit } from "../support/browser.ts";
import { makeSource, Publisher } from "../support/ffmpeg.ts";
import { TestPlatform } from "../support/platform.ts";
import { waitUntilPlaying } from "../support/player.ts";
import { waitFor } from "../support/wait.ts";

const text = pkText("en");
const gifts = boardText("en");
const { openStudio } = watchPageText("en");
const PASSWORD = "a long password";
/** A folder for pictures of what the test saw, for people who look. */
const SHOTS = Deno.env.get("PK_SHOTS");

/** Widths of what the rooms send, and of both pictures as one. */
const SOURCE_WIDTH = 320;
const MIX_WIDTH = 960;

/** Where the stage stands in the window. */
const stageOf = async (page: Page) => (await page.locator(".stage").boundingBox())!;

async function shot(page: Page, name: string): Promise<void> {
  if (SHOTS !== undefined) await page.screenshot({ path: `${SHOTS}/${name}.png` });
}

/** Waits until the other side's picture stands beside the own one and moves. */
async function seesRival(page: Page): Promise<void> {
  const framesOf = () =>
    page.evaluate(() => {
      const video = document.querySelector<RivalElement>(".battle-rival video");
      const playing = video?.inspect?.().state === "playing";
      return playing ? video!.getVideoPlaybackQuality().totalVideoFrames : null;
    });
  let first: number | null = null;
  await waitFor("the other picture", async () => {
    const frames = await framesOf();
    first ??= frames;
    return first !== null && frames !== null && frames > first + 10;
  }, { deadlineMs: 40_000 });
}

/** Whether the player's picture moves and is so wide. */
const widthOf = (page: Page, width: number) =>
  page.evaluate((width) => {
    const player = document.querySelector<PlayerElement>("[data-player]")!;
    return player.querySelector("video")!.videoWidth === width &&
      player.inspect().state === "playing";
  }, width);

/** Asks for both pictures as one, and waits until it is played and the other one is not. */
async function seesOnePicture(page: Page): Promise<void> {
  const one = page.getByRole("button", { name: text.onePicture });
  await one.waitFor({ timeout: 40_000 });
  assert.equal(await one.getAttribute("aria-pressed"), "false");
  await one.press("Enter");
  await waitFor("both pictures as one", () => widthOf(page, MIX_WIDTH), { deadlineMs: 40_000 });
  assert.equal(await page.locator(".battle-rival").count(), 0);
  // The challenger is on the left of it: here that is the other side.
  const [own, rival] = await Promise.all(
    [".battle-half.own", ".battle-half.rival"]
      .map(async (place) => (await page.locator(place).boundingBox())!),
  );
  assert.ok(rival.x < own.x);
}

const scores = (page: Page) => page.locator(".battle-side b").allInnerTexts();

/** Waits for totals: own, other. */
const sees = (totals: string, page: Page) =>
  waitFor(`the totals ${totals}`, async () => (await scores(page)).join() === totals);

Deno.test({
  name: "a room challenges another; both pages show both pictures, gifts score, one side wins",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async (t) => {
    await using platform = await TestPlatform.start();
    const source = `${platform.dataDir}/source.flv`;
    await makeSource(source, { seconds: 8 });
    const open = async (name: string) => {
      const { body: { token, account } } = await platform.api<
        { token: string; account: { id: string } }
      >("/api/accounts", { body: { name, password: PASSWORD } });
      const { body } = await platform.api<{ room: { id: string }; publish: { key: string } }>(
        "/api/rooms",
        { token, body: { title: `${name} sings` } },
      );
      const { room: { id }, publish: { key } } = body;
      const publishUrl = `rtmp://127.0.0.1:${platform.rtmpPort}/live/${id}?key=${key}`;
      return { id, key, token, account: account.id, publishUrl };
    };
    const lin = await open("Lin");
    const zhe = await open("Zhe");
    const dou = await open("Dou");
    await using _first = Publisher.file(source, lin.publishUrl);
    await using _second = Publisher.file(source, zhe.publishUrl);
    await platform.waitLive(lin);
    await platform.waitLive(zhe);
    const browser = await launchBrowser();
    try {
      const enter = async (room: { id: string; token: string }, options: PageOptions) => {
        const opened = await openPage(browser, `${platform.url}/healthz`, options);
        await opened.context.addCookies([
          { name: "wanren_session", value: room.token, url: platform.url },
        ]);
        await visit(opened.page, `${platform.url}/rooms/${room.id}`);
        return opened;
      };
      const linsTab = await enter(lin, { width: 1440, height: 900 });
      const zhesTab = await enter(zhe, { width: 390, height: 844, touch: true });
      const [linPage, zhePage] = [linsTab.page, zhesTab.page];
      const stages = new Map([
        [linPage, await stageOf(linPage)],
        [zhePage, await stageOf(zhePage)],
      ]);

      await t.step("one invites by keyboard, the other accepts", async () => {
        await waitUntilPlaying(linPage);
        const invite = linPage.getByRole("button", { name: text.challenge });
        await invite.focus();
        await linPage.keyboard.press("Enter");
        await linPage.getByRole("radio", { name: /Zhe/ }).check();
        await linPage.getByRole("radio", { name: text.minute("1"), exact: true }).check();
        await shot(linPage, "invite");
        assert.deepEqual(await axeViolations(linPage), []);
        await linPage.getByRole("button", { name: text.invite }).press("Enter");
        await linPage.locator(".pk-host-words", { hasText: "Waiting for Zhe" }).waitFor();
        await zhePage.locator(".pk-host.asked", { hasText: "Lin challenges you" }).waitFor();
        await shot(zhePage, "asked");
        await zhePage.getByRole("button", { name: text.accept, exact: true }).click();
      });

      await t.step("both pages show both pictures, and the stage stays where it was", async () => {
        for (const page of [linPage, zhePage]) {
          await seesRival(page);
          await waitUntilPlaying(page);
          const [own, rival, stage] = await Promise.all(
            [".player-frame video", ".battle-rival video", ".stage"]
              .map(async (place) => (await page.locator(place).boundingBox())!),
          );
          assert.ok(own !== undefined && rival !== undefined && stage !== undefined);
          assert.ok(Math.abs(own.width - rival.width) <= 1 && own.x + own.width <= rival.x + 1);
          assert.deepEqual([own.y, own.height], [rival.y, rival.height]);
          assert.ok(rival.y + rival.height <= stage.y + stage.height + 1, "within the stage");
          assert.ok(
            await page.evaluate(() =>
              document.querySelector<HTMLVideoElement>(".battle-rival video")!.muted
            ),
          );
          assert.deepEqual(stage, stages.get(page));
        }
        await shot(linPage, "running-desktop");
        await shot(zhePage, "running-phone");
      });

      let adminToken = "";
      await t.step("a gift scores for the side that is chosen, on both pages", async () => {
        const admin = await platform.api<{ token: string }>("/api/sessions", {
          body: { name: "admin", password: "correct horse battery" },
        });
        adminToken = admin.body.token;
        const grant = await platform.api(`/api/admin/accounts/${lin.account}/coins`, {
          token: adminToken,
          body: { coins: 500, reason: "" },
        });
        assert.ok(grant.status < 300, `${grant.status}`);
        await linPage.locator(".chat-gift").click();
        const sheet = linPage.getByRole("dialog");
        await sheet.getByRole("button", { name: /Cake/ }).click();
        const them = sheet.getByRole("button", { name: `${gifts.them} Zhe`, exact: true });
        assert.equal(await them.getAttribute("aria-pressed"), "false", "the own side is usual");
        await them.press("Enter");
        assert.deepEqual(await axeViolationsInBothThemes(linPage), []);
        await shot(linPage, "gift-side");
        await sheet.getByRole("button", { name: gifts.give("66") }).click();
        await sheet.getByText(gifts.givenTo("Cake", "1", "Zhe")).waitFor();
        await sees("66,0", zhePage);
        await sees("0,66", linPage);
        await sheet.getByRole("button", { name: `${gifts.us} Lin`, exact: true }).click();
        await sheet.getByRole("button", { name: /Coffee/ }).click();
        await sheet.getByRole("button", { name: gifts.give("10") }).click();
        await sees("66,10", zhePage);
        await linPage.keyboard.press("Escape");
        assert.match(await linPage.locator(".say-gift").first().innerText(), /for the other side/);
      });

      await t.step("the sound of the other side is a switch of its own", async () => {
        const sound = linPage.getByRole("button", { name: text.soundOf("Zhe") });
        assert.equal(await sound.getAttribute("aria-pressed"), "false");
        await sound.press("Enter");
        assert.equal(await sound.getAttribute("aria-pressed"), "true");
        assert.ok(
          await linPage.evaluate(() =>
            !document.querySelector<HTMLVideoElement>(".battle-rival video")!.muted
          ),
        );
        assert.deepEqual(await axeViolationsInBothThemes(linPage), []);
        assert.deepEqual(await axeViolations(zhePage), []);
      });

      await t.step(
        "its clock ends it: the totals decide, the winner ends the penalty",
        async () => {
          await zhePage.locator(".battle-half.own .won").waitFor({ timeout: 60_000 });
          await zhePage.locator(".battle-half.rival .lost").waitFor();
          await linPage.locator(".battle-half.own .lost").waitFor();
          for (const page of [linPage, zhePage]) {
            await page.locator(".battle-clock.penalty", { hasText: text.penalty }).waitFor();
          }
          assert.deepEqual([await scores(zhePage), await scores(linPage)], [["66", "10"], [
            "10",
            "66",
          ]]);
          await linPage.locator(".pk-host-words", { hasText: "You lost" }).waitFor();
          await shot(linPage, "penalty-desktop");
          await shot(zhePage, "penalty-phone");
          await zhePage.getByRole("button", { name: text.endPenalty }).click();
          for (const page of [linPage, zhePage]) {
            await page.locator(".battle").waitFor({ state: "detached" });
            await waitFor("the whole stage", async () => {
              const video = (await page.locator(".player-frame video").boundingBox())!;
              return video.width === (await page.locator(".stage").boundingBox())!.width;
            });
          }
        },
      );

      await t.step(
        "the studio challenges, counts and gives up; the room sees who won",
        async () => {
          const changed = await platform.api("/api/admin/settings", {
            method: "PATCH",
            token: adminToken,
            body: { pkMix: true },
          });
          assert.equal(changed.status, 200);
          await zhePage.evaluate(() => localStorage.setItem("wanren.battle", "two"));
          await visit(linPage, `${platform.url}/studio`);
          const card = linPage.locator(".pk-host");
          const words = (said: string) =>
            card.locator(".pk-host-words", { hasText: said }).waitFor({ timeout: 10_000 });
          await card.getByRole("button", { name: text.challenge }).click();
          await linPage.getByRole("radio", { name: /Zhe/ }).check();
          await linPage.getByRole("button", { name: text.invite }).click();
          await words("Waiting for Zhe");
          await zhePage.getByRole("button", { name: text.accept, exact: true }).click();
          await words("PK with Zhe · 0 : 0");
          const gift = await platform.api(`/api/rooms/${lin.id}/gifts`, {
            token: lin.token,
            body: { gift: "coffee", count: 2, requestId: "r1" },
          });
          assert.equal(gift.status, 201);
          await words("PK with Zhe · 20 : 0");
          await shot(linPage, "studio");
          assert.deepEqual(await axeViolations(linPage), []);
          await seesOnePicture(zhePage);
          await shot(zhePage, "one-picture");
          assert.deepEqual(await axeViolations(zhePage), []);
          await zhePage.getByRole("button", { name: text.onePicture }).press("Enter");
          await seesRival(zhePage);
          await waitFor("the room's own picture", () => widthOf(zhePage, SOURCE_WIDTH));
          await card.getByRole("button", { name: text.end }).click();
          await linPage.getByRole("dialog").getByRole("button", { name: text.end }).click();
          await words("You lost");
          await zhePage.locator(".battle-half.own .won").waitFor();
          await zhePage.getByRole("button", { name: text.endPenalty }).click();
          await words(text.wonBy("Zhe"));
          await words(text.challengeHint);
        },
      );

      await t.step("the broadcaster's line comes and goes with the stream", async () => {
        const { page } = await enter(dou, { width: 1440, height: 900 });
        await page.getByRole("link", { name: openStudio }).waitFor();
        assert.equal(await page.locator(".pk-host").count(), 0);
        await using _third = Publisher.file(source, dou.publishUrl);
        await page.getByRole("button", { name: text.challenge }).waitFor({ timeout: 30_000 });
        await page.getByRole("link", { name: openStudio }).waitFor({ state: "hidden" });
      });
      assert.deepEqual(linsTab.complaints, []);
      assert.deepEqual(zhesTab.complaints, []);
    } finally {
      await browser.close();
    }
  },
});
