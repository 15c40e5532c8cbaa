/**
 * Looking at the player in a page under test.
 *
 * @module
 */
import type { Page } from "playwright-core";
import type { PlayerInspection } from "../../islands/player/session.ts";
import type { ProtocolChoice } from "../../islands/player/protocol.ts";
import { waitFor } from "./wait.ts";

/** Script text that makes the player of a new page begin with a protocol, for `before`. */
export function choosePlayer(choice: ProtocolChoice): string {
  const stored = JSON.stringify({ choice, latencyMode: "balanced", volume: 1, muted: true });
  return `localStorage.setItem("wanren.player", ${JSON.stringify(stored)});`;
}

/** What the player says of itself; null before it runs. */
export async function inspectPlayer(page: Page): Promise<PlayerInspection | null> {
  return await page.evaluate(() => {
    const root = document.querySelector(".player") as
      | (Element & { inspect?: () => PlayerInspection })
      | null;
    return root?.inspect?.() ?? null;
  });
}

/** Waits until the picture moves: the player plays and its position advances by a second. */
export async function waitUntilPlaying(
  page: Page,
  wanted: { readonly protocol?: string } = {},
): Promise<PlayerInspection> {
  let from: { position: number; frames: number } | null = null;
  return await waitFor("a moving picture", async () => {
    const seen = await inspectPlayer(page);
    const matches = seen !== null && seen.state === "playing" &&
      (wanted.protocol === undefined || seen.protocol === wanted.protocol);
    if (!matches) {
      from = null;
      return null;
    }
    const frames = await page.evaluate(() =>
      document.querySelector("video")?.getVideoPlaybackQuality().totalVideoFrames ?? 0
    );
    const now = { position: seen.positionS, frames };
    // A new source begins to count anew.
    if (from === null || now.position < from.position || now.frames < from.frames) from = now;
    return now.position > from.position + 1 && now.frames > from.frames + 10 && seen;
  }, { deadlineMs: 40_000, everyMs: 200 });
}
