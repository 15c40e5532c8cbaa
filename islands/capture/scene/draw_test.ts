import assert from "node:assert/strict";
import { type Brush, containing, covering, drawScene, type Picture } from "./draw.ts";
import { addLayer, EMPTY_SCENE, type Layer, type Scene } from "./model.ts";

/** Notes what is drawn. */
function brush(): Brush & { readonly drawn: string[] } {
  const drawn: string[] = [];
  const note = (name: string) => (...values: unknown[]) => {
    drawn.push(`${name}(${values.filter((value) => typeof value !== "object").join(",")})`);
  };
  return {
    drawn,
    fillRect: note("rect"),
    fillText: note("text"),
    drawImage: note("image"),
    save: note("save"),
    restore: note("restore"),
    translate: note("translate"),
    scale: note("scale"),
  } as unknown as Brush & { readonly drawn: string[] };
}

const SIZE = { width: 1280, height: 720 };
const BOX = { x: 0.5, y: 0.5, width: 0.25, height: 0.1 };
const CAMERA: Layer = {
  id: "c",
  kind: "video",
  name: "Camera",
  fit: "cover",
  mirror: true,
  beauty: 0,
  visible: true,
  box: BOX,
};

Deno.test("drawScene() mirrors, cuts what is too much, and writes the watermark last", () => {
  const scene: Scene = { ...addLayer(EMPTY_SCENE, CAMERA), watermark: "W" };
  const canvas = brush();
  const pictures = new Map<string, Picture>([
    ["c", { image: {} as CanvasImageSource, width: 640, height: 480 }],
  ]);
  drawScene(canvas, { scene, size: SIZE, pictures });
  assert.deepEqual(canvas.drawn.slice(0, 6), [
    "rect(0,0,1280,720)",
    "save()",
    "translate(1280,0)",
    "scale(-1,1)",
    "image(0,60,640,360,0,0,1280,720)",
    "restore()",
  ]);
  assert.match(canvas.drawn.at(-2)!, /^text\(W,/);
});

Deno.test("drawScene() names a source that has no picture yet, and hides what is not visible", () => {
  const canvas = brush();
  const hidden: Layer = { ...CAMERA, id: "h", visible: false };
  const words: Layer = {
    id: "t",
    kind: "text",
    text: "Hi",
    color: "#ffffff",
    visible: true,
    box: BOX,
  };
  const scene = [CAMERA, hidden, words].reduce(addLayer, EMPTY_SCENE);
  drawScene(canvas, { scene, size: SIZE, pictures: new Map() });
  const texts = canvas.drawn.filter((line) => line.startsWith("text("));
  assert.equal(texts.length, 2);
  assert.match(texts[0]!, /^text\(Camera,640,/);
  assert.match(texts[1]!, /^text\(Hi,640,/);
});

Deno.test("covering() and containing() keep the shape of the picture", () => {
  const place = { x: 10, y: 20, width: 100, height: 100 };
  const picture = { width: 400, height: 200 };
  assert.deepEqual(covering(picture, place).from, { x: 100, y: 0, width: 200, height: 200 });
  assert.deepEqual(containing(picture, place).to, { x: 10, y: 45, width: 100, height: 50 });
});
