import assert from "node:assert/strict";
import { concerns, isWorthShowing, readStage } from "./told.ts";

const DATA = {
  ...{ version: 7, open: false, mode: "mixed", layout: "grid", asking: 2, invited: ["b"] },
  seats: [{ seat: 1, account: "a", name: "Ann", muted: true }],
};

Deno.test("readStage() takes what is known and leaves the rest", () => {
  const stage = readStage(DATA);
  assert.deepEqual(stage, {
    ...{ version: 7, open: false, asking: 2, invited: ["b"] },
    seats: [{ seat: 1, account: "a", name: "Ann" }],
  });
  assert.equal(readStage({}), null);
  assert.equal(readStage({ ...DATA, version: "7" }), null);
  const odd = readStage({ version: 1, seats: [null, 3, { seat: "1" }], invited: [1, "c"] });
  assert.deepEqual([odd?.seats, odd?.invited, odd?.asking], [[], ["c"], 0]);
});

Deno.test("isWorthShowing() and concerns(): an open stage, guests, an invitation", () => {
  const nothing = { version: 1, open: false, seats: [], invited: ["b"], asking: 0 };
  assert.equal(isWorthShowing(nothing, null), false);
  assert.equal(isWorthShowing(nothing, "a"), false);
  assert.equal(isWorthShowing(nothing, "b"), true);
  assert.equal(isWorthShowing({ ...nothing, open: true }, null), true);
  assert.equal(isWorthShowing(readStage(DATA)!, null), true);
  assert.deepEqual(["a", "b", "c"].map((who) => concerns(readStage(DATA)!, who)), [
    true,
    true,
    false,
  ]);
});
