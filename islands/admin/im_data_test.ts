import assert from "node:assert/strict";
import { DEFAULT_IM_SETTINGS } from "../../im/settings.ts";
import { ImRule } from "../../rooms/messages/im_rule.ts";
import { safeParse } from "valibot";
import {
  figureOf,
  IM_FIGURES,
  imDifference,
  imField,
  type ImValue,
  pollRows,
  readIm,
  secondsOf,
} from "./im_data.ts";

/** The fields of a form that shows a value. */
function fieldsOf(im: ImValue): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const { key } of IM_FIGURES) fields[imField(key)] = figureOf(im[key]);
  for (const [lane, ms] of Object.entries(im.ageMs)) fields[imField("age", lane)] = secondsOf(ms);
  const { rows, aboveMs } = pollRows(im);
  rows.forEach(({ viewers, afterMs }, row) => {
    fields[imField("poll", row, "viewers")] = figureOf(viewers);
    fields[imField("poll", row, "after")] = secondsOf(afterMs);
  });
  fields[imField("poll", "above")] = secondsOf(aboveMs);
  for (const kind of im.bigRoomPush) fields[imField("push", kind)] = "on";
  return fields;
}

const read = (fields: Record<string, string>) => readIm((name) => fields[name] ?? "");

Deno.test("readIm() reads what the form shows, unchanged", () => {
  const again = read(fieldsOf(DEFAULT_IM_SETTINGS));
  const push = [...again.bigRoomPush].sort();
  assert.deepEqual(push, [...DEFAULT_IM_SETTINGS.bigRoomPush].sort());
  assert.deepEqual(
    { ...again, bigRoomPush: push },
    { ...DEFAULT_IM_SETTINGS, bigRoomPush: push },
  );
  assert.equal(safeParse(ImRule, again).success, true);
});

Deno.test("readIm() sorts steps, leaves empty ones out, and makes nothing up", () => {
  const fields = fieldsOf(DEFAULT_IM_SETTINGS);
  fields[imField("poll", 0, "viewers")] = "";
  fields[imField("poll", 0, "after")] = " ";
  fields[imField("poll", 7, "viewers")] = "500";
  fields[imField("poll", 7, "after")] = "1.25";
  assert.deepEqual(read(fields).poll.slice(0, 2), [
    { viewers: 500, afterMs: 1_250 },
    { viewers: 2_000, afterMs: 2_000 },
  ]);
  for (const wrong of ["", "x", "-1", "1e9", "2.5"]) {
    const im = read({ ...fields, [imField("maxPerSecond")]: wrong });
    assert.equal(safeParse(ImRule, im).success, false, wrong);
  }
  assert.equal(safeParse(ImRule, read({})).success, false);
});

Deno.test("IM_FIGURES has the bounds of the business", () => {
  for (const { key, min, max } of IM_FIGURES) {
    const accepts = (value: number) =>
      safeParse(ImRule, { ...DEFAULT_IM_SETTINGS, [key]: value }).success;
    assert.deepEqual([min - 1, min, max, max + 1].map(accepts), [false, true, true, false], key);
  }
});

Deno.test("imDifference() names what changed", () => {
  const after = {
    ...DEFAULT_IM_SETTINGS,
    maxPerSecond: 30,
    ageMs: { ...DEFAULT_IM_SETTINGS.ageMs, chat: 12_500 },
    bigRoomPush: ["pk"],
  };
  assert.equal(
    imDifference(DEFAULT_IM_SETTINGS, after, "en"),
    "Messages a viewer gets a second 20 → 30; Age of Chat 10 s → 12.5 s; What big rooms push",
  );
  assert.equal(imDifference(DEFAULT_IM_SETTINGS, DEFAULT_IM_SETTINGS, "zh"), "");
  assert.equal(imDifference(null, { batchMs: 1 }, "en"), null);
});
