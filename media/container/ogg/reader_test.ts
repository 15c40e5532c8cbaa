import assert from "node:assert/strict";
import fc from "fast-check";
import { MalformedMediaError } from "../../errors.ts";
import { OggReader } from "./reader.ts";

/** A page (RFC 3533 §6) with a checksum that nobody looks at. */
function page(
  lacing: readonly number[],
  data: readonly number[],
  { continued = false } = {},
): number[] {
  return [
    ...[0x4f, 0x67, 0x67, 0x53, 0, continued ? 1 : 0],
    ...Array(20).fill(0),
    lacing.length,
    ...lacing,
    ...data,
  ];
}

const LONG = Array.from({ length: 300 }, (_, i) => i & 255);
const STREAM = Uint8Array.from([
  ...page([3, 2], [1, 2, 3, 4, 5]),
  // A packet over two pages, then one of no bytes.
  ...page([255], LONG.slice(0, 255)),
  ...page([45, 0], LONG.slice(255), { continued: true }),
]);
const PACKETS = [[1, 2, 3], [4, 5], LONG, []];

Deno.test("OggReader gives whole packets, wherever the stream is cut", () => {
  fc.assert(fc.property(fc.array(fc.nat(STREAM.length), { maxLength: 8 }), (cuts) => {
    const reader = new OggReader();
    const packets: number[][] = [];
    let from = 0;
    for (const to of [...cuts.sort((a, b) => a - b), STREAM.length]) {
      packets.push(...reader.push(STREAM.subarray(from, to)).map((one) => [...one]));
      from = to;
    }
    assert.deepEqual(packets, PACKETS);
  }));
});

Deno.test("OggReader throws MalformedMediaError when there is no page, or an endless packet", () => {
  assert.throws(() => new OggReader().push(Uint8Array.of(0x4f, 0x67, 0x58)), MalformedMediaError);
  const reader = new OggReader();
  assert.throws(() => {
    for (let i = 0; i < 100; i++) {
      reader.push(
        Uint8Array.from(page(Array(255).fill(255), Array(65_025).fill(0), { continued: i > 0 })),
      );
    }
  }, MalformedMediaError);
});
