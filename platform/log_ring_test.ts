import assert from "node:assert/strict";
import { LogRing } from "./log_ring.ts";

const entry = (text: string) => ({ atMs: 0, level: "info", event: "e", text } as const);
const all = { maxLines: 1000, maxBytes: 1_000_000 };

Deno.test("LogRing drops the oldest events and says from where on it has them", () => {
  const ring = new LogRing({ maxLines: 3 });
  assert.equal(ring.from, 1);
  for (const text of ["a", "b", "c", "d"]) ring.push(entry(text));
  assert.deepEqual(ring.after(0, all).map(({ n, text }) => [n, text]), [[2, "b"], [3, "c"], [
    4,
    "d",
  ]]);
  assert.equal(ring.from, 2);
  assert.deepEqual(ring.after(4, all), []);
});

Deno.test("LogRing cuts a text at its bytes and never inside a character", () => {
  const ring = new LogRing({ maxTextBytes: 7 });
  ring.push(entry("万人万"));
  ring.push(entry("a😀😀"));
  ring.push({ ...entry("x"), event: "e".repeat(300), role: "supervisor" });
  const [first, second, third] = ring.after(0, all);
  assert.equal(first.text, "万人");
  assert.equal(second.text, "a😀");
  assert.equal(third.event.length, 128);
  assert.equal(third.role, "supervisor");
});

Deno.test("LogRing.after() is bounded by lines and by bytes; one event always fits", () => {
  const ring = new LogRing();
  for (const text of ["aaaa", "bb", "cc", "dd"]) ring.push(entry(text));
  const texts = (maxLines: number, maxBytes: number) =>
    ring.after(0, { maxLines, maxBytes }).map(({ text }) => text);
  assert.deepEqual(texts(2, 100), ["aaaa", "bb"]);
  assert.deepEqual(texts(100, 8), ["aaaa", "bb", "cc"]);
  assert.deepEqual(texts(100, 1), ["aaaa"]);
});
