import assert from "node:assert/strict";
import {
  categoryField,
  categoryKeyOf,
  originLines,
  readSettings,
  settingWords,
  settingWrong,
  withBefore,
  withKeys,
} from "./settings_data.ts";

Deno.test("categoryKeyOf() makes what can stand in an address", () => {
  assert.equal(categoryKeyOf("Talk"), "talk");
  assert.equal(categoryKeyOf("  Café & Música!  "), "cafe-musica");
  assert.equal(categoryKeyOf("游戏"), "");
  assert.equal(categoryKeyOf("<script>"), "script");
  assert.ok(/^[a-z0-9][a-z0-9-]{0,23}$/.test(categoryKeyOf("A very long name - of a category x")));
});

Deno.test("withKeys() never gives a key twice and leaves those that are there", () => {
  const keys = withKeys([
    { key: "talk", zh: "聊", en: "Talk" },
    { key: "", zh: "聊", en: "Talk" },
    { key: "", zh: "聊", en: "Talk!" },
    { key: "", zh: "游戏", en: "游戏" },
    { key: "", zh: "游戏", en: "" },
  ]).map(({ key }) => key);
  assert.deepEqual(keys, ["talk", "talk-2", "talk-3", "category", "category-2"]);
});

Deno.test("readSettings() reads a form's own settings alone, bounded", () => {
  const form = (fields: Record<string, string>) => (name: string) => fields[name] ?? "";
  const all = form({
    siteName: "Club",
    notice: "",
    signUp: "closed",
    broadcasting: "everyone",
    demo: "on",
    embedFrames: "*\r\n",
  });
  assert.deepEqual(readSettings("site", all), { siteName: "Club", notice: "" });
  assert.deepEqual(readSettings("access", all), {
    signUp: "closed",
    broadcasting: "everyone",
    demo: true,
    pkMix: false,
  });
  assert.deepEqual(readSettings("access", form({})), {
    signUp: "",
    broadcasting: "",
    demo: false,
    pkMix: false,
  });
  assert.deepEqual(readSettings("embedding", all), { embedFrames: ["*"] });
  assert.deepEqual(readSettings("words", form({ words: " a \r\n\nb c", wordAction: "mask" })), {
    words: { list: ["a", "b c"], action: "mask" },
  });
});

Deno.test("readSettings() takes categories in the order of their places, without removed ones", () => {
  const fields: Record<string, string> = {};
  const put = (index: number, row: Record<string, string>) => {
    for (const [name, value] of Object.entries(row)) fields[categoryField(index, name)] = value;
  };
  put(0, { key: "talk", zh: "聊天", en: "Talk", place: "2" });
  put(1, { key: "games", zh: "游戏", en: "Games", place: "1" });
  put(2, { key: "old", zh: "旧", en: "Old", place: "3", remove: "on" });
  put(3, { key: "", zh: "舞", en: "Dance", place: "" });
  put(4, { key: "", zh: " ", en: "", place: "" });
  put(9_999, { key: "far", zh: "远", en: "Far", place: "1" });
  assert.deepEqual(readSettings("categories", (name) => fields[name] ?? ""), {
    categories: [
      { key: "games", zh: "游戏", en: "Games" },
      { key: "talk", zh: "聊天", en: "Talk" },
      { key: "dance", zh: "舞", en: "Dance" },
    ],
  });
});

Deno.test("originLines() leaves out empty lines and closing slashes", () => {
  assert.deepEqual(originLines(" https://a.test/ \r\n\n*\n"), ["https://a.test", "*"]);
  assert.deepEqual(originLines("  \n "), []);
});

Deno.test("withBefore() finds the older value of the same setting", () => {
  const at = { actor: "root", atMs: 0 };
  const changes = [
    { id: 3, key: "demo", value: false, ...at },
    { id: 2, key: "siteName", value: "B", ...at },
    { id: 1, key: "demo", value: true, ...at },
  ];
  const defaults = { demo: false, siteName: "A" };
  assert.deepEqual(
    withBefore(changes, { complete: true, defaults }).map(({ before }) => before?.value),
    [true, "A", false],
  );
  const some = withBefore(changes, { complete: false, defaults });
  assert.deepEqual(some.map(({ before }) => before !== null), [true, false, false]);
});

Deno.test("settingWords() says values in the reader's language", () => {
  assert.equal(settingWords("demo", true, "en"), "on");
  assert.equal(settingWords("signUp", "closed", "zh"), "关闭");
  assert.equal(settingWords("embedFrames", ["*"], "en"), "every site");
  assert.equal(settingWords("embedFrames", [], "en"), "nothing");
  assert.equal(settingWords("siteName", "<b>", "en"), "“<b>”");
  const categories = [{ key: "a", zh: "甲", en: "A" }, { key: "b", zh: "乙", en: "B" }];
  assert.equal(settingWords("categories", categories, "zh"), "甲、乙");
  assert.equal(settingWords("categories", categories, "en"), "A, B");
  assert.equal(settingWords("gone", { a: 1 }, "en"), '{"a":1}');
  assert.match(settingWrong("siteName", "en"), /40/);
});
