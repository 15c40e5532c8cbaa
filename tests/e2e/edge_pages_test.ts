/** The pages that the edge shows by itself, in a real browser. */
import assert from "node:assert/strict";
import { axeViolations } from "../support/axe.ts";
import { launchBrowser } from "../support/browser.ts";
import { startEdge } from "../support/edge_setup.ts";
import { freePort } from "../support/platform.ts";

/** Where pictures go when somebody wants to look at them. */
const SHOTS = Deno.env.get("EDGE_PAGE_SHOTS");

Deno.test({
  name: "the edge's own pages are accessible, styled under their policy, and go away by themselves",
  // The browser's own sockets and timers live in playwright.
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async (t) => {
    const webPort = freePort();
    const { edge, url } = await startEdge({ webUrl: `http://127.0.0.1:${webPort}` });
    const browser = await launchBrowser();
    try {
      await t.step("axe finds nothing, in both themes and languages", async () => {
        const found: string[] = [];
        for (const locale of ["zh-CN", "en-US"]) {
          for (const colorScheme of ["light", "dark"] as const) {
            for (const width of [390, 1440]) {
              const context = await browser.newContext({
                locale,
                colorScheme,
                viewport: { width, height: width === 390 ? 844 : 900 },
                reducedMotion: "reduce",
              });
              // The page must stand still while it is looked at.
              await context.route("**/*", async (route) => {
                const response = await route.fetch();
                const { refresh: _, ...headers } = response.headers();
                await route.fulfill({ response, headers });
              });
              const page = await context.newPage();
              for (const [name, path] of [["away", "/rooms/1"], ["refused", "/internal/x"]]) {
                await page.goto(url + path);
                const ground = await page.evaluate(() =>
                  getComputedStyle(document.body).background
                );
                assert.match(ground, colorScheme === "dark" ? /16, 18, 22/ : /246, 245, 242/);
                const shot = `${name}-${locale}-${colorScheme}-${width}`;
                if (SHOTS) await page.screenshot({ path: `${SHOTS}/${shot}.png` });
                found.push(...(await axeViolations(page)).map((text) => `${shot} ${text}`));
              }
              await context.close();
            }
          }
        }
        assert.deepEqual(found, []);
      });

      await t.step("a chosen theme wins over that of the machine", async () => {
        const context = await browser.newContext({ colorScheme: "light" });
        await context.addCookies([{ name: "wanren_theme", value: "dark", url }]);
        const page = await context.newPage();
        await page.goto(url);
        const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        assert.equal(ground, "rgb(16, 18, 22)");
        await context.close();
      });

      await t.step("the page goes away by itself when web is back", async () => {
        const page = await browser.newPage({ locale: "en-US" });
        await page.goto(`${url}/rooms/1?x=1`);
        assert.equal(await page.textContent("h1"), "Back in a moment");
        assert.equal(
          await page.evaluate(() => document.querySelector<HTMLAnchorElement>(".primary")?.href),
          `${url}/rooms/1?x=1`,
        );
        const web = Deno.serve(
          { port: webPort, hostname: "127.0.0.1", onListen() {} },
          (request) =>
            new Response(`<h1>${new URL(request.url).search}</h1>`, {
              headers: { "content-type": "text/html" },
            }),
        );
        await page.waitForFunction(() => document.querySelector("h1")?.textContent === "?x=1");
        await page.close();
        await web.shutdown();
      });
    } finally {
      await browser.close();
      await edge.stop();
    }
  },
});
