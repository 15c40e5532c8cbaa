import assert from "node:assert/strict";
import { usualFrameRate } from "./room_data.ts";

Deno.test("usualFrameRate() forgives the jitter of a measurement, and no more", () => {
  assert.deepEqual([29.97, 31, 29].map(usualFrameRate), [30, 30, 30]);
  assert.deepEqual([23.976, 25, 24.4, 59.2].map(usualFrameRate), [24, 25, 24, 60]);
  assert.deepEqual([12, 37.4, 0, 144].map(usualFrameRate), [12, 37, 0, 144]);
});
