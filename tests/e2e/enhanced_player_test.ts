/** Enhanced RTMP in: what Chromium plays of it, and by which protocol. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { launchBrowser, openPage, visit } from "../support/browser.ts";
import { AV1_OPUS, type Case, encode, Feeding, HEVC_AAC, VP9_OPUS } from "../support/enhanced.ts";
import { TestPlatform } from "../support/platform.ts";
import { choosePlayer, inspectPlayer, waitUntilPlaying } from "../support/player.ts";
import { waitFor } from "../support/wait.ts";

Deno.test({
  name:
    "enhanced RTMP: Chromium plays what it can by a protocol that works, and says what it cannot",
  // The browser's own sockets and timers live in playwright.
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async (t) => {
    const folder = await Deno.makeTempDir({ prefix: "wanren-e2e-" });
    await using platform = await TestPlatform.start();
    const browser = await launchBrowser();
    const live = async (one: Case) => {
      const room = await platform.room(one.name);
      const feeding = new Feeding(await encode(one, `${folder}/source.mp4`), room.publishUrl);
      await platform.waitLive(room);
      return { feeding, room, watchUrl: `${platform.url}/rooms/${room.id}` };
    };
    try {
      await t.step("AV1 and Opus by FLV and by LL-HLS", async () => {
        const { feeding, watchUrl } = await live(AV1_OPUS);
        await using _feeding = feeding;
        for (const protocol of ["flv", "llhls"] as const) {
          const { page, context, complaints } = await openPage(browser, watchUrl, {
            before: choosePlayer(protocol),
          });
          const seen = await waitUntilPlaying(page, { protocol });
          const sound = protocol === "flv" ? /^av01.*opus$/i : /^av01.*mp4a\.40\.2$/;
          assert.match(seen.statistics.codecs.join(), sound);
          assert.deepEqual([seen.statistics.width, seen.statistics.height], [320, 180]);
          // The AV1 parser of mpegts.js prints what it finds; of our own code there is nothing.
          assert.deepEqual(complaints.filter((text) => !/^log: [\d{]/.test(text)), []);
          await context.close();
        }
      });

      await t.step("VP9 and Opus by what the player chooses", async () => {
        const { feeding, watchUrl } = await live(VP9_OPUS);
        await using _feeding = feeding;
        const { page, context } = await openPage(browser, watchUrl);
        const seen = await waitUntilPlaying(page, { protocol: "llhls" });
        assert.match(seen.statistics.codecs.join(), /^vp09\..*mp4a\.40\.2$/);
        assert.deepEqual([seen.statistics.width, seen.statistics.height], [320, 180]);
        await context.close();
      });

      await t.step("HEVC, which this browser may lack, is understood and told", async () => {
        const { feeding, room, watchUrl } = await live(HEVC_AAC);
        await using _feeding = feeding;
        const context = await browser.newContext({ bypassCSP: true });
        const page = await context.newPage();
        await visit(page, watchUrl);
        // Where the browser lacks it WebRTC has H.264 instead, and without that the player says so.
        await waitFor("the picture, or the player's word", async () => {
          const state = (await inspectPlayer(page))?.state;
          return state === "playing" || state === "failed";
        });
        const file = new URL("../../node_modules/mpegts.js/dist/mpegts.js", import.meta.url);
        await page.addScriptTag({ content: await readFile(file, "utf8") });
        const info = await page.evaluate(
          mediaInfo,
          `${platform.url}/live/${room.id}.flv?audio=any&video=any`,
        );
        assert.match(String(info.videoCodec), /^hvc1\./);
        assert.match(String(info.audioCodec), /^mp4a\.40\.2$/);
        assert.deepEqual([info.width, info.height], [320, 180]);
        await context.close();
      });
    } finally {
      await browser.close();
    }
    await Deno.remove(folder, { recursive: true });
  },
});

/** Runs in the page: what mpegts.js finds in a stream, whether the browser decodes it or not. */
function mediaInfo(url: string): Promise<Record<string, unknown>> {
  interface Player {
    on(event: string, listener: (info: Record<string, unknown>) => void): void;
    attachMediaElement(video: HTMLVideoElement): void;
    load(): void;
  }
  const { mpegts } = globalThis as unknown as {
    mpegts: {
      createPlayer(source: object, config: object): Player;
      Events: Record<string, string>;
    };
  };
  return new Promise((resolve) => {
    const player = mpegts.createPlayer({ type: "flv", isLive: true, url }, {});
    player.on(mpegts.Events.MEDIA_INFO!, ({ videoCodec, audioCodec, width, height }) => {
      resolve({ videoCodec, audioCodec, width, height });
    });
    player.attachMediaElement(document.createElement("video"));
    player.load();
  });
}
