/**
 * Builds what browsers load: one hydration entry for every `islands/*.tsx`, the style sheet of all
 * pages and those of some, and the static files, all under content-hashed names with Brotli and gzip beside them.
 *
 * As a command: `deno run -A tools/build_islands.ts [--out=dist] [--dev]`.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { access, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import * as esbuild from "esbuild";
import { type AssetManifest, type BuiltFile, parseManifest } from "../islands/ui/manifest.ts";
import { type Budgets, checkBudgets } from "./budgets.ts";
import { type Asset, bundleScripts, bundleWorkers } from "./bundle_scripts.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const ASSET_PATH = "/assets/";
const LAYERS = "tokens, base, components, pages";
/** What every page loads. Any other file below `styles/` is a sheet of its own, of some pages. */
const SHARED_SHEETS = [
  { file: "tokens.css", layer: "tokens" },
  { file: "base.css", layer: "base" },
  { file: "components.css", layer: "components" },
  { file: "overlays.css", layer: "components" },
  { file: "figures.css", layer: "components" },
  { file: "rooms.css", layer: "components" },
  { file: "forced_colors.css", layer: "components" },
  { file: "pages.css", layer: "pages" },
];
/** Sheets of their own that are parts, and so give way to the pages they stand on. */
const COMPONENT_SHEETS = ["image.css", "player.css"];
/** Parts that stand on every page of a layout come in its own sheet: one file less to wait for. */
const INCLUDED_SHEETS: Readonly<Record<string, readonly string[]>> = {
  "embed.css": ["player.css"],
  "studio.css": ["image.css", "player.css"],
  "watch.css": ["player.css"],
};
const COMPRESSIBLE = /\.(?:js|css|svg|map|json)$/;
/** Above this size the best Brotli level costs more time than its last percent is worth. */
const BEST_COMPRESSION_LIMIT_BYTES = 128 * 1024;

/** Where to build to, and how. */
export interface BuildOptions {
  /** Gets `manifest.json` and `assets/`. */
  readonly outDir: string;
  /** Minified without source maps; otherwise readable with linked source maps. */
  readonly minify: boolean;
  /** Folder with the islands; default: the one of this repository. */
  readonly islandsDir?: string;
}

/**
 * Builds everything and writes `manifest.json` last, so that a reader sees the old build or the
 * new one. Files of the build before stay for pages that are still open; older ones go.
 *
 * @throws {Error} when a source does not build; esbuild's message names file and line.
 */
