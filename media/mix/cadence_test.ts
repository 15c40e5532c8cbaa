import assert from "node:assert/strict";
import { Cadence } from "./cadence.ts";

Deno.test("Cadence: a camera is given up after 0.6 s", () => {
  const cadence = new Cadence();
  assert.equal(cadence.isFlowing(0), false);
  for (let atMs = 0; atMs <= 1000; atMs += 33) cadence.mark(atMs);
  assert.equal(cadence.isFlowing(1500), true);
  assert.equal(cadence.isFlowing(1700), false);
});

Deno.test("Cadence: a still screen is waited for as long as its pictures take, within a bound", () => {
  const cadence = new Cadence();
  cadence.mark(0);
  cadence.mark(1000);
  assert.equal(cadence.isFlowing(2500), true);
  cadence.mark(20_000);
  assert.equal(cadence.patienceMs, 2500);
});
