/**
 * Draws without a GPU program, for browsers without WebGL2: colours by CSS filters where the
 * browser has them on a canvas, no smoothing, none of the effects.
 *
 * @module
 */
import type { Size } from "../constraints.ts";
import {
  type Box,
  type Composition,
  containBox,
  coverPart,
  insetBox,
  type Look,
  type PictureDrawer,
  type PictureSource,
  sourceSize,
  type ThumbnailSheet,
} from "./look.ts";
import { PRESETS } from "./presets.ts";
import { drawWatermark } from "./watermark.ts";

/** The drawer of a canvas that has no other context. */
export class PlainDrawer implements PictureDrawer {
  readonly full = false;
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  #look: Look = { preset: PRESETS[0]!, smoothing: 0, brightness: 0, warmth: 0, mirror: false };
  #watermark = "";
  #mark: HTMLCanvasElement | null = null;
  #small: CanvasRenderingContext2D | null = null;

  private constructor(canvas: HTMLCanvasElement, context: CanvasRenderingContext2D) {
    this.#canvas = canvas;
    this.#context = context;
  }

  /** Null where a canvas cannot be drawn on at all. */
  static open(canvas: HTMLCanvasElement): PlainDrawer | null {
    const context = canvas.getContext("2d", { alpha: false });
    return context === null ? null : new PlainDrawer(canvas, context);
  }

  /** See {@linkcode PictureDrawer.resize}. */
  resize({ width, height }: Size): void {
    if (this.#canvas.width === width && this.#canvas.height === height) return;
    this.#canvas.width = width;
    this.#canvas.height = height;
    this.#mark = null;
  }

  /** See {@linkcode PictureDrawer.setLook}. */
  setLook(look: Look): void {
    this.#look = look;
  }

  /** See {@linkcode PictureDrawer.setWatermark}. */
  setWatermark(text: string): void {
    if (text === this.#watermark) return;
    this.#watermark = text;
    this.#mark = null;
  }

  /** See {@linkcode PictureDrawer.draw}. */
  draw({ camera, screen, corner }: Composition, _nowMs: number): boolean {
    const context = this.#context;
    const place = this.#canvas;
    const whole: Box = { x: 0, y: 0, width: place.width, height: place.height };
    const cameraSize = camera === null ? null : sourceSize(camera);
    const screenSize = screen === null ? null : sourceSize(screen);
    const seesCamera = cameraSize !== null && cameraSize.width > 0;
    const seesScreen = screenSize !== null && screenSize.width > 0;
    if (!seesCamera && !seesScreen) return false;
    if (seesScreen) {
      context.fillStyle = "#0a0b0e";
      context.fillRect(0, 0, place.width, place.height);
      const box = containBox(screenSize, whole);
      context.drawImage(screen!, box.x, box.y, box.width, box.height);
    }
    if (seesCamera) {
      const box = seesScreen ? insetBox({ camera: cameraSize, place: whole, corner }) : whole;
      this.#drawCamera(context, { camera: camera!, box, css: cssOf(this.#look) });
    }
    if (this.#watermark !== "") {
      const mark = this.#mark ??= drawWatermark(this.#watermark, place);
      context.drawImage(mark, place.width - mark.width, place.height - mark.height);
    }
    return true;
  }

  /** See {@linkcode PictureDrawer.drawThumbnails}. */
  drawThumbnails(camera: PictureSource, into: ThumbnailSheet): boolean {
    const { width, height } = into.size;
    const canvas = this.#small?.canvas ?? document.createElement("canvas");
    const context = this.#small ??= canvas.getContext("2d", { willReadFrequently: true });
    if (context === null || sourceSize(camera).width === 0) return false;
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    for (const [index, preset] of into.presets.entries()) {
      const css = cssOf({ ...this.#look, preset });
      this.#drawCamera(context, { camera, box: { x: 0, y: 0, width, height }, css });
      const { data } = context.getImageData(0, 0, width, height);
      const line = width * 4;
      for (let row = 0; row < height; row++) {
        into.pixels.data.set(
          data.subarray(row * line, (row + 1) * line),
          (row * into.presets.length + index) * line,
        );
      }
    }
    return true;
  }

  /** Nothing is held. */
  [Symbol.dispose](): void {
    this.#mark = null;
    this.#small = null;
  }

  #drawCamera(
    context: CanvasRenderingContext2D,
    { camera, box, css }: {
      readonly camera: PictureSource;
      readonly box: Box;
      readonly css: string;
    },
  ): void {
    const size = sourceSize(camera);
    const part = coverPart(size, box);
    const width = size.width * part.width;
    const height = size.height * part.height;
    context.save();
    context.translate(box.x + (this.#look.mirror ? box.width : 0), box.y);
    if (this.#look.mirror) context.scale(-1, 1);
    // Safari has no filters on a canvas: the picture stays as it is.
    if ("filter" in context) context.filter = css;
    context.drawImage(
      camera,
      (size.width - width) / 2,
      (size.height - height) / 2,
      width,
      height,
      0,
      0,
      box.width,
      box.height,
    );
    context.restore();
  }
}

function cssOf({ preset, brightness, warmth }: Look): string {
  const own = [
    brightness !== 0 && `brightness(${1 + brightness * 0.4})`,
    warmth > 0 && `sepia(${warmth * 0.35})`,
  ].filter(Boolean);
  return [...own, ...(preset.css === "none" ? [] : [preset.css])].join(" ") || "none";
}
