/**
 * The studio in all its states, for the screenshots.
 *
 * @module
 */
import type { Page } from "playwright-core";
import { Publisher } from "../tests/support/ffmpeg.ts";
import { visit } from "../tests/support/browser.ts";
import { waitUntilPlaying } from "../tests/support/player.ts";
import { pause } from "../tests/support/wait.ts";
import type { Scene } from "./shot_camera.ts";
import { encoderArguments, type ShotRoom } from "./shot_rooms.ts";

/** Whose studios are shown. */
export interface StudioRooms {
  /** On the air, all is well. */
  readonly good: ShotRoom;
  /** On the air, with what advice is given for. */
  readonly care: ShotRoom;
  readonly silent: ShotRoom;
  /** Session token of somebody without a room. */
  readonly homeless: string;
}

/** Scenes in the order of a broadcaster's evening. */
export function studioScenes({ good, care, silent, homeless }: StudioRooms): Scene[] {
  const scene = (
    name: string,
    room: ShotRoom,
    prepare?: Scene["prepare"],
  ): Scene => ({
    name: `studio-${name}`,
    path: "/studio?with=obs",
    token: room.token,
    ...(prepare && { prepare }),
  });
  const browser = (name: string, prepare?: Scene["prepare"]): Scene => ({
    ...scene(`browser-${name}`, silent, prepare),
    path: "/studio?with=browser",
  });
  return [
    { name: "studio-no-room", path: "/studio", token: homeless },
    browser("before"),
    browser("desk", (page) => openDesk(page)),
    { ...browser("live", (page) => goLive(page)), alone: true },
    scene("offline", silent),
    scene("details", silent, async (page) => {
      await page.fill("#room-title", "Drawing hands, the hard way");
      await page.click(".others summary");
      await page.locator("#room-title").scrollIntoViewIfNeeded();
    }),
    scene("refused", silent, async (page) => {
      await page.fill("#room-title", "a\u202eb");
      await page.press("#room-title", "Enter");
      await page.waitForSelector("#room-title-error");
    }),
    scene("rotate", silent, (page) => page.click(".rotate")),
    scene("live", good, async (page) => {
      await waitUntilPlaying(page);
      // Enough points for a line.
      await pause(6_000);
    }),
    { name: "studio-moderation", path: "/studio/moderation", token: good.token },
    { name: "studio-moderation-quiet", path: "/studio/moderation", token: silent.token },
    scene("care", care, async (page) => {
      await waitUntilPlaying(page);
      await page.waitForSelector(".advice > svg");
      if (page.viewportSize()!.width < 600) {
        await page.locator(".advice-list").scrollIntoViewIfNeeded();
      }
    }),
    scene("end", good, async (page) => {
      await waitUntilPlaying(page);
      await page.click(".studio-actions .danger");
      await page.waitForSelector("dialog[open]");
    }),
    { ...scene("ended", silent, (page) => endSoon(page, silent)), alone: true },
    scene("history", silent, (page) => page.locator(".broadcasts").scrollIntoViewIfNeeded()),
  ];
}

/** Opens camera and microphone, adds a screen, a watermark and perhaps words; waits for the checks. */
async function openDesk(page: Page, { words = true } = {}): Promise<void> {
  await page.click(".live-intro .primary");
  await page.waitForSelector(".live-picture");
  await page.click(".live-add button:nth-child(2)");
  await page.waitForSelector(".live-layers > li:nth-child(2)");
  if (words) await page.click(".live-add button:nth-child(5)");
  await page.fill("#live-watermark", "Wanren");
  await page.waitForSelector(".checks > .done:nth-child(2)", { timeout: 30_000 });
  await page.locator("#live-watermark").blur();
  await page.evaluate(() => scrollTo(0, 0));
}

/** Goes live from there, until there are figures; the next look does the same. */
export async function goLive(
  page: Page,
  { words = true, small = false } = {},
): Promise<void> {
  // The look before has left, and its stream waits for it.
  const end = page.locator(".studio-actions .danger");
  await end.waitFor({ state: "detached", timeout: 40_000 });
  await visit(page, page.url());
  // Who leaves while it is live is asked: the camera goes on.
  page.once("dialog", (dialog) => void dialog.accept());
  await openDesk(page, { words });
  if (small) await page.selectOption("#live-resolution", "360");
  await page.click(".live-start");
  await page.waitForSelector('[data-desk="live"]', { timeout: 30_000 });
  await page.waitForSelector(".from-here", { timeout: 30_000 });
  await pause(8_000);
}

/** Goes live for a moment, ends the stream and waits for its summary. */
async function endSoon(page: Page, room: ShotRoom): Promise<void> {
  await page.request.delete(new URL(`/api/rooms/${room.id}/hold`, page.url()).href, {
    headers: { authorization: `Bearer ${room.token}` },
  });
  const picture = "gradients=s=320x180:r=24:c0=0x2b2d42:c1=0xef8354:n=2:speed=0.02";
  await using _publisher = Publisher.run(encoderArguments(picture, room.publishUrl));
  await waitUntilPlaying(page);
  await pause(4_000);
  await page.click(".studio-actions .danger");
  await page.click("dialog[open] .danger");
  await page.waitForSelector(".tiles", { timeout: 20_000 });
  // The message has been read.
  await page.waitForSelector(".toast", { state: "detached", timeout: 20_000 });
}
