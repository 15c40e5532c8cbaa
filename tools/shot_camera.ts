/**
 * Pictures of pages in every look: one browser, one page for each size and language that goes from
 * scene to scene, both themes of one visit.
 *
 * @module
 */
import { type Browser, errors, type Page } from "playwright-core";
import { axeViolationsInBothThemes } from "../tests/support/axe.ts";
import { launchBrowser, openPage, visit } from "../tests/support/browser.ts";
import { missedByTab } from "../tests/support/keyboard.ts";
import { waitFor } from "../tests/support/wait.ts";
import { PEOPLE, seat } from "./shot_person.ts";

/** One page in one state. */
export interface Scene {
  /** Begins with the part that it belongs to. */
  readonly name: string;
  /** A path of the platform, or an address elsewhere. */
  readonly path: string;
  /** Session token of who looks. */
  readonly token?: string;
  /** Brings the page into the state and waits for it. */
  readonly prepare?: (page: Page) => Promise<unknown>;
  /** A phone that lies on its side. */
  readonly landscape?: boolean;
  /** Tells which theme is chosen: each is a visit of its own. */
  readonly tellsTheme?: boolean;
  /** Changes what others see: one look after the other. */
  readonly alone?: boolean;
}

/** A window in a language. */
interface View {
  readonly width: number;
  readonly height: number;
  readonly locale: "zh-CN" | "en-US";
}

type Theme = "light" | "dark";

const SIZES = [{ width: 1440, height: 900 }, { width: 390, height: 844 }] as const;
const LOCALES = ["zh-CN", "en-US"] as const;
/** Phones end here, CSS pixels. */
const PHONE = 600;
/** A page is shown down to here, CSS pixels; more is seen by nobody on an overview. */
const MAX_HEIGHT = { wide: 2_400, phone: 3_200 } as const;
/** A picture that does not come by then is missing on the screenshot, too. */
const PICTURES_MS = 8_000;
/** Every scene begins as on a new device. */
const FORGET = "try { localStorage.clear(); sessionStorage.clear(); } catch {}";

/** Where pictures go. */
export interface CameraOptions {
  readonly folder: string;
  /** Two of the eight looks alone: dark Chinese and light English. */
  readonly quick?: boolean;
  /** Desktops alone. */
  readonly wide?: boolean;
  /** Complains of what axe finds, what Tab misses, and what is wider than its window, too. */
  readonly check?: boolean;
}

/** Takes the pictures; disposing closes the browser. */
export class Camera implements AsyncDisposable {
  /** What was said on the console and asked of other hosts, and what could not be shown. */
  readonly complaints: string[] = [];
  readonly taken: string[] = [];
  readonly #browser: Browser;
  readonly #options: CameraOptions;
  readonly #pages = new Map<string, { page: Page; complaints: string[] }>();

  private constructor(browser: Browser, options: CameraOptions) {
    this.#browser = browser;
    this.#options = options;
  }

  /** Starts the browser. */
  static async open(options: CameraOptions): Promise<Camera> {
    await Deno.mkdir(options.folder, { recursive: true });
    return new Camera(await launchBrowser({ capture: "granted" }), options);
  }

  /** Takes a scene in all its looks. */
  async shoot(scene: Scene, base: string): Promise<void> {
    const startedAt = performance.now();
    const lanes = LOCALES.map((locale) => async () => {
      for (const size of SIZES) {
        if (scene.landscape && size.width > PHONE) continue;
        if (this.#options.wide && size.width < PHONE) continue;
        const turned = scene.landscape ? { width: size.height, height: size.width } : size;
        const view = { ...turned, locale };
        const themes = this.#themes(view);
        for (const some of scene.tellsTheme ? themes.map((theme) => [theme]) : [themes]) {
          await this.#look(scene, { base, view, themes: some }).catch(async (error) => {
            this.complaints.push(`${scene.name} ${size.width} ${locale}: ${error}`);
            await this.#keepFailure(scene, view);
          });
        }
      }
    });
    if (scene.alone) { for (const lane of lanes) await lane(); }
    else await Promise.all(lanes.map((lane) => lane()));
    this.taken.push(scene.name);
    console.log(`${scene.name} ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);
  }

  async #look(
    scene: Scene,
    { base, view, themes }: {
      readonly base: string;
      readonly view: View;
      readonly themes: readonly Theme[];
    },
  ): Promise<void> {
    const { page, complaints } = await this.#page(view);
    complaints.length = 0;
    const [first = "dark"] = themes;
    await page.context().clearCookies();
    await page.context().addCookies([
      { name: "wanren_theme", value: first, url: base },
      ...(scene.token === undefined
        ? []
        : [{ name: "wanren_session", value: scene.token, url: base }]),
    ]);
    await page.emulateMedia({ colorScheme: first });
    await visit(page, new URL(scene.path, base).href);
    await scene.prepare?.(page);
    for (const theme of themes) {
      if (theme !== first) {
        await page.emulateMedia({ colorScheme: theme });
        await page.evaluate((value) => document.documentElement.dataset.theme = value, theme);
      }
      await settle(page);
      await takeWhole(page, `${this.#options.folder}/${scene.name}-${lookName(view, theme)}.png`);
    }
    if (this.#options.check) {
      for (const fault of await faultsOf(page)) {
        this.complaints.push(`${scene.name} ${view.width} ${view.locale}: ${fault}`);
      }
    }
    // Nothing of a page that is left runs on beside the next ones.
    for (const other of page.context().pages()) if (other !== page) await other.close();
    await page.goto("about:blank");
    for (const complaint of complaints) {
      if (!isExpected(complaint, { scene, base })) {
        this.complaints.push(`${scene.name} ${view.width} ${view.locale}: ${complaint}`);
      }
    }
  }

