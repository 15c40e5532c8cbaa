/**
 * The scripts of the islands: a hydration entry for each of them, and for the pages where time
 * counts one entry with all islands of the page, so that a browser asks for two files in the place
 * of twenty (ADR 12).
 *
 * @module
 */
import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { ICON_PATHS } from "../islands/ui/icon_paths.ts";
import type { EarlyScript, IslandAssets, PageAssets } from "../islands/ui/manifest.ts";
import { contentNames, withNames } from "./content_names.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const ENTRY = "island-entry:";

/** Pages with an entry of their own, by layout: their islands, the most urgent one first. */
export const PAGE_ISLANDS: Readonly<Record<string, readonly string[]>> = {
  booth: ["Booth", "Preferences"],
  call: ["Call", "Preferences"],
  embed: ["Player"],
  lobby: ["LiveRooms", "Preferences"],
  studio: [
    "Player",
    "BrowserStudio",
    "StudioPanel",
    "StudioBar",
    "PkCard",
    "StageCard",
    "PublishCard",
    "RoomDetails",
    "LastBroadcasts",
    "Preferences",
  ],
  watch: ["Player", "RoomLine", "RoomTabs", "Chat", "MoreLive", "Preferences"],
};

/** Scripts in some pages that run before everything else, below the folder of the islands. */
const EARLY_SCRIPTS: Readonly<Record<string, string>> = {
  embed: "player/head_start.ts",
  watch: "player/head_start.ts",
};

/** Scripts of workers, by the name that pages know them by. */
const WORKERS: Readonly<Record<string, string>> = {
  "danmaku.worker.js": "chat/danmaku_worker.ts",
  "scene.worker.js": "capture/scene/scene_worker.ts",
};

