/** The studio goes live from the browser, with real Chromium and devices that are not real. */
import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { axeViolationsInBothThemes } from "../support/axe.ts";
import { launchBrowser, openPage, visit, type WatchedPage } from "../support/browser.ts";
import { choosePlayer, inspectPlayer, waitUntilPlaying } from "../support/player.ts";
import { TestPlatform, type TestRoom } from "../support/platform.ts";
import { waitFor } from "../support/wait.ts";
import { WebRtcStandIn } from "../support/webrtc_stand_in.ts";

/** Small, so that a machine of two cores draws, encodes and plays it several times over. */
const SMALL = `localStorage.setItem("wanren.live-quality", ${
  JSON.stringify(JSON.stringify({ resolution: 360, frameRate: 15 }))
});`;

/** The studio of a room as its owner. */
async function openStudio(
  browser: Browser,
  { platform, room }: { readonly platform: TestPlatform; readonly room: TestRoom },
): Promise<WatchedPage> {
  const studio = await openPage(browser, `${platform.url}/login`, { before: SMALL });
  const { context, page } = studio;
  await context.addCookies([{ name: "wanren_session", value: room.token, url: platform.url }]);
  // Who reloads a page that is on the air is asked, and says yes.
  page.on("dialog", (dialog) => void dialog.accept());
  return studio;
}

async function phase(page: Page, wanted: string): Promise<void> {
  await page.waitForSelector(`[data-desk="${wanted}"]`, { timeout: 30_000 });
}

/** Opens camera and microphone, and waits until all is checked. */
async function setUp(page: Page): Promise<void> {
  await page.click(".live-intro .primary");
  await page.waitForSelector(".checks > .done:nth-child(1)");
  await page.waitForSelector(".checks > .done:nth-child(2)", { timeout: 30_000 });
  await page.waitForSelector(".checks > .done:nth-child(3)", { timeout: 30_000 });
}

Deno.test("the browser studio: a scene with sound goes out, and comes back by itself", async (t) => {
  await using platform = await TestPlatform.start();
  const room = await platform.room("Drawing hands");
  const browser = await launchBrowser({ capture: "granted" });
  try {
    const { page, context, complaints } = await openStudio(browser, { platform, room });
    const server = await WebRtcStandIn.open(context, `${platform.url}/login`);
    await server.serve(page);
    await visit(page, `${platform.url}/studio?with=browser`);

    await t.step("the invitation, the desk and its looks are accessible", async () => {
      assert.deepEqual(await axeViolationsInBothThemes(page), []);
      await setUp(page);
      await page.click('.live-add button:has-text("Text")');
      await page.fill("#live-watermark", "Wanren");
      assert.deepEqual(await axeViolationsInBothThemes(page), []);
    });

    await t.step("keys move a layer and change its size", async () => {
      const handle = page.locator(".live-handle").last();
      const box = async () => (await handle.boundingBox())!;
      const before = await box();
      await handle.focus();
      for (let times = 0; times < 3; times++) await page.keyboard.press("Shift+ArrowUp");
      await waitFor("the layer higher", async () => (await box()).y < before.y - 20);
      await page.keyboard.press("-");
      await waitFor("the layer smaller", async () => (await box()).width < before.width - 5);
    });

    await t.step("picture and sound arrive, H.264 and Opus", async () => {
      await page.click(".live-start");
      await phase(page, "live");
      const media = await waitFor("frames and sound", async () => {
        const seen = await server.arrived();
        return seen.framesDecoded > 30 && seen.loudest > 0.01 && seen;
      });
      assert.deepEqual([...media.codecs].sort(), ["audio/opus", "video/H264"]);
      assert.ok(media.width / media.height > 1.7, `${media.width} × ${media.height}`);
    });

    await t.step("a screen joins while it is live, the camera goes into the corner", async () => {
      await page.click('.live-add button:has-text("Screen")');
      await waitFor(
        "two pictures",
        async () => await page.locator(".live-layers li").count() === 3,
      );
      assert.ok(await page.locator('input[name="live-layout"][value="pip"]').isChecked());
    });

    await t.step("a server that went away is found again", async () => {
      const posts = () => server.requests.filter((line) => line.startsWith("POST /whip")).length;
      const before = posts();
      await server.dropAll();
      await waitFor("another offer", () => posts() > before);
      await phase(page, "live");
      await waitFor("frames again", async () => (await server.arrived()).framesDecoded > 10);
      // The first stream waits for the second one: nobody ended it.
      assert.ok(!server.requests.some((line) => line.startsWith("DELETE")));
    });

    await t.step("a reload goes on without being asked", async () => {
      await page.reload();
      await phase(page, "live");
      await waitFor("frames again", async () => (await server.arrived()).framesDecoded > 10);
    });

    await t.step("the end is asked for once, and the camera stays", async () => {
      await page.click(".studio-actions .danger");
      await page.click("dialog[open] .danger");
      await phase(page, "idle");
      assert.ok(server.requests.at(-1)?.startsWith("DELETE /whip/"));
      await page.waitForSelector(".live-start:not([aria-busy])");
    });

    await t.step("a refusal is a sentence with a way on", async () => {
      server.refusing = { status: 403, code: "suspended" };
      await page.click(".live-start");
      await page.waitForSelector('.live-notice:has-text("Your room is closed")');
      server.refusing = null;
      await page.click(".live-notice button");
      await phase(page, "live");
    });
    // The browser itself prints the answer that refused.
    assert.deepEqual(complaints.filter((line) => !line.includes("403")), []);
  } finally {
    await browser.close();
  }
});

