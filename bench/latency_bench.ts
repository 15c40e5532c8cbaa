/**
 * Glass to glass: how old the picture is that Chromium (or an RTMP player) shows, by a clock burned
 * into the frames, and how long the first frame takes. Median and p95 of `RUNS` [20] fresh pages per
 * protocol, on an otherwise idle machine; nginx's HLS beside it when nginx with its RTMP module is
 * installed. The source is ffmpeg by RTMP; of `whip-whep` it is a page that publishes by WHIP.
 *
 * `deno run -A bench/latency_bench.ts [llhls flv ws-flv hls whep whip-whep rtmp nginx]`
 *
 * @module
 */
import type { Browser, Page } from "playwright-core";
import { launchBrowser, openPage } from "../tests/support/browser.ts";
import { ClockSource, pictureAgeMs } from "../tests/support/clock_source.ts";
import { freePort, TestPlatform } from "../tests/support/platform.ts";
import { choosePlayer, waitUntilPlaying } from "../tests/support/player.ts";
import { pause, waitFor } from "../tests/support/wait.ts";
import { publishFromPage } from "../tests/support/webrtc_page.ts";
import { percentile, printTable, verdict } from "./report.ts";

const RUNS = Number(Deno.env.get("RUNS") ?? 20);
/** Time after the first picture in which a player finds its distance to live. */
const SETTLE_MS = Number(Deno.env.get("SETTLE_MS") ?? 6_000);
const SAMPLES = 10;
const WIDTH = 320;
const HEIGHT = 180;

interface Figures {
  readonly ages: number[];
  readonly firstFrames: number[];
}

/** Limits of the product's promise, ms. */
const LIMITS: Record<string, { p50?: number; p95?: number; firstP95?: number }> = {
  llhls: { p95: 1_600, firstP95: 800 },
  flv: { p50: 1_000, firstP95: 400 },
  "ws-flv": { p50: 1_000, firstP95: 400 },
  hls: { p95: 6_000 },
  rtmp: { p95: 1_000 },
  whep: { p95: 250 },
  "whip-whep": { p95: 250 },
};

/** One page load: time to the first frame shown, then the median age of the settled picture. */
async function runPage(browser: Browser, url: string, before?: string): Promise<[number, number]> {
  const { page, context } = await openPage(browser, "about:blank", {
    before: FIRST_FRAME + (before ?? ""),
  });
  await page.goto(url);
  const first = await waitFor("the first frame", () => firstFrameMs(page), { everyMs: 20 });
  if (before !== undefined) await waitUntilPlaying(page);
  await pause(SETTLE_MS);
  const ages: number[] = [];
  while (ages.length < SAMPLES) {
    const age = await page.evaluate(pictureAgeMs);
    if (age !== null && age < 60_000) ages.push(age);
    await pause(100);
  }
  await context.close();
  return [first, percentile(ages, 0.5)];
}

/**
 * Notes when a source was first given to the video (address or media source) and when its first
 * frame was presented.
 */
const FIRST_FRAME = `
  window.firstFrame = { from: 0, at: 0 };
  const begin = () => { window.firstFrame.from ||= performance.now(); };
  const open = XMLHttpRequest.prototype.open;
  XMLHttpRequest.prototype.open = function (...a) { if (String(a[1]).includes("/live/")) begin(); return open.apply(this, a); };
  const fetch_ = window.fetch;
  window.fetch = (...a) => { if (/\\/(live|whep)\\//.test(String(a[0]?.url ?? a[0]))) begin(); return fetch_(...a); };
  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket { constructor(...a) { begin(); super(...a); } };
  const arm = () => {
    const video = document.querySelector("video");
    if (!video) return requestAnimationFrame(arm);
    video.requestVideoFrameCallback(() => { window.firstFrame.at = performance.now(); });
  };
  addEventListener("DOMContentLoaded", arm);
`;

