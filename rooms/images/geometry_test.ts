import assert from "node:assert/strict";
import { ServiceError } from "../errors.ts";
import { ImageRefusal } from "./errors.ts";
import { planAvatar, planCover, type SquareCrop } from "./geometry.ts";
import type { ImageHeader } from "./inspect.ts";
import { type Orientation, storedPixel, uprightSize } from "./orientation.ts";
import { cutOut, storedSize, turnUpright } from "./pixels.ts";

const header = (width: number, height: number, orientation: Orientation = 1): ImageHeader => ({
  format: "jpeg",
  width,
  height,
  orientation,
});
const ORIENTATIONS: readonly Orientation[] = [1, 2, 3, 4, 5, 6, 7, 8];

Deno.test("planAvatar() takes the largest square of the middle without a crop", () => {
  assert.deepEqual(planAvatar(header(400, 240), null), {
    source: { width: 400, height: 240 },
    orientation: 1,
    region: { x: 80, y: 0, width: 240, height: 240 },
    target: { width: 256, height: 256 },
  });
});

Deno.test("planAvatar() takes the square that is asked for, in upright coordinates", () => {
  const crop = { x: 0.1, y: 0.5, size: 0.5 };
  assert.deepEqual(planAvatar(header(400, 240), crop).region, {
    x: 40,
    y: 120,
    width: 120,
    height: 120,
  });
  // Stored lying on its side: upright it is 240 × 400, and its left edge is stored at the bottom.
  const lying = planAvatar(header(400, 240, 6), { x: 0, y: 0, size: 0.25 });
  assert.deepEqual(lying.region, { x: 0, y: 180, width: 60, height: 60 });
});

Deno.test("planAvatar() forgives rounding at the edge", () => {
  const { region } = planAvatar(header(1001, 1001), { x: 0.5, y: 0.4996, size: 0.5004 });
  assert.ok(region.x + region.width <= 1001 && region.y + region.height <= 1001);
});

Deno.test("planAvatar() throws invalid for a square that leaves the picture", () => {
  const wrong: readonly [SquareCrop, string][] = [
    [{ x: 0.6, y: 0, size: 1 }, "x"],
    [{ x: 0, y: 0.6, size: 0.5 }, "y"],
    [{ x: -0.1, y: 0, size: 0.5 }, "x"],
    [{ x: 0, y: 1.1, size: 0.5 }, "y"],
    [{ x: 0, y: 0, size: 1.01 }, "size"],
    [{ x: 0, y: 0, size: 0 }, "size"],
    [{ x: NaN, y: 0, size: 0.5 }, "x"],
    [{ x: 0, y: 0, size: Infinity }, "size"],
  ];
  for (const [crop, field] of wrong) {
    assert.throws(() => planAvatar(header(400, 240), crop), (error: unknown) => {
      assert.ok(error instanceof ServiceError);
      assert.deepEqual([error.code, error.field], ["invalid", field]);
      return true;
    });
  }
});

Deno.test("planAvatar() throws too_small below 16 pixels a side", () => {
  assert.equal(planAvatar(header(400, 240), { x: 0, y: 0, size: 16 / 240 }).region.width, 16);
  assert.throws(
    () => planAvatar(header(400, 240), { x: 0, y: 0, size: 15 / 240 }),
    (error: unknown) => error instanceof ImageRefusal && error.reason === "too_small",
  );
});

Deno.test("planCover() keeps 16:9 of the middle, and never enlarges", () => {
  const wide = planCover(header(2560, 1440));
  assert.deepEqual(wide.region, { x: 0, y: 0, width: 2560, height: 1440 });
  assert.deepEqual(wide.target, { width: 1280, height: 720 });
  const square = planCover(header(1000, 1000));
  assert.deepEqual(square.region, { x: 0, y: 218, width: 1000, height: 563 });
  assert.deepEqual(square.target, { width: 1000, height: 563 });
  const panorama = planCover(header(8192, 360));
  assert.deepEqual(panorama.region, { x: 3776, y: 0, width: 640, height: 360 });
  assert.deepEqual(panorama.target, { width: 640, height: 360 });
  const turned = planCover(header(240, 400, 6));
  assert.deepEqual(turned.target, { width: 400, height: 225 });
  assert.deepEqual(turned.region, { x: 7, y: 0, width: 225, height: 400 });
});

Deno.test("planCover() throws too_small when it would be less than 320 wide", () => {
  assert.equal(planCover(header(320, 180)).target.width, 320);
  for (const [width, height] of [[319, 400], [4_000, 179]] as const) {
    assert.throws(
      () => planCover(header(width, height)),
      (error: unknown) => error instanceof ImageRefusal && error.reason === "too_small",
    );
  }
});

Deno.test("storedPixel() turns each orientation as EXIF says", () => {
  // Where the upper left corner of the upright picture is stored, of 3 × 2 pixels.
  const stored = { width: 3, height: 2 };
  const corners = ORIENTATIONS.map((orientation) => {
    const { x, y } = storedPixel({ x: 0, y: 0 }, { stored, orientation });
    return [x, y];
  });
  assert.deepEqual(corners, [[0, 0], [2, 0], [2, 1], [0, 1], [0, 0], [0, 1], [2, 1], [2, 0]]);
});

Deno.test("storedPixel() gives every stored pixel once", () => {
  for (const orientation of ORIENTATIONS) {
    const stored = { width: 5, height: 3 };
    const upright = uprightSize({ ...stored, orientation });
    const seen = new Set<string>();
    for (let y = 0; y < upright.height; y++) {
      for (let x = 0; x < upright.width; x++) {
        const at = storedPixel({ x, y }, { stored, orientation });
        assert.ok(at.x >= 0 && at.x < stored.width && at.y >= 0 && at.y < stored.height);
        seen.add(`${at.x},${at.y}`);
      }
    }
    assert.equal(seen.size, 15);
  }
});

Deno.test("turnUpright() and the region agree: a part is cut where it is seen", () => {
  for (const orientation of ORIENTATIONS) {
    // Each pixel of the upright picture says where it is.
    const upright = { width: 40, height: 24 };
    const stored = storedSize(upright, orientation);
    const pixels = new Uint8Array(stored.width * stored.height * 4);
    for (let y = 0; y < upright.height; y++) {
      for (let x = 0; x < upright.width; x++) {
        const at = storedPixel({ x, y }, { stored, orientation });
        pixels.set([x, y, 0, 255], (at.y * stored.width + at.x) * 4);
      }
    }
    const plan = planAvatar({ format: "jpeg", ...stored, orientation }, {
      x: 10 / 40,
      y: 5 / 24,
      size: 16 / 24,
    });
    const part = cutOut(pixels, { width: stored.width, region: plan.region });
    const turned = turnUpright(part, {
      stored: { width: plan.region.width, height: plan.region.height },
      orientation,
    });
    assert.deepEqual([...turned.subarray(0, 4)], [10, 5, 0, 255], `orientation ${orientation}`);
    assert.deepEqual([...turned.subarray(-4)], [25, 20, 0, 255], `orientation ${orientation}`);
  }
});

Deno.test("cutOut() lays transparent pixels on white", () => {
  const pixels = new Uint8Array([0, 0, 0, 0, 200, 100, 0, 255, 0, 0, 0, 128]);
  const region = { x: 0, y: 0, width: 3, height: 1 };
  assert.deepEqual(
    [...cutOut(pixels, { width: 3, region })],
    [255, 255, 255, 255, 200, 100, 0, 255, 127, 127, 127, 255],
  );
});
