/**
 * Scenes of the administrators' pages for `tools/shots.ts`.
 *
 * @module
 */
import type { Page } from "playwright-core";
import type { TestPlatform } from "../tests/support/platform.ts";
import { pause } from "../tests/support/wait.ts";
import type { Scene } from "./shot_camera.ts";

/** Figures and pictures of a page that looks again and again. */
const LIVE_MS = 5_000;

/** The scenes; `token` is an administrator's, `member` somebody with a room of this number. */
export async function adminScenes(
  platform: TestPlatform,
  { token, member }: { readonly token: string; readonly member: { readonly id: string } },
): Promise<Scene[]> {
  await busyDays(platform, token);
  const live = (_page: Page) => pause(LIVE_MS);
  const press = (selector: string) => async (page: Page) => {
    await page.locator(selector).first().click();
    await page.waitForSelector("dialog[open]");
  };
  const scene = (name: string, path: string, prepare?: Scene["prepare"]): Scene => ({
    ...{ name: `admin-${name}`, path: `/admin${path}`, token },
    ...(prepare && { prepare }),
  });
  return [
    scene("overview", "", live),
    scene("streams", "/streams", live),
    scene("cut-off", "/streams", press(".actions a")),
    scene("rooms", "/rooms"),
    scene("room-sheet", "/rooms", press(".actions a")),
    scene("room", `/rooms/${member.id}`),
    scene("question", `/rooms/${member.id}/suspend`),
    scene("accounts", "/accounts"),
    scene("account-sheet", "/accounts", press(".actions a")),
    scene("account-delete", "/accounts", async (page) => {
      await press(".actions a")(page);
      await page.locator(".admin-sheet .acts button").last().click();
      await page.waitForSelector("dialog[open] input");
    }),
    scene("nothing", "/accounts?q=zzz"),
    scene("broadcast", "/broadcast"),
    scene("settings", "/settings"),
    scene("log", "/log", (page) => page.waitForSelector("table tbody tr, .log-line, .empty")),
    scene("audit", "/audit"),
    scene("welcome", "/welcome"),
  ];
}

/** Something to be seen in the history and the audit log. */
async function busyDays(platform: TestPlatform, token: string): Promise<void> {
  const change = async (path: string, body: unknown) =>
    await platform.api(path, { method: "PATCH", token, body });
  await change("/api/admin/settings", { siteName: "Wanren" });
  await change("/api/admin/settings", { notice: "Maintenance tonight at 02:00 UTC" });
  await change("/api/admin/settings", { notice: "" });
  await change("/api/admin/settings", { embedFrames: ["https://example.org"] });
  const { body } = await platform.api<{ accounts: { id: string; admin: boolean }[] }>(
    "/api/admin/accounts?limit=3",
    { token },
  );
  for (const account of body.accounts.filter(({ admin }) => !admin)) {
    await change(`/api/admin/accounts/${account.id}`, {
      suspended: true,
      reason: "Spam in titles",
    });
    await change(`/api/admin/accounts/${account.id}`, { suspended: false });
  }
}
