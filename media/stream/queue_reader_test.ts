import assert from "node:assert/strict";
import type { StreamItem } from "../access_unit.ts";
import { QueueReader } from "./queue_reader.ts";
import { audioTrack, picture, sound, tracksItem, videoTrack } from "./testing.ts";

function open(maxQueueBytes: number, primed: readonly StreamItem[] = []) {
  const seen = { readable: 0, overflows: 0, closed: 0 };
  const reader = new QueueReader({
    protocol: "flv",
    remoteAddress: "192.0.2.9",
    maxQueueBytes,
    onReadable: () => seen.readable++,
  }, {
    overflow: () => seen.overflows++,
    closed: () => seen.closed++,
  });
  reader.prime([tracksItem(videoTrack(), audioTrack()), ...primed], { waitForKeyFrame: false });
  return { reader, seen };
}

Deno.test("QueueReader tells once that items wait and gives them in order", () => {
  const { reader, seen } = open(1000);
  assert.equal(reader.take().length, 1);
  reader.push(picture(0, { key: true }));
  reader.push(sound(10));
  assert.equal(seen.readable, 1);
  assert.deepEqual(reader.take().map((item) => item.kind), ["video", "audio"]);
  const nothing = reader.take();
  assert.deepEqual(nothing, []);
  reader.push(sound(33));
  assert.equal(seen.readable, 2);
  assert.deepEqual(nothing, [], "an empty answer stays empty");
});

Deno.test("QueueReader skips to the next key frame when its queue is full", () => {
  const { reader, seen } = open(250);
  reader.take();
  reader.push(picture(0, { key: true }));
  reader.push(tracksItem(videoTrack(2), audioTrack()));
  reader.push(picture(33, { key: true }));
  reader.push(picture(66));
  assert.equal(seen.overflows, 1);
  reader.push(sound(80));
  reader.push(picture(99));
  reader.push(picture(132, { key: true }));
  reader.push(sound(140));
  assert.deepEqual(reader.take().map((item) => item.kind), ["tracks", "video", "audio"]);
  assert.equal(reader.dropped, 4);
});

Deno.test("QueueReader does not count the cached group against the bound until it is taken", () => {
  const { reader, seen } = open(250, [picture(0, { key: true, bytes: 5000 })]);
  reader.push(picture(33));
  reader.push(picture(66));
  assert.equal(seen.overflows, 0);
  reader.push(picture(99));
  assert.equal(seen.overflows, 1);
});

Deno.test("QueueReader ends after what waits was taken, and is silent once closed", () => {
  const { reader, seen } = open(1000);
  reader.finish();
  assert.equal(reader.ended, false);
  reader.take();
  assert.equal(reader.ended, true);
  assert.equal(seen.readable, 1);

  const second = open(1000);
  second.reader.close();
  second.reader.close();
  second.reader.push(sound(0));
  assert.equal(second.seen.closed, 1);
  assert.equal(second.seen.readable, 0);
  assert.deepEqual(second.reader.take(), []);
});

Deno.test("QueueReader bounds the number of items without bytes", () => {
  const { reader, seen } = open(1000);
  for (let i = 0; i < 30_000; i++) reader.push(sound(i, 0));
  assert.equal(seen.overflows, 1);
  assert.ok(reader.take().length <= 20_000);
});
