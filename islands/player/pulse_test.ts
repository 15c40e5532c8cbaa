import assert from "node:assert/strict";
import { Pulse } from "./pulse.ts";

Deno.test("Pulse stands until the first frame, and when no more come", () => {
  const pulse = new Pulse();
  assert.equal(pulse.positionMs(5_000), 0);
  for (let ms = 5_000; ms <= 6_000; ms += 40) pulse.beat(ms);
  assert.equal(pulse.positionMs(6_100), 6_100);
  assert.equal(pulse.positionMs(9_000), 6_300);
});

Deno.test("Pulse gives a slow picture more time than a quick one", () => {
  const pulse = new Pulse();
  for (let ms = 0; ms <= 10_000; ms += 1_000) pulse.beat(ms);
  assert.equal(pulse.positionMs(11_500), 11_500);
  assert.equal(pulse.positionMs(20_000), 12_000);
});
