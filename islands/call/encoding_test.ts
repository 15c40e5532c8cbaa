import { ok, strictEqual } from "node:assert/strict";
import { cameraLimits, scaleDown, screenLimits } from "./encoding.ts";

Deno.test("cameraLimits() keeps the sum of a mesh below what one picture may take twice", () => {
  for (const peers of [1, 2, 3]) {
    ok(cameraLimits(peers).maxBitrate * peers <= cameraLimits(1).maxBitrate * 1.1, `${peers}`);
  }
  strictEqual(cameraLimits(0), cameraLimits(1));
  strictEqual(cameraLimits(9), cameraLimits(3));
  ok(screenLimits(3).maxBitrate < screenLimits(1).maxBitrate);
});

Deno.test("scaleDown() makes large pictures smaller and small ones never larger", () => {
  strictEqual(scaleDown(1080, { lines: 360 }), 3);
  strictEqual(scaleDown(180, { lines: 360 }), 1);
  strictEqual(scaleDown(NaN, { lines: 360 }), 1);
  strictEqual(scaleDown(0, { lines: 360 }), 1);
});
