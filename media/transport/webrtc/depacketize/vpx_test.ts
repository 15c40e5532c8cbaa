import assert from "node:assert/strict";
import { hex } from "../../../../tests/support/bitstreams.ts";
import { splitSuperframe } from "../../../codec/vp9.ts";
import { parseVp8Descriptor, Vp8Format } from "./vp8.ts";
import { parseVp9Descriptor, Vp9Format } from "./vp9.ts";

Deno.test("parseVp8Descriptor() passes over every extension and gives null when cut short", () => {
  const start = (text: string) => parseVp8Descriptor(hex(text))?.dataStart ?? null;
  assert.equal(start("10 aa"), 1);
  assert.equal(start("90 80 11 aa"), 3);
  assert.equal(start("90 80 9111 aa"), 4);
  assert.equal(start("90 f0 9111 22 33 aa"), 6);
  assert.equal(start("90 10 33 aa"), 3);
  for (const cut of ["10", "90", "90 80", "90 80 91 11", "90 f0 9111 22 33"]) {
    assert.equal(start(cut), null, cut);
  }
  assert.deepEqual(parseVp8Descriptor(hex("13 aa")), {
    startsPartition: true,
    partition: 3,
    dataStart: 1,
  });
});

Deno.test("Vp8Format takes the first partition first and once", () => {
  const format = new Vp8Format();
  assert.equal(format.add(hex("00 aa")), false);
  assert.ok(format.add(hex("10 110000")));
  assert.ok(format.add(hex("11 bb")));
  assert.equal(format.add(hex("10 aa")), false);
  const frame = format.finish()!;
  assert.deepEqual([frame.keyFrame, frame.data], [false, hex("110000bb")]);
});

Deno.test("parseVp9Descriptor() passes over ids, layers, references and structures", () => {
  const start = (text: string) => parseVp9Descriptor(hex(text))?.dataStart ?? null;
  assert.equal(start("0c aa"), 1);
  assert.equal(start("8c 11 aa"), 2);
  assert.equal(start("8c 9111 aa"), 3);
  assert.equal(start("ac 11 00 05 aa"), 4);
  assert.equal(start("bc 11 00 aa"), 3);
  assert.equal(start("dc 11 03 05 06 aa"), 5);
  // Two layers with sizes, then a group of one picture with one reference.
  assert.equal(start("0e 38 0140 00f0 0280 01e0 01 04 01 aa"), 13);
  for (const cut of ["0c", "8c", "8c 91", "ac 11 00", "dc 11 03", "0e", "0e 38 0140", "0e 08"]) {
    assert.equal(start(cut), null, cut);
  }
});

Deno.test("Vp9Format makes a superframe of several spatial layers", () => {
  const format = new Vp9Format();
  const first = hex("82 49 83 42 00 01 f0 02 f4 55");
  const second = hex("86 00 11 22");
  // Layers: SID 0 begins and ends, then SID 1 in two packets.
  assert.ok(format.add(new Uint8Array([0x2c, 0x00, 0x00, ...first])));
  assert.ok(format.add(new Uint8Array([0x68, 0x02, 0x00, ...second.subarray(0, 2)])));
  assert.ok(format.add(new Uint8Array([0x64, 0x02, 0x00, ...second.subarray(2)])));
  const frame = format.finish()!;
  assert.equal(frame.keyFrame, true);
  assert.deepEqual(splitSuperframe(frame.data), [first, second]);
});

Deno.test("Vp9Format refuses frames that begin twice or never end", () => {
  const format = new Vp9Format();
  assert.equal(format.add(hex("04 aa")), false);
  assert.ok(format.add(hex("08 aa")));
  assert.equal(format.add(hex("08 aa")), false);
  assert.equal(format.finish(), null);
});
