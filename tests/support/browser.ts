/**
 * Real Chromium, driven by playwright-core.
 *
 * @module
 */
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const CANDIDATES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** Has no windows, and hence no screen to share; the work for each page is a fifth less. */
const HEADLESS_SHELL = "/usr/bin/chromium-headless-shell";

async function chromiumPath(isWindowed: boolean): Promise<string> {
  const named = Deno.env.get("CHROMIUM");
  if (named !== undefined) return named;
  for (const path of isWindowed ? CANDIDATES : [HEADLESS_SHELL, ...CANDIDATES]) {
    if (await Deno.stat(path).then(() => true, () => false)) return path;
  }
  throw new Error("Cannot find Chromium: install it or name it in CHROMIUM");
}

/**
 * Parts of the browser that nobody needs here. The window's own pages (address bar, new tab) cost a
 * second of a core for each context; the others are those that playwright switches off, since the
 * last list is the one that counts.
 */
const DISABLED_FEATURES = [
  "PreloadTopChromeWebUI",
  "WebUIOmniboxPopup",
  "WebUIReloadButton",
  "InitialWebUI",
  "AvoidUnnecessaryBeforeUnloadCheckSync",
  "DestroyProfileOnBrowserClose",
  "HttpsUpgrades",
  "HttpsFirstBalancedModeAutoEnable",
  "LensOverlay",
  "MediaRouter",
  "PaintHolding",
  "ThirdPartyStoragePartitioning",
  "AvoidCorsURLLoaderRestartOnRedirect",
  "OptimizationHints",
  "NetworkTimeServiceQuerying",
  "AimEnabled",
  "PreconnectToSearch",
];

/** What a browser can do beside showing pages. */
export interface BrowserOptions {
  /**
   * Camera, microphone and screen that are not real: a moving picture at 30 frames a second, beeps.
   * `granted` says yes to every question, `refused` asks nobody and says no.
   */
  readonly capture?: "granted" | "refused";
}

/** The fake devices; WebGL runs on the processor where there is no GPU. */
const CAPTURE_ARGS = [
  "--use-fake-device-for-media-stream=fps=30",
  "--auto-select-desktop-capture-source=Entire screen",
  "--auto-accept-this-tab-capture",
  "--enable-unsafe-swiftshader",
];

/** Starts a browser that talks to nobody but the pages under test. */
export async function launchBrowser({ capture }: BrowserOptions = {}): Promise<Browser> {
  return await chromium.launch({
    executablePath: await chromiumPath(capture !== undefined),
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      `--disable-features=${DISABLED_FEATURES.join(",")}`,
      "--autoplay-policy=no-user-gesture-required",
      ...(capture === undefined ? [] : CAPTURE_ARGS),
      ...(capture === "granted" ? ["--use-fake-ui-for-media-stream"] : []),
    ],
  });
}

/** A page with everything that went wrong in it. */
export interface WatchedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Console messages, uncaught errors and requests to other hosts, as text. */
  readonly complaints: string[];
}

/** How a page is opened. */
export interface PageOptions {
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: "light" | "dark";
  readonly locale?: "en-US" | "zh-CN";
  readonly touch?: boolean;
  /** Script text that runs before any script of the page. */
  readonly before?: string;
}

/** Opens an address in a context of its own. */
export async function openPage(
  browser: Browser,
  url: string,
  options: PageOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
    colorScheme: options.colorScheme ?? "dark",
    locale: options.locale ?? "en-US",
    hasTouch: options.touch ?? false,
    ignoreHTTPSErrors: true,
  });
  if (options.before !== undefined) await context.addInitScript({ content: options.before });
  const page = await context.newPage();
  const complaints: string[] = [];
  const { host } = new URL(url);
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error.message}`));
  page.on("request", (request) => {
    const target = URL.parse(request.url());
    if (target !== null && /^(http|ws)s?:$/.test(target.protocol) && target.host !== host) {
      complaints.push(`foreign request: ${request.url()}`);
    }
  });
  await visit(page, url);
  return { page, context, complaints };
}

/** Goes to an address and waits until it is {@linkcode alive}. */
export async function visit(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await alive(page);
}

/** Waits until every island of the page answers: what is pressed from now on is heard. */
export async function alive(page: Page): Promise<void> {
  await page.waitForLoadState("load");
  await page.waitForSelector("wanren-island:not([alive])", { state: "detached" });
}
