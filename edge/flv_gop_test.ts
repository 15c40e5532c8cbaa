import assert from "node:assert/strict";
import { FlvTagParser } from "../media/container/flv/tag_parser.ts";
import { FLV_TAG, type FlvTag, isSequenceHeader, makeTag } from "../media/container/flv/tag.ts";
import { FlvGop } from "./flv_gop.ts";

function tag(type: FlvTag["type"], timestampMs: number, head: readonly number[]): FlvTag {
  return makeTag({ type, timestampMs, dataBytes: 100, fill: (bytes, at) => bytes.set(head, at) });
}

const videoHeader = () => tag(FLV_TAG.VIDEO, 0, [0x17, 0]);
const audioHeader = () => tag(FLV_TAG.AUDIO, 0, [0xaf, 0]);
const key = (ms: number) => tag(FLV_TAG.VIDEO, ms, [0x17, 1]);
const inter = (ms: number) => tag(FLV_TAG.VIDEO, ms, [0x27, 1]);
const audio = (ms: number) => tag(FLV_TAG.AUDIO, ms, [0xaf, 1]);

function snapshotOf(
  gop: FlvGop,
): { header: { hasVideo: boolean; hasAudio: boolean }; tags: FlvTag[] } {
  const parser = new FlvTagParser();
  const tags = parser.push(gop.snapshot().payload);
  return { header: parser.header!, tags };
}

Deno.test("FlvGop starts viewers with the sequence headers and the last group of pictures", () => {
  const gop = new FlvGop();
  assert.equal(gop.started, false);
  for (const item of [videoHeader(), audioHeader(), audio(10), key(20), inter(60), audio(70)]) {
    gop.add(item);
  }
  for (const item of [key(100), audio(110), inter(140)]) gop.add(item);
  const { header, tags } = snapshotOf(gop);
  assert.deepEqual(header, { hasVideo: true, hasAudio: true });
  assert.deepEqual(tags.map(({ timestampMs }) => timestampMs), [100, 100, 100, 110, 140]);
  assert.deepEqual(tags.map(isSequenceHeader), [true, true, false, false, false]);
  assert.equal(gop.decodable, true);
  assert.equal(gop.snapshot(), gop.snapshot(), "made once between two tags");
});

Deno.test("FlvGop keeps the configuration that its first picture needs", () => {
  const gop = new FlvGop();
  const newer = tag(FLV_TAG.VIDEO, 50, [0x17, 0, 9]);
  for (const item of [videoHeader(), key(0), newer, inter(60)]) gop.add(item);
  assert.deepEqual(snapshotOf(gop).tags.map(({ data }) => data[2]), [0, 0, 9, 0]);
  gop.add(key(100));
  assert.deepEqual(snapshotOf(gop).tags.map(({ data }) => data[2]), [9, 0]);
});

Deno.test("FlvGop gives up a group above its bounds; viewers then wait for a key frame", () => {
  for (const options of [{ maxBytes: 1000 }, { maxDurationMs: 300 }]) {
    const gop = new FlvGop(options);
    gop.add(videoHeader());
    gop.add(key(0));
    for (let ms = 40; ms < 800; ms += 40) gop.add(inter(ms));
    assert.equal(gop.overflows, 1);
    assert.equal(gop.decodable, false);
    assert.equal(snapshotOf(gop).tags.length, 1);
    gop.add(key(800));
    assert.equal(gop.decodable, true);
  }
});

Deno.test("FlvGop keeps two seconds of a stream of sound alone", () => {
  const gop = new FlvGop();
  gop.add(audioHeader());
  for (let ms = 0; ms <= 10_000; ms += 100) gop.add(audio(ms));
  const { header, tags } = snapshotOf(gop);
  assert.deepEqual(header, { hasVideo: false, hasAudio: true });
  assert.equal(tags[1]!.timestampMs, 8000);
  assert.equal(tags.at(-1)!.timestampMs, 10_000);
  assert.equal(gop.decodable, true);
});
