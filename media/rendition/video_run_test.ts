import assert from "node:assert/strict";
import { videoTrack } from "../stream/testing.ts";
import { maxKbpsOf } from "./video_run.ts";

Deno.test("maxKbpsOf() stays near the source, and gives a picture what it deserves", () => {
  const hd = { ...videoTrack(), width: 1280, height: 720, frameRate: 30 };
  assert.equal(maxKbpsOf(hd, 0), 2765);
  assert.equal(maxKbpsOf(hd, 4000), 4800);
  assert.equal(maxKbpsOf({ ...hd, codec: "av1" }, 4000), 7200);
  assert.equal(maxKbpsOf(hd, 60_000), 12_000);
  assert.equal(maxKbpsOf({ ...hd, width: 160, height: 90 }, 50), 1000);
  assert.equal(maxKbpsOf({ ...hd, frameRate: null }, 0), 2765);
});
