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
  statistics.restart();
  assert.equal(statistics.bFrames, false);
  assert.equal(statistics.keyFrameIntervalMs, null);
});
