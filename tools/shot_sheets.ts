/**
 * Overviews of the screenshots: one page with all of them, and a sheet for each scene that shows
 * its looks side by side.
 *
 * @module
 */
import { launchBrowser } from "../tests/support/browser.ts";

/** `<scene>-<width>-<theme>-<language>.png` */
const FILE = /^(.+)-(1440|844|390)-(dark|light)-(zh|en)\.png$/;
const STYLE = `
  body { margin: 0; padding: 8px; background: #777; font: 13px sans-serif; color: #fff }
  section { display: grid; gap: 8px; padding: 4px; align-items: start }
  h2 { margin: 12px 0 0; font-size: 15px }
  .wide { grid-template-columns: repeat(2, 760px) }
  .narrow { grid-template-columns: repeat(4, 376px) }
  img { display: block; width: 100% }
`;

/** The pictures of a folder by scene, the wide ones first. */
async function listScenes(folder: string): Promise<Map<string, string[]>> {
  const scenes = new Map<string, string[]>();
  const files = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
  for (const file of files) {
    const scene = FILE.exec(file)?.[1];
    if (scene !== undefined) scenes.set(scene, [...scenes.get(scene) ?? [], file]);
  }
  return scenes;
}

function sectionsOf(scene: string, files: readonly string[]): string {
  const row = (look: "wide" | "narrow") => {
    const shown = files.filter((file) => (FILE.exec(file)?.[2] === "390") === (look === "narrow"));
    if (shown.length === 0) return "";
    const pictures = shown.map((file) => `<a href="${file}"><img src="${file}" alt="${file}"></a>`);
    return `<section class="${look}" id="${scene}-${look}">${pictures.join("")}</section>`;
  };
  return `<h2>${scene}</h2>${row("wide")}${row("narrow")}`;
}

/** Writes `index.html`, which shows all pictures of the folder. */
export async function writeIndex(folder: string): Promise<void> {
  const scenes = await listScenes(folder);
  const body = [...scenes].map(([scene, files]) => sectionsOf(scene, files)).join("\n");
  await Deno.writeTextFile(
    `${folder}/index.html`,
    `<!doctype html><meta charset="utf-8"><title>Wanren</title><style>${STYLE}</style>\n${body}\n`,
  );
}

/** Takes a picture of each scene's looks: `sheets/<scene>-wide.png` and `-narrow.png`. */
export async function takeSheets(
  folder: string,
  { starts }: { readonly starts: readonly string[] },
): Promise<void> {
  await Deno.mkdir(`${folder}/sheets`, { recursive: true });
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1560, height: 1000 } });
    await page.goto(`file://${await Deno.realPath(folder)}/index.html`);
    for (const scene of (await listScenes(folder)).keys()) {
      if (starts.length > 0 && !starts.some((start) => scene.startsWith(start))) continue;
      for (const look of ["wide", "narrow"]) {
        const section = page.locator(`[id="${scene}-${look}"]`);
        if (await section.count() === 0) continue;
        await section.screenshot({ path: `${folder}/sheets/${scene}-${look}.png` });
      }
    }
  } finally {
    await browser.close();
  }
}
