/**
 * What every driver keeps of stages: of two changes at once one wins, an account is on one stage, and
 * what is over is gone.
 *
 * @module
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { Repositories } from "../../rooms/repository.ts";
import { holders, type StageRepository } from "../../rooms/stage/repository.ts";
import { newStage, type Stage, type StageEvent, transition } from "../../rooms/stage/stage.ts";
import type { Driver } from "./repository_conformance.ts";

const MAX = { max: 3 };

/** A stage on which these accounts sit. */
function stageOf(room: string, ...accounts: readonly string[]): Stage {
  const events = accounts.flatMap((account): StageEvent[] => [
    { type: "ask", account, name: `${account} 小明`, atMs: 1 },
    { type: "accept", account, by: "host", atMs: 1 },
  ]);
  return events.reduce<Stage>((stage, event) => transition(stage, event) as Stage, {
    ...newStage(room),
    open: true,
  });
}

/** Registers the tests of the stages for one driver. */
export function testStages(driver: Driver): void {
  const test = (name: string, body: (stages: StageRepository) => Promise<void>) =>
    Deno.test(`${driver.name}: ${name}`, async () => {
      await using store: Repositories & AsyncDisposable = await driver.open();
      await body(store.stages);
    });
  const put = (stages: StageRepository, stage: Stage, version = 0, nowMs = 1_000) =>
    stages.put(stage.room, {
      version,
      stage,
      holders: holders(stage),
      expiresAtMs: nowMs + 1_000,
      nowMs,
    }, MAX);
  const forget = (stages: StageRepository, room: string, version: number) =>
    stages.put(room, { version, stage: null, holders: [], expiresAtMs: 0, nowMs: 1_500 }, MAX);

  test("a stage is read as it was put, and versions rise", async (stages) => {
    const stage = stageOf("1", "a", "b");
    const first = await put(stages, stage);
    ok(typeof first === "number" && first > 0);
    deepStrictEqual(await stages.read("1", { nowMs: 1_500 }), { version: first, stage });
    const second = await put(stages, stageOf("1", "a"), first);
    ok(typeof second === "number" && second > first);
    strictEqual((await stages.read("1", { nowMs: 1_500 }))?.stage.guests.length, 1);
    strictEqual(await stages.read("2", { nowMs: 1_500 }), null);
  });

  test("of changes of a stage at once one wins", async (stages) => {
    const made = await Promise.all(["a", "b", "c"].map((who) => put(stages, stageOf("1", who))));
    strictEqual(made.filter((each) => each === "changed").length, 2);
    const version = made.find((each) => typeof each === "number") as number;
    const changed = await Promise.all(
      ["a", "b", "c"].map((who) => put(stages, stageOf("1", who), version)),
    );
    strictEqual(changed.filter((each) => each === "changed").length, 2);
  });

  test("an account is on one stage at a time", async (stages) => {
    const version = await put(stages, stageOf("1", "a", "b")) as number;
    strictEqual(await put(stages, stageOf("2", "c", "b")), "elsewhere");
    strictEqual(await stages.read("2", { nowMs: 1_500 }), null);
    strictEqual(await stages.roomOf("b", { nowMs: 1_500 }), "1");
    strictEqual(await stages.roomOf("c", { nowMs: 1_500 }), null);
    const without = await put(stages, stageOf("1", "a"), version) as number;
    ok(typeof await put(stages, stageOf("2", "c", "b")) === "number");
    strictEqual(await stages.roomOf("b", { nowMs: 1_500 }), "2");
    strictEqual(await put(stages, stageOf("1", "a", "b"), without), "elsewhere");
    strictEqual(await forget(stages, "1", without), 0);
    strictEqual(await stages.roomOf("a", { nowMs: 1_500 }), null);
  });

  test("two hosts who seat an account at once do not both have it", async (stages) => {
    const put1 = ["1", "2", "3"].map((room) => put(stages, stageOf(room, "a")));
    const made = await Promise.all(put1);
    strictEqual(made.filter((each) => each === "elsewhere").length, 2);
  });

  test("a stage that is over counts as none, and lets its accounts go", async (stages) => {
    const version = await put(stages, stageOf("1", "a")) as number;
    strictEqual(await stages.read("1", { nowMs: 2_000 }), null);
    strictEqual(await stages.roomOf("a", { nowMs: 2_000 }), null);
    strictEqual(await put(stages, stageOf("1", "a"), version, 2_000), "changed");
    ok(typeof await put(stages, stageOf("2", "a"), 0, 2_000) === "number");
    strictEqual(await stages.roomOf("a", { nowMs: 2_500 }), "2");
    // Forgetting the one that is over leaves the account where it is.
    ok(typeof await put(stages, stageOf("1"), 0, 2_000) === "number");
    strictEqual(await stages.roomOf("a", { nowMs: 2_500 }), "2");
  });

  test("a stage that was forgotten comes back with a higher version", async (stages) => {
    const version = await put(stages, stageOf("1", "a")) as number;
    strictEqual(await forget(stages, "1", version), 0);
    strictEqual(await forget(stages, "1", version), "changed");
    const again = await put(stages, stageOf("1"), 0, 2_001);
    ok(typeof again === "number" && again > version);
  });

  test("there are no more stages than the most, and they are listed by their end", async (stages) => {
    for (const [room, nowMs] of [["3", 1_000], ["1", 1_200], ["2", 1_100]] as const) {
      ok(typeof await put(stages, stageOf(room), 0, nowMs) === "number");
    }
    strictEqual(await put(stages, stageOf("4")), "full");
    deepStrictEqual(await stages.rooms({ nowMs: 1_500, limit: 9 }), ["3", "2", "1"]);
    deepStrictEqual(await stages.rooms({ nowMs: 1_500, limit: 2 }), ["3", "2"]);
    deepStrictEqual(await stages.rooms({ nowMs: 2_000, limit: 9 }), ["2", "1"]);
    ok(typeof await put(stages, stageOf("4"), 0, 2_500) === "number");
  });
}
