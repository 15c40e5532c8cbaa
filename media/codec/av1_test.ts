import assert from "node:assert/strict";
import { MalformedMediaError } from "../errors.ts";
import { hex, ivfFrames, mediaFixture } from "../../tests/support/bitstreams.ts";
import {
  av1CodecString,
  av1Track,
  buildAv1Config,
  forEachObu,
  inspectAv1,
  OBU,
  parseAv1Config,
  parseAv1Sequence,
  stripTemporalDelimiters,
} from "./av1.ts";

const record = mediaFixture("av1.av1c");
const frames = ivfFrames(mediaFixture("av1.ivf"));

function typesOf(data: Uint8Array): number[] {
  const types: number[] = [];
  forEachObu(data, ({ type }) => void types.push(type));
  return types;
}

Deno.test("av1Track() reads size and codec string of a real record", () => {
  assert.deepEqual(av1Track(record), {
    kind: "video",
    codec: "av1",
    codecString: "av01.0.00M.08",
    width: 160,
    height: 90,
    frameRate: null,
    description: record,
  });
});

Deno.test("buildAv1Config() makes the record of another muxer from the sequence header", () => {
  const { sequenceHeader } = inspectAv1(record.subarray(4));
  assert.deepEqual(buildAv1Config(sequenceHeader!), record);
});

Deno.test("av1Track() waits for the sequence header when the record has none", () => {
  const bare = record.subarray(0, 4);
  assert.equal(av1Track(bare), null);
  const sequence = parseAv1Sequence(inspectAv1(frames[0]).sequenceHeader!);
  assert.equal(av1Track(bare, sequence)?.width, 160);
});

Deno.test("inspectAv1() finds the key frames of a real stream", () => {
  assert.equal(frames.length, 15);
  const keys = frames.flatMap((frame, i) => inspectAv1(frame).keyFrame ? [i] : []);
  assert.deepEqual(keys, [0, 8]);
  assert.ok(frames.every((frame) => inspectAv1(frame).hasPicture));
});

Deno.test("stripTemporalDelimiters() drops them, as a view when they lead", () => {
  assert.equal(typesOf(frames[0])[0], OBU.TEMPORAL_DELIMITER);
  const stripped = stripTemporalDelimiters(frames[0]);
  assert.equal(stripped.buffer, frames[0].buffer);
  assert.deepEqual(typesOf(stripped), typesOf(frames[0]).slice(1));
  assert.equal(stripTemporalDelimiters(stripped), stripped);
  const scattered = new Uint8Array([...stripped, 0x12, 0, ...stripped]);
  assert.deepEqual([...stripTemporalDelimiters(scattered)], [...stripped, ...stripped]);
});

Deno.test("av1CodecString() names tier and bit depth", () => {
  const config = parseAv1Config(hex("81 0d e0 00"));
  assert.equal(av1CodecString(config), "av01.0.13H.12");
});

Deno.test("forEachObu() throws MalformedMediaError when an OBU leads past the end", () => {
  const walk = (text: string) => () => forEachObu(hex(text), () => {});
  assert.throws(walk("32 05 00"), MalformedMediaError);
  assert.throws(walk("32 80 80 80 80 80 80 80 80 80"), MalformedMediaError);
  assert.throws(walk("92 00"), MalformedMediaError);
  assert.throws(walk("36"), MalformedMediaError);
  assert.doesNotThrow(walk("12 00 30 aa bb"));
});

Deno.test("parseAv1Sequence() throws MalformedMediaError at every cut", () => {
  const header = inspectAv1(frames[0]).sequenceHeader!;
  for (let length = 0; length < header.length - 1; length++) {
    assert.throws(() => parseAv1Sequence(header.subarray(0, length)), MalformedMediaError);
  }
});
