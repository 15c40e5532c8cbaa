import assert from "node:assert/strict";
import {
  followUplink,
  initialUplink,
  limitsOf,
  rungsOf,
  type UplinkSample,
  type UplinkState,
} from "./uplink.ts";

const GOAL = { height: 720, fps: 30, kbps: 2_500 };
const FINE: UplinkSample = {
  limitation: "none",
  fps: 30,
  availableKbps: 6_000,
  loss: 0,
  roundTripMs: 20,
};
const NARROW: UplinkSample = { ...FINE, limitation: "bandwidth", availableKbps: 700, fps: 14 };

/** Looks each second. */
function watch(
  state: UplinkState,
  { sample, fromS, toS }: { sample: UplinkSample; fromS: number; toS: number },
): UplinkState {
  for (let s = fromS; s < toS; s++) {
    state = followUplink(state, { sample, goal: GOAL, nowMs: s * 1000 });
  }
  return state;
}

Deno.test("followUplink() keeps the full picture on a line that carries it", () => {
  assert.equal(watch(initialUplink(0), { sample: FINE, fromS: 0, toS: 120 }).rung, 0);
});

Deno.test("followUplink() steps down after seconds of a narrow line, not at one bad look", () => {
  let state = watch(initialUplink(0), { sample: FINE, fromS: 0, toS: 10 });
  state = watch(state, { sample: NARROW, fromS: 10, toS: 12 });
  assert.equal(state.rung, 0);
  state = watch(state, { sample: FINE, fromS: 12, toS: 13 });
  state = watch(state, { sample: NARROW, fromS: 13, toS: 17 });
  assert.equal(state.rung, 1);
});

Deno.test("followUplink() gives a step time to show before the next one, and ends at the last", () => {
  let state = watch(initialUplink(0), { sample: NARROW, fromS: 0, toS: 8 });
  assert.equal(state.rung, 1);
  state = watch(state, { sample: NARROW, fromS: 8, toS: 60 });
  assert.equal(state.rung, 3);
  assert.deepEqual(limitsOf(GOAL, state.rung), {
    maxBitrateKbps: 450,
    scaleDownBy: 3,
    maxFps: 30,
  });
});

Deno.test("followUplink() climbs late, and later each time that it was wrong", () => {
  let state = watch(initialUplink(0), { sample: NARROW, fromS: 0, toS: 5 });
  assert.equal(state.rung, 1);
  state = watch(state, { sample: FINE, fromS: 5, toS: 15 });
  assert.equal(state.rung, 1);
  state = watch(state, { sample: FINE, fromS: 15, toS: 20 });
  assert.equal(state.rung, 0);
  state = watch(state, { sample: NARROW, fromS: 20, toS: 26 });
  assert.equal(state.rung, 1);
  assert.equal(state.patienceMs, 24_000);
});

Deno.test("followUplink() takes a slow processor, loss and a full queue for reasons, too", () => {
  for (
    const sample of [
      { ...FINE, limitation: "cpu", fps: 12 },
      { ...FINE, loss: 0.2 },
      { ...FINE, roundTripMs: 1_500 },
    ] as const
  ) {
    assert.equal(watch(initialUplink(0), { sample, fromS: 0, toS: 6 }).rung, 1);
  }
});

Deno.test("rungsOf() does not make a small picture smaller than can be recognised", () => {
  assert.equal(rungsOf({ height: 240, fps: 15, kbps: 300 }), 1);
  assert.equal(rungsOf({ height: 1080, fps: 30, kbps: 4_500 }), 4);
});
