import assert from "node:assert/strict";
import { DEFAULT_QUALITY, formatOf, goalOf, parseQuality, resolutionFor } from "./quality.ts";

Deno.test("resolutionFor() leaves a line room to breathe", () => {
  assert.equal(resolutionFor(50_000, 30), 1080);
  assert.equal(resolutionFor(5_000, 30), 720);
  assert.equal(resolutionFor(5_000, 60), 480);
  assert.equal(resolutionFor(600, 30), null);
});

Deno.test("formatOf() and goalOf() agree on the picture", () => {
  const quality = { ...DEFAULT_QUALITY, resolution: 480, frameRate: 60 } as const;
  assert.deepEqual(formatOf(quality), { width: 854, height: 480, fps: 60 });
  assert.deepEqual(goalOf(quality), { height: 480, fps: 60, kbps: 1_960 });
});

Deno.test("parseQuality() takes what makes sense of stored text", () => {
  assert.deepEqual(parseQuality("{"), DEFAULT_QUALITY);
  assert.deepEqual(parseQuality('{"resolution":1080,"frameRate":24,"music":true}'), {
    ...DEFAULT_QUALITY,
    resolution: 1080,
    music: true,
  });
});
