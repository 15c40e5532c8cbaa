import assert from "node:assert/strict";
import { Pacer } from "./pacer.ts";

Deno.test("Pacer keeps its rate with timers that are always late", () => {
  const pacer = new Pacer({ fps: 30, nowMs: 0 });
  let nowMs = 1000 / 30;
  let frames = 0;
  while (nowMs < 10_000) {
    frames++;
    nowMs += pacer.next(nowMs) + 3.7;
  }
  assert.ok(Math.abs(frames - 300) <= 2, String(frames));
});

Deno.test("Pacer does not hurry after a pause", () => {
  const pacer = new Pacer({ fps: 25, nowMs: 0 });
  pacer.next(40);
  assert.equal(pacer.next(5_000), 20);
  assert.equal(pacer.next(5_020), 40);
});
