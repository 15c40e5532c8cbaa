import assert from "node:assert/strict";
import { MalformedMediaError } from "../errors.ts";
import { hex, mediaFixture } from "../../tests/support/bitstreams.ts";
import { FlvTagParser } from "../container/flv/tag_parser.ts";
import { isSequenceHeader } from "../container/flv/tag.ts";
import {
  avcTrack,
  buildAvcConfig,
  hasBFrames,
  inspectH264,
  parseAvcConfig,
  parseH264Sps,
} from "./h264.ts";
import { joinNalUnits } from "./nal.ts";

/** The avcC and the coded frames that x264 wrote. */
function videoOf(name: string) {
  const video = new FlvTagParser().push(mediaFixture(name)).filter((tag) => tag.type === 9);
  return {
    record: video.find(isSequenceHeader)!.data.subarray(5),
    frames: video.filter((tag) => tag.data[1] === 1),
  };
}

Deno.test("avcTrack() reads size, rate and codec string of a real record", () => {
  const track = avcTrack(videoOf("h264_bframes_aac.flv").record);
  assert.deepEqual(
    { ...track, description: track.description.length },
    {
      kind: "video",
      codec: "h264",
      codecString: "avc1.64000b",
      width: 160,
      height: 90,
      frameRate: 25,
      description: 45,
    },
  );
});

Deno.test("parseH264Sps() tells streams with B-frames from those without", () => {
  const withB = parseH264Sps(parseAvcConfig(videoOf("h264_bframes_aac.flv").record).sps[0]);
  const without = parseH264Sps(parseAvcConfig(videoOf("h264_mp3.flv").record).sps[0]);
  assert.equal(withB.maxReorderFrames, 2);
  assert.equal(hasBFrames(withB), true);
  assert.equal(without.maxReorderFrames, 0);
  assert.equal(hasBFrames(without), false);
});

Deno.test("parseH264Sps() reads cropping, interlacing and scaling lists of known streams", () => {
  // 1920x1080 progressive, High, cropped from 1088, VUI with 30 frames a second.
  const full = parseH264Sps(
    hex("67 64 00 28 ac d9 40 78 02 27 e5 c0 44 00 00 03 00 04 00 00 03 00 f0 3c 60 c6 58"),
  );
  assert.equal(full.width, 1920);
  assert.equal(full.height, 1080);
  // Baseline 320x240 without VUI: output order is decoding order.
  const baseline = parseH264Sps(hex("67 42 00 0d f4 0a 0f c8"));
  assert.deepEqual([baseline.width, baseline.height], [320, 240]);
  assert.deepEqual([baseline.frameRate, baseline.maxReorderFrames], [null, 0]);
});

Deno.test("buildAvcConfig() makes the record that x264 wrote from its parameter sets", () => {
  for (const name of ["h264_bframes_aac.flv", "h264_mp3.flv"]) {
    const { record } = videoOf(name);
    assert.deepEqual(buildAvcConfig(parseAvcConfig(record)), record);
  }
});

Deno.test("parseAvcConfig() throws MalformedMediaError when a parameter set is cut short", () => {
  const { record } = videoOf("h264_bframes_aac.flv");
  const { pps } = parseAvcConfig(record);
  const end = pps[0].byteOffset + pps[0].length - record.byteOffset;
  for (let length = 0; length < end; length++) {
    assert.throws(() => parseAvcConfig(record.subarray(0, length)), MalformedMediaError);
  }
});

Deno.test("avcTrack() says 4-byte lengths whatever the record said, in a copy", () => {
  const record = videoOf("h264_mp3.flv").record.slice();
  record[4] = 0xfd;
  const track = avcTrack(record);
  assert.equal(parseAvcConfig(record).nalLengthSize, 2);
  assert.equal(parseAvcConfig(track.description).nalLengthSize, 4);
});

Deno.test("parseH264Sps() throws MalformedMediaError for sizes beyond the limit", () => {
  // pic_width_in_mbs_minus1 = 2^31 - 1.
  const { sps } = parseAvcConfig(videoOf("h264_mp3.flv").record);
  assert.throws(() => parseH264Sps(sps[0].subarray(0, 7)), MalformedMediaError);
  assert.throws(
    () => parseH264Sps(hex("67 42 00 0d f4 00 00 00 01 ff ff ff ff")),
    MalformedMediaError,
  );
});

Deno.test("inspectH264() agrees with the key frame flags of the muxer", () => {
  for (const name of ["h264_bframes_aac.flv", "h264_mp3.flv"]) {
    const { frames } = videoOf(name);
    assert.ok(frames.length >= 25);
    for (const { data } of frames) {
      const info = inspectH264(data.subarray(5));
      assert.deepEqual(info, { keyFrame: data[0] === 0x17, hasPicture: true, emptyNals: 0 });
    }
  }
});

Deno.test("inspectH264() takes an exact recovery point as key frame, a gradual one not", () => {
  const slice = hex("41 9a 00");
  const exact = joinNalUnits([hex("06 06 01 c4 80"), slice]);
  const gradual = joinNalUnits([hex("06 06 01 24 80"), slice]);
  const after = joinNalUnits([hex("06 05 02 aa bb 06 01 c4 80"), slice]);
  assert.equal(inspectH264(exact).keyFrame, true);
  assert.equal(inspectH264(gradual).keyFrame, false);
  assert.equal(inspectH264(after).keyFrame, true);
  assert.equal(inspectH264(joinNalUnits([hex("09 f0")])).hasPicture, false);
});
