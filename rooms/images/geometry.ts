/**
 * Which part of a picture is kept, how large it becomes, and how it is turned upright. Pure.
 *
 * Coordinates are pixels. A picture is *stored* as its file says and *upright* after its EXIF
 * orientation was applied, as everybody sees it.
 *
 * @module
 */
import { ServiceError } from "../errors.ts";
import { ImageRefusal } from "./errors.ts";
import { type ImageHeader, MIN_SIDE } from "./inspect.ts";
import { type Orientation, type Size, storedPixel, uprightSize } from "./orientation.ts";

/** Sides of an avatar. */
export const AVATAR_SIDE = 256;
/** Widest cover; it is 16:9. */
export const COVER_WIDTH = 1_280;
/** Narrowest part of a picture that becomes a cover. */
export const MIN_COVER_WIDTH = 320;
/** What is beyond the picture by rounding alone, pixels. */
const TOLERANCE = 1;

/** A square of the upright picture. */
export interface SquareCrop {
  /** Left edge as a fraction of the width. */
  readonly x: number;
  /** Upper edge as a fraction of the height. */
  readonly y: number;
  /** Side as a fraction of the shorter side. */
  readonly size: number;
}

/** A rectangle of whole pixels. */
export interface Region extends Size {
  readonly x: number;
  readonly y: number;
}

/** What is done with a picture. */
export interface Plan {
  /** Size that its header promised, stored. */
  readonly source: Size;
  readonly orientation: Orientation;
  /** What is cut out, stored. */
  readonly region: Region;
  /** Size of the result, upright. */
  readonly target: Size;
}

/**
 * Plans an avatar of 256 × 256 from a square; without one from the largest in the middle.
 *
 * @throws {ServiceError} `invalid` when the square is not within the picture.
 * @throws {ImageRefusal} `too_small` when the square has less than 16 pixels a side.
 */
export function planAvatar(header: ImageHeader, crop: SquareCrop | null): Plan {
  const upright = uprightSize(header);
  const shorter = Math.min(upright.width, upright.height);
  const square = crop === null ? centred(upright, { width: shorter, height: shorter }) : squareOf(
    crop,
    upright,
  );
  if (square.width < MIN_SIDE) {
    throw new ImageRefusal(
      "too_small",
      `Cannot use this part of the picture: its side has ${square.width} pixels, at least ` +
        `${MIN_SIDE} are needed`,
    );
  }
  return plan(header, square, { width: AVATAR_SIDE, height: AVATAR_SIDE });
}

/**
 * Plans a cover from the largest 16:9 part in the middle: at most 1280 × 720, never enlarged.
 *
 * @throws {ImageRefusal} `too_small` when that part is less than 320 wide.
 */
export function planCover(header: ImageHeader): Plan {
  const upright = uprightSize(header);
  const width = Math.min(upright.width, Math.floor(upright.height * 16 / 9));
  if (width < MIN_COVER_WIDTH) {
    throw new ImageRefusal(
      "too_small",
      `Cannot use the picture as a cover: ${upright.width} × ${upright.height} pixels, at least ` +
        `${MIN_COVER_WIDTH} × ${MIN_COVER_WIDTH * 9 / 16} are needed`,
    );
  }
  const height = Math.min(upright.height, Math.round(width * 9 / 16));
  const targetWidth = Math.min(width, COVER_WIDTH);
  return plan(header, centred(upright, { width, height }), {
    width: targetWidth,
    height: Math.round(targetWidth * 9 / 16),
  });
}

function plan(header: ImageHeader, upright: Region, target: Size): Plan {
  const { width, height, orientation } = header;
  const source = { width, height };
  return { source, orientation, region: storedRegion(upright, { source, orientation }), target };
}

function squareOf({ x, y, size }: SquareCrop, { width, height }: Size): Region {
  const wrong = (field: keyof SquareCrop, why: string) =>
    new ServiceError("invalid", `Cannot accept ${field}: ${why}`, { field });
  for (const [field, value] of Object.entries({ x, y, size })) {
    if (!(value >= 0 && value <= 1)) throw wrong(field as keyof SquareCrop, "it must be 0 to 1");
  }
  if (size === 0) throw wrong("size", "it must be above 0");
  const side = Math.max(1, Math.round(size * Math.min(width, height)));
  const place = (field: "x" | "y", length: number) => {
    const from = Math.round((field === "x" ? x : y) * length);
    if (from + side > length + TOLERANCE) throw wrong(field, "the square leaves the picture");
    return Math.max(0, Math.min(from, length - side));
  };
  return { x: place("x", width), y: place("y", height), width: side, height: side };
}

function centred(whole: Size, part: Size): Region {
  return {
    x: Math.floor((whole.width - part.width) / 2),
    y: Math.floor((whole.height - part.height) / 2),
    ...part,
  };
}

function storedRegion(
  region: Region,
  { source, orientation }: { readonly source: Size; readonly orientation: Orientation },
): Region {
  const corner = (x: number, y: number) => storedPixel({ x, y }, { stored: source, orientation });
  const one = corner(region.x, region.y);
  const other = corner(region.x + region.width - 1, region.y + region.height - 1);
  const x = Math.min(one.x, other.x);
  const y = Math.min(one.y, other.y);
  return {
    x,
    y,
    width: Math.max(one.x, other.x) - x + 1,
    height: Math.max(one.y, other.y) - y + 1,
  };
}
