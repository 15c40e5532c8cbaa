import assert from "node:assert/strict";
import {
  formatCount,
  formatDuration,
  formatRelative,
  groupDigits,
  type Locale,
  LOCALES,
  negotiateLocale,
  parseLocale,
} from "./mod.ts";
import { roomText } from "./room.ts";
import { plural } from "./texts.ts";

/** The table of every area file of this folder, by the name of its export. */
async function areas(): Promise<Map<string, (locale: Locale) => Record<string, unknown>>> {
  const found = new Map<string, (locale: Locale) => Record<string, unknown>>();
  for await (const { name } of Deno.readDir(import.meta.dirname!)) {
    if (/(^mod|^texts|_test)\.ts$/.test(name)) continue;
    for (const [key, value] of Object.entries(await import(`./${name}`))) {
      if (key.endsWith("Text")) {
        found.set(key, value as (locale: Locale) => Record<string, unknown>);
      }
    }
  }
  return found;
}

Deno.test("every area has every text in every language, with the same shape", async () => {
  const found = await areas();
  assert.ok(found.size > 8, "the areas were found");
  for (const [area, table] of found) {
    const original = table("en");
    for (const locale of LOCALES) {
      const translated = table(locale);
      assert.deepEqual(Object.keys(translated).sort(), Object.keys(original).sort(), area);
      for (const [key, text] of Object.entries(translated)) {
        assert.equal(typeof text, typeof original[key], `${locale}: ${area}.${key}`);
        if (typeof text === "string") assert.notEqual(text.trim(), "", `${area}.${key}`);
        else assert.equal(typeof text, "function", `${area}.${key}`);
      }
    }
  }
});

Deno.test("Chinese text is Chinese: no sentence was left in English", async () => {
  for (const [area, table] of await areas()) {
    for (const [key, text] of Object.entries(table("zh"))) {
      if (typeof text === "string") assert.match(text, /\p{Script=Han}/u, `${area}.${key}`);
    }
  }
});

Deno.test("every area says something for a count of none, one and many", async () => {
  for (const [area, table] of await areas()) {
    for (const locale of LOCALES) {
      for (const [key, text] of Object.entries(table(locale))) {
        if (typeof text !== "function") continue;
        for (const count of [0, 1, 2]) {
          const said: unknown = text(...Array(text.length).fill(count));
          assert.ok(typeof said === "string" && said.trim() !== "", `${locale}: ${area}.${key}`);
          assert.doesNotMatch(said, /undefined|NaN|\[object/, `${locale}: ${area}.${key}`);
        }
      }
    }
  }
});

Deno.test("formatCount() abbreviates from ten thousand on, and never rounds up", () => {
  assert.equal(formatCount(0, "en"), "0");
  assert.equal(formatCount(9_842, "en"), "9,842");
  assert.equal(formatCount(9_999, "zh"), "9,999");
  assert.equal(formatCount(10_000, "zh"), "1万");
  assert.equal(formatCount(32_480, "zh"), "3.2万");
  assert.equal(formatCount(32_480, "en"), "32K");
  assert.equal(formatCount(99_999, "zh"), "9.9万");
  assert.equal(formatCount(12_345_678, "zh"), "1,234万");
  assert.equal(formatCount(120_000_000, "zh"), "1.2亿");
  assert.equal(formatCount(1_250_000, "en"), "1.2M");
  assert.equal(formatCount(NaN, "en"), "0");
  assert.equal(formatCount(-5, "en"), "0");
});

Deno.test("groupDigits() separates thousands of the whole part only", () => {
  assert.equal(groupDigits(2480), "2,480");
  assert.equal(groupDigits(29.97, 1), "30.0");
  assert.equal(groupDigits(1234567.12345, 4), "1,234,567.1235");
});

Deno.test("counted things have the right form", () => {
  assert.equal(plural(0, { one: "room", many: "rooms" }), "rooms");
  assert.equal(plural(1, { one: "room", many: "rooms" }), "room");
  assert.equal(roomText("en").watching(1, "1"), "1 viewer");
  assert.equal(roomText("en").watching(2, "2"), "2 viewers");
  assert.equal(roomText("zh").watching(2, "2"), "2 人");
});

Deno.test("formatDuration() leaves out hours that have not come", () => {
  assert.equal(formatDuration(0), "0:00");
  assert.equal(formatDuration(245_900), "4:05");
  assert.equal(formatDuration(5_076_000), "01:24:36");
  assert.equal(formatDuration(-1), "0:00");
});

Deno.test("formatRelative() is relative until a day has passed", () => {
  const nowMs = Date.UTC(2026, 4, 2, 12);
  assert.equal(formatRelative(nowMs - 5_000, { nowMs, locale: "en" }), "just now");
  assert.equal(formatRelative(nowMs - 180_000, { nowMs, locale: "en" }), "3 minutes ago");
  assert.equal(formatRelative(nowMs - 7_200_000, { nowMs, locale: "zh" }), "2小时前");
  assert.match(formatRelative(nowMs - 90_000_000, { nowMs, locale: "en" }), /May 1, 2026/);
});

Deno.test("negotiateLocale() follows quality values and falls back to English", () => {
  assert.equal(negotiateLocale("zh-CN,zh;q=0.9,en;q=0.8"), "zh");
  assert.equal(negotiateLocale("en;q=0.3, zh-TW;q=0.4"), "zh");
  assert.equal(negotiateLocale("zh;q=0, fr"), "en");
  assert.equal(negotiateLocale("fr-FR"), "en");
  assert.equal(negotiateLocale(null), "en");
  assert.equal(negotiateLocale(";;;,q=,zh;q=abc"), "en");
  assert.equal(negotiateLocale(`${"fr,".repeat(5000)}zh`), "en");
});

Deno.test("parseLocale() knows our languages alone", () => {
  assert.equal(parseLocale("zh"), "zh");
  assert.equal(parseLocale("ZH"), null);
  assert.equal(parseLocale("__proto__"), null);
  assert.equal(parseLocale(undefined), null);
});
