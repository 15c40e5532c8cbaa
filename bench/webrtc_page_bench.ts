/**
 * WebRTC as people see it in Chromium: from the offer of a publisher to the first picture of a viewer,
 * sound against picture of a stream that has run for half a minute, and how long a killed `rtc` costs a
 * studio and its viewers. Each part takes less than 90 s.
 *
 * `RUNS=10 deno run -A bench/webrtc_page_bench.ts [first sync kill]`
 *
 * @module
 */
import type { Browser, Page } from "playwright-core";
import { launchBrowser, openPage, visit } from "../tests/support/browser.ts";
import { avOffsetsMs, record } from "../tests/support/ffmpeg.ts";
import { TestPlatform } from "../tests/support/platform.ts";
import { choosePlayer, waitUntilPlaying } from "../tests/support/player.ts";
import { pause, waitFor } from "../tests/support/wait.ts";
import { publishFromPage, watchInPage } from "../tests/support/webrtc_page.ts";
import { percentile, printTable, verdict } from "./report.ts";

const RUNS = Number(Deno.env.get("RUNS") ?? 10);
const MAX_FIRST_FRAME_MS = 1_000;
const MAX_OFFSET_MS = 80;
const MAX_AWAY_MS = 3_000;
/** A process that ran for so long is started again at once. */
const STABLE_MS = 10_500;
/** A stream has run for so long when its sound is held against its picture. */
const RUNNING_MS = 30_000;

/** A room nobody has published to; the viewer asks for it until somebody does. */
async function firstFrames(platform: TestPlatform, browser: Browser): Promise<void> {
  const { url } = platform;
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const { id, key } = await platform.room();
    const context = await browser.newContext();
    const [studio, viewer] = [await context.newPage(), await context.newPage()];
    for (const page of [studio, viewer]) await page.goto(`${url}/healthz`);
    const watching = watchInPage(viewer, { url, room: id, waitMs: 10_000 });
    await pause(500);
    const published = await publishFromPage(studio, { url, room: id, key, source: "clock" });
    const seen = await watching;
    if (seen.firstFrameMs === null) throw new Error(`Cannot see a picture: ${seen.body}`);
    times.push(seen.beganAtMs + seen.firstFrameMs - published.beganAtMs);
    console.log(`run ${run + 1}: ${Math.round(times.at(-1)!)} ms`);
    await context.close();
  }
  printTable("From the publisher's offer to a viewer's first picture", [{
    runs: RUNS,
    "p50 ms": Math.round(percentile(times, 0.5)),
    "p95 ms": Math.round(percentile(times, 0.95)),
    "against the limit": verdict(percentile(times, 0.95), MAX_FIRST_FRAME_MS),
  }]);
}

async function soundAndPicture(platform: TestPlatform, browser: Browser): Promise<void> {
  const { url } = platform;
  const folder = await Deno.makeTempDir({ prefix: "wanren-bench-" });
  const room = await platform.room();
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${url}/healthz`);
  await publishFromPage(page, { url, room: room.id, key: room.key, source: "flash" });
  await platform.waitLive(room);
  await pause(RUNNING_MS);
  const outputs = {
    "LL-HLS": `${url}/live/${room.id}/index.m3u8`,
    "HTTP-FLV": `${url}/live/${room.id}.flv`,
    RTMP: `rtmp://127.0.0.1:${platform.rtmpPort}/live/${room.id}`,
  };
  const recordings = Object.entries(outputs).map(([name, address], index) =>
    [name, address, `${folder}/${index}.mp4`] as const
  );
  await Promise.all(recordings.map(([, address, path]) => record(address, path, 20)));
  const rows: Record<string, string | number>[] = [];
  for (const [name, , path] of recordings) {
    const offsets = await avOffsetsMs(path);
    const worst = Math.max(...offsets.map(Math.abs));
    rows.push({
      output: name,
      "flashes with a beep": offsets.length,
      "sound behind picture, mean ms": Math.round(
        offsets.reduce((sum, offset) => sum + offset, 0) / offsets.length,
      ),
      "from to ms": `${Math.min(...offsets)} … ${Math.max(...offsets)}`,
      "against the limit": verdict(worst, MAX_OFFSET_MS),
    });
  }
  await page.context().close();
  await Deno.remove(folder, { recursive: true });
  printTable("WHIP in, sound against picture by media time after 30 s", rows);
}

/** Keeps when the picture of the page's player last moved, and the longest time it did not. */
const WATCH_PICTURE = `
  window.stood = { at: 0, longest: 0 };
  const look = () => {
    const video = document.querySelector("video");
    if (!video) return requestAnimationFrame(look);
    const onFrame = () => {
      const now = Date.now(), { at } = window.stood;
      if (at > 0) window.stood.longest = Math.max(window.stood.longest, now - at);
      window.stood.at = now;
      video.requestVideoFrameCallback(onFrame);
    };
    video.requestVideoFrameCallback(onFrame);
  };
  addEventListener("DOMContentLoaded", look);
`;

