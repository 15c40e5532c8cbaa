import assert from "node:assert/strict";
import { addLayer, boxesOf, EMPTY_SCENE } from "../../capture/scene/model.ts";
import { layerAfterKey } from "./layer_keys.ts";

const SCENE = addLayer(EMPTY_SCENE, {
  id: "t",
  kind: "text",
  text: "Hi",
  color: "#ffffff",
  visible: true,
  box: { x: 0.2, y: 0.2, width: 0.4, height: 0.2 },
});

function press(key: string, change: { shiftKey?: boolean; ctrlKey?: boolean } = {}) {
  const plain = { shiftKey: false, ctrlKey: false, metaKey: false, altKey: false };
  return layerAfterKey({ key, ...plain, ...change }, "t");
}

Deno.test("layerAfterKey() moves by arrows, farther with shift", () => {
  const at = (change: ReturnType<typeof press>) =>
    typeof change === "function" ? boxesOf(change(SCENE)).get("t") : null;
  assert.ok(Math.abs(at(press("ArrowRight"))!.x - 0.21) < 1e-9);
  assert.ok(Math.abs(at(press("ArrowUp", { shiftKey: true }))!.y - 0.15) < 1e-9);
  assert.ok(at(press("+"))!.width > 0.4);
  assert.ok(at(press("-"))!.width < 0.4);
});

Deno.test("layerAfterKey() leaves keys of others alone", () => {
  assert.equal(press("Escape"), "leave");
  assert.equal(press("a"), null);
  assert.equal(press("Tab"), null);
  assert.equal(press("+", { ctrlKey: true }), null);
});
