/**
 * What limits promise, whichever processes they hold over.
 *
 * @module
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { AttemptPolicy } from "../../rooms/attempt_limits.ts";
import { RateLimiter, type SharedBuckets } from "../../rooms/rate_limits.ts";
import { waitFor } from "../support/wait.ts";

/** Where limits are counted. */
export interface LimitDriver {
  readonly name: string;
  /** One for each process over one store; a store of one process gives one. */
  open(): Promise<
    AsyncDisposable & { readonly processes: readonly (SharedBuckets | null)[] }
  >;
}

/** Registers the suite's tests for one driver. */
export function testRateLimits(driver: LimitDriver): void {
  const test = (
    name: string,
    body: (make: (policy: AttemptPolicy, name?: string) => RateLimiter[]) => Promise<void>,
  ) =>
    Deno.test(`${driver.name}: ${name}`, async () => {
      await using store = await driver.open();
      await body((policy, limit = "test") =>
        store.processes.map((buckets) => new RateLimiter(limit, policy, { buckets }))
      );
    });
  const nth = (limiters: readonly RateLimiter[], n: number) => limiters[n % limiters.length]!;

  test("a burst is allowed, and no more of it, over all processes", async (make) => {
    const limiters = make({ burst: 6, refillMs: 60_000 });
    const nowMs = Date.now();
    const waits: number[] = [];
    for (let n = 0; n < 20; n++) waits.push(await nth(limiters, n).take("ann", nowMs));
    deepStrictEqual(waits.slice(0, 6), [0, 0, 0, 0, 0, 0]);
    ok(waits.slice(6).every((waitS) => waitS > 50 && waitS <= 60), waits.join());
    for (const limiter of limiters) ok(await limiter.take("bob", nowMs) === 0);
  });

  test("of racing attempts no more are allowed than there are", async (make) => {
    const limiters = make({ burst: 5, refillMs: 60_000 });
    const nowMs = Date.now();
    const waits = await Promise.all(
      Array.from({ length: 40 }, (_, n) => nth(limiters, n).take("ann", nowMs)),
    );
    strictEqual(waits.filter((waitS) => waitS === 0).length, 5);
  });

  test("limits of different names and keys are different ones", async (make) => {
    const policy = { burst: 1, refillMs: 60_000 };
    const [one] = make(policy, "one");
    const [two] = make(policy, "two");
    const nowMs = Date.now();
    strictEqual(await one!.take("a}{b ü", nowMs), 0);
    ok(await one!.take("a}{b ü", nowMs) > 0);
    strictEqual(await two!.take("a}{b ü", nowMs), 0);
    strictEqual(await one!.take("", nowMs), 0);
  });

  test("what is given back can be taken again, and never more than a burst", async (make) => {
    const limiters = make({ burst: 2, refillMs: 60_000 });
    const nowMs = Date.now();
    for (let n = 0; n < 2; n++) strictEqual(await nth(limiters, n).take("ann", nowMs), 0);
    const last = nth(limiters, 1);
    ok(await last.take("ann", nowMs) > 0);
    await last.refund("ann");
    strictEqual(await last.take("ann", nowMs), 0);
    ok(await last.take("ann", nowMs) > 0);
    for (let n = 0; n < 5; n++) await last.refund("ann");
    const waits = [];
    for (let n = 0; n < 3; n++) waits.push(await last.take("ann", nowMs));
    deepStrictEqual(waits.map((waitS) => waitS === 0), [true, true, false]);
  });

  test("a bucket fills again with time", async (make) => {
    const limiters = make({ burst: 1, refillMs: 300 });
    strictEqual(await nth(limiters, 0).take("ann", Date.now()), 0);
    ok(await nth(limiters, 1).take("ann", Date.now()) > 0);
    const beganAtMs = performance.now();
    await waitFor("a token", async () => await nth(limiters, 1).take("ann", Date.now()) === 0, {
      everyMs: 20,
      deadlineMs: 5_000,
    });
    ok(performance.now() - beganAtMs > 100, "it came too early");
  });

  test("a policy that changes is in force at once", async (make) => {
    const limiters = make({ burst: 10, refillMs: 60_000 });
    const nowMs = Date.now();
    const small = { burst: 2, refillMs: 60_000 };
    for (let n = 0; n < 2; n++) strictEqual(await nth(limiters, n).take("ann", nowMs, small), 0);
    for (let n = 0; n < 2; n++) ok(await nth(limiters, n).take("ann", nowMs, small) > 0);
  });
}
