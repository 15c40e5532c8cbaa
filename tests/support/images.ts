/**
 * Pictures for tests: files of `tests/fixtures/images/`, and headers that lie.
 *
 * @module
 */
import { PhotonImage } from "@cf-wasm/photon/node";

/** The bytes of a file of `tests/fixtures/images/`. */
export function imageFixture(name: string): Uint8Array<ArrayBuffer> {
  return Deno.readFileSync(new URL(`../fixtures/images/${name}`, import.meta.url));
}

/** One after the other. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}

/** Each character one byte. */
export function asciiBytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** A PNG of one colour. */
export function plainPng(size: { width: number; height: number }): Uint8Array<ArrayBuffer> {
  const image = new PhotonImage(
    new Uint8Array(size.width * size.height * 4).fill(127),
    size.width,
    size.height,
  );
  const bytes = new Uint8Array(image.get_bytes());
  image.free();
  return bytes;
}

/** A PNG of which there is only the header, with any size. */
export function pngClaiming(size: { width: number; height: number }): Uint8Array<ArrayBuffer> {
  const bytes = concatBytes(
    asciiBytes("\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR"),
    new Uint8Array(8),
    new Uint8Array([8, 6, 0, 0, 0, 0, 0, 0, 0]),
  );
  const view = new DataView(bytes.buffer);
  view.setUint32(16, size.width);
  view.setUint32(20, size.height);
  return bytes;
}

/** A GIF of which there is only the header and where its first picture lies: x, y, width, height. */
export function gifHeader(
  { screen, frame }: {
    readonly screen: readonly [number, number];
    readonly frame: readonly [number, number, number, number];
  },
): Uint8Array<ArrayBuffer> {
  const words = (...values: number[]) => values.flatMap((value) => [value & 0xff, value >> 8]);
  return concatBytes(
    asciiBytes("GIF89a"),
    new Uint8Array([...words(...screen), 0, 0, 0]),
    new Uint8Array([0x21, 0xf9, 4, 0, 0, 0, 0, 0]),
    new Uint8Array([0x2c, ...words(...frame), 0]),
  );
}

/** A WebP whose canvas has any size, and whose picture is that of `lossless.webp`. */
export function vp8xHeader(canvas: { width: number; height: number }): Uint8Array<ArrayBuffer> {
  const uint24 = (value: number) => [value & 0xff, value >> 8 & 0xff, value >> 16 & 0xff];
  const chunk = new Uint8Array([
    ...asciiBytes("VP8X"),
    ...[10, 0, 0, 0, 0, 0, 0, 0],
    ...uint24(canvas.width - 1),
    ...uint24(canvas.height - 1),
  ]);
  const picture = imageFixture("lossless.webp").subarray(12);
  const file = concatBytes(asciiBytes("RIFF\0\0\0\0WEBP"), chunk, picture);
  new DataView(file.buffer).setUint32(4, file.length - 8, true);
  return file;
}

/** The content of an APP1 segment whose EXIF data says how the picture is turned. */
export function exifSegment(
  { orientation, little, comment = "" }: {
    readonly orientation: number;
    readonly little: boolean;
    readonly comment?: string;
  },
): Uint8Array<ArrayBuffer> {
  const tiff = new Uint8Array(8 + 2 + 12 + 4);
  const view = new DataView(tiff.buffer);
  tiff.set(asciiBytes(little ? "II" : "MM"));
  view.setUint16(2, 42, little);
  view.setUint32(4, 8, little);
  view.setUint16(8, 1, little);
  view.setUint16(10, 0x0112, little);
  view.setUint16(12, 3, little);
  view.setUint32(14, 1, little);
  view.setUint16(18, orientation, little);
  return concatBytes(asciiBytes("Exif\0\0"), tiff, asciiBytes(comment));
}

/** A JPEG with one more APP1 segment, before all others. */
export function withExif(jpeg: Uint8Array, segment: Uint8Array): Uint8Array<ArrayBuffer> {
  const length = segment.length + 2;
  return concatBytes(
    jpeg.subarray(0, 2),
    new Uint8Array([0xff, 0xe1, length >> 8, length & 0xff]),
    segment,
    jpeg.subarray(2),
  );
}

/** A picture as it is drawn: for tests that look at what was made. */
export interface Drawn {
  readonly width: number;
  readonly height: number;
  /** Red, green and blue at a place given by fractions of the sides. */
  at(x: number, y: number): [number, number, number];
}

/** Decodes what was made, in this process: it is ours. */
export function draw(bytes: Uint8Array): Drawn {
  const image = PhotonImage.new_from_byteslice(bytes);
  const width = image.get_width();
  const height = image.get_height();
  const pixels = image.get_raw_pixels();
  image.free();
  return {
    width,
    height,
    at(x, y) {
      const at = (Math.floor(y * height) * width + Math.floor(x * width)) * 4;
      return [pixels[at]!, pixels[at + 1]!, pixels[at + 2]!];
    },
  };
}

/** The name of the colour nearest to a pixel, of those the fixtures are painted with. */
export function colour([red, green, blue]: readonly number[]): string {
  const on = [red, green, blue].map((channel) => channel! > 127 ? "1" : "0").join("");
  const names: Record<string, string> = {
    "100": "red",
    "010": "green",
    "001": "blue",
    "110": "yellow",
    "111": "white",
    "000": "black",
  };
  return names[on] ?? on;
}
