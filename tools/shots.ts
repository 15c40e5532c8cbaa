/**
 * Screenshots of every page in front of a running platform with the demo channel and rooms that
 * are really live: `deno task shots [part…] [--out=folder] [--only=watch-pk,…] [--quick] [--check]
 * [--sheets]`. Parts: lobby, watch, chat, pk, studio, booth, call, account, admin, docs, error;
 * without any, all of them. `--quick` takes two of the eight looks, `--check` asks axe and the Tab
 * key as well, `--sheets` adds overviews to look at. With `--readme` it makes the pictures of the
 * two READMEs and nothing else.
 *
 * @module
 */
import { runFfmpeg } from "../tests/support/ffmpeg.ts";
import { TestPlatform } from "../tests/support/platform.ts";
import { pause } from "../tests/support/wait.ts";
import { accountScenes, docsScenes } from "./shot_account.ts";
import { adminScenes } from "./shot_admin.ts";
import { boothScenes, takeSome } from "./shot_booth.ts";
import { callScenes, talk } from "./shot_call.ts";
import { Camera, type Scene } from "./shot_camera.ts";
import { errorScenes } from "./shot_errors.ts";
import { pkScenes } from "./shot_pk.ts";
import { liveRooms, type ShotRooms } from "./shot_rooms.ts";
import { takeSheets, writeIndex } from "./shot_sheets.ts";
import { stageScenes } from "./shot_stage.ts";
import { goLive, studioScenes } from "./shot_studio.ts";
import {
  chatScenes,
  emptyLobbyScenes,
  lobbyScenes,
  playing,
  stills,
  watchScenes,
} from "./shot_viewer.ts";

const PARTS = [
  "lobby",
  "watch",
  "chat",
  "pk",
  "stage",
  "studio",
  "call",
  "booth",
  "account",
  "admin",
  "docs",
  "error",
] as const;
type Part = typeof PARTS[number];

const MAX_README_BYTES = 300 * 1024;

/** What is asked for. */
interface Order {
  readonly folder: string;
  readonly parts: readonly Part[];
  /** Beginnings of the names of scenes; empty: all. */
  readonly only: readonly string[];
  readonly quick: boolean;
  readonly check: boolean;
}

async function shootAll(order: Order): Promise<void> {
  const { parts, only } = order;
  const wanted = ({ name }: Scene) =>
    only.length === 0 || only.some((start) => name.startsWith(start));
  await using camera = await Camera.open(order);
  const shoot = async (scenes: readonly Scene[], base: string) => {
    for (const scene of scenes.filter(wanted)) await camera.shoot(scene, base);
  };
  if (parts.includes("lobby")) {
    await using empty = await TestPlatform.start({ env: { ADMIN_NAME: "", ADMIN_PASSWORD: "" } });
    await shoot(await firstDay(empty), empty.url);
  }
  await using platform = await TestPlatform.start({ env: { DEMO: "1" } });
  await using rooms = await liveRooms(platform);
  // What administrators do, others would see: they come after the others.
  for (const part of parts) await shoot(await scenesOf(part, { platform, rooms }), platform.url);
  if (parts.includes("error")) {
    await using accidents = await errorScenes({ base: platform.url, member: rooms.silent.token });
    await shoot(accidents.scenes, platform.url);
  }
  for (const complaint of camera.complaints) console.log(`! ${complaint}`);
  console.log(`${camera.taken.length} scenes`);
  if (camera.complaints.length > 0) Deno.exitCode = 1;
}

/** A platform that nobody has set up yet. */
async function firstDay(empty: TestPlatform): Promise<Scene[]> {
  const { body: { token } } = await empty.api<{ token: string }>("/api/accounts", {
    body: { name: "Ann", password: "a long password" },
  });
  // Where the first-run link leads.
  const setup = /\/setup\?token=[\w-]+/.exec(empty.output)?.[0];
  if (setup === undefined) throw new Error("Cannot find the first-run link");
  return [...emptyLobbyScenes(token), { name: "lobby-setup", path: setup }];
}

async function scenesOf(
  part: Part,
  { platform, rooms }: { readonly platform: TestPlatform; readonly rooms: ShotRooms },
): Promise<readonly Scene[]> {
  const { silent, homeless, admin } = rooms;
  const own = rooms.live[0]!;
  const people = { takenName: own.owner, member: silent.token, rich: rooms.follower, admin };
  switch (part) {
    case "lobby":
      return lobbyScenes(rooms);
    case "watch":
      return watchScenes(rooms);
    case "chat":
      return chatScenes(rooms);
    case "pk":
      return await pkScenes(platform, rooms);
    case "stage":
      return await stageScenes(platform, rooms);
    case "studio": {
      const care = rooms.live.find(({ role }) => role === "care")!;
      return studioScenes({ good: own, care, silent, homeless });
    }
    case "call":
      return await callScenes(platform, { member: silent.token });
    case "booth":
      return boothScenes();
    case "account":
      return accountScenes(people);
    case "admin":
      return await adminScenes(platform, { token: admin, member: silent });
    case "docs":
      return docsScenes(people);
    case "error":
      return [];
  }
}

