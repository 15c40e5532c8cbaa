import assert from "node:assert/strict";
import fc from "fast-check";
import { BitReader, BitWriter, removeEmulationPrevention } from "./bit_reader.ts";
import { MalformedMediaError } from "../errors.ts";

Deno.test("BitReader gives back what BitWriter wrote, whatever the widths", () => {
  const field = fc.integer({ min: 0, max: 32 }).chain((width) =>
    fc.record({ width: fc.constant(width), value: fc.integer({ min: 0, max: 2 ** width - 1 }) })
  );
  fc.assert(fc.property(fc.array(field, { maxLength: 40 }), (fields) => {
    const writer = new BitWriter();
    for (const { value, width } of fields) writer.bits(value, width);
    const reader = new BitReader(writer.toBytes());
    for (const { value, width } of fields) assert.equal(reader.bits(width), value);
    assert.ok(reader.remaining < 8);
  }));
});

Deno.test("BitReader.ue() and se() follow table 9-2 and 9-3 of H.264", () => {
  // 1 010 011 00100 00101 00110 00111
  const codes = "1" + "010" + "011" + "00100" + "00101" + "00110" + "00111";
  const writer = new BitWriter();
  for (const bit of codes) writer.bits(Number(bit), 1);
  const unsigned = new BitReader(writer.toBytes());
  assert.deepEqual(Array.from({ length: 7 }, () => unsigned.ue()), [0, 1, 2, 3, 4, 5, 6]);
  const signed = new BitReader(writer.toBytes());
  assert.deepEqual(Array.from({ length: 7 }, () => signed.se()), [-0, 1, -1, 2, -2, 3, -3]);
});

Deno.test("BitReader throws MalformedMediaError at the end and for endless zeros", () => {
  assert.throws(() => new BitReader(Uint8Array.of(1)).bits(9), MalformedMediaError);
  assert.throws(() => new BitReader(Uint8Array.of(1)).skip(9), MalformedMediaError);
  assert.throws(() => new BitReader(new Uint8Array(64)).ue(), MalformedMediaError);
  assert.throws(() => new BitReader(Uint8Array.of(0x20)).ueAtMost(2, "count"), MalformedMediaError);
});

Deno.test("BitReader.ue() reads the longest code, 2^32 - 2", () => {
  const writer = new BitWriter();
  writer.bits(0, 31);
  writer.bits(1, 1);
  writer.bits(2 ** 31 - 1, 31);
  assert.equal(new BitReader(writer.toBytes()).ue(), 2 ** 32 - 2);
});

Deno.test("removeEmulationPrevention() drops every third byte of 00 00 03", () => {
  const clean = (...bytes: number[]) => [...removeEmulationPrevention(Uint8Array.from(bytes))];
  assert.deepEqual(clean(1, 0, 0, 3, 1), [1, 0, 0, 1]);
  assert.deepEqual(clean(0, 0, 3, 0, 0, 3, 0), [0, 0, 0, 0, 0]);
  assert.deepEqual(clean(0, 0, 0, 3), [0, 0, 0]);
  assert.deepEqual(clean(0, 3, 0, 0, 4), [0, 3, 0, 0, 4]);
  const untouched = Uint8Array.of(9, 8, 7);
  assert.equal(removeEmulationPrevention(untouched), untouched);
});
