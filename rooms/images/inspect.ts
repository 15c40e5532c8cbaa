/**
 * What a picture says about itself, read from its header alone: nothing is decompressed, so that
 * what would become too large is refused before it costs anything. Pure.
 *
 * @module
 */
import { ImageRefusal } from "./errors.ts";
import { inspectJpeg } from "./jpeg.ts";
import type { Orientation, Size } from "./orientation.ts";
import { inspectWebp } from "./webp.ts";

/** Formats that people may upload. */
export type ImageFormat = "png" | "jpeg" | "webp" | "gif";

/** Content types of the formats. */
export const IMAGE_TYPES = ["image/png", "image/jpeg", "image/webp", "image/gif"] as const;
/** Largest file, bytes. */
export const MAX_IMAGE_BYTES = 5 * 1024 * 1024;
/** Shortest side, pixels. */
export const MIN_SIDE = 16;
/** Longest side, pixels. */
export const MAX_SIDE = 8_192;
/** Most pixels; they become four bytes each. */
export const MAX_PIXELS = 24_000_000;

/** What {@linkcode inspectImage} finds; sides as they are stored. */
export interface ImageHeader extends Size {
  readonly format: ImageFormat;
  /** EXIF orientation of a JPEG; 1 for everything else. */
  readonly orientation: Orientation;
}

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG_SIGNATURE = [0xff, 0xd8, 0xff];

/**
 * Reads the header of a whole file. The format is what the bytes say, whatever the name was.
 *
 * @throws {ImageRefusal} when it is no PNG, JPEG, WebP or GIF, is cut short, contradicts itself, or
 * is outside the limits of this module.
 */
export function inspectImage(bytes: Uint8Array): ImageHeader {
  if (bytes.length > MAX_IMAGE_BYTES) {
    throw new ImageRefusal(
      "too_large",
      `Cannot use the picture: it has more than ${MAX_IMAGE_BYTES} bytes`,
    );
  }
  const header = readHeader(bytes);
  const { width, height } = header;
  if (Math.min(width, height) < MIN_SIDE) {
    throw new ImageRefusal(
      "too_small",
      `Cannot use the picture: ${width} × ${height} pixels, each side must have ${MIN_SIDE}`,
    );
  }
  if (Math.max(width, height) > MAX_SIDE || width * height > MAX_PIXELS) {
    throw new ImageRefusal(
      "too_large",
      `Cannot use the picture: ${width} × ${height} pixels, at most ${MAX_SIDE} a side and ` +
        `${MAX_PIXELS / 1e6} million altogether`,
    );
  }
  return header;
}

function readHeader(bytes: Uint8Array): ImageHeader {
  if (begins(bytes, PNG_SIGNATURE)) return { format: "png", orientation: 1, ...readPng(bytes) };
  if (begins(bytes, JPEG_SIGNATURE)) return { format: "jpeg", ...inspectJpeg(bytes) };
  if (text(bytes, 0, 4) === "RIFF" && text(bytes, 8, 12) === "WEBP") {
    return { format: "webp", orientation: 1, ...inspectWebp(bytes) };
  }
  if (/^GIF8[79]a$/.test(text(bytes, 0, 6))) {
    return { format: "gif", orientation: 1, ...readGif(bytes) };
  }
  throw new ImageRefusal(
    "unknown_format",
    "Cannot use the picture: it must be a PNG, JPEG, WebP or GIF",
  );
}

/** ISO/IEC 15948 §11.2.1: IHDR comes first and has 13 bytes. */
function readPng(bytes: Uint8Array): Size {
  if (bytes.length < 33) throw cutShort("PNG");
  const view = viewOf(bytes);
  if (view.getUint32(8) !== 13 || text(bytes, 12, 16) !== "IHDR") {
    throw new ImageRefusal("malformed", "Cannot use the picture: a PNG must begin with IHDR");
  }
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

/** GIF89a §18 to §20. The first picture must lie on the screen, or it would be its true size. */
function readGif(bytes: Uint8Array): Size {
  if (bytes.length < 13) throw cutShort("GIF");
  const view = viewOf(bytes);
  const width = view.getUint16(6, true);
  const height = view.getUint16(8, true);
  const flags = bytes[10]!;
  let at = 13 + ((flags & 0x80) === 0 ? 0 : 3 << ((flags & 0x07) + 1));
  while (at < bytes.length) {
    const block = bytes[at]!;
    if (block === 0x2c) {
      if (at + 10 > bytes.length) break;
      const right = view.getUint16(at + 1, true) + view.getUint16(at + 5, true);
      const bottom = view.getUint16(at + 3, true) + view.getUint16(at + 7, true);
      if (right <= width && bottom <= height) return { width, height };
      throw new ImageRefusal("malformed", "Cannot use the picture: the GIF is beyond its screen");
    }
    if (block !== 0x21) {
      throw new ImageRefusal("malformed", "Cannot use the picture: the GIF holds no picture");
    }
    // An extension: a label, then sub-blocks up to an empty one.
    at += 2;
    while (at < bytes.length && bytes[at] !== 0) at += 1 + bytes[at]!;
    at += 1;
  }
  throw cutShort("GIF");
}

function cutShort(format: string): ImageRefusal {
  return new ImageRefusal("cut_short", `Cannot use the picture: the ${format} is cut short`);
}

function begins(bytes: Uint8Array, signature: readonly number[]): boolean {
  return signature.every((byte, index) => bytes[index] === byte);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function text(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}
