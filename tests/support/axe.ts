/**
 * What axe-core has against a page.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";

let script: Promise<string> | null = null;

const STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** Rules whose answer depends on colours alone. */
const COLOURS = ["color-contrast", "link-in-text-block"];

/** Every violation of WCAG 2.2 A and AA and of the best practices, as text. */
export async function axeViolations(page: Page, within = "html"): Promise<string[]> {
  return await run(page, STANDARDS, within);
}

/** The same in light colours, then what depends on colours in dark ones, too. */
export async function axeViolationsInBothThemes(page: Page): Promise<string[]> {
  const wear = (theme: string) =>
    page.evaluate((theme) => document.documentElement.dataset.theme = theme, theme);
  await wear("light");
  const light = await run(page, STANDARDS, "html");
  await wear("dark");
  const dark = await run(page, COLOURS, "html");
  return [
    ...light.map((violation) => `light ${violation}`),
    ...dark.map((violation) => `dark ${violation}`),
  ];
}

async function run(page: Page, runOnly: readonly string[], within: string): Promise<string[]> {
  script ??= readFile(
    new URL("../../node_modules/axe-core/axe.min.js", import.meta.url),
    "utf8",
  );
  if (!await page.evaluate(() => "axe" in globalThis)) await page.evaluate(await script);
  const results = await page.evaluate(async ({ runOnly, within }) => {
    const { axe } = globalThis as unknown as {
      axe: { run(within: string, options: object): Promise<AxeResults> };
    };
    // Colours in the middle of a change are nobody's choice; what moves for ever stays as it is.
    // What inherits a colour changes when its parent has done so, hence the rounds.
    for (let round = 0; round < 20; round++) {
      const moving = document.getAnimations().filter((animation) =>
        animation.playState === "running" &&
        animation.effect?.getComputedTiming().endTime !== Infinity
      );
      if (moving.length === 0) break;
      for (const animation of moving) animation.finish();
    }
    return await axe.run(within, { runOnly, resultTypes: ["violations"], preload: false });
  }, { runOnly, within });
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} ${target.join(" ")}: ${failureSummary}`)
  );
}
