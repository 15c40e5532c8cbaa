import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { openFileImages } from "../../store/files/images.ts";
import { openMemoryImages } from "../../store/memory/images.ts";
import { testImageStore } from "./image_store_conformance.ts";

testImageStore({
  name: "memory",
  open: (limits) =>
    Promise.resolve(
      Object.assign(openMemoryImages(limits), { [Symbol.asyncDispose]: () => Promise.resolve() }),
    ),
});

testImageStore({
  name: "files",
  async open(limits) {
    const folder = await Deno.makeTempDir();
    return Object.assign(await openFileImages(folder, limits), {
      [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
    });
  },
});

Deno.test("openFileImages() finds what was there, and removes what was never finished", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const before = await openFileImages(folder);
    const id = await before.put(new Uint8Array(5));
    await Deno.writeTextFile(`${folder}/images/${"a".repeat(32)}.part`, "half");
    await Deno.writeTextFile(`${folder}/images/README`, "somebody's own");
    const after = await openFileImages(folder);
    deepStrictEqual([after.count, after.bytes], [1, 5]);
    strictEqual((await after.get(id))?.length, 5);
    const names = await Array.fromAsync(Deno.readDir(`${folder}/images`), ({ name }) => name);
    deepStrictEqual(names.toSorted(), [`${id}.jpg`, "README"].toSorted());
    // Nobody else of the machine may look at them.
    strictEqual((await Deno.stat(`${folder}/images`)).mode! & 0o077, 0);
    strictEqual((await Deno.stat(`${folder}/images/${id}.jpg`)).mode! & 0o077, 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
