import assert from "node:assert/strict";
import { containBox, coverPart, insetBox, watermarkSize } from "./look.ts";
import { cleanWatermark, MAX_WATERMARK } from "./watermark.ts";

const HD = { width: 1280, height: 720 };

Deno.test("coverPart() cuts the side that is too long", () => {
  assert.deepEqual(coverPart(HD, HD), { width: 1, height: 1 });
  assert.deepEqual(coverPart(HD, { width: 96, height: 96 }), { width: 0.5625, height: 1 });
  assert.deepEqual(coverPart({ width: 720, height: 1280 }, { width: 96, height: 96 }), {
    width: 1,
    height: 0.5625,
  });
});

Deno.test("containBox() stands in the middle", () => {
  assert.deepEqual(containBox({ width: 400, height: 300 }, HD), {
    x: 160,
    y: 0,
    width: 960,
    height: 720,
  });
});

Deno.test("insetBox() stays inside in every corner, upright or not", () => {
  for (const camera of [HD, { width: 720, height: 1280 }]) {
    for (const corner of ["top-left", "top-right", "bottom-left", "bottom-right"] as const) {
      const box = insetBox({ camera, place: { width: 1920, height: 1080 }, corner });
      assert.ok(box.x >= 0 && box.y >= 0, corner);
      assert.ok(box.x + box.width <= 1920 && box.y + box.height <= 1080, corner);
      assert.equal(box.x < 960, corner.endsWith("left"));
      assert.ok(Math.abs(box.width / box.height - camera.width / camera.height) < 0.02);
    }
  }
});

Deno.test("cleanWatermark() keeps one short line that reads one way", () => {
  assert.equal(cleanWatermark("  万人 \n live"), "万人 live");
  assert.equal(cleanWatermark("a\u202eb\u0000c"), "abc");
  assert.equal([...cleanWatermark("😀".repeat(100))].length, MAX_WATERMARK);
  assert.equal(watermarkSize({ width: 100, height: 100 }), 12);
});
