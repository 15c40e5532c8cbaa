import assert from "node:assert/strict";
import { keyAction, type KeyPress } from "./keys.ts";

Deno.test("keyAction() leaves keys to fields, buttons, the browser and the page", () => {
  const press: KeyPress = {
    key: "k",
    modified: false,
    typing: false,
    pressable: false,
    inPlayer: false,
    modal: false,
  };
  assert.equal(keyAction(press), "toggle");
  assert.equal(keyAction({ ...press, key: "M" }), "mute");
  assert.equal(keyAction({ ...press, typing: true }), null);
  assert.equal(keyAction({ ...press, modified: true }), null);
  assert.equal(keyAction({ ...press, modal: true }), null);
  assert.equal(keyAction({ ...press, key: " " }), "toggle");
  assert.equal(keyAction({ ...press, key: " ", pressable: true }), null);
  assert.equal(keyAction({ ...press, key: "ArrowUp" }), null);
  assert.equal(keyAction({ ...press, key: "ArrowUp", inPlayer: true }), "louder");
  assert.equal(keyAction({ ...press, key: "constructor" }), null);
});
