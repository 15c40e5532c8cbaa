import assert from "node:assert/strict";
import { parseCssFilter } from "./css_filter.ts";
import { presetBeside, presetOf, PRESETS, transformOf } from "./presets.ts";

function apply(css: string, colour: readonly [number, number, number]): number[] {
  const clamp = (value: number) => Math.min(1, Math.max(0, value));
  return parseCssFilter(css).rows.map(([red, green, blue, add]) =>
    Math.round(clamp(red * colour[0] + green * colour[1] + blue * colour[2] + add) * 255)
  );
}

Deno.test("parseCssFilter() gives the colours of the specification", () => {
  // By the matrices of the specification, for rgb(200, 100, 50).
  const colour = [200 / 255, 100 / 255, 50 / 255] as const;
  assert.deepEqual(apply("none", colour), [200, 100, 50]);
  assert.deepEqual(apply("grayscale(1)", colour), [118, 118, 118]);
  assert.deepEqual(apply("invert(1)", colour), [55, 155, 205]);
  assert.deepEqual(apply("brightness(0.5)", colour), [100, 50, 25]);
  assert.deepEqual(apply("contrast(0)", colour), [128, 128, 128]);
  assert.deepEqual(apply("sepia(1)", colour), [165, 147, 114]);
  assert.deepEqual(apply("saturate(0)", colour), [118, 118, 118]);
  assert.deepEqual(apply("hue-rotate(360deg)", colour), [200, 100, 50]);
});

Deno.test("parseCssFilter() applies functions from left to right, and knows percent", () => {
  const white = [1, 1, 1] as const;
  assert.deepEqual(apply("invert(1) brightness(0.5)", white), [0, 0, 0]);
  assert.deepEqual(apply("brightness(50%) invert(100%)", white), [128, 128, 128]);
});

Deno.test("parseCssFilter() adds blurs up and keeps colours plain", () => {
  assert.equal(parseCssFilter("blur(3px) blur(4px)").blurPx, 5);
  assert.equal(parseCssFilter("blur(3px)").plain, true);
  assert.equal(parseCssFilter("sepia(0)").plain, true);
  assert.equal(parseCssFilter("sepia(0.1)").plain, false);
});

Deno.test("parseCssFilter() throws SyntaxError for what it does not know", () => {
  for (const css of ["url(#x)", "drop-shadow(1px 1px)", "sepia", "sepia()", "opacity(0.5)"]) {
    assert.throws(() => parseCssFilter(css), SyntaxError, css);
  }
});

Deno.test("every preset can be drawn, and all differ", () => {
  const seen = PRESETS.map((preset) => JSON.stringify([transformOf(preset), preset.effect]));
  assert.equal(new Set(seen).size, PRESETS.length);
  assert.equal(new Set(PRESETS.map(({ id }) => id)).size, PRESETS.length);
});

Deno.test("presetOf() and presetBeside() go round, and take no stranger", () => {
  assert.equal(presetOf("sepia").id, "sepia");
  assert.equal(presetOf("<script>").id, "none");
  const last = PRESETS.at(-1)!;
  assert.equal(presetBeside("none", -1), last);
  assert.equal(presetBeside(last.id, 1).id, "none");
});
