import assert from "node:assert/strict";
import type { AccessUnit, StreamItem, TracksItem, VideoUnit } from "../../access_unit.ts";
import {
  h265AccessUnits,
  hex,
  ivfFrames,
  mediaFixture,
  mp3Frames,
  oggPackets,
} from "../../../tests/support/bitstreams.ts";
import { MalformedMediaError, UnsupportedMediaError } from "../../errors.ts";
import { encodeAmf0 } from "../amf0.ts";
import { FlvDemuxer } from "./demuxer.ts";
import { FlvTagParser } from "./tag_parser.ts";
import { TimestampUnwrapper } from "./timestamps.ts";

const AVCC = new FlvTagParser().push(mediaFixture("h264_mp3.flv"))
  .find((tag) => tag.type === 9)!.data.subarray(5);

function bytes(...parts: (string | Uint8Array)[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...typeof part === "string" ? hex(part) : part]));
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

const video = (timestampMs: number, ...parts: (string | Uint8Array)[]) => ({
  type: 9,
  timestampMs,
  data: bytes(...parts),
});
const audio = (timestampMs: number, ...parts: (string | Uint8Array)[]) => ({
  type: 8,
  timestampMs,
  data: bytes(...parts),
});

function demuxFile(name: string) {
  const demuxer = new FlvDemuxer();
  const tags = new FlvTagParser().push(mediaFixture(name));
  return { demuxer, tags, items: tags.flatMap((tag) => [...demuxer.push(tag)]) };
}

function units(items: readonly StreamItem[]): AccessUnit[] {
  return items.filter((item) => item.kind === "video" || item.kind === "audio");
}

function tracks(items: readonly StreamItem[]): TracksItem[] {
  return items.filter((item) => item.kind === "tracks");
}

Deno.test("FlvDemuxer turns a real file with B-frames and AAC into units", () => {
  const { demuxer, items } = demuxFile("h264_bframes_aac.flv");
  assert.equal(items[0].kind, "metadata");
  assert.equal(demuxer.droppedUnits, 0);
  const changes = tracks(items);
  assert.deepEqual(changes.map(({ discontinuity }) => discontinuity), [false, false]);
  assert.deepEqual(demuxer.tracks, changes[1].tracks);
  assert.equal(changes[1].tracks.video?.codecString, "avc1.64000b");
  assert.equal(changes[1].tracks.audio?.codecString, "mp4a.40.2");
  const pictures = units(items).filter((unit) => unit.kind === "video");
  assert.equal(pictures.length, 25);
  assert.deepEqual(pictures.flatMap(({ keyFrame }, i) => keyFrame ? [i] : []), [0, 12, 24]);
  assert.ok(pictures.every(({ dts, pts }) => pts >= dts));
  assert.ok(pictures.some(({ dts, pts }) => pts > dts));
  const shown = pictures.map(({ pts }) => pts).sort((a, b) => a - b);
  assert.deepEqual(shown.map((pts) => pts - shown[0]), shown.map((_, i) => i * 3600));
});

Deno.test("FlvDemuxer copies no payload", () => {
  const { items, tags } = demuxFile("h264_bframes_aac.flv");
  assert.ok(units(items).every(({ data }) => data.buffer === tags[0].data.buffer));
});

Deno.test("FlvDemuxer announces MP3 with its first frame and counts its samples", () => {
  const { items } = demuxFile("h264_mp3.flv");
  const at = items.findIndex((item) => item.kind === "audio");
  const announced = items[at - 1];
  assert.ok(announced.kind === "tracks");
  assert.equal(announced.tracks.audio?.codecString, "mp4a.6B");
  assert.equal(announced.tracks.audio?.sampleRate, 44_100);
  assert.ok(items.every((item) => item.kind !== "audio" || item.samples === 1152));
});

Deno.test("FlvDemuxer splits a tag with several MP3 frames", () => {
  const frames = mp3Frames(mediaFixture("layer3.mp3")).slice(0, 3);
  const demuxer = new FlvDemuxer();
  const items = demuxer.push(audio(100, "2f", ...frames, "0000"));
  assert.deepEqual(units(items).map(({ dts }) => dts), [9000, 9000 + 2160, 9000 + 4320]);
  assert.deepEqual(units(items).map(({ data }) => data), frames);
  assert.deepEqual(demuxer.push(audio(124, "2f", frames[0])).map(({ kind }) => kind), ["audio"]);
  assert.throws(() => demuxer.push(audio(0, "2f", frames[0].subarray(0, 50))), MalformedMediaError);
});

