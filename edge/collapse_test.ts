import assert from "node:assert/strict";
import { Collapse, CollapseFullError } from "./collapse.ts";

Deno.test("Collapse runs one piece of work for all who ask meanwhile", async () => {
  const collapse = new Collapse<number>();
  const gate = Promise.withResolvers<number>();
  let starts = 0;
  const start = () => (starts++, gate.promise);
  const all = Promise.all([1, 2, 3].map(() => collapse.run("k", { start })));
  gate.resolve(7);
  assert.deepEqual(await all, [7, 7, 7]);
  assert.equal(starts, 1);
  await collapse.run("k", { start });
  assert.equal(starts, 2);
});

Deno.test("Collapse aborts the work when the last asker left, not before", async () => {
  const collapse = new Collapse<void>();
  const askers = [new AbortController(), new AbortController()];
  let inner: AbortSignal | undefined;
  const start = (signal: AbortSignal) => {
    inner = signal;
    return new Promise<void>((_, reject) => signal.onabort = () => reject(signal.reason));
  };
  const results = askers.map(({ signal }) => collapse.run("k", { signal, start }));
  askers[0].abort(new Error("gone"));
  await assert.rejects(results[0], /gone/);
  assert.equal(inner?.aborted, false);
  askers[1].abort(new Error("gone too"));
  await assert.rejects(results[1], /gone too/);
  assert.equal(inner?.aborted, true);
  assert.equal(collapse.size, 0);
});

Deno.test("Collapse tells everyone about a failure, then tries again", async () => {
  const collapse = new Collapse<number>();
  const start = () => Promise.reject(new Error("away"));
  const results = await Promise.allSettled([1, 2].map(() => collapse.run("k", { start })));
  assert.ok(results.every(({ status }) => status === "rejected"));
  assert.equal(await collapse.run("k", { start: () => Promise.resolve(1) }), 1);
});

Deno.test("Collapse refuses more different work than its bound", async () => {
  const collapse = new Collapse<number>({ maxFlights: 1 });
  const gate = Promise.withResolvers<number>();
  const first = collapse.run("a", { start: () => gate.promise });
  await assert.rejects(collapse.run("b", { start: () => gate.promise }), CollapseFullError);
  const joined = collapse.run("a", { start: () => gate.promise });
  gate.resolve(1);
  assert.deepEqual(await Promise.all([first, joined]), [1, 1]);
});
