import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { WordFilter } from "./word_filter.ts";

const ENGLISH = ["shit", "fuck*", "bastard", "hell", "ass", "anal", "free money", "cock", "rape"];
const CHINESE = ["法轮功", "傻逼", "妈的", "加微信", "代开发票"];
const filter = new WordFilter([...ENGLISH, ...CHINESE]);

const ORDINARY = [
  "He'll pass the class, I guess; she'd assess it as well.",
  "Shiitake and a peacock at the grape harvest in Scunthorpe",
  "We'll pay 100 for the analysis, it's cool!!!",
  "hello, shell and Hellmann's: hellos all over",
  "I am an al dente fan, as slow as ever",
  "This is free, and money is no matter",
  "drape therapist skyrape", // letters within longer words
  "Room 5 at 1:30 | @alice 4ever $5",
  "yes! no! wow!! (really?)",
  "妈妈的生日快乐，大家吃好喝好",
  "这个方法轮到我来试了，功夫不负有心人",
  "加个微信群可以吗？微信里说",
  "代码开发完成，发票已经寄出",
  "哈哈哈哈哈哈 666666 主播好棒",
  "他很傻。逼真的画面",
  "Как дела? Всё хорошо, спасибо",
  "Γειά σου, τι κάνεις;",
  "👩‍👩‍👧 [smile][heart] 🎉🎉🎉",
];

Deno.test("WordFilter leaves ordinary sentences alone", () => {
  for (const sentence of ORDINARY) {
    strictEqual(filter.matches(sentence), false, sentence);
    strictEqual(filter.mask(sentence), sentence);
  }
});

Deno.test("WordFilter finds words however they are dressed", () => {
  const dressed = [
    "SHIT",
    "ｓｈｉｔ",
    "s h i t",
    "s.h.i.t",
    "s-h_i*t",
    "s\u200bh\u200bi\u200bt",
    "shiiiit",
    "shittt!",
    "s h i i i t",
    "sh1t",
    "$hit",
    "ѕһіт",
    "ѕhіt",
    "shít",
    "𝓼𝓱𝓲𝓽",
    "ⓢⓗⓘⓣ",
    "你shit吧",
    "fuckers",
    "freemoney",
    "free   money",
    "法 轮 功",
    "法-轮-功",
    "练法 轮功吧",
    "加★微★信",
    "傻 逼",
    "你真傻逼啊",
    "傻傻傻逼",
  ];
  for (const text of dressed) ok(filter.matches(text), text);
});

Deno.test("WordFilter.mask() hides the letters of a word and nothing else", () => {
  deepStrictEqual(
    ["what the SHIT man", "ｓｈｉｔ!", "s h i t", "你加微信吗", "fuckers", "a 😀 shit 😀"]
      .map((text) => filter.mask(text)),
    ["what the **** man", "****!", "* * * *", "你***吗", "****ers", "a 😀 **** 😀"],
  );
});

Deno.test("an empty WordFilter, and words without a letter, match nothing", () => {
  strictEqual(new WordFilter([]).matches("shit"), false);
  strictEqual(new WordFilter(["***", "!"]).matches("*** ! a"), false);
});

const wide = (char: string) => {
  const code = char.charCodeAt(0);
  return code > 0x20 && code < 0x7f ? String.fromCharCode(code + 0xfee0) : char;
};
const word = fc.constantFrom("shit", "bastard", "法轮功", "代开发票", "加微信");
const around = fc.constantFrom("", "hey ", "so ", "主播 ", "!! ");

Deno.test("WordFilter finds every mix of width, case, gaps and repetitions", () => {
  fc.assert(fc.property(
    word,
    around,
    around,
    fc.constantFrom("", " ", ".", "-", "*", "_", "·", "\u200b", "\u2060"),
    fc.infiniteStream(fc.record({
      wide: fc.boolean(),
      upper: fc.boolean(),
      times: fc.constantFrom(1, 1, 3, 5),
    })),
    (secret, before, behind, gap, dresses) => {
      const dress = dresses[Symbol.iterator]();
      const letters = [...secret].map((char) => {
        const how = dress.next().value!;
        const cased = how.upper ? char.toUpperCase() : char;
        return (how.wide ? wide(cased) : cased).repeat(how.times);
      });
      const text = `${before}${letters.join(gap)} ${behind}`;
      ok(filter.matches(text), text);
      const masked = filter.mask(text);
      strictEqual(filter.matches(masked), false, masked);
    },
  ));
});

Deno.test("WordFilter.mask() keeps the length of any text, and takes any text", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const masked = filter.mask(text);
    strictEqual([...masked].length, [...text].length);
  }));
});
