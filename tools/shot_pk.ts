/**
 * Battles of rooms, for the screenshots.
 *
 * @module
 */
import { waitUntilPlaying } from "../tests/support/player.ts";
import type { TestPlatform } from "../tests/support/platform.ts";
import type { Scene } from "./shot_camera.ts";
import type { ShotRoom, ShotRooms } from "./shot_rooms.ts";

/** Of the rooms' own pictures. */
const SOURCE_WIDTH = 320;

/** Begins a battle of the first two rooms, with gifts on both sides, and shows it to everybody. */
export async function pkScenes(platform: TestPlatform, rooms: ShotRooms): Promise<Scene[]> {
  const [first, second, third, fourth] = rooms.live;
  const call = (room: ShotRoom, method: "POST" | "PATCH", body: unknown) =>
    platform.api(`/api/rooms/${room.id}/pk`, { method, token: room.token, body });
  await call(first!, "POST", { opponent: second!.id, durationS: 900 });
  await call(second!, "PATCH", { action: "accept" });
  const { body: { account } } = await platform.api<{ account: { id: string } }>("/api/account", {
    token: rooms.follower,
  });
  await platform.api(`/api/admin/accounts/${account.id}/coins`, {
    token: rooms.admin,
    body: { coins: 100_000, reason: "" },
  });
  for (const [side, gift, count] of [[first, "rocket", 12], [second, "cake", 66]] as const) {
    await platform.api(`/api/rooms/${side!.id}/gifts`, {
      token: rooms.follower,
      body: { gift, count, requestId: `shot-${gift}` },
    });
  }
  const battle: Scene["prepare"] = async (page) => {
    await waitUntilPlaying(page);
    await page.waitForFunction(() => {
      const video = document.querySelector<HTMLVideoElement>(".battle-rival video");
      return video !== null && video.currentTime > 1;
    });
  };
  /** Once more, from nothing; the first end leads to the penalty, the second one out of it. */
  const begin = async () => {
    await call(second!, "PATCH", { action: "end" });
    await call(first!, "PATCH", { action: "end" });
    await call(first!, "POST", { opponent: second!.id, durationS: 900 });
    await call(second!, "PATCH", { action: "accept" });
  };
  const penalty: Scene["prepare"] = async (page) => {
    // A minute is soon over: each look has one of its own.
    await begin();
    await call(second!, "PATCH", { action: "end" });
    await battle(page);
    await page.waitForSelector(".battle-outcome");
  };
  /** Both pictures in one stream, for who chose it; the first look waits until it is mixed. */
  const one: Scene["prepare"] = async (page) => {
    await platform.api("/api/admin/settings", {
      method: "PATCH",
      token: rooms.admin,
      body: { pkMix: true },
    });
    await begin();
    const button = page.locator(".battle-one");
    await button.waitFor({ timeout: 40_000 });
    if (await button.getAttribute("aria-pressed") === "false") await button.click();
    await page.waitForSelector("[data-battle-one]");
    await page.waitForFunction((width) => {
      const video = document.querySelector<HTMLVideoElement>(".player-frame video");
      return video !== null && video.videoWidth > width;
    }, SOURCE_WIDTH);
    await waitUntilPlaying(page);
  };
  return [
    { name: "pk-running", path: `/rooms/${first!.id}`, prepare: battle },
    {
      name: "pk-gifts",
      path: `/rooms/${first!.id}`,
      token: rooms.follower,
      prepare: async (page) => {
        await battle(page);
        await page.click(".chat-gift");
        await page.click(".gift-side.rival");
      },
    },
    { name: "pk-landscape", path: `/rooms/${first!.id}`, prepare: battle, landscape: true },
    { name: "pk-own", path: `/rooms/${second!.id}`, token: second!.token, prepare: battle },
    { name: "pk-studio", path: "/studio", token: second!.token, prepare: waitForRow },
    {
      name: "pk-invite",
      path: `/rooms/${third!.id}`,
      token: third!.token,
      prepare: async (page) => {
        await page.click(".pk-host .button");
        await page.check(".pk-room input");
      },
    },
    {
      name: "pk-asked",
      alone: true,
      path: `/rooms/${fourth!.id}`,
      token: fourth!.token,
      prepare: async (page) => {
        await call(third!, "PATCH", { action: "cancel" });
        await call(third!, "POST", { opponent: fourth!.id, durationS: 180 });
        await page.waitForSelector(".pk-host.asked");
      },
    },
    { name: "pk-studio-asked", path: "/studio", token: fourth!.token, prepare: waitForRow },
    { name: "pk-penalty", path: `/rooms/${first!.id}`, alone: true, prepare: penalty },
    { name: "pk-one", path: `/rooms/${second!.id}`, alone: true, prepare: one },
    {
      name: "pk-one-landscape",
      path: `/rooms/${first!.id}`,
      alone: true,
      prepare: one,
      landscape: true,
    },
  ];
}

const waitForRow: Scene["prepare"] = async (page) => void await page.waitForSelector(".pk-host");
