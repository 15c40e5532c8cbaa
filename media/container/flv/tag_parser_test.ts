import assert from "node:assert/strict";
import fc from "fast-check";
import { hex, mediaFixture } from "../../../tests/support/bitstreams.ts";
import { MalformedMediaError, UnsupportedMediaError } from "../../errors.ts";
import {
  FILE_HEADER_BYTES,
  type FlvTag,
  isMetadata,
  isSequenceHeader,
  isVideoKeyFrame,
  makeTag,
  tagOfBytes,
  withTimestamp,
  writeTagTimestamp,
} from "./tag.ts";
import { FlvTagParser } from "./tag_parser.ts";

const file = mediaFixture("h264_bframes_aac.flv");

/** Parses a stream that comes in pieces cut at `cuts` (ascending offsets). */
function parseCut(stream: Uint8Array, cuts: readonly number[]): FlvTag[] {
  const parser = new FlvTagParser();
  const tags: FlvTag[] = [];
  let from = 0;
  for (const cut of [...cuts, stream.length]) {
    tags.push(...parser.push(stream.slice(from, cut)));
    from = cut;
  }
  assert.equal(parser.pendingBytes, 0);
  return tags;
}

function tagOf(type: 8 | 9 | 18, data: Uint8Array): FlvTag {
  return makeTag({
    type,
    timestampMs: 0,
    dataBytes: data.length,
    fill: (bytes, offset) => bytes.set(data, offset),
  });
}

Deno.test("FlvTagParser gives the tags of a real file, whose bytes joined are the file", () => {
  const parser = new FlvTagParser();
  const tags = parser.push(file);
  assert.deepEqual(parser.header, { hasVideo: true, hasAudio: true });
  assert.deepEqual(tags.slice(0, 3).map((tag) => tag.type), [18, 9, 8]);
  const joined = tags.flatMap((tag) => [...tag.bytes]);
  assert.deepEqual(Uint8Array.from(joined), file.subarray(FILE_HEADER_BYTES));
  assert.ok(tags.every((tag) => tag.bytes.buffer === file.buffer), "nothing is copied");
});

Deno.test("FlvTagParser gives the same tags when the stream is split at every byte", () => {
  const stream = file.subarray(0, 3000);
  const whole = new FlvTagParser().push(stream);
  const parser = new FlvTagParser();
  const tags: FlvTag[] = [];
  for (const byte of stream) tags.push(...parser.push(Uint8Array.of(byte)));
  assert.deepEqual(tags, whole);
  const last = whole.at(-1)!;
  const complete = file.slice(0, last.bytes.byteOffset + last.bytes.length - file.byteOffset);
  for (let cut = 0; cut <= complete.length; cut++) {
    assert.deepEqual(parseCut(complete, [cut]), whole, `cut at ${cut}`);
  }
});

Deno.test("FlvTagParser gives the same tags for any pieces", () => {
  const whole = new FlvTagParser().push(file);
  const cuts = fc.array(fc.nat(file.length), { maxLength: 60 }).map((list) =>
    list.sort((a, b) => a - b)
  );
  fc.assert(fc.property(cuts, (list) => assert.deepEqual(parseCut(file, list), whole)), {
    numRuns: 50,
  });
});

Deno.test("FlvTagParser takes a stream without file header", () => {
  const parser = new FlvTagParser();
  const tags = parser.push(file.subarray(FILE_HEADER_BYTES));
  assert.equal(parser.header, null);
  assert.deepEqual(tags, new FlvTagParser().push(file));
});

Deno.test("FlvTagParser reads the extended timestamp as unsigned 32 bits", () => {
  const tag = makeTag({ type: 8, timestampMs: 0xfedcba98, dataBytes: 0, fill: () => {} });
  assert.deepEqual([...tag.bytes.subarray(4, 8)], [0xdc, 0xba, 0x98, 0xfe]);
  assert.equal(new FlvTagParser().push(tag.bytes)[0].timestampMs, 0xfedcba98);
});

Deno.test("FlvTagParser passes over tags of other types and tolerates odd sizes behind a tag", () => {
  const other = tagOf(8, hex("af 01 aa")).bytes.slice();
  other[0] = 22;
  const zero = tagOf(8, hex("af 01 aa")).bytes.slice();
  zero.set([0, 0, 0, 0], zero.length - 4);
  const dataOnly = tagOf(8, hex("af 01 aa")).bytes.slice();
  dataOnly.set([0, 0, 0, 3], zero.length - 4);
  const tags = new FlvTagParser().push(Uint8Array.from([...other, ...zero, ...dataOnly]));
  assert.deepEqual(tags.map(({ type }) => type), [8, 8]);
});

