/**
 * Screenshots of every page in front of a running platform with the demo channel and rooms that
 * are really live: `deno run -A tools/shots.ts [folder] [--only=watch,studio] [--quick]`. With
 * `--readme` it writes the pictures of the two READMEs and nothing else.
 *
 * @module
 */
import type { Browser, Page } from "playwright-core";
import { launchBrowser, openPage } from "../tests/support/browser.ts";
import { runFfmpeg } from "../tests/support/ffmpeg.ts";
import { waitUntilPlaying } from "../tests/support/player.ts";
import { TestPlatform } from "../tests/support/platform.ts";
import { pause, waitFor } from "../tests/support/wait.ts";
import { adminScenes } from "./shot_admin.ts";
import { liveRooms, type ShotRoom } from "./shot_rooms.ts";
import { studioScenes } from "./shot_studio.ts";

/** What a page is looked at with. */
interface Look {
  readonly width: number;
  readonly height: number;
  readonly scheme: "light" | "dark";
  readonly locale: "zh-CN" | "en-US";
}

/** One page in one state. */
export interface Scene {
  readonly name: string;
  readonly path: string;
  /** Session token of who looks. */
  readonly token?: string;
  /** Brings the page into the state and waits for it. */
  readonly prepare?: (page: Page) => Promise<void>;
  readonly landscape?: boolean;
}

const SIZES = [{ width: 1440, height: 900 }, { width: 390, height: 844 }] as const;
const MAX_README_BYTES = 300 * 1024;
const SETTLE_MS = 700;

async function shoot(
  browser: Browser,
  scene: Scene,
  { look, base, file }: { readonly look: Look; readonly base: string; readonly file: string },
): Promise<void> {
  const { page, context, complaints } = await openPage(browser, `${base}/healthz`, {
    width: look.width,
    height: look.height,
    colorScheme: look.scheme,
    locale: look.locale,
    touch: look.width < 600,
  });
  try {
    await context.addCookies([
      { name: "wanren_theme", value: look.scheme, url: base },
      ...(scene.token === undefined
        ? []
        : [{ name: "wanren_session", value: scene.token, url: base }]),
    ]);
    await page.goto(base + scene.path);
    await scene.prepare?.(page);
    await pause(SETTLE_MS);
    await page.screenshot({ path: file });
    for (const complaint of complaints) console.log(`${file}: ${complaint}`);
  } finally {
    await context.close();
  }
}

function lookName({ width, scheme, locale }: Look): string {
  return `${width}-${scheme}-${locale.slice(0, 2)}`;
}

function looks(quick: boolean): Look[] {
  const all = SIZES.flatMap((size) =>
    (["dark", "light"] as const).flatMap((scheme) =>
      (["zh-CN", "en-US"] as const).map((locale) => ({ ...size, scheme, locale }))
    )
  );
  return quick
    ? all.filter(({ scheme, locale }) => (scheme === "dark") === (locale === "zh-CN"))
    : all;
}

const playing = async (page: Page) => void await waitUntilPlaying(page);
/** Stills arrive one after the other; a page without them is worth a picture, too. */
const stills = async (page: Page) => {
  await waitFor("stills", () =>
    page.evaluate(() => {
      const images = [...document.querySelectorAll<HTMLImageElement>("img.still-picture")]
        .filter((image) => image.getBoundingClientRect().top < innerHeight);
      return images.every((image) => image.complete && image.naturalWidth > 0);
    }), { deadlineMs: 15_000 }).catch(() => {});
};

