import assert from "node:assert/strict";
import { TimeLine } from "./time_line.ts";
import { MS, picture, sound } from "./testing.ts";

const NOW = 1_750_000_000_000;

Deno.test("TimeLine begins at tick 0 and keeps the distance of audio and video", () => {
  const line = new TimeLine();
  assert.equal(line.observe(5000 * MS), false);
  assert.equal(line.rebase(5000 * MS, NOW), 0);
  assert.equal(line.openedAtMs, NOW);
  assert.equal(line.place(picture(5000, { key: true }), NOW)?.dts, 0);
  assert.equal(line.place(sound(5010), NOW)?.dts, 10 * MS);
});

Deno.test("TimeLine leaves out sound before the first picture", () => {
  const line = new TimeLine();
  line.rebase(1000 * MS, NOW);
  line.place(picture(1000, { key: true }), NOW);
  assert.equal(line.place(sound(990), NOW), null);
  assert.equal(line.place(sound(1013), NOW)?.dts, 13 * MS);
});

Deno.test("TimeLine holds small steps back of a track and keeps presentation times", () => {
  const line = new TimeLine();
  line.rebase(0, NOW);
  line.place(picture(0, { key: true, shiftMs: 66 }), NOW);
  line.place(picture(40, { shiftMs: 100 }), NOW);
  const back = line.place(picture(30, { shiftMs: 20 }), NOW);
  assert.equal(back?.dts, 40 * MS);
  assert.equal(back?.pts, 50 * MS);
  assert.equal(line.place(sound(20), NOW)?.dts, 20 * MS, "tracks are held one by one");
});

Deno.test("TimeLine observe() reports jumps over all tracks of a source", () => {
  const line = new TimeLine();
  assert.equal(line.observe(20_000 * MS), false);
  assert.equal(line.observe(19_000 * MS), false);
  assert.equal(line.observe(30_000 * MS), false);
  assert.equal(line.observe(28_999 * MS), true);
  assert.equal(line.observe(38_999 * MS), false);
  assert.equal(line.observe(48_999 * MS + 1), true);
  line.newSource();
  assert.equal(line.observe(0), false);
});

Deno.test("TimeLine goes on by the wall after a reconnect", () => {
  const line = new TimeLine();
  line.rebase(7000 * MS, NOW);
  line.place(picture(7000, { key: true }), NOW);
  line.place(picture(8000), NOW + 1000);
  line.newSource();
  assert.equal(line.rebase(123 * MS, NOW + 4000), 4000 * MS);
  assert.equal(line.place(picture(123, { key: true }), NOW + 4000)?.dts, 4000 * MS);
});

Deno.test("TimeLine never shows a picture of the next publisher before one of the last", () => {
  const line = new TimeLine();
  line.rebase(0, NOW);
  line.place(picture(0, { key: true, shiftMs: 100 }), NOW);
  line.newSource();
  assert.ok(line.rebase(0, NOW) > 100 * MS);
});

Deno.test("TimeLine keeps a first picture that lies before the start of the sound", () => {
  const line = new TimeLine();
  line.rebase(10 * MS, NOW);
  line.place(sound(10), NOW);
  assert.equal(line.place(picture(0, { key: true }), NOW)?.dts, 0);
});
