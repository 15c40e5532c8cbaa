/**
 * Headers of JPEG files (ITU-T T.81 Annex B) and the orientation in their EXIF data. Pure.
 *
 * @module
 */
import { ImageRefusal } from "./errors.ts";
import type { Orientation, Size } from "./orientation.ts";

/** What {@linkcode inspectJpeg} finds; sides as they are stored. */
export interface JpegHeader extends Size {
  readonly orientation: Orientation;
}

const TEM = 0x01;
const RST0 = 0xd0;
const RST7 = 0xd7;
const EOI = 0xd9;
const SOS = 0xda;
const APP1 = 0xe1;
const EXIF_SIGNATURE = [0x45, 0x78, 0x69, 0x66, 0, 0];
const ORIENTATION_TAG = 0x0112;
const TYPE_SHORT = 3;

/**
 * Walks the marker segments up to the first scan, and makes sure that the file has an end.
 *
 * @throws {ImageRefusal} `cut_short` or `malformed`.
 */
export function inspectJpeg(bytes: Uint8Array): JpegHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let frame: Size | null = null;
  let orientation: Orientation | null = null;
  let at = 2;
  while (at + 2 <= bytes.length) {
    if (bytes[at] !== 0xff) throw malformed("a marker is missing");
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      // Fill byte (§B.1.1.2).
      at += 1;
      continue;
    }
    at += 2;
    if (marker === TEM || (marker >= RST0 && marker <= RST7)) continue;
    if (marker === EOI) throw malformed("it holds no picture");
    if (at + 2 > bytes.length) break;
    const length = view.getUint16(at);
    if (length < 2) throw malformed("a segment has no length");
    if (at + length > bytes.length) break;
    const segment = bytes.subarray(at + 2, at + length);
    if (isFrameHeader(marker)) {
      if (frame !== null) throw malformed("it holds two pictures");
      frame = readFrame(segment);
    } else if (marker === APP1) {
      orientation ??= exifOrientation(segment);
    } else if (marker === SOS) {
      if (frame === null) throw malformed("its scan has no frame");
      // Within a scan 0xFF is followed by 0x00 or a restart marker (§B.1.1.5).
      if (!hasEnd(bytes, at + length)) break;
      return { ...frame, orientation: orientation ?? 1 };
    }
    at += length;
  }
  throw new ImageRefusal("cut_short", "Cannot use the picture: the JPEG is cut short");
}

/** SOF0 to SOF15 without DHT, JPG and DAC, which lie between them (§B.1.1.3). */
function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** §B.2.2: precision, lines, samples per line, components. */
function readFrame(segment: Uint8Array): Size {
  if (segment.length < 6) throw malformed("its frame header is too short");
  const height = segment[1]! << 8 | segment[2]!;
  const width = segment[3]! << 8 | segment[4]!;
  // Zero lines would be told after the scan (DNL): no camera or program writes it.
  if (height === 0 || width === 0) throw malformed("it has no size");
  return { width, height };
}

function hasEnd(bytes: Uint8Array, from: number): boolean {
  let at = bytes.indexOf(0xff, from);
  while (at !== -1 && at + 1 < bytes.length) {
    if (bytes[at + 1] === EOI) return true;
    at = bytes.indexOf(0xff, at + 1);
  }
  return false;
}

/**
 * The orientation of an APP1 segment's EXIF data (CIPA DC-008 §4.6.5.1.6); null when it is
 * something else, or says nothing that can be used.
 */
export function exifOrientation(segment: Uint8Array): Orientation | null {
  if (!EXIF_SIGNATURE.every((byte, index) => segment[index] === byte)) return null;
  const tiff = segment.subarray(EXIF_SIGNATURE.length);
  if (tiff.length < 8) return null;
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  const order = view.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return null;
  const little = order === 0x4949;
  if (view.getUint16(2, little) !== 42) return null;
  const directory = view.getUint32(4, little);
  if (directory + 2 > tiff.length) return null;
  const entries = view.getUint16(directory, little);
  for (let index = 0; index < entries; index++) {
    const at = directory + 2 + index * 12;
    if (at + 12 > tiff.length) return null;
    if (view.getUint16(at, little) !== ORIENTATION_TAG) continue;
    if (view.getUint16(at + 2, little) !== TYPE_SHORT) return null;
    const value = view.getUint16(at + 8, little);
    return value >= 1 && value <= 8 ? value as Orientation : null;
  }
  return null;
}

function malformed(why: string): ImageRefusal {
  return new ImageRefusal("malformed", `Cannot use the picture: the JPEG is broken, ${why}`);
}
