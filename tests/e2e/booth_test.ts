/** The photo booth in real Chromium with devices that are not real. */
import assert from "node:assert/strict";
import type { BrowserContext, Download, Page } from "playwright-core";
import { axeViolations, axeViolationsInBothThemes } from "../support/axe.ts";
import { alive, launchBrowser, openPage } from "../support/browser.ts";
import { examineFilters, filterScript } from "../support/filter_page.ts";
import { serveSite } from "../support/site_server.ts";
import { pause, waitFor } from "../support/wait.ts";

/** Small pictures: this is about the booth, not about encoders. */
const SMALL = JSON.stringify({
  camera: { resolution: 360, frameRate: 30, aspect: "16:9" },
  smoothing: 0,
  preset: "none",
});
/** Settings of an earlier visit, unless this one changed them. */
const REMEMBER = `try { localStorage["wanren.booth"] ??= ${JSON.stringify(SMALL)}; } catch {}`;
/** Keeps the tracks that the page gets, so that a test can pull a plug. */
const PLUGS = `
  globalThis.plugs = [];
  for (const name of ["getUserMedia", "getDisplayMedia"]) {
    const open = navigator.mediaDevices[name].bind(navigator.mediaDevices);
    navigator.mediaDevices[name] = async (wish) => {
      const stream = await open(wish);
      plugs.push(...stream.getTracks().map((track) => ({ name, track })));
      return stream;
    };
  }
  globalThis.pull = (name, kind) => {
    for (const plug of plugs) {
      if (plug.name !== name || plug.track.kind !== kind) continue;
      if (plug.track.readyState !== "live") continue;
      plug.track.stop();
      plug.track.dispatchEvent(new Event("ended"));
    }
  };`;

/** A driver that reads pixels on the processor complains about itself, not about the page. */
function complaintsOf(complaints: readonly string[]): string[] {
  return complaints.filter((text) => !text.includes("GL Driver Message"));
}

async function turnOn(page: Page): Promise<void> {
  const mirror = page.locator(".booth-mirror:not([hidden])");
  // Who allowed it before is not asked again.
  const start = page.locator(".booth-cover .button.primary");
  await mirror.or(start).first().waitFor();
  // It may begin by itself just now.
  if (await start.isVisible()) await start.click({ timeout: 2_000 }).catch(() => {});
  await mirror.waitFor();
  await page.waitForSelector(".booth-marks .badge");
}

async function mode(page: Page, name: "picture" | "recording"): Promise<void> {
  await page.locator(`input[name=booth-mode][value=${name}]`).check({ force: true });
}

async function filter(page: Page, id: string): Promise<void> {
  await page.locator(`input[name=booth-filter][value=${id}]`).check({ force: true });
}

/** Takes a picture and waits until it stands on the shelf. */
async function snap(page: Page): Promise<void> {
  const before = await page.locator(".take-card").count();
  await page.click(".booth-shutter");
  await waitFor("the take", async () => await page.locator(".take-card").count() > before);
}

/** Waits until so much was recorded, by what the booth says. */
async function recorded(page: Page, seconds: number): Promise<void> {
  await waitFor(`${seconds} recorded seconds`, async () => {
    const text = await page.locator(".booth-time").innerText({ timeout: 1_000 });
    const [, minutes = "0", rest = "0"] = /(\d+):(\d+)/.exec(text) ?? [];
    return Number(minutes) * 60 + Number(rest) >= seconds;
  });
}

async function download(page: Page, press: () => Promise<unknown>): Promise<string> {
  const [file] = await Promise.all([page.waitForEvent("download") as Promise<Download>, press()]);
  const path = await Deno.makeTempFile({ suffix: file.suggestedFilename() });
  await file.saveAs(path);
  return path;
}

interface Probed {
  readonly format: string;
  readonly durationS: number;
  readonly codecs: readonly string[];
  readonly size: string;
  /** Where the last frame of the picture stands, seconds. */
  readonly lastS: number;
  readonly frames: number;
}

