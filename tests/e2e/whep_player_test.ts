/** The player plays WebRTC, and turns to something else where that does not get through. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { launchBrowser, openPage, visit } from "../support/browser.ts";
import { inspectPlayer, waitUntilPlaying } from "../support/player.ts";
import { PlayerBuild, PlayerPage } from "../support/player_page.ts";
import { PlayerPageSource } from "../support/player_page_source.ts";
import { waitFor } from "../support/wait.ts";
import { WebRtcStandIn } from "../support/webrtc_stand_in.ts";

/** Asks for the lowest latency, and leaves the way to the player. */
const LOWEST = `localStorage.setItem("wanren.player", ${
  JSON.stringify(
    JSON.stringify({ choice: "auto", latencyMode: "lowest", volume: 1, muted: true }),
  )
});`;

/** Notes when WebRTC was asked for, and when another protocol was. */
const TIMES = `
  window.times = {};
  const ask = window.fetch;
  window.fetch = (...a) => {
    if (String(a[0]).includes("/whep/")) window.times.whep ??= performance.now();
    return ask(...a);
  };
  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(...a) { window.times.next ??= performance.now(); super(...a); }
  };`;
/** A connection is given 2 s, and the room is asked; the rest is for a machine with other work. */
const MAX_FALL_BACK_MS = 4_000;

interface Stage {
  readonly page: Page;
  readonly server: PlayerPage;
  readonly webRtc: WebRtcStandIn;
  readonly complaints: readonly string[];
}

async function onStage(play: (stage: Stage) => Promise<void>, blocked = false): Promise<void> {
  await using build = await PlayerBuild.make();
  await using source = await PlayerPageSource.start();
  await using server = new PlayerPage({ source, build, whep: true });
  await waitFor("segments of the source", async () => {
    const playlist = await fetch(`${server.url}hls/ts.m3u8`);
    return (await playlist.text()).split("#EXTINF").length > 3;
  });
  const browser = await launchBrowser({ capture: "granted" });
  try {
    const { page, context, complaints } = await openPage(browser, "about:blank", {
      before: LOWEST + TIMES,
    });
    const webRtc = await WebRtcStandIn.open(context, `${server.url}api/rooms/100001`);
    webRtc.blocked = blocked;
    await webRtc.serve(page);
    await visit(page, server.url);
    await play({ page, server, webRtc, complaints });
  } finally {
    await browser.close();
  }
}

/** What stands in the statistics panel. */
async function panelOf(page: Page): Promise<Record<string, string>> {
  return await page.evaluate(() =>
    Object.fromEntries(
      [...document.querySelectorAll(".player-statistics dl > div")].map((row) => [
        row.querySelector("dt")?.textContent ?? "",
        row.querySelector("dd")?.textContent ?? "",
      ]),
    )
  );
}

Deno.test("player plays WebRTC first for the lowest latency, tells its figures, and comes back", async () => {
  await onStage(async ({ page, webRtc }) => {
    const seen = await waitUntilPlaying(page, { protocol: "whep" });
    assert.deepEqual(seen.history, ["idle->loading", "loading->playing"]);
    assert.deepEqual([seen.statistics.width, seen.statistics.height], [320, 180]);
    const known = await waitFor("figures of the network", async () => {
      const { statistics } = (await inspectPlayer(page))!;
      return statistics.network?.roundTripMs != null && statistics.latencyMs !== null &&
        statistics.codecs.length === 2 && statistics;
    });
    assert.ok(known.latencyMs! < 1_000, `${known.latencyMs} ms`);
    assert.equal(known.latencyBasis, "round-trip");
    await page.keyboard.press("i");
    await page.getByRole("region", { name: "Statistics" }).waitFor();
    const panel = await panelOf(page);
    assert.equal(panel.Route, "WebRTC");
    assert.match(panel["Round trip"] ?? "", /^\d+ ms$/);
    assert.match(panel.Loss ?? "", /^[\d.]+ % \(\d+ packets\)$/);

    await webRtc.dropAll();
    await waitFor(
      "another connection",
      async () => ((await inspectPlayer(page))?.statistics.reconnects ?? 0) > 0,
    );
    await waitUntilPlaying(page, { protocol: "whep" });

    // It has worked, and the way is gone: another protocol takes over all the same.
    webRtc.blocked = true;
    await webRtc.dropAll();
    await waitUntilPlaying(page, { protocol: "ws-flv" });
  });
});

Deno.test("player turns to another protocol where UDP is blocked, and keeps that in mind", async () => {
  await onStage(async ({ page, webRtc }) => {
    const seen = await waitUntilPlaying(page, { protocol: "ws-flv" });
    assert.equal(seen.lastFailure?.detail, "no route");
    assert.equal(seen.health.whep?.failures, 1);
    const times = await page.evaluate(() =>
      (globalThis as unknown as { times: { whep: number; next: number } }).times
    );
    const fellBackMs = times.next - times.whep;
    console.log(`      the next protocol after ${Math.round(fellBackMs)} ms`);
    assert.ok(fellBackMs > 0 && fellBackMs <= MAX_FALL_BACK_MS, `${fellBackMs} ms`);
    const offers = () => webRtc.requests.filter((line) => line.startsWith("POST")).length;
    assert.equal(offers(), 1);
    // The next page does not try it again.
    await page.reload();
    const again = await waitUntilPlaying(page, { protocol: "ws-flv" });
    assert.deepEqual(again.history, ["idle->loading", "loading->playing"]);
    assert.equal(offers(), 1);
  }, true);
});
