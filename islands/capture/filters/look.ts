/**
 * How a picture is to look, whoever draws it.
 *
 * @module
 */
import type { Size } from "../constraints.ts";
import type { FilterPreset } from "./presets.ts";

/** What is done to the camera's picture. */
export interface Look {
  readonly preset: FilterPreset;
  /** Skin smoothing, 0 (off) to 1. */
  readonly smoothing: number;
  /** -1 to 1. */
  readonly brightness: number;
  /** -1 (cold) to 1 (warm). */
  readonly warmth: number;
  readonly mirror: boolean;
}

/** Corners in which a small camera picture may stand over a screen. */
export const CORNERS = ["top-left", "top-right", "bottom-left", "bottom-right"] as const;
/** One of {@linkcode CORNERS}. */
export type Corner = (typeof CORNERS)[number];

/** Whose picture a drawer takes: something with a size that may not be known yet. */
export type PictureSource = HTMLVideoElement | HTMLCanvasElement;

/** What is drawn. */
export interface Composition {
  /** Null: there is none, or it has no picture yet. */
  readonly camera: PictureSource | null;
  readonly screen: PictureSource | null;
  /** Where the camera stands over the screen. */
  readonly corner: Corner;
}

/** A box in pixels, from the top left. */
export interface Box extends Size {
  readonly x: number;
  readonly y: number;
}

/** Draws pictures with a look into a canvas. */
export interface PictureDrawer extends Disposable {
  /** Whether it can smooth skin and do what CSS cannot. */
  readonly full: boolean;
  /** Pixels of the canvas. */
  resize(size: Size): void;
  setLook(look: Look): void;
  /** Text in the corner of the picture; empty: none. */
  setWatermark(text: string): void;
  /** One frame; false when it could not be drawn (the GPU is away). */
  draw(composition: Composition, nowMs: number): boolean;
  /**
   * Small pictures of the camera in all filters, one beside the other in `into`. True when they
   * have arrived there; the GPU needs a frame or two after the first call.
   */
  drawThumbnails(camera: PictureSource, into: ThumbnailSheet): boolean;
}

/** Where small pictures go: one row, all of the same size. */
export interface ThumbnailSheet {
  readonly presets: readonly FilterPreset[];
  /** Pixels of one picture. */
  readonly size: Size;
  /** RGBA of the whole row, top line first: `size.width * presets.length` pixels a line. */
  readonly pixels: ImageData;
}

/** Size of a source in its own pixels; zeros while it has none. */
export function sourceSize(source: PictureSource): Size {
  return "videoWidth" in source
    ? { width: source.videoWidth, height: source.videoHeight }
    : { width: source.width, height: source.height };
}

/** The middle part of a picture that fills a place of another shape, in parts of the picture. */
export function coverPart(
  picture: Size,
  place: Size,
): { readonly width: number; readonly height: number } {
  const ratio = (picture.width / picture.height) / (place.width / place.height);
  return ratio > 1 ? { width: 1 / ratio, height: 1 } : { width: 1, height: ratio };
}

/** The largest box of a picture's shape in the middle of a place. */
export function containBox(picture: Size, place: Size): Box {
  const scale = Math.min(place.width / picture.width, place.height / picture.height);
  const width = Math.round(picture.width * scale);
  const height = Math.round(picture.height * scale);
  return {
    x: Math.round((place.width - width) / 2),
    y: Math.round((place.height - height) / 2),
    width,
    height,
  };
}

/** Share of the picture's width that a small camera takes. */
const INSET_PART = 0.24;
const INSET_MARGIN_PART = 0.02;

/** Where a small camera of a shape stands over a screen. */
export function insetBox(
  { camera, place, corner }: {
    readonly camera: Size;
    readonly place: Size;
    readonly corner: Corner;
  },
): Box {
  const upright = camera.height > camera.width;
  const ratio = camera.width / camera.height;
  const width = Math.round(
    Math.min(place.width * (upright ? INSET_PART * 0.62 : INSET_PART), place.height * 0.5 * ratio),
  );
  const height = Math.round(width / ratio);
  const margin = Math.round(Math.max(place.width, place.height) * INSET_MARGIN_PART);
  return {
    x: corner.endsWith("left") ? margin : place.width - margin - width,
    y: corner.startsWith("top") ? margin : place.height - margin - height,
    width,
    height,
  };
}

/** Height of a watermark's letters for a picture, pixels. */
export function watermarkSize(place: Size): number {
  return Math.max(12, Math.round(Math.min(place.width, place.height) * 0.036));
}
