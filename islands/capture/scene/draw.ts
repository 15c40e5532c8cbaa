/**
 * Draws a scene. Pure but for the context it draws on, so that a worker, a page and a test draw
 * the same.
 *
 * @module
 */
import { type Box, boxesOf, type Layer, type Scene } from "./model.ts";

/** What can be drawn of a layer now. */
export interface Picture {
  readonly image: CanvasImageSource;
  /** Its own size, pixels. */
  readonly width: number;
  readonly height: number;
}

/** What is needed of a 2D context. */
export type Brush = Pick<
  CanvasRenderingContext2D,
  | "fillStyle"
  | "font"
  | "textAlign"
  | "textBaseline"
  | "shadowColor"
  | "shadowBlur"
  | "globalAlpha"
  | "fillRect"
  | "fillText"
  | "drawImage"
  | "save"
  | "restore"
  | "translate"
  | "scale"
>;

const GROUND = "#0b0d10";
const EMPTY = "#1b1f27";
const FONT = '600 %px system-ui, "PingFang SC", "Noto Sans CJK SC", sans-serif';

/** One frame of `size` pixels. */
export function drawScene(
  brush: Brush,
  { scene, size, pictures }: {
    readonly scene: Scene;
    readonly size: { readonly width: number; readonly height: number };
    readonly pictures: ReadonlyMap<string, Picture>;
  },
): void {
  brush.fillStyle = GROUND;
  brush.fillRect(0, 0, size.width, size.height);
  const boxes = boxesOf(scene);
  for (const layer of scene.layers) {
    const box = boxes.get(layer.id);
    if (box === undefined) continue;
    const place = {
      x: Math.round(box.x * size.width),
      y: Math.round(box.y * size.height),
      width: Math.round(box.width * size.width),
      height: Math.round(box.height * size.height),
    };
    drawLayer(brush, layer, { place, picture: pictures.get(layer.id) });
  }
  if (scene.watermark !== "") {
    const height = Math.max(12, Math.round(size.height * 0.036));
    words(brush, scene.watermark, {
      x: size.width - height,
      y: size.height - height,
      height,
      color: "#ffffff",
      align: "right",
    });
  }
}

function drawLayer(
  brush: Brush,
  layer: Layer,
  { place, picture }: { readonly place: Box; readonly picture: Picture | undefined },
): void {
  if (layer.kind === "text") {
    words(brush, layer.text, {
      x: place.x,
      y: place.y + place.height,
      height: place.height,
      color: layer.color,
      align: "left",
    });
    return;
  }
  if (picture === undefined || picture.width === 0 || picture.height === 0) {
    if (layer.kind === "image") return;
    brush.fillStyle = EMPTY;
    brush.fillRect(place.x, place.y, place.width, place.height);
    words(brush, layer.name, {
      x: place.x + place.width / 2,
      y: place.y + place.height / 2,
      height: Math.max(10, place.height * 0.06),
      color: "#9aa3b0",
      align: "center",
    });
    return;
  }
  const fit = layer.kind === "image" ? "contain" : layer.fit;
  const parts = fit === "cover" ? covering(picture, place) : containing(picture, place);
  const { from, to } = parts;
  if (layer.kind === "video" && fit === "contain") {
    brush.fillStyle = "#000000";
    brush.fillRect(place.x, place.y, place.width, place.height);
  }
  const mirrored = layer.kind === "video" && layer.mirror;
  if (mirrored) {
    brush.save();
    brush.translate(to.x * 2 + to.width, 0);
    brush.scale(-1, 1);
  }
  brush.drawImage(
    picture.image,
    from.x,
    from.y,
    from.width,
    from.height,
    to.x,
    to.y,
    to.width,
    to.height,
  );
  if (mirrored) brush.restore();
}

/** The middle of the picture that fills the place. */
export function covering(
  picture: Pick<Picture, "width" | "height">,
  place: Box,
): { readonly from: Box; readonly to: Box } {
  const scale = Math.max(place.width / picture.width, place.height / picture.height);
  const width = Math.min(picture.width, place.width / scale);
  const height = Math.min(picture.height, place.height / scale);
  return {
    from: { x: (picture.width - width) / 2, y: (picture.height - height) / 2, width, height },
    to: place,
  };
}

/** All of the picture in the middle of the place. */
export function containing(
  picture: Pick<Picture, "width" | "height">,
  place: Box,
): { readonly from: Box; readonly to: Box } {
  const scale = Math.min(place.width / picture.width, place.height / picture.height);
  const width = Math.round(picture.width * scale);
  const height = Math.round(picture.height * scale);
  return {
    from: { x: 0, y: 0, width: picture.width, height: picture.height },
    to: {
      x: place.x + Math.round((place.width - width) / 2),
      y: place.y + Math.round((place.height - height) / 2),
      width,
      height,
    },
  };
}

function words(
  brush: Brush,
  text: string,
  { x, y, height, color, align }: {
    readonly x: number;
    /** Of the lower edge of the letters. */
    readonly y: number;
    readonly height: number;
    readonly color: string;
    readonly align: CanvasTextAlign;
  },
): void {
  brush.save();
  brush.font = FONT.replace("%", String(Math.round(height * 0.8)));
  brush.textAlign = align;
  brush.textBaseline = "alphabetic";
  // Readable on light and dark pictures.
  brush.shadowColor = "rgb(0 0 0 / 75%)";
  brush.shadowBlur = height * 0.2;
  brush.fillStyle = color;
  brush.fillText(text, x, y - height * 0.18);
  brush.restore();
}
