/**
 * The watch page in a room that never stops talking: Chromium with its processor slowed down four
 * times, 200 texts and 50 danmaku a second; the share of time in long tasks (over 50 ms), and how much
 * the heap grows.
 *
 *     deno run -A bench/im_page_bench.ts
 *
 * Environment: `SECONDS` measured (default 60; the limits are those of 300), `CHATS` a second (default
 * 200), `PROFILE` a file for what the page's thread did, to be opened in the browser's tools.
 *
 * The administrators' bound of messages that reach a viewer is raised, so that all of them arrive; a
 * small picture plays below them.
 *
 * @module
 */
import type { CDPSession, Page } from "playwright-core";
import { launchBrowser } from "../tests/support/browser.ts";
import { makeSource, Publisher } from "../tests/support/ffmpeg.ts";
import { TestPlatform } from "../tests/support/platform.ts";
import { pause, waitFor } from "../tests/support/wait.ts";
import { Talkers } from "./load/talkers.ts";
import { printTable, verdict } from "./report.ts";

const SECONDS = Number(Deno.env.get("SECONDS") ?? 60);
const CHATS = Number(Deno.env.get("CHATS") ?? 200);
const PROFILE = Deno.env.get("PROFILE");
const CPU_SLOWDOWN = 4;
/** The page has its lists full and its code compiled by then. */
const WARM_UP_MS = 15_000;
const LIMITS = { longPercent: 1, growthMib: 20, danmakuPerSecond: 50, chatsPerSecond: 195 };

/** Counts long tasks, and the texts that are given to the stage over the picture. */
const MEASURE = `
  window.seen = { longMs: 0, longest: 0, tasks: 0, danmaku: 0 };
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) {
      window.seen.longMs += duration;
      window.seen.longest = Math.max(window.seen.longest, duration);
      window.seen.tasks++;
    }
  }).observe({ type: "longtask" });
  const post = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function (order, ...rest) {
    if (order?.do === "emit") window.seen.danmaku++;
    return post.call(this, order, ...rest);
  };
  localStorage.setItem("wanren.danmaku", JSON.stringify({
    on: true, area: 1, density: "many", speed: "fast", size: 0.8, opacity: 1, words: [],
  }));
`;

interface Seen {
  readonly longMs: number;
  readonly longest: number;
  readonly tasks: number;
  readonly danmaku: number;
}

const read = (page: Page): Promise<Seen> =>
  page.evaluate(() => ({ ...(globalThis as unknown as { seen: Seen }).seen }));

async function heapMib(devtools: CDPSession): Promise<number> {
  await devtools.send("HeapProfiler.collectGarbage");
  const { metrics } = await devtools.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === "JSHeapUsedSize")!.value / 2 ** 20;
}

const connection = (page: Page) =>
  page.evaluate(() =>
    (document.querySelector(".panel-chat") as unknown as { inspect?(): { way: string } } | null)
      ?.inspect?.().way ?? null
  );

await using platform = await TestPlatform.start();
const room = await platform.room("A room that never stops talking");
const source = `${platform.dataDir}/source.flv`;
await makeSource(source, { seconds: 20 });
await using _publisher = Publisher.file(source, room.publishUrl);
await platform.waitLive(room);
const admin = await platform.api<{ token: string }>("/api/sessions", {
  body: { name: "admin", password: "correct horse battery" },
});
const changed = await platform.api("/api/admin/settings", {
  method: "PATCH",
  token: admin.body.token,
  body: { im: { maxPerSecond: 200 } },
});
if (changed.status !== 200) throw new Error(`Cannot set: ${JSON.stringify(changed.body)}`);
const browser = await launchBrowser();
const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
await page.addInitScript({ content: MEASURE });
await page.goto(`${platform.url}/rooms/${room.id}`);
await waitFor("the connection", async () => await connection(page) === "live", {
  deadlineMs: 30_000,
});
const devtools = await page.context().newCDPSession(page);
await devtools.send("Performance.enable");
await devtools.send("Emulation.setCPUThrottlingRate", { rate: CPU_SLOWDOWN });
await using talkers = await Talkers.start(platform, {
  room,
  rates: { chatsPerSecond: CHATS, giftsPerSecond: 0.2 },
});
await pause(WARM_UP_MS);
const heapBefore = await heapMib(devtools);
const [before, saidBefore, beganAtMs] = [await read(page), talkers.figures, performance.now()];
if (PROFILE !== undefined) {
  await devtools.send("Profiler.enable");
  await devtools.send("Profiler.start");
}
await pause(SECONDS * 1000);
if (PROFILE !== undefined) {
  const { profile } = await devtools.send("Profiler.stop");
  await Deno.writeTextFile(PROFILE, JSON.stringify(profile));
}
const [after, said] = [await read(page), talkers.figures];
const seconds = (performance.now() - beganAtMs) / 1000;
const growth = Math.round((await heapMib(devtools) - heapBefore) * 10) / 10;
const rows = await page.locator(".say").count();
await browser.close();

const percent = Math.round((after.longMs - before.longMs) / seconds / 10 * 100) / 100;
const atLeast = (value: number, limit: number) =>
  `${value} ${value >= limit ? "met" : "MISSED"} (≥ ${limit})`;
printTable(`The watch page for ${SECONDS} s, processor slowed down ${CPU_SLOWDOWN} times`, [{
  "texts/s": atLeast(
    Math.round((said.said - saidBefore.said) / seconds),
    LIMITS.chatsPerSecond,
  ),
  "danmaku/s": atLeast(
    Math.round((after.danmaku - before.danmaku) / seconds),
    LIMITS.danmakuPerSecond,
  ),
  "long tasks % of time": `${percent} ${verdict(percent, LIMITS.longPercent)}`,
  "long tasks": after.tasks - before.tasks,
  "longest ms": Math.round(after.longest),
  "heap growth MiB": `${growth} ${verdict(growth, LIMITS.growthMib)}`,
  "rows in the list": rows,
}]);
