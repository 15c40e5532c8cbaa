import assert from "node:assert/strict";
import { ImageRefusal, type ImageRefusalReason } from "./errors.ts";
import { inspectImage, MAX_IMAGE_BYTES } from "./inspect.ts";
import { exifOrientation } from "./jpeg.ts";
import {
  asciiBytes,
  concatBytes,
  exifSegment,
  gifHeader,
  imageFixture,
  pngClaiming,
  vp8xHeader,
  withExif,
} from "../../tests/support/images.ts";

const PICTURES = [
  ["quadrants.png", "png"],
  ["sixteen_bits.png", "png"],
  ["half_transparent.png", "png"],
  ["quadrants.jpg", "jpeg"],
  ["progressive.jpg", "jpeg"],
  ["cmyk.jpg", "jpeg"],
  ["gray.jpg", "jpeg"],
  ["lossy.webp", "webp"],
  ["lossless.webp", "webp"],
  ["half_transparent.webp", "webp"],
  ["quadrants.gif", "gif"],
] as const;

function refuses(bytes: Uint8Array, reason: ImageRefusalReason, message?: string): void {
  assert.throws(() => inspectImage(bytes), (error: unknown) => {
    assert.ok(error instanceof ImageRefusal, `${message}: ${error}`);
    assert.equal(error.reason, reason, message ?? error.message);
    assert.match(error.message, /^Cannot use the picture: /);
    return true;
  }, message);
}

for (const [name, format] of PICTURES) {
  Deno.test(`inspectImage() finds format and size of ${name}`, () => {
    const bytes = imageFixture(name);
    assert.deepEqual(inspectImage(bytes), { format, width: 400, height: 240, orientation: 1 });
    // The same within a larger buffer: nothing reads beside its view.
    const shifted = concatBytes(new Uint8Array(3), bytes, new Uint8Array(3));
    assert.deepEqual(inspectImage(shifted.subarray(3, 3 + bytes.length)).format, format);
  });

  Deno.test(`inspectImage() throws ImageRefusal wherever the header of ${name} is cut`, () => {
    const bytes = imageFixture(name);
    let read = 0;
    for (let length = 0; length < bytes.length; length++) {
      try {
        assert.equal(inspectImage(bytes.subarray(0, length)).width, 400);
        read++;
      } catch (error) {
        assert.ok(error instanceof ImageRefusal, `${length} bytes: ${error}`);
        assert.ok(["cut_short", "unknown_format"].includes(error.reason), error.message);
        // Once a header is whole it stays so.
        assert.equal(read, 0, `${length} bytes were refused, fewer were not`);
      }
    }
    // A JPEG needs its end and a WebP the length that it announces; others can be read in part.
    assert.equal(read > 0, format === "png" || format === "gif");
  });
}

Deno.test("inspectImage() finds the canvas of an animation", () => {
  for (const name of ["red_then_blue.gif", "red_then_blue.webp"]) {
    const { width, height } = inspectImage(imageFixture(name));
    assert.deepEqual([width, height], [64, 64], name);
  }
});

Deno.test("inspectImage() throws unknown_format for what is no picture", () => {
  const texts = {
    empty: "",
    text: "hello",
    svg: '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"/>',
    html: "<!doctype html><script>alert(1)</script>",
    zip: "PK\x03\x04\x14\x00\x00\x00",
    pdf: "%PDF-1.7\n%\xe2\xe3\xcf\xd3",
    bmp: "BM\x46\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00",
    wave: "RIFF\x24\x00\x00\x00WAVEfmt ",
    avif: "\x00\x00\x00\x1cftypavif",
    tiff: "II*\x00\x08\x00\x00\x00",
  };
  for (const [name, text] of Object.entries(texts)) {
    refuses(asciiBytes(text), "unknown_format", name);
  }
});

Deno.test("inspectImage() throws too_large for a bomb, by its header alone", () => {
  refuses(pngClaiming({ width: 60_000, height: 60_000 }), "too_large");
  refuses(pngClaiming({ width: 8_193, height: 16 }), "too_large");
  refuses(pngClaiming({ width: 8_000, height: 3_001 }), "too_large");
  refuses(pngClaiming({ width: 0xffff_ffff, height: 0xffff_ffff }), "too_large");
  refuses(gifHeader({ screen: [65_535, 65_535], frame: [0, 0, 65_535, 65_535] }), "too_large");
  refuses(vp8xHeader({ width: 16_777_216, height: 16_777_216 }), "malformed");
  assert.equal(inspectImage(pngClaiming({ width: 8_000, height: 3_000 })).width, 8_000);
  assert.equal(inspectImage(pngClaiming({ width: 8_192, height: 16 })).height, 16);
});

