/**
 * Pictures in Redis, for all `web`. Each is a key of its own, wherever the cluster puts it; a list
 * beside them knows them all. A picture is in the list before it is there and until after it is
 * gone, so that one whose put or delete did not come to its end is found by the next sweep.
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
import type { RedisConnection, Reply } from "./connection.ts";
import type { Scripts } from "./scripts.ts";

/** They stand in memory: less than a disk holds. */
const MAX_BYTES = 2 * 1024 ** 3;
const SCAN_PAGE = "500";

/** The pictures of a connection, which is closed by whoever opened it. */
export async function openRedisImages(
  connection: RedisConnection,
  { scripts, limits = {} }: { readonly scripts: Scripts; readonly limits?: ImageStoreLimits },
): Promise<ImageStore> {
  const { maxImages, maxBytes } = {
    ...DEFAULT_IMAGE_LIMITS,
    maxBytes: MAX_BYTES,
    ...limits,
  };
  const index = `${connection.prefix}{images}:index`;
  const keyOf = (id: string) => `${connection.prefix}{image-${id}}`;
  let count = 0;
  let bytes = 0;
  const list = async (...args: readonly (string | number)[]): Promise<boolean> => {
    const reply = await connection.run(scripts.image_index, { keys: [index], args });
    const [done, images, size] = (reply as readonly Reply[]).map(Number);
    count = images!;
    bytes = size!;
    return done === 1;
  };
  await list("read");
  return {
    get count() {
      return count;
    },
    get bytes() {
      return bytes;
    },
    async put(jpeg) {
      const id = randomImageId();
      // The caller may use its bytes again.
      const text = jpeg.toBase64();
      if (!(await list("add", id, jpeg.length, maxImages, maxBytes))) {
        throw new StoreFullError("Cannot keep the picture: the store of pictures is full");
      }
      await connection.call(keyOf(id), ["SET", keyOf(id), text]);
      return id;
    },
    async get(id) {
      if (!isImageId(id)) return null;
      const text = await connection.call(keyOf(id), ["GET", keyOf(id)]);
      return typeof text === "string" ? Uint8Array.fromBase64(text) : null;
    },
    async delete(id) {
      if (!isImageId(id)) return;
      await connection.call(keyOf(id), ["DEL", keyOf(id)]);
      await list("remove", id);
    },
    async *list() {
      let cursor = "0";
      do {
        const [next, flat] = await connection.call(index, [
          ...["HSCAN", index, cursor, "COUNT", SCAN_PAGE],
        ]) as readonly [string, readonly string[]];
        for (let at = 0; at < flat.length; at += 2) {
          const id = flat[at]!;
          if (isImageId(id)) yield { id, atMs: Number(flat[at + 1]!.split(" ")[0]) };
        }
        cursor = next;
      } while (cursor !== "0");
    },
  };
}
