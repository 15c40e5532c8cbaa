/**
 * Scenes of the account page and of the administrators' pages for `tools/shots.ts`.
 *
 * @module
 */
import type { Page } from "playwright-core";
import type { TestPlatform } from "../tests/support/platform.ts";
import { pause } from "../tests/support/wait.ts";
import type { Scene } from "./shots.ts";

/** Figures and pictures of a page that looks again and again. */
const LIVE_MS = 9_000;

/** The scenes; `member` is somebody with a room of this number. */
export async function adminScenes(
  platform: TestPlatform,
  member: { readonly id: string; readonly token: string },
): Promise<Scene[]> {
  const { body } = await platform.api<{ token: string }>("/api/sessions", {
    body: { name: "admin", password: "correct horse battery" },
  });
  const { token } = body;
  await busyDays(platform, token);
  const live = (_page: Page) => pause(LIVE_MS);
  const press = (selector: string) => async (page: Page) => {
    await pause(500);
    await page.locator(selector).first().click();
  };
  return [
    { name: "admin-overview", path: "/admin", token, prepare: live },
    { name: "admin-streams", path: "/admin/streams", token, prepare: live },
    { name: "admin-cut-off", path: "/admin/streams", token, prepare: press(".actions a") },
    { name: "admin-rooms", path: "/admin/rooms", token },
    { name: "admin-room-sheet", path: "/admin/rooms", token, prepare: press(".actions a") },
    { name: "admin-room", path: `/admin/rooms/${member.id}`, token },
    { name: "admin-question", path: `/admin/rooms/${member.id}/suspend`, token },
    { name: "admin-accounts", path: "/admin/accounts", token },
    {
      name: "admin-account-sheet",
      path: "/admin/accounts",
      token,
      prepare: press(".actions a"),
    },
    {
      name: "admin-account-delete",
      path: "/admin/accounts",
      token,
      prepare: async (page) => {
        await press(".actions a")(page);
        await page.locator(".admin-sheet .acts button").last().click();
      },
    },
    { name: "admin-nothing", path: "/admin/accounts?q=zzz", token },
    { name: "admin-settings", path: "/admin/settings", token },
    { name: "admin-log", path: "/admin/log", token, prepare: live },
    { name: "admin-audit", path: "/admin/audit", token },
    { name: "admin-welcome", path: "/admin/welcome", token },
    { name: "admin-forbidden", path: "/admin", token: member.token },
    { name: "account", path: "/account", token },
    {
      name: "account-delete",
      path: "/account",
      token: member.token,
      prepare: press("[aria-labelledby=deletion-title] a"),
    },
    { name: "account-delete-page", path: "/account/delete", token: member.token },
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
