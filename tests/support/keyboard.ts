/**
 * A page without a mouse: which controls the Tab key comes by, and which it misses.
 *
 * @module
 */
import type { Page } from "playwright-core";

/** More stops than any page has. */
const MAX_STOPS = 200;

/**
 * Goes through the page with Tab and answers the controls in sight that were not come by. Those of
 * one group that arrows go through (radios, tabs, menus, toolbars) count as one.
 */
export async function missedByTab(page: Page): Promise<string[]> {
  await page.evaluate(() => {
    const all: Element[] = [];
    const gather = (root: Document | ShadowRoot) => {
      for (const element of root.querySelectorAll("*")) {
        if (element.shadowRoot !== null) gather(element.shadowRoot);
        const usable = element.matches(
          "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']",
        );
        if (usable) all.push(element);
      }
    };
    gather(document);
    const inSight = all.filter((element) => {
      const box = element.getBoundingClientRect();
      return box.width > 0 && element.checkVisibility({ visibilityProperty: true }) &&
        !element.matches(
          ":disabled, [tabindex='-1'], [inert] *, [role=tab][aria-selected=false]",
        ) &&
        element.closest("[inert], [popover]:not(:popover-open)") === null;
    });
    const groups = new Set<string>();
    const expected = inSight.filter((element) => {
      if (!(element instanceof HTMLInputElement) || element.type !== "radio") return true;
      const known = groups.has(element.name);
      groups.add(element.name);
      return !known;
    });
    Object.assign(globalThis, { expected: new Set(expected) });
    (document.activeElement as HTMLElement | null)?.blur();
  });
  for (let stop = 0; stop < MAX_STOPS; stop++) {
    await page.keyboard.press("Tab");
    const goesOn = await page.evaluate(() => {
      const { expected } = globalThis as unknown as { expected: Set<Element> };
      const seen = (element: Element) => {
        expected.delete(element);
        if (!(element instanceof HTMLInputElement) || element.type !== "radio") return;
        for (const other of expected) {
          if (other instanceof HTMLInputElement && other.name === element.name) {
            expected.delete(other);
          }
        }
      };
      let now = document.activeElement;
      if (now === null || now === document.body) return expected.size > 0;
      while (now !== null) {
        seen(now);
        now = now.shadowRoot?.activeElement ?? null;
      }
      return expected.size > 0;
    });
    if (!goesOn) break;
  }
  return await page.evaluate(() =>
    [...(globalThis as unknown as { expected: Set<Element> }).expected].map((element) =>
      (element.cloneNode(false) as Element).outerHTML
    )
  );
}
