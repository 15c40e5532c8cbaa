import assert from "node:assert/strict";
import { videoPacket } from "../testing.ts";
import { PacketBuffer } from "./packet_buffer.ts";

const limits = { packets: 8, groupBytes: 112 * 20 };
const key = (sequence: number) => videoPacket(sequence, { keyFrameStart: true });
const numbers = (buffer: PacketBuffer) => buffer.group().map(({ sequence }) => sequence);

Deno.test("PacketBuffer begins its group at the newest key frame, in order, each packet once", () => {
  const buffer = new PacketBuffer(limits);
  buffer.add(videoPacket(1));
  assert.deepEqual(numbers(buffer), []);
  for (const packet of [key(2), videoPacket(3), videoPacket(5), videoPacket(4), videoPacket(4)]) {
    buffer.add(packet);
  }
  assert.deepEqual(numbers(buffer), [2, 3, 4, 5]);
  buffer.add(key(6));
  // Late, of the group before.
  buffer.add(videoPacket(1));
  assert.deepEqual(numbers(buffer), [6]);
  // The key frame's first packet comes once more.
  buffer.add(videoPacket(7));
  buffer.add(key(6));
  assert.deepEqual(numbers(buffer), [6, 7]);
});

Deno.test("PacketBuffer gives up a group that is too large until the next key frame", () => {
  const buffer = new PacketBuffer(limits);
  buffer.add(key(0));
  for (let sequence = 1; sequence < 20; sequence++) buffer.add(videoPacket(sequence));
  assert.equal(buffer.group().length, 20);
  buffer.add(videoPacket(20));
  buffer.add(videoPacket(21));
  assert.deepEqual(numbers(buffer), []);
  buffer.add(key(22));
  assert.deepEqual(numbers(buffer), [22]);
});

Deno.test("PacketBuffer finds recent packets and those of the group, and no others", () => {
  const buffer = new PacketBuffer(limits);
  buffer.add(videoPacket(-1));
  buffer.add(key(0));
  for (const sequence of [1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12]) buffer.add(videoPacket(sequence));
  assert.equal(buffer.find(12)?.sequence, 12);
  assert.equal(buffer.find(2)?.sequence, 2);
  assert.equal(buffer.find(0)?.keyFrameStart, true);
  assert.equal(buffer.find(3), undefined);
  assert.equal(buffer.find(13), undefined);
  assert.equal(buffer.find(-1), undefined);
  buffer.clear();
  assert.equal(buffer.find(12), undefined);
});