  /** What was there instead: `failed/<scene>….png`. */
  async #keepFailure({ name }: Scene, view: View): Promise<void> {
    const { page } = await this.#page(view);
    const path = `${this.#options.folder}/failed/${name}-${view.width}-${view.locale}.png`;
    await page.screenshot({ path, timeout: 5_000 }).catch(() => {});
    // It may be on the air, where others wait for its end.
    await page.goto("about:blank").catch(() => {});
  }

  #themes({ locale }: View): readonly Theme[] {
    if (!this.#options.quick) return ["dark", "light"];
    return locale === "zh-CN" ? ["dark"] : ["light"];
  }

  async #page({ width, height, locale }: View) {
    const key = `${width} ${locale}`;
    const known = this.#pages.get(key);
    if (known !== undefined) return known;
    const touch = Math.min(width, height) < PHONE;
    const { page, complaints } = await openPage(this.#browser, "about:blank", {
      ...{ width, height, locale, touch, before: FORGET },
    });
    await seat(page.context(), PEOPLE[0]);
    const opened = { page, complaints };
    this.#pages.set(key, opened);
    return opened;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }
}

function lookName({ width, locale }: View, theme: Theme): string {
  return `${width}-${theme}-${locale.slice(0, 2)}`;
}

/** What keeps somebody from using the page as it is now. */
async function faultsOf(page: Page): Promise<string[]> {
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  return [
    ...(wider > 0 ? [`${wider} px wider than its window`] : []),
    ...await axeViolationsInBothThemes(page),
    ...(await missedByTab(page)).map((element) => `missed by Tab: ${element}`),
  ];
}

/** What the camera itself brings about: it leaves pages, and asks for what is not there. */
function isExpected(
  complaint: string,
  { scene, base }: { readonly scene: Scene; readonly base: string },
): boolean {
  // A driver on the processor speaks of itself.
  if (complaint.includes("GL Driver Message")) return true;
  if (complaint.startsWith("foreign request: ")) {
    return complaint.includes(new URL(scene.path, base).host);
  }
  // A page that is left while it connects says so.
  if (/WebSocket is closed before the connection is established/.test(complaint)) return true;
  return /^error: Failed to load resource: .*\b(400|401|403|404|409|422|500|503)\b/.test(complaint);
}

/** Waits until pictures are there, and lets whatever moves from one state to another arrive. */
async function settle(page: Page): Promise<void> {
  await waitFor("pictures", () =>
    page.evaluate(() =>
      [...document.images]
        .filter((image) => {
          const { top, width } = image.getBoundingClientRect();
          return width > 0 && top < innerHeight;
        })
        .every((image) => image.complete)
    ), { deadlineMs: PICTURES_MS }).catch(() => {});
  await page.evaluate(async () => {
    await document.fonts.ready;
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    await frame();
    for (const animation of document.getAnimations()) {
      const { endTime } = animation.effect?.getComputedTiming() ?? {};
      if (typeof endTime === "number" && endTime < 1_000) animation.finish();
    }
    await frame();
    await frame();
  });
}

/** The whole page; the window alone where something lies over the page. */
async function takeWhole(page: Page, path: string): Promise<void> {
  const { height, covered, width } = await page.evaluate(() => ({
    width: innerWidth,
    height: Math.max(document.documentElement.scrollHeight, innerHeight),
    covered: document.querySelector("dialog:modal, :popover-open") !== null || scrollY > 0,
  }));
  const most = width < PHONE ? MAX_HEIGHT.phone : MAX_HEIGHT.wide;
  try {
    await page.screenshot(
      covered
        ? { path }
        : { path, fullPage: true, clip: { x: 0, y: 0, width, height: Math.min(height, most) } },
    );
  } catch (error) {
    if (!(error instanceof errors.TimeoutError)) throw error;
    // A page that draws without end may keep the camera waiting; the next frame does.
    await page.screenshot({ path });
  }
}
