/**
 * Texts that somebody types to see what happens.
 *
 * @module
 */

/** Nobody may be called so, neither by name nor by display name. */
export const BAD_NAMES: readonly string[] = [
  "",
  "a",
  "   ",
  "x".repeat(33),
  "x".repeat(5_000),
  "line\nbreak",
  "nul\u0000",
  "evil\u202egnp.exe",
  "is\u2066olate",
  "zero\u200bwidth",
  "\u3164\u3164",
  "a" + "\u0301".repeat(9),
  "two  spaces",
];

/** Values that are no text. */
export const NO_TEXTS: readonly unknown[] = [7, true, ["a", "b"], { a: 1 }, 1e308];

/** Texts that look dangerous and are as good as any other, 2 to 32 characters. */
export const ODD_TEXTS: readonly string[] = [
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "'; DROP TABLE rooms; --",
  "${7*7}{{7*7}}",
  "%_%",
  "نور الدين",
  "שלום עולם",
  "👩‍👩‍👧‍👦 family",
  "𠮷野家 𒀀",
  "constructor",
  "__proto__",
];

/** A JSON string with half a surrogate pair, as no well-behaved program sends it. */
export const LONE_SURROGATE_JSON = String.raw`"half \ud83d pair"`;
