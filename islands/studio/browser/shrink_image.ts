/**
 * Makes a chosen picture small enough to be kept with the scene.
 *
 * @module
 */
import { MAX_IMAGE_CHARS } from "../../capture/scene/model.ts";

const MAX_FILE_BYTES = 32 * 1024 * 1024;
const SIDES = [960, 640, 400] as const;

/** The picture as a `data:` address with its shape, or why it cannot be used. */
export async function shrinkImage(
  file: File,
): Promise<{ readonly data: string; readonly ratio: number } | "notImage" | "tooLarge"> {
  if (file.size > MAX_FILE_BYTES) return "tooLarge";
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    return "notImage";
  }
  try {
    for (const side of SIDES) {
      const data = drawn(bitmap, side);
      if (data !== null && data.length <= MAX_IMAGE_CHARS) {
        return { data, ratio: bitmap.width / bitmap.height };
      }
    }
    return "tooLarge";
  } finally {
    bitmap.close();
  }
}

/** WebP keeps what is clear; browsers that write none give PNG. */
function drawn(bitmap: ImageBitmap, side: number): string | null {
  const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext("2d");
  if (context === null) return null;
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/webp", 0.85);
}
