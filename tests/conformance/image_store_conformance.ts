/**
 * What every driver of the store of pictures must do (`rooms/images/image_store.ts`), as one suite.
 *
 * @module
 */
import { deepStrictEqual, match, notStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { StoreFullError } from "../../rooms/errors.ts";
import type { ImageStore, ImageStoreLimits } from "../../rooms/images/image_store.ts";

/** A driver under test; `open` gives an empty store each time. */
export interface ImageDriver {
  readonly name: string;
  open(limits?: ImageStoreLimits): Promise<ImageStore & AsyncDisposable>;
}

const JPEG = new Uint8Array([0xff, 0xd8, 0xff, 0xd9]);

/** Registers the suite's tests for one driver. */
export function testImageStore(driver: ImageDriver): void {
  const test = (
    name: string,
    body: (store: ImageStore) => Promise<void>,
    limits?: ImageStoreLimits,
  ) =>
    Deno.test(`${driver.name} images: ${name}`, async () => {
      await using store = await driver.open(limits);
      await body(store);
    });

  test("what was put is found until it is deleted", async (store) => {
    const id = await store.put(JPEG);
    match(id, /^[0-9a-f]{32}$/);
    deepStrictEqual(await store.get(id), JPEG);
    await store.delete(id);
    strictEqual(await store.get(id), null);
    await store.delete(id);
  });

  test("equal pictures are two", async (store) => {
    const [one, other] = await Promise.all([store.put(JPEG), store.put(JPEG)]);
    notStrictEqual(one, other);
    await store.delete(one);
    deepStrictEqual(await store.get(other), JPEG);
  });

  test("what was put does not change with its caller's bytes", async (store) => {
    const bytes = JPEG.slice();
    const id = await store.put(bytes);
    bytes.fill(0);
    (await store.get(id))!.fill(1);
    deepStrictEqual(await store.get(id), JPEG);
  });

  test("whatever is no id is unknown", async (store) => {
    const id = await store.put(JPEG);
    const none = [
      ...["", ".", "..", "../wanren.db", "/etc/passwd", `../images/${id}`, `${id}/`, `${id}\0`],
      ...[id.toUpperCase() === id ? "F".repeat(32) : id.toUpperCase(), `${id}0`, id.slice(1)],
      ...["0".repeat(32), "__proto__", `\n${id}`, `${id}\n`, "é".repeat(32), "x".repeat(100_000)],
    ];
    for (const text of none) {
      strictEqual(await store.get(text), null, text);
      await store.delete(text);
    }
    deepStrictEqual(await store.get(id), JPEG);
    strictEqual(store.count, 1);
  });

  test("count and bytes follow", async (store) => {
    deepStrictEqual([store.count, store.bytes], [0, 0]);
    const id = await store.put(JPEG);
    await store.put(new Uint8Array(10));
    deepStrictEqual([store.count, store.bytes], [2, 14]);
    await Promise.all([store.delete(id), store.delete(id)]);
    deepStrictEqual([store.count, store.bytes], [1, 10]);
  });

  test("list() names each with its time", async (store) => {
    const before = Date.now();
    const ids = [await store.put(JPEG), await store.put(JPEG)];
    const listed = await Array.fromAsync(store.list());
    deepStrictEqual(listed.map(({ id }) => id).toSorted(), ids.toSorted());
    for (const { atMs } of listed) {
      // File systems round.
      strictEqual(atMs > before - 2_000 && atMs < Date.now() + 2_000, true, String(atMs));
    }
  });

  test("a full store takes no more until something goes", async (store) => {
    const ids = await Promise.all([store.put(JPEG), store.put(JPEG)]);
    await rejects(store.put(JPEG), StoreFullError);
    await store.delete(ids[0]);
    await store.put(JPEG);
  }, { maxImages: 2 });

  test("racing pictures do not pass the limit of bytes together", async (store) => {
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => store.put(JPEG)));
    strictEqual(results.filter(({ status }) => status === "fulfilled").length, 2);
    deepStrictEqual([store.count, store.bytes], [2, 8]);
  }, { maxBytes: 11 });
}
