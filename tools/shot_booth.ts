/**
 * The photo booth in all its states, for the screenshots.
 *
 * @module
 */
import type { Page } from "playwright-core";
import { pause } from "../tests/support/wait.ts";
import type { Scene } from "./shot_camera.ts";

/** From the first visit to a shelf full of takes. */
export function boothScenes(): Scene[] {
  const scene = (name: string, prepare: Scene["prepare"]): Scene => ({
    name: `booth-${name}`,
    path: "/booth",
    // All of them use the same fake devices.
    alone: true,
    ...(prepare && { prepare }),
  });
  return [
    scene("refused", async (page) => {
      await turnOn(page);
      await page.locator(".booth-camera").click();
      await page.evaluate(() => {
        navigator.mediaDevices.getUserMedia = () =>
          Promise.reject(new DOMException("Permission denied", "NotAllowedError"));
      });
      await page.locator(".booth-cover .button.primary").click();
      await pause(500);
    }),
    scene("live", async (page) => {
      await turnOn(page);
      await choose(page, "filter", "warm");
    }),
    { ...scene("landscape", turnOn), landscape: true },
    scene("settings", async (page) => {
      await turnOn(page);
      const settings = page.locator(".booth-tools .button").first();
      if (await page.locator(".booth-settings").isHidden()) await settings.click();
      else await page.locator("#booth-files").scrollIntoViewIfNeeded();
    }),
    scene("countdown", async (page) => {
      await turnOn(page);
      await page.keyboard.press("t");
      await page.keyboard.press("t");
      await page.keyboard.press(" ");
      await page.waitForSelector(".booth-count");
    }),
    scene("screen", async (page) => {
      await turnOn(page);
      await page.keyboard.press("s");
      await pause(1_500);
    }),
    scene("recording", async (page) => {
      await turnOn(page);
      await choose(page, "filter", "comic");
      await page.keyboard.press("r");
      await pause(3_500);
    }),
    scene("takes", async (page) => {
      await takeSome(page);
      await page.locator(".booth-takes").scrollIntoViewIfNeeded();
    }),
    scene("take", async (page) => {
      await turnOn(page);
      await page.locator(".booth-shutter").click();
      await page.locator(".take-thumb").first().click();
      await page.waitForSelector(".take-media img, .take-media video");
      await pause(600);
    }),
  ];
}

/** Turns the camera on and takes three pictures with different filters. */
export async function takeSome(page: Page): Promise<void> {
  await turnOn(page);
  for (const id of ["sepia", "heat", "none"]) {
    await choose(page, "filter", id);
    await pause(500);
    await page.locator(".booth-shutter").click();
    await pause(700);
  }
  await page.locator(".booth-last :is(img, video)").waitFor();
}

async function turnOn(page: Page): Promise<void> {
  const start = page.locator(".booth-cover .button.primary");
  const mirror = page.locator(".booth-mirror:not([hidden])");
  await start.or(mirror).first().waitFor();
  // It may begin by itself just now.
  if (await start.isVisible()) await start.click({ timeout: 2_000 }).catch(() => {});
  await mirror.waitFor();
  // The small pictures come with one of the next frames.
  await pause(1_500);
}

async function choose(page: Page, name: string, value: string): Promise<void> {
  await page.locator(`input[name=booth-${name}][value=${value}]`).check({ force: true });
}
