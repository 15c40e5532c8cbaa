import { deepStrictEqual, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { formatCursor, parseCursor } from "./cursor.ts";

Deno.test("a cursor comes back as it was written (property)", () => {
  const score = fc.maxSafeNat();
  fc.assert(
    fc.property(
      fc.record({ room: score, everyone: score, own: score }, { noNullPrototype: true }),
      (place) => {
        deepStrictEqual(parseCursor(formatCursor(place)), place);
      },
    ),
  );
});

Deno.test("parseCursor() gives null when a cursor cannot be read", () => {
  for (
    const text of [
      null,
      undefined,
      "",
      "c1",
      "c1.1.2",
      "c1.1.2.3.4",
      "c2.1.2.3",
      "c1.-1.2.3",
      "c1.A.2.3",
      "c1.1.2.3 ",
      "c1..2.3",
      // Above what a number holds exactly, and longer than any score.
      "c1.zzzzzzzzzzz.0.0",
      `c1.${"1".repeat(12)}.0.0`,
      "x".repeat(10_000),
    ]
  ) strictEqual(parseCursor(text), null, String(text));
  deepStrictEqual(parseCursor("c1.0.0.0"), { room: 0, everyone: 0, own: 0 });
});
