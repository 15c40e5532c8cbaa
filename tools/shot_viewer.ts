/**
 * What viewers see: the lobby, rooms and their talk, the player in other sites' frames.
 *
 * @module
 */
import type { Page } from "playwright-core";
import { waitUntilPlaying } from "../tests/support/player.ts";
import { pause, waitFor } from "../tests/support/wait.ts";
import type { Scene } from "./shot_camera.ts";
import type { ShotRoom, ShotRooms } from "./shot_rooms.ts";

/** Waits for the picture. */
export const playing = async (page: Page) => void await waitUntilPlaying(page);

/** Stills arrive one after the other; a page without them is worth a picture, too. */
export const stills = async (page: Page) => {
  await waitFor("stills", () =>
    page.evaluate(() => {
      const images = [...document.querySelectorAll<HTMLImageElement>("img.still-picture")]
        .filter((image) => image.getBoundingClientRect().top < innerHeight);
      return images.every((image) => image.complete && image.naturalWidth > 0);
    }), { deadlineMs: 15_000 }).catch(() => {});
};

/** Chooses WebRTC as the way of the picture, and waits for it. */
const overWebRtc = async (page: Page) => {
  await playing(page);
  await openRoutes(page);
  await page.getByRole("menuitemradio", { name: "WebRTC" }).click();
  await waitUntilPlaying(page, { protocol: "whep" });
};

const openRoutes = async (page: Page) => {
  await page.mouse.move(200, 150);
  await page.click(".player-route");
  await page.waitForSelector(".player-menu");
};

/** Waits for what was said in the room. */
const talk = async (page: Page) => {
  await page.waitForSelector(".chat-list .say, .chat-list .say-gift");
};

/** The lobby before anybody is live, and what a new account sees. */
export function emptyLobbyScenes(token: string): Scene[] {
  return [
    { name: "lobby-empty", path: "/" },
    { name: "lobby-empty-member", path: "/", token },
    { name: "lobby-following-empty", path: "/following", token },
  ];
}

/** The lobby on a busy evening. */
export function lobbyScenes(rooms: ShotRooms): Scene[] {
  return [
    { name: "lobby-live", path: "/", prepare: stills },
    { name: "lobby-follower", path: "/", token: rooms.follower, prepare: stills },
    { name: "lobby-category", path: "/?category=music", prepare: stills },
    { name: "lobby-category-empty", path: "/?category=study" },
    { name: "lobby-following", path: "/following", token: rooms.follower, prepare: stills },
    { name: "lobby-search", path: "/?q=walk", prepare: stills },
    { name: "lobby-search-nothing", path: "/?q=zzz" },
    {
      name: "lobby-preferences",
      path: "/",
      tellsTheme: true,
      prepare: async (page) => {
        await page.click("[popovertarget=preferences]");
        await page.waitForSelector("#preferences:popover-open");
      },
    },
    {
      name: "lobby-account-menu",
      path: "/",
      token: rooms.follower,
      prepare: async (page) => {
        await page.click(".account-button");
        await page.waitForSelector(":popover-open");
      },
    },
  ];
}