Deno.test("FlvDemuxer gives nothing for the same configuration again, tracks for another", () => {
  const demuxer = new FlvDemuxer();
  assert.equal(demuxer.push(video(0, "17 00 000000", AVCC)).length, 1);
  assert.equal(demuxer.push(audio(0, "af 00 1190")).length, 1);
  demuxer.push(audio(0, "af 01 21"));
  assert.deepEqual(demuxer.push(video(0, "17 00 000000", AVCC)), []);
  assert.deepEqual(demuxer.push(audio(0, "af 00 1190")), []);
  const [changed] = demuxer.push(audio(40, "af 00 1210"));
  assert.ok(changed.kind === "tracks" && changed.discontinuity);
  assert.equal(changed.tracks.audio?.sampleRate, 44_100);
  assert.equal(changed.tracks.video?.codec, "h264");
  assert.equal(changed.dts, 3600);
});

Deno.test("FlvDemuxer tolerates empty tags, empty headers and empty frames", () => {
  const demuxer = new FlvDemuxer();
  const empty = [
    "",
    "17",
    "17 00",
    "17 00 000000",
    "17 02 000000",
    "57 00",
    "80 68766331",
    "d0 00",
  ];
  for (const data of empty) assert.deepEqual(demuxer.push(video(0, data)), [], data);
  for (const data of ["", "af", "af 00", "af 01", "2f", "92 4f707573"]) {
    assert.deepEqual(demuxer.push(audio(0, data)), [], data);
  }
  assert.deepEqual(demuxer.push({ type: 22, timestampMs: 0, data: hex("00") }), []);
  assert.equal(demuxer.droppedUnits, 0);
});

Deno.test("FlvDemuxer drops and counts frames before their configuration", () => {
  const demuxer = new FlvDemuxer();
  demuxer.push(video(0, "17 01 000000 00000002 6588"));
  demuxer.push(audio(0, "af 01 21"));
  demuxer.push(audio(0, "91", ascii("Opus"), "fc"));
  assert.equal(demuxer.droppedUnits, 3);
  demuxer.push(audio(0, "af 00 1190"));
  demuxer.push(audio(0, "91", ascii("Opus"), "fc"));
  assert.equal(demuxer.droppedUnits, 4, "the codec must be the configured one");
});

Deno.test("FlvDemuxer turns shorter NAL lengths into 4 bytes", () => {
  const record = AVCC.slice();
  record[4] = 0xfd;
  const demuxer = new FlvDemuxer();
  const [announced] = demuxer.push(video(0, "17 00 000000", record));
  assert.ok(announced.kind === "tracks");
  assert.equal(announced.tracks.video!.description[4] & 3, 3);
  const [unit] = demuxer.push(video(0, "17 01 000000 0003 658801 0002 4101"));
  assert.ok(unit.kind === "video" && unit.keyFrame);
  assert.deepEqual(unit.data, hex("00000003 658801 00000002 4101"));
  assert.throws(() => demuxer.push(video(0, "17 01 000000 0009 658801")), MalformedMediaError);
});

Deno.test("FlvDemuxer believes the bitstream, not the frame type", () => {
  const demuxer = new FlvDemuxer();
  demuxer.push(video(0, "17 00 000000", AVCC));
  const [wrongKey] = demuxer.push(video(0, "17 01 000000 00000002 4101"));
  const [hiddenKey] = demuxer.push(video(0, "27 01 000000 00000002 6588"));
  assert.deepEqual([wrongKey, hiddenKey].map((unit) => (unit as VideoUnit).keyFrame), [
    false,
    true,
  ]);
});

Deno.test("FlvDemuxer reads negative composition times", () => {
  const demuxer = new FlvDemuxer();
  demuxer.push(video(0, "17 00 000000", AVCC));
  const [unit] = demuxer.push(video(100, "17 01 fffff6 00000002 6588"));
  assert.ok(unit.kind === "video");
  assert.deepEqual([unit.dts, unit.pts], [9000, 8100]);
});

