import assert from "node:assert/strict";
import { MalformedMediaError } from "../errors.ts";
import { hex, ivfFrames, mediaFixture } from "../../tests/support/bitstreams.ts";
import {
  buildVpConfig,
  parseVp9Frame,
  parseVpConfig,
  splitSuperframe,
  vp9CodecString,
  vp9Track,
  vpConfigOfKeyFrame,
} from "./vp9.ts";

const record = mediaFixture("vp9.vpcc");
const frames = ivfFrames(mediaFixture("vp9.ivf"));

Deno.test("vp9Track() takes the record with and without its FullBox header", () => {
  const size = { width: 160, height: 90 };
  const track = vp9Track(record, size);
  assert.equal(track.codecString, "vp09.00.10.08");
  assert.equal(track.description, record);
  assert.deepEqual(vp9Track(record.subarray(4), size), track);
});

Deno.test("parseVp9Frame() finds key frames and their size in a real stream", () => {
  const headers = frames.map(parseVp9Frame);
  assert.deepEqual(headers.flatMap(({ keyFrame }, i) => keyFrame ? [i] : []), [0, 8]);
  assert.deepEqual(headers[0].key, {
    width: 160,
    height: 90,
    bitDepth: 8,
    chromaSubsampling: 1,
    fullRange: false,
  });
  assert.equal(headers[1].key, null);
});

Deno.test("buildVpConfig() makes the record of another muxer from the first key frame", () => {
  const header = parseVp9Frame(frames[0]);
  const config = vpConfigOfKeyFrame({ ...header, key: header.key! }, 25);
  assert.deepEqual(buildVpConfig(config), record);
  assert.deepEqual(parseVpConfig(record), config);
});

Deno.test("vp9CodecString() writes two digits each", () => {
  const config = parseVpConfig(hex("02 33 a2 02 02 02 00 00"));
  assert.equal(vp9CodecString(config), "vp09.02.51.10");
});

Deno.test("splitSuperframe() gives the frames of the index", () => {
  // Two frames of 2 and 3 bytes, sizes in one byte.
  const data = hex("aa bb 11 22 33 c1 02 03 c1");
  assert.deepEqual(splitSuperframe(data), [hex("aa bb"), hex("11 22 33")]);
  assert.deepEqual(splitSuperframe(hex("aa bb")), [hex("aa bb")]);
  assert.throws(() => splitSuperframe(hex("aa c1 02 09 c1")), MalformedMediaError);
});

Deno.test("parseVp9Frame() and parseVpConfig() throw MalformedMediaError when cut short", () => {
  for (let length = 0; length < 8; length++) {
    assert.throws(() => parseVp9Frame(frames[0].subarray(0, length)), MalformedMediaError);
    assert.throws(() => parseVpConfig(record.subarray(0, length)), MalformedMediaError);
  }
  assert.throws(() => parseVp9Frame(hex("00 00")), MalformedMediaError);
});
