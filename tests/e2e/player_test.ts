import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { axeViolations } from "../support/axe.ts";
import { launchBrowser, openPage, type PageOptions } from "../support/browser.ts";
import { inspectPlayer, waitUntilPlaying } from "../support/player.ts";
import { PlayerBuild, PlayerPage, type PlayerPageOptions } from "../support/player_page.ts";
import { PlayerPageSource } from "../support/player_page_source.ts";
import { waitFor } from "../support/wait.ts";

interface Stage {
  readonly server: PlayerPage;
  readonly page: Page;
  readonly complaints: readonly string[];
}

/** The player on a bare page before a live source, in a browser. */
async function onStage(
  play: (stage: Stage) => Promise<void>,
  options: Partial<PlayerPageOptions> & { refused?: "ws-flv"; tab?: PageOptions } = {},
): Promise<void> {
  await using build = await PlayerBuild.make();
  await using source = await PlayerPageSource.start();
  await using server = new PlayerPage({ source, build, ...options });
  if (options.refused !== undefined) server.refused.add(options.refused);
  await waitFor("segments of the source", async () => {
    const playlist = await fetch(`${server.url}hls/ts.m3u8`);
    const text = await playlist.text();
    return server.live ? text.split("#EXTINF").length > 3 : true;
  });
  const browser = await launchBrowser();
  try {
    const { page, complaints } = await openPage(browser, server.url, options.tab);
    await play({ server, page, complaints });
  } finally {
    await browser.close();
  }
}

async function waitForState(page: Page, state: string): Promise<void> {
  await waitFor(`player state ${state}`, async () => (await inspectPlayer(page))?.state === state);
}

Deno.test("player falls to the next protocol when the first is refused", async () => {
  await onStage(async ({ page }) => {
    const seen = await waitUntilPlaying(page);
    assert.equal(seen.protocol, "llhls");
    assert.equal(seen.health["ws-flv"]?.failures, 1);
  }, { refused: "ws-flv" });
});

Deno.test("player comes back by itself, on the same protocol, after the server was away", async () => {
  await onStage(async ({ server, page }) => {
    const before = await waitUntilPlaying(page);
    await server.goDown();
    await waitForState(page, "reconnecting");
    await page.getByText("The connection was lost", { exact: true }).waitFor();
    server.goUp();
    const after = await waitUntilPlaying(page);
    assert.equal(after.protocol, before.protocol);
    assert.ok(after.statistics.reconnects >= 1);
  });
});

Deno.test("player waits for a room to go live, notices its end and its return", async () => {
  await onStage(async ({ server, page, complaints }) => {
    await page.getByText("还没有开播").first().waitFor();
    await waitForState(page, "waiting");
    server.live = true;
    await page.getByRole("button", { name: "立即查看" }).click();
    await waitUntilPlaying(page);
    server.live = false;
    server.cutStream();
    await waitForState(page, "ended");
    server.live = true;
    await waitUntilPlaying(page);
    assert.deepEqual(complaints, []);
  }, { live: false, locale: "zh" });
});

Deno.test("player is driven by keys, remembers the viewer, and has no axe violations", async () => {
  await onStage(async ({ page }) => {
    await waitUntilPlaying(page);
    await page.getByRole("button", { name: "Tap for sound" }).click();
    assert.equal((await inspectPlayer(page))?.muted, false);
    await page.keyboard.press("k");
    await waitForState(page, "paused");
    await page.keyboard.press("k");
    await waitForState(page, "playing");
    await page.keyboard.press("?");
    const help = page.getByRole("dialog", { name: "Keyboard shortcuts" });
    await help.waitFor();
    assert.ok(await help.evaluate((dialog) => dialog.contains(document.activeElement)));
    await page.keyboard.press("k");
    assert.equal((await inspectPlayer(page))?.state, "playing", "keys belong to the dialog");
    await page.keyboard.press("Escape");
    await help.waitFor({ state: "hidden" });
    await page.keyboard.press("i");
    await page.getByRole("region", { name: "Statistics" }).waitFor();
    await page.getByRole("button", { name: /Playback settings/ }).click();
    assert.deepEqual(await axeViolations(page, ".player"), []);
    await page.getByRole("menuitemradio", { name: /^HLS/ }).click();
    await waitUntilPlaying(page, { protocol: "hls" });
    await page.reload();
    const again = await waitUntilPlaying(page, { protocol: "hls" });
    assert.deepEqual([again.choice, again.muted], ["hls", false]);
  });
});
