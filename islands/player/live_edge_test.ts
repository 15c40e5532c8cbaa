import assert from "node:assert/strict";
import { LiveEdgeClock } from "./live_edge.ts";

Deno.test("LiveEdgeClock follows the fastest arrival through batches and stalls", () => {
  const clock = new LiveEdgeClock();
  assert.equal(clock.edgeS(0), null);
  clock.observe(10, 0);
  clock.observe(10.05, 100); // a late batch does not move the edge back
  assert.ok(Math.abs(clock.edgeS(100)! - 10.1) < 0.001);
  clock.observe(10.3, 200); // an early one moves it forward
  assert.ok(Math.abs(clock.edgeS(200)! - 10.3) < 0.001);
  assert.ok(Math.abs(clock.edgeS(3_200)! - 13.3) < 0.001); // nothing arrives: live goes on
});

Deno.test("LiveEdgeClock sinks slowly after an encoder whose clock runs slow", () => {
  const clock = new LiveEdgeClock();
  for (let second = 0; second <= 600; second++) clock.observe(second * 0.999, second * 1_000);
  assert.ok(Math.abs(clock.edgeS(600_000)! - 599.4) < 0.05);
});
