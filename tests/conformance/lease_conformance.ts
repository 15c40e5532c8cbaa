/**
 * What every driver keeps of leases: one holder at a time, and nobody writes with an old one.
 *
 * @module
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { LeaseKeeper } from "../../rooms/leases.ts";
import type { Broadcast } from "../../rooms/model.ts";
import type { Repositories } from "../../rooms/repository.ts";
import { pause, waitFor } from "../support/wait.ts";
import { accountNamed, type Driver, room } from "./repository_conformance.ts";

/** Registers the suite's tests for one driver. */
export function testLeases(driver: Driver): void {
  const test = (name: string, body: (store: Repositories) => Promise<void>) =>
    Deno.test(`${driver.name}: ${name}`, async () => {
      await using store = await driver.open();
      await body(store);
    });

  test("a lease has one holder, and each other one a higher fence", async ({ leases }) => {
    const lifeMs = 60_000;
    const fences = await Promise.all(
      ["a", "b", "c", "d"].map((holder) => leases.take("duties", { holder, lifeMs })),
    );
    strictEqual(fences.filter((fence) => fence !== null).length, 1);
    const first = "abcd"[fences.findIndex((fence) => fence !== null)]!;
    const fence = fences.find((each) => each !== null)!;
    strictEqual(await leases.take("duties", { holder: first, lifeMs }), fence);
    strictEqual(await leases.take("duties", { holder: "else", lifeMs }), null);
    await leases.release("duties", { holder: "else" });
    strictEqual(await leases.take("duties", { holder: "else", lifeMs }), null);
    await leases.release("duties", { holder: first });
    const next = await leases.take("duties", { holder: "else", lifeMs });
    ok(next !== null && next > fence, `${next} after ${fence}`);
    strictEqual(await leases.take("duties", { holder: first, lifeMs }), null);
    ok(await leases.take("other", { holder: first, lifeMs }) !== null);
  });

  test("a lease that is not renewed passes on, one that is renewed does not", async (store) => {
    const { leases } = store;
    const lifeMs = 400;
    const first = await leases.take("duties", { holder: "a", lifeMs });
    for (let renewals = 0; renewals < 4; renewals++) {
      await pause(lifeMs / 4);
      strictEqual(await leases.take("duties", { holder: "a", lifeMs }), first);
      strictEqual(await leases.take("duties", { holder: "b", lifeMs }), null);
    }
    const second = await waitFor(
      "the other holder",
      () => leases.take("duties", { holder: "b", lifeMs: 60_000 }),
      { everyMs: 20, deadlineMs: 5_000 },
    );
    ok(second > first!);
    strictEqual(await leases.take("duties", { holder: "a", lifeMs }), null);
  });

  test("keepers are never two at a time while one after the other ends", async ({ leases }) => {
    const keepers = ["a", "b", "c"].map((holder) =>
      new LeaseKeeper({ leases, name: "duties", holder, lifeMs: 400 })
    );
    const seen: number[] = [];
    const on = () => keepers.filter(({ fence }) => fence !== null);
    while (keepers.length > 0) {
      const holder = await waitFor("a holder", async () => {
        await Promise.all(keepers.map((keeper) => keeper.renew()));
        ok(on().length <= 1);
        return on()[0];
      }, { everyMs: 30, deadlineMs: 5_000 });
      seen.push(holder.fence!.fence);
      // It dies without a word.
      keepers.splice(keepers.indexOf(holder), 1);
    }
    deepStrictEqual(seen, [1, 2, 3]);
  });

  test("whoever lost the lease writes no broadcast any more", async (store) => {
    const { leases, broadcasts } = store;
    await store.accounts.create(accountNamed("ann"));
    const roomId = (await store.rooms.create(room("id-ann", "Ann's")))?.id as string;
    const put = (holder: number | null, peakViewers: number) => {
      const broadcast: Broadcast = {
        ...{ roomId, startedAtMs: 1, endedAtMs: null, seenAtMs: 2, peakViewers },
        ...{ averageViewers: 0, averageKbps: 0, droppedFrames: 0, reconnects: 0, giftCoins: 0 },
        ...{ encoder: null, protocol: "rtmp", width: 0, height: 0 },
      };
      const fence = holder === null ? null : { lease: "duties", fence: holder } as const;
      return broadcasts.put([broadcast], { maxPerRoom: 9, fence });
    };
    const peak = async () => (await broadcasts.list(roomId, { limit: 1 }))[0]?.peakViewers;
    const old = await leases.take("duties", { holder: "a", lifeMs: 60_000 });
    strictEqual(await put(old, 1), "done");
    await leases.release("duties", { holder: "a" });
    strictEqual(await put(old, 2), "done");
    const fresh = await leases.take("duties", { holder: "b", lifeMs: 60_000 });
    strictEqual(await put(old, 3), "passed_on");
    strictEqual(await peak(), 2);
    strictEqual(await put(fresh, 4), "done");
    strictEqual(await put(null, 5), "done");
    strictEqual(await peak(), 5);
  });
}
