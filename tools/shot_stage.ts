/**
 * Guests on stage, for the screenshots: the way onto it, being on it, and the host's side.
 *
 * @module
 */
import type { Page } from "playwright-core";
import type { TestPlatform } from "../tests/support/platform.ts";
import type { Scene } from "./shot_camera.ts";
import { PEOPLE, seat } from "./shot_person.ts";
import type { ShotRoom, ShotRooms } from "./shot_rooms.ts";
import { goLive } from "./shot_studio.ts";

/** Everything about the stage of the first room, and of one that broadcasts from the browser. */
export async function stageScenes(platform: TestPlatform, rooms: ShotRooms): Promise<Scene[]> {
  const own = rooms.live[0]!;
  const { follower, silent } = rooms;
  const guest = (await platform.api<{ account: { id: string } }>("/api/account", {
    token: follower,
  })).body.account.id;
  const call = (room: ShotRoom, order: {
    readonly token?: string;
    readonly method?: string;
    readonly path?: string;
    readonly body?: unknown;
  }) =>
    platform.api(`/api/rooms/${room.id}/stage${order.path ?? ""}`, { token: room.token, ...order });
  const act = (room: ShotRoom, action: string) =>
    call(room, {
      method: "PATCH",
      path: `/guests/${guest}`,
      body: { action },
      ...(action === "leave" && { token: follower }),
    });
  const open = (room: ShotRoom, body: object) =>
    call(room, { method: "PATCH", body: { open: true, ...body } });
  /** Who asks is forgotten after five minutes. */
  const crowd = await Promise.all(["Mika", "阿哲"].map(async (name) => {
    const { body: { token } } = await platform.api<{ token: string }>("/api/accounts", {
      body: { name: `${name} 小号`, password: "a long password" },
    });
    return token;
  }));
  const others = async () => {
    for (const token of crowd) await call(own, { token, method: "POST", path: "/wishes" });
  };
  await open(own, { layout: "picture_in_picture" });
  await others();
  const mirror = async (page: Page) => {
    // Nobody is on two stages; who has just left a page keeps the seat for a while.
    for (const one of [own, silent]) await act(one, "leave");
    await page.click(".guest-row .button.primary");
    await hasPicture(page, ".guest-mirror");
  };
  const ask = async (page: Page) => {
    await mirror(page);
    await page.click(".sheet-foot .button");
    await page.waitForSelector('[data-part="asking"]');
  };
  const live = async (page: Page, room = own) => {
    await ask(page);
    await act(room, "accept");
    await page.waitForSelector('[data-part="live"]');
    await hasPicture(page, ".guest-face:not(.own)");
  };
  /** Somebody else comes on stage, until this page goes elsewhere. */
  const bring = async (page: Page, room: ShotRoom) => {
    const context = await page.context().browser()!.newContext();
    page.once("framenavigated", () => void context.close());
    await context.addCookies([{ name: "wanren_session", value: follower, url: platform.url }]);
    await seat(context, PEOPLE[2]!);
    const other = await context.newPage();
    await other.goto(`${platform.url}/rooms/${room.id}`);
    await other.waitForSelector(".guest-row .button.primary");
    await live(other, room);
  };
  const path = `/rooms/${own.id}`;
  const asGuest = (name: string, prepare: (page: Page) => Promise<unknown>): Scene => ({
    ...{ name: `stage-${name}`, path, token: follower, alone: true },
    prepare: async (page) => {
      await others();
      await prepare(page);
    },
  });
  return [
    { name: "stage-open", path, prepare: (page) => page.waitForSelector(".guest-row") },
    asGuest("mirror", mirror),
    asGuest("asking", ask),
    asGuest("invited", async (page) => {
      await act(own, "leave");
      await call(own, { method: "POST", path: "/invitations", body: { name: "青柠" } });
      await page.waitForSelector('[data-part="invited"]');
    }),
    asGuest("live", (page) => live(page)),
    asGuest("back", async (page) => {
      await live(page);
      await page.reload();
      await page.waitForSelector('[data-part="back"]');
    }),
    {
      name: "stage-studio",
      path: "/studio?with=obs",
      token: own.token,
      alone: true,
      prepare: async (page) => {
        await others();
        await call(own, { method: "POST", path: "/invitations", body: { name: "Ah Zhe" } });
        await bring(page, own);
        await hasPicture(page, ".guests-seats");
        await page.locator("#stage-guests-title").scrollIntoViewIfNeeded();
      },
    },
    {
      name: "stage-canvas",
      path: "/studio?with=browser",
      token: silent.token,
      alone: true,
      prepare: async (page) => {
        // Two cores encode this and the guest, too.
        await goLive(page, { words: false, small: true });
        await open(silent, { mode: "canvas" });
        await bring(page, silent);
        await hasPicture(page, ".guests-seats");
        await page.waitForSelector(".live-layers > li:nth-child(3)");
      },
    },
  ];
}

function hasPicture(page: Page, place: string): Promise<unknown> {
  return page.waitForFunction(
    (place) => (document.querySelector<HTMLVideoElement>(`${place} video`)?.videoWidth ?? 0) > 0,
    place,
    // A busy machine draws late.
    { polling: 500, timeout: 60_000 },
  );
}