/** The loudest that a page's player was heard to play within two seconds, 0 to 1. */
async function loudest(page: Page): Promise<number> {
  return await page.evaluate(async () => {
    const video = document.querySelector("video") as HTMLVideoElement & {
      captureStream(): MediaStream;
    };
    const stream = video.srcObject instanceof MediaStream ? video.srcObject : video.captureStream();
    const ear = new AudioContext();
    const source = new MediaStreamAudioSourceNode(ear, {
      mediaStream: new MediaStream(stream.getAudioTracks()),
    });
    const analyser = new AnalyserNode(ear, { fftSize: 4096 });
    source.connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    let most = 0;
    for (let times = 0; times < 40; times++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      analyser.getFloatTimeDomainData(samples);
      for (const sample of samples) most = Math.max(most, Math.abs(sample));
    }
    await ear.close();
    return most;
  });
}

Deno.test("viewers see a browser's broadcast by WebRTC and LL-HLS, and go on over its reload", async (t) => {
  await using platform = await TestPlatform.start();
  const room = await platform.room("Drawing hands");
  const browser = await launchBrowser({ capture: "granted" });
  try {
    const studio = await openStudio(browser, { platform, room });
    const { page } = studio;
    const posts: string[] = [];
    page.on("request", (request) => {
      if (request.method() === "POST" && request.url().includes("/whip/")) {
        posts.push(request.url());
      }
    });
    await visit(page, `${platform.url}/studio?with=browser`);
    await setUp(page);
    await page.click('.live-add button:has-text("Text")');
    await page.click(".live-start");
    await phase(page, "live");
    await platform.waitLive(room);

    const viewers: { readonly protocol: string; readonly viewer: WatchedPage }[] = [];
    for (const protocol of ["whep", "llhls"] as const) {
      await t.step(`${protocol} has a moving picture and sound`, async () => {
        const viewer = await openPage(browser, `${platform.url}/rooms/${room.id}`, {
          before: choosePlayer(protocol),
          width: 900,
          height: 640,
        });
        viewers.push({ protocol, viewer });
        const seen = await waitUntilPlaying(viewer.page, { protocol });
        assert.ok(seen.statistics.width > 0);
        await viewer.page.keyboard.press("m");
        await waitFor("sound", async () => await loudest(viewer.page) > 0.005, {
          deadlineMs: 30_000,
        });
        await viewer.page.evaluate(() => document.body.dataset.same = "yes");
      });
    }

    await t.step("the studio shows what leaves and what arrives", async () => {
      await page.waitForSelector("#health-title");
      await page.waitForSelector(".from-here");
      await waitFor(
        "figures",
        async () => /\d+ kbps/.test(await page.locator(".from-here").innerText()),
      );
      assert.match(await page.locator(".health > .hint").first().innerText(), /WHIP/);
      assert.deepEqual(await axeViolationsInBothThemes(page), []);
    });

    await t.step("the publisher's tab is reloaded: nobody else reloads anything", async () => {
      await page.reload();
      await phase(page, "live");
      for (const { protocol, viewer } of viewers) {
        await waitUntilPlaying(viewer.page, { protocol });
        const same = await viewer.page.evaluate(() => document.body.dataset.same);
        assert.equal(same, "yes", protocol);
      }
    });

    await t.step("SIGKILL of rtc: all come back by themselves", async () => {
      const [before, media] = [await platform.pidOf("rtc"), await platform.pidOf("media")];
      const offers = posts.length;
      Deno.kill(before, "SIGKILL");
      const killedMs = Date.now();
      await waitFor("another offer of the studio", () => posts.length > offers, { everyMs: 20 });
      await phase(page, "live");
      console.log(`      the studio was live again after ${Date.now() - killedMs} ms`);
      for (const { protocol, viewer } of viewers) {
        await waitUntilPlaying(viewer.page, { protocol });
        console.log(`      ${protocol} played on after ${Date.now() - killedMs} ms at most`);
        const same = await viewer.page.evaluate(() => document.body.dataset.same);
        assert.equal(same, "yes", protocol);
      }
      assert.notEqual(await platform.pidOf("rtc"), before);
      assert.equal(await platform.pidOf("media"), media);
    });

    await t.step("the end is seen by all", async () => {
      await page.click(".studio-actions .danger");
      await page.click("dialog[open] .danger");
      await phase(page, "idle");
      await platform.waitLive(room, false);
      for (const { protocol, viewer } of viewers) {
        await waitFor(
          `the end by ${protocol}`,
          async () => (await inspectPlayer(viewer.page))?.state === "ended",
          { deadlineMs: 30_000 },
        );
      }
    });
    for (const { protocol, viewer } of [{ protocol: "studio", viewer: studio }, ...viewers]) {
      // What is asked for while rtc is away, or in the instant of the end, is not there.
      const heard = viewer.complaints.filter((line) =>
        !/Failed to load resource.*(404|409|503)/.test(line)
      );
      assert.deepEqual(heard, [], protocol);
    }
  } finally {
    await browser.close();
  }
});
