import assert from "node:assert/strict";
import { chooseBatchMs, LONGEST_BATCH_MS } from "./batch_policy.ts";

Deno.test("chooseBatchMs() keeps the floor for few viewers and grows with viewers or lag", () => {
  const of = (viewers: number, lagMs = 0, floorMs = 100) =>
    chooseBatchMs({ floorMs, viewers, lagMs });
  assert.equal(of(0), 100);
  assert.equal(of(3000), 100);
  assert.equal(of(5500), 225);
  assert.equal(of(10_000), LONGEST_BATCH_MS);
  assert.equal(of(10, 20), 100);
  assert.equal(of(10, 60), 225);
  assert.equal(of(10, 5000), LONGEST_BATCH_MS);
  assert.equal(of(10_000, 5000, 800), 800, "never below the floor");
  assert.equal(of(1, 0, 0), 0);
  for (let viewers = 0; viewers < 12_000; viewers += 500) {
    assert.ok(of(viewers) <= of(viewers + 500));
  }
});
