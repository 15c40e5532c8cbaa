/**
 * The watermark: words in the lower right corner, readable on light and dark pictures.
 *
 * @module
 */
import type { Size } from "../constraints.ts";
import { watermarkSize } from "./look.ts";

/** Longest watermark, characters. */
export const MAX_WATERMARK = 40;

/** The words as a picture with a clear ground, to be laid into the lower right corner of `place`. */
export function drawWatermark(text: string, place: Size): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  const size = watermarkSize(place);
  const font = `600 ${size}px system-ui, "PingFang SC", "Noto Sans CJK SC", sans-serif`;
  let context = canvas.getContext("2d")!;
  context.font = font;
  const width = Math.min(place.width, Math.ceil(context.measureText(text).width) + size * 2);
  canvas.width = Math.max(1, width);
  canvas.height = Math.max(1, Math.round(size * 2.4));
  context = canvas.getContext("2d")!;
  context.font = font;
  context.textAlign = "right";
  context.textBaseline = "middle";
  context.shadowColor = "rgb(0 0 0 / 70%)";
  context.shadowBlur = size * 0.25;
  context.shadowOffsetY = size * 0.06;
  context.fillStyle = "rgb(255 255 255 / 88%)";
  context.fillText(text, canvas.width - size, canvas.height / 2, canvas.width - size * 1.5);
  return canvas;
}

/** What may stand in a picture: one line, not too long, nothing that turns the reading around. */
export function cleanWatermark(text: string): string {
  const clean = text.replace(/\s+/g, " ").replace(/[\p{Cc}\p{Bidi_Control}]/gu, "").trimStart();
  return [...clean].slice(0, MAX_WATERMARK).join("");
}
