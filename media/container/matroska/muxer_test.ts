import assert from "node:assert/strict";
import { audioTrack, picture, sound, videoTrack } from "../../stream/testing.ts";
import { MatroskaMuxer } from "./muxer.ts";

const CLUSTER = [0x1f, 0x43, 0xb6, 0x75, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];

function text(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}

Deno.test("MatroskaMuxer says what the track is before the first block", () => {
  const video = new MatroskaMuxer(videoTrack()).header();
  assert.deepEqual([...video.subarray(0, 4)], [0x1a, 0x45, 0xdf, 0xa3]);
  assert.match(text(video), /matroska.*V_MPEG4\/ISO\/AVC/s);
  const audio = new MatroskaMuxer({ ...audioTrack(), codec: "opus" }).header();
  assert.match(text(audio), /A_OPUS/);
  const vp8 = new MatroskaMuxer({ ...videoTrack(), codec: "vp8" }).header();
  // CodecPrivate of VP8 does not exist.
  assert.ok(!text(vp8).includes("\x63\xa2"));
});

Deno.test("MatroskaMuxer begins a cluster where 16 bits of time would not do, also backward", () => {
  const muxer = new MatroskaMuxer(videoTrack());
  const begins = (ptsMs: number) => {
    const block = muxer.block(picture(0, { key: true }), ptsMs);
    return CLUSTER.every((byte, i) => block[i] === byte);
  };
  assert.deepEqual(
    [0, 40, 5000, 5001, 5041, 100, 0].map(begins),
    [true, false, false, true, false, false, true],
  );
});

Deno.test("MatroskaMuxer writes time, key frame flag and payload of a block", () => {
  const muxer = new MatroskaMuxer(audioTrack());
  muxer.block(sound(0, 3), 1000);
  assert.deepEqual([...muxer.block(sound(0, 3), 1020)], [0xa3, 0x87, 0x81, 0, 20, 0x80, 0, 0, 0]);
  const video = new MatroskaMuxer(videoTrack());
  video.block(picture(0, { key: true }), 100);
  const block = video.block(picture(0, { bytes: 300 }), 67);
  // A picture that is shown before its key frame, and a size of two bytes.
  assert.deepEqual([...block.subarray(0, 7)], [0xa3, 0x41, 0x30, 0x81, 0xff, 0xdf, 0]);
  assert.equal(block.length, 7 + 300);
});
