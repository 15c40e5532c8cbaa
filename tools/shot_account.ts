/**
 * Forms around accounts, the documentation and the showcase, for the screenshots.
 *
 * @module
 */
import type { Page } from "playwright-core";
import type { Scene } from "./shot_camera.ts";

/** Whose accounts are shown. */
export interface AccountPeople {
  /** A name that is taken. */
  readonly takenName: string;
  /** Session token of its owner. */
  readonly member: string;
  /** Session token of somebody with coins. */
  readonly rich: string;
  /** Session token of an administrator. */
  readonly admin: string;
}

const PASSWORD = "a long password";

/** Log-in, sign-up, the account, first run. */
export function accountScenes({ takenName, member, rich, admin }: AccountPeople): Scene[] {
  const fill = (name: string, password: string) => async (page: Page) => {
    await page.fill("#name", name);
    await page.fill("#password", password);
    await page.click("main button[type=submit]");
    await page.waitForSelector(".field-error, .form-error, [role=alert]");
  };
  return [
    { name: "account-login", path: "/login" },
    { name: "account-login-refused", path: "/login", prepare: fill(takenName, "wrong password") },
    { name: "account-signup", path: "/signup" },
    { name: "account-signup-refused", path: "/signup", prepare: fill(takenName, PASSWORD) },
    { name: "account-setup-done", path: "/setup?token=x" },
    { name: "account-wallet", path: "/account/wallet", token: rich },
    { name: "account-wallet-empty", path: "/account/wallet", token: member },
    { name: "account-settings", path: "/account", token: admin },
    {
      name: "account-delete",
      path: "/account",
      token: member,
      prepare: async (page) => {
        await page.locator("[aria-labelledby=deletion-title] a").first().click();
        await page.waitForSelector("dialog[open]");
      },
    },
    { name: "account-delete-page", path: "/account/delete", token: member },
    { name: "account-deleted", path: "/account/deleted" },
  ];
}

/** For people who build on it and who build it. */
export function docsScenes({ admin }: Pick<AccountPeople, "admin">): Scene[] {
  return [
    { name: "docs-api", path: "/docs/api" },
    {
      name: "docs-api-call",
      path: "/docs/api",
      prepare: async (page) => {
        await page.evaluate(() => {
          const calls = [...document.querySelectorAll("main details")].slice(0, 3);
          for (const one of calls) (one as HTMLDetailsElement).open = true;
        });
      },
    },
    { name: "docs-ui", path: "/debug/ui", token: admin },
  ];
}
