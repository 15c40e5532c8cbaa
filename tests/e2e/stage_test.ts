/** Guests on stage in real Chromium: asked, let in, mixed with the host for every viewer, and gone. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { broadcastsText } from "../../islands/i18n/broadcasts.ts";
import { stageGuestText } from "../../islands/i18n/stage_guest.ts";
import { stageHostText } from "../../islands/i18n/stage_host.ts";
import { axeViolations, axeViolationsInBothThemes } from "../support/axe.ts";
import { launchBrowser, openPage, type PageOptions, visit } from "../support/browser.ts";
import { Publisher } from "../support/ffmpeg.ts";
import { TestPlatform } from "../support/platform.ts";
import { waitFor } from "../support/wait.ts";

const guestText = stageGuestText("en");
const hostText = stageHostText("en");
/** A folder for pictures of what the test saw, for people who look. */
const SHOTS = Deno.env.get("STAGE_SHOTS");
/** What the browser studio sends, so that two cores suffice. */
const SMALL = `localStorage.setItem("wanren.live-quality", ${
  JSON.stringify(JSON.stringify({ resolution: 360, frameRate: 15 }))
});`;
const SIZE = { width: 16, height: 9 };

async function shot(page: Page, name: string): Promise<void> {
  if (SHOTS !== undefined) await page.screenshot({ path: `${SHOTS}/${name}.png` });
}

