/**
 * Filters on a live picture: opens the best drawer that the browser has.
 *
 * @module
 */
import { GlDrawer } from "./gl_drawer.ts";
import type { PictureDrawer } from "./look.ts";
import { PlainDrawer } from "./plain_drawer.ts";

/**
 * A drawer for a canvas that nobody has drawn on yet. WebGL2, or the plain one; null when the
 * browser draws on no canvas at all.
 */
export function openDrawer(canvas: HTMLCanvasElement): PictureDrawer | null {
  return GlDrawer.open(canvas) ?? PlainDrawer.open(canvas);
}
