/**
 * Pictures in the memory of the process: for tests; nothing survives.
 *
 * @module
 */
import { StoreFullError } from "../../rooms/errors.ts";
import {
  DEFAULT_IMAGE_LIMITS,
  type ImageStore,
  type ImageStoreLimits,
  randomImageId,
} from "../../rooms/images/image_store.ts";

/** An empty store. */
export function openMemoryImages(limits: ImageStoreLimits = {}): ImageStore {
  const { maxImages, maxBytes } = { ...DEFAULT_IMAGE_LIMITS, ...limits };
  const images = new Map<
    string,
    { readonly jpeg: Uint8Array<ArrayBuffer>; readonly atMs: number }
  >();
  let bytes = 0;
  return {
    get count() {
      return images.size;
    },
    get bytes() {
      return bytes;
    },
    put(jpeg) {
      if (images.size >= maxImages || bytes + jpeg.length > maxBytes) {
        return Promise.reject(
          new StoreFullError("Cannot keep the picture: the store of pictures is full"),
        );
      }
      const id = randomImageId();
      images.set(id, { jpeg: new Uint8Array(jpeg), atMs: Date.now() });
      bytes += jpeg.length;
      return Promise.resolve(id);
    },
    get: (id) => Promise.resolve(images.get(id)?.jpeg.slice() ?? null),
    delete(id) {
      bytes -= images.get(id)?.jpeg.length ?? 0;
      images.delete(id);
      return Promise.resolve();
    },
    async *list() {
      for (const [id, { atMs }] of images) yield { id, atMs };
    },
  };
}
