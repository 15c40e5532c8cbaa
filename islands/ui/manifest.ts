/**
 * What the build tells the pages: which hashed file stands behind each name.
 *
 * @module
 */

/** One island's hydration entry. */
export interface IslandAssets {
  /** Absolute path of the entry module: `/assets/LiveRooms-3KQ5ZJ2A.js`. */
  readonly js: string;
  /** Modules that the entry imports statically, directly or not, as absolute paths. */
  readonly imports: readonly string[];
  /**
   * What a source that is imported later (`islands/player/flv_source.ts`) became, with all that it
   * imports beside {@linkcode imports}: a page that knows it will need one can ask for it early.
   */
  readonly lazy: Readonly<Record<string, readonly string[]>>;
  /** Names of the icons that it may draw; the page carries their drawings. */
  readonly icons: readonly string[];
}

/** One entry with every island of a page. */
export interface PageAssets extends IslandAssets {
  /** Names of its islands. */
  readonly islands: readonly string[];
  /** A script that may run before everything else; null: there is none. */
  readonly early: EarlyScript | null;
}

/** A script small enough to stand in the page itself. */
export interface EarlyScript {
  readonly text: string;
  /** What the Content-Security-Policy calls it by: `sha256-…`. */
  readonly hash: string;
}

/** One built file, by its name below `assets/`. */
export interface BuiltFile {
  readonly bytes: number;
  /** Size after Brotli; null for what is compressed already. */
  readonly brotliBytes: number | null;
}

/** Content of `manifest.json`. */
export interface AssetManifest {
  readonly islands: Readonly<Record<string, IslandAssets>>;
  /** Pages whose islands come together, by the name of their layout. */
  readonly pages: Readonly<Record<string, PageAssets>>;
  /** Absolute path of the style sheet of all pages. */
  readonly css: string;
  /** Sheets of some pages, by the name of a layout or of an island, as absolute paths. */
  readonly styles: Readonly<Record<string, string>>;
  /** The text of every style sheet by its path, for first visits: they carry it in the page. */
  readonly sheets: Readonly<Record<string, string>>;
  /** Other files by their unhashed name (`hls.worker.js`, `favicon.svg`) as absolute paths. */
  readonly files: Readonly<Record<string, string>>;
  /** Every file of this build, for budgets and for whoever serves them. */
  readonly built: Readonly<Record<string, BuiltFile>>;
}

/**
 * Checks the text of a `manifest.json`.
 *
 * @throws {SyntaxError} when it is no JSON; {TypeError} when it is not a manifest.
 */
export function parseManifest(text: string): AssetManifest {
  const value: unknown = JSON.parse(text);
  if (!isRecord(value) || typeof value.css !== "string") throw malformed("css");
  if (!isRecord(value.styles) || !Object.values(value.styles).every(isText)) {
    throw malformed("styles");
  }
  if (!isRecord(value.sheets) || !Object.values(value.sheets).every(isText)) {
    throw malformed("sheets");
  }
  if (!isRecord(value.files) || !Object.values(value.files).every(isText)) throw malformed("files");
  if (!isRecord(value.built) || !Object.values(value.built).every(isRecord)) {
    throw malformed("built");
  }
  const { islands, pages } = value;
  if (!isRecord(islands) || !Object.values(islands).every(isEntry)) throw malformed("islands");
  if (!isRecord(pages) || !Object.values(pages).every(isPage)) throw malformed("pages");
  return value as unknown as AssetManifest;
}

function malformed(part: string): TypeError {
  return new TypeError(`Cannot read asset manifest: "${part}" is malformed`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isEntry(value: unknown): boolean {
  return isRecord(value) && isText(value.js) && isList(value.imports) && isList(value.icons) &&
    isRecord(value.lazy) && Object.values(value.lazy).every(isList);
}

function isPage(value: unknown): boolean {
  const { islands, early } = value as Record<string, unknown>;
  return isEntry(value) && isList(islands) && (early === null || isEarly(early));
}

function isEarly(value: unknown): boolean {
  return isRecord(value) && isText(value.text) && isText(value.hash);
}

function isList(value: unknown): boolean {
  return Array.isArray(value) && value.every(isText);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
