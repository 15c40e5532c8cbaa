import assert from "node:assert/strict";
import { GopCache } from "./gop_cache.ts";
import { MS, picture, sound } from "./testing.ts";

Deno.test("GopCache holds everything since the last key frame", () => {
  const cache = new GopCache();
  cache.restart({ hasVideo: true });
  cache.push(picture(0));
  cache.push(sound(0));
  assert.equal(cache.units.length, 0, "nothing before the first key frame");
  cache.push(picture(33, { key: true }));
  cache.push(sound(40));
  cache.push(picture(66));
  assert.deepEqual(cache.units.map((unit) => unit.dts / MS), [33, 40, 66]);
  assert.equal(cache.bytes, 250);
  cache.push(picture(99, { key: true }));
  assert.deepEqual(cache.units.map((unit) => unit.dts / MS), [99]);
});

Deno.test("GopCache is emptied until the next key frame when a group has too many bytes", () => {
  const cache = new GopCache({ maxBytes: 250 });
  cache.restart({ hasVideo: true });
  cache.push(picture(0, { key: true }));
  cache.push(picture(33));
  cache.push(picture(66));
  assert.equal(cache.units.length, 0);
  assert.equal(cache.overflows, 1);
  assert.equal(cache.keyFrame?.dts, 0, "a still can be made all the same");
  cache.push(picture(99));
  assert.equal(cache.units.length, 0);
  cache.push(picture(132, { key: true }));
  assert.equal(cache.units.length, 1);
  assert.equal(cache.overflows, 1);
  assert.equal(cache.keyFrame?.dts, 132 * MS);
  cache.restart({ hasVideo: true });
  assert.equal(cache.keyFrame, null);
});

Deno.test("GopCache is emptied when a group lasts too long", () => {
  const cache = new GopCache({ maxTicks: 1000 * MS });
  cache.restart({ hasVideo: true });
  cache.push(picture(0, { key: true }));
  cache.push(picture(1000));
  assert.equal(cache.units.length, 2);
  cache.push(picture(1001));
  assert.equal(cache.units.length, 0);
  assert.equal(cache.overflows, 1);
});

Deno.test("GopCache holds the last two seconds of sound without video", () => {
  const cache = new GopCache();
  cache.restart({ hasVideo: false });
  for (let ms = 0; ms <= 5000; ms += 20) cache.push(sound(ms));
  assert.equal(cache.units[0].dts, 3000 * MS);
  assert.equal(cache.units.length, 101);
  assert.equal(cache.bytes, 101 * 50);
});