Deno.test("FlvDemuxer names the codec that it refuses", () => {
  const cases: [{ type: number; timestampMs: number; data: Uint8Array }, RegExp][] = [
    [video(0, "12 00"), /Sorenson/],
    [video(0, "14 00"), /VP6/],
    [audio(0, "b2 00"), /Speex/],
    [audio(0, "72 00"), /A-law/],
    [audio(0, "82 00"), /mu-law/],
    [audio(0, "90", ascii("ac-3"), "00"), /ac-3/],
    [audio(0, "91", ascii("fLaC"), "00"), /fLaC/],
    [video(0, "90", ascii("vvc1"), "00"), /vvc1/],
    [video(0, "90 00010203 00"), /\?\?\?\?/],
  ];
  for (const [message, words] of cases) {
    assert.throws(
      () => new FlvDemuxer().push(message),
      (error) => error instanceof UnsupportedMediaError && words.test(error.message),
    );
  }
});

Deno.test("FlvDemuxer reads enhanced H.265: CodedFrames, CodedFramesX, key frames", () => {
  const { units: pictures } = h265AccessUnits(mediaFixture("h265.hevc"));
  const demuxer = new FlvDemuxer();
  const hvc1 = ascii("hvc1");
  const [announced] = demuxer.push(video(0, "90", hvc1, mediaFixture("h265.hvcc")));
  assert.ok(announced.kind === "tracks");
  assert.equal(announced.tracks.video?.codecString, "hvc1.1.6.L30.90");
  const [key] = demuxer.push(video(0, "91", hvc1, "000050", pictures[0]));
  const [next] = demuxer.push(video(40, "a3", hvc1, pictures[1]));
  assert.deepEqual({ ...key, data: null }, {
    kind: "video",
    dts: 0,
    pts: 7200,
    keyFrame: true,
    data: null,
  });
  assert.deepEqual({ ...next, data: null }, {
    kind: "video",
    dts: 3600,
    pts: 3600,
    keyFrame: false,
    data: null,
  });
  assert.deepEqual((key as VideoUnit).data, pictures[0]);
});

Deno.test("FlvDemuxer takes H.265 by its unofficial codec number", () => {
  const { units: pictures } = h265AccessUnits(mediaFixture("h265.hevc"));
  const demuxer = new FlvDemuxer();
  demuxer.push(video(0, "1c 00 000000", mediaFixture("h265.hvcc")));
  const [unit] = demuxer.push(video(0, "1c 01 000000", pictures[0]));
  assert.ok(unit.kind === "video" && unit.keyFrame);
  assert.equal(demuxer.tracks?.video?.codec, "h265");
});

Deno.test("FlvDemuxer reads AV1 without temporal delimiters, with and without a complete record", () => {
  const frames = ivfFrames(mediaFixture("av1.ivf"));
  const record = mediaFixture("av1.av1c");
  for (const configuration of [record, record.subarray(0, 4)]) {
    const demuxer = new FlvDemuxer();
    const items = [
      ...demuxer.push(video(0, "90", ascii("av01"), configuration)),
      ...frames.flatMap((frame, i) => [...demuxer.push(video(i * 40, "91", ascii("av01"), frame))]),
    ];
    assert.equal(tracks(items).length, 1);
    assert.deepEqual(
      [demuxer.tracks?.video?.width, demuxer.tracks?.video?.height],
      [160, 90],
    );
    const pictures = units(items) as VideoUnit[];
    assert.deepEqual(pictures.flatMap(({ keyFrame }, i) => keyFrame ? [i] : []), [0, 8]);
    assert.ok(pictures.every(({ data }) => data[0] !== 0x12));
  }
});

Deno.test("FlvDemuxer announces VP9 at the first key frame and again when its size changes", () => {
  const frames = ivfFrames(mediaFixture("vp9.ivf"));
  const vp09 = ascii("vp09");
  const demuxer = new FlvDemuxer();
  assert.deepEqual(demuxer.push(video(0, "90", vp09, mediaFixture("vp9.vpcc"))), []);
  assert.deepEqual(demuxer.push(video(0, "a1", vp09, frames[1])), []);
  assert.equal(demuxer.droppedUnits, 1);
  const first = demuxer.push(video(40, "91", vp09, frames[0]));
  assert.deepEqual(first.map(({ kind }) => kind), ["tracks", "video"]);
  assert.equal(demuxer.push(video(80, "91", vp09, frames[8])).length, 1);
  // frame_width_minus_1 stands in bits 36 to 51: 159 becomes 319.
  const wider = frames[8].slice();
  const width = (wider[4] << 24 | wider[5] << 16 | wider[6] << 8 | wider[7]) >>> 0;
  const shifted = width + ((319 - 159) * 2 ** 12);
  wider.set([shifted >>> 24, shifted >>> 16 & 255, shifted >>> 8 & 255, shifted & 255], 4);
  const items = demuxer.push(video(120, "91", vp09, wider));
  assert.deepEqual(items.map(({ kind }) => kind), ["tracks", "video"]);
  assert.equal(tracks(items)[0].tracks.video?.width, 320);
  assert.equal(tracks(items)[0].discontinuity, true);
});

