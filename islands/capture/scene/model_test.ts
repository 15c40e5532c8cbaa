import assert from "node:assert/strict";
import fc from "fast-check";
import {
  addLayer,
  boxesOf,
  EMPTY_SCENE,
  type Layer,
  LAYOUTS,
  MAX_LAYERS,
  moveLayer,
  parseScene,
  removeLayer,
  reorderLayer,
  scaleLayer,
  type Scene,
  setLayout,
  storedScene,
} from "./model.ts";

const BOX = { x: 0.1, y: 0.1, width: 0.3, height: 0.2 };

function video(id: string): Layer {
  return {
    id,
    kind: "video",
    name: id,
    fit: "cover",
    mirror: false,
    beauty: 0,
    visible: true,
    box: BOX,
  };
}

function text(id: string): Layer {
  return { id, kind: "text", text: "Hello", color: "#ffffff", visible: true, box: BOX };
}

function sceneOf(...layers: Layer[]): Scene {
  return layers.reduce(addLayer, EMPTY_SCENE);
}

Deno.test("addLayer() keeps what moves below what stands, and takes nothing twice", () => {
  const scene = sceneOf(video("a"), text("t"), video("b"), video("a"));
  assert.deepEqual(scene.layers.map(({ id }) => id), ["a", "b", "t"]);
  const many = Array.from({ length: 30 }, (_, n) => text(String(n)));
  assert.equal(sceneOf(...many).layers.length, MAX_LAYERS);
});

Deno.test("boxesOf() shares the picture as the layout says", () => {
  const scene = sceneOf(video("a"), video("b"), video("c"));
  const of = (layout: Scene["layout"]) => Object.fromEntries(boxesOf({ ...scene, layout }));
  assert.deepEqual(Object.keys(of("single")), ["a"]);
  assert.ok(of("side").b!.x > of("side").a!.x + of("side").a!.width);
  assert.deepEqual(of("pip").a, { x: 0, y: 0, width: 1, height: 1 });
  assert.ok(of("pip").c!.y < of("pip").b!.y);
  // Two above, one in the middle below.
  assert.ok(Math.abs(of("grid").c!.x + of("grid").c!.width / 2 - 0.5) < 1e-9);
});

Deno.test("boxesOf() gives a lone picture the whole place in every layout but the free one", () => {
  for (const layout of LAYOUTS) {
    const box = boxesOf({ ...sceneOf(video("a")), layout }).get("a");
    assert.equal(box?.width, layout === "free" ? 0.3 : 1, layout);
  }
});

Deno.test("moveLayer() of a moving picture leaves the others where they were", () => {
  const scene = setLayout(sceneOf(video("a"), video("b")), "side");
  const before = boxesOf(scene);
  const moved = moveLayer(scene, "b", { x: 0.1, y: 0 });
  assert.equal(moved.layout, "free");
  assert.deepEqual(boxesOf(moved).get("a"), before.get("a"));
  assert.equal(boxesOf(moved).get("b")!.x, before.get("b")!.x + 0.1);
});

Deno.test("moving and scaling never loses a layer out of sight, or makes it too small to hold", () => {
  const step = fc.oneof(
    fc.record({
      x: fc.double({ min: -2, max: 2, noNaN: true }),
      y: fc.double({ min: -2, max: 2, noNaN: true }),
    }),
    fc.double({ min: 0.01, max: 20, noNaN: true }),
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
    let scene = sceneOf(video("a"), video("b"));
    for (const one of steps) {
      scene = typeof one === "number" ? scaleLayer(scene, "a", one) : moveLayer(scene, "a", one);
    }
    const box = boxesOf({ ...scene, layout: "free" }).get("a")!;
    assert.ok(box.x < 1 && box.x + box.width > 0 && box.y < 1 && box.y + box.height > 0);
    assert.ok(Math.min(box.width, box.height) >= 0.05 - 1e-9);
    assert.ok(Math.max(box.width, box.height) <= 1 + 1e-9);
  }));
});

Deno.test("reorderLayer() keeps to its own sort", () => {
  const scene = sceneOf(video("a"), video("b"), text("t"));
  assert.deepEqual(reorderLayer(scene, "a", 1).layers.map(({ id }) => id), ["b", "a", "t"]);
  assert.equal(reorderLayer(scene, "b", 1), scene);
  assert.equal(reorderLayer(scene, "a", -1), scene);
  assert.deepEqual(removeLayer(scene, "b").layers.map(({ id }) => id), ["a", "t"]);
});

Deno.test("parseScene() takes what storedScene() gave, without what has to be opened anew", () => {
  const scene = { ...sceneOf(video("a"), text("t")), layout: "pip", watermark: "W" } as const;
  assert.deepEqual(parseScene(storedScene(scene)), { ...scene, layers: [text("t")] });
});

Deno.test("parseScene() is never surprised", () => {
  for (
    const stored of [null, "", "{", "[]", "7", '{"layers":{}}', '{"layers":[null,3,{"id":1}]}']
  ) {
    assert.deepEqual(parseScene(stored).layers, []);
  }
  const bad = JSON.stringify({
    layout: "spiral",
    layers: [
      { id: "i", kind: "image", data: "https://a.example/x.png", box: BOX },
      { id: "t", kind: "text", text: "a\u0000\u202eb", color: "red", box: BOX },
      { id: "n", kind: "text", text: "x", box: { x: "1" } },
    ],
    watermark: "w".repeat(500),
  });
  const scene = parseScene(bad);
  assert.equal(scene.layout, "single");
  assert.deepEqual(scene.layers, [{ ...text("t"), text: "a b" }]);
  assert.equal(scene.watermark.length, 80);
});
