/** Real Chromium plays a stream whose frames carry the time at which they were made. */
import assert from "node:assert/strict";
import { launchBrowser, openPage } from "../support/browser.ts";
import { ClockSource, pictureAgeMs } from "../support/clock_source.ts";
import { TestPlatform } from "../support/platform.ts";
import { choosePlayer, waitUntilPlaying } from "../support/player.ts";
import { waitFor } from "../support/wait.ts";

/** A picture older than this is not live, whatever the machine is busy with, ms. */
const MAX_AGE_MS = 20_000;

Deno.test({
  name: "Chromium shows a moving, live picture by every protocol and says nothing on the console",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async (t) => {
    await using platform = await TestPlatform.start();
    const room = await platform.room("A clock");
    await using _clock = new ClockSource({ url: room.publishUrl });
    await platform.waitLive(room);
    const browser = await launchBrowser();
    try {
      for (const protocol of ["llhls", "flv", "ws-flv", "hls"] as const) {
        await t.step(protocol, async () => {
          const { page, context, complaints } = await openPage(
            browser,
            `${platform.url}/rooms/${room.id}`,
            { before: choosePlayer(protocol) },
          );
          const { history, statistics } = await waitUntilPlaying(page, { protocol });
          assert.deepEqual(history, ["idle->loading", "loading->playing"]);
          assert.match(statistics.codecs.join(), /avc1\..*mp4a\.40\.2/);
          assert.ok(statistics.width !== null && statistics.width > 0);
          assert.ok(statistics.latencyMs !== null);
          const age = await waitFor("a readable clock", () => page.evaluate(pictureAgeMs));
          assert.ok(age < MAX_AGE_MS, `the picture is ${age} ms old`);
          const shownBefore = Date.now() - age;
          // Frames move on: the time shown advances by at least a second.
          await waitFor("the clock to advance", async () => {
            const nextAge = await page.evaluate(pictureAgeMs);
            return nextAge !== null && nextAge < MAX_AGE_MS &&
              Date.now() - nextAge > shownBefore + 1_000;
          });
          assert.deepEqual(complaints, []);
          await context.close();
        });
      }
    } finally {
      await browser.close();
    }
  },
});
