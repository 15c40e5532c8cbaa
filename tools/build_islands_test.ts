import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { ICON_PATHS } from "../islands/ui/icon_paths.ts";
import { checkBudgets } from "./budgets.ts";
import { buildIslands, readManifest } from "./build_islands.ts";
import { PAGE_ISLANDS } from "./bundle_scripts.ts";

/** esbuild's own process is told to end and ends when it likes: what it still holds is no leak. */
const test = (name: string, fn: () => void | Promise<void>) =>
  Deno.test({ name, fn, sanitizeOps: false, sanitizeResources: false });

async function folder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), "wanren-build-"));
  return {
    path,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

test("buildIslands() makes hashed, compressed files that the manifest names", async () => {
  await using out = await folder();
  const manifest = await buildIslands({ outDir: out.path, minify: true });
  assert.deepEqual(await readManifest(out.path), manifest);
  assert.ok(Object.keys(manifest.islands).includes("LiveRooms"));
  const paths = [
    manifest.css,
    ...Object.values(manifest.styles),
    ...Object.values(manifest.files),
    ...Object.values(manifest.islands).flatMap((island) => [island.js, ...island.imports]),
  ];
  for (const path of paths) {
    assert.match(path, /^\/assets\/[\w.-]+-[0-9A-Z]{8}\.\w+$/);
    const file = join(out.path, "assets", basename(path));
    const bytes = await readFile(file);
    assert.equal(manifest.built[basename(path)]?.bytes, bytes.byteLength);
    if (manifest.built[basename(path)]?.brotliBytes === null) continue;
    assert.deepEqual(brotliDecompressSync(await readFile(`${file}.br`)), bytes);
    assert.deepEqual(gunzipSync(await readFile(`${file}.gz`)), bytes);
  }
  const script = await readFile(
    join(out.path, "assets", basename(manifest.islands.LiveRooms?.js ?? "")),
    "utf8",
  );
  assert.equal(script.includes("sourceMappingURL"), false);
  assert.equal(Object.keys(manifest.built).some((name) => name.endsWith(".map")), false);
});

test("the text of the server's pages stays on the server", async () => {
  await using out = await folder();
  const manifest = await buildIslands({ outDir: out.path, minify: true });
  for (const name of Object.keys(manifest.built).filter((file) => file.endsWith(".js"))) {
    const script = await readFile(join(out.path, "assets", name), "utf8");
    assert.equal(script.includes("Create the first administrator"), false, name);
    assert.equal(script.includes("创建第一位管理员"), false, name);
  }
});

test("every style sheet declares its layers in the order of the design", async () => {
  await using out = await folder();
  const { css, styles, sheets } = await buildIslands({ outDir: out.path, minify: true });
  assert.ok(Object.hasOwn(styles, "watch"));
  for (const path of [css, ...Object.values(styles)]) {
    const sheet = await readFile(join(out.path, "assets", basename(path)), "utf8");
    assert.match(sheet, /^@layer tokens, ?base, ?components, ?pages;/, path);
    assert.equal(sheets[path], sheet.trim(), "pages can carry it");
  }
});

test("the manifest names the icons of an island, and its scripts hold no drawing", async () => {
  await using out = await folder();
  const { islands, built } = await buildIslands({ outDir: out.path, minify: true });
  assert.ok(islands.Preferences?.icons.includes("moon"));
  assert.equal(islands.Preferences?.icons.includes("pencil"), false);
  const { moon } = ICON_PATHS;
  for (const name of Object.keys(built).filter((file) => file.endsWith(".js"))) {
    const script = await readFile(join(out.path, "assets", name), "utf8");
    assert.equal(script.includes(/ d="([^"]+)"/.exec(moon)?.[1] ?? moon), false, name);
  }
});

test("a build keeps the files of the one before and removes older ones", async () => {
  await using out = await folder();
  await using islands = await folder();
  const component = join(islands.path, "Hello.tsx");
  const build = async (word: string) => {
    await writeFile(component, `export default () => <p>${word}</p>;\n`);
    const options = { outDir: out.path, minify: true, islandsDir: islands.path };
    return basename((await buildIslands(options)).islands.Hello?.js ?? "");
  };
  const names = [await build("one"), await build("two"), await build("three")];
  assert.equal(new Set(names).size, 3);
  const present = await readdir(join(out.path, "assets"));
  assert.deepEqual(names.map((name) => present.includes(name)), [false, true, true]);
  assert.equal(present.some((name) => name.startsWith(".")), false);
});

test("a source that does not build leaves the finished build alone", async () => {
  await using out = await folder();
  await using islands = await folder();
  const options = { outDir: out.path, minify: false, islandsDir: islands.path };
  await writeFile(join(islands.path, "Hello.tsx"), "export default () => <p>fine</p>;\n");
  const manifest = await buildIslands(options);
  assert.ok(Object.keys(manifest.built).some((name) => name.endsWith(".map")));
  await writeFile(join(islands.path, "Hello.tsx"), "export default () => <p>;\n");
  await assert.rejects(buildIslands(options), /Hello\.tsx/);
  assert.deepEqual(await readManifest(out.path), manifest);
});

test("the manifest names what an island fetches later, without what it has already", async () => {
  await using out = await folder();
  const { islands, built } = await buildIslands({ outDir: out.path, minify: true });
  const { js, imports, lazy } = islands.Player!;
  for (const name of ["flv_source", "hls_source", "native_source", "later"]) {
    const files = lazy[`islands/player/${name}.ts`] ?? [];
    assert.ok(files.length > 0, name);
    for (const file of files) {
      assert.ok(Object.hasOwn(built, basename(file)), file);
      assert.equal([js, ...imports].includes(file), false, file);
    }
  }
});

test("a page where time counts is few scripts, and its early one stands alone", async () => {
  await using out = await folder();
  const { pages, built } = await buildIslands({ outDir: out.path, minify: true });
  for (const [name, { islands, js, imports, early }] of Object.entries(pages)) {
    assert.deepEqual(islands, PAGE_ISLANDS[name]);
    // No more than a browser has connections for. The studio's tools share much with each other.
    const most = name === "studio" ? 8 : 5;
    assert.ok(imports.length < most, `${name} asks for ${imports.length + 1} scripts`);
    assert.ok([js, ...imports].every((file) => Object.hasOwn(built, basename(file))));
    if (early === null) continue;
    const statement = /\bimport\b(?!\()|\bexport\b|<\/script|<!--/;
    assert.equal(statement.test(early.text), false, "it is no module");
    const digest = createHash("sha256").update(early.text).digest("base64");
    assert.equal(early.hash, `sha256-${digest}`);
  }
  assert.ok(pages.watch?.early != null);
});

test("checkBudgets() counts scripts with their imports once; no budget is no permission", () => {
  const manifest = {
    islands: {
      Small: { js: "/assets/Small-A.js", imports: ["/assets/shared-B.js"], lazy: {}, icons: [] },
      Other: { js: "/assets/Other-G.js", imports: ["/assets/shared-B.js"], lazy: {}, icons: [] },
      New: { js: "/assets/New-C.js", imports: [], lazy: {}, icons: [] },
    },
    pages: {
      first: {
        islands: ["Small"],
        js: "/assets/Small-A.js",
        imports: ["/assets/shared-B.js", "/assets/Other-G.js"],
        lazy: { "later.ts": ["/assets/Other-G.js", "/assets/New-C.js"] },
        icons: [],
        early: { text: "go();", hash: "sha256-G" },
      },
      second: {
        islands: [],
        js: "/assets/Small-A.js",
        imports: [],
        lazy: {},
        icons: [],
        early: null,
      },
    },
    css: "/assets/app-D.css",
    styles: { watch: "/assets/watch-E.css", lobby: "/assets/lobby-F.css" },
    sheets: {},
    files: {},
    built: {
      "Small-A.js": { bytes: 900, brotliBytes: 300 },
      "shared-B.js": { bytes: 900, brotliBytes: 400 },
      "New-C.js": { bytes: 10, brotliBytes: 10 },
      "Other-G.js": { bytes: 30, brotliBytes: 20 },
      "app-D.css": { bytes: 500, brotliBytes: 101 },
      "watch-E.css": { bytes: 50, brotliBytes: 20 },
      "lobby-F.css": { bytes: 50, brotliBytes: 20 },
    },
  };
  assert.deepEqual(
    checkBudgets(manifest, {
      islands: { Small: 700, Other: 420 },
      pages: { first: 729 },
      lazy: { "first later.ts": 30, "second later.ts": 1_000 },
      css: 100,
      styles: { watch: 20 },
    }),
    [
      { name: "Small", bytes: 700, limit: 700, ok: true },
      { name: "Other", bytes: 420, limit: 420, ok: true },
      { name: "New", bytes: 10, limit: null, ok: false },
      { name: "page first", bytes: 729, limit: 729, ok: true },
      { name: "page second", bytes: 300, limit: null, ok: false },
      { name: "first later.ts", bytes: 30, limit: 30, ok: true },
      { name: "second later.ts", bytes: 0, limit: 1_000, ok: false },
      { name: "css", bytes: 101, limit: 100, ok: false },
      { name: "watch.css", bytes: 20, limit: 20, ok: true },
      { name: "lobby.css", bytes: 20, limit: null, ok: false },
    ],
  );
});