function scenes(
  rooms: {
    readonly demo: string;
    readonly live: readonly ShotRoom[];
    readonly silent: ShotRoom;
    readonly follower: string;
  },
  people: { readonly homeless: string; readonly setup: string | null },
): Scene[] {
  const [care, long, rtl] = rooms.live.filter((room) => room.role !== undefined);
  const own = rooms.live[0];
  return [
    { name: "lobby-live", path: "/", prepare: stills },
    { name: "lobby-follower", path: "/", token: rooms.follower, prepare: stills },
    { name: "lobby-category", path: "/?category=music", prepare: stills },
    { name: "lobby-category-empty", path: "/?category=study" },
    { name: "following", path: "/following", token: rooms.follower, prepare: stills },
    { name: "search", path: "/?q=walk", prepare: stills },
    { name: "search-nothing", path: "/?q=zzz" },
    { name: "watch-live", path: `/rooms/${rooms.demo}`, prepare: playing },
    {
      name: "watch-statistics",
      path: `/rooms/${rooms.demo}`,
      prepare: async (page) => {
        await playing(page);
        await page.keyboard.press("i");
        await page.waitForSelector(".player-statistics");
      },
    },
    {
      name: "watch-menu",
      path: `/rooms/${rooms.demo}`,
      prepare: async (page) => {
        await playing(page);
        await page.mouse.move(200, 150);
        await page.click(".player-route");
        await page.waitForSelector(".player-menu");
      },
    },
    {
      name: "watch-help",
      path: `/rooms/${rooms.demo}`,
      prepare: async (page) => {
        await playing(page);
        await page.keyboard.press("?");
        await page.waitForSelector("dialog[open]");
      },
    },
    {
      name: "watch-share",
      path: `/rooms/${rooms.demo}`,
      prepare: async (page) => {
        await page.click(".share");
        await page.waitForSelector(".qr path");
      },
    },
    {
      name: "watch-more",
      path: `/rooms/${rooms.live[0]!.id}?panel=more`,
      token: rooms.follower,
      prepare: async (page) => {
        await playing(page);
        await stills(page);
      },
    },
    {
      name: "watch-controls",
      path: `/rooms/${rooms.live[0]!.id}`,
      prepare: async (page) => {
        await playing(page);
        await page.click(".player-sound");
        await page.mouse.move(300, 180);
      },
    },
    { name: "embed-live", path: `/embed/${rooms.demo}`, prepare: playing },
    { name: "embed-stopped", path: `/embed/${rooms.demo}?autoplay=0`, prepare: () => pause(1500) },
    { name: "embed-not-live", path: `/embed/${rooms.silent.id}`, prepare: () => pause(2500) },
    {
      name: "watch-theatre",
      path: `/rooms/${rooms.demo}`,
      prepare: async (page) => {
        await playing(page);
        await page.keyboard.press("t");
      },
    },
    { name: "watch-long-title", path: `/rooms/${long!.id}`, prepare: playing },
    { name: "watch-rtl", path: `/rooms/${rtl!.id}`, prepare: playing },
    { name: "watch-landscape", path: `/rooms/${rooms.demo}`, prepare: playing, landscape: true },
    {
      name: "watch-not-live",
      path: `/rooms/${rooms.silent.id}`,
      prepare: async (page) => void await page.waitForSelector(".next-up"),
    },
    { name: "watch-own-not-live", path: `/rooms/${rooms.silent.id}`, token: rooms.silent.token },
    { name: "api-docs", path: "/docs/api" },
    { name: "login", path: "/login" },
    { name: "signup", path: "/signup" },
    {
      name: "signup-refused",
      path: "/signup",
      prepare: async (page) => {
        await page.fill("#name", own!.owner);
        await page.fill("#password", "a long password");
        await page.click("main button[type=submit]");
        await page.waitForSelector(".field-error");
      },
    },
    ...studioScenes({
      good: own!,
      care: care!,
      silent: rooms.silent,
      homeless: people.homeless,
    }),
    ...(people.setup === null ? [] : [{ name: "setup", path: people.setup }]),
    { name: "setup-done", path: "/setup?token=x" },
    { name: "not-found", path: "/no/such/page" },
    { name: "room-not-found", path: "/rooms/999999" },
  ];
}

/** Where the first-run link leads, as a path. */
function setUpPath(output: string): string | null {
  return /\/setup\?token=[\w-]+/.exec(output)?.[0] ?? null;
}

