import assert from "node:assert/strict";
import type { AudioUnit, Tracks, VideoUnit } from "../../access_unit.ts";
import { TRACKS } from "../../egress/hls/testing.ts";
import { MalformedMediaError, UnsupportedMediaError } from "../../errors.ts";
import { readFragment } from "./fragment_reader.ts";
import { CmafMuxer } from "./muxer.ts";

const AUDIO_TICKS = 1024 * 90_000 / 48_000;

function picture(dts: number, options: Partial<VideoUnit> = {}): VideoUnit {
  const data = Uint8Array.of(0, 0, 0, 2, 0x41, dts & 255);
  return { kind: "video", dts, pts: dts, keyFrame: false, data, ...options };
}

function sound(dts: number): AudioUnit {
  return { kind: "audio", dts, pts: dts, samples: 1024, data: Uint8Array.of(0x21, dts & 255) };
}

Deno.test("CmafMuxer.fragment() can be read back: times, flags and bytes", () => {
  const muxer = new CmafMuxer(TRACKS);
  const video = [picture(0, { pts: 6000, keyFrame: true }), picture(3000, { pts: 12_000 })];
  const audio = [sound(0), sound(AUDIO_TICKS)];
  const chunk = muxer.fragment({ video, audio, videoEndDts: 6000 });
  assert.deepEqual(readFragment(chunk, TRACKS), { video, audio });
});

Deno.test("CmafMuxer.fragment() counts its chunks and holds each byte once", () => {
  const muxer = new CmafMuxer(TRACKS);
  const sequence = (chunk: Uint8Array) => new DataView(chunk.buffer).getUint32(20);
  const content = { video: [picture(0)], audio: [], videoEndDts: 3000 };
  assert.equal(sequence(muxer.fragment(content)), 1);
  assert.equal(sequence(muxer.fragment(content)), 2);
  assert.equal(muxer.fragment(content).length, 8 + 16 + 8 + 16 + 20 + 20 + 12 + 8 + 6);
});

Deno.test("CmafMuxer writes decode times beyond 2^33", () => {
  const start = 2 ** 33 + 12_345;
  for (const tracks of [TRACKS, { ...TRACKS, audio: null }, { ...TRACKS, video: null }]) {
    const video = tracks.video === null ? [] : [picture(start, { pts: start + 3000 })];
    const audio = tracks.audio === null ? [] : [sound(start)];
    const muxer = new CmafMuxer(tracks);
    const read = readFragment(muxer.fragment({ video, audio, videoEndDts: start + 3000 }), tracks);
    for (const unit of read.video) assert.equal(unit.dts, start);
    for (const unit of read.audio) assert.ok(Math.abs(unit.dts - start) <= 1);
  }
});

Deno.test("CmafMuxer counts audio samples instead of following milliseconds", () => {
  const muxer = new CmafMuxer({ ...TRACKS, video: null });
  const times = [];
  for (let i = 0; i < 100; i++) {
    const jittered = Math.round(i * AUDIO_TICKS / 90) * 90;
    const chunk = muxer.fragment({ video: [], audio: [sound(jittered)], videoEndDts: 0 });
    times.push(readFragment(chunk, { ...TRACKS, video: null }).audio[0].dts);
  }
  times.forEach((time, i) => assert.ok(Math.abs(time - i * AUDIO_TICKS) < 1e-6));
});

Deno.test("CmafMuxer follows the time stamps when they are more than 100 ms away", () => {
  const tracks = { ...TRACKS, video: null };
  const muxer = new CmafMuxer(tracks);
  const put = (...dts: number[]) =>
    readFragment(
      muxer.fragment({ video: [], audio: dts.map(sound), videoEndDts: 0 }),
      tracks,
    ).audio;
  // A hole of 200 ms inside a chunk lengthens the unit before it.
  const [first, second] = put(0, 18_000 + AUDIO_TICKS);
  assert.equal(first.samples, 1024 + 0.2 * 48_000);
  assert.equal(second.dts, 18_000 + AUDIO_TICKS);
  // A hole of 300 ms between chunks.
  assert.ok(Math.abs(put(50_000)[0].dts - 50_000) < 1);
  // What is already covered is left out.
  assert.equal(put(30_000, 30_000, 51_920).length, 1);
});

Deno.test("CmafMuxer keeps the durations of Opus packets that differ", () => {
  const tracks = { ...TRACKS, video: null };
  const units = [960, 480, 960].map((samples, i) => ({ ...sound(i * 1800), samples }));
  const chunk = new CmafMuxer(tracks).fragment({ video: [], audio: units, videoEndDts: 0 });
  assert.deepEqual(readFragment(chunk, tracks).audio.map((unit) => unit.samples), [960, 480, 960]);
});

Deno.test("CmafMuxer.initSegment() refuses no tracks and says 4-byte NAL lengths", () => {
  const none: Tracks = { video: null, audio: null };
  assert.throws(() => new CmafMuxer(none).initSegment(), UnsupportedMediaError);
  const description = TRACKS.video!.description.slice();
  description[4] &= 0xfc;
  const short = { video: { ...TRACKS.video!, description }, audio: null };
  const init = new CmafMuxer(short).initSegment();
  const same = new CmafMuxer({ video: TRACKS.video, audio: null }).initSegment();
  assert.deepEqual(init, same);
});

Deno.test("readFragment() throws MalformedMediaError when a chunk is cut short anywhere", () => {
  const chunk = new CmafMuxer(TRACKS).fragment({
    video: [picture(0, { keyFrame: true })],
    audio: [sound(0)],
    videoEndDts: 3000,
  });
  for (let length = 0; length < chunk.length - 10; length++) {
    assert.throws(() => readFragment(chunk.subarray(0, length), TRACKS), MalformedMediaError);
  }
});
