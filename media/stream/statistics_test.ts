import assert from "node:assert/strict";
import { StreamStatistics } from "./statistics.ts";
import { picture, sound } from "./testing.ts";

Deno.test("StreamStatistics averages bitrate and frame rate over the last seconds", () => {
  const statistics = new StreamStatistics();
  for (let i = 0; i < 300; i++) {
    const ms = i * 1000 / 30;
    statistics.count(picture(ms, { key: i % 60 === 0, bytes: 5000 }), ms);
    statistics.count(sound(ms, 500), ms);
  }
  assert.deepEqual(statistics.rates(10_000), { bitrateKbps: 1320, fps: 30 });
  assert.equal(statistics.keyFrameIntervalMs, 2000);
  assert.equal(statistics.bFrames, false);
  assert.deepEqual(statistics.rates(20_000), { bitrateKbps: 0, fps: 0 });
  assert.deepEqual(statistics.totals, { bytes: 1_650_000, video: 300, audio: 300 });
});

Deno.test("StreamStatistics sees pictures that are shown out of their decoding order", () => {
  const statistics = new StreamStatistics();
  statistics.count(picture(0, { key: true, shiftMs: 66 }), 0);
  statistics.count(picture(33, { shiftMs: 99 }), 33);
  assert.equal(statistics.bFrames, false);
  statistics.count(picture(66, { shiftMs: 33 }), 66);
  assert.equal(statistics.bFrames, true);
  statistics.restart({ hasVideo: true });
  assert.equal(statistics.bFrames, false);
  assert.equal(statistics.keyFrameIntervalMs, null);
});

Deno.test("StreamStatistics measures what B-frames delay, as long as there are some", () => {
  const statistics = new StreamStatistics();
  // Decoding order of I B B P: pictures are shown 3 frames after their decoding at most.
  const shifts = [33, 100, 0, 0];
  for (let i = 0; i < 90; i++) {
    const ms = Math.round(i * 1000 / 30);
    statistics.count(picture(ms, { shiftMs: shifts[i % 4] }), ms);
  }
  assert.equal(statistics.bFrameDelayMs(3000), 100);
  assert.deepEqual(statistics.droppedFrames(3000), { total: 0, recently: 0 });
  statistics.restart({ hasVideo: true });
  for (let ms = 3000; ms < 6000; ms += 40) statistics.count(picture(ms, { shiftMs: 40 }), ms);
  assert.equal(statistics.bFrameDelayMs(6000), 0, "a constant shift reorders nothing");
});

Deno.test("StreamStatistics counts dropped frames, and those of the last half minute", () => {
  const statistics = new StreamStatistics();
  const count = (frame: number) => {
    const ms = Math.round(frame * 1000 / 30);
    statistics.count(picture(ms, { key: frame % 60 === 0, shiftMs: 0 }), ms);
  };
  for (let frame = 0; frame < 600; frame++) {
    // Everything up to a key frame is missing, as OBS does it.
    if (frame < 100 || frame >= 120) count(frame);
  }
  assert.deepEqual(statistics.droppedFrames(20_000), { total: 20, recently: 20 });
  for (let frame = 600; frame < 1200; frame++) count(frame);
  assert.deepEqual(statistics.droppedFrames(40_000), { total: 20, recently: 0 });
});

Deno.test("StreamStatistics sees an unstable upload in sound when there is no picture", () => {
  const statistics = new StreamStatistics();
  statistics.restart({ hasVideo: false });
  for (let ms = 0; ms < 10_000; ms += 20) {
    statistics.count(sound(ms), ms + (ms > 8000 && ms < 8100 ? 300 : 0));
  }
  assert.equal(statistics.uploadLagMs(10_000), 300);
  statistics.restart({ hasVideo: true });
  statistics.count(sound(10_000), 10_000);
  statistics.count(sound(10_020), 10_520);
  assert.equal(statistics.uploadLagMs(10_520), 0, "sound waits for pictures in some encoders");
});
