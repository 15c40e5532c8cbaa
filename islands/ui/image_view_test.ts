import assert from "node:assert/strict";
import fc from "fast-check";
import {
  maxZoom,
  middle,
  moveBy,
  placeOf,
  type Sides,
  type SquareView,
  viewAfterKey,
  zoomTo,
} from "./image_view.ts";

const WIDE: Sides = { width: 400, height: 200 };

function near(view: SquareView, expected: SquareView): void {
  for (const key of ["x", "y", "size"] as const) {
    assert.ok(Math.abs(view[key] - expected[key]) < 1e-9, `${key}: ${view[key]}`);
  }
}

Deno.test("middle() is the largest square", () => {
  near(middle(WIDE), { x: 0.25, y: 0, size: 1 });
  near(middle({ width: 200, height: 400 }), { x: 0, y: 0.25, size: 1 });
  near(middle({ width: 300, height: 300 }), { x: 0, y: 0, size: 1 });
});

Deno.test("zoomTo() keeps the middle, and leaves no gap at an edge", () => {
  near(zoomTo(middle(WIDE), 2, WIDE), { x: 0.375, y: 0.25, size: 0.5 });
  const corner = moveBy(zoomTo(middle(WIDE), 2, WIDE), { x: 9, y: 9 }, WIDE);
  near(corner, { x: 0.75, y: 0.5, size: 0.5 });
  near(zoomTo(corner, 1, WIDE), { x: 0.5, y: 0, size: 1 });
  near(zoomTo(middle(WIDE), 0.1, WIDE), middle(WIDE));
});

Deno.test("maxZoom() leaves enough pixels", () => {
  assert.equal(maxZoom({ width: 4000, height: 3000 }), 4);
  assert.equal(maxZoom({ width: 400, height: 128 }), 2);
  assert.equal(maxZoom({ width: 20, height: 20 }), 1);
});

Deno.test("viewAfterKey() moves by arrows, zooms by + and -, and knows no other key", () => {
  const start = zoomTo(middle(WIDE), 2, WIDE);
  assert.ok(viewAfterKey(start, "ArrowLeft", WIDE)!.x < start.x);
  assert.ok(viewAfterKey(start, "ArrowRight", WIDE)!.x > start.x);
  assert.ok(viewAfterKey(start, "ArrowUp", WIDE)!.y < start.y);
  assert.ok(viewAfterKey(start, "ArrowDown", WIDE)!.y > start.y);
  assert.ok(viewAfterKey(start, "+", WIDE)!.size < start.size);
  assert.ok(viewAfterKey(start, "-", WIDE)!.size > start.size);
  near(viewAfterKey(start, "Home", WIDE)!, middle(WIDE));
  assert.equal(viewAfterKey(start, "Tab", WIDE), null);
});

Deno.test("placeOf() fills the frame with the square", () => {
  const place = placeOf({ x: 0.25, y: 0, size: 1 }, WIDE);
  assert.deepEqual(place, { left: -50, top: -0, width: 200, height: 100 });
});

Deno.test("whatever is done, the square stays within the picture", () => {
  const action = fc.oneof(
    fc.record({ x: fc.double({ noNaN: true }), y: fc.double({ noNaN: true }) }).map(
      (by) => (view: SquareView, sides: Sides) => moveBy(view, by, sides),
    ),
    fc.double({ noNaN: true }).map((zoom) => (view: SquareView, sides: Sides) =>
      zoomTo(view, zoom, sides)
    ),
    fc.constantFrom("+", "-", "ArrowLeft", "ArrowDown").map(
      (key) => (view: SquareView, sides: Sides) => viewAfterKey(view, key, sides)!,
    ),
  );
  const sides = fc.record({
    width: fc.integer({ min: 16, max: 8192 }),
    height: fc.integer({ min: 16, max: 8192 }),
  });
  fc.assert(fc.property(sides, fc.array(action, { maxLength: 12 }), (of, actions) => {
    const view = actions.reduce((now, act) => act(now, of), middle(of));
    const side = view.size * Math.min(of.width, of.height);
    assert.ok(view.size > 0 && view.size <= 1);
    assert.ok(view.x >= 0 && view.x * of.width + side <= of.width + 1e-6);
    assert.ok(view.y >= 0 && view.y * of.height + side <= of.height + 1e-6);
  }));
});
