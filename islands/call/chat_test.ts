import { strictEqual } from "node:assert/strict";
import {
  addChat,
  type ChatEntry,
  decodeChat,
  encodeChat,
  MAX_CHAT_LENGTH,
  tidyChat,
} from "./chat.ts";

Deno.test("decodeChat() takes what encodeChat() made", () => {
  strictEqual(decodeChat(encodeChat("你好 👋\nhello")), "你好 👋\nhello");
});

Deno.test("decodeChat() answers null for what is no text of a chat", () => {
  const wrong = [
    "",
    "{",
    "null",
    "7",
    '{"type":"chat"}',
    '{"type":"chat","text":7}',
    '{"text":"a"}',
  ];
  for (const data of [...wrong, encodeChat("  "), encodeChat("x".repeat(100_000))]) {
    strictEqual(decodeChat(data), null, data.slice(0, 40));
  }
});

Deno.test("tidyChat() takes out controls and reordering, and cuts what is too long", () => {
  strictEqual(tidyChat(" a\u0000b\u202ec \n\n\n\n d "), "a b c \n\n d");
  strictEqual([...tidyChat("😀".repeat(2_000))!].length, MAX_CHAT_LENGTH);
  strictEqual(tidyChat("\ud800"), null);
});

Deno.test("addChat() keeps a bounded list and passes over somebody who floods", () => {
  const entry = (index: number, from: string | null): ChatEntry => ({
    ...{ id: String(index), from, name: "n", text: "t", atMs: index },
  });
  let list: readonly ChatEntry[] = [];
  for (let index = 0; index < 100; index++) list = addChat(list, entry(index, "flood"));
  strictEqual(list.length, 20);
  list = addChat(list, entry(100, "other"));
  strictEqual(list.length, 21);
  for (let index = 0; index < 1_000; index++) list = addChat(list, entry(index * 1_000, "calm"));
  strictEqual(list.length, 300);
});
