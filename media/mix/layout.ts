/**
 * Where the pictures of a mix stand. Pure.
 *
 * @module
 */

/** How pictures are arranged; the first input is the speaker, or the one that fills the picture. */
export type MixLayout = "grid" | "speaker" | "side_by_side" | "picture_in_picture";

/** All layouts. */
export const MIX_LAYOUTS: readonly MixLayout[] = [
  "grid",
  "speaker",
  "side_by_side",
  "picture_in_picture",
];

/** A place in the picture, in whole even pixels. */
export interface MixPlace {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Size of the whole picture, in pixels. */
export interface MixSize {
  readonly width: number;
  readonly height: number;
}

/** Between two pictures, and around small ones. */
const GAP = 8;
/** The others stand in a column of a quarter beside the speaker. */
const COLUMN = 1 / 4;
/** Side of a small picture over the large one. */
const INSET = 1 / 4;

/**
 * One place for each of `count` inputs, in their order; later places lie over earlier ones.
 *
 * @throws {RangeError} when there is no input.
 */
export function placesOf(layout: MixLayout, count: number, size: MixSize): readonly MixPlace[] {
  if (count < 1) throw new RangeError("Cannot lay out a mix: it has no input");
  if (count === 1) return [place(0, 0, size.width, size.height)];
  switch (layout) {
    case "grid":
      return grid(count, size);
    case "side_by_side":
      return row(count, size);
    case "speaker":
      return speaker(count, size);
    case "picture_in_picture":
      return insets(count, size);
  }
}

/** Rows as equal as can be; a row that is not full stands in the middle. */
function grid(count: number, { width, height }: MixSize): MixPlace[] {
  const columns = Math.ceil(Math.sqrt(count));
  const rows = Math.ceil(count / columns);
  const w = (width - GAP * (columns - 1)) / columns;
  const h = (height - GAP * (rows - 1)) / rows;
  return Array.from({ length: count }, (_, index) => {
    const line = Math.floor(index / columns);
    const inLine = Math.min(columns, count - line * columns);
    const left = (width - inLine * w - (inLine - 1) * GAP) / 2;
    return place(left + (index % columns) * (w + GAP), line * (h + GAP), w, h);
  });
}

function row(count: number, { width, height }: MixSize): MixPlace[] {
  const w = (width - GAP * (count - 1)) / count;
  return Array.from({ length: count }, (_, index) => place(index * (w + GAP), 0, w, height));
}

function speaker(count: number, { width, height }: MixSize): MixPlace[] {
  const others = count - 1;
  const w = width * COLUMN;
  const h = Math.min((height - GAP * (others - 1)) / others, w * height / width);
  const top = (height - others * h - (others - 1) * GAP) / 2;
  return [
    place(0, 0, width - w - GAP, height),
    ...Array.from(
      { length: others },
      (_, index) => place(width - w, top + index * (h + GAP), w, h),
    ),
  ];
}

/** Small pictures from the lower right corner to the left, then in rows above. */
function insets(count: number, { width, height }: MixSize): MixPlace[] {
  const margin = 2 * GAP;
  const perRow = 3;
  const w = width * INSET;
  const h = (height - 4 * margin) / 3 < height * INSET ? (height - 4 * margin) / 3 : height * INSET;
  return [
    place(0, 0, width, height),
    ...Array.from({ length: count - 1 }, (_, index) =>
      place(
        width - (1 + index % perRow) * (w + margin),
        height - (1 + Math.floor(index / perRow)) * (h + margin),
        w,
        h,
      )),
  ];
}

function place(x: number, y: number, width: number, height: number): MixPlace {
  return {
    x: even(x),
    y: even(y),
    width: Math.max(2, even(width)),
    height: Math.max(2, even(height)),
  };
}

/** Chroma has half the resolution: odd sides would be rounded by each filter in its own way. */
function even(length: number): number {
  return 2 * Math.floor(length / 2);
}