Deno.test("inspectImage() throws too_large above 5 MiB, whatever it is", () => {
  const picture = imageFixture("quadrants.png");
  refuses(concatBytes(picture, new Uint8Array(MAX_IMAGE_BYTES + 1 - picture.length)), "too_large");
  const fits = concatBytes(picture, new Uint8Array(MAX_IMAGE_BYTES - picture.length));
  assert.equal(inspectImage(fits).width, 400);
});

Deno.test("inspectImage() throws too_small below 16 pixels a side", () => {
  refuses(pngClaiming({ width: 1, height: 1 }), "too_small");
  refuses(pngClaiming({ width: 15, height: 400 }), "too_small");
  refuses(pngClaiming({ width: 0, height: 400 }), "too_small");
  assert.equal(inspectImage(pngClaiming({ width: 16, height: 16 })).width, 16);
});

Deno.test("inspectImage() throws malformed when a header says two sizes", () => {
  const beyond = gifHeader({ screen: [64, 64], frame: [1, 0, 64, 64] });
  refuses(beyond, "malformed", "a GIF's picture beyond its screen");
  const canvas = vp8xHeader({ width: 64, height: 64 });
  refuses(canvas, "malformed", "a WebP's picture of another size than its canvas");
  const jpeg = imageFixture("quadrants.jpg");
  const frame = jpeg.findIndex((byte, at) => byte === 0xff && jpeg[at + 1] === 0xc0);
  const length = (jpeg[frame + 2]! << 8 | jpeg[frame + 3]!) + 2;
  const twice = concatBytes(jpeg.subarray(0, frame + length), jpeg.subarray(frame));
  refuses(twice, "malformed", "a JPEG with two frame headers");
});

Deno.test("inspectImage() throws malformed for a JPEG without a picture", () => {
  refuses(new Uint8Array([0xff, 0xd8, 0xff, 0xd9]), "malformed");
  refuses(new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 0, 1]), "malformed");
  refuses(new Uint8Array([0xff, 0xd8, 0xff, 0xda, 0, 2]), "malformed");
  refuses(new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 0, 2, 0x12, 0x34]), "malformed");
  refuses(new Uint8Array([0xff, 0xd8, 0xff, 0xc0, 0, 8, 8, 0, 0, 0, 64, 1]), "malformed");
});

Deno.test("inspectImage() skips fill bytes and whole segments of a JPEG", () => {
  const jpeg = imageFixture("quadrants.jpg");
  const padded = concatBytes(
    jpeg.subarray(0, 2),
    new Uint8Array([0xff, 0xff, 0xff, 0xe5, 0, 6, 0xff, 0xc0, 0, 1]),
    jpeg.subarray(2),
  );
  assert.equal(inspectImage(padded).width, 400);
});

Deno.test("inspectImage() finds every orientation in both byte orders", () => {
  const jpeg = imageFixture("quadrants.jpg");
  for (const little of [true, false]) {
    for (let orientation = 1; orientation <= 8; orientation++) {
      const turned = withExif(jpeg, exifSegment({ orientation, little }));
      assert.equal(inspectImage(turned).orientation, orientation);
      assert.equal(inspectImage(turned).width, 400, "sides are the stored ones");
    }
  }
});

Deno.test("exifOrientation() is null for what cannot be used", () => {
  const whole = exifSegment({ orientation: 6, little: true });
  assert.equal(exifOrientation(whole), 6);
  for (let length = 0; length < whole.length - 4; length++) {
    assert.equal(exifOrientation(whole.subarray(0, length)), null, `${length} bytes`);
  }
  for (const orientation of [0, 9, 65_535]) {
    assert.equal(exifOrientation(exifSegment({ orientation, little: false })), null);
  }
  const far = whole.slice();
  far.set([0xff, 0xff, 0xff, 0xff], 10); // the directory's offset
  assert.equal(exifOrientation(far), null);
  assert.equal(exifOrientation(asciiBytes("http://ns.adobe.com/xap/1.0/\0<x/>")), null);
});
