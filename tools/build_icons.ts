/**
 * Writes `islands/ui/icon_paths.ts`: the drawings of the icons in use, taken from `lucide-static`.
 * Run it after adding a name: `deno run -A tools/build_icons.ts`.
 *
 * @module
 */
import { readFile, writeFile } from "node:fs/promises";

const NAMES = [
  "activity",
  "arrow-down",
  "arrow-left",
  "arrow-up",
  "ban",
  "check",
  "chevron-down",
  "circle-alert",
  "circle-check",
  "circle-dashed",
  "circle-stop",
  "clock",
  "copy",
  "download",
  "expand",
  "external-link",
  "eye",
  "eye-off",
  "heart",
  "history",
  "house",
  "image-up",
  "info",
  "key-round",
  "keyboard",
  "languages",
  "layout-grid",
  "link",
  "log-out",
  "maximize",
  "megaphone",
  "minimize",
  "monitor",
  "moon",
  "panel-right-close",
  "panel-right-open",
  "pause",
  "pencil",
  "picture-in-picture-2",
  "play",
  "plus",
  "radio",
  "refresh-cw",
  "rotate-ccw",
  "scroll-text",
  "search",
  "server",
  "settings-2",
  "share-2",
  "shield",
  "smartphone",
  "sun",
  "trash-2",
  "triangle-alert",
  "tv",
  "user",
  "users",
  "video",
  "volume-2",
  "volume-x",
  "x",
  "zoom-in",
  "zoom-out",
];

const root = new URL("..", import.meta.url);
const lines = await Promise.all(NAMES.map(async (name) => {
  const svg = await readFile(new URL(`node_modules/lucide-static/icons/${name}.svg`, root), "utf8");
  const drawing = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "")
    .replace(/\s*\n\s*/g, "").replaceAll(" />", "/>");
  return `  ${/^[a-z]+$/.test(name) ? name : JSON.stringify(name)}:\n    '${drawing}',`;
}));
await writeFile(
  new URL("islands/ui/icon_paths.ts", root),
  [
    "/**",
    " * Drawings of the icons on a 24 × 24 grid, from lucide (ISC licence). Written by",
    " * `tools/build_icons.ts`: change the list of names there.",
    " *",
    " * @module",
    " */",
    "",
    "/** SVG content by icon name. */",
    "export const ICON_PATHS = {",
    ...lines,
    "} as const;",
    "",
  ].join("\n"),
);
