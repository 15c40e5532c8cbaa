import assert from "node:assert/strict";
import { LevelBallistics, LevelMeter, measure, scalePosition } from "./level_meter.ts";

Deno.test("scalePosition() goes from -60 dBFS to full scale", () => {
  assert.equal(scalePosition(0), 0);
  assert.equal(scalePosition(NaN), 0);
  assert.equal(scalePosition(0.0001), 0);
  assert.equal(scalePosition(1), 1);
  assert.equal(scalePosition(4), 1);
  assert.ok(Math.abs(scalePosition(10 ** (-30 / 20)) - 0.5) < 1e-9);
});

Deno.test("measure() finds the mean and the extreme", () => {
  const into = { rms: 0, peak: 0 };
  measure(Float32Array.of(0.5, -0.5, 0.5, -0.5), into);
  assert.deepEqual(into, { rms: 0.5, peak: 0.5 });
  measure(new Float32Array(0), into);
  assert.deepEqual(into, { rms: 0, peak: 0 });
});

Deno.test("LevelBallistics rises at once, falls slowly, holds the mark and the clipping lamp", () => {
  const bar = new LevelBallistics();
  assert.equal(bar.next({ rms: 1, peak: 1 }, 0).level, 1);
  const silent = { rms: 0, peak: 0 };
  const soon = { ...bar.next(silent, 500) };
  assert.ok(soon.level > 0.3 && soon.level < 0.5, `${soon.level}`);
  assert.equal(soon.peak, 1);
  assert.equal(soon.clipping, true);
  const later = { ...bar.next(silent, 1_400) };
  assert.equal(later.level, 0);
  assert.ok(later.peak < 1);
  assert.equal(later.clipping, false);
});

Deno.test("LevelMeter reads a node without owning it", () => {
  const connected: unknown[] = [];
  const disconnected: unknown[] = [];
  class FakeAnalyser {
    readonly fftSize = 8;
    getFloatTimeDomainData(samples: Float32Array) {
      samples.fill(0.1);
    }
  }
  const scope = globalThis as unknown as { AnalyserNode: unknown };
  const before = scope.AnalyserNode;
  scope.AnalyserNode = FakeAnalyser;
  try {
    const node = {
      connect: (to: unknown) => connected.push(to),
      disconnect: (from: unknown) => disconnected.push(from),
    };
    const meter = new LevelMeter({} as AudioContext, node as unknown as AudioNode);
    assert.ok(Math.abs(meter.read(0).level - scalePosition(0.1)) < 1e-6);
    meter[Symbol.dispose]();
    assert.equal(connected.length, 1);
    assert.deepEqual(disconnected, connected);
  } finally {
    scope.AnalyserNode = before;
  }
});
