/**
 * People in calls, each in a window of their own.
 *
 * @module
 */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { callText } from "../../islands/i18n/call.ts";
import { openPage } from "./browser.ts";
import { waitFor } from "./wait.ts";

const text = callText("en");

/** How somebody comes to a call. */
export interface CallerOptions {
  readonly width?: number;
  readonly height?: number;
  readonly locale?: "en-US" | "zh-CN";
  readonly colorScheme?: "light" | "dark";
  /** Runs before any script of the page. */
  readonly before?: string;
}

/** Low pictures, so that six of them fit into one machine; `rtc` gets them once. */
export const SMALL_PICTURES = `
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = (constraints) => ask({
    ...constraints,
    ...(constraints.video && {
      video: { ...constraints.video, width: 320, height: 180, frameRate: 10, aspectRatio: undefined },
    }),
  });
`;

/**
 * The lowest pictures that `rtc` gets in two layers, 640 and 320 wide; drawn, since all windows of
 * Chromium share the camera that is not real, and whoever opens it first says its size.
 */
export const LAYERED_PICTURES = `
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 360 });
  const pen = canvas.getContext("2d");
  let drawn = 0;
  setInterval(() => {
    pen.fillStyle = "hsl(" + drawn * 7 % 360 + " 80% 50%)";
    pen.fillRect(drawn++ * 9 % 640, 40, 200, 280);
  }, 100);
  navigator.mediaDevices.getUserMedia = async ({ audio, video }) => {
    const stream = audio ? await ask({ audio }) : new MediaStream();
    if (video) stream.addTrack(canvas.captureStream(10).getVideoTracks()[0]);
    return stream;
  };
`;

/** Notes when somebody knocked and when the first face of another one was there. */
const STOPWATCH = `
  const times = globalThis.callTimes = { knockedMs: null, faceMs: null };
  addEventListener("submit", () => times.knockedMs ??= performance.now(), true);
  addEventListener("loadeddata", ({ target }) => {
    if (target.closest?.(".call-tile:not([data-state=own])")) times.faceMs ??= performance.now();
  }, true);
`;

/** Somebody in front of a call. */
export class Caller {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly complaints: string[];
  readonly name: string;

  private constructor(
    opened: Awaited<ReturnType<typeof openPage>>,
    name: string,
  ) {
    this.page = opened.page;
    this.context = opened.context;
    this.complaints = opened.complaints;
    this.name = name;
  }

  /** Opens a call's page; nobody has joined yet. */
  static async open(
    browser: Browser,
    url: string,
    { name, before = "", ...options }: CallerOptions & { readonly name: string },
  ): Promise<Caller> {
    const opened = await openPage(browser, url, {
      ...{ width: 960, height: 640, before: STOPWATCH + before },
      ...options,
    });
    return new Caller(opened, name);
  }

  /** From knocking to the first face of another one, milliseconds. */
  async firstFaceMs(): Promise<number> {
    return await waitFor("the first face", () =>
      this.page.evaluate(() => {
        const { knockedMs, faceMs } = (globalThis as unknown as {
          callTimes: { knockedMs: number | null; faceMs: number | null };
        }).callTimes;
        return knockedMs === null || faceMs === null ? null : faceMs - knockedMs;
      }));
  }

  /** Opens and joins. */
  static async join(
    browser: Browser,
    url: string,
    options: CallerOptions & { readonly name: string },
  ): Promise<Caller> {
    const caller = await Caller.open(browser, url, options);
    await caller.join();
    return caller;
  }

  /** Types the name, waits for the mirror, joins. */
  async join(): Promise<void> {
    const { page } = this;
    await page.waitForSelector(".call-glass video");
    await page.fill("#call-name", this.name);
    await page.click(".call-entrance button[type=submit]");
    await page.waitForSelector(".call-room");
  }

  /** Presses a control by its name. */
  async press(label: string): Promise<void> {
    await this.page.click(`.call-controls button[aria-label="${label}"]`);
  }

  /** Presses an entry of the menu. */
  async choose(label: string): Promise<void> {
    await this.press(text.more);
    await this.page.click(`#call-menu .menu-item:text-is("${label}")`);
  }

  /** Waits until a picture of somebody moves; answers its size. */
  async sees(who: string, kind: "camera" | "screen" = "camera"): Promise<{
    readonly width: number;
    readonly height: number;
  }> {
    const label = kind === "screen" ? text.screenOf(who) : who;
    const look = () =>
      this.page.evaluate((label) => {
        const tiles = [...document.querySelectorAll(".call-tile")];
        const tile = tiles.find((each) =>
          each.querySelector(".call-tile-name")?.textContent === label
        );
        const video = tile?.querySelector("video");
        return video == null ? null : {
          frames: video.getVideoPlaybackQuality().totalVideoFrames,
          width: video.videoWidth,
          height: video.videoHeight,
        };
      }, label);
    let first: number | null = null;
    return await waitFor(`${label} at ${this.name}`, async () => {
      const seen = await look();
      if (seen === null || seen.width === 0) return null;
      first ??= seen.frames;
      return seen.frames > first + 5 ? seen : null;
    }, { deadlineMs: 30_000 });
  }

