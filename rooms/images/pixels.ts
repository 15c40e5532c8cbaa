/**
 * Work on decoded pixels: four bytes each (red, green, blue, alpha), row by row. Pure.
 *
 * @module
 */
import type { Region } from "./geometry.ts";
import {
  type Orientation,
  type Size,
  storedPixel,
  swapsSides,
  uprightSize,
} from "./orientation.ts";

/** What lies behind transparent pixels, each channel. */
const GROUND = 255;

/**
 * Cuts a region out of a picture that is `width` wide and lays its transparent pixels on white.
 * That comes before any scaling: the colour of a transparent pixel means nothing and would bleed.
 * What is given lies in the memory of `pixels`, which are used up: a copy could be 96 MB more.
 */
export function cutOut(
  pixels: Uint8Array,
  { width, region }: { readonly width: number; readonly region: Region },
): Uint8Array {
  const rowBytes = region.width * 4;
  // A row never moves beyond where the next one still is.
  const result = pixels.subarray(0, rowBytes * region.height);
  for (let row = 0; row < region.height; row++) {
    const from = ((region.y + row) * width + region.x) * 4;
    pixels.copyWithin(row * rowBytes, from, from + rowBytes);
  }
  for (let at = 3; at < result.length; at += 4) {
    const alpha = result[at]!;
    if (alpha === 255) continue;
    for (let channel = at - 3; channel < at; channel++) {
      result[channel] = Math.round((result[channel]! * alpha + GROUND * (255 - alpha)) / 255);
    }
    result[at] = 255;
  }
  return result;
}

/** Turns a picture of size `stored` upright. */
export function turnUpright(
  pixels: Uint8Array,
  { stored, orientation }: { readonly stored: Size; readonly orientation: Orientation },
): Uint8Array {
  if (orientation === 1) return pixels;
  const { width, height } = uprightSize({ ...stored, orientation });
  const result = new Uint8Array(pixels.length);
  let to = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = storedPixel({ x, y }, { stored, orientation });
      const at = (from.y * stored.width + from.x) * 4;
      for (let channel = 0; channel < 4; channel++) result[to++] = pixels[at + channel]!;
    }
  }
  return result;
}

/** The size that becomes `upright` by {@linkcode turnUpright}. */
export function storedSize(upright: Size, orientation: Orientation): Size {
  return swapsSides(orientation) ? { width: upright.height, height: upright.width } : upright;
}