async function shootAll(folder: string, { only, quick }: {
  readonly only: readonly string[];
  readonly quick: boolean;
}): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const wanted = ({ name }: Scene) =>
    only.length === 0 || only.some((start) => name.startsWith(start));
  const browser = await launchBrowser();
  const run = async (base: string, list: readonly Scene[]) => {
    for (const scene of list.filter(wanted)) {
      for (const look of looks(quick)) {
        if (scene.landscape && look.width > 600) continue;
        const turned = scene.landscape ? { ...look, width: look.height, height: look.width } : look;
        const file = `${folder}/${scene.name}-${lookName(look)}.png`;
        await shoot(browser, scene, { look: turned, base, file }).catch((error) =>
          console.log(`${file}: ${error}`)
        );
      }
      console.log(scene.name);
    }
  };
  try {
    if (["lobby-empty", "setup"].some((name) => wanted({ name, path: "" }))) {
      await using empty = await TestPlatform.start({ env: { ADMIN_NAME: "", ADMIN_PASSWORD: "" } });
      const setup = setUpPath(empty.output);
      const { body: { token } } = await empty.api<{ token: string }>("/api/accounts", {
        body: { name: "Ann", password: "a long password" },
      });
      await run(empty.url, [
        { name: "lobby-empty", path: "/" },
        { name: "lobby-empty-member", path: "/", token },
        ...(setup === null ? [] : [{ name: "setup", path: setup }]),
      ]);
    }
    await using platform = await TestPlatform.start({ env: { DEMO: "1" } });
    await using rooms = await liveRooms(platform);
    await run(platform.url, scenes(rooms, { homeless: rooms.homeless, setup: null }));
    // Last: what administrators do here, others would see.
    await run(platform.url, await adminScenes(platform, rooms.silent));
  } finally {
    await browser.close();
  }
}

/** The watch page with the demo picture, once in each language, as small PNG files. */
/** The pictures of the READMEs: what is looked at, by whom, in which language. */
function readmeScenes(rooms: { readonly demo: string; readonly live: readonly ShotRoom[] }) {
  const watch: Scene = {
    name: "watch",
    path: `/rooms/${rooms.demo}`,
    prepare: async (page) => {
      await playing(page);
      await page.click(".player-sound");
      await page.mouse.move(500, 400);
    },
  };
  const lobby: Scene = { name: "lobby", path: "/", prepare: stills };
  const studio: Scene = {
    name: "studio",
    path: "/studio",
    token: rooms.live[0]!.token,
    prepare: async (page) => {
      await playing(page);
      // Enough points for a line.
      await pause(20_000);
    },
  };
  return [
    { scene: watch, locale: "en-US", scheme: "light", name: "watch" },
    { scene: watch, locale: "zh-CN", scheme: "dark", name: "watch-zh" },
    { scene: lobby, locale: "en-US", scheme: "light", name: "lobby" },
    { scene: lobby, locale: "zh-CN", scheme: "dark", name: "lobby-zh" },
    { scene: studio, locale: "en-US", scheme: "light", name: "studio" },
    { scene: studio, locale: "zh-CN", scheme: "dark", name: "studio-zh" },
  ] as const;
}

async function shootReadme(): Promise<void> {
  const folder = new URL("../docs/pictures/", import.meta.url).pathname;
  await Deno.mkdir(folder, { recursive: true });
  await using platform = await TestPlatform.start({ env: { DEMO: "1" } });
  await using rooms = await liveRooms(platform);
  // A young stream has no measured frame rate, and cards no stills.
  await pause(10_000);
  const browser = await launchBrowser();
  try {
    for (const { scene, locale, scheme, name } of readmeScenes(rooms)) {
      const raw = `${folder}.${name}.raw.png`;
      const look = { ...SIZES[0], scheme, locale };
      await shoot(browser, scene, { look, base: platform.url, file: raw });
      // 256 colours with dithering: a third of the size, and the eye sees no difference.
      await runFfmpeg([
        ...["-loglevel", "error", "-i", raw, "-filter_complex"],
        "split[a][b];[a]palettegen=max_colors=256[p];[b][p]paletteuse=dither=bayer:bayer_scale=4",
        ...["-compression_level", "9", "-pred", "mixed", "-y", `${folder}${name}.png`],
      ]);
      await Deno.remove(raw);
      const { size } = await Deno.stat(`${folder}${name}.png`);
      if (size > MAX_README_BYTES) throw new Error(`Cannot use ${name}.png: ${size} bytes`);
      console.log(`docs/pictures/${name}.png: ${size} bytes`);
    }
  } finally {
    await browser.close();
  }
}

if (import.meta.main) {
  const flag = (name: string) => Deno.args.find((arg) => arg.startsWith(`--${name}`));
  if (flag("readme") !== undefined) await shootReadme();
  else {
    const folder = Deno.args.find((arg) => !arg.startsWith("--")) ??
      await Deno.makeTempDir({ prefix: "wanren-shots-" });
    const only = flag("only")?.split("=")[1]?.split(",") ?? [];
    await shootAll(folder, { only, quick: flag("quick") !== undefined });
    console.log(folder);
  }
}
