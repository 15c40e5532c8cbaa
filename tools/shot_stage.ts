/**
 * Guests on stage, for the screenshots: the way onto it, being on it, and the host's side.
 *
 * @module
 */
import type { Page } from "playwright-core";
import type { TestPlatform } from "../tests/support/platform.ts";
import type { Scene } from "./shot_camera.ts";
import type { ShotRooms } from "./shot_rooms.ts";

/** Everything about the stage of the first room. */
export async function stageScenes(platform: TestPlatform, rooms: ShotRooms): Promise<Scene[]> {
  const own = rooms.live[0]!;
  const { follower } = rooms;
  const stage = `/api/rooms/${own.id}/stage`;
  const idOf = async (token: string) =>
    (await platform.api<{ account: { id: string } }>("/api/account", { token })).body.account.id;
  const guest = await idOf(follower);
  const call = (token: string, method: string, path: string, body?: unknown) =>
    platform.api(`${stage}${path}`, { token, method, body });
  const act = (token: string, action: string) =>
    call(token, "PATCH", `/guests/${guest}`, { action });
  await call(own.token, "PATCH", "", { open: true, layout: "picture_in_picture" });
  const names = ["Mika", "阿哲"];
  for (const name of names) {
    const { body: { token } } = await platform.api<{ token: string }>("/api/accounts", {
      body: { name: `${name} on stage`, password: "a long password" },
    });
    await call(token, "POST", "/wishes");
  }
  const mirror = async (page: Page) => {
    await act(follower, "leave");
    await page.click(".guest-row .button.primary");
    await page.waitForFunction(() =>
      (document.querySelector<HTMLVideoElement>(".guest-mirror video")?.videoWidth ?? 0) > 0
    );
  };
  const ask = async (page: Page) => {
    await mirror(page);
    await page.click(".sheet-foot .button");
    await page.waitForSelector('[data-part="asking"]');
  };
  const live = async (page: Page) => {
    await ask(page);
    await act(own.token, "accept");
    await page.waitForSelector('[data-part="live"]');
    await page.waitForFunction(() =>
      (document.querySelector<HTMLVideoElement>(".guest-face:not(.own) video")?.videoWidth ?? 0) > 0
    );
  };
  const path = `/rooms/${own.id}`;
  const row = (page: Page) => page.waitForSelector(".guest-row");
  return [
    { name: "stage-open", path, prepare: row },
    { name: "stage-mirror", path, token: follower, alone: true, prepare: mirror },
    { name: "stage-asking", path, token: follower, alone: true, prepare: ask },
    {
      name: "stage-invited",
      path,
      token: follower,
      alone: true,
      prepare: async (page) => {
        await act(follower, "leave");
        await call(own.token, "POST", "/invitations", { name: "青柠" });
        await page.waitForSelector('[data-part="invited"]');
      },
    },
    { name: "stage-live", path, token: follower, alone: true, prepare: live },
    {
      name: "stage-studio",
      path: "/studio?with=obs",
      token: own.token,
      alone: true,
      prepare: async (page) => {
        await act(follower, "leave");
        const other = await page.context().browser()!.newContext();
        await other.addCookies([
          { name: "wanren_session", value: follower, url: platform.url },
        ]);
        const second = await other.newPage();
        await second.goto(platform.url + path);
        await second.waitForSelector(".guest-row .button.primary");
        await live(second);
        await page.waitForFunction(() =>
          (document.querySelector<HTMLVideoElement>(".guests-seats video")?.videoWidth ?? 0) > 0
        );
        await page.locator("#stage-guests-title").scrollIntoViewIfNeeded();
      },
    },
  ];
}
