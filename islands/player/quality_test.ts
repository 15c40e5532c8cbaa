import assert from "node:assert/strict";
import {
  chosenQuality,
  pictureName,
  qualitiesOf,
  qualityName,
  qualityOfVariant,
} from "./quality.ts";
import { parseQualityChoice } from "./quality_choice.ts";

const variant = (height: number, bitrate: number, frameRate = 30) => ({
  height,
  frameRate,
  bitrate,
});
const LADDER = [
  variant(480, 800_000),
  variant(1080, 4_000_000),
  variant(1080, 6_000_000, 60),
  variant(720, 1_500_000),
  variant(720, 2_500_000),
];

Deno.test("qualitiesOf() names the variants of a ladder, best first", () => {
  const qualities = qualitiesOf(LADDER);
  assert.deepEqual(qualities.map(({ key }) => key), ["1080p60", "1080p", "720p", "480p"]);
  assert.deepEqual(qualities.map(({ variants }) => variants), [[2], [1], [4, 3], [0]]);
  assert.deepEqual(qualitiesOf([]), []);
});

Deno.test("qualitiesOf() tells variants without a size apart by their bit rates", () => {
  const qualities = qualitiesOf([variant(0, 800_000), variant(0, 2_000_000), variant(0, 0)]);
  assert.deepEqual(qualities.map(({ key }) => key), ["2000k", "800k", "1k"]);
});

Deno.test("chosenQuality() finds the same quality, or the nearest one below, or the smallest", () => {
  const qualities = qualitiesOf(LADDER);
  const key = (choice: string) => chosenQuality(qualities, choice)?.key ?? null;
  assert.equal(key("auto"), null);
  assert.equal(key("720p"), "720p");
  assert.equal(key("900p"), "720p");
  assert.equal(key("240p"), "480p");
  assert.equal(key("2160p60"), "1080p60");
  assert.equal(chosenQuality(qualities.slice(0, 1), "720p"), null);
});

Deno.test("qualityOfVariant() finds the quality that plays", () => {
  const qualities = qualitiesOf(LADDER);
  assert.equal(qualityOfVariant(qualities, 3)?.key, "720p");
  assert.equal(qualityOfVariant(qualities, -1), null);
});

Deno.test("pictureName() takes what was measured for the rate that was meant", () => {
  const named = (fps: number | null) =>
    pictureName({ quality: null, width: 1_280, height: 720, fps });
  assert.deepEqual([null, 24, 29, 31, 61, 58, 49].map(named), [
    ...["720p", "720p", "720p", "720p", "720p60", "720p60", "720p50"],
  ]);
  assert.equal(pictureName({ quality: "480p", width: 854, height: 480, fps: 30 }), "480p");
});

Deno.test("qualityName() speaks of frames only when there are many", () => {
  assert.equal(qualityName({ height: 720, frameRate: 29.97 }), "720p");
  assert.equal(qualityName({ height: 1080, frameRate: 59.94 }), "1080p60");
});

Deno.test("parseQualityChoice() replaces what makes no sense by auto", () => {
  assert.equal(parseQualityChoice("1080p60"), "1080p60");
  assert.equal(parseQualityChoice("800k"), "800k");
  for (const text of [null, "", "best", "<b>", "1080p6000", "-1p"]) {
    assert.equal(parseQualityChoice(text), "auto");
  }
});