Deno.test("FlvDemuxer reads enhanced Opus, AAC and MP3", () => {
  const [head, , ...packets] = oggPackets(mediaFixture("opus.ogg"));
  const demuxer = new FlvDemuxer();
  demuxer.push(audio(0, "90", ascii("Opus"), head));
  const [unit] = demuxer.push(audio(20, "91", ascii("Opus"), packets[0]));
  assert.ok(unit.kind === "audio");
  assert.deepEqual([unit.dts, unit.samples], [1800, 960]);
  assert.deepEqual(unit.data, packets[0]);
  demuxer.push(audio(40, "90", ascii("mp4a"), "1190"));
  assert.equal(demuxer.tracks?.audio?.codec, "aac");
  demuxer.push(audio(60, "91", ascii(".mp3"), mp3Frames(mediaFixture("layer3.mp3"))[0]));
  assert.equal(demuxer.tracks?.audio?.codec, "mp3");
});

Deno.test("FlvDemuxer takes track 0 of multitrack tags and nanosecond offsets", () => {
  const avc1 = ascii("avc1");
  const demuxer = new FlvDemuxer();
  const frame = "00000002 6588";
  // One track: SequenceStart of track 0.
  demuxer.push(video(0, "96 00", avc1, "00", AVCC));
  assert.equal(demuxer.tracks?.video?.codec, "h264");
  // Many tracks: track 1, then track 0, CodedFrames with 16 ms composition time.
  const many = demuxer.push(
    video(0, "96 11", avc1, "01 000004 deadbeef 00 000009 000010", frame),
  );
  assert.deepEqual(units(many).map(({ pts }) => pts), [1440]);
  // Many codecs: an Opus track 1 is passed over, AVC track 0 is taken.
  const codecs = demuxer.push(
    video(0, "96 23", ascii("vp09"), "01 000001 00", avc1, "00 000006", frame),
  );
  assert.equal(units(codecs).length, 1);
  assert.deepEqual(demuxer.push(video(0, "96 03", avc1, "05", frame)), [], "another track");
  // ModEx: 500,000 ns later.
  const [later] = demuxer.push(video(1, "97 02 07a120 03", avc1, frame));
  assert.ok(later.kind === "video");
  assert.equal(later.dts, 135);
  for (const broken of ["96", "96 06", "96 33 61766331", "97 02 00", "97 ff ff"]) {
    assert.throws(() => demuxer.push(video(0, broken)), MalformedMediaError, broken);
  }
});

Deno.test("FlvDemuxer keeps simple metadata and the frame rate in it", () => {
  const demuxer = new FlvDemuxer();
  const values = { encoder: "x".repeat(5000), framerate: 50, stereo: true, list: [1], odd: NaN };
  const [item] = demuxer.push({
    type: 18,
    timestampMs: 10,
    data: encodeAmf0(["@setDataFrame", "onMetaData", values]),
  });
  assert.deepEqual(item, {
    kind: "metadata",
    dts: 900,
    values: { encoder: "x".repeat(1024), framerate: 50, stereo: true },
  });
  assert.deepEqual(
    demuxer.push({ type: 18, timestampMs: 0, data: encodeAmf0(["onCuePoint", {}]) }),
    [],
  );
  demuxer.push(video(0, "90", ascii("vp09"), mediaFixture("vp9.vpcc")));
  demuxer.push(video(0, "91", ascii("vp09"), ivfFrames(mediaFixture("vp9.ivf"))[0]));
  assert.equal(demuxer.tracks?.video?.frameRate, 50);
});

Deno.test("TimestampUnwrapper goes on over 2^32 and keeps other jumps", () => {
  const clock = new TimestampUnwrapper();
  const end = 2 ** 32;
  const steps: [number, number][] = [
    [end - 40, -40],
    [0, 0],
    [end - 20, -20],
    [20, 20],
    [3_000_000_000, 3_000_000_000],
    [5_000, 5_000],
    [4_000_000_000, 4_000_000_000],
    [end - 10, end - 10],
    [10, end + 10],
    [end - 5, end - 5],
    [30, end + 30],
    [100_000_000, end + 100_000_000],
  ];
  for (const [raw, expected] of steps) assert.equal(clock.unwrap(raw), expected, `${raw}`);
});
