import assert from "node:assert/strict";
import { bytesText, millisecondsText, percentText, rateText } from "./units.ts";

Deno.test("amounts have the unit that keeps them short", () => {
  assert.equal(bytesText(0), "0 B");
  assert.equal(bytesText(999), "999 B");
  assert.equal(bytesText(1_000), "1 KB");
  assert.equal(bytesText(86_000_000), "82 MB");
  assert.equal(bytesText(1_500_000_000), "1.4 GB");
  assert.equal(bytesText(30e9), "28 GB");
  assert.equal(rateText(640.4), "640 kbit/s");
  assert.equal(rateText(2_430), "2.4 Mbit/s");
  assert.equal(rateText(1_200_000), "1.2 Gbit/s");
  assert.equal(percentText(0.126), "13%");
  assert.equal(millisecondsText(2.6), "3 ms");
  assert.equal(millisecondsText(1_234), "1.2 s");
});

Deno.test("amounts that are none read as zero", () => {
  for (const value of [NaN, Infinity, -1]) {
    assert.equal(bytesText(value), "0 B");
    assert.equal(rateText(value), "0 kbit/s");
    assert.equal(percentText(value), "0%");
    assert.equal(millisecondsText(value), "0 ms");
  }
});
