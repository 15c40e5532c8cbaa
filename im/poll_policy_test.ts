import { ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { pollAfterMs, type PollState } from "./poll_policy.ts";
import { DEFAULT_IM_SETTINGS } from "./settings.ts";

const IDLE: PollState = {
  settings: DEFAULT_IM_SETTINGS,
  viewers: 1,
  lagMs: 0,
  emptyShare: 0,
  hidden: false,
  more: false,
  random: 0.5,
};
const after = (change: Partial<PollState>) => pollAfterMs({ ...IDLE, ...change });

Deno.test("pollAfterMs() grows with the room, as the settings say", () => {
  strictEqual(after({ viewers: 99 }), 1_000);
  strictEqual(after({ viewers: 100 }), 2_000);
  strictEqual(after({ viewers: 1_999 }), 2_000);
  strictEqual(after({ viewers: 9_999 }), 3_000);
  strictEqual(after({ viewers: 1_000_000 }), 5_000);
  const settings = { poll: [{ viewers: 10, afterMs: 700 }, { viewers: 20, afterMs: 900 }] };
  strictEqual(after({ settings, viewers: 5 }), 700);
  strictEqual(after({ settings, viewers: 5_000 }), 900);
});

Deno.test("pollAfterMs() is longer under load, in silence, and in a hidden tab", () => {
  strictEqual(after({ lagMs: 130 }), 2_000);
  strictEqual(after({ lagMs: 9_999 }), 4_000);
  strictEqual(after({ emptyShare: 0.9 }), 1_500);
  strictEqual(after({ emptyShare: 1 }), 2_000);
  strictEqual(after({ hidden: true }), 15_000);
  strictEqual(after({ more: true }), 500);
});

Deno.test("pollAfterMs() spreads by a tenth and stays within bounds (property)", () => {
  strictEqual(after({ random: 0 }), 900);
  strictEqual(after({ random: 1 }), 1_100);
  const state = fc.record({
    viewers: fc.nat(),
    lagMs: fc.nat(100_000),
    emptyShare: fc.double({ min: 0, max: 1, noNaN: true }),
    hidden: fc.boolean(),
    more: fc.boolean(),
    random: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(fc.property(state, (state) => {
    const ms = after(state);
    ok(Number.isInteger(ms) && ms >= 270 && ms <= 66_000);
  }));
});
