import assert from "node:assert/strict";
import { parseRange } from "./byte_range.ts";

Deno.test("parseRange() gives the bytes of one range", () => {
  assert.deepEqual(parseRange("bytes=0-0", 10), { first: 0, last: 0 });
  assert.deepEqual(parseRange("bytes=2-", 10), { first: 2, last: 9 });
  assert.deepEqual(parseRange("bytes=2-99", 10), { first: 2, last: 9 });
  assert.deepEqual(parseRange("bytes=-3", 10), { first: 7, last: 9 });
  assert.deepEqual(parseRange("bytes=-99", 10), { first: 0, last: 9 });
});

Deno.test("parseRange() tells what cannot be satisfied from what may be ignored", () => {
  for (const text of ["bytes=10-", "bytes=-0"]) {
    assert.equal(parseRange(text, 10), "unsatisfiable", text);
  }
  assert.equal(parseRange("bytes=-1", 0), "unsatisfiable");
  for (
    const text of [null, undefined, "", "bytes=", "bytes=-", "bytes=5-2", "bytes=0-1,4-5", "x=0-1"]
  ) {
    assert.equal(parseRange(text, 10), null, String(text));
  }
});
