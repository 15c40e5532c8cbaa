import { doesNotThrow, strictEqual, throws } from "node:assert/strict";
import fc from "fast-check";
import { ServiceError } from "./errors.ts";
import { isRoomId, nameKey, parseName, parsePassword, parseTitle } from "./rules.ts";

const refusal = (field: string) => (error: unknown) =>
  error instanceof ServiceError && error.code === "invalid" && error.field === field;
const runs = { numRuns: Number(Deno.env.get("FUZZ_RUNS") ?? 200) };
const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.string({ unit: "grapheme", maxLength: 34 }),
);

Deno.test("parseName() brings spellings together", () => {
  strictEqual(parseName("  ａｎｎ "), "ann");
  strictEqual(parseName("ﬁlm"), "film");
  strictEqual(parseName("e\u0301a"), "éa");
  strictEqual(parseName("👩‍👩‍👧 x"), "👩‍👩‍👧 x");
});

Deno.test("parseName() counts characters after NFKC", () => {
  strictEqual(parseName("ﷺ").length, 18);
  throws(() => parseName("ﷺﷺ"), refusal("name"));
  doesNotThrow(() => parseName("🎥".repeat(32)));
  throws(() => parseName("🎥".repeat(33)), refusal("name"));
});

Deno.test("nameKey() is the same for what reads the same", () => {
  for (
    const [left, right] of [["Σίσυφος", "ΣΊΣΥΦΟΣ"], ["Straße", "STRASSE"], ["a\u200cb", "AB"], [
      "ſs",
      "SS",
    ]]
  ) {
    strictEqual(nameKey(left as string), nameKey(right as string));
  }
});

Deno.test("parseName() gives what it would accept again, with the same key", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      let name: string;
      try {
        name = parseName(text);
      } catch (error) {
        return refusal("name")(error);
      }
      return parseName(name) === name && nameKey(name) === nameKey(text) &&
        nameKey(nameKey(name)) === nameKey(name) && nameKey(name) !== "";
    }),
    runs,
  );
});

Deno.test("parseTitle() gives what it would accept again, on one line", () => {
  strictEqual(parseTitle(" a\n\t b\u3000c "), "a b c");
  strictEqual(parseTitle("\u200fمرحبا"), "\u200fمرحبا");
  throws(() => parseTitle("\u200f"), refusal("title"));
  fc.assert(
    fc.property(anyText, (text) => {
      try {
        const title = parseTitle(text);
        return parseTitle(title) === title && !/[\n\r\u2028]/.test(title);
      } catch (error) {
        return refusal("title")(error);
      }
    }),
    runs,
  );
});

Deno.test("parsePassword() takes both ways of composing for one", () => {
  strictEqual(parsePassword("pässwörd"), parsePassword("pa\u0308sswo\u0308rd"));
  throws(() => parsePassword("short"), refusal("password"));
});

Deno.test("isRoomId() takes decimal numbers from 100001 on", () => {
  for (const id of ["100001", "999999999999999"]) strictEqual(isRoomId(id), true);
  for (
    const id of [
      "",
      "100000",
      "0100001",
      "100001\n",
      "1e6",
      "-100001",
      "１００００１",
      "1".repeat(16),
    ]
  ) {
    strictEqual(isRoomId(id), false, id);
  }
});
