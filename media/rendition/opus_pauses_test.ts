import assert from "node:assert/strict";
import type { AudioUnit } from "../access_unit.ts";
import { OpusPauses } from "./opus_pauses.ts";

const MS = 90;
const PACKET = 20 * MS;

function packet(dtsMs: number): AudioUnit {
  return {
    kind: "audio",
    dts: dtsMs * MS,
    pts: dtsMs * MS,
    samples: 960,
    data: new Uint8Array(40),
  };
}

/** Feeds pictures every 33 ms and packets every 20 ms except in the pause; times that are encoded. */
function encoded(options: { readonly untilMs: number; readonly pauseMs: [number, number] }) {
  const pauses = new OpusPauses(2);
  const times: number[] = [];
  for (let ms = 0; ms < options.untilMs; ms++) {
    if (ms % 20 === 0 && (ms < options.pauseMs[0] || ms >= options.pauseMs[1])) {
      times.push(...pauses.packet(packet(ms)).map((one) => one.dts));
    }
    if (ms % 33 === 0) times.push(...pauses.picture(ms * MS).map((one) => one.dts));
  }
  return times;
}

Deno.test("OpusPauses puts nothing into sound that goes on", () => {
  const times = encoded({ untilMs: 5000, pauseMs: [0, 0] });
  assert.deepEqual(times, Array.from({ length: 250 }, (_, i) => i * PACKET));
});

Deno.test("OpusPauses fills a pause while it lasts, and takes up what comes after it", () => {
  const pauses = new OpusPauses(2);
  let last = 0;
  for (let ms = 0; ms < 1000; ms += 20) last = pauses.packet(packet(ms)).at(-1)!.dts;
  assert.equal(last, 980 * MS);
  for (let ms = 1000; ms < 3000; ms += 33) {
    const filled = pauses.picture(ms * MS);
    for (const { dts, data } of filled) {
      assert.equal(dts, last + PACKET);
      assert.deepEqual([...data], [0xfc, 0xff, 0xfe]);
      last = dts;
    }
    // Never more than 230 ms behind the picture, never beyond it.
    assert.ok(ms * MS - last <= 253 * MS && last < ms * MS);
  }
  const times = encoded({ untilMs: 5000, pauseMs: [1000, 3000] });
  times.reduce((before, time) => {
    assert.equal(time - before, PACKET);
    return time;
  });
  assert.equal(times.length, 250);
});

Deno.test("OpusPauses leaves out sound that comes where silence stands already", () => {
  const pauses = new OpusPauses(1);
  pauses.packet(packet(0));
  const filled = pauses.picture(400 * MS);
  assert.equal(filled.at(-1)!.dts, 280 * MS);
  assert.deepEqual([...filled[0].data], [0xf8, 0xff, 0xfe]);
  assert.deepEqual(pauses.packet(packet(40)), []);
  assert.equal(pauses.packet(packet(300)).length, 1);
});

Deno.test("OpusPauses learns by how much sound usually is behind the picture", () => {
  const pauses = new OpusPauses(2);
  // Sound comes 300 ms after the pictures that belong to it, and that is no pause.
  for (let ms = 0; ms < 3000; ms++) {
    if (ms % 33 === 0) assert.equal(pauses.picture(ms * MS).length, 0);
    if (ms % 20 === 0 && ms >= 300) assert.equal(pauses.packet(packet(ms - 300)).length, 1);
  }
});

Deno.test("OpusPauses takes a jump of time for none", () => {
  const pauses = new OpusPauses(2);
  pauses.packet(packet(0));
  assert.equal(pauses.packet(packet(20_000)).length, 1);
  pauses.discontinuity();
  assert.equal(pauses.packet(packet(21_000)).length, 1);
  assert.equal(pauses.picture(21_100 * MS).length, 0);
});