/** Rooms, live and not, with everything that opens over them. */
export function watchScenes(rooms: ShotRooms): Scene[] {
  const { demo, silent, follower, live: [own] } = rooms;
  const [, long, rtl] = rooms.live.filter((room) => room.role !== undefined) as ShotRoom[];
  const path = `/rooms/${own!.id}`;
  return [
    {
      name: "watch-live",
      path,
      prepare: async (page) => {
        await playing(page);
        await talk(page);
      },
    },
    { name: "watch-about", path: `${path}?panel=about`, prepare: playing },
    {
      name: "watch-more",
      path: `${path}?panel=more`,
      token: follower,
      prepare: async (page) => {
        await playing(page);
        await stills(page);
      },
    },
    {
      name: "watch-controls",
      path,
      prepare: async (page) => {
        await playing(page);
        await page.click(".player-sound");
        await page.mouse.move(300, 180);
      },
    },
    {
      name: "watch-statistics",
      path: `/rooms/${demo}`,
      prepare: async (page) => {
        await playing(page);
        await page.keyboard.press("i");
        await page.waitForSelector(".player-statistics");
      },
    },
    {
      name: "watch-webrtc",
      path: `/rooms/${demo}`,
      // The browser decodes and the server encodes on the same small machine.
      alone: true,
      prepare: async (page) => {
        await overWebRtc(page);
        await page.keyboard.press("i");
        await page.waitForSelector(".player-statistics");
        // Figures of the network come with the second look.
        await pause(2_500);
      },
    },
    {
      name: "watch-webrtc-menu",
      path: `/rooms/${demo}`,
      alone: true,
      prepare: async (page) => {
        await overWebRtc(page);
        await openRoutes(page);
      },
    },
    {
      name: "watch-menu",
      path: `/rooms/${demo}`,
      prepare: async (page) => {
        await playing(page);
        await openRoutes(page);
      },
    },
    {
      name: "watch-help",
      path: `/rooms/${demo}`,
      prepare: async (page) => {
        await playing(page);
        await page.keyboard.press("?");
        await page.waitForSelector("dialog[open]");
      },
    },
    {
      name: "watch-share",
      path,
      prepare: async (page) => {
        await page.click(".share");
        await page.waitForSelector(".qr path");
      },
    },
    {
      name: "watch-theatre",
      path,
      prepare: async (page) => {
        await playing(page);
        await page.keyboard.press("t");
        await page.waitForSelector(".watch[data-theatre]");
      },
    },
    { name: "watch-long-title", path: `/rooms/${long!.id}`, prepare: playing },
    { name: "watch-rtl", path: `/rooms/${rtl!.id}`, prepare: playing },
    { name: "watch-own", path, token: own!.token, prepare: playing },
    { name: "watch-landscape", path, prepare: playing, landscape: true },
    {
      name: "watch-not-live",
      path: `/rooms/${silent.id}`,
      prepare: (page) => page.waitForSelector(".next-up"),
    },
    {
      name: "watch-own-not-live",
      path: `/rooms/${silent.id}`,
      token: silent.token,
      prepare: (page) => page.waitForSelector(".next-up"),
    },
    {
      name: "watch-ended",
      path: `/rooms/${rooms.over.id}`,
      alone: true,
      prepare: async (page) => {
        await rooms.over.begin();
        await playing(page);
        await rooms.over.end();
        await page.waitForSelector(".next-up", { timeout: 40_000 });
      },
    },
    { name: "embed-live", path: `/embed/${demo}`, prepare: playing },
    {
      name: "embed-stopped",
      path: `/embed/${demo}?autoplay=0`,
      prepare: (page) => page.waitForSelector(".player-big-play"),
    },
    {
      name: "embed-not-live",
      path: `/embed/${silent.id}`,
      prepare: (page) => page.waitForSelector(".next-up"),
    },
  ];
}

/** The talk of a room, and what comes with it. */
export function chatScenes(rooms: ShotRooms): Scene[] {
  const { follower, live: [own] } = rooms;
  const path = `/rooms/${own!.id}`;
  const over = (selector: string) => async (page: Page) => {
    await playing(page);
    await talk(page);
    await page.click(selector);
  };
  return [
    {
      name: "chat-live",
      path,
      token: follower,
      prepare: async (page) => {
        await playing(page);
        await talk(page);
        await rooms.talk.sayMore();
        // So that the words are in the middle of the picture.
        await pause(1_500);
      },
    },
    {
      name: "chat-composer",
      path,
      token: follower,
      prepare: async (page) => {
        await over(".chat-form [aria-expanded]")(page);
        await page.waitForSelector(".emotes");
      },
    },
    {
      name: "chat-gifts",
      path,
      token: follower,
      prepare: async (page) => {
        await over(".chat-gift")(page);
        await page.waitForSelector(".gift-grid");
      },
    },
    {
      name: "chat-gifts-visitor",
      path,
      prepare: async (page) => {
        await over(".chat-gift")(page);
        await page.waitForSelector(".gift-log-in");
      },
    },
    {
      name: "chat-privates",
      path,
      token: follower,
      prepare: async (page) => {
        await over(".privates-open")(page);
        await page.waitForSelector(".privates-row");
      },
    },
    {
      name: "chat-private-talk",
      path,
      token: follower,
      prepare: async (page) => {
        await over(".privates-open")(page);
        await page.click(".privates-row >> nth=0");
        await page.waitForSelector(".privates-texts p");
      },
    },
    {
      name: "chat-message",
      path,
      token: follower,
      prepare: async (page) => {
        await over(".say .say-name >> nth=-1")(page);
        await page.waitForSelector(".message-menu[open]");
      },
    },
    {
      name: "chat-danmaku",
      path,
      prepare: async (page) => {
        await playing(page);
        await page.mouse.move(200, 150);
        await page.click(".stage-switches button >> nth=1");
        await page.waitForSelector(".danmaku-form");
      },
    },
    {
      name: "chat-board",
      path: `${path}?panel=board`,
      prepare: async (page) => {
        await playing(page);
        await page.waitForSelector(".board");
      },
    },
  ];
}