/** A built file before it is written. */
export interface Asset {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Where the sources are, and what becomes of them. */
export interface ScriptOptions {
  readonly islandsDir: string;
  readonly minify: boolean;
  /** Address of the folder that serves the files, with a slash at its end. */
  readonly assetPath: string;
}

/** Every script, and what the manifest says of them. */
export interface Scripts {
  readonly islands: Record<string, IslandAssets>;
  readonly pages: Record<string, PageAssets>;
  readonly assets: readonly Asset[];
}

/** Bundles the islands of a folder, and the pages all of whose islands are there. */
export async function bundleScripts(options: ScriptOptions): Promise<Scripts> {
  const names = await namesOfIslands(options.islandsDir);
  const whole = Object.entries(PAGE_ISLANDS)
    .filter(([, islands]) => islands.every((island) => names.includes(island)));
  const [single, ...bundles] = await Promise.all([
    bundle(Object.fromEntries(names.map((name) => [name, [name]])), options),
    // Each page for itself: what it shares with others would be files of their own again.
    ...whole.map(([page, islands]) => bundle({ [page]: islands }, options)),
  ]);
  const assets = [single, ...bundles].flatMap((bundle) => bundle.assets);
  const pages: (readonly [string, PageAssets])[] = [];
  for (const [index, [page, islands]] of whole.entries()) {
    const entry = bundles[index]?.entries[page];
    const source = EARLY_SCRIPTS[page];
    const early = source === undefined ? null : await bundleEarly(source, options);
    if (entry !== undefined) pages.push([page, { ...entry, islands, early }]);
  }
  return {
    islands: single.entries,
    pages: Object.fromEntries(pages),
    // The name is the content: the same engine stands behind several entries.
    assets: [...new Map(assets.map((asset) => [asset.name, asset])).values()],
  };
}

/** The scripts of the workers that a folder has, each in one piece; names without a hash. */
export async function bundleWorkers(
  options: Pick<ScriptOptions, "islandsDir" | "minify">,
): Promise<readonly Asset[]> {
  const assets: Asset[] = [];
  for (const [name, source] of Object.entries(WORKERS)) {
    const there = await stat(join(options.islandsDir, source)).then(() => true, () => false);
    if (!there) continue;
    assets.push({ name, bytes: new TextEncoder().encode(await inOnePiece(source, options)) });
  }
  return assets;
}

async function inOnePiece(
  source: string,
  { islandsDir, minify }: Pick<ScriptOptions, "islandsDir" | "minify">,
): Promise<string> {
  const result = await esbuild.build({
    entryPoints: [join(islandsDir, source)],
    absWorkingDir: ROOT,
    nodePaths: [join(ROOT, "node_modules")],
    outdir: ROOT,
    bundle: true,
    // Not a module: those wait for the whole document, and for the first paint.
    format: "iife",
    platform: "browser",
    target: "es2022",
    minify,
    legalComments: "none",
    write: false,
    logLevel: "silent",
  });
  const text = result.outputFiles[0]?.text.trim();
  if (text === undefined) throw new Error(`Cannot build ${source}: esbuild gave no output`);
  return text;
}

/** A small script in one piece, to be written into the page. */
async function bundleEarly(source: string, options: ScriptOptions): Promise<EarlyScript> {
  const text = await inOnePiece(source, options);
  if (/<\/script|<!--/i.test(text)) throw new Error(`Cannot build ${source}: it would end early`);
  return { text, hash: `sha256-${createHash("sha256").update(text).digest("base64")}` };
}

async function namesOfIslands(islandsDir: string): Promise<string[]> {
  const files = await readdir(islandsDir, { withFileTypes: true });
  return files.filter((file) => file.isFile() && /^[A-Z]\w*\.tsx$/.test(file.name))
    .map((file) => file.name.slice(0, -".tsx".length)).sort();
}

/** One entry for each key, with its islands; what entries share becomes chunks. */
async function bundle(
  entryIslands: Readonly<Record<string, readonly string[]>>,
  { islandsDir, minify, assetPath }: ScriptOptions,
): Promise<{ entries: Record<string, IslandAssets>; assets: Asset[] }> {
  const entryNames = Object.keys(entryIslands);
  if (entryNames.length === 0) return { entries: {}, assets: [] };
  const result = await esbuild.build({
    entryPoints: entryNames.map((name) => ({ in: ENTRY + name, out: name })),
    plugins: [hydrationEntries(entryIslands, islandsDir)],
    absWorkingDir: ROOT,
    nodePaths: [join(ROOT, "node_modules")],
    outdir: ROOT,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    entryNames: "[name]-[hash]",
    chunkNames: "shared-[hash]",
    minify,
    sourcemap: minify ? false : "linked",
    legalComments: "none",
    define: { "process.env.NODE_ENV": minify ? '"production"' : '"development"' },
    write: false,
    metafile: true,
    logLevel: "silent",
  });
  const helpers = helperChunks(result.metafile.outputs, result.outputFiles);
  const texts = new Map(
    result.outputFiles
      .filter(({ path }) => !helpers.has(basename(path).replace(/\.map$/, "")))
      .map(({ path, text }) => [basename(path), withHelpers(text, helpers)]),
  );
  const outputs = mapValues(result.metafile.outputs, (output, path) => ({
    ...output,
    imports: output.imports.filter((imported) =>
      texts.get(basename(path))?.includes(basename(imported.path))
    ),
  }));
  const scripts = [...texts].filter(([name]) => name.endsWith(".js"));
  const names = contentNames(scripts.map(([name, text]) => ({ name, text })));
  const address = (path: string) => assetPath + (names.get(basename(path)) ?? basename(path));
  const entries: Record<string, IslandAssets> = {};
  for (const [path, output] of Object.entries(outputs)) {
    const name = output.entryPoint?.split(ENTRY)[1];
    if (name === undefined || !entryNames.includes(name)) continue;
    const imports = staticImports(outputs, path).map(address);
    const lazy = lazyImports(outputs, path, address);
    const icons = await iconsOf(outputs, path);
    entries[name] = { js: address(path), imports, lazy, icons };
  }
  const encoder = new TextEncoder();
  const assets = [...texts].map(([name, text]) => {
    const script = name.replace(/\.map$/, "");
    return {
      name: name.replace(script, names.get(script) ?? script),
      bytes: encoder.encode(withNames(text, names)),
    };
  });
  return { entries: Object.fromEntries(Object.entries(entries).sort()), assets };
}

/** An entry is a few lines that no file needs to hold: take the components, register them. */
function hydrationEntries(
  entryIslands: Readonly<Record<string, readonly string[]>>,
  islandsDir: string,
): esbuild.Plugin {
  return {
    name: "hydration-entries",
    setup(build) {
      build.onResolve({ filter: new RegExp(`^${ENTRY}`) }, (args) => ({
        path: args.path.slice(ENTRY.length),
        namespace: ENTRY.slice(0, -1),
      }));
      build.onLoad({ filter: /.*/, namespace: ENTRY.slice(0, -1) }, (args) => {
        const islands = entryIslands[args.path] ?? [];
        const lines = [
          ...islands.map((name) =>
            `import ${name} from ${JSON.stringify(join(islandsDir, `${name}.tsx`))};`
          ),
          "import { register, registerLater } from " +
          `${JSON.stringify(join(ROOT, "islands/ui/hydrate.ts"))};`,
          ...islands.map((name, index) =>
            `${index === 0 ? "register" : "registerLater"}(${JSON.stringify(name)}, ${name});`
          ),
        ];
        return { contents: lines.join("\n"), loader: "js", resolveDir: ROOT };
      });
    },
  };
}

function mapValues<T>(
  values: Readonly<Record<string, T>>,
  change: (value: T, key: string) => T,
): Record<string, T> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, change(value, key)]),
  );
}

