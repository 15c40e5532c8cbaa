/** The documentation of the API in Chromium: filter, copy, links into it. */
import assert from "node:assert/strict";
import { launchBrowser, openPage, visit } from "../support/browser.ts";
import { TestPlatform } from "../support/platform.ts";
import { waitFor } from "../support/wait.ts";

Deno.test({
  name: "the documentation of the API is filtered, copied from and linked into",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async (t) => {
    await using platform = await TestPlatform.start();
    const browser = await launchBrowser();
    try {
      const { page, context, complaints } = await openPage(browser, `${platform.url}/docs/api`);
      await context.grantPermissions(["clipboard-read", "clipboard-write"]);
      const visible = () =>
        page.locator(".api-call:visible h3").evaluateAll((calls) =>
          calls.map((call) => call.textContent?.replace(/\s+/g, " ").trim())
        );
      const all = (await visible()).length;
      assert.ok(all > 40, String(all));
      const status = page.locator(".api-filter [role=status]");
      await status.getByText(`${all} of ${all} calls`).waitFor();

      await t.step("words narrow it, from anywhere on the page", async () => {
        await page.evaluate(() => document.getElementById("shapes")?.scrollIntoView());
        await page.fill("#api-filter", "PUT follow");
        await status.getByText(`1 of ${all} calls`).waitFor();
        assert.deepEqual(await visible(), ["PUT /api/rooms/{room}/follow"]);
        assert.ok(await page.locator("#followRoom").isVisible());
        const box = await page.locator("#followRoom").boundingBox();
        assert.ok(box !== null && box.y > 0 && box.y < 800, JSON.stringify(box));
        assert.equal(await page.locator(".docs-calls a:visible").count(), 1);
        assert.equal(await page.locator("#shapes").isVisible(), false);
        await page.fill("#api-filter", "nothing like this");
        await status.getByText("No call matches").waitFor();
        await page.fill("#api-filter", "");
        assert.equal((await visible()).length, all);
      });

      await t.step("a command line is copied as it runs", async () => {
        const call = page.locator("#getRoom");
        await call.locator("summary").last().click();
        await call.locator(".copy-code").click();
        await status.getByText("Copied").waitFor();
        const copied = await page.evaluate(() => navigator.clipboard.readText());
        assert.equal(copied, `curl '${platform.url}/api/rooms/100001'`);
      });

      await t.step("a link leads to its call, below the filter", async () => {
        await visit(page, `${platform.url}/docs/api#createRoom`);
        await waitFor("the call in sight", async () => {
          const call = await page.locator("#createRoom").boundingBox();
          const filter = await page.locator(".api-filter").boundingBox();
          return call !== null && filter !== null && call.y >= filter.y + filter.height &&
            call.y < 400;
        });
      });
      assert.deepEqual(complaints, []);
    } finally {
      await browser.close();
    }
  },
});
