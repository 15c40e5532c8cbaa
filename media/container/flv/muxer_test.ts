import assert from "node:assert/strict";
import type { StreamItem, VideoUnit } from "../../access_unit.ts";
import {
  h265AccessUnits,
  hex,
  ivfFrames,
  mediaFixture,
  oggPackets,
} from "../../../tests/support/bitstreams.ts";
import { hevcTrack } from "../../codec/h265.ts";
import { av1Track, stripTemporalDelimiters } from "../../codec/av1.ts";
import { opusTrack } from "../../codec/opus.ts";
import { vp9Track } from "../../codec/vp9.ts";
import { decodeAmf0 } from "../amf0.ts";
import { FlvDemuxer } from "./demuxer.ts";
import { flvFileHeader, FlvMuxer, flvTimestamp, metadataTag } from "./muxer.ts";
import { isSequenceHeader, isVideoKeyFrame } from "./tag.ts";
import { FlvTagParser } from "./tag_parser.ts";

function demux(stream: Uint8Array): StreamItem[] {
  const demuxer = new FlvDemuxer();
  return new FlvTagParser().push(stream).flatMap((tag) => [...demuxer.push(tag)]);
}

function mux(items: readonly StreamItem[]): Uint8Array {
  const muxer = new FlvMuxer();
  const parts = [
    flvFileHeader({ video: true, audio: true }),
    ...items.flatMap((item) => muxer.tagsOf(item).map((tag) => tag.bytes)),
  ];
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** What a viewer sees: the units, and the last tracks before them. */
function essence(items: readonly StreamItem[]) {
  return {
    tracks: items.findLast((item) => item.kind === "tracks")?.tracks,
    units: items.filter((item) => item.kind === "video" || item.kind === "audio"),
  };
}

Deno.test("demux, mux and demux again give the same units and tracks", () => {
  for (const name of ["h264_bframes_aac.flv", "h264_mp3.flv"]) {
    const items = demux(mediaFixture(name));
    const again = demux(mux(items));
    assert.deepEqual(essence(again), essence(items));
    assert.ok(essence(items).units.length > 60);
  }
});

/** H.265 with B-frames, AV1 or VP9 with Opus, as a stream has them. */
function enhancedItems(codec: "h265" | "av1" | "vp9"): StreamItem[] {
  const [head, , ...packets] = oggPackets(mediaFixture("opus.ogg"));
  const pictures = codec === "h265"
    ? h265AccessUnits(mediaFixture("h265.hevc")).units
    : ivfFrames(mediaFixture(codec === "av1" ? "av1.ivf" : "vp9.ivf"))
      .map((frame) => codec === "av1" ? stripTemporalDelimiters(frame) : frame);
  const keys = codec === "h265" ? [0, 7] : [0, 8];
  const video = codec === "h265"
    ? hevcTrack(mediaFixture("h265.hvcc"))
    : codec === "av1"
    ? av1Track(mediaFixture("av1.av1c"))!
    : vp9Track(mediaFixture("vp9.vpcc"), { width: 160, height: 90 });
  const audio = opusTrack(head);
  return [
    { kind: "tracks", tracks: { video, audio }, dts: 0, discontinuity: false },
    ...pictures.map((data, i): VideoUnit => ({
      kind: "video",
      dts: i * 3600,
      pts: i * 3600 + (codec === "h265" ? 7200 * (i % 3) : 0),
      keyFrame: keys.includes(i),
      data,
    })),
    ...packets.map((data, i): StreamItem => ({
      kind: "audio",
      dts: i * 1800,
      pts: i * 1800,
      samples: 960,
      data,
    })),
  ];
}

Deno.test("enhanced codecs go through mux and demux unchanged", () => {
  for (const codec of ["h265", "av1", "vp9"] as const) {
    const items = enhancedItems(codec);
    assert.deepEqual(essence(demux(mux(items))), essence(items), codec);
  }
});

Deno.test("FlvMuxer uses the classic form for H.264 and AAC, the enhanced form for the rest", () => {
  const heads = (items: readonly StreamItem[]) => {
    const muxer = new FlvMuxer();
    return items.flatMap((item) => [...muxer.tagsOf(item)]).map((tag) => tag.data);
  };
  const classic = heads(demux(mediaFixture("h264_bframes_aac.flv")));
  assert.deepEqual([...classic[1].subarray(0, 6)], [0x17, 0, 0, 0, 0, 1]);
  assert.ok(classic.some((data) => data[0] === 0xaf && data[1] === 1));
  assert.ok(classic.some((data) => data[0] === 0x27 && data[1] === 1));
  const enhanced = heads(enhancedItems("h265"));
  assert.deepEqual(enhanced[0].subarray(0, 5), hex("90 68766331"));
  assert.deepEqual(enhanced[1].subarray(0, 5), hex("90 4f707573"));
  assert.deepEqual(enhanced[2].subarray(0, 5), hex("93 68766331"), "CodedFramesX");
  assert.deepEqual(enhanced[3].subarray(0, 8), hex("a1 68766331 000050"), "CodedFrames");
});

Deno.test("FlvMuxer gives all readers of a stream the same bytes", () => {
  const items = demux(mediaFixture("h264_mp3.flv"));
  const [one, other] = [new FlvMuxer(), new FlvMuxer()];
  for (const item of items) {
    const tags = one.tagsOf(item);
    const others = other.tagsOf(item);
    if (item.kind !== "metadata") tags.forEach((tag, i) => assert.equal(others[i], tag));
    for (const tag of tags) assert.equal(tag.data.buffer, tag.bytes.buffer);
  }
  assert.deepEqual(one.tracks, other.tracks);
});

Deno.test("FlvMuxer repeats no sequence header when a track joins, all at a discontinuity", () => {
  const items = demux(mediaFixture("h264_bframes_aac.flv"));
  const [first, second] = items.filter((item) => item.kind === "tracks");
  const muxer = new FlvMuxer();
  const types = (item: StreamItem) => muxer.tagsOf(item).map(({ type }) => type);
  assert.deepEqual([types(first), types(second)], [[9], [8]]);
  assert.deepEqual(types({ ...second, discontinuity: true }), [9, 8]);
  assert.deepEqual(new FlvMuxer().tagsOf(second).map(({ type }) => type), [9, 8]);
});

Deno.test("FlvMuxer gives no tag for a unit whose track is unknown", () => {
  const unit: StreamItem = { kind: "audio", dts: 0, pts: 0, samples: 1, data: hex("00") };
  assert.deepEqual(new FlvMuxer().tagsOf(unit), []);
});

Deno.test("FlvMuxer marks key frames and sequence headers as the relay looks for them", () => {
  for (const codec of ["h265", "av1", "vp9"] as const) {
    const muxer = new FlvMuxer();
    for (const item of enhancedItems(codec)) {
      const tags = muxer.tagsOf(item);
      if (item.kind === "tracks") assert.ok(tags.length === 2 && tags.every(isSequenceHeader));
      else if (item.kind === "video") assert.equal(isVideoKeyFrame(tags[0]), item.keyFrame);
      else assert.ok(!isVideoKeyFrame(tags[0]) && !isSequenceHeader(tags[0]));
    }
  }
});

Deno.test("flvTimestamp() rounds ticks to milliseconds modulo 2^32", () => {
  assert.equal(flvTimestamp(0), 0);
  assert.equal(flvTimestamp(44), 0);
  assert.equal(flvTimestamp(45), 1);
  assert.equal(flvTimestamp((2 ** 32 + 7) * 90), 7);
  assert.equal(flvTimestamp((2 ** 40 + 7) * 90), 7);
  assert.equal(flvTimestamp(-90), 2 ** 32 - 1);
});

Deno.test("metadataTag() drops what only a file has and says what the tracks are", () => {
  const items = demux(mediaFixture("h264_bframes_aac.flv"));
  const muxer = new FlvMuxer();
  const tracks = items.findLast((item) => item.kind === "tracks")!;
  muxer.tagsOf(tracks);
  const [tag] = muxer.tagsOf(items.find((item) => item.kind === "metadata")!);
  assert.equal(tag.type, 18);
  const [name, values] = decodeAmf0(tag.data) as [string, Record<string, unknown>];
  assert.equal(name, "onMetaData");
  assert.equal("duration" in values || "filesize" in values, false);
  assert.deepEqual(
    [values.encoder, values.width, values.hasAudio, values.videocodecid, values.audiocodecid],
    ["Lavf59.27.100", 160, true, 7, 10],
  );
  const bare = metadataTag({ tracks: { video: null, audio: tracks.tracks.audio } });
  const [, described] = decodeAmf0(bare.data) as [string, Record<string, unknown>];
  assert.deepEqual([described.hasVideo, described.hasAudio], [false, true]);
});

Deno.test("flvFileHeader() says what streams there are", () => {
  assert.deepEqual(
    flvFileHeader({ video: false, audio: true }),
    hex("46 4c 56 01 04 00000009 00000000"),
  );
  assert.equal(flvFileHeader({ video: true, audio: true })[4], 5);
});
