import assert from "node:assert/strict";
import { Unwrapper } from "./unwrap.ts";

Deno.test("Unwrapper goes on over the end of the range", () => {
  const sequence = Unwrapper.sequence();
  assert.deepEqual([65534, 65535, 0, 1].map((value) => sequence.unwrap(value)), [
    65534,
    65535,
    65536,
    65537,
  ]);
  assert.equal(sequence.highest, 65537);
});

Deno.test("Unwrapper takes late values back over the end, and below the first", () => {
  const sequence = Unwrapper.sequence();
  sequence.unwrap(2);
  assert.equal(sequence.unwrap(65535), -1);
  assert.equal(sequence.unwrap(3), 3);
  assert.equal(sequence.peek(65534), -2);
  assert.equal(sequence.highest, 3);
});

Deno.test("Unwrapper keeps 32-bit timestamps exact over many turns", () => {
  const timestamp = Unwrapper.timestamp();
  let expected = 0xfffffff0;
  timestamp.unwrap(expected);
  for (let i = 0; i < 50; i++) {
    expected += 0x50000000;
    assert.equal(timestamp.unwrap(expected % 2 ** 32), expected);
  }
  timestamp.reset();
  assert.equal(timestamp.unwrap(5), 5);
});
