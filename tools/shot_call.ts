/**
 * Calls, for the screenshots: where they begin, the mirror, and two people in one.
 *
 * @module
 */
import type { Page } from "playwright-core";
import { callText } from "../islands/i18n/call.ts";
import type { TestPlatform } from "../tests/support/platform.ts";
import type { Scene } from "./shot_camera.ts";
import { PEOPLE, seat } from "./shot_person.ts";

/** The words of the page's own language. */
async function wordsOf(page: Page) {
  const tag = await page.evaluate(() => document.documentElement.lang);
  return callText(tag.startsWith("zh") ? "zh" : "en");
}

async function join(page: Page, name: string): Promise<void> {
  await page.waitForSelector(".call-glass video");
  await page.fill("#call-name", name);
  await page.click(".call-entrance button[type=submit]");
  await page.waitForSelector(".call-room");
}

/** Others in the same call, each in a window of their own. */
const OTHERS = ["Mika", "老周", "Noor", "Andrés"].map((name, index) =>
  [name, PEOPLE[index + 1]!] as const
);

/** Joins, and lets others join, one of whom writes and raises a hand. */
export async function talk(page: Page, others = 1): Promise<void> {
  await join(page, "Lin");
  for (const [name, person] of OTHERS.slice(0, others)) {
    const other = await page.context().newPage();
    await seat(other, person);
    await other.setViewportSize({ width: 800, height: 600 });
    await other.goto(page.url());
    await join(other, name);
    if (name !== "Mika") continue;
    await other.keyboard.press("h");
    await other.keyboard.press("c");
    await other.fill("#call-draft", "你好！ Can you see my drawing?");
    await other.keyboard.press("Enter");
  }
  await page.bringToFront();
  await page.waitForFunction(
    (wanted) =>
      [...document.querySelectorAll<HTMLVideoElement>(".call-tile video")]
        .filter(({ videoWidth }) => videoWidth > 0).length === wanted,
    others + 1,
  );
  await page.waitForSelector(".call-mark.hand");
}

/** Everything about calls. */
export async function callScenes(
  platform: TestPlatform,
  { member }: { readonly member: string },
): Promise<Scene[]> {
  const make = (body: object) => platform.api("/api/calls", { token: member, body });
  await make({ name: "weekly", access: "invited" });
  await make({ name: "drawing-class", access: "password", password: "open sesame" });
  let calls = 0;
  /** A call of its own for each look: whoever left is not seen by the next. */
  const scene = (name: string, prepare: (page: Page) => Promise<unknown>): Scene => ({
    name: `call-${name}`,
    path: "/call/studio-talk",
    alone: true,
    prepare: async (page) => {
      await page.goto(new URL(`/call/studio-talk-${++calls}`, page.url()).href);
      await prepare(page);
    },
  });
  return [
    { name: "call-start", path: "/call" },
    { name: "call-own", path: "/call", token: member },
    { name: "call-password", path: "/call/drawing-class" },
    scene("mirror", (page) => page.waitForSelector(".call-glass video")),
    scene("alone", (page) => join(page, "Lin")),
    scene("two", (page) => talk(page)),
    scene("three", (page) => talk(page, 2)),
    scene("five", (page) => talk(page, 4)),
    scene("speaker", async (page) => {
      await talk(page, 4);
      await page.keyboard.press("l");
      await page.waitForSelector(".call-stage[data-layout='speaker']");
    }),
    { ...scene("landscape", (page) => talk(page)), landscape: true },
    scene("chat", async (page) => {
      await talk(page);
      await page.keyboard.press("c");
      await page.waitForSelector(".call-text");
    }),
    scene("people", async (page) => {
      await talk(page);
      await page.keyboard.press("p");
      await page.waitForSelector(".call-people");
    }),
    scene("inspect", async (page) => {
      await talk(page);
      await page.keyboard.press("i");
      await page.waitForSelector("[data-flow='in video']");
    }),
    scene("menu", async (page) => {
      await talk(page);
      await page.click(`button[aria-label="${(await wordsOf(page)).more}"]`);
    }),
    scene("invite", async (page) => {
      await join(page, "Lin");
      await page.click(".call-alone button");
      await page.waitForSelector(".qr svg");
    }),
    scene("left", async (page) => {
      await join(page, "Lin");
      await page.click(".call-leave");
      await page.waitForSelector("h1");
    }),
  ];
}
