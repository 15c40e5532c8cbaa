/**
 * Which square of a picture is shown, and how it moves. Pure.
 *
 * @module
 */

/** Sides of a picture as it is seen, pixels. */
export interface Sides {
  readonly width: number;
  readonly height: number;
}

/** A square, as the API takes it: `x` of the width, `y` of the height, `size` of the shorter side. */
export interface SquareView {
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

/** Most that can be zoomed in. */
export const MAX_ZOOM = 4;
/** The square keeps at least so many pixels a side, unless the picture is smaller. */
const MIN_SQUARE = 64;

/** How far this picture can be zoomed in; 1 is the whole of its shorter side. */
export function maxZoom({ width, height }: Sides): number {
  return Math.max(1, Math.min(MAX_ZOOM, Math.min(width, height) / MIN_SQUARE));
}

/** The largest square, in the middle. */
export function middle(sides: Sides): SquareView {
  return within({ x: 0.5, y: 0.5 }, { sides, size: 1 });
}

/** Zooms to `zoom`; the middle of the square stays where the edges allow it. */
export function zoomTo(view: SquareView, zoom: number, sides: Sides): SquareView {
  const size = 1 / Math.min(maxZoom(sides), Math.max(1, zoom));
  return within(centreOf(view, sides), { sides, size });
}

/** Moves the square by parts of its own side; to the right and down is positive. */
export function moveBy(
  view: SquareView,
  by: { readonly x: number; readonly y: number },
  sides: Sides,
): SquareView {
  const extent = extentOf(view.size, sides);
  const centre = centreOf(view, sides);
  return within(
    { x: centre.x + by.x * extent.x, y: centre.y + by.y * extent.y },
    { sides, size: view.size },
  );
}

/** What a key does to the square: arrows move it, `+` and `-` zoom; null for every other key. */
export function viewAfterKey(view: SquareView, key: string, sides: Sides): SquareView | null {
  const step = 0.05;
  switch (key) {
    case "ArrowLeft":
      return moveBy(view, { x: -step, y: 0 }, sides);
    case "ArrowRight":
      return moveBy(view, { x: step, y: 0 }, sides);
    case "ArrowUp":
      return moveBy(view, { x: 0, y: -step }, sides);
    case "ArrowDown":
      return moveBy(view, { x: 0, y: step }, sides);
    case "+":
    case "=":
      return zoomTo(view, 1.1 / view.size, sides);
    case "-":
    case "_":
      return zoomTo(view, 1 / view.size / 1.1, sides);
    case "Home":
      return middle(sides);
    default:
      return null;
  }
}

/** Where the whole picture lies when the square fills its frame, in percent of the frame. */
export function placeOf(
  view: SquareView,
  sides: Sides,
): {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
} {
  const extent = extentOf(view.size, sides);
  return {
    left: -100 * view.x / extent.x,
    top: -100 * view.y / extent.y,
    width: 100 / extent.x,
    height: 100 / extent.y,
  };
}

/** The square's side as fractions of width and height. */
function extentOf(size: number, { width, height }: Sides): { x: number; y: number } {
  const side = size * Math.min(width, height);
  return { x: side / width, y: side / height };
}

function centreOf(view: SquareView, sides: Sides): { x: number; y: number } {
  const extent = extentOf(view.size, sides);
  return { x: view.x + extent.x / 2, y: view.y + extent.y / 2 };
}

function within(
  centre: { readonly x: number; readonly y: number },
  { sides, size }: { readonly sides: Sides; readonly size: number },
): SquareView {
  const extent = extentOf(size, sides);
  const place = (at: number, part: number) => Math.min(1 - part, Math.max(0, at - part / 2));
  return { x: place(centre.x, extent.x), y: place(centre.y, extent.y), size };
}