async function firstFrameMs(page: Page): Promise<number | null> {
  return await page.evaluate(() => {
    const { from, at } = (globalThis as unknown as { firstFrame: { from: number; at: number } })
      .firstFrame;
    return at > 0 ? at - from : null;
  });
}

/** RTMP out, decoded by ffmpeg with low delay; the clock is read from the raw pictures. */
async function runRtmp(url: string): Promise<[number, number]> {
  const startedMs = Date.now();
  const player = new Deno.Command("ffmpeg", {
    args: [
      ...["-hide_banner", "-loglevel", "error", "-fflags", "nobuffer", "-flags", "low_delay"],
      ...["-analyzeduration", "0", "-probesize", "32768", "-i", url, "-an"],
      ...["-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "gray", "-flush_packets", "1"],
      "pipe:1",
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = player.stdout.getReader();
  const size = WIDTH * HEIGHT;
  const frame = new Uint8Array(size);
  const ages: number[] = [];
  let filled = 0;
  let first = 0;
  while (Date.now() < startedMs + SETTLE_MS + 2_000) {
    const { value, done } = await reader.read();
    if (done) break;
    for (let offset = 0; offset < value.length;) {
      const take = Math.min(size - filled, value.length - offset);
      frame.set(value.subarray(offset, offset + take), filled);
      filled += take;
      offset += take;
      if (filled < size) continue;
      filled = 0;
      first ||= Date.now() - startedMs;
      let shown = 0;
      for (let bit = 0; bit < 32; bit++) {
        shown = shown * 2 + (frame[12 * WIDTH + bit * 10 + 5]! > 127 ? 1 : 0);
      }
      if (Date.now() > startedMs + SETTLE_MS) ages.push((Date.now() % 2 ** 32) - shown);
    }
  }
  await reader.cancel();
  try {
    player.kill("SIGKILL");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  await player.status;
  return [first, percentile(ages, 0.5)];
}

/** nginx with its RTMP module, HLS fragments of 2 s, and a page with hls.js at its defaults. */
async function withNginx<T>(
  use: (rtmpUrl: string, pageUrl: string) => Promise<T>,
): Promise<T | null> {
  const module = "/usr/lib/nginx/modules/ngx_rtmp_module.so";
  if (!await Deno.stat(module).then(() => true, () => false)) return null;
  const folder = await Deno.makeTempDir({ prefix: "wanren-nginx-" });
  const [rtmpPort, httpPort] = [freePort(), freePort()];
  await Deno.writeTextFile(
    `${folder}/nginx.conf`,
    `load_module ${module}; daemon off; pid ${folder}/pid; error_log ${folder}/error.log;
     worker_processes 1; events {}
     rtmp { server { listen 127.0.0.1:${rtmpPort};
       application live { live on; hls on; hls_path ${folder}/hls; hls_fragment 2s; hls_playlist_length 12s; } } }
     http { access_log off; types { application/vnd.apple.mpegurl m3u8; video/mp2t ts; text/html html; text/javascript js; }
       server { listen 127.0.0.1:${httpPort}; root ${folder}; add_header Cache-Control no-cache; } }`,
  );
  await Deno.mkdir(`${folder}/hls`);
  await Deno.chmod(folder, 0o755);
  await Deno.chmod(`${folder}/hls`, 0o777);
  await Deno.copyFile("node_modules/hls.js/dist/hls.min.js", `${folder}/hls.js`);
  await Deno.writeTextFile(
    `${folder}/index.html`,
    `<video muted autoplay></video><script src="hls.js"></script><script>
     const hls = new Hls(); hls.loadSource("hls/live/s.m3u8".replace("live/", "")); hls.attachMedia(document.querySelector("video"));
     </script>`,
  );
  const nginx = new Deno.Command("nginx", {
    args: ["-p", folder, "-c", `${folder}/nginx.conf`],
    stderr: "null",
  }).spawn();
  try {
    await waitFor("nginx", async () => (await fetch(`http://127.0.0.1:${httpPort}/`)).text());
    return await use(`rtmp://127.0.0.1:${rtmpPort}/live/s`, `http://127.0.0.1:${httpPort}/`);
  } finally {
    nginx.kill("SIGTERM");
    await nginx.status;
    await Deno.remove(folder, { recursive: true });
  }
}

async function repeat(name: string, run: () => Promise<[number, number]>): Promise<Figures> {
  const ages: number[] = [];
  const firstFrames: number[] = [];
  for (let index = 0; index < RUNS; index++) {
    const [first, age] = await run();
    firstFrames.push(first);
    ages.push(age);
    console.log(
      `${name} run ${index + 1}: first frame ${Math.round(first)} ms, age ${Math.round(age)} ms`,
    );
  }
  return { ages, firstFrames };
}

function row(name: string, { ages, firstFrames }: Figures): Record<string, string | number> {
  const limit = LIMITS[name] ?? {};
  const figures = {
    p50: Math.round(percentile(ages, 0.5)),
    p95: Math.round(percentile(ages, 0.95)),
    firstP95: Math.round(percentile(firstFrames, 0.95)),
  };
  return {
    path: name,
    runs: ages.length,
    "age p50 ms": figures.p50,
    "age p95 ms": figures.p95,
    "first frame p50 ms": Math.round(percentile(firstFrames, 0.5)),
    "first frame p95 ms": figures.firstP95,
    "against the limit": (["p50", "p95", "firstP95"] as const).filter((key) =>
      limit[key] !== undefined
    )
      .map((key) => `${key} ${verdict(figures[key], limit[key]!)}`).join(", "),
  };
}

if (import.meta.main) {
  const wanted = Deno.args.length > 0
    ? Deno.args
    : ["llhls", "flv", "ws-flv", "hls", "whep", "rtmp", "whip-whep", "nginx"];
  const rows: Record<string, string | number>[] = [];
  const browser = await launchBrowser();
  if (wanted.some((path) => path !== "nginx" && path !== "whip-whep")) {
    await using platform = await TestPlatform.start();
    const room = await platform.room("latency");
    await using _clock = new ClockSource({ url: room.publishUrl });
    await platform.waitLive(room);
    await pause(8_000);
    for (const protocol of ["llhls", "flv", "ws-flv", "hls", "whep"] as const) {
      if (!wanted.includes(protocol)) continue;
      const url = `${platform.url}/rooms/${room.id}`;
      rows.push(
        row(protocol, await repeat(protocol, () => runPage(browser, url, choosePlayer(protocol)))),
      );
    }
    if (wanted.includes("rtmp")) {
      const url = `rtmp://127.0.0.1:${platform.rtmpPort}/live/${room.id}`;
      rows.push(row("rtmp", await repeat("rtmp", () => runRtmp(url))));
    }
  }
  if (wanted.includes("whip-whep")) {
    await using platform = await TestPlatform.start();
    const { url } = platform;
    const room = await platform.room("latency");
    const studio = await browser.newContext();
    const page = await studio.newPage();
    await page.goto(`${url}/healthz`);
    await publishFromPage(page, { url, room: room.id, key: room.key, source: "clock" });
    await platform.waitLive(room);
    await pause(4_000);
    const address = `${url}/rooms/${room.id}`;
    rows.push(
      row(
        "whip-whep",
        await repeat("whip-whep", () => runPage(browser, address, choosePlayer("whep"))),
      ),
    );
    await studio.close();
  }
  if (wanted.includes("nginx")) {
    const figures = await withNginx(async (rtmpUrl, pageUrl) => {
      await using _clock = new ClockSource({ url: rtmpUrl });
      await pause(12_000);
      return await repeat("nginx HLS", () => runPage(browser, pageUrl));
    });
    if (figures !== null) rows.push(row("nginx HLS", figures));
  }
  await browser.close();
  printTable("Glass to glass, clock burned into the frames (batch: FLV_BATCH_MS default)", rows);
}
