/**
 * How a stored picture is turned and mirrored until it is upright (CIPA DC-008 §4.6.5.1.6). Pure.
 *
 * @module
 */

/** Value of the EXIF tag 0x0112. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** Sides of a picture, pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Whether upright width is stored height. */
export function swapsSides(orientation: Orientation): boolean {
  return orientation >= 5;
}

/** Size as everybody sees it. */
export function uprightSize(
  { width, height, orientation }: Size & { readonly orientation: Orientation },
): Size {
  return swapsSides(orientation) ? { width: height, height: width } : { width, height };
}

/**
 * Where a pixel of the upright picture is stored; `stored` is the size of
 * the stored one.
 */
export function storedPixel(
  { x, y }: { readonly x: number; readonly y: number },
  { stored, orientation }: { readonly stored: Size; readonly orientation: Orientation },
): { readonly x: number; readonly y: number } {
  const right = stored.width - 1;
  const bottom = stored.height - 1;
  switch (orientation) {
    case 1:
      return { x, y };
    case 2:
      return { x: right - x, y };
    case 3:
      return { x: right - x, y: bottom - y };
    case 4:
      return { x, y: bottom - y };
    case 5:
      return { x: y, y: x };
    case 6:
      return { x: y, y: bottom - x };
    case 7:
      return { x: right - y, y: bottom - x };
    case 8:
      return { x: right - y, y: x };
  }
}
