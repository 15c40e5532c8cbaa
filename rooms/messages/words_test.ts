import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { EMOTES, isEmoteOnly, splitEmotes } from "../../im/protocol/emotes.ts";
import { PALETTE } from "../../im/protocol/styles.ts";
import { ServiceError } from "../errors.ts";
import { parseMessageText, parseOnceId, parseStyle, quoteOf } from "./words.ts";

const refused = (code: string, field: string) => (error: unknown) =>
  error instanceof ServiceError && error.code === code && error.field === field;

Deno.test("parseMessageText() makes one line of what is typed", () => {
  strictEqual(parseMessageText("  你好\n\t世界  👩‍👩‍👧 "), "你好 世界 👩‍👩‍👧");
  strictEqual(parseMessageText("e\u0301"), "é");
  strictEqual(parseMessageText("x".repeat(300)).length, 300);
  strictEqual(parseMessageText("中".repeat(300)).length, 300);
});

Deno.test("parseMessageText() throws for what cannot be shown or is too long", () => {
  for (
    const text of [
      "",
      "   ",
      "x".repeat(301),
      "👍".repeat(257),
      "x".repeat(10_000),
      "a\u0000b",
      "a\u202eb",
      "a\u2066b",
      "\u200b\u200b",
      "\ud800",
      "\u2028\u0007",
    ]
  ) throws(() => parseMessageText(text), refused("invalid", "text"), JSON.stringify(text));
});

Deno.test("parseOnceId() takes short plain names", () => {
  strictEqual(parseOnceId("a-Z_09", "clientId"), "a-Z_09");
  for (const id of ["", "a b", "x".repeat(65), "ü", "a\n"]) {
    throws(() => parseOnceId(id, "requestId"), refused("invalid", "requestId"));
  }
});

Deno.test("parseStyle() looks at the level and the role", () => {
  const member = { level: 0, role: "member" } as const;
  const [free] = PALETTE;
  const dear = PALETTE.at(-1)!;
  deepStrictEqual(parseStyle({}, member), { color: null, mode: "scroll" });
  deepStrictEqual(parseStyle({ color: free!.color.toUpperCase(), mode: "scroll" }, member), {
    color: free!.color,
    mode: "scroll",
  });
  throws(() => parseStyle({ color: dear.color }, member), refused("forbidden", "style.color"));
  throws(() => parseStyle({ color: "#123456" }, member), refused("forbidden", "style.color"));
  throws(() => parseStyle({ color: "red" }, member), refused("invalid", "style.color"));
  throws(() => parseStyle({ mode: "top" }, member), refused("forbidden", "style.mode"));
  throws(() => parseStyle({ mode: "spin" }, member), refused("invalid", "style.mode"));
  const old = { level: dear.level, role: "member" } as const;
  deepStrictEqual(parseStyle({ color: dear.color, mode: "bottom" }, old), {
    color: dear.color,
    mode: "bottom",
  });
  const helper = { level: 0, role: "moderator" } as const;
  deepStrictEqual(parseStyle({ color: dear.color, mode: "top" }, helper).mode, "top");
});

Deno.test("quoteOf() shortens by characters", () => {
  strictEqual(quoteOf("short"), "short");
  strictEqual(quoteOf("👍".repeat(41)), `${"👍".repeat(39)}…`);
});

Deno.test("splitEmotes() tells emotes from words and unknown codes", () => {
  deepStrictEqual(splitEmotes("[smile]hi [nope][fire]"), [
    { emote: "smile" },
    { text: "hi [nope]" },
    { emote: "fire" },
  ]);
  deepStrictEqual(splitEmotes(""), []);
  deepStrictEqual([isEmoteOnly("[smile] [fire]"), isEmoteOnly("[smile] hi"), isEmoteOnly(" ")], [
    true,
    false,
    false,
  ]);
  strictEqual(new Set(EMOTES).size, EMOTES.length);
});
