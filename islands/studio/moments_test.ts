import assert from "node:assert/strict";
import { formatMoment, momentInput, parseMomentInput, zoneName } from "./moments.ts";

const AT_MS = Date.UTC(2026, 6, 3, 20, 30);

Deno.test("momentInput() and parseMomentInput() are inverse to the minute, on both clocks", () => {
  assert.equal(momentInput(AT_MS + 12_345, "utc"), "2026-07-03T20:30");
  for (const clock of ["utc", "local"] as const) {
    // Both sides of a change of summer time, wherever this runs.
    for (const atMs of [AT_MS, Date.UTC(2026, 0, 15, 3, 5)]) {
      assert.equal(parseMomentInput(momentInput(atMs, clock), clock), atMs, clock);
    }
  }
});

Deno.test("momentInput() has no text for what is no moment", () => {
  assert.equal(momentInput(null, "utc"), "");
  assert.equal(momentInput(NaN, "utc"), "");
});

Deno.test("parseMomentInput() tells nothing from nonsense", () => {
  assert.equal(parseMomentInput("", "utc"), null);
  assert.equal(parseMomentInput("  ", "local"), null);
  assert.equal(parseMomentInput("2026-07-03T20:30:15.5", "utc"), AT_MS + 15_500);
  const nonsense = ["tomorrow", "2026-07-03", "2026-13-40T99:99", "1e9", "2026-07-03T20:30Z", "🎉"];
  for (const text of nonsense) {
    assert.ok(Number.isNaN(parseMomentInput(text, "utc")), text);
  }
});

Deno.test("formatMoment() says that it is UTC when nobody knows the reader's zone", () => {
  assert.equal(formatMoment(AT_MS, { locale: "en", clock: "utc" }), "Jul 3, 20:30 UTC");
  assert.equal(formatMoment(AT_MS, { locale: "zh", clock: "utc" }), "7月3日 20:30 UTC");
  assert.doesNotMatch(formatMoment(AT_MS, { locale: "en", clock: "local" }), /UTC/);
});

Deno.test("zoneName() names the browser's zone with its offset", () => {
  assert.match(zoneName(AT_MS), /^(UTC|[\w/+-]+ \(UTC[+-]\d{1,2}(:\d\d)?\))$/);
});