  /** Waits until the picture of somebody is so wide, in pixels of its own. */
  async seesWide(who: string, width: number): Promise<void> {
    await waitFor(
      `${who} ${width} wide at ${this.name}`,
      async () => await this.pictureWidth(who) === width,
      { deadlineMs: 30_000 },
    );
  }

  /** Width of somebody's picture, in pixels of its own; 0: there is none. */
  async pictureWidth(who: string): Promise<number> {
    return await this.page.evaluate(
      (who) =>
        [...document.querySelectorAll(".call-tile")]
          .find((each) => each.querySelector(".call-tile-name")?.textContent === who)
          ?.querySelector("video")?.videoWidth ?? 0,
      who,
    );
  }

  /** Waits until the pictures of all of them move: one script that looks, however many they are. */
  async seesAll(names: readonly string[]): Promise<void> {
    const missing = await this.page.evaluate(async (names) => {
      const first = new Map<string, number>();
      const left = new Set(names);
      for (const began = performance.now(); performance.now() - began < 30_000;) {
        for (const tile of document.querySelectorAll(".call-tile")) {
          const name = tile.querySelector(".call-tile-name")?.textContent ?? "";
          const video = tile.querySelector("video");
          if (!left.has(name) || video === null || video.videoWidth === 0) continue;
          const frames = video.getVideoPlaybackQuality().totalVideoFrames;
          const before = first.get(name);
          // A new stream counts from one on.
          if (before === undefined || frames < before) first.set(name, frames);
          else if (frames > before + 3) left.delete(name);
        }
        if (left.size === 0) return [];
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      return [...left];
    }, names);
    if (missing.length > 0) throw new Error(`${this.name} cannot see ${missing.join(", ")}`);
  }

  /**
   * Watches a face; the answer ends that and says how long it stood still at most, milliseconds. A
   * new stream for the same face counts its pictures from one on. Time in which the page had no turn
   * to look does not count: pictures go on meanwhile, unseen by this script.
   */
  longestGapMs(who: string): () => Promise<number> {
    const started = this.page.evaluate((who) => {
      const kept = globalThis as unknown as { faceGap?: { longest: number; stop(): void } };
      const everyMs = 20;
      let frames = -1;
      let stillMs = 0;
      let lookedAt = performance.now();
      const gap = kept.faceGap = {
        longest: 0,
        stop: () => clearInterval(timer),
      };
      const timer = setInterval(() => {
        const nowMs = performance.now();
        const video = [...document.querySelectorAll(".call-tile")]
          .find((each) => each.querySelector(".call-tile-name")?.textContent === who)
          ?.querySelector("video") ?? null;
        const now = video?.getVideoPlaybackQuality().totalVideoFrames ?? -1;
        if (now > 0 && now !== frames) [frames, stillMs] = [now, 0];
        else stillMs += Math.min(nowMs - lookedAt, everyMs * 2);
        lookedAt = nowMs;
        gap.longest = Math.max(gap.longest, stillMs);
      }, everyMs);
    }, who);
    return async () => {
      await started;
      return await this.page.evaluate(() => {
        const { faceGap } = globalThis as unknown as {
          faceGap: { longest: number; stop(): void };
        };
        faceGap.stop();
        return faceGap.longest;
      });
    };
  }

  /** Whether somebody's voice arrives: energy of the sound that their element plays. */
  async hears(): Promise<void> {
    await waitFor(
      `a voice at ${this.name}`,
      () =>
        this.page.evaluate(() =>
          [...document.querySelectorAll("audio")].some((audio) =>
            audio.srcObject instanceof MediaStream && !audio.paused &&
            audio.srcObject.getAudioTracks().some((track) => !track.muted)
          )
        ),
      { deadlineMs: 20_000 },
    );
  }

  /** Waits until the tile of somebody shows or shows not the given part. */
  async waitTile(who: string, selector: string, shown = true): Promise<void> {
    await this.page.locator(".call-tile", { has: this.page.getByText(who, { exact: true }) })
      .locator(selector).first()
      .waitFor({ state: shown ? "attached" : "detached", timeout: 20_000 });
  }

  /** Names on the tiles. */
  names(): Promise<string[]> {
    return this.page.locator(".call-tile .call-tile-name").allInnerTexts();
  }

  async close(): Promise<void> {
    await this.context.close();
  }
}
