import assert from "node:assert/strict";
import { DEFAULT_LIMITS, limitReached, OFFER_WINDOW_MS, OfferRate } from "./limits.ts";

const none = { halfOpen: 0, publishers: 0, viewers: 0 };

Deno.test("limitReached() names the bound that one more session would break", () => {
  const reached = (
    kind: "whip" | "whep",
    counts: { all?: Partial<typeof none>; address?: Partial<typeof none>; perAddress?: boolean },
  ) =>
    limitReached(kind, {
      all: { ...none, ...counts.all },
      address: { ...none, ...counts.address },
      limits: DEFAULT_LIMITS,
      perAddress: counts.perAddress ?? true,
    });
  assert.equal(reached("whep", {}), null);
  assert.equal(reached("whep", { all: { viewers: DEFAULT_LIMITS.viewers } }), "viewers");
  assert.equal(reached("whip", { all: { viewers: DEFAULT_LIMITS.viewers } }), null);
  assert.equal(reached("whip", { all: { publishers: DEFAULT_LIMITS.publishers } }), "publishers");
  assert.equal(reached("whip", { all: { halfOpen: DEFAULT_LIMITS.halfOpen } }), "half_open");
  const many = { viewers: DEFAULT_LIMITS.viewersPerAddress };
  assert.equal(reached("whep", { address: many }), "address");
  assert.equal(reached("whip", { address: many }), null);
  assert.equal(reached("whep", { address: many, perAddress: false }), null);
  const halfOpen = { halfOpen: DEFAULT_LIMITS.halfOpenPerAddress };
  assert.equal(reached("whip", { address: halfOpen }), "address");
});

Deno.test("OfferRate counts each address in windows of its own", () => {
  const rate = new OfferRate(2);
  assert.deepEqual([0, 1, 2].map((atMs) => rate.take("a", atMs)), [true, true, false]);
  assert.equal(rate.take("b", 3), true);
  assert.equal(rate.take("a", OFFER_WINDOW_MS - 1), false);
  assert.equal(rate.take("a", OFFER_WINDOW_MS), true);
});