Deno.test("FlvTagParser throws typed errors with the offset in the stream", () => {
  const push = (bytes: Uint8Array) => () => new FlvTagParser().push(bytes);
  assert.throws(push(hex("46 4c 58 01 05 00000009 00000000")), MalformedMediaError);
  assert.throws(push(hex("46 4c 56 01 05 ffffffff 00000000")), MalformedMediaError);
  assert.throws(push(hex("48 54 54 50")), MalformedMediaError);
  assert.throws(push(hex("28 000000")), UnsupportedMediaError);
  const broken = tagOf(8, hex("af 01 aa")).bytes.slice();
  broken[broken.length - 1] ^= 0x55;
  const stream = Uint8Array.from([...tagOf(8, hex("af 01")).bytes, ...broken]);
  assert.throws(
    push(stream),
    (error) => error instanceof MalformedMediaError && error.byteOffset === 17 + 14,
  );
  assert.throws(
    () => new FlvTagParser({ maxTagBytes: 10 }).push(hex("09 00000b")),
    MalformedMediaError,
  );
});

Deno.test("FlvTagParser keeps no more than came of a tag that says 16 MiB", () => {
  const parser = new FlvTagParser();
  parser.push(hex("09 ffffff 000000 00 000000"));
  for (let i = 0; i < 100; i++) parser.push(new Uint8Array(100));
  assert.equal(parser.pendingBytes, 11 + 100 * 100);
});

Deno.test("isVideoKeyFrame(), isSequenceHeader() and isMetadata() sort the tags of a real file", () => {
  const tags = new FlvTagParser().push(file);
  const indexes = (test: (tag: FlvTag) => boolean) =>
    tags.flatMap((tag, i) => test(tag) ? [i] : []);
  assert.deepEqual(indexes(isMetadata), [0]);
  assert.deepEqual(indexes(isSequenceHeader), [1, 2]);
  assert.equal(indexes(isVideoKeyFrame).length, 3);
  assert.equal(indexes(isVideoKeyFrame)[0], 3);
});

Deno.test("isVideoKeyFrame() and isSequenceHeader() read enhanced headers", () => {
  const video = (text: string) => tagOf(9, hex(text));
  assert.equal(isSequenceHeader(video("90 68766331 01")), true);
  assert.equal(isVideoKeyFrame(video("90 68766331 01")), false);
  assert.equal(isVideoKeyFrame(video("93 68766331 01")), true);
  assert.equal(isVideoKeyFrame(video("91 68766331 000000 01")), true);
  assert.equal(isVideoKeyFrame(video("a1 61763031 01")), false);
  // ModEx (nanosecond offset) before CodedFramesX.
  assert.equal(isVideoKeyFrame(video("97 02 000001 03 68766331 01")), true);
  // Multitrack, one track, CodedFramesX.
  assert.equal(isVideoKeyFrame(video("96 03 68766331 00 01")), true);
  // Not a picture: metadata, sequence end, a command.
  assert.equal(isVideoKeyFrame(video("94 68766331 01")), false);
  assert.equal(isVideoKeyFrame(video("92 68766331")), false);
  assert.equal(isVideoKeyFrame(video("57 00")), false);
  assert.equal(isSequenceHeader(tagOf(8, hex("90 4f707573 01"))), true);
  assert.equal(isSequenceHeader(tagOf(8, hex("91 4f707573 01"))), false);
});

Deno.test("writeTagTimestamp() and withTimestamp() change nothing but the time", () => {
  const [, tag] = new FlvTagParser().push(file);
  const moved = withTimestamp(tag, 2 ** 32 + 0x12345678);
  assert.equal(moved.timestampMs, 0x12345678);
  assert.deepEqual(moved.data, tag.data);
  assert.notEqual(moved.bytes.buffer, tag.bytes.buffer);
  const twice = Uint8Array.from([...tag.bytes, ...tag.bytes]);
  writeTagTimestamp(twice, tag.bytes.length, 0xffffffff);
  assert.equal(tagOfBytes(twice.subarray(tag.bytes.length)).timestampMs, 0xffffffff);
  assert.equal(tagOfBytes(twice.subarray(0, tag.bytes.length)).timestampMs, tag.timestampMs);
});
