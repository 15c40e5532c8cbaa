import assert from "node:assert/strict";
import { Cadence } from "./cadence.ts";

Deno.test("Cadence: a camera is given up after a second", () => {
  const cadence = new Cadence();
  assert.equal(cadence.isFlowing(0), false);
  for (let atMs = 0; atMs <= 1000; atMs += 33) cadence.mark(atMs);
  assert.equal(cadence.isFlowing(1900), true);
  assert.equal(cadence.isFlowing(2100), false);
});

Deno.test("Cadence: a still screen is waited for as long as its pictures take, within a bound", () => {
  const cadence = new Cadence();
  cadence.mark(0);
  cadence.mark(1000);
  assert.equal(cadence.isFlowing(2500), true);
  cadence.mark(3000);
  assert.equal(cadence.patienceMs, 2500);
});

Deno.test("Cadence: having been away is no habit", () => {
  const cadence = new Cadence();
  for (let atMs = 0; atMs <= 1000; atMs += 33) cadence.mark(atMs);
  cadence.mark(9000);
  assert.equal(cadence.patienceMs, 1000);
});

Deno.test("Cadence: time in which nobody looked does not count", () => {
  const cadence = new Cadence();
  cadence.excuse(5000);
  assert.equal(cadence.isFlowing(0), false);
  for (let atMs = 0; atMs <= 1000; atMs += 33) cadence.mark(atMs);
  cadence.excuse(3000);
  assert.equal(cadence.isFlowing(4900), true);
  assert.equal(cadence.isFlowing(5100), false);
});
