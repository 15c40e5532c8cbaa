/** Each role and then the supervisor is killed while a stream runs and a page watches it. */
import assert from "node:assert/strict";
import { launchBrowser, openPage } from "../support/browser.ts";
import { makeSource, Publisher } from "../support/ffmpeg.ts";
import { TestPlatform } from "../support/platform.ts";
import { waitUntilPlaying } from "../support/player.ts";
import { isAlive, processTable } from "../support/processes.ts";
import { waitFor } from "../support/wait.ts";

Deno.test({
  name: "a stream and an open page survive the death of each role; nobody survives the supervisor",
  // The browser's own sockets and timers live in playwright.
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async (t) => {
    const folder = await Deno.makeTempDir({ prefix: "wanren-e2e-" });
    const source = `${folder}/source.flv`;
    await makeSource(source, { seconds: 12 });
    await using platform = await TestPlatform.start();
    const room = await platform.room();
    await using _publisher = Publisher.reconnecting(source, room.publishUrl);
    await platform.waitLive(room);
    const browser = await launchBrowser();
    try {
      const { page } = await openPage(browser, `${platform.url}/rooms/${room.id}`);
      await waitUntilPlaying(page);
      for (const role of ["web", "edge", "media", "rtc"] as const) {
        await t.step(`SIGKILL of ${role}`, async () => {
          const before = await platform.pidOf(role);
          Deno.kill(before, "SIGKILL");
          await waitFor(`a new ${role}`, async () => (await platform.pidOf(role)) !== before);
          await waitFor("the API", async () => {
            return (await platform.api("/api/rooms?live=true")).status === 200;
          });
          await waitUntilPlaying(page);
          await platform.waitLive(room);
        });
      }
      await t.step("SIGKILL of the supervisor", async () => {
        const roles = (await processTable()).filter((row) => row.parent === platform.pid);
        assert.ok(roles.length >= 3);
        await platform.stop("SIGKILL");
        for (const row of roles) {
          await waitFor(`the end of ${row.command}`, async () => !(await isAlive(row.pid)));
        }
        const left = (await processTable()).filter((row) =>
          row.state !== "Z" && roles.some((role) => role.pid === row.group)
        );
        assert.deepEqual(left, []);
      });
    } finally {
      await browser.close();
    }
    await Deno.remove(folder, { recursive: true });
  },
});
