import assert from "node:assert/strict";
import { MIX_LAYOUTS, placesOf } from "./layout.ts";

const SIZE = { width: 1280, height: 720 };

for (const layout of MIX_LAYOUTS) {
  Deno.test(`placesOf() keeps two to nine pictures of ${layout} inside, even and apart`, () => {
    for (let count = 1; count <= 9; count++) {
      const places = placesOf(layout, count, SIZE);
      assert.equal(places.length, count);
      for (const { x, y, width, height } of places) {
        assert.ok(x >= 0 && y >= 0 && x + width <= SIZE.width && y + height <= SIZE.height);
        assert.ok([x, y, width, height].every((value) => value % 2 === 0));
        assert.ok(width >= 64 && height >= 64, `${layout} of ${count}: ${width}x${height}`);
      }
      const flat = layout === "picture_in_picture" ? places.slice(1) : places;
      flat.forEach((a, index) => {
        for (const b of flat.slice(index + 1)) {
          const apart = a.x + a.width <= b.x || b.x + b.width <= a.x ||
            a.y + a.height <= b.y || b.y + b.height <= a.y;
          assert.ok(apart, `${layout} of ${count}`);
        }
      });
    }
  });
}

Deno.test("placesOf() gives a lone input the whole picture", () => {
  for (const layout of MIX_LAYOUTS) {
    assert.deepEqual(placesOf(layout, 1, SIZE), [{ x: 0, y: 0, ...SIZE }]);
  }
});

Deno.test("placesOf() puts the last row of a grid in the middle", () => {
  const [, , third] = placesOf("grid", 3, SIZE);
  assert.ok(Math.abs(third.x + third.width / 2 - SIZE.width / 2) <= 2);
});

Deno.test("placesOf() throws RangeError without inputs", () => {
  assert.throws(() => placesOf("grid", 0, SIZE), RangeError);
});
