import assert from "node:assert/strict";
import { announced, announcedStepMs } from "./announced.ts";

/** A Wednesday, noon in London, evening in Shanghai. */
const nowMs = Date.UTC(2026, 10, 25, 12, 0, 0);
const HOUR_MS = 3_600_000;
const say = (inHours: number, options: { timeZone?: string | null; locale?: "en" | "zh" } = {}) =>
  announced(nowMs + inHours * HOUR_MS, {
    nowMs,
    locale: options.locale ?? "en",
    timeZone: options.timeZone === undefined ? "UTC" : options.timeZone,
  });

Deno.test("announced() tells the hour in the viewer's zone and how long until then", () => {
  assert.equal(say(3), "Starts today 15:00, in 3 hours");
  assert.equal(say(3, { timeZone: "Asia/Shanghai" }), "Starts today 23:00, in 3 hours");
  assert.equal(say(5, { timeZone: "Asia/Shanghai" }), "Starts tomorrow 01:00, in 5 hours");
  assert.equal(say(56), "Starts Friday 20:00, in 2 days");
  assert.equal(say(24 * 20), "Starts Dec 15 12:00, in 20 days");
  assert.equal(say(56, { locale: "zh" }), "周五 20:00 开播，2天后");
  assert.equal(say(3, { timeZone: null }), "Starts in 3 hours");
});

Deno.test("announced() counts the last hour down and is silent an hour after", () => {
  assert.equal(say(0.2), "Starts today 12:12, in 12:00");
  assert.equal(say(0.2, { locale: "zh" }), "今天 12:12 开播，还有 12:00");
  assert.match(say(-0.5) ?? "", /any moment/);
  assert.equal(say(-1.1), null);
  assert.equal(announced(null, { nowMs, locale: "en" }), null);
});

Deno.test("announcedStepMs() is a second when seconds are shown", () => {
  assert.equal(announcedStepMs(nowMs + HOUR_MS / 2, nowMs), 1_000);
  assert.equal(announcedStepMs(nowMs + HOUR_MS * 2, nowMs), 60_000);
});
