import assert from "node:assert/strict";
import { type OnAir, parseOnAir } from "./resume.ts";

const NOTE: OnAir = { roomId: "100001", atMs: 50_000, cameraId: "c", microphoneId: null };

Deno.test("parseOnAir() takes a fresh note of this room alone", () => {
  const text = JSON.stringify(NOTE);
  assert.deepEqual(parseOnAir(text, { roomId: "100001", nowMs: 55_000 }), NOTE);
  assert.equal(parseOnAir(text, { roomId: "100002", nowMs: 55_000 }), null);
  assert.equal(parseOnAir(text, { roomId: "100001", nowMs: 75_000 }), null);
  assert.equal(parseOnAir(text, { roomId: "100001", nowMs: 10_000 }), null);
});

Deno.test("parseOnAir() is not surprised by anything", () => {
  for (const text of [null, "", "{", "3", '{"roomId":"100001"}']) {
    assert.equal(parseOnAir(text, { roomId: "100001", nowMs: 0 }), null);
  }
});
