import assert from "node:assert/strict";
import { MalformedMediaError } from "../errors.ts";
import { parseVp8Frame, vp8Track } from "./vp8.ts";
import { parseVpConfig } from "./vp9.ts";

/** The first bytes of a frame that libvpx made of a picture of 320 × 180. */
const KEY_FRAME = Uint8Array.of(0x10, 0x21, 0x00, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xb4, 0x00, 0x00);

Deno.test("parseVp8Frame() reads the size of a key frame", () => {
  assert.deepEqual(parseVp8Frame(KEY_FRAME), {
    keyFrame: true,
    version: 0,
    size: { width: 320, height: 180 },
  });
});

Deno.test("parseVp8Frame() leaves the scaling out of the size", () => {
  const scaled = KEY_FRAME.slice();
  scaled[7] |= 0x40;
  scaled[9] |= 0x80;
  assert.deepEqual(parseVp8Frame(scaled).size, { width: 320, height: 180 });
});

Deno.test("parseVp8Frame() knows other frames by their tag alone", () => {
  assert.deepEqual(parseVp8Frame(Uint8Array.of(0x31, 0x02, 0x00)), {
    keyFrame: false,
    version: 0,
    size: null,
  });
});

Deno.test("parseVp8Frame() throws MalformedMediaError when a frame is none or cut short", () => {
  const wrongCode = KEY_FRAME.slice();
  wrongCode[4] = 0;
  const noSize = KEY_FRAME.slice();
  noSize.fill(0, 6, 8);
  const reserved = KEY_FRAME.slice();
  reserved[0] = 0x1e;
  for (const bytes of [wrongCode, noSize, reserved, KEY_FRAME.subarray(0, 9), new Uint8Array(0)]) {
    assert.throws(() => parseVp8Frame(bytes), MalformedMediaError);
  }
});

Deno.test("vp8Track() describes itself by a record that can be read", () => {
  const track = vp8Track({ width: 320, height: 180 });
  assert.equal(track.codecString, "vp8");
  assert.equal(parseVpConfig(track.description).bitDepth, 8);
});
