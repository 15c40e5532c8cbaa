import { strictEqual } from "node:assert/strict";
import { closeNamed, CLOSES, parseCallName } from "./protocol.ts";

Deno.test("parseCallName() folds what people type into one name", () => {
  strictEqual(parseCallName("  Weekly  Meeting "), "weekly-meeting");
  strictEqual(parseCallName("ＡＢＣ１２３"), "abc123");
  strictEqual(parseCallName("周会"), "周会");
  strictEqual(parseCallName("--a--b--"), "a-b");
  strictEqual(parseCallName("a_b"), "a_b");
  const once = parseCallName("Straße İ")!;
  strictEqual(parseCallName(once), once);
});

Deno.test("parseCallName() answers null for what no name can be", () => {
  const wrong = ["", " ", "-", "_a", "a/b", "a.b", "a?b", "..", "\u202ea", "a\u0000", "\ud800"];
  for (const text of [...wrong, "x".repeat(49), "x".repeat(5_000)]) {
    strictEqual(parseCallName(text), null, JSON.stringify(text));
  }
});

Deno.test("closeNamed() tells the closes apart, and their sentences fit into a close frame", () => {
  const codes = new Set<number>();
  for (const [name, [code, sentence]] of Object.entries(CLOSES)) {
    strictEqual(closeNamed(code), name);
    strictEqual(codes.has(code), false, `${code} twice`);
    codes.add(code);
    strictEqual(new TextEncoder().encode(sentence).byteLength <= 123, true);
  }
  strictEqual(closeNamed(1006), null);
});
