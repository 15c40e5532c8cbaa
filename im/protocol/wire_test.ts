import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import fc from "fast-check";
import { MalformedFrameError, packedOf, readFields, textOf, WireWriter } from "./wire.ts";

Deno.test("WireWriter writes the examples of the encoding's description", () => {
  const writer = new WireWriter(1);
  writer.uint(1, 150);
  strictEqual(writer.finish().toHex(), "089601");
  writer.text(2, "testing");
  strictEqual(writer.finish().toHex(), "089601120774657374696e67");
  writer.message(3, () => writer.uint(1, 150));
  strictEqual(writer.finish().toHex(), "089601120774657374696e671a03089601");
  writer.packed(6, [3, 270, 86942]);
  strictEqual(writer.finish().toHex().slice(-16), "3206038e029ea705");
});

Deno.test("numbers, texts and nested messages come back, whatever their size (property)", () => {
  fc.assert(fc.property(
    fc.maxSafeNat(),
    fc.string({ unit: "grapheme", maxLength: 300 }),
    fc.array(fc.maxSafeNat(), { maxLength: 60 }),
    (number, text, numbers) => {
      const writer = new WireWriter(1);
      writer.message(7, () => {
        writer.uint(1, number);
        writer.text(2, text);
        writer.packed(3, numbers);
      });
      const [outer, ...others] = readFields(writer.finish());
      deepStrictEqual(others, []);
      let seen = { number: 0, text: "", numbers: [] as number[] };
      for (const field of readFields(outer!.bytes!)) {
        if (field.field === 1) seen = { ...seen, number: field.value };
        else if (field.field === 2) seen = { ...seen, text: textOf(field) };
        else seen = { ...seen, numbers: packedOf(field) };
      }
      deepStrictEqual(seen, { number, text, numbers });
    },
  ));
});

Deno.test("texts around the borders of a length's size come back", () => {
  for (const size of [0, 1, 42, 43, 126, 127, 128, 5_461, 5_462, 16_383, 16_384]) {
    for (const text of ["a".repeat(size), "万".repeat(size), "é".repeat(size)]) {
      const writer = new WireWriter(8);
      writer.text(1, text);
      writer.uint(2, 7);
      const fields = [...readFields(writer.finish())];
      strictEqual(size === 0 ? "" : textOf(fields[0]!), text);
      strictEqual(fields.at(-1)!.value, 7);
    }
  }
});

Deno.test("WireWriter throws RangeError when a number cannot be written", () => {
  for (const value of [-1, 0.5, NaN, Infinity, 2 ** 53]) {
    throws(() => new WireWriter().uint(1, value), RangeError);
  }
});

Deno.test("readFields() throws MalformedFrameError when a number is above 2^53", () => {
  // 2^53 and −1 as an int32, which protobuf writes in ten bytes.
  for (const hex of ["0880808080808080 10".replace(" ", ""), "08ffffffffffffffffff01"]) {
    throws(() => [...readFields(Uint8Array.fromHex(hex))], MalformedFrameError);
  }
  throws(
    () => packedOf({ field: 1, value: 0, bytes: Uint8Array.fromHex("ffffffffffffffffff01") }),
    MalformedFrameError,
  );
  throws(() => packedOf({ field: 1, value: 0, bytes: Uint8Array.of(0x80) }), MalformedFrameError);
});
