import assert from "node:assert/strict";
import { FrameGaps } from "./frame_gaps.ts";
import { MS } from "./testing.ts";

/** Frames at these milliseconds; a key frame where `isKey` says so. */
function feed(
  gaps: FrameGaps,
  timesMs: Iterable<number>,
  options: { readonly isKey?: (ms: number) => boolean; readonly lagMs?: () => number } = {},
): FrameGaps {
  const { isKey = () => false, lagMs = () => 0 } = options;
  for (const ms of timesMs) gaps.note({ dts: ms * MS, keyFrame: isKey(ms) }, lagMs);
  return gaps;
}

/** Whole milliseconds of `count` frames, as RTMP gives them. */
function paced(count: number, fps = 30, startMs = 0): number[] {
  return Array.from({ length: count }, (_, i) => startMs + Math.round(i * 1000 / fps));
}

/** The frames without those from the `from`-th on, `count` of them. */
function without(times: readonly number[], from: number, count: number): number[] {
  return times.filter((_, i) => i < from || i >= from + count);
}

Deno.test("FrameGaps counts nothing of a steady stream of any rate", () => {
  for (const fps of [1, 15, 23.976, 25, 29.97, 30, 60, 120]) {
    assert.equal(feed(new FrameGaps(), paced(fps * 60, fps)).dropped, 0, `${fps} fps`);
  }
});

Deno.test("FrameGaps counts one gap of three frames when nothing like it follows", () => {
  const gaps = new FrameGaps();
  const times = without(paced(400), 100, 3);
  feed(gaps, times.slice(0, 200));
  assert.equal(gaps.dropped, 0);
  feed(gaps, times.slice(200));
  assert.equal(gaps.dropped, 3);
});

Deno.test("FrameGaps counts what is missing before a key frame at once", () => {
  const times = without(paced(200), 100, 25);
  const back = times[100];
  assert.equal(feed(new FrameGaps(), times, { isKey: (ms) => ms === back }).dropped, 25);
});

Deno.test("FrameGaps counts B-frames that a congested encoder left out, again and again", () => {
  // Two of three frames are missing for a second, twice within five seconds.
  const times = paced(400).filter((_, i) =>
    !((i > 99 && i < 130) || (i > 199 && i < 230)) || i % 3 === 0
  );
  const gaps = feed(new FrameGaps(), times, { lagMs: () => 700 });
  assert.equal(gaps.dropped, 40);
});

Deno.test("FrameGaps does not blame a source that paces its frames freely", () => {
  const captures: Record<string, number[]> = {
    "a picture that moves and stands still": Array.from(
      { length: 20 },
      (_, i) => paced(60, 30, i * 4000),
    ).flat(),
    "a pause now and then": Array.from({ length: 60 }, (_, i) => paced(20, 30, i * 1000)).flat(),
    "film in video": paced(900).filter((_, i) => i % 5 !== 4),
    "another rate": [...paced(300), ...paced(300, 15, 10_000), ...paced(300, 60, 30_000)],
    "no pace at all": Array.from({ length: 900 }, (_, i) => i * 40 + (i * 7919 % 37)),
  };
  for (const [what, times] of Object.entries(captures)) {
    assert.equal(feed(new FrameGaps(), times).dropped, 0, what);
  }
});

Deno.test("FrameGaps takes frames that come off their time for what they are", () => {
  const times = paced(300);
  times[100] += 20;
  times[200] -= 15;
  times[201] = times[200];
  assert.equal(feed(new FrameGaps(), times).dropped, 0);
});

Deno.test("FrameGaps knows no gap across publishers, tracks and clocks", () => {
  const gaps = feed(new FrameGaps(), without(paced(150), 100, 2));
  gaps.restart();
  assert.equal(gaps.dropped, 2);
  feed(gaps, paced(300, 30, 60_000));
  gaps.restart();
  feed(gaps, paced(300, 30, 1_000));
  assert.equal(gaps.dropped, 2);
});
