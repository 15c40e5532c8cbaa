import { strictEqual } from "node:assert/strict";
import { addressKey, AttemptLimiter } from "./attempt_limits.ts";

Deno.test("AttemptLimiter allows a burst, then one for each refill", () => {
  const limiter = new AttemptLimiter({ burst: 3, refillMs: 10_000 });
  for (let attempt = 0; attempt < 3; attempt++) strictEqual(limiter.take("a", 0), 0);
  strictEqual(limiter.take("a", 0), 10);
  strictEqual(limiter.take("a", 2_500), 8);
  strictEqual(limiter.take("b", 0), 0);
  strictEqual(limiter.take("a", 10_000), 0);
  strictEqual(limiter.take("a", 10_000), 10);
  for (let attempt = 0; attempt < 3; attempt++) strictEqual(limiter.take("a", 1e9), 0);
  strictEqual(limiter.take("a", 1e9), 10);
});

Deno.test("AttemptLimiter gives nothing for a clock that goes back", () => {
  const limiter = new AttemptLimiter({ burst: 1, refillMs: 1_000 });
  strictEqual(limiter.take("a", 5_000), 0);
  strictEqual(limiter.take("a", 0), 1);
  strictEqual(limiter.take("a", 5_000), 1);
});

Deno.test("AttemptLimiter.refund() gives back one attempt, never more than the burst", () => {
  const limiter = new AttemptLimiter({ burst: 1, refillMs: 1_000 });
  limiter.refund("a");
  strictEqual(limiter.take("a", 0), 0);
  limiter.refund("a");
  limiter.refund("a");
  strictEqual(limiter.take("a", 0), 0);
  strictEqual(limiter.take("a", 0), 1);
});

Deno.test("AttemptLimiter forgets the key that was used longest ago above its bound", () => {
  const limiter = new AttemptLimiter({ burst: 1, refillMs: 1_000 }, { maxKeys: 2 });
  for (const key of ["a", "b", "a", "c"]) limiter.take(key, 0);
  strictEqual(limiter.size, 2);
  strictEqual(limiter.evicted, 1);
  strictEqual(limiter.take("a", 0), 1);
  strictEqual(limiter.take("b", 0), 0);
});

Deno.test("addressKey() counts an IPv6 subscriber as one", () => {
  const key = addressKey("2001:db8:1:2:3:4:5:6");
  strictEqual(addressKey("2001:0DB8:0001:0002::1"), key);
  strictEqual(addressKey("2001:db8:1:3::1") === key, false);
  strictEqual(addressKey("fe80::1%eth0"), addressKey("fe80::2"));
  strictEqual(addressKey("::1"), "0:0:0:0::/64");
  strictEqual(addressKey("::ffff:192.0.2.1"), "192.0.2.1");
  strictEqual(addressKey("192.0.2.1"), "192.0.2.1");
  strictEqual(addressKey("unknown"), "unknown");
});
