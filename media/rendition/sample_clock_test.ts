import assert from "node:assert/strict";
import { SampleClock } from "./sample_clock.ts";

Deno.test("SampleClock gives a sample the time of the unit that it came in by", () => {
  const clock = new SampleClock(48_000);
  assert.equal(clock.at(0), null);
  clock.push({ dts: 9000, samples: 960 });
  clock.push({ dts: 10_800, samples: 960 });
  // A hole of 100 ms in the source.
  clock.push({ dts: 21_600, samples: 960 });
  assert.equal(clock.total, 2880);
  // The encoder's priming lies before the first sample.
  assert.equal(clock.at(-1024), 9000 - 1920);
  assert.equal(clock.at(0), 9000);
  assert.equal(clock.at(1024), 10_800 + 120);
  assert.equal(clock.at(1920), 21_600);
  assert.equal(clock.at(2880), 23_400);
});

Deno.test("SampleClock follows a source whose clock drifts", () => {
  const clock = new SampleClock(44_100);
  for (let i = 0; i < 5000; i++) {
    clock.push({ dts: i * 2091, samples: 1024 });
    assert.equal(clock.at(i * 1024), i * 2091);
  }
});

Deno.test("SampleClock forgets what an encoder cannot ask for any more", () => {
  const clock = new SampleClock(48_000);
  for (let i = 0; i < 100_000; i++) clock.push({ dts: i * 1800, samples: 960 });
  assert.equal(clock.at(99_999 * 960), 99_999 * 1800);
});
