import assert from "node:assert/strict";
import { Beauties, Beauty } from "./beauty.ts";
import type { Picture } from "./draw.ts";
import { addLayer, EMPTY_SCENE, type Layer } from "./model.ts";

const PICTURE: Picture = { image: {} as CanvasImageSource, width: 64, height: 36 };

/** Canvases of a browser without WebGL2, or with one that breaks. */
function canvases(webgl: () => unknown = () => null) {
  let made = 0;
  const make = (width: number, height: number) => {
    made++;
    return {
      width,
      height,
      getContext: (kind: string) => kind === "2d" ? { drawImage() {} } : webgl(),
      addEventListener() {},
    } as unknown as OffscreenCanvas;
  };
  return { make, made: () => made };
}

Deno.test("Beauty leaves the picture as it is where there is no WebGL2", () => {
  const { make, made } = canvases();
  const beauty = new Beauty(make);
  assert.equal(beauty.dress(PICTURE, { strength: 1, nowMs: 0 }), PICTURE);
  assert.equal(beauty.dress(PICTURE, { strength: 1, nowMs: 33 }), PICTURE);
  assert.equal(made(), 2, "it is tried once");
});

Deno.test("Beauty goes without the filter, not without the picture, when the GPU gives up", () => {
  const { make } = canvases(() => {
    throw new Error("lost");
  });
  assert.equal(new Beauty(make).dress(PICTURE, { strength: 1, nowMs: 0 }), PICTURE);
});

Deno.test("Beauties dresses only what asks for it", () => {
  const { make, made } = canvases();
  const layer = (id: string, beauty: number): Layer => ({
    id,
    kind: "video",
    name: id,
    fit: "cover",
    mirror: false,
    beauty,
    visible: true,
    box: { x: 0, y: 0, width: 1, height: 1 },
  });
  const pictures = new Map([["a", PICTURE], ["b", PICTURE]]);
  const beauties = new Beauties(make);
  const plain = addLayer(EMPTY_SCENE, layer("a", 0));
  assert.equal(beauties.dress(pictures, { scene: plain, nowMs: 0 }), pictures);
  assert.equal(made(), 0);
  const dressed = beauties.dress(pictures, { scene: addLayer(plain, layer("b", 1)), nowMs: 0 });
  assert.deepEqual([...dressed.keys()], ["a", "b"]);
  assert.equal(made(), 2);
});
