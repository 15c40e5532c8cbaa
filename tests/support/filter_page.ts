/**
 * The filters of the booth in a page of their own, fed with pictures that are known.
 *
 * @module
 */
import * as esbuild from "esbuild";
import { fileURLToPath } from "node:url";

/** A script that leaves the filters at `globalThis.filters`. */
export async function filterScript(): Promise<string> {
  const folder = fileURLToPath(new URL("../../islands/capture/filters/", import.meta.url));
  const result = await esbuild.build({
    stdin: {
      contents: [
        'import { openDrawer } from "./mod.ts";',
        'import { PRESETS, presetOf } from "./presets.ts";',
        "globalThis.filters = { openDrawer, PRESETS, presetOf };",
      ].join("\n"),
      resolveDir: folder,
      loader: "ts",
    },
    bundle: true,
    format: "iife",
    target: "es2022",
    write: false,
    logLevel: "silent",
  });
  await esbuild.stop();
  return result.outputFiles[0]!.text;
}

/** What the filters did to a picture of skin. */
export interface FilterFindings {
  readonly full: boolean;
  /** Standard deviation of the brightness of rough skin, 0 to 255: before, after. */
  readonly skin: readonly [before: number, after: number];
  /** The same of a rough blue wall. */
  readonly wall: readonly [before: number, after: number];
  /** Step of brightness at the edge between skin and hair: before, after. */
  readonly edge: readonly [before: number, after: number];
  /** Mean colour for each filter, and of looks. */
  readonly means: Readonly<Record<string, readonly [red: number, green: number, blue: number]>>;
}

/** Runs in the page: draws, reads, compares. */
export function examineFilters(): FilterFindings {
  // deno-lint-ignore no-explicit-any
  const { openDrawer, PRESETS, presetOf } = (globalThis as any).filters;
  const width = 640;
  const height = 360;
  const face = document.createElement("canvas");
  face.width = width;
  face.height = height;
  const brush = face.getContext("2d")!;
  const picture = brush.createImageData(width, height);
  let seed = 7;
  const rough = () => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return (seed / 2147483648 - 0.5) * 36;
  };
  // Skin on the left, a blue wall on the right, black hair between them.
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const colour = x < 280 ? [214, 160, 132] : x < 360 ? [28, 24, 22] : [70, 100, 190];
      const offset = x < 280 || x >= 360 ? rough() : 0;
      const at = (y * width + x) * 4;
      picture.data.set([...colour.map((part) => part + offset), 255], at);
    }
  }
  brush.putImageData(picture, 0, 0);

  const canvas = document.createElement("canvas");
  const drawer = openDrawer(canvas);
  drawer.resize({ width, height });
  const copy = document.createElement("canvas");
  copy.width = width;
  copy.height = height;
  const paper = copy.getContext("2d", { willReadFrequently: true })!;
  const look = {
    preset: presetOf("none"),
    smoothing: 0,
    brightness: 0,
    warmth: 0,
    mirror: false,
  };
  const draw = (change: object): Uint8ClampedArray => {
    drawer.setLook({ ...look, ...change });
    drawer.draw({ camera: face, screen: null, corner: "top-left" }, 1_000);
    paper.drawImage(canvas, 0, 0);
    return paper.getImageData(0, 0, width, height).data;
  };
  const light = (data: Uint8ClampedArray, x: number, y: number) => {
    const at = (y * width + x) * 4;
    return 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!;
  };
  const roughness = (data: Uint8ClampedArray, left: number, right: number) => {
    let sum = 0;
    let squares = 0;
    let count = 0;
    for (let y = 40; y < height - 40; y++) {
      for (let x = left; x < right; x++) {
        const value = light(data, x, y);
        sum += value;
        squares += value * value;
        count++;
      }
    }
    return Math.sqrt(squares / count - (sum / count) ** 2);
  };
  const step = (data: Uint8ClampedArray) => {
    let sum = 0;
    for (let y = 40; y < height - 40; y++) sum += light(data, 276, y) - light(data, 284, y);
    return sum / (height - 80);
  };
  const mean = (data: Uint8ClampedArray): [number, number, number] => {
    const sums = [0, 0, 0];
    for (let at = 0; at < data.length; at += 4) {
      for (let part = 0; part < 3; part++) sums[part]! += data[at + part]!;
    }
    const [red = 0, green = 0, blue = 0] = sums.map((sum) => sum / (width * height));
    return [red, green, blue];
  };

  const before = draw({}).slice();
  const after = draw({ smoothing: 1 }).slice();
  const means: Record<string, [number, number, number]> = {};
  for (const preset of PRESETS) means[preset.id] = mean(draw({ preset }));
  means["bright"] = mean(draw({ brightness: 1 }));
  means["hot"] = mean(draw({ warmth: 1 }));
  means["mirrored left"] = mean(draw({ mirror: true }).slice(0, 4));
  return {
    full: drawer.full,
    skin: [roughness(before, 60, 240), roughness(after, 60, 240)],
    wall: [roughness(before, 400, 600), roughness(after, 400, 600)],
    edge: [step(before), step(after)],
    means,
  };
}
