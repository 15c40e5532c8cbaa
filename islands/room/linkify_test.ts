import assert from "node:assert/strict";
import { linkify } from "./linkify.ts";

const links = (text: string) => linkify(text).filter(({ href }) => href !== null);

Deno.test("linkify() finds addresses and leaves the sentence around them alone", () => {
  assert.deepEqual(linkify("See https://a.example/x, and (http://b.example/y_(z))."), [
    { text: "See ", href: null },
    { text: "https://a.example/x", href: "https://a.example/x" },
    { text: ", and (", href: null },
    { text: "http://b.example/y_(z)", href: "http://b.example/y_(z)" },
    { text: ").", href: null },
  ]);
  assert.deepEqual(links("微博：https://weibo.com/u/1，欢迎关注。"), [
    { text: "https://weibo.com/u/1", href: "https://weibo.com/u/1" },
  ]);
});

Deno.test("linkify() makes a link of nothing but http and https", () => {
  for (
    const text of [
      "javascript:alert(1)",
      "data:text/html,<script>alert(1)</script>",
      "vbscript:x //a.example",
      "https://",
      "https://user:secret@bank.example",
      "https://bank.example@evil.example",
      "http:// a.example",
      "ftp://a.example/",
    ]
  ) {
    assert.deepEqual(links(text), [], text);
  }
});

Deno.test("linkify() ends an address at quotes, brackets and characters that reorder text", () => {
  assert.deepEqual(links('https://a.example/"onclick="x')[0]?.text, "https://a.example/");
  assert.deepEqual(links("https://a.example/<b>")[0]?.text, "https://a.example/");
  assert.deepEqual(links("https://a.example/\u202egpj.exe")[0]?.text, "https://a.example/");
});

Deno.test("linkify() loses nothing of the text", () => {
  for (
    const text of [
      "",
      "plain\ntext",
      "https://a.example",
      "x https://a.example y https://b.example!",
    ]
  ) {
    assert.equal(linkify(text).map((piece) => piece.text).join(""), text);
  }
});

Deno.test("linkify() makes at most fifty links, in time that grows with the text alone", () => {
  const text = "https://a.example/ ".repeat(80);
  assert.equal(links(text).length, 50);
  const hostile = "https://" + ".".repeat(100_000);
  assert.equal(linkify(hostile).map((piece) => piece.text).join(""), hostile);
});
