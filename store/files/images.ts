/**
 * Pictures as files: `images/<id>.jpg` below the data folder. `web` is their only writer.
 *
 * @module
 */
import { StoreFullError } from "../../rooms/errors.ts";
import {
  DEFAULT_IMAGE_LIMITS,
  type ImageStore,
  type ImageStoreLimits,
  isImageId,
  randomImageId,
} from "../../rooms/images/image_store.ts";

const SUFFIX = ".jpg";
/** Of a file that is being written; one that is found at the start was never finished. */
const UNFINISHED = ".part";

/**
 * Opens the store: makes its folder when missing, counts what is there, removes what was never
 * finished.
 */
export async function openFileImages(
  dataDir: string,
  limits: ImageStoreLimits = {},
): Promise<ImageStore> {
  const folder = `${dataDir}/images`;
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  let count = 0;
  let bytes = 0;
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (!isFile) continue;
    if (name.endsWith(UNFINISHED)) {
      await Deno.remove(`${folder}/${name}`);
    } else if (idOf(name) !== null) {
      count++;
      bytes += (await Deno.stat(`${folder}/${name}`)).size;
    }
  }
  return new FileImages(folder, { count, bytes, limits });
}

class FileImages implements ImageStore {
  readonly #folder: string;
  readonly #maxImages: number;
  readonly #maxBytes: number;
  #count: number;
  #bytes: number;

  constructor(
    folder: string,
    options: {
      readonly count: number;
      readonly bytes: number;
      readonly limits: ImageStoreLimits;
    },
  ) {
    this.#folder = folder;
    this.#count = options.count;
    this.#bytes = options.bytes;
    this.#maxImages = options.limits.maxImages ?? DEFAULT_IMAGE_LIMITS.maxImages;
    this.#maxBytes = options.limits.maxBytes ?? DEFAULT_IMAGE_LIMITS.maxBytes;
  }

  get count(): number {
    return this.#count;
  }

  get bytes(): number {
    return this.#bytes;
  }

  async put(jpeg: Uint8Array): Promise<string> {
    if (this.#count >= this.#maxImages || this.#bytes + jpeg.length > this.#maxBytes) {
      throw new StoreFullError("Cannot keep the picture: the store of pictures is full");
    }
    // Counted before the write, so that racing ones do not pass the limit together.
    this.#count++;
    this.#bytes += jpeg.length;
    const id = randomImageId();
    const unfinished = `${this.#folder}/${id}${UNFINISHED}`;
    try {
      await Deno.writeFile(unfinished, jpeg, { createNew: true, mode: 0o600 });
      await Deno.rename(unfinished, this.#path(id));
      return id;
    } catch (error) {
      this.#count--;
      this.#bytes -= jpeg.length;
      await Deno.remove(unfinished).catch(ignoreMissing);
      throw error;
    }
  }

  async get(id: string): Promise<Uint8Array<ArrayBuffer> | null> {
    if (!isImageId(id)) return null;
    return await Deno.readFile(this.#path(id)).catch(ignoreMissing) ?? null;
  }

  async delete(id: string): Promise<void> {
    if (!isImageId(id)) return;
    const file = await Deno.stat(this.#path(id)).catch(ignoreMissing);
    if (file === undefined) return;
    const removed = await Deno.remove(this.#path(id)).then(() => true, ignoreMissing);
    // Of two at once, one removed it.
    if (removed !== true) return;
    this.#count--;
    this.#bytes -= file.size;
  }

  async *list(): AsyncIterable<{ readonly id: string; readonly atMs: number }> {
    for await (const { name } of Deno.readDir(this.#folder)) {
      const id = idOf(name);
      if (id === null) continue;
      const file = await Deno.stat(this.#path(id)).catch(ignoreMissing);
      if (file !== undefined) yield { id, atMs: file.mtime?.getTime() ?? 0 };
    }
  }

  /** Only for what {@linkcode isImageId} found to be an id. */
  #path(id: string): string {
    return `${this.#folder}/${id}${SUFFIX}`;
  }
}

function idOf(name: string): string | null {
  const id = name.endsWith(SUFFIX) ? name.slice(0, -SUFFIX.length) : "";
  return isImageId(id) ? id : null;
}

function ignoreMissing(error: unknown): undefined {
  if (error instanceof Deno.errors.NotFound) return undefined;
  throw error;
}
