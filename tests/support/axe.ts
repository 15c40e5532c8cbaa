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
export async function axeViolations(page: Page): Promise<string[]> {
  return await run(page, STANDARDS);
}

/** The same in light colours, then what depends on colours in dark ones, too. */
export async function axeViolationsInBothThemes(page: Page): Promise<string[]> {
  const wear = (theme: string) =>
    page.evaluate((theme) => {
      document.documentElement.dataset.theme = theme;
      // Colours in the middle of a transition are nobody's choice.
      for (const animation of document.getAnimations()) {
        if (animation instanceof CSSTransition) animation.finish();
      }
    }, theme);
  await wear("light");
  const light = await run(page, STANDARDS);
  await wear("dark");
  const dark = await run(page, COLOURS);
  return [
    ...light.map((violation) => `light ${violation}`),
    ...dark.map((violation) => `dark ${violation}`),
  ];
}

async function run(page: Page, runOnly: readonly string[]): Promise<string[]> {
  script ??= readFile(
    new URL("../../node_modules/axe-core/axe.min.js", import.meta.url),
    "utf8",
  );
  await page.evaluate(await script);
  const results = await page.evaluate(async (runOnly) => {
    const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } };
    return await axe.run({ runOnly });
  }, runOnly);
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} ${target.join(" ")}: ${failureSummary}`)
  );
}
