import assert from "node:assert/strict";
import fc from "fast-check";
import { LATENCY_MODES, PROTOCOLS } from "./protocol.ts";
import {
  afterStall,
  controlRate,
  INITIAL_RATE_CONTROL,
  JUMP_BEHIND_S,
  latencyTargetS,
  MAX_RATE,
  MIN_RATE,
  type RateControl,
  type RateInput,
} from "./rate_control.ts";

const TARGET_S = latencyTargetS("llhls", "balanced");
const STABLE_S = latencyTargetS("llhls", "stable");
const CALM: RateInput = {
  protocol: "llhls",
  mode: "balanced",
  latencyS: TARGET_S,
  bufferS: 1,
  elapsedS: 0.2,
  starting: false,
};

function step(input: Partial<RateInput>, control: RateControl = INITIAL_RATE_CONTROL) {
  return controlRate(control, { ...CALM, ...input });
}

Deno.test("controlRate() leaves the rate alone at the target and while latency is unknown", () => {
  assert.equal(step({}).rate, 1);
  assert.equal(step({ latencyS: null }).rate, 1);
});

Deno.test("controlRate() starts to hurry late and stops early: no flapping in between", () => {
  assert.equal(step({ latencyS: TARGET_S + 0.1 }).rate, 1);
  const started = step({ latencyS: TARGET_S + 0.3 });
  assert.ok(started.rate > 1);
  assert.ok(step({ latencyS: TARGET_S + 0.1 }, started.control).rate > 1);
  assert.equal(step({ latencyS: TARGET_S + 0.02 }, started.control).rate, 1);
});

Deno.test("controlRate() does not hurry into an empty buffer", () => {
  assert.equal(step({ latencyS: 3, bufferS: 0.5 }).rate, 1);
  const hurrying = step({ latencyS: 3 });
  assert.ok(step({ latencyS: 3, bufferS: 0.5 }, hurrying.control).rate > 1);
  assert.equal(step({ latencyS: 3, bufferS: 0.4 }, hurrying.control).rate, 1);
});

Deno.test("controlRate() dawdles when it is too close to live", () => {
  const slow = step({ mode: "stable", latencyS: 1.4 });
  assert.ok(slow.rate < 1 && slow.rate >= MIN_RATE);
  assert.ok(step({ mode: "stable", latencyS: STABLE_S - 0.1 }, slow.control).rate < 1);
  assert.equal(step({ mode: "stable", latencyS: STABLE_S - 0.02 }, slow.control).rate, 1);
});

Deno.test("controlRate() jumps when it is far behind, sooner while a source starts", () => {
  assert.equal(step({ latencyS: TARGET_S + JUMP_BEHIND_S - 0.1 }).jumpToS, null);
  assert.equal(step({ latencyS: TARGET_S + 0.1 + JUMP_BEHIND_S }).jumpToS, TARGET_S);
  assert.equal(step({ latencyS: TARGET_S + 1, starting: true }).jumpToS, TARGET_S);
});

Deno.test("afterStall() raises the target up to a limit, and it sinks back with time", () => {
  let control: RateControl = INITIAL_RATE_CONTROL;
  for (let index = 0; index < 20; index++) control = afterStall(control);
  assert.equal(control.raisedS, 1.5);
  assert.equal(step({ latencyS: TARGET_S + 1.5 }, control).rate, 1);
  for (let index = 0; index < 2_000; index++) control = step({}, control).control;
  assert.ok(control.raisedS < 0.001);
});

Deno.test("controlRate() brings latency to the target and keeps it there", () => {
  for (const protocol of PROTOCOLS) {
    for (const mode of LATENCY_MODES) {
      const targetS = latencyTargetS(protocol, mode);
      let control: RateControl = INITIAL_RATE_CONTROL;
      let latencyS = targetS + 2;
      let changes = 0;
      for (let index = 0; index < 1_000; index++) {
        const decision = controlRate(control, {
          protocol,
          mode,
          latencyS,
          bufferS: latencyS - 0.1,
          elapsedS: 0.2,
          starting: false,
        });
        if (decision.rate !== control.rate) changes++;
        control = decision.control;
        latencyS -= (decision.rate - 1) * 0.2;
      }
      assert.ok(Math.abs(latencyS - targetS) < 0.25, `${protocol} ${mode} ${latencyS}`);
      assert.equal(control.rate, 1);
      assert.ok(changes < 20, `${protocol} ${mode} changed its rate ${changes} times`);
    }
  }
});

Deno.test("controlRate() stays within its limits whatever is measured", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...PROTOCOLS),
      fc.constantFrom(...LATENCY_MODES),
      fc.array(
        fc.record({
          latencyS: fc.option(fc.double({ min: 0, max: 100, noNaN: true })),
          bufferS: fc.double({ min: 0, max: 100, noNaN: true }),
          starting: fc.boolean(),
          stall: fc.boolean(),
        }),
        { maxLength: 50 },
      ),
      (protocol, mode, samples) => {
        let control: RateControl = INITIAL_RATE_CONTROL;
        for (const { stall, ...sample } of samples) {
          if (stall) control = afterStall(control);
          const decision = controlRate(control, { protocol, mode, elapsedS: 0.2, ...sample });
          assert.ok(decision.rate >= MIN_RATE && decision.rate <= MAX_RATE);
          assert.ok(decision.jumpToS === null || decision.jumpToS > 0);
          control = decision.control;
        }
      },
    ),
    { numRuns: Number(Deno.env.get("FUZZ_RUNS") ?? 100) },
  );
});