/** The pictures of the READMEs: what is looked at, by whom. */
function readmeScenes(rooms: ShotRooms): Scene[] {
  const own = rooms.live[0]!;
  return [
    {
      name: "watch",
      path: `/rooms/${own.id}`,
      token: rooms.follower,
      alone: true,
      prepare: async (page) => {
        await playing(page);
        await page.click(".player-sound");
        await page.waitForSelector(".chat-list .say");
        await page.mouse.move(500, 400);
        await rooms.talk.sayMore();
        // So that the words are in the middle of the picture.
        await pause(1_500);
      },
    },
    { name: "lobby", path: "/", prepare: stills },
    {
      name: "studio",
      path: "/studio",
      token: own.token,
      prepare: async (page) => {
        await playing(page);
        // Enough points for a line.
        await pause(20_000);
      },
    },
    {
      name: "browser-studio",
      path: "/studio?with=browser",
      token: rooms.silent.token,
      alone: true,
      prepare: async (page) => {
        await goLive(page, { words: false });
        // Enough points for a line, and until the picture is as sharp as the line allows.
        await pause(15_000);
      },
    },
    { name: "booth", path: "/booth", alone: true, prepare: takeSome },
    {
      name: "call",
      path: `/call/${crypto.randomUUID().slice(0, 8)}`,
      alone: true,
      prepare: async (page) => {
        await talk(page, 2);
        await page.keyboard.press("i");
        await page.waitForSelector("[data-flow='in video']");
        await pause(3_000);
      },
    },
  ];
}

/** Light English and dark Chinese pictures of desktops, small enough for a page that many read. */
async function shootReadme(): Promise<void> {
  const pictures = new URL("../docs/pictures/", import.meta.url).pathname;
  await Deno.mkdir(pictures, { recursive: true });
  const folder = await Deno.makeTempDir({ prefix: "wanren-shots-" });
  {
    await using camera = await Camera.open({ folder, quick: true, wide: true });
    await using platform = await TestPlatform.start({ env: { DEMO: "1" } });
    await using rooms = await liveRooms(platform);
    // A young stream has no measured frame rate, and cards no stills.
    await pause(10_000);
    for (const scene of readmeScenes(rooms)) await camera.shoot(scene, platform.url);
  }
  for (const name of ["watch", "lobby", "studio", "browser-studio", "booth", "call"]) {
    for (const [look, suffix] of [["light-en", ""], ["dark-zh", "-zh"]] as const) {
      const file = `${pictures}${name}${suffix}.png`;
      // 256 colours with dithering: a third of the size, and the eye sees no difference.
      await runFfmpeg([
        ...["-loglevel", "error", "-i", `${folder}/${name}-1440-${look}.png`, "-filter_complex"],
        "crop=1440:'min(ih,900)':0:0,split[a][b];[a]palettegen=max_colors=256[p];" +
        "[b][p]paletteuse=dither=bayer:bayer_scale=4",
        ...["-compression_level", "9", "-pred", "mixed", "-y", file],
      ]);
      const { size } = await Deno.stat(file);
      if (size > MAX_README_BYTES) throw new Error(`Cannot use ${file}: ${size} bytes`);
      console.log(`${file}: ${size} bytes`);
    }
  }
  await Deno.remove(folder, { recursive: true });
}

/** @throws {Error} For what is no part of the site. */
function parseParts(words: readonly string[]): readonly Part[] {
  const unknown = words.find((word) => !PARTS.some((part) => part === word));
  if (unknown !== undefined) {
    throw new Error(`Cannot take pictures of ${unknown}: parts are ${PARTS.join(", ")}`);
  }
  return words.length === 0 ? PARTS : PARTS.filter((part) => words.includes(part));
}

if (import.meta.main) {
  const flag = (name: string) => Deno.args.find((arg) => arg.split("=")[0] === `--${name}`);
  if (flag("readme") !== undefined) await shootReadme();
  else {
    const folder = flag("out")?.split("=")[1] ??
      await Deno.makeTempDir({ prefix: "wanren-shots-" });
    const parts = parseParts(Deno.args.filter((arg) => !arg.startsWith("--")));
    const only = flag("only")?.split("=")[1]?.split(",") ?? [];
    const quick = flag("quick") !== undefined;
    await shootAll({ folder, parts, only, quick, check: flag("check") !== undefined });
    await writeIndex(folder);
    if (flag("sheets") !== undefined) {
      await takeSheets(folder, { starts: only.length > 0 ? only : parts });
    }
    console.log(`${folder}/index.html`);
  }
}
