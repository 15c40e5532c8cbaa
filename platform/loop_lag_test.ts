import assert from "node:assert/strict";
import { watchLoopLag } from "./loop_lag.ts";
import { Metrics } from "./metrics.ts";

Deno.test("watchLoopLag() measures how late its timer is", async () => {
  let now = 0;
  let looks = 0;
  let seen = () => {};
  const metrics = new Metrics("test");
  using watch = watchLoopLag(metrics, {
    intervalMs: 1,
    now: () => {
      // Each look comes 20 ms after the one before: 19 ms late.
      now += 20;
      if (++looks > 50) seen();
      return now;
    },
  });
  await new Promise<void>((resolve) => seen = resolve);
  assert.ok(watch.lagMs > 15 && watch.lagMs <= 19);
  assert.equal(watch.maxMs, 19);
  watch.resetMax();
  assert.equal(watch.maxMs, 0);
  assert.match(await metrics.text(), /wanren_event_loop_lag_max_seconds\{role="test"\} 0\.019/);
});
