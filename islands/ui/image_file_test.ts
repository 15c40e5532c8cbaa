import assert from "node:assert/strict";
import { sizeToDraw } from "./image_file.ts";

const png = (width: number, height: number, bytes = 100_000, type = "image/png") => ({
  width,
  height,
  bytes,
  type,
});

Deno.test("sizeToDraw() is null for what can be sent as it is", () => {
  assert.equal(sizeToDraw(png(1024, 1024), "avatar"), null);
  // Its shorter side decides: the square is taken from it.
  assert.equal(sizeToDraw(png(3000, 1024), "avatar"), null);
  assert.equal(sizeToDraw(png(1920, 1080), "cover"), null);
  assert.equal(sizeToDraw(png(100, 100, 1024 * 1024), "avatar"), null);
});

Deno.test("sizeToDraw() keeps the shape and what the purpose needs", () => {
  assert.deepEqual(sizeToDraw(png(4000, 3000), "avatar"), { width: 1365, height: 1024 });
  assert.deepEqual(sizeToDraw(png(3000, 4000), "avatar"), { width: 1024, height: 1365 });
  assert.deepEqual(sizeToDraw(png(8000, 4500), "cover"), { width: 1920, height: 1080 });
  assert.deepEqual(sizeToDraw(png(4000, 4000), "cover"), { width: 1920, height: 1920 });
  assert.deepEqual(sizeToDraw(png(16_384, 1_000), "avatar"), { width: 8_192, height: 500 });
});

Deno.test("sizeToDraw() draws heavy files and formats that the server does not read", () => {
  const same = { width: 500, height: 400 };
  assert.deepEqual(sizeToDraw(png(500, 400, 2_000_000), "avatar"), same);
  for (const type of ["image/avif", "image/heic", "image/svg+xml", ""]) {
    assert.deepEqual(sizeToDraw(png(500, 400, 1_000, type), "avatar"), same);
  }
});
