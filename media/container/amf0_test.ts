import assert from "node:assert/strict";
import fc from "fast-check";
import { hex } from "../../tests/support/bitstreams.ts";
import { MalformedMediaError, UnsupportedMediaError } from "../errors.ts";
import {
  AMF_MAX_BYTES,
  AMF_MAX_COUNT,
  AMF_MAX_DEPTH,
  AmfEcmaArray,
  type AmfEncodable,
  type AmfValue,
  decodeAmf0,
  encodeAmf0,
} from "./amf0.ts";

Deno.test("decodeAmf0() reads a connect command as an encoder sends it", () => {
  const bytes = hex(`
    02 0007 636f6e6e656374  00 3ff0000000000000
    03 0003 617070 02 0004 6c697665
       0008 666c61736856 6572 02 0003 464d4c
       0004 66706164 01 00
       000c 617564696f436f64656373 00 00 40abee0000000000
    000009`.replace("000c 617564696f436f64656373 00", "000b 617564696f436f64656373"));
  assert.deepEqual(decodeAmf0(bytes), ["connect", 1, {
    app: "live",
    flashVer: "FML",
    fpad: false,
    audioCodecs: 3575,
  }]);
});

Deno.test("decodeAmf0() reads every kind of value", () => {
  const cases: [string, AmfValue][] = [
    ["00 4059000000000000", 100],
    ["01 01", true],
    ["02 0003 e4b887", "万"],
    ["05", null],
    ["06", undefined],
    ["0d", undefined],
    ["08 00000063 0001 61 05 0000 09", { a: null }],
    ["0a 00000002 05 01 00", [null, false]],
    ["0b 4278e4c9f5c80000 0000", new Date(0x18e4c9f5c80)],
    ["0c 00000002 6869", "hi"],
    ["0f 00000004 3c612f3e", "<a/>"],
    ["10 0003 466f6f 0001 78 02 0000 0000 09", { x: "" }],
    ["03 0000 05 0000 09", { "": null }],
  ];
  for (const [bytes, value] of cases) assert.deepEqual(decodeAmf0(hex(bytes)), [value], bytes);
});

Deno.test("decodeAmf0() keeps __proto__ as an ordinary key", () => {
  const bytes = encodeAmf0([JSON.parse('{"__proto__":{"polluted":true}}')]);
  const [object] = decodeAmf0(bytes) as [Record<string, unknown>];
  assert.deepEqual(Object.keys(object), ["__proto__"]);
  assert.equal(Object.getPrototypeOf(object), Object.prototype);
  assert.equal("polluted" in {}, false);
});

Deno.test("decodeAmf0() stops at maxValues", () => {
  assert.deepEqual(decodeAmf0(hex("05 01 01 ff"), { maxValues: 2 }), [null, true]);
});

Deno.test("decodeAmf0() throws MalformedMediaError on lengths that are not there", () => {
  // A long string of 4 GiB, a strict array of 4 G values, a string cut short, no end marker.
  const broken = [
    "0c ffffffff 6869",
    "0f ffffffff",
    "0a ffffffff 05",
    "02 ffff 61",
    "03 0001 61",
    "00 00",
    "08 0000",
    "0b 00",
    "01",
    "07 0000",
    "04",
    "0e",
    "ff",
  ];
  for (const bytes of broken) {
    assert.throws(() => decodeAmf0(hex(bytes)), MalformedMediaError, bytes);
  }
  assert.throws(() => decodeAmf0(hex("11 0a")), UnsupportedMediaError);
});

Deno.test("decodeAmf0() bounds depth, count and bytes", () => {
  const nested = (depth: number) => {
    const open = new Array(depth).fill([0x0a, 0, 0, 0, 1]).flat();
    return Uint8Array.from([...open, 0x05]);
  };
  assert.doesNotThrow(() => decodeAmf0(nested(AMF_MAX_DEPTH)));
  assert.throws(() => decodeAmf0(nested(AMF_MAX_DEPTH + 1)), MalformedMediaError);
  assert.throws(() => decodeAmf0(nested(100_000)), MalformedMediaError);
  assert.doesNotThrow(() => decodeAmf0(new Uint8Array(AMF_MAX_COUNT).fill(5)));
  assert.throws(() => decodeAmf0(new Uint8Array(AMF_MAX_COUNT + 1).fill(5)), MalformedMediaError);
  assert.throws(() => decodeAmf0(new Uint8Array(AMF_MAX_BYTES + 1)), MalformedMediaError);
});

Deno.test("encodeAmf0() writes ECMA arrays with their count and long strings above 65,535 bytes", () => {
  assert.deepEqual(
    encodeAmf0([new AmfEcmaArray({ a: 1 })]),
    hex("08 00000001 0001 61 00 3ff0000000000000 0000 09"),
  );
  const long = "x".repeat(70_000);
  const bytes = encodeAmf0([long]);
  assert.equal(bytes[0], 0x0c);
  assert.deepEqual(decodeAmf0(bytes), [long]);
  assert.throws(() => encodeAmf0([{ [long]: 1 }]), RangeError);
  let deep: AmfEncodable = null;
  for (let i = 0; i <= AMF_MAX_DEPTH; i++) deep = { deep };
  assert.throws(() => encodeAmf0([deep]), RangeError);
});

/** Any value that AMF0 can say and that comes back as it was. */
const value: fc.Arbitrary<AmfValue> = fc.letrec<{ value: AmfValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(
      fc.double({ noNaN: true }),
      fc.string({ unit: "grapheme", maxLength: 20 }),
      fc.boolean(),
      fc.constant(null),
      fc.constant(undefined),
      fc.date({ noInvalidDate: true }),
    ),
    fc.array(tie("value"), { maxLength: 5 }),
    fc.dictionary(fc.string({ maxLength: 8 }), tie("value"), { maxKeys: 5, noNullPrototype: true }),
  ),
})).value;

Deno.test("decodeAmf0() gives back what encodeAmf0() wrote", () => {
  fc.assert(fc.property(fc.array(value, { maxLength: 4 }), (values) => {
    assert.deepEqual(decodeAmf0(encodeAmf0(values)), values);
  }));
});

Deno.test("decodeAmf0() throws only typed errors at every cut", () => {
  fc.assert(
    fc.property(fc.array(value, { maxLength: 3 }), (values) => {
      const bytes = encodeAmf0(values);
      for (let length = 0; length < bytes.length; length++) {
        try {
          decodeAmf0(bytes.subarray(0, length));
        } catch (error) {
          assert.ok(error instanceof MalformedMediaError);
        }
      }
    }),
    { numRuns: 30 },
  );
});
