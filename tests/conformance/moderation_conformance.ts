/**
 * What every driver keeps of moderation: bounded lists, and turns.
 *
 * @module
 */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { ListRecord } from "../../rooms/moderation/repository.ts";
import type { Repositories } from "../../rooms/repository.ts";
import { accountNamed, type Driver, room } from "./repository_conformance.ts";

const NOW = 1_800_000_000_000;
const record = (item: string, given: Partial<ListRecord> = {}): ListRecord => ({
  list: "mutes:100001",
  item,
  atMs: NOW,
  untilMs: null,
  value: `{"of":"${item} 安 \\n"}`,
  ...given,
});
const BOUND = { max: 3, overflow: "refuse", isAbout: false, nowMs: NOW } as const;
const LIST = { limit: 10, nowMs: NOW } as const;

/** Registers the suite's tests for one driver. */
export function testModeration(driver: Driver): void {
  const test = (name: string, body: (store: Repositories) => Promise<void>) =>
    Deno.test(`${driver.name}: ${name}`, async () => {
      await using store = await driver.open();
      await body(store);
    });

  test("a record is what was put last, until it is removed", async ({ moderation }) => {
    strictEqual(await moderation.put(record("a"), BOUND), "done");
    const changed = record("a", { atMs: NOW + 1, untilMs: NOW + 5, value: "{}" });
    strictEqual(await moderation.put(changed, BOUND), "done");
    const places = [{ list: "mutes:100001", item: "a" }, { list: "bans:100001", item: "a" }];
    deepStrictEqual(await moderation.get(places), [changed, null]);
    strictEqual(await moderation.remove(places[0]!), true);
    strictEqual(await moderation.remove(places[0]!), false);
    deepStrictEqual(await moderation.get(places), [null, null]);
    deepStrictEqual(await moderation.list("mutes:100001", LIST), []);
  });

  test("a list is read newest first, without what is over", async ({ moderation }) => {
    const options = { ...BOUND, max: 500 };
    await moderation.put(record("old"), options);
    for (let index = 1; index <= 250; index++) {
      await moderation.put(
        record(`over-${index}`, { atMs: NOW + index, untilMs: NOW + 1_000 }),
        options,
      );
    }
    await moderation.put(record("new", { atMs: NOW + 300, untilMs: NOW + 1_001 }), options);
    const later = { limit: 2, nowMs: NOW + 1_000 };
    const items = (await moderation.list("mutes:100001", later)).map(({ item }) => item);
    deepStrictEqual(items, ["new", "old"]);
    const first = (await moderation.list("mutes:100001", { limit: 2, nowMs: NOW }))
      .map(({ item }) => item);
    deepStrictEqual(first, ["new", "over-250"]);
  });

  test("a full list refuses what is new, once nothing of it is over", async ({ moderation }) => {
    await moderation.put(record("a", { untilMs: NOW + 10 }), BOUND);
    await moderation.put(record("b"), BOUND);
    await moderation.put(record("c"), BOUND);
    strictEqual(await moderation.put(record("d"), BOUND), "too_many");
    strictEqual(await moderation.put(record("c", { value: "{}" }), BOUND), "done");
    strictEqual(await moderation.put(record("d"), { ...BOUND, nowMs: NOW + 10 }), "done");
    strictEqual(await moderation.put(record("e"), { ...BOUND, nowMs: NOW + 10 }), "too_many");
    strictEqual(await moderation.put(record("e", { list: "bans:100001" }), BOUND), "done");
  });

  test("of a full list that rolls the oldest goes", async ({ moderation }) => {
    const rolling = { ...BOUND, overflow: "oldest" } as const;
    for (const [index, item] of ["a", "b", "c", "d", "e"].entries()) {
      await moderation.put(record(item, { atMs: NOW + index }), rolling);
    }
    const items = (await moderation.list("mutes:100001", LIST)).map(({ item }) => item);
    deepStrictEqual(items, ["e", "d", "c"]);
  });

  test("racing records do not pass the bound", async ({ moderation }) => {
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, (_, index) => moderation.put(record(`r${index}`), BOUND)),
    );
    strictEqual(outcomes.filter((outcome) => outcome === "done").length, 3);
  });

  test("what is about an account or of its room vanishes with it", async (store) => {
    const { accounts, rooms, moderation } = store;
    await accounts.create(accountNamed("ann"));
    const id = (await rooms.create(room("id-ann", "Ann's")))?.id as string;
    await accounts.create(accountNamed("bob"));
    const about = { ...BOUND, isAbout: true };
    await moderation.put(record("id-bob", { list: `mutes:${id}` }), about);
    await moderation.put(record("rules", { list: `rules:${id}` }), BOUND);
    await moderation.put(record("id-ann", { list: "mutes:999999" }), about);
    await moderation.put(record("id-bob", { list: "mutes:999999" }), about);
    await moderation.put(record("id-bob", { list: "blocks:id-ann" }), about);
    await moderation.put(record("id-ann", { list: "held:999999" }), BOUND);
    await accounts.delete("id-ann");
    const lists = [`mutes:${id}`, `rules:${id}`, "blocks:id-ann"];
    for (const list of lists) deepStrictEqual(await moderation.list(list, LIST), [], list);
    const left = await moderation.list("mutes:999999", LIST);
    deepStrictEqual(left.map(({ item }) => item), ["id-bob"]);
    strictEqual((await moderation.list("held:999999", LIST)).length, 1);
  });

  test("a turn comes after a while, and the same turn is the same", async ({ moderation }) => {
    const take = (key: string, nowMs: number, given: { roomId?: string; sender?: string } = {}) =>
      moderation.takeTurn({ roomId: "100001", sender: "ann", key, nowMs, ...given }, {
        everyMs: 5_000,
      });
    strictEqual(await take("one", NOW), 0);
    strictEqual(await take("one", NOW + 100), 0);
    strictEqual(await take("two", NOW + 1_000), 4_000);
    strictEqual(await take("two", NOW + 1_000, { sender: "bob" }), 0);
    strictEqual(await take("two", NOW + 1_000, { roomId: "100002" }), 0);
    strictEqual(await take("two", NOW + 5_000), 0);
    // A clock that was set back makes nobody wait longer than a turn.
    strictEqual(await take("three", NOW - 1_000_000), 5_000);
  });

  test("of racing turns one is taken", async ({ moderation }) => {
    const waits = await Promise.all(
      Array.from(
        { length: 8 },
        (_, index) =>
          moderation.takeTurn({ roomId: "100001", sender: "ann", key: `k${index}`, nowMs: NOW }, {
            everyMs: 1_000,
          }),
      ),
    );
    strictEqual(waits.filter((wait) => wait === 0).length, 1);
  });
}
