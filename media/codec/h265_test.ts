import assert from "node:assert/strict";
import { MalformedMediaError } from "../errors.ts";
import { h265AccessUnits, hex, mediaFixture } from "../../tests/support/bitstreams.ts";
import {
  buildHevcConfig,
  hevcCodecString,
  hevcTrack,
  inspectH265,
  parseH265Sps,
  parseH265VpsFrameRate,
  parseHevcConfig,
} from "./h265.ts";

const record = mediaFixture("h265.hvcc");
const stream = h265AccessUnits(mediaFixture("h265.hevc"));

Deno.test("hevcTrack() reads size, rate and codec string of a real record", () => {
  const { description, ...track } = hevcTrack(record);
  assert.deepEqual(track, {
    kind: "video",
    codec: "h265",
    codecString: "hvc1.1.6.L30.90",
    width: 160,
    height: 90,
    frameRate: 25,
  });
  assert.equal(description, record);
});

Deno.test("buildHevcConfig() agrees with the record of another muxer", () => {
  const built = buildHevcConfig(stream);
  assert.deepEqual(built.subarray(0, 13), record.subarray(0, 13));
  // From the chroma format to the bit depths, then layers and length size.
  assert.deepEqual(built.subarray(16, 19), record.subarray(16, 19));
  assert.equal(built[21], record[21]);
  const [mine, theirs] = [parseHevcConfig(built), parseHevcConfig(record)];
  assert.deepEqual([mine.vps, mine.sps, mine.pps], [theirs.vps, theirs.sps, theirs.pps]);
  assert.equal(hevcTrack(built).codecString, hevcTrack(record).codecString);
});

Deno.test("hevcCodecString() follows Annex E.3", () => {
  const base = { profileSpace: 0, profile: 2, tier: 1, level: 153 };
  assert.equal(
    hevcCodecString({
      ...base,
      compatibility: hex("20000000"),
      constraints: hex("b00000000000"),
    }),
    "hvc1.2.4.H153.B0",
  );
  assert.equal(
    hevcCodecString({
      ...base,
      profileSpace: 1,
      compatibility: hex("60000000"),
      constraints: hex("900001000000"),
    }),
    "hvc1.A2.6.H153.90.0.1",
  );
  assert.equal(
    hevcCodecString({ ...base, compatibility: hex("60000000"), constraints: new Uint8Array(6) }),
    "hvc1.2.6.H153",
  );
});

Deno.test("parseH265Sps() and parseH265VpsFrameRate() agree on a real stream", () => {
  const sps = parseH265Sps(stream.sps[0]);
  assert.deepEqual([sps.width, sps.height, sps.chromaFormat, sps.bitDepthLuma], [160, 90, 1, 8]);
  assert.equal(sps.frameRate, 25);
  assert.ok([null, 25].includes(parseH265VpsFrameRate(stream.vps[0])));
});

Deno.test("inspectH265() finds the random access points of a real stream", () => {
  const keys = stream.units.map((unit) => inspectH265(unit));
  assert.equal(keys.length, 15);
  assert.deepEqual(keys.flatMap(({ keyFrame }, i) => keyFrame ? [i] : []), [0, 7]);
  assert.ok(keys.every(({ hasPicture }) => hasPicture));
});

Deno.test("parseHevcConfig() throws MalformedMediaError when it is cut short", () => {
  const { pps } = parseHevcConfig(record);
  const end = pps[0].byteOffset + pps[0].length - record.byteOffset;
  for (let length = 0; length < end; length++) {
    assert.throws(() => parseHevcConfig(record.subarray(0, length)), MalformedMediaError);
  }
});

Deno.test("parseH265Sps() throws or reads every prefix, and never says a rate it did not see", () => {
  const [sps] = stream.sps;
  for (let length = 0; length < sps.length; length++) {
    try {
      assert.ok([null, 25].includes(parseH265Sps(sps.subarray(0, length)).frameRate));
    } catch (error) {
      assert.ok(error instanceof MalformedMediaError);
    }
  }
});
