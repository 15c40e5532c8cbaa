/**
 * A chosen file becomes what is uploaded: looked at by the browser, and made smaller when it is
 * larger than anybody will see it.
 *
 * @module
 */
import type { Sides } from "./image_view.ts";

/** What a picture is for. */
export type ImageShape = "avatar" | "cover";

/** Why a file cannot be used. */
export type FileProblem = "notImage" | "tooSmall" | "tooLarge";

/** A file that cannot be used. */
export class FileError extends Error {
  override readonly name = "FileError";
  readonly problem: FileProblem;

  constructor(problem: FileProblem) {
    super(`Cannot use the file: ${problem}`);
    this.problem = problem;
  }
}

/** A picture that the browser can show. */
export interface ChosenImage extends Sides {
  readonly file: Blob;
  /** `blob:` address; whoever holds it revokes it. */
  readonly url: string;
}

/** What the server reads; everything else is drawn here first. */
const TYPES = ["image/png", "image/jpeg", "image/webp", "image/gif"];
/** For a file input: phones make a JPEG of their own formats when they read it. */
export const ACCEPT = TYPES.join(",");
/** Larger files are not read at all, bytes. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;
/** Above it a file is drawn anew whatever its size in pixels, bytes. */
const HEAVY_BYTES = 1024 * 1024;
const QUALITY = 0.9;
/** Longest side that the server takes. */
const LONGEST = 8_192;

/** Least that a picture needs, pixels. */
export const LEAST: Readonly<Record<ImageShape, Sides>> = {
  avatar: { width: 16, height: 16 },
  cover: { width: 320, height: 180 },
};
/** Sides that are worth to be sent: an avatar can still be zoomed by four. */
const WORTH: Readonly<Record<ImageShape, Sides>> = {
  avatar: { width: 1024, height: 1024 },
  cover: { width: 1920, height: 1080 },
};

/**
 * The size to draw a picture in before it is sent; null: it is sent as it is. Its shape stays, so
 * that fractions of it mean the same.
 */
export function sizeToDraw(
  image: Sides & { readonly type: string; readonly bytes: number },
  shape: ImageShape,
): Sides | null {
  const worth = WORTH[shape];
  const scale = Math.min(
    1,
    Math.max(worth.width / image.width, worth.height / image.height),
    LONGEST / Math.max(image.width, image.height),
  );
  if (scale === 1 && image.bytes <= HEAVY_BYTES && TYPES.includes(image.type)) return null;
  return {
    width: Math.max(1, Math.round(image.width * scale)),
    height: Math.max(1, Math.round(image.height * scale)),
  };
}

/**
 * Lets the browser look at a file.
 *
 * @throws {FileError} when it shows nothing, or too little of it for its purpose.
 */
export async function openImage(file: Blob, shape: ImageShape): Promise<ChosenImage> {
  if (file.size > MAX_FILE_BYTES) throw new FileError("tooLarge");
  const url = URL.createObjectURL(file);
  try {
    const { naturalWidth: width, naturalHeight: height } = await load(url);
    const least = LEAST[shape];
    if (width < least.width || height < least.height) throw new FileError("tooSmall");
    return { file, url, width, height };
  } catch (error) {
    URL.revokeObjectURL(url);
    throw error;
  }
}

/** What is sent of a picture: the file itself, or a smaller JPEG on white. */
export async function imageToSend(image: ChosenImage, shape: ImageShape): Promise<Blob> {
  const { file, url, width, height } = image;
  const size = sizeToDraw({ width, height, type: file.type, bytes: file.size }, shape);
  if (size === null) return file;
  const canvas = document.createElement("canvas");
  canvas.width = size.width;
  canvas.height = size.height;
  const context = canvas.getContext("2d");
  if (context === null) return file;
  context.fillStyle = "#fff";
  context.fillRect(0, 0, size.width, size.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(await load(url), 0, 0, size.width, size.height);
  const blob = await new Promise<Blob | null>((resolve) =>
    canvas.toBlob(resolve, "image/jpeg", QUALITY)
  );
  // Where the canvas refuses, the server may still take the original.
  return blob ?? file;
}

async function load(url: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = url;
  try {
    await image.decode();
  } catch {
    throw new FileError("notImage");
  }
  // A drawing without a size of its own, as SVG may be.
  if (image.naturalWidth === 0 || image.naturalHeight === 0) throw new FileError("notImage");
  return image;
}
