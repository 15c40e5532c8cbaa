import assert from "node:assert/strict";
import { watchFrom, watchProgress } from "./stall.ts";

function actions(bufferS: number, untilMs: number): string[] {
  let watch = watchFrom(10, 0);
  const seen: string[] = [];
  for (let nowMs = 0; nowMs <= untilMs; nowMs += 200) {
    const step = watchProgress(watch, { positionS: 10, bufferS, nowMs });
    watch = step.watch;
    if (step.action !== "none") seen.push(`${step.action}@${nowMs}`);
  }
  return seen;
}

Deno.test("watchProgress() restarts a picture that stands with data ahead after 4 s", () => {
  assert.deepEqual(actions(2, 5_000), ["starve@400", "nudge@1600", "restart@4000"]);
});

Deno.test("watchProgress() without data asks the room first and restarts late", () => {
  assert.deepEqual(actions(0, 12_000), ["starve@400", "inquire@4000", "restart@11000"]);
});

Deno.test("watchProgress() begins anew when the picture moves, also backwards", () => {
  const still = watchFrom(10, 0);
  const forward = watchProgress(still, { positionS: 10.1, bufferS: 0, nowMs: 9_000 });
  assert.deepEqual([forward.moved, forward.action], [true, "none"]);
  const back = watchProgress(forward.watch, { positionS: 3, bufferS: 0, nowMs: 18_000 });
  assert.equal(back.moved, true);
});
