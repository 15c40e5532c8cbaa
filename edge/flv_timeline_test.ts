import assert from "node:assert/strict";
import { FLV_TAG, type FlvTag, makeTag } from "../media/container/flv/tag.ts";
import { FlvTimeline } from "./flv_timeline.ts";

function video(timestampMs: number): FlvTag {
  const fill = (bytes: Uint8Array, at: number) => bytes.set([0x27, 1], at);
  return makeTag({ type: FLV_TAG.VIDEO, timestampMs, dataBytes: 10, fill });
}

const times = (tags: readonly FlvTag[]) => tags.map(({ timestampMs }) => timestampMs);

Deno.test("FlvTimeline passes the times of its first source unchanged", () => {
  const timeline = new FlvTimeline();
  assert.deepEqual(times([5000, 5040].map((ms) => timeline.map(video(ms), 0))), [5000, 5040]);
});

Deno.test("FlvTimeline leaves out what was relayed when the same run goes on", () => {
  const timeline = new FlvTimeline();
  for (let ms = 60_000; ms <= 61_000; ms += 100) timeline.map(video(ms), ms);
  const burst = [60_500, 60_900, 61_000, 61_100, 61_300].map(video);
  assert.deepEqual(times(timeline.resume(burst, 61_350)), [61_100, 61_300]);
  assert.equal(timeline.map(video(61_400), 61_400).timestampMs, 61_400);
});

Deno.test("FlvTimeline sets a new run behind the old one, as far as the clock went", () => {
  const timeline = new FlvTimeline();
  for (let ms = 60_000; ms <= 61_000; ms += 100) timeline.map(video(ms), ms);
  const resumed = times(timeline.resume([0, 500, 1000].map(video), 65_000));
  assert.deepEqual(resumed, [64_000, 64_500, 65_000]);
  const next = timeline.map(video(1100), 65_100);
  assert.equal(next.timestampMs, 65_100);
  assert.equal(
    next.bytes[7] << 24 | next.bytes[4] << 16 | next.bytes[5] << 8 | next.bytes[6],
    65_100,
  );
});

Deno.test("FlvTimeline never goes back when the new run begins with a long burst", () => {
  const timeline = new FlvTimeline();
  timeline.map(video(10_000), 10_000);
  const resumed = times(timeline.resume([0, 4000, 8000].map(video), 12_000));
  assert.deepEqual(resumed, [10_001, 14_001, 18_001]);
});

Deno.test("FlvTimeline follows the wrap of 32 bits", () => {
  const timeline = new FlvTimeline();
  const last = 2 ** 32 - 20;
  timeline.map(video(last), 1000);
  const burst = [last - 100, last, 20].map((ms) => video(ms >>> 0));
  assert.deepEqual(times(timeline.resume(burst, 1040)), [20]);
});