export async function buildIslands(options: BuildOptions): Promise<AssetManifest> {
  const islandsDir = options.islandsDir ?? join(ROOT, "islands");
  const assetsDir = join(options.outDir, "assets");
  await mkdir(assetsDir, { recursive: true });
  const parts = [
    bundleScripts({ islandsDir, minify: options.minify, assetPath: ASSET_PATH }),
    bundleStyles(islandsDir, options.minify),
    staticFiles({ islandsDir, minify: options.minify }),
  ] as const;
  // All of them come to an end, also when one fails: nothing goes on behind the caller's back.
  await Promise.allSettled(parts);
  await esbuild.stop();
  const [scripts, styles, statics] = await Promise.all(parts);
  const assets = [...scripts.assets, ...styles.assets, ...statics.assets];
  const built = Object.fromEntries(
    await Promise.all(assets.map((asset) => writeAsset(assetsDir, asset))),
  );
  const manifest: AssetManifest = {
    islands: scripts.islands,
    pages: scripts.pages,
    css: styles.css,
    styles: styles.pages,
    sheets: styles.texts,
    files: statics.files,
    built,
  };
  const before = await readManifest(options.outDir);
  await replaceFile(
    join(options.outDir, "manifest.json"),
    new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`),
  );
  await removeStale(assetsDir, [manifest, before]);
  return manifest;
}

/** Reads the manifest of a finished build; null when there is none or it is of another make. */
export async function readManifest(outDir: string): Promise<AssetManifest | null> {
  const text = await readFile(join(outDir, "manifest.json"), "utf8").catch((error: unknown) => {
    if ((error as { code?: string }).code === "ENOENT") return null;
    throw error;
  });
  if (text === null) return null;
  try {
    return parseManifest(text);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}

interface BuiltStyles {
  readonly css: string;
  readonly pages: Record<string, string>;
  /** By path. */
  readonly texts: Record<string, string>;
  readonly assets: Asset[];
}

async function bundleStyles(islandsDir: string, minify: boolean): Promise<BuiltStyles> {
  const dir = join(islandsDir, "styles");
  const present = await exists(dir)
    ? (await readdir(dir)).filter((name) => name.endsWith(".css"))
    : [];
  const shared = SHARED_SHEETS.filter(({ file }) => present.includes(file));
  const own = present.filter((file) => !SHARED_SHEETS.some((sheet) => sheet.file === file)).sort();
  const [app, ...pages] = await Promise.all([
    bundleSheet("app.css", shared, { dir, minify }),
    ...own.map((file) => {
      const files = [...INCLUDED_SHEETS[file] ?? [], file].filter((name) => present.includes(name));
      const sheets = files.map((name) => ({
        file: name,
        layer: COMPONENT_SHEETS.includes(name) ? "components" : "pages",
      }));
      return bundleSheet(file, sheets, { dir, minify });
    }),
  ]);
  return {
    css: ASSET_PATH + app.name,
    pages: Object.fromEntries(
      pages.map((asset, index) => [basename(own[index]!, ".css"), ASSET_PATH + asset.name]),
    ),
    texts: Object.fromEntries([app, ...pages].map((asset) => [
      ASSET_PATH + asset.name,
      textOf(asset),
    ])),
    assets: [app, ...pages],
  };
}

/** A sheet as it may stand in a page: nothing in it ends the element early. */
function textOf({ name, bytes }: Asset): string {
  const text = new TextDecoder().decode(bytes).trim();
  if (/<\/style/i.test(text)) throw new Error(`Cannot build ${name}: it would end early`);
  return text;
}

async function bundleSheet(
  name: string,
  sheets: readonly { readonly file: string; readonly layer: string }[],
  { dir, minify }: { readonly dir: string; readonly minify: boolean },
): Promise<Asset> {
  const imports = sheets.map(({ file, layer }) => `@import "./${file}" layer(${layer});`);
  const result = await esbuild.build({
    // Every sheet says the order again: it holds whichever comes first.
    stdin: {
      contents: [`@layer ${LAYERS};`, ...imports].join("\n"),
      resolveDir: dir,
      // Not the name of a file that is there, or it would import itself.
      sourcefile: `entry-of-${name}`,
      loader: "css",
    },
    bundle: true,
    minify,
    legalComments: "none",
    write: false,
    logLevel: "silent",
  });
  const file = result.outputFiles[0];
  if (file === undefined) throw new Error(`Cannot build ${name}: esbuild gave no output`);
  return hashed(name, file.contents);
}

async function staticFiles(
  { islandsDir, minify }: { readonly islandsDir: string; readonly minify: boolean },
): Promise<{ files: Record<string, string>; assets: Asset[] }> {
  const dir = join(islandsDir, "static");
  const own = await exists(dir) ? (await readdir(dir)).sort() : [];
  const sources = [
    ...own.map((name) => join(dir, name)),
    join(ROOT, "node_modules/hls.js/dist/hls.worker.js"),
  ];
  const named: readonly Asset[] = [
    ...await Promise.all(sources.map(async (path) => ({
      name: basename(path),
      bytes: withoutSourceMap(path, await readFile(path)),
    }))),
    ...await bundleWorkers({ islandsDir, minify }),
  ];
  const files: Record<string, string> = {};
  const assets = named.map(({ name, bytes }) => {
    const asset = hashed(name, bytes);
    files[name] = ASSET_PATH + asset.name;
    return asset;
  });
  return { files: Object.fromEntries(Object.entries(files).sort()), assets };
}

/** A library's script points at a source map that is not shipped: browsers would ask for it. */
function withoutSourceMap(path: string, bytes: Uint8Array): Uint8Array {
  if (!path.endsWith(".js")) return bytes;
  const text = new TextDecoder().decode(bytes);
  return new TextEncoder().encode(text.replace(/\n\/\/# sourceMappingURL=\S+\s*$/, "\n"));
}

function hashed(name: string, bytes: Uint8Array): Asset {
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 8).toUpperCase();
  const dot = name.lastIndexOf(".");
  return { name: `${name.slice(0, dot)}-${hash}${name.slice(dot)}`, bytes };
}

async function writeAsset(assetsDir: string, asset: Asset): Promise<[string, BuiltFile]> {
  const path = join(assetsDir, asset.name);
  const bytes = asset.bytes.byteLength;
  if (!COMPRESSIBLE.test(asset.name)) {
    await replaceFile(path, asset.bytes);
    return [asset.name, { bytes, brotliBytes: null }];
  }
  // The name is the content: what stands there already need not be compressed again.
  const before = await readFile(`${path}.br`).catch(() => null);
  if (before !== null && await exists(path) && await exists(`${path}.gz`)) {
    return [asset.name, { bytes, brotliBytes: before.byteLength }];
  }
  const quality = bytes > BEST_COMPRESSION_LIMIT_BYTES ? 9 : 11;
  const [br, gz] = await Promise.all([
    promisify(brotliCompress)(asset.bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: quality,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes,
      },
    }),
    promisify(gzip)(asset.bytes, { level: 9 }),
  ]);
  await Promise.all([
    replaceFile(path, asset.bytes),
    replaceFile(`${path}.br`, br),
    replaceFile(`${path}.gz`, gz),
  ]);
  return [asset.name, { bytes, brotliBytes: br.byteLength }];
}

async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${crypto.randomUUID()}`);
  try {
    await writeFile(temporary, bytes);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function removeStale(
  assetsDir: string,
  kept: readonly (AssetManifest | null)[],
): Promise<void> {
  const names = new Set(kept.flatMap((manifest) => Object.keys(manifest?.built ?? {})));
  const stale = (await readdir(assetsDir)).filter((file) =>
    !file.startsWith(".") && !names.has(file.replace(/\.(?:br|gz)$/, ""))
  );
  await Promise.all(stale.map((file) => rm(join(assetsDir, file), { force: true })));
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(() => true, () => false);
}

if (import.meta.main) {
  const out = Deno.args.find((arg) => arg.startsWith("--out="))?.slice("--out=".length) ?? "dist";
  const started = performance.now();
  const manifest = await buildIslands({ outDir: out, minify: !Deno.args.includes("--dev") });
  const budgets: Budgets = JSON.parse(
    await readFile(new URL("./budgets.json", import.meta.url), "utf8"),
  );
  const lines = checkBudgets(manifest, budgets);
  for (const { name, bytes, limit, ok } of lines) {
    console.log(`${ok ? "ok  " : "OVER"} ${name.padEnd(16)} ${bytes} of ${limit ?? "?"} bytes`);
  }
  console.log(`built into ${out} in ${Math.round(performance.now() - started)} ms`);
  if (Deno.args.includes("--check") && lines.some((line) => !line.ok)) Deno.exit(1);
}
