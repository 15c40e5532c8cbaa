/**
 * What every driver keeps of calls: of two changes at once one wins, what is over is gone, and letters
 * come in order.
 *
 * @module
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { type Call, newCall } from "../../rooms/calls/call.ts";
import type { CallPost, CallRepository, Letter } from "../../rooms/calls/repository.ts";
import type { Repositories } from "../../rooms/repository.ts";
import { waitFor } from "../support/wait.ts";
import type { Driver } from "./repository_conformance.ts";

const MAX = { max: 5 };

function callOf(name: string, change: Partial<Call> = {}): Call {
  return {
    ...newCall({
      ...{ id: `id-${name}`, name, access: "open", passwordHash: null, guests: true },
      ...{ ownerId: null },
    }, 1_000),
    ...change,
  };
}

/** Registers the tests of the calls for one driver. */
export function testCalls(driver: Driver): void {
  const test = (name: string, body: (calls: CallRepository) => Promise<void>) =>
    Deno.test(`${driver.name}: ${name}`, async () => {
      await using store: Repositories & AsyncDisposable = await driver.open();
      await body(store.calls);
    });
  const put = (calls: CallRepository, call: Call, version = 0, nowMs = 1_000) =>
    calls.put(call.name, { version, call, expiresAtMs: nowMs + 1_000, nowMs }, MAX);

  test("a call is read as it was put, and versions rise", async (calls) => {
    const call = callOf("周会", { locked: true });
    const first = await put(calls, call);
    ok(typeof first === "number" && first > 0);
    deepStrictEqual(await calls.read("周会", { nowMs: 1_500 }), { version: first, call });
    const second = await put(calls, { ...call, locked: false }, first);
    ok(typeof second === "number" && second > first);
    strictEqual((await calls.read("周会", { nowMs: 1_500 }))?.call.locked, false);
    strictEqual(await calls.read("else", { nowMs: 1_500 }), null);
  });

  test("of changes at once one wins", async (calls) => {
    const made = await Promise.all(["a", "b", "c"].map((id) => put(calls, callOf("x", { id }))));
    strictEqual(made.filter((each) => each === "changed").length, 2);
    const version = made.find((each) => typeof each === "number") as number;
    const changed = await Promise.all(
      [1, 2, 3, 4].map((lastOrder) => put(calls, callOf("x", { lastOrder }), version)),
    );
    strictEqual(changed.filter((each) => each === "changed").length, 3);
    strictEqual(await put(calls, callOf("x")), "changed");
  });

  test("a call that ended makes room for another one of its name, with a higher version", async (calls) => {
    const version = await put(calls, callOf("x")) as number;
    const end = { version, call: null, expiresAtMs: 1_500, nowMs: 1_500 };
    strictEqual(await calls.put("x", end, MAX), 0);
    strictEqual(await calls.put("x", end, MAX), "changed");
    strictEqual(await calls.read("x", { nowMs: 1_500 }), null);
    const again = await put(calls, callOf("x"), 0, 2_001);
    ok(typeof again === "number" && again > version);
  });

  test("a call that is over counts as none", async (calls) => {
    const version = await put(calls, callOf("x")) as number;
    strictEqual(await calls.read("x", { nowMs: 2_000 }), null);
    strictEqual(await put(calls, callOf("x"), version, 2_000), "changed");
    ok(typeof await put(calls, callOf("x"), 0, 2_000) === "number");
  });

  test("there are no more than the most, those that are over do not count", async (calls) => {
    for (let index = 0; index < 5; index++) await put(calls, callOf(`x${index}`));
    strictEqual(await put(calls, callOf("y")), "full");
    const known = await calls.read("x0", { nowMs: 1_500 });
    ok(typeof await put(calls, callOf("x0", { locked: true }), known!.version) === "number");
    ok(typeof await put(calls, callOf("y"), 0, 3_000) === "number");
  });

  test("an account's calls are listed by name", async (calls) => {
    const ownerId = "somebody";
    for (const name of ["b", "a", "c"]) await put(calls, callOf(name, { ownerId }));
    await put(calls, callOf("d", { ownerId: "else" }));
    const names = async (nowMs: number, limit = 9) =>
      (await calls.ofOwner(ownerId, { nowMs, limit })).map(({ call }) => call.name);
    deepStrictEqual(await names(1_500), ["a", "b", "c"]);
    deepStrictEqual(await names(1_500, 2), ["a", "b"]);
    deepStrictEqual(await names(2_000), []);
    const { version } = (await calls.read("a", { nowMs: 1_500 }))!;
    await calls.put("a", { version, call: null, expiresAtMs: 0, nowMs: 1_500 }, MAX);
    deepStrictEqual(await names(1_500), ["b", "c"]);
  });
}

/** A post with a second one of another process; the same one where there is one process. */
export interface PostDriver {
  readonly name: string;
  open(): Promise<{ readonly here: CallPost; readonly there: CallPost } & AsyncDisposable>;
}

/** Registers the tests of the letters for one driver. */
export function testCallPost(driver: PostDriver): void {
  const test = (name: string, body: (here: CallPost, there: CallPost) => Promise<void>) =>
    Deno.test(`${driver.name}: ${name}`, async () => {
      await using posts = await driver.open();
      await body(posts.here, posts.there);
    });
  const letter = (to: string, version: number): Letter => ({
    to,
    version,
    message: { type: "candidate", from: "a", session: 0, candidate: null },
  });

  test("letters come in order, to those who follow the call", async (here, there) => {
    const taken: Letter[] = [];
    const others: Letter[] = [];
    await here.send("x", [letter("early", 0)]);
    const follower = await there.follow("x", (letters) => taken.push(...letters));
    const other = await there.follow("y", (letters) => others.push(...letters));
    const sent = Array.from({ length: 30 }, (_, index) => letter(`p${index}`, index));
    for (const each of sent) await here.send("x", [each]);
    await waitFor("all letters", () => taken.length >= sent.length);
    deepStrictEqual(taken, sent);
    deepStrictEqual(others, []);
    follower.close();
    other.close();
    await here.send("x", [letter("late", 99)]);
    strictEqual(taken.length, sent.length);
  });

  test("a wake comes without letters", async (here, there) => {
    let woken = 0;
    using _follower = disposable(
      await there.follow("x", (letters) => {
        if (letters.length === 0) woken++;
      }),
    );
    await here.send("x", []);
    await waitFor("the wake", () => woken > 0);
  });

  test("each follower of a call gets every letter", async (here, there) => {
    const first: string[] = [];
    const second: string[] = [];
    const note = (into: string[]) => (letters: readonly Letter[]) =>
      void into.push(...letters.map(({ to }) => to));
    using _first = disposable(await here.follow("x", note(first)));
    using _second = disposable(await there.follow("x", note(second)));
    await here.send("x", [letter("p", 1), letter("q", 1)]);
    await there.send("x", [letter("r", 1)]);
    await waitFor("both", () => first.length >= 3 && second.length >= 3);
    deepStrictEqual([first, second], [["p", "q", "r"], ["p", "q", "r"]]);
  });
}

function disposable(follower: { close(): void }): Disposable {
  return { [Symbol.dispose]: () => follower.close() };
}
