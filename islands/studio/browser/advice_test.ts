import assert from "node:assert/strict";
import type { OutboundFigures } from "../../capture/outbound_stats.ts";
import { browserAdvice } from "./advice.ts";

const FINE: OutboundFigures = {
  videoKbps: 2_400,
  audioKbps: 64,
  width: 1_280,
  height: 720,
  layers: 1,
  fps: 30,
  limitation: "none",
  availableKbps: 5_000,
  loss: 0,
  roundTripMs: 20,
  jitterMs: 2,
  codecs: ["H264", "opus"],
  encoder: "OpenH264",
  framesSent: 900,
  packetsResent: 0,
  keyFramesAsked: 1,
  route: "host",
  bytesReceived: 1_000,
};
const GOAL = { height: 720, fps: 30, kbps: 2_500 };

function kinds(change: Partial<OutboundFigures>, rung = 0, sceneFps = 30): string[] {
  const scene = { fps: sceneFps, drawMs: 4, skipped: 0 };
  return browserAdvice({ figures: { ...FINE, ...change }, scene, goal: GOAL, rung })
    .map(({ kind }) => kind);
}

Deno.test("browserAdvice() is silent while all is well", () => {
  assert.deepEqual(kinds({}), []);
  assert.deepEqual(kinds({ limitation: "bandwidth" }), []);
  // It begins slowly, and finds out how much the line carries.
  assert.deepEqual(kinds({ limitation: "bandwidth", fps: 12, framesSent: 60 }), []);
});

Deno.test("browserAdvice() tells a weak machine from a narrow line", () => {
  assert.deepEqual(kinds({}, 0, 12), ["processor"]);
  assert.deepEqual(kinds({ limitation: "cpu", fps: 12 }, 1), ["processor"]);
  assert.deepEqual(kinds({ limitation: "bandwidth", fps: 12 }), ["narrow"]);
  assert.deepEqual(kinds({ height: 480 }, 1), ["smaller"]);
});

Deno.test("browserAdvice() says no more than two things", () => {
  const bad = { loss: 0.08, roundTripMs: 900, route: "relay" };
  assert.deepEqual(kinds(bad, 1), ["smaller", "loss"]);
  assert.deepEqual(kinds({ roundTripMs: 900, route: "relay" }), ["slowLine", "relay"]);
});
