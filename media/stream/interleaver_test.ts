import assert from "node:assert/strict";
import { Interleaver } from "./interleaver.ts";
import { MS, picture, sound } from "./testing.ts";

function takeAll(interleaver: Interleaver, nowMs: number, maxWaitMs = 100): string[] {
  const taken: string[] = [];
  for (
    let unit = interleaver.take(nowMs, maxWaitMs);
    unit !== null;
    unit = interleaver.take(nowMs, maxWaitMs)
  ) taken.push(`${unit.kind[0]}${unit.dts / MS}`);
  return taken;
}

Deno.test("Interleaver holds a unit until the other track has come so far", () => {
  const interleaver = new Interleaver();
  interleaver.push(picture(0), 0);
  interleaver.push(picture(33), 1);
  assert.deepEqual(takeAll(interleaver, 2), []);
  interleaver.push(sound(0), 3);
  assert.deepEqual(takeAll(interleaver, 3), ["a0", "v0"]);
  interleaver.push(sound(40), 4);
  assert.deepEqual(takeAll(interleaver, 4), ["v33"]);
  assert.equal(interleaver.size, 1);
  assert.equal(interleaver.dueAtMs(100), 104);
});

Deno.test("Interleaver lets go of what waited long enough", () => {
  const interleaver = new Interleaver();
  interleaver.push(picture(0), 0);
  interleaver.push(picture(33), 60);
  assert.deepEqual(takeAll(interleaver, 99), []);
  assert.deepEqual(takeAll(interleaver, 100), ["v0"]);
  assert.deepEqual(takeAll(interleaver, 160), ["v33"]);
  assert.equal(interleaver.dueAtMs(100), null);
});

Deno.test("Interleaver gives everything in order at its end, and drops what is asked for", () => {
  const interleaver = new Interleaver();
  for (const ms of [0, 33, 66]) interleaver.push(picture(ms), 0);
  for (const ms of [10, 50]) interleaver.push(sound(ms), 0);
  interleaver.drop("video", (unit) => unit.dts < 33 * MS);
  assert.equal(interleaver.first("video")?.dts, 33 * MS);
  assert.deepEqual(
    interleaver.flush().map((unit) => unit.dts / MS),
    [10, 33, 50, 66],
  );
  assert.equal(interleaver.size, 0);
});

Deno.test("Interleaver is bounded when one track never comes", () => {
  const interleaver = new Interleaver();
  for (let i = 0; i < 10_000; i++) {
    interleaver.push(picture(i * 33), 0);
    takeAll(interleaver, 0);
    assert.ok(interleaver.size <= 3000);
  }
});
