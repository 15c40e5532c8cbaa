/**
 * A page as a screen reader would read it: the browser's own accessibility tree, as text and as
 * what is wrong with it.
 *
 * @module
 */
import type { CDPSession, Page } from "playwright-core";

type AxTree = Awaited<ReturnType<typeof fullTree>>;
type AxNode = AxTree[number];

/** One thing that is read out. */
export interface Spoken {
  readonly depth: number;
  readonly role: string;
  readonly name: string;
  /** `level`, `expanded`, `pressed`… as the browser tells them. */
  readonly states: Readonly<Record<string, unknown>>;
}

/** Things that somebody uses. */
const CONTROLS = new Set([
  ...["button", "link", "textbox", "searchbox", "checkbox", "radio", "switch", "slider"],
  ...["combobox", "listbox", "menuitem", "menuitemradio", "menuitemcheckbox", "tab", "option"],
  ...["spinbutton", "DisclosureTriangle"],
]);
/** Landmarks of which a page has several, so that each says what it is. */
const LANDMARKS = new Set(["navigation", "complementary", "region"]);
/** Have names, too. */
const NAMED = new Set(["dialog", "alertdialog", "tablist", "tabpanel", "menu", "radiogroup"]);
/** Boxes that say nothing of themselves. */
const SILENT = new Set(["none", "generic", "InlineTextBox", "LineBreak", "LayoutTable"]);
const STATES = new Set([
  ...["level", "expanded", "pressed", "checked", "selected", "disabled", "invalid", "live"],
  ...["hasPopup", "modal", "required", "valuetext"],
]);

async function fullTree(session: CDPSession) {
  return (await session.send("Accessibility.getFullAXTree")).nodes;
}

/** What is read out, in its order. */
export async function readAloud(page: Page): Promise<Spoken[]> {
  const session = await page.context().newCDPSession(page);
  try {
    return flatten(await fullTree(session));
  } finally {
    await session.detach();
  }
}

function flatten(nodes: AxTree): Spoken[] {
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const spoken: Spoken[] = [];
  const walk = (node: AxNode, depth: number) => {
    const role = String(node.role?.value ?? "none");
    const name = String(node.name?.value ?? "").trim();
    const silent = node.ignored || SILENT.has(role) || role === "StaticText" && name === "";
    if (!silent) {
      const states = Object.fromEntries(
        (node.properties ?? []).filter(({ name, value }) =>
          STATES.has(name) && value.value !== "false" && value.value !== false
        ).map(({ name, value }) => [name, value.value]),
      );
      spoken.push({ depth, role, name, states });
    }
    // The words in a named control are its name.
    const last = CONTROLS.has(role) && role !== "combobox" && role !== "listbox";
    if (last || role === "StaticText") return;
    for (const id of node.childIds ?? []) {
      const child = byId.get(id);
      if (child !== undefined) walk(child, silent ? depth : depth + 1);
    }
  };
  const [root] = nodes;
  if (root !== undefined) walk(root, 0);
  return spoken;
}

/** The tree as lines, for people who read it. */
export function printOutline(spoken: readonly Spoken[]): string {
  return spoken.map(({ depth, role, name, states }) => {
    const more = Object.entries(states).map(([key, value]) => ` ${key}=${String(value)}`).join("");
    return `${"  ".repeat(depth)}${role} “${name}”${more}`;
  }).join("\n");
}

/** What would not read sensibly. */
export function outlineProblems(spoken: readonly Spoken[]): string[] {
  const problems: string[] = [];
  let level = 0;
  for (const { role, name, states } of spoken) {
    const needsName = CONTROLS.has(role) || LANDMARKS.has(role) || NAMED.has(role) ||
      role === "image" || role === "img" || role === "heading";
    if (needsName && name === "") problems.push(`${role} without a name`);
    if (role !== "heading") continue;
    const now = Number(states.level);
    if (now > level + 1) problems.push(`heading “${name}” of level ${now} after ${level}`);
    level = now;
  }
  const count = (role: string) => spoken.filter((one) => one.role === role).length;
  if (count("main") !== 1) problems.push(`${count("main")} main landmarks`);
  const titles = spoken.filter(({ role, states }) => role === "heading" && states.level === 1);
  if (titles.length !== 1) problems.push(`${titles.length} headings of level 1`);
  const landmarks = spoken.filter(({ role }) => LANDMARKS.has(role))
    .map(({ role, name }) => `${role} “${name}”`);
  for (const twice of landmarks.filter((one, index) => landmarks.indexOf(one) !== index)) {
    problems.push(`${twice} twice`);
  }
  return problems;
}

/** Counts what live regions say from now on; the answer tells what was said. */
export async function listen(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const said: string[] = [];
    const live =
      "[aria-live=polite], [aria-live=assertive], [role=status], [role=alert], [role=log]";
    new MutationObserver((changes) => {
      const regions = changes.map(({ target }) => {
        const element = target instanceof Element ? target : target.parentElement;
        return element?.closest(live)?.textContent?.trim();
      });
      said.push(...new Set(regions.filter((words) => words)) as Set<string>);
    }).observe(document, { subtree: true, childList: true, characterData: true });
    (globalThis as unknown as { said: string[] }).said = said;
  });
  return () => page.evaluate(() => (globalThis as unknown as { said: string[] }).said);
}

/** What has the focus, also in a component's own tree; `BODY` when nothing has. */
export async function focusOf(page: Page): Promise<string> {
  return await page.evaluate(() => {
    const now = document.activeElement;
    if (now === null || now === document.body) return "BODY";
    const id = now.id === "" ? "" : `#${now.id}`;
    return `${now.tagName.toLowerCase()}${id}.${[...now.classList].join(".")}`;
  });
}
