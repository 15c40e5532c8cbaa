import assert from "node:assert/strict";
import { vp8Track } from "../codec/vp8.ts";
import { avcTrack, buildAvcConfig } from "../codec/h264.ts";
import { audioTrack, videoTrack } from "./testing.ts";
import {
  CLASSIC,
  isDirect,
  parseWish,
  planOf,
  reordersPictures,
  type StreamShape,
  wishName,
} from "./wish.ts";

const OPUS = { ...audioTrack(), codec: "opus", sampleRate: 48_000 } as const;
const MP3 = { ...audioTrack(), codec: "mp3" } as const;
const AV1 = { ...videoTrack(), codec: "av1" } as const;

function shape(
  video: StreamShape["tracks"]["video"],
  audio: StreamShape["tracks"]["audio"],
  reorders = false,
): StreamShape {
  return { tracks: { video, audio }, reorders };
}

Deno.test("planOf() takes from the source what the reader can use", () => {
  const webRtc = shape(videoTrack(), OPUS);
  assert.deepEqual(planOf(webRtc, CLASSIC), { video: "source", audio: "aac" });
  assert.deepEqual(planOf(webRtc, { video: "any", audio: "any" }), {
    video: "source",
    audio: "source",
  });
  assert.deepEqual(planOf(webRtc, { video: "plain", audio: "opus" }), {
    video: "source",
    audio: "source",
  });
  const obs = shape(videoTrack(), audioTrack(), true);
  assert.equal(isDirect(planOf(obs, CLASSIC)), true);
  assert.deepEqual(planOf(obs, { video: "plain", audio: "opus" }), {
    video: "h264",
    audio: "opus",
  });
  const av1 = shape(AV1, MP3);
  assert.deepEqual(planOf(av1, CLASSIC), { video: "h264", audio: "source" });
  assert.deepEqual(planOf(av1, { video: "cmaf", audio: "aac" }), {
    video: "source",
    audio: "source",
  });
  assert.deepEqual(planOf(av1, { video: "ts", audio: "aac" }).video, "h264");
  const vp8 = shape(vp8Track({ width: 320, height: 180 }), null);
  assert.deepEqual(planOf(vp8, { video: "cmaf", audio: "aac" }), { video: "h264", audio: null });
});

Deno.test("parseWish() reads what is asked for, and takes silence for the classic codecs", () => {
  const read = (query: string) => parseWish(new URLSearchParams(query));
  assert.deepEqual(read(""), CLASSIC);
  assert.deepEqual(read("audio=opus&video=plain"), { video: "plain", audio: "opus" });
  assert.deepEqual(read("video=any&token=x"), { video: "any", audio: "aac" });
  assert.equal(read("video=vp9"), null);
  assert.equal(read("audio="), null);
  assert.equal(wishName(CLASSIC), "h264+aac");
});

Deno.test("reordersPictures() believes what it saw, then the parameter set", () => {
  const seen = (bFrames: boolean, pictures: number, keyFrameDelay: number) => ({
    bFrames,
    pictures,
    keyFrameDelay,
  });
  const tracks = shape(videoTrack(), null).tracks;
  assert.equal(reordersPictures(tracks, seen(true, 500, 0)), true);
  assert.equal(reordersPictures(tracks, seen(false, 1, 6000)), true);
  assert.equal(reordersPictures(tracks, seen(false, 1, 0)), false);
  // A delay without any picture out of order is only a delay.
  assert.equal(reordersPictures(tracks, seen(false, 100, 6000)), false);
  const baseline = avcTrack(buildAvcConfig({
    sps: [Uint8Array.of(0x67, 0x42, 0, 0x0d, 0xf4, 0x0a, 0x0f, 0xc8)],
    pps: [Uint8Array.of(0x68, 0xce, 0x3c, 0x80)],
  }));
  assert.equal(reordersPictures({ video: baseline, audio: null }, seen(false, 1, 6000)), false);
  assert.equal(reordersPictures({ video: null, audio: OPUS }, seen(true, 1, 6000)), false);
});
