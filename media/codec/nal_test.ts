import assert from "node:assert/strict";
import fc from "fast-check";
import { MalformedMediaError } from "../errors.ts";
import {
  forEachNal,
  joinNalUnits,
  MAX_NAL_UNITS,
  type NalLengthSize,
  nalUnits,
  normalizeNalLengths,
  splitAnnexB,
  toAnnexB,
} from "./nal.ts";

/** NAL units as they can be: no start code inside, no zero at the end. */
const nal = fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => {
  const safe = bytes.map((byte) => byte < 2 ? byte + 2 : byte);
  return safe;
});

Deno.test("length fields, Annex B and back give the same NAL units", () => {
  fc.assert(fc.property(fc.array(nal, { minLength: 1, maxLength: 8 }), (units) => {
    const joined = joinNalUnits(units);
    assert.deepEqual(nalUnits(joined), units);
    assert.deepEqual(splitAnnexB(toAnnexB(joined)), units);
    assert.deepEqual(splitAnnexB(toAnnexB(joined, [Uint8Array.of(9, 240)])), [
      Uint8Array.of(9, 240),
      ...units,
    ]);
  }));
});

Deno.test("normalizeNalLengths() turns shorter length fields into 4 bytes", () => {
  for (const lengthSize of [1, 2, 3] as NalLengthSize[]) {
    const data = [2, 0x65, 7, 1, 0x41].flatMap((byte, i) =>
      i === 0 || i === 3 ? [...new Array(lengthSize - 1).fill(0), byte] : [byte]
    );
    assert.deepEqual(
      [...normalizeNalLengths(Uint8Array.from(data), lengthSize)],
      [0, 0, 0, 2, 0x65, 7, 0, 0, 0, 1, 0x41],
    );
  }
});

Deno.test("normalizeNalLengths() returns the same bytes when nothing is to do", () => {
  const data = Uint8Array.of(0, 0, 0, 1, 0x41);
  assert.equal(normalizeNalLengths(data, 4), data);
});

Deno.test("normalizeNalLengths() and toAnnexB() drop empty NAL units", () => {
  const data = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1, 0x41, 0, 0, 0, 0);
  assert.deepEqual([...normalizeNalLengths(data, 4)], [0, 0, 0, 1, 0x41]);
  assert.deepEqual([...toAnnexB(data)], [0, 0, 0, 1, 0x41]);
});

Deno.test("forEachNal() throws MalformedMediaError with the offset of the broken length", () => {
  const walk = (...bytes: number[]) =>
    forEachNal(Uint8Array.from(bytes), { lengthSize: 4, visit: () => {} });
  assert.throws(
    () => walk(0, 0, 0, 1, 0x41, 0xff, 0xff, 0xff, 0xff, 1),
    (error) => error instanceof MalformedMediaError && error.byteOffset === 5,
  );
  assert.throws(() => walk(0, 0, 1), MalformedMediaError);
});

Deno.test("forEachNal() refuses more NAL units than a picture can have", () => {
  const data = new Uint8Array((MAX_NAL_UNITS + 1) * 5).map((_, i) =>
    i % 5 === 3 ? 1 : 0x41 * +(i % 5 === 4)
  );
  assert.throws(() => forEachNal(data, { lengthSize: 4, visit: () => {} }), MalformedMediaError);
});

Deno.test("splitAnnexB() takes 3 and 4 byte start codes and drops trailing zeros", () => {
  const stream = Uint8Array.of(0, 0, 0, 1, 9, 240, 0, 0, 1, 0x67, 1, 0, 0, 0, 0, 1, 0x68, 2, 0, 0);
  assert.deepEqual(splitAnnexB(stream).map((unit) => [...unit]), [[9, 240], [0x67, 1], [0x68, 2]]);
  assert.deepEqual(splitAnnexB(new Uint8Array(0)), []);
  assert.throws(() => splitAnnexB(Uint8Array.of(5, 0, 0, 1, 9)), MalformedMediaError);
  assert.throws(() => splitAnnexB(Uint8Array.of(5, 6, 7)), MalformedMediaError);
});
