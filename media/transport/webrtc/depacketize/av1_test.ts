import assert from "node:assert/strict";
import { hex } from "../../../../tests/support/bitstreams.ts";
import { Av1Format, leb128Length, readLeb128, writeLeb128 } from "./av1.ts";

Deno.test("Av1Format joins elements, counted or with lengths, and adds size fields", () => {
  const format = new Av1Format();
  // N, W=2: temporal delimiter with length, then the beginning of a frame that goes on (Y).
  assert.ok(format.add(hex("68 02 1000 30 10aa")));
  // Z, W=1.
  assert.ok(format.add(hex("90 bbcc")));
  const frame = format.finish()!;
  assert.equal(frame.keyFrame, true);
  assert.deepEqual(frame.data, hex("32 04 10aabbcc"));
});

Deno.test("Av1Format keeps extension headers and size fields that are there", () => {
  const format = new Av1Format();
  assert.ok(format.add(hex("00 04 34 08 3000 05 3203 100102")));
  assert.deepEqual(format.finish()!.data, hex("36 08 02 3000 3203 100102"));
});

Deno.test("Av1Format.startsFrame() wants the first packet of a sequence", () => {
  const format = new Av1Format();
  assert.ok(format.startsFrame(hex("68 02 1000 30 10aa")));
  for (const other of ["10 30aa", "90 aa", "98 aa"]) {
    assert.ok(!format.startsFrame(hex(other)), other);
  }
});

Deno.test("Av1Format refuses what does not fit together", () => {
  const fails = (...payloads: string[]) => {
    const format = new Av1Format();
    return !payloads.every((payload) => format.add(hex(payload))) || format.finish() === null;
  };
  assert.ok(fails("90 aa"), "goes on from nothing");
  assert.ok(fails("50 30aa"), "never ends");
  assert.ok(fails("50 30aa", "10 30bb"), "does not go on");
  assert.ok(fails("00 7f 30"), "length past the end");
  assert.ok(fails("00 80"), "length cut short");
  assert.ok(fails("10"), "no element");
  assert.ok(fails("10 10"), "no picture");
});

Deno.test("leb128 is read and written alike", () => {
  for (const value of [0, 127, 128, 300, 16_384, 2 ** 31]) {
    const bytes = new Uint8Array(8);
    const end = writeLeb128(bytes, 0, value);
    assert.equal(end, leb128Length(value));
    assert.deepEqual(readLeb128(bytes, 0), { value, length: end });
  }
  assert.equal(readLeb128(hex("ffffffffff01"), 0), null);
});