async function stoodMs(page: Page): Promise<number> {
  return await page.evaluate(() => {
    const { stood } = globalThis as unknown as { stood: { longest: number } };
    const { longest } = stood;
    stood.longest = 0;
    return longest;
  });
}

/** Keeps every state that the studio's desk comes into, with its instant. */
async function watchDesk(page: Page): Promise<void> {
  await page.evaluate(() => {
    const seen: [state: string | undefined, atMs: number][] = [];
    Object.assign(globalThis, { desk: seen });
    const look = () => {
      const state = document.querySelector<HTMLElement>("[data-desk]")?.dataset.desk;
      if (state !== seen.at(-1)?.[0]) seen.push([state, Date.now()]);
    };
    look();
    new MutationObserver(look).observe(document.body, { subtree: true, attributes: true });
  });
}

/** When the desk was live again after it was not, milliseconds since the epoch; null: not yet. */
async function liveAgainMs(page: Page, sinceMs: number): Promise<number | null> {
  return await page.evaluate((sinceMs) => {
    const { desk } = globalThis as unknown as { desk: [state: string, atMs: number][] };
    const later = desk.filter(([, atMs]) => atMs >= sinceMs);
    return later.find(([state]) => state === "live")?.[1] ?? null;
  }, sinceMs);
}

async function killed(platform: TestPlatform, browser: Browser): Promise<void> {
  const { url } = platform;
  const room = await platform.room("Drawing hands");
  const quality = JSON.stringify(JSON.stringify({ resolution: 360, frameRate: 15 }));
  const studio = await openPage(browser, `${url}/login`, {
    before: `localStorage.setItem("wanren.live-quality", ${quality});`,
  });
  await studio.context.addCookies([{ name: "wanren_session", value: room.token, url }]);
  await visit(studio.page, `${url}/studio?with=browser`);
  await studio.page.click(".live-intro .primary");
  await studio.page.waitForSelector(".checks > .done:nth-child(2)", { timeout: 30_000 });
  await studio.page.click(".live-start");
  await studio.page.waitForSelector('[data-desk="live"]', { timeout: 30_000 });
  await platform.waitLive(room);
  await watchDesk(studio.page);
  const viewers = [];
  for (const protocol of ["whep", "llhls"] as const) {
    const { page } = await openPage(browser, `${url}/rooms/${room.id}`, {
      before: choosePlayer(protocol) + WATCH_PICTURE,
      width: 900,
      height: 640,
    });
    await waitUntilPlaying(page, { protocol });
    viewers.push({ protocol, page });
  }
  const away: number[] = [];
  const stood: Record<string, number[]> = { whep: [], llhls: [] };
  const back: number[] = [];
  for (let run = 0; run < 3; run++) {
    await pause(STABLE_MS);
    for (const { page } of viewers) await stoodMs(page);
    const pid = await platform.pidOf("rtc");
    Deno.kill(pid, "SIGKILL");
    const killedAtMs = Date.now();
    const alive = waitFor("rtc again", async () => {
      const response = await fetch(`http://127.0.0.1:${platform.rtcHttpPort}/healthz`)
        .catch(() => null);
      await response?.body?.cancel();
      return response?.ok && await platform.pidOf("rtc") !== pid;
    }, { everyMs: 10 }).then(() => back.push(Date.now() - killedAtMs));
    const againMs = await waitFor(
      "the studio live again",
      () => liveAgainMs(studio.page, killedAtMs),
      { deadlineMs: 30_000 },
    );
    away.push(againMs - killedAtMs);
    await alive;
    for (const { protocol, page } of viewers) {
      await waitUntilPlaying(page, { protocol });
      stood[protocol]!.push(await stoodMs(page));
    }
    console.log(
      `run ${run + 1}: rtc ${Math.round(back.at(-1)!)} ms, studio ${
        Math.round(away.at(-1)!)
      } ms, ` +
        `pictures ${viewers.map(({ protocol }) => `${protocol} ${stood[protocol]!.at(-1)}`)} ms`,
    );
  }
  for (const { page } of [...viewers, studio]) await page.context().close();
  const row = (what: string, times: readonly number[], limitMs: number | null) => ({
    what,
    "p50 ms": Math.round(percentile(times, 0.5)),
    "max ms": Math.round(Math.max(...times)),
    "against the limit": limitMs === null ? "" : verdict(Math.max(...times), limitMs),
  });
  printTable("SIGKILL of rtc", [
    row("until it answers again", back, 2_000),
    row("until the studio is live again", away, MAX_AWAY_MS),
    row("a WHEP viewer's picture stood still", stood.whep!, null),
    row("an LL-HLS viewer's picture stood still", stood.llhls!, null),
  ]);
}

const PARTS = { first: firstFrames, sync: soundAndPicture, kill: killed } as const;

if (import.meta.main) {
  const wanted = Deno.args.length > 0 ? Deno.args : Object.keys(PARTS);
  const browser = await launchBrowser({ capture: "granted" });
  await using platform = await TestPlatform.start();
  for (const [name, measure] of Object.entries(PARTS)) {
    if (wanted.includes(name)) await measure(platform, browser);
  }
  await browser.close();
}
