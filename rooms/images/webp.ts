/**
 * Headers of WebP files (RFC 9649 §2). Pure.
 *
 * @module
 */
import { ImageRefusal } from "./errors.ts";
import type { Size } from "./orientation.ts";

/** Bytes before the first chunk: `RIFF`, size, `WEBP`. */
const FILE_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
/** Place and size of an animation's frame stand before its chunks (§2.7.1.1). */
const FRAME_HEADER_BYTES = 16;

/**
 * Size of a file that begins with `RIFF????WEBP`: that of its canvas, which the first picture must
 * have as well, or lie within when it is an animation's.
 *
 * @throws {ImageRefusal} `cut_short` or `malformed`.
 */
export function inspectWebp(bytes: Uint8Array): Size {
  const view = viewOf(bytes);
  const end = 8 + view.getUint32(4, true);
  if (end > bytes.length) throw cutShort();
  let canvas: Size | null = null;
  for (const chunk of chunks(bytes.subarray(0, end), FILE_HEADER_BYTES)) {
    if (chunk.name === "VP8X") {
      canvas = readCanvas(chunk.data);
      continue;
    }
    const size = chunk.name === "ANMF" ? readFrame(chunk.data, canvas) : pictureSize(chunk);
    // Colour profiles and what else may stand before the picture.
    if (size === null) continue;
    if (canvas === null || chunk.name === "ANMF") return canvas ?? size;
    if (canvas.width !== size.width || canvas.height !== size.height) {
      throw malformed("its picture has not the size of its canvas");
    }
    return canvas;
  }
  throw cutShort();
}

interface Chunk {
  readonly name: string;
  readonly data: Uint8Array;
}

function* chunks(bytes: Uint8Array, from: number): Generator<Chunk> {
  let at = from;
  while (at + CHUNK_HEADER_BYTES <= bytes.length) {
    const name = String.fromCharCode(...bytes.subarray(at, at + 4));
    const length = viewOf(bytes).getUint32(at + 4, true);
    at += CHUNK_HEADER_BYTES;
    if (at + length > bytes.length) throw cutShort();
    yield { name, data: bytes.subarray(at, at + length) };
    at += length + (length & 1);
  }
}

/** Size of a chunk that is a picture; null for every other. */
function pictureSize({ name, data }: Chunk): Size | null {
  if (name === "VP8 ") return readLossy(data);
  if (name === "VP8L") return readLossless(data);
  return null;
}

/** §2.5 and RFC 6386 §9.1: a key frame's tag, start code, two sides of 14 bits. */
function readLossy(data: Uint8Array): Size {
  if (data.length < 10) throw cutShort();
  if ((data[0]! & 1) !== 0 || data[3] !== 0x9d || data[4] !== 0x01 || data[5] !== 0x2a) {
    throw malformed("its picture is no key frame");
  }
  const view = viewOf(data);
  return { width: view.getUint16(6, true) & 0x3fff, height: view.getUint16(8, true) & 0x3fff };
}

/** §3.4: a signature, then two sides of 14 bits less one. */
function readLossless(data: Uint8Array): Size {
  if (data.length < 5) throw cutShort();
  if (data[0] !== 0x2f) throw malformed("its picture has no signature");
  const bits = viewOf(data).getUint32(1, true);
  return { width: (bits & 0x3fff) + 1, height: (bits >>> 14 & 0x3fff) + 1 };
}

/** §2.7: flags, then two sides of 24 bits less one. */
function readCanvas(data: Uint8Array): Size {
  if (data.length < 10) throw cutShort();
  return { width: uint24(data, 4) + 1, height: uint24(data, 7) + 1 };
}

/** §2.7.1.1: the frame's place (in units of two pixels) and size; its picture is of that size. */
function readFrame(data: Uint8Array, canvas: Size | null): Size {
  if (canvas === null) throw malformed("its animation has no canvas");
  if (data.length < FRAME_HEADER_BYTES) throw cutShort();
  const width = uint24(data, 6) + 1;
  const height = uint24(data, 9) + 1;
  if (
    uint24(data, 0) * 2 + width > canvas.width || uint24(data, 3) * 2 + height > canvas.height
  ) {
    throw malformed("its picture is beyond its canvas");
  }
  for (const chunk of chunks(data, FRAME_HEADER_BYTES)) {
    const size = pictureSize(chunk);
    if (size === null) continue;
    if (size.width === width && size.height === height) return size;
    throw malformed("its picture has not the size of its frame");
  }
  throw cutShort();
}

function uint24(bytes: Uint8Array, at: number): number {
  return bytes[at]! | bytes[at + 1]! << 8 | bytes[at + 2]! << 16;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function cutShort(): ImageRefusal {
  return new ImageRefusal("cut_short", "Cannot use the picture: the WebP is cut short");
}

function malformed(why: string): ImageRefusal {
  return new ImageRefusal("malformed", `Cannot use the picture: the WebP is broken, ${why}`);
}