async function probe(path: string): Promise<Probed> {
  const run = async (...args: string[]) => {
    const { success, stdout, stderr } = await new Deno.Command("ffprobe", {
      args: ["-v", "error", ...args, "-of", "json", path],
    }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
    return JSON.parse(new TextDecoder().decode(stdout));
  };
  const about = await run("-show_format", "-show_streams");
  const { packets } = await run("-select_streams", "v", "-show_entries", "packet=pts_time");
  const video = about.streams.find((stream: { codec_type: string }) =>
    stream.codec_type === "video"
  );
  return {
    format: about.format.format_name,
    durationS: Number(about.format.duration),
    codecs: about.streams.map((stream: { codec_type: string }) => stream.codec_type).sort(),
    size: `${video?.width}x${video?.height}`,
    lastS: Math.max(...packets.map(({ pts_time }: { pts_time: string }) => Number(pts_time))),
    frames: packets.length,
  };
}

/** Mean colour of a picture. */
async function meanOf(path: string): Promise<[number, number, number]> {
  const { stdout } = await new Deno.Command("ffmpeg", {
    args: [
      ...["-v", "error", "-i", path, "-vf", "scale=1:1:flags=area"],
      ...["-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
    ],
  }).output();
  assert.equal(stdout.length, 3);
  return [stdout[0]!, stdout[1]!, stdout[2]!];
}

Deno.test({
  name: "the filters smooth skin and keep edges, and each does what it is called",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const script = await filterScript();
    const browser = await launchBrowser({ capture: "granted" });
    try {
      const page = await browser.newPage();
      await page.evaluate(script);
      const { full, skin, wall, edge, means } = await page.evaluate(examineFilters);
      assert.ok(full, "WebGL2");
      assert.ok(skin[1] < skin[0] * 0.55, `skin ${skin}`);
      // What is no skin keeps its structure, and edges stay where they are.
      assert.ok(wall[1] > wall[0] * 0.8, `wall ${wall}`);
      assert.ok(edge[1] > edge[0] * 0.93, `edge ${edge}`);

      const spread = ([red, green, blue]: readonly number[]) =>
        Math.max(red!, green!, blue!) - Math.min(red!, green!, blue!);
      for (const id of ["mono", "noir"]) assert.ok(spread(means[id]!) < 2, `${id} ${means[id]}`);
      for (const [part, value] of means["none"]!.entries()) {
        assert.ok(Math.abs(255 - value - means["invert"]![part]!) < 2, `negative ${part}`);
      }
      const different = Object.keys(means).filter((id) =>
        id === "none" || means[id]!.some((part, at) => Math.abs(part - means["none"]![at]!) > 0.4)
      );
      // A blur, large pixels and a bulge move what is there and change no mean.
      for (
        const id of ["vivid", "warm", "cool", "fade", "dream", "sepia", "film", "comic", "twins"]
      ) {
        assert.ok(different.includes(id), id);
      }
      const light = (id: string) => means[id]!.reduce((sum, part) => sum + part);
      assert.ok(light("bright") > light("none") * 1.1);
      const warmth = (id: string) => means[id]![0]! - means[id]![2]!;
      assert.ok(warmth("hot") > warmth("none") + 15);
      assert.deepEqual(await page.evaluate(() => document.querySelectorAll("canvas").length), 0);
    } finally {
      await browser.close();
    }
  },
});

async function shootAndKeep(t: Deno.TestContext, url: string): Promise<void> {
  const browser = await launchBrowser({ capture: "granted" });
  const files: string[] = [];
  try {
    const opened = await openPage(browser, url, { before: REMEMBER });
    const { page, complaints } = opened;
    const context: BrowserContext = opened.context;

    await t.step("devices are listed, and what the camera gives is said", async () => {
      await turnOn(page);
      assert.match(await page.locator(".booth-marks").innerText(), /640 × 360/);
      const names = (id: string) => page.locator(`#${id} option`).allInnerTexts();
      await waitFor(
        "names",
        async () => (await names("booth-camera-device")).includes("fake_device_0"),
      );
      assert.ok((await names("booth-microphone-device")).length >= 2);
      assert.ok((await names("booth-speaker")).length >= 2);
      assert.match(await page.locator(".booth-given").innerText(), /640 × 360, 30 fps/);
      await waitFor(
        "the meter",
        async () =>
          Number(await page.locator(".level-bar[role=meter]").getAttribute("aria-valuenow")) > 5,
      );
    });

    await t.step("axe-core finds nothing, in both themes", async () => {
      assert.deepEqual(await axeViolationsInBothThemes(page), []);
    });

    await t.step("keys: filters, mirror, timer, help", async () => {
      const chosen = () => page.locator("input[name=booth-filter]:checked").getAttribute("value");
      await page.locator("#takes-title").click();
      await page.keyboard.press("ArrowRight");
      assert.equal(await chosen(), "vivid");
      await page.keyboard.press("ArrowLeft");
      assert.equal(await chosen(), "none");
      const mirror = page.getByRole("button", { name: "Mirror the picture" });
      assert.equal(await mirror.getAttribute("aria-pressed"), "true");
      await page.keyboard.press("m");
      assert.equal(await mirror.getAttribute("aria-pressed"), "false");
      await page.keyboard.press("?");
      await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
      await page.keyboard.press("Escape");
      await page.keyboard.press("t");
      await page.getByRole("button", { name: "Timer: 3 seconds" }).waitFor();
      await page.keyboard.press(" ");
      await page.waitForSelector(".booth-count");
      await page.keyboard.press(" ");
      await page.waitForSelector(".booth-count", { state: "detached" });
      assert.equal(await page.locator(".take-card").count(), 0);
      await snap(page);
      for (let presses = 0; presses < 2; presses++) await page.keyboard.press("t");
    });

    await t.step("a filter is in the picture that is saved", async () => {
      await snap(page);
      await filter(page, "mono");
      await snap(page);
      await page.locator("input[name=booth-picture-type][value='image/png']")
        .check({ force: true });
      await snap(page);
      const link = (index: number) => page.locator(".take-card a[download]").nth(index);
      const [png, mono, plain] = [
        await download(page, () => link(0).click()),
        await download(page, () => link(1).click()),
        await download(page, () => link(2).click()),
      ];
      files.push(png, mono, plain);
      assert.match(png, /\.png$/);
      assert.match(plain, /\.jpg$/);
      const [red, green, blue] = await meanOf(plain);
      assert.ok(green > red + 60 && green > blue + 60, `${[red, green, blue]}`);
      for (const path of [png, mono]) {
        const parts = await meanOf(path);
        assert.ok(Math.max(...parts) - Math.min(...parts) < 6, `${parts}`);
      }
      // The first one was taken by the timer.
      assert.equal(await page.locator(".take-card .badge.jade").count(), 3);
      assert.equal(await page.locator(".take-card").count(), 4);
    });

    await t.step("a recording with a pause: replayed, saved, whole in ffprobe", async () => {
      await filter(page, "sepia");
      await mode(page, "recording");
      await page.click(".booth-shutter");
      await recorded(page, 2);
      await page.keyboard.press("p");
      await page.getByRole("button", { name: "Resume" }).waitFor();
      // What was recorded before may still be written; the time stands.
      const time = async () => /\d+:\d+/.exec(await page.locator(".booth-time").innerText())?.[0];
      const held = await time();
      assert.ok(held !== undefined);
      await pause(1_500);
      assert.equal(await time(), held);
      await page.keyboard.press("p");
      await recorded(page, 4);
      await page.keyboard.press("r");
      await page.waitForSelector(".take-length");
      await page.locator(".take-card .take-thumb").first().click();
      const video = page.locator(".take-media video");
      await waitFor(
        "the replay",
        () =>
          video.evaluate((one: HTMLVideoElement) =>
            one.currentTime > 0.2 && one.duration > 3.5 && one.duration < 6.5
          ),
      );
      assert.deepEqual(await axeViolations(page), []);
      const path = await download(page, () => page.click(".take-sheet .sheet-foot a[download]"));
      files.push(path);
      await page.keyboard.press("Escape");
      const file = await probe(path);
      assert.deepEqual(file.codecs, ["audio", "video"]);
      assert.equal(file.size, "640x360");
      assert.ok(Math.abs(file.durationS - file.lastS) < 0.7, JSON.stringify(file));
      assert.ok(file.durationS > 3.5 && file.durationS < 5.5, JSON.stringify(file));
      assert.ok(file.frames > 30, `${file.frames} frames`);
    });

    await t.step("what is discarded is asked for, and the focus stays in the page", async () => {
      await mode(page, "picture");
      await snap(page);
      const before = await page.locator(".take-card").count();
      await page.locator(".take-card").first().getByRole("button", { name: /^Discard/ }).click();
      await page.getByRole("dialog", { name: "Discard this take?" })
        .getByRole("button", { name: "Discard" }).click();
      await waitFor(
        "one take less",
        async () => await page.locator(".take-card").count() === before - 1,
      );
      assert.ok(await page.evaluate(() => document.activeElement !== document.body));
    });

    await t.step("a tab that is closed in the middle leaves its recording behind", async () => {
      await page.keyboard.press("r");
      await recorded(page, 3);
      // The first pieces of an MP4 may have next to nothing in them.
      const kept = new Set<string>();
      await waitFor("three more pieces that are kept", async () => {
        kept.add(await page.locator(".booth-bytes").innerText());
        return kept.size > 3;
      });
      await page.close();
      const next = await context.newPage();
      next.on("console", (message) => complaints.push(message.text()));
      next.on("pageerror", (error) => complaints.push(error.message));
      await next.goto(url);
      await alive(next);
      // What was saved is not offered again: this one and the picture of the timer are.
      await waitFor("two takes", async () => await next.locator(".take-card").count() === 2);
      assert.match(await next.locator(".take-card").first().innerText(), /Cut short/);
      await next.getByText("2 takes from your last visit are still here").waitFor();
      const path = await download(
        next,
        () => next.locator(".take-card a[download]").first().click(),
      );
      files.push(path);
      const file = await probe(path);
      assert.deepEqual(file.codecs, ["audio", "video"]);
      assert.ok(file.lastS > 1 && file.durationS > 1, JSON.stringify(file));
    });
    assert.deepEqual(complaintsOf(complaints), []);
  } finally {
    await browser.close();
    for (const path of files) await Deno.remove(path);
  }
}

async function shareAndUnplug(t: Deno.TestContext, url: string): Promise<void> {
  const browser = await launchBrowser({ capture: "granted" });
  try {
    const { page, complaints } = await openPage(browser, url, {
      width: 390,
      height: 844,
      touch: true,
      before: REMEMBER + PLUGS,
    });
    const pull = (name: string, kind: string) =>
      page.evaluate(
        ([name, kind]) =>
          (globalThis as unknown as { pull(name: string, kind: string): void }).pull(
            name!,
            kind!,
          ),
        [name, kind],
      );
    await turnOn(page);

    await t.step("settings are a sheet on a phone, and nothing is wider than it", async () => {
      await page.getByRole("button", { name: "Settings" }).click();
      await page.waitForSelector("dialog.booth-sheet[open]");
      assert.deepEqual(await axeViolationsInBothThemes(page), []);
      await page.keyboard.press("Escape");
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(width <= 390, `${width} px`);
    });

    await t.step(
      "the camera stands over the screen, and both are recorded with sound",
      async () => {
        await page.getByRole("button", { name: "Share a screen" }).click();
        await page.getByRole("button", { name: "Stop sharing the screen" }).waitFor();
        await waitFor(
          "the size of the screen",
          async () => !/640 × 360/.test(await page.locator(".booth-marks").innerText()),
        );
        await mode(page, "recording");
        await page.click(".booth-shutter");
        await recorded(page, 2);
        await pull("getDisplayMedia", "video");
        await page.getByText("Sharing the screen has ended.").waitFor();
        // The camera goes on, and so does the recording.
        await recorded(page, 3);
        await pull("getUserMedia", "audio");
        await page.getByText("The recording goes on without it").waitFor();
        await recorded(page, 4);
      },
    );

    await t.step("the camera is unplugged while it records: the take is kept", async () => {
      await pull("getUserMedia", "video");
      await page.getByText("What was recorded until then is kept below").waitFor();
      await page.getByRole("heading", { name: "The camera was unplugged" }).waitFor();
      await page.waitForSelector(".take-length");
      const path = await download(page, () => page.click(".take-card a[download]"));
      const file = await probe(path);
      await Deno.remove(path);
      assert.deepEqual(file.codecs, ["audio", "video"]);
      assert.ok(file.lastS > 3, JSON.stringify(file));
    });
    assert.deepEqual(complaintsOf(complaints), []);
  } finally {
    await browser.close();
  }
}

async function meetObstacles(t: Deno.TestContext, url: string): Promise<void> {
  const browser = await launchBrowser({ capture: "refused" });
  try {
    await t.step("refused: what to do, in both languages, and axe agrees", async () => {
      for (const locale of ["en-US", "zh-CN"] as const) {
        const { page, complaints, context } = await openPage(browser, url, { locale });
        await page.locator(".booth-cover .button.primary").click();
        const title = locale === "en-US"
          ? "The camera is not allowed here"
          : "这个页面不能使用摄像头";
        await page.getByRole("heading", { name: title }).waitFor();
        if (locale === "en-US") assert.deepEqual(await axeViolationsInBothThemes(page), []);
        assert.deepEqual(complaintsOf(complaints), []);
        await context.close();
      }
    });

    await t.step("errors of devices have their sentences", async () => {
      for (
        const [name, title] of [
          ["NotFoundError", "No camera found"],
          ["NotReadableError", "The camera is in use"],
        ] as const
      ) {
        const before = `navigator.mediaDevices.getUserMedia = () =>
            Promise.reject(new DOMException("no", "${name}"));`;
        const { page, context } = await openPage(browser, url, { before });
        await page.locator(".booth-cover .button.primary").click();
        await page.getByRole("heading", { name: title }).waitFor();
        await page.locator(".booth-cover").getByRole("button", { name: "Share a screen" })
          .waitFor();
        await context.close();
      }
    });

    await t.step("an insecure page leads to the secure one", async () => {
      const before = `Object.defineProperty(globalThis, "isSecureContext", { value: false });
          Object.defineProperty(navigator, "mediaDevices", { value: undefined });`;
      const { page, context } = await openPage(browser, url, { before });
      const link = page.getByRole("link", { name: "Open the secure address" });
      assert.equal(await link.getAttribute("href"), url.replace("http:", "https:"));
      await context.close();
    });

    await t.step("a full disk ends nothing but the recording", async () => {
      const before = `navigator.storage.estimate = async () => ({ usage: 99, quota: 100 });`;
      const { page, context } = await openPage(browser, url, {
        before: REMEMBER + before +
          `navigator.mediaDevices.getUserMedia = async () => {
              const canvas = document.createElement("canvas");
              canvas.width = 640; canvas.height = 360;
              const brush = canvas.getContext("2d");
              setInterval(() => brush.fillRect(Math.random() * 640, 0, 9, 9), 50);
              return canvas.captureStream();
            };`,
      });
      await turnOn(page);
      await page.keyboard.press("r");
      await page.getByText("There is no place left on this device").waitFor();
      await snap(page);
      await context.close();
    });

    await t.step("without script a sentence says what is missing", async () => {
      const context = await browser.newContext({ javaScriptEnabled: false, locale: "en-US" });
      const page = await context.newPage();
      await page.goto(url);
      assert.match(await page.locator("main").innerText(), /the booth needs JavaScript/);
      await context.close();
    });
  } finally {
    await browser.close();
  }
}

Deno.test({
  name: "the booth in a browser",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async (t) => {
    await using served = await serveSite();
    const url = `${served.url}/booth`;
    await t.step(
      "devices, pictures, recordings, takes that outlive their tab",
      (t) => shootAndKeep(t, url),
    );
    await t.step("over a screen, and when plugs are pulled", (t) => shareAndUnplug(t, url));
    await t.step("what stands in its way", (t) => meetObstacles(t, url));
  },
});
