import { strictEqual } from "node:assert/strict";
import { callKey } from "./keys.ts";

const FREE = { modified: false, typing: false, modal: false };

Deno.test("callKey() knows its keys, whatever their case", () => {
  strictEqual(callKey({ key: "m", ...FREE }), "microphone");
  strictEqual(callKey({ key: "M", ...FREE }), "microphone");
  strictEqual(callKey({ key: "?", ...FREE }), "help");
  strictEqual(callKey({ key: "x", ...FREE }), null);
  strictEqual(callKey({ key: "constructor", ...FREE }), null);
});

Deno.test("callKey() leaves keys to whom they belong", () => {
  for (const change of [{ modified: true }, { typing: true }, { modal: true }]) {
    strictEqual(callKey({ key: "m", ...FREE, ...change }), null);
  }
});
