import assert from "node:assert/strict";
import { RTP_VIDEO_CODECS, rtpFixture } from "../../../../tests/support/rtp_streams.ts";
import type { StreamItem, VideoUnit } from "../../../access_unit.ts";
import { parseAvcConfig } from "../../../codec/h264.ts";
import type { CodedFrame } from "./assembler.ts";
import { StreamItems } from "./stream_items.ts";

const OPUS = Uint8Array.of(0xfc, 1, 2);

function collect(video: ConstructorParameters<typeof StreamItems>[0]["video"], audio = true) {
  const items: StreamItem[] = [];
  return {
    items,
    stream: new StreamItems({ video, audio, item: (item) => void items.push(item) }),
  };
}

function frameOf(unit: VideoUnit, parameterSets: readonly Uint8Array[] = []): CodedFrame {
  return { timestamp: unit.pts, keyFrame: unit.keyFrame, data: unit.data, parameterSets };
}

for (const codec of RTP_VIDEO_CODECS) {
  Deno.test(`StreamItems begins ${codec} with its track and gives units with rising times`, () => {
    const { units, tracks } = rtpFixture(codec);
    const sets = codec === "h264"
      ? parseAvcConfig(tracks.video!.description)
      : { sps: [], pps: [] };
    const { items, stream } = collect(codec, false);
    for (const unit of units as VideoUnit[]) {
      const inBand = unit.keyFrame ? [...sets.sps, ...sets.pps] : [];
      assert.ok(stream.frame(frameOf(unit, inBand), unit.pts));
    }
    const [first, ...rest] = items;
    assert.ok(first.kind === "tracks" && !first.discontinuity && first.tracks.audio === null);
    assert.equal(first.tracks.video?.codec, codec);
    assert.ok((first.tracks.video?.width ?? 0) > 0);
    assert.equal(rest.length, units.length);
    assert.ok(rest.every((item) => item.kind === "video"));
    if (codec === "h264") {
      assert.equal(first.tracks.video?.codecString, tracks.video?.codecString);
      assert.equal(first.tracks.video?.width, tracks.video?.width);
    }
    assert.equal(stream.reordered, 0);
  });
}

Deno.test("StreamItems leaves sound out until the first picture, then begins with both tracks", () => {
  const { units } = rtpFixture("vp8");
  const { items, stream } = collect("vp8");
  stream.audio(OPUS, 0);
  stream.audio(OPUS, 1800);
  assert.equal(items.length, 0);
  stream.frame(frameOf(units[0] as VideoUnit), 2000);
  stream.audio(OPUS, 3600);
  assert.deepEqual(items.map((item) => item.kind), ["tracks", "video", "tracks", "audio"]);
  const last = items[2];
  assert.ok(last.kind === "tracks" && last.tracks.video !== null && last.tracks.audio !== null);
  assert.ok(last.discontinuity);
});

Deno.test("StreamItems goes on with sound alone when no picture comes for 3 s", () => {
  const { items, stream } = collect("vp8");
  for (let i = 0; i <= 150; i++) stream.audio(OPUS, i * 1800);
  assert.deepEqual(items.map((item) => item.kind), ["tracks", "audio"]);
  const alone = collect(null);
  alone.stream.audio(OPUS, 0);
  assert.deepEqual(alone.items.map((item) => item.kind), ["tracks", "audio"]);
});

Deno.test("StreamItems gives new tracks when the size changes in-band, and only then", () => {
  const key = (width: number): CodedFrame => ({
    timestamp: 0,
    keyFrame: true,
    data: Uint8Array.of(0x10, 2, 0, 0x9d, 1, 0x2a, width & 0xff, width >>> 8, 0xf0, 0),
    parameterSets: [],
  });
  const { items, stream } = collect("vp8", false);
  [320, 320, 640].forEach((width, i) => stream.frame(key(width), i * 3000));
  const tracks = items.filter((item) => item.kind === "tracks");
  assert.deepEqual(tracks.map((item) => item.tracks.video?.width), [320, 640]);
  assert.deepEqual(tracks.map((item) => item.discontinuity), [false, true]);
});

Deno.test("StreamItems replaces parameter sets by their id and says when one is missing", () => {
  const { units, tracks } = rtpFixture("h264");
  const { sps, pps } = parseAvcConfig(tracks.video!.description);
  const key = units[0] as VideoUnit;
  const { items, stream } = collect("h264", false);
  assert.equal(stream.frame(frameOf(key), 0), false);
  assert.equal(stream.frame(frameOf(key, [...sps]), 1), false);
  assert.equal(stream.frame({ ...frameOf(key, [...pps]), data: new Uint8Array(0) }, 2), true);
  assert.equal(stream.frame(frameOf(key), 3), true);
  // Another level under the same id.
  const other = sps[0].slice();
  other[3] = 40;
  assert.equal(stream.frame(frameOf(key, [other, ...pps]), 4), true);
  const found = items.filter((item) => item.kind === "tracks");
  assert.equal(found.length, 2);
  assert.deepEqual(parseAvcConfig(found[1].tracks.video!.description).sps, [other]);
});

Deno.test("StreamItems counts pictures out of order and keeps decode times rising", () => {
  const { units } = rtpFixture("vp8");
  const { items, stream } = collect("vp8", false);
  const [key, next] = units as VideoUnit[];
  stream.frame(frameOf(key), 9000);
  stream.frame(frameOf(next), 6000);
  stream.frame(frameOf(next), 12_000);
  assert.equal(stream.reordered, 1);
  assert.deepEqual(items.filter((item) => item.kind === "video").map((item) => item.dts), [
    9000,
    9001,
    12_000,
  ]);
});
