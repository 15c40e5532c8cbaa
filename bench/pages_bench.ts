/**
 * How soon the pages of viewers are there on a phone: Chromium with its processor slowed down four
 * times and Chromium's own preset of a fast 4G network, nothing in its cache. Median and p95 of
 * `RUNS` [10] fresh contexts: first contentful paint, the first moving picture, layout shift, bytes
 * of script, each against its limit. `TRACE=1` prints when each file of the first run came.
 *
 * `deno run -A bench/pages_bench.ts [lobby watch embed]`
 *
 * @module
 */
import type { Browser, Page } from "playwright-core";
import { launchBrowser } from "../tests/support/browser.ts";
import { makeSource, Publisher } from "../tests/support/ffmpeg.ts";
import { TestPlatform, type TestRoom } from "../tests/support/platform.ts";
import { pause, waitFor } from "../tests/support/wait.ts";
import { percentile, printTable, verdict } from "./report.ts";

const RUNS = Number(Deno.env.get("RUNS") ?? 10);
const TRACE = Deno.env.get("TRACE") === "1";
/** Rooms that are live beside the one that is watched. */
const OTHER_ROOMS = 5;
/** After the picture moves, what comes later has this long to move the page. */
const SETTLE_MS = 3_000;
/** A new window of the browser loads pages of its own (address bar, new tab): they come first. */
const BROWSER_READY_MS = 1_500;

const CPU_SLOWDOWN = 4;
/** Chromium's "Fast 4G": what is promised, less ten percent, and its round trip with its factor. */
const FAST_4G = {
  offline: false,
  latency: 60 * 2.75,
  downloadThroughput: 9_000_000 / 8 * 0.9,
  uploadThroughput: 1_600_000 / 8 * 0.9,
} as const;

/** What the product promises: milliseconds, milliseconds, score, bytes after Brotli. */
const LIMITS = { paintMs: 800, pictureMs: 1_500, shift: 0.02, scriptBytes: 30_000 } as const;

interface Visit {
  readonly paintMs: number;
  /** Null where no picture moves. */
  readonly pictureMs: number | null;
  readonly shift: number;
  /** Script that came before the picture, without the engine that plays it. */
  readonly scriptBytes: number;
  readonly trace: readonly string[];
}

/** Runs before the page's scripts; notes paints, shifts, and the second picture of the video. */
const MEASURE = `
  window.seen = { paintMs: 0, pictureMs: 0, shift: 0 };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (entry.name === "first-contentful-paint") window.seen.paintMs = entry.startTime;
    }
  }).observe({ type: "paint", buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (!entry.hadRecentInput) window.seen.shift += entry.value;
    }
  }).observe({ type: "layout-shift", buffered: true });
  const watch = (video) => {
    let first = null;
    const onFrame = (_now, { mediaTime }) => {
      if (first === null) first = mediaTime;
      if (mediaTime > first) window.seen.pictureMs = performance.now();
      else video.requestVideoFrameCallback(onFrame);
    };
    video.requestVideoFrameCallback(onFrame);
  };
  new MutationObserver((_changes, observer) => {
    const video = document.querySelector("video");
    if (video === null) return;
    observer.disconnect();
    watch(video);
  }).observe(document, { childList: true, subtree: true });
`;

async function visit(browser: Browser, url: string, plays: boolean): Promise<Visit> {
  const context = await browser.newContext({
    viewport: { width: 412, height: 915 },
    hasTouch: true,
    isMobile: true,
  });
  await context.addInitScript({ content: MEASURE });
  const page = await context.newPage();
  try {
    const devtools = await context.newCDPSession(page);
    await devtools.send("Network.enable");
    await devtools.send("Network.emulateNetworkConditions", FAST_4G);
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: CPU_SLOWDOWN });
    await pause(BROWSER_READY_MS);
    await page.goto(url, { waitUntil: "commit" });
    const done = async () => {
      const seen = await read(page);
      return seen.paintMs > 0 && (!plays || seen.pictureMs > 0);
    };
    await waitFor(`a picture of ${url}`, done, { everyMs: 100 });
    await pause(SETTLE_MS);
    const { paintMs, pictureMs, shift } = await read(page);
    const files = await filesOf(page);
    const scripts = files.filter(({ name, startMs }) =>
      name.endsWith(".js") && (!plays || startMs < pictureMs)
    );
    const entry = scripts.filter(({ name }) => !/shared/.test(name));
    return {
      paintMs,
      pictureMs: plays ? pictureMs : null,
      shift,
      scriptBytes: scriptsBeforeEngine(scripts).reduce((sum, { bytes }) => sum + bytes, 0),
      trace: [
        `entries ${entry.length}, scripts ${scripts.length}`,
        ...files.map(({ name, startMs, endMs, bytes }) =>
          `${Math.round(startMs)}–${Math.round(endMs)} ms ${bytes} bytes ${name}`
        ),
      ],
    };
  } finally {
    await context.close();
  }
}

