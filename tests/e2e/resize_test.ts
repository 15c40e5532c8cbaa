/** A publisher whose picture changes its size while people watch in a browser. */
import assert from "node:assert/strict";
import { launchBrowser, openPage } from "../support/browser.ts";
import {
  checkDiscontinuities,
  FlvWatcher,
  mediaPlaylist,
  messagesOf,
  Sender,
} from "../support/flv_sender.ts";
import { TestPlatform, type TestRoom } from "../support/platform.ts";
import { choosePlayer, inspectPlayer, waitUntilPlaying } from "../support/player.ts";
import { waitFor } from "../support/wait.ts";

Deno.test({
  name: "the picture changes its size in mid-stream: a new init section, and Chromium plays on",
  // The browser's own sockets and timers live in playwright.
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async (t) => {
    const folder = await Deno.makeTempDir({ prefix: "wanren-e2e-" });
    const small = await messagesOf(folder, "320x180");
    const large = await messagesOf(folder, "640x360");
    await using platform = await TestPlatform.start();
    const browser = await launchBrowser();
    try {
      for (const protocol of ["llhls", "flv"] as const) {
        await t.step(protocol, async () => {
          const room = await platform.room(protocol);
          await using sender = await Sender.start(room.publishUrl, small);
          await platform.waitLive(room);
          await using watcher = new FlvWatcher(`${platform.url}/live/${room.id}.flv`);
          const { page, complaints, context } = await openPage(
            browser,
            `${platform.url}/rooms/${room.id}`,
            { before: choosePlayer(protocol) },
          );
          const before = await waitUntilPlaying(page, { protocol });
          assert.equal(before.statistics.width, 320);
          sender.change(large);
          await waitFor(
            "the larger picture",
            async () => (await inspectPlayer(page))?.statistics.width === 640,
            { deadlineMs: 40_000 },
          );
          const after = await waitUntilPlaying(page, { protocol });
          assert.deepEqual(
            [after.statistics.width, after.statistics.height, after.statistics.reconnects],
            [640, 360, 0],
          );
          assert.deepEqual(complaints, []);
          assert.deepEqual(watcher.faults, []);
          assert.deepEqual([watcher.widths.at(0), watcher.widths.at(-1)], [320, 640]);
          await checkNewInit(platform, room);
          await context.close();
        });
      }
    } finally {
      await browser.close();
    }
    await Deno.remove(folder, { recursive: true });
  },
});

/** Both playlists: one discontinuity; the low-latency one: a new section of the new size behind it. */
async function checkNewInit(platform: TestPlatform, room: TestRoom): Promise<void> {
  const base = `${platform.url}/live/${room.id}`;
  await checkDiscontinuities(`${base}/main.m3u8`, 1);
  await checkDiscontinuities(`${base}/ts/main.m3u8`, 1);
  const { segments } = await mediaPlaylist(`${base}/main.m3u8`);
  const at = segments.findIndex((segment) => segment.discontinuity);
  assert.ok(at > 0);
  const uris = [segments[at - 1]!, segments[at]!].map((segment) => segment.map?.uri);
  assert.notEqual(uris[0], uris[1]);
  for (const [index, width] of [320, 640].entries()) {
    const response = await fetch(`${base}/${uris[index]}`);
    assert.equal(response.headers.get("cache-control"), "public, max-age=31536000, immutable");
    assert.equal(widthOf(new Uint8Array(await response.arrayBuffer())), width);
  }
}

/** Width of the sample entry `avc1` (ISO/IEC 14496-12 §12.1.3). */
function widthOf(init: Uint8Array): number {
  const text = new TextDecoder("latin1").decode(init);
  return new DataView(init.buffer).getUint16(text.indexOf("avc1", text.indexOf("stsd")) + 28);
}