/** A camera of one colour, and a tone. */
function redCamera(url: string): Publisher {
  return Publisher.run([
    ...["-re", "-f", "lavfi", "-i", "color=c=red:s=320x180:r=30"],
    ...["-re", "-f", "lavfi", "-i", "sine=f=440:r=44100"],
    ...["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "30"],
    ...["-pix_fmt", "yuv420p", "-c:a", "aac", "-f", "flv", url],
  ]);
}

/** The newest picture of a playlist, made very small: its pixels by row, as r, g, b. */
async function pixels(url: string): Promise<number[][][]> {
  const { success, stdout, stderr } = await new Deno.Command("ffmpeg", {
    args: [
      ...["-hide_banner", "-nostdin", "-loglevel", "error", "-rw_timeout", "15000000"],
      ...["-live_start_index", "-1", "-i", url],
      ...["-vf", `scale=${SIZE.width}:${SIZE.height}:flags=area`, "-frames:v", "1"],
      ...["-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
    ],
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(30_000),
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return Array.from(
    { length: SIZE.height },
    (_, y) =>
      Array.from({ length: SIZE.width }, (_, x) => {
        const at = 3 * (y * SIZE.width + x);
        return [...stdout.subarray(at, at + 3)];
      }),
  );
}

/** How many of the pixels within the left or right half are so. */
function share(
  picture: readonly (readonly number[][])[],
  half: "left" | "right",
  is: (pixel: readonly number[]) => boolean,
): number {
  const columns = half === "left" ? [2, 6] : [10, 14];
  const inside = picture.slice(3, 6).flatMap((row) => row.slice(...columns));
  return inside.filter(is).length / inside.length;
}

function isRed([red, green, blue]: readonly number[]): boolean {
  return red > 150 && green < 90 && blue < 90;
}

/** Neither the host's picture nor a card, which is dark. */
function isCamera(pixel: readonly number[]): boolean {
  return !isRed(pixel) && Math.max(...pixel) > 90;
}

Deno.test({
  name: "a viewer asks to come on stage, is let in, and viewers of HLS see both",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async (t) => {
    /** What follows would wait in vain. */
    const step = async (name: string, run: () => Promise<void>) => {
      if (!await t.step(name, run)) throw new Error(`Cannot go on after: ${name}`);
    };
    await using platform = await TestPlatform.start();
    const room = await platform.room("Tea and talk");
    const playlist = `${platform.url}/live/${room.id}/index.m3u8`;
    const { body: { token } } = await platform.api<{ token: string }>("/api/accounts", {
      body: { name: "Bea", password: "a long password" },
    });
    await using encoder = redCamera(room.publishUrl);
    await platform.waitLive(room);
    const startedAt = async () =>
      (await platform.api<{ room: { startedAt: string } }>(`/api/rooms/${room.id}`)).body.room
        .startedAt;
    const begun = await startedAt();
    const browser = await launchBrowser({ capture: "granted" });
    try {
      const enter = async (path: string, session: string, options: PageOptions = {}) => {
        const opened = await openPage(browser, `${platform.url}/healthz`, options);
        await opened.context.addCookies([
          { name: "wanren_session", value: session, url: platform.url },
        ]);
        await visit(opened.page, platform.url + path);
        return opened;
      };
      const hostTab = await enter("/studio?with=obs", room.token, {
        height: 1400,
        before: SMALL,
      });
      const guestTab = await enter(`/rooms/${room.id}`, token, { width: 390, height: 844 });
      const [host, guest] = [hostTab.page, guestTab.page];
      const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

      await step(
        "the host opens the stage, a viewer looks into the mirror and asks",
        async () => {
          await host.getByRole("switch", { name: hostText.open }).check();
          await button(guest, guestText.ask).click();
          await guest.locator(".guest-mirror video").waitFor();
          await shot(guest, "mirror");
          assert.deepEqual(await axeViolationsInBothThemes(guest), []);
          await button(guest, guestText.sendAsk).click();
          await guest.getByText(guestText.asking(1)).waitFor();
          await shot(guest, "asking");
        },
      );

      await step("let in, the guest sees the host at once, and the host the guest", async () => {
        await button(host, hostText.accept).click();
        await guest.locator('[data-part="live"]').waitFor({ timeout: 30_000 });
        await guest.locator(".guest-face:not(.own) video").waitFor({ timeout: 30_000 });
        await host.locator(".guests-seats video").waitFor({ timeout: 30_000 });
        assert.ok(
          await guest.evaluate(() =>
            document.querySelector<HTMLVideoElement>(".player-frame video")!.muted
          ),
          "the stage is heard, and not the player",
        );
        await shot(guest, "live");
        assert.deepEqual(await axeViolations(guest), []);
        assert.deepEqual(await axeViolationsInBothThemes(host), []);
      });

      await step("viewers of HLS see both, on the stream that was there before", async () => {
        await host.getByLabel(hostText.layout).selectOption("side_by_side");
        await waitFor("both pictures", async () => {
          const picture = await pixels(playlist);
          return share(picture, "left", isRed) === 1 && share(picture, "right", isCamera) > 0.5;
        }, { deadlineMs: 60_000 });
        assert.equal(await startedAt(), begun);
        await shot(host, "host");
      });

      await step("what only those on stage may see is nobody else's", async () => {
        const seat = String(1_000_000_000_000_000 + 10 * Number(room.id) + 1);
        const answer = await platform.fetch(`/live/${seat}.flv`);
        await answer.body?.cancel();
        assert.equal(answer.status, 404);
        const offer = await platform.fetch(`/whep/${seat}`, {
          method: "POST",
          headers: { "content-type": "application/sdp" },
          body: "v=0\r\n",
        });
        await offer.body?.cancel();
        assert.ok(offer.status === 400 || offer.status === 401, `${offer.status}`);
      });

      await step("the host turns the sound off, the guest hears of it and leaves", async () => {
        await button(host, hostText.mute("Bea")).click();
        await guest.getByText(guestText.mutedByHost).waitFor();
        await button(guest, guestText.leave).click();
        await guest.getByRole("dialog").getByRole("button", { name: guestText.leave }).click();
        await button(guest, guestText.ask).waitFor();
        await waitFor("the host alone", async () => {
          const picture = await pixels(playlist);
          return share(picture, "left", isRed) === 1 && share(picture, "right", isRed) === 1;
        }, { deadlineMs: 60_000 });
        assert.equal(await startedAt(), begun);
      });

      await step("a host in the browser puts the guest into the own scene", async () => {
        await encoder[Symbol.asyncDispose]();
        await visit(host, `${platform.url}/studio?with=browser`);
        await host.locator(".live-intro .primary").click();
        await button(host, broadcastsText("en").close).click();
        await host.locator(".live-start").click();
        await host.locator('[data-desk="live"]').waitFor({ timeout: 30_000 });
        // What is seen of a camera is the guest's then.
        await host.locator(".live-layers li .live-layer-tools button:last-child").first().click();
        await button(guest, guestText.ask).click();
        await button(guest, guestText.sendAsk).click();
        await button(host, hostText.accept).click();
        await host.getByLabel(hostText.mode).selectOption("canvas");
        await host.locator('.live-layers li:has-text("Bea")').waitFor({ timeout: 30_000 });
        await waitFor("the guest in the host's picture", async () => {
          const picture = await pixels(playlist);
          return share(picture, "left", isCamera) > 0.5;
        }, { deadlineMs: 60_000 });
        // The host is heard on stage, and seen in the player.
        await guest.waitForFunction(() => {
          const voice = document.querySelector<HTMLAudioElement>(".guest-face:not(.own) audio");
          return voice !== null && !voice.paused && voice.currentTime > 0.5;
        });
        await shot(host, "canvas");
        assert.deepEqual(await axeViolationsInBothThemes(host), []);
      });
      for (const { complaints } of [hostTab, guestTab]) {
        // A seat that has just ended may be asked for once more, which Chromium always prints.
        assert.deepEqual(complaints.filter((line) => !/Failed to load resource/.test(line)), []);
      }
    } catch (error) {
      console.log(platform.output.split("\n").slice(-60).join("\n"));
      for (const [index, context] of browser.contexts().entries()) {
        for (const page of context.pages()) {
          await shot(page, `failed-${index}`);
          console.log(page.url(), (await page.locator("body").innerText()).slice(0, 3000));
        }
      }
      throw error;
    } finally {
      await browser.close();
    }
  },
});