interface LoadedFile {
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  /** Of the body, as it was sent. */
  readonly bytes: number;
}

/** An engine is larger than everything else together. */
function scriptsBeforeEngine(scripts: readonly LoadedFile[]): readonly LoadedFile[] {
  return scripts.filter(({ bytes }) => bytes < LIMITS.scriptBytes);
}

async function filesOf(page: Page): Promise<LoadedFile[]> {
  return await page.evaluate(() =>
    (performance.getEntriesByType("resource") as PerformanceResourceTiming[]).map((entry) => ({
      name: new URL(entry.name).pathname,
      startMs: entry.startTime,
      endMs: entry.responseEnd,
      bytes: entry.encodedBodySize,
    }))
  );
}

async function read(page: Page): Promise<{ paintMs: number; pictureMs: number; shift: number }> {
  return await page.evaluate(() =>
    (globalThis as unknown as {
      seen: { paintMs: number; pictureMs: number; shift: number };
    }).seen
  );
}

function row(name: string, visits: readonly Visit[]): Record<string, string | number> {
  const of = (key: "paintMs" | "shift" | "scriptBytes", p: number) =>
    percentile(visits.map((visit) => visit[key]), p);
  const pictures = visits.flatMap(({ pictureMs }) => pictureMs === null ? [] : [pictureMs]);
  const picture = (p: number) => pictures.length === 0 ? NaN : Math.round(percentile(pictures, p));
  const shift = Math.round(of("shift", 0.95) * 1_000) / 1_000;
  return {
    page: name,
    runs: visits.length,
    "first paint p50 ms": Math.round(of("paintMs", 0.5)),
    "p95 ms": Math.round(of("paintMs", 0.95)),
    "moving picture p50 ms": pictures.length === 0 ? "–" : picture(0.5),
    "p95 ms ": pictures.length === 0 ? "–" : picture(0.95),
    "shift p95": shift,
    "script bytes": of("scriptBytes", 0.95),
    "against the limits (p50)": [
      `paint ${verdict(Math.round(of("paintMs", 0.5)), LIMITS.paintMs)}`,
      ...(pictures.length === 0 ? [] : [`picture ${verdict(picture(0.5), LIMITS.pictureMs)}`]),
      `shift ${verdict(shift, LIMITS.shift)}`,
      `script ${verdict(of("scriptBytes", 0.95), LIMITS.scriptBytes)}`,
    ].join(", "),
  };
}

async function publishAll(
  platform: TestPlatform,
  source: string,
): Promise<AsyncDisposable & { readonly rooms: readonly TestRoom[] }> {
  const rooms: TestRoom[] = [];
  const publishers: Publisher[] = [];
  for (let index = 0; index <= OTHER_ROOMS; index++) {
    const room = await platform.room(`Room ${index + 1}: an evening on a small machine`);
    publishers.push(Publisher.file(source, room.publishUrl));
    rooms.push(room);
  }
  for (const room of rooms) await platform.waitLive(room);
  return {
    rooms,
    async [Symbol.asyncDispose]() {
      await Promise.all(publishers.map((publisher) => publisher.stop("SIGKILL")));
    },
  };
}

if (import.meta.main) {
  const wanted = Deno.args.length > 0 ? Deno.args : ["lobby", "watch", "embed"];
  await using platform = await TestPlatform.start();
  const source = `${platform.dataDir}/source.flv`;
  await makeSource(source, { seconds: 20, size: "1280x720", videoKbps: 2_000 });
  await using live = await publishAll(platform, source);
  await pause(5_000);
  const id = live.rooms[0]!.id;
  const pages = [
    { name: "lobby", path: "/", plays: false },
    { name: "watch", path: `/rooms/${id}`, plays: true },
    { name: "embed", path: `/embed/${id}`, plays: true },
  ].filter(({ name }) => wanted.includes(name));
  const browser = await launchBrowser();
  const rows: Record<string, string | number>[] = [];
  for (const { name, path, plays } of pages) {
    const visits: Visit[] = [];
    // The first one warms the server up, not the browser.
    for (let run = -1; run < RUNS; run++) {
      const seen = await visit(browser, platform.url + path, plays);
      if (run < 0) {
        if (TRACE) console.log(seen.trace.join("\n"));
        continue;
      }
      visits.push(seen);
      console.log(
        `${name} run ${run + 1}: paint ${Math.round(seen.paintMs)} ms, picture ${
          seen.pictureMs === null ? "–" : Math.round(seen.pictureMs)
        } ms, shift ${seen.shift.toFixed(3)}, script ${seen.scriptBytes} bytes`,
      );
    }
    rows.push(row(name, visits));
  }
  await browser.close();
  printTable("Pages on a slow phone (4× CPU, fast 4G, cold cache)", rows);
}
