/**
 * Built files below `/assets`, read into memory.
 *
 * @module
 */
import { readdir, readFile } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import type { ClientAnswer } from "../client_answer.ts";
import { parseRange } from "../byte_range.ts";

/** What of a request decides about an asset's answer. */
export interface AssetRequest {
  readonly method: string;
  readonly acceptEncoding: string | undefined;
  readonly range: string | undefined;
}

interface Asset {
  readonly contentType: string;
  readonly cacheControl: string;
  readonly identity: Uint8Array;
  readonly br: Uint8Array | null;
  readonly gzip: Uint8Array | null;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".gif": "image/gif",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".jpg": "image/jpeg",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".mp3": "audio/mpeg",
  ".mp4": "video/mp4",
  ".png": "image/png",
  ".svg": "image/svg+xml; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json; charset=utf-8",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
};
/** A content hash in the name: what is below it never changes. */
const HASHED = /[.-][A-Za-z0-9]{8,}\.[a-z0-9.]+$/;
const MAX_FILES = 4096;
const MAX_BYTES = 256 * 1024 * 1024;
/** A build may come after the start: names not known are looked for again, but not more often. */
const RESCAN_AFTER_MS = 1000;

/** Serves a folder; answers come from memory alone. */
export class Assets {
  readonly #folder: string;
  readonly #now: () => number;
  #files = new Map<string, Asset>();
  #scannedAtMs = -Infinity;
  #scan: Promise<void> | null = null;

  /** @param folder what stands below `/assets`; it need not exist yet. */
  constructor(folder: string, options: { readonly now?: () => number } = {}) {
    this.#folder = folder;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Files in memory. */
  get size(): number {
    return this.#files.size;
  }

  /**
   * Reads the folder.
   *
   * @throws {RangeError} when it holds more than an edge keeps in memory.
   */
  async load(): Promise<void> {
    this.#scan ??= this.#read().finally(() => this.#scan = null);
    await this.#scan;
  }

  /** The answer for a path below `/assets/`, or null when there is no such file. */
  async answer(path: string, request: AssetRequest): Promise<ClientAnswer | null> {
    const name = path.slice("/assets/".length);
    if (!this.#files.has(name) && this.#now() - this.#scannedAtMs >= RESCAN_AFTER_MS) {
      await this.load();
    }
    const asset = this.#files.get(name);
    return asset === undefined ? null : answerWith(asset, request);
  }

  async #read(): Promise<void> {
    this.#scannedAtMs = this.#now();
    const paths = (await filesBelow(this.#folder)).sort();
    if (paths.length > MAX_FILES) {
      throw new RangeError(`Cannot serve ${this.#folder}: more than ${MAX_FILES} files`);
    }
    const contents = new Map<string, Uint8Array>();
    let bytes = 0;
    for (const path of paths) {
      const content = new Uint8Array(await readFile(path));
      bytes += content.byteLength;
      if (bytes > MAX_BYTES) {
        throw new RangeError(`Cannot serve ${this.#folder}: more than ${MAX_BYTES} bytes`);
      }
      contents.set(relative(this.#folder, path).split(sep).join("/"), content);
    }
    const files = new Map<string, Asset>();
    for (const [name, identity] of contents) {
      if (/\.(?:br|gz)$/.test(name) && contents.has(name.replace(/\.(?:br|gz)$/, ""))) continue;
      files.set(name, {
        contentType: CONTENT_TYPES[extname(name)] ?? "application/octet-stream",
        cacheControl: HASHED.test(name)
          ? "public, max-age=31536000, immutable"
          : "public, max-age=60",
        identity,
        br: contents.get(`${name}.br`) ?? null,
        gzip: contents.get(`${name}.gz`) ?? null,
      });
    }
    this.#files = files;
  }
}

function answerWith(asset: Asset, request: AssetRequest): ClientAnswer {
  const headers: Record<string, string> = {
    "content-type": asset.contentType,
    "cache-control": asset.cacheControl,
    "x-content-type-options": "nosniff",
    // Workers and module scripts are fetched by pages that are isolated from other origins.
    "cross-origin-resource-policy": "same-origin",
  };
  if (asset.br !== null || asset.gzip !== null) headers.vary = "Accept-Encoding";
  const isHead = request.method === "HEAD";
  const accepted = request.range === undefined ? acceptedEncodings(request.acceptEncoding) : null;
  for (const [encoding, body] of [["br", asset.br], ["gzip", asset.gzip]] as const) {
    if (body === null || accepted?.has(encoding) !== true) continue;
    headers["content-encoding"] = encoding;
    headers["content-length"] = String(body.byteLength);
    return { status: 200, headers, body: isHead ? null : body };
  }
  const size = asset.identity.byteLength;
  headers["accept-ranges"] = "bytes";
  const range = isHead ? null : parseRange(request.range, size);
  if (range === "unsatisfiable") {
    headers["content-range"] = `bytes */${size}`;
    return { status: 416, headers, body: null };
  }
  if (range !== null) {
    headers["content-range"] = `bytes ${range.first}-${range.last}/${size}`;
    headers["content-length"] = String(range.last - range.first + 1);
    return { status: 206, headers, body: asset.identity.subarray(range.first, range.last + 1) };
  }
  headers["content-length"] = String(size);
  return { status: 200, headers, body: isHead ? null : asset.identity };
}

/** Codings with a quality above zero (RFC 9110 §12.5.3). */
function acceptedEncodings(header: string | undefined): ReadonlySet<string> {
  const accepted = new Set<string>();
  for (const entry of (header ?? "").toLowerCase().split(",").slice(0, 16)) {
    const [coding, ...parameters] = entry.split(";").map((part) => part.trim());
    if (parameters.some((text) => /^q=0(?:\.0*)?$/.test(text))) continue;
    if (coding === "*") accepted.add("br").add("gzip");
    else accepted.add(coding);
  }
  return accepted;
}

async function filesBelow(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) =>
      join(entry.parentPath, entry.name)
    );
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return [];
    throw error;
  }
}