type Outputs = esbuild.Metafile["outputs"];

/** Chunks that hold nothing but the bundler's own functions, with their texts. */
function helperChunks(
  outputs: Outputs,
  files: readonly esbuild.OutputFile[],
): ReadonlyMap<string, string> {
  const empty = new Set(
    Object.entries(outputs)
      .filter(([path, { inputs, entryPoint }]) =>
        path.endsWith(".js") && entryPoint === undefined && Object.keys(inputs).length === 0
      )
      .map(([path]) => basename(path)),
  );
  return new Map(
    files.filter(({ path }) => empty.has(basename(path)))
      .map(({ path, text }) => [basename(path), text.replace(/\n\/\/# sourceMapping.*$/, "")]),
  );
}

/**
 * The text with what it takes from helper chunks written out in it. The bundler imports its own
 * functions everywhere, for the order of effects they do not have, and only few scripts use them:
 * a page asks for one file less.
 */
function withHelpers(script: string, helpers: ReadonlyMap<string, string>): string {
  return script.replace(
    /\bimport ?(?:\{([^}]*)\} ?from ?)?"\.\/([\w.-]+\.js)";\n?/g,
    (whole, names: string | undefined, chunk: string) => {
      const helper = helpers.get(chunk);
      if (helper === undefined) return whole;
      if (names === undefined) return "";
      const body = helper.replace(
        /\bexport ?\{([^}]*)\};?/,
        (_, list: string) => `return{${asProperties(list, { exported: true })}};`,
      );
      return `const{${asProperties(names, { exported: false })}}=(()=>{${body}})();`;
    },
  );
}

/** `a as b` of an import or export list as properties: of what is taken, or of what is given. */
function asProperties(list: string, { exported }: { readonly exported: boolean }): string {
  return list.split(",").map((item) => {
    const [name = "", alias = name] = item.trim().split(/\s+as\s+/);
    return exported ? `${alias}:${name}` : `${name}:${alias}`;
  }).join(",");
}

/**
 * Icons that an entry may draw in the browser: every text in its own sources that is an icon's
 * name. A word too many costs a few bytes of the page; the table itself never leaves the server.
 */
async function iconsOf(outputs: Outputs, entry: string): Promise<string[]> {
  const files = [entry, ...staticImports(outputs, entry, { lazy: true })]
    .flatMap((path) => Object.keys(outputs[path]?.inputs ?? {}))
    .filter((path) => !path.includes(":") && !path.startsWith("node_modules/"));
  const names = new Set<string>();
  for (const file of new Set(files)) {
    const source = await readFile(join(ROOT, file), "utf8");
    for (const [, word = ""] of source.matchAll(/"([a-z][a-z0-9-]*)"/g)) {
      if (Object.hasOwn(ICON_PATHS, word)) names.add(word);
    }
  }
  return [...names].sort();
}

function staticImports(
  outputs: Outputs,
  entry: string,
  { lazy = false } = {},
): string[] {
  const seen = new Set<string>();
  const visit = (path: string) => {
    for (const imported of outputs[path]?.imports ?? []) {
      const followed = imported.kind === "import-statement" ||
        lazy && imported.kind === "dynamic-import";
      if (!followed || imported.external) continue;
      if (seen.has(imported.path)) continue;
      seen.add(imported.path);
      visit(imported.path);
    }
  };
  visit(entry);
  return [...seen].sort();
}

/** What an entry fetches when it is needed; see {@linkcode IslandAssets.lazy}. */
function lazyImports(
  outputs: Outputs,
  entry: string,
  address: (output: string) => string,
): Record<string, string[]> {
  const lazy: Record<string, string[]> = {};
  const follow = (root: string, before: ReadonlySet<string>) => {
    const own = [root, ...staticImports(outputs, root)].filter((file) => !before.has(file));
    const loaded = new Set([...before, ...own]);
    for (const file of own) {
      for (const { path, kind } of outputs[file]?.imports ?? []) {
        const source = outputs[path]?.entryPoint;
        if (kind !== "dynamic-import" || source === undefined || source in lazy) continue;
        lazy[source] = [path, ...staticImports(outputs, path)]
          .filter((file) => !loaded.has(file)).map(address);
        follow(path, loaded);
      }
    }
  };
  follow(entry, new Set());
  return Object.fromEntries(Object.entries(lazy).sort());
}
