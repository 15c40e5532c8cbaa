import assert from "node:assert/strict";
import { withDuration } from "./webm.ts";

/** An element with a size of one byte. */
function element(id: readonly number[], content: readonly number[]): number[] {
  return [...id, 0x80 | content.length, ...content];
}

const EBML = element([0x1a, 0x45, 0xdf, 0xa3], element([0x42, 0x82], [0x77, 0x65, 0x62, 0x6d]));
/** One millisecond. */
const SCALE = element([0x2a, 0xd7, 0xb1], [0x0f, 0x42, 0x40]);
const SEGMENT = [0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
const REST = [0x1f, 0x43, 0xb6, 0x75, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3];

function file(info: readonly number[]): Uint8Array {
  const infoElement = element([0x15, 0x49, 0xa9, 0x66], info);
  return Uint8Array.from([...EBML, ...SEGMENT, ...infoElement, ...REST]);
}

Deno.test("withDuration() adds what a browser left out, and leaves the rest as it is", () => {
  const head = file(SCALE);
  const patched = withDuration(head, 5_230)!;
  const at = patched.findIndex((byte, index) => byte === 0x44 && patched[index + 1] === 0x89);
  assert.equal(patched[at + 2], 0x88);
  assert.equal(new DataView(patched.buffer).getFloat64(at + 3), 5_230);
  assert.deepEqual([...patched.subarray(-REST.length)], REST);
  // The size of Info counts the new child: the next element begins right behind it.
  assert.deepEqual(withDuration(patched, 1_000)!.length, patched.length);
  const again = withDuration(patched, 1_000)!;
  assert.equal(new DataView(again.buffer).getFloat64(at + 3), 1_000);
});

Deno.test("withDuration() minds the scale of the file", () => {
  const micro = element([0x2a, 0xd7, 0xb1], [0x03, 0xe8]);
  const patched = withDuration(file(micro), 2)!;
  const at = patched.findIndex((byte, index) => byte === 0x44 && patched[index + 1] === 0x89);
  assert.equal(new DataView(patched.buffer).getFloat64(at + 3), 2_000);
});

Deno.test("withDuration() returns null for what it must not touch, cut short anywhere", () => {
  assert.equal(withDuration(new Uint8Array(0), 1), null);
  assert.equal(withDuration(new TextEncoder().encode("ftypisom ... no WebM"), 1), null);
  const head = file(SCALE);
  const infoEnd = head.length - REST.length;
  for (let length = 0; length < infoEnd; length++) {
    assert.equal(withDuration(head.subarray(0, length), 1), null, `${length} bytes`);
  }
  // A segment of known size was written by somebody who could seek.
  const known = Uint8Array.from(head);
  known.set([0x01, 0, 0, 0, 0, 0, 0, 99], EBML.length + 4);
  assert.equal(withDuration(known, 1), null);
});
