/**
 * Random and mutated bytes against every parser of `media/codec` and `media/container` that reads
 * what publishers send. Only {@linkcode MalformedMediaError} and {@linkcode UnsupportedMediaError}
 * may come out, and what is given is bounded by what came in.
 *
 * `FUZZ_RUNS` inputs altogether (default 2000). The seeds of a target are the files of
 * `tests/fixtures/fuzz/<target>/`; an input that once broke a parser is added there.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { aacTrack, parseAacConfig } from "../../media/codec/aac.ts";
import {
  av1Track,
  inspectAv1,
  parseAv1Sequence,
  stripTemporalDelimiters,
} from "../../media/codec/av1.ts";
import { avcTrack, buildAvcConfig, inspectH264, parseH264Sps } from "../../media/codec/h264.ts";
import {
  buildHevcConfig,
  hevcTrack,
  inspectH265,
  parseH265Sps,
  parseH265VpsFrameRate,
} from "../../media/codec/h265.ts";
import { mp3Track, parseMp3Header } from "../../media/codec/mp3.ts";
import {
  MAX_DIMENSION,
  nalUnits,
  normalizeNalLengths,
  splitAnnexB,
  toAnnexB,
} from "../../media/codec/nal.ts";
import { opusPacketSamples, opusTrack, parseDops } from "../../media/codec/opus.ts";
import { parseVp8Frame, vp8Track } from "../../media/codec/vp8.ts";
import { parseVp9Frame, parseVpConfig, splitSuperframe, vp9Track } from "../../media/codec/vp9.ts";
import type { VideoTrack } from "../../media/access_unit.ts";
import {
  AMF_MAX_COUNT,
  AMF_MAX_DEPTH,
  type AmfValue,
  decodeAmf0,
  encodeAmf0,
} from "../../media/container/amf0.ts";
import {
  FlvDemuxer,
  FlvMuxer,
  FlvTagParser,
  isMetadata,
  isSequenceHeader,
  isVideoKeyFrame,
} from "../../media/container/flv/mod.ts";
import { MalformedMediaError, UnsupportedMediaError } from "../../media/errors.ts";

const FUZZ_RUNS = Number(Deno.env.get("FUZZ_RUNS") ?? 2000);
const MAX_INPUT_BYTES = 2048;

/** Runs a parser; its typed errors are an answer, anything else fails. */
function attempt<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof MalformedMediaError || error instanceof UnsupportedMediaError) return;
    throw error;
  }
}

function checkVideo(track: VideoTrack | null | undefined): void {
  if (!track) return;
  assert.ok(track.width >= 1 && track.width <= MAX_DIMENSION);
  assert.ok(track.height >= 1 && track.height <= MAX_DIMENSION);
  assert.ok(track.frameRate === null || (track.frameRate >= 1 && track.frameRate <= 1000));
  assert.match(track.codecString, /^[a-z0-9]{4}(\.[0-9A-Za-z]+)+$/);
}

function countValues(value: AmfValue, depth = 0): number {
  assert.ok(depth <= AMF_MAX_DEPTH);
  if (typeof value !== "object" || value === null || value instanceof Date) return 1;
  return Object.values(value).reduce<number>((sum, v) => sum + countValues(v, depth + 1), 1);
}

/** The same tags whether the stream comes whole or in small pieces. */
function parseTags(bytes: Uint8Array, pieceBytes: number) {
  const parser = new FlvTagParser();
  const tags = [];
  for (let i = 0; i < bytes.length; i += pieceBytes) {
    try {
      tags.push(...parser.push(bytes.slice(i, i + pieceBytes)));
    } catch (error) {
      assert.ok(error instanceof MalformedMediaError || error instanceof UnsupportedMediaError);
      return { tags, failed: true };
    }
    assert.ok(parser.pendingBytes <= bytes.length);
  }
  return { tags, failed: false };
}

/** One publisher that sends all tags, and a viewer of what came of it. */
function demuxAll(tags: readonly { type: number; timestampMs: number; data: Uint8Array }[]): void {
  const demuxer = new FlvDemuxer();
  const muxer = new FlvMuxer();
  for (const tag of tags) {
    const items = attempt(() => demuxer.push(tag));
    if (items === undefined) return;
    assert.ok(items.length <= 2 + tag.data.length / 24);
    for (const item of items) {
      if (item.kind === "tracks") checkVideo(item.tracks.video);
      if (item.kind === "video" || item.kind === "audio") {
        assert.ok(Number.isFinite(item.dts) && Number.isFinite(item.pts));
        // Length fields of one byte grow to four.
        assert.ok(item.data.length > 0 && item.data.length <= 4 * tag.data.length);
      }
      for (const out of muxer.tagsOf(item)) assert.ok(out.bytes.length < 80_000);
    }
  }
}

/** Parsers by the name of their folder of seeds. */
const TARGETS: Readonly<Record<string, (bytes: Uint8Array) => void>> = {
  amf0(bytes) {
    const values = attempt(() => decodeAmf0(bytes));
    if (values === undefined) return;
    const count = values.reduce<number>((sum, value) => sum + countValues(value), 0);
    assert.ok(count <= AMF_MAX_COUNT);
    // Whatever was understood can be said again and means the same.
    assert.deepEqual(decodeAmf0(encodeAmf0(values)), values);
  },
  flv(bytes) {
    const whole = parseTags(bytes, Math.max(1, bytes.length));
    const pieces = parseTags(bytes, 7);
    if (!whole.failed) assert.deepEqual(pieces, whole);
    for (const tag of pieces.tags) {
      attempt(() => isVideoKeyFrame(tag));
      attempt(() => isSequenceHeader(tag));
      isMetadata(tag);
    }
    demuxAll(pieces.tags);
    // The bytes as the body of single messages, without the framing to get through first.
    for (const type of [8, 9, 18]) demuxAll([{ type, timestampMs: bytes.length, data: bytes }]);
  },
  h264(bytes) {
    checkVideo(attempt(() => avcTrack(bytes)));
    const sps = attempt(() => parseH264Sps(bytes));
    if (sps) attempt(() => buildAvcConfig({ sps: [bytes], pps: [bytes] }));
    for (const size of [1, 2, 3, 4] as const) {
      attempt(() => inspectH264(bytes, size));
      const normal = attempt(() => normalizeNalLengths(bytes, size));
      if (normal) assert.deepEqual(nalUnits(normal), nalUnits(bytes, size).filter((n) => n.length));
    }
    const stream = attempt(() => toAnnexB(bytes));
    if (stream) assert.ok(stream.length <= bytes.length);
    const units = attempt(() => splitAnnexB(bytes));
    if (units) assert.ok(units.reduce((sum, unit) => sum + unit.length, 0) <= bytes.length);
  },
  h265(bytes) {
    checkVideo(attempt(() => hevcTrack(bytes)));
    const sps = attempt(() => parseH265Sps(bytes));
    if (sps) attempt(() => buildHevcConfig({ vps: [bytes], sps: [bytes], pps: [bytes] }));
    attempt(() => parseH265VpsFrameRate(bytes));
    attempt(() => inspectH265(bytes));
  },
  av1(bytes) {
    checkVideo(attempt(() => av1Track(bytes)));
    attempt(() => parseAv1Sequence(bytes));
    const info = attempt(() => inspectAv1(bytes));
    const stripped = attempt(() => stripTemporalDelimiters(bytes));
    assert.equal(stripped === undefined, info === undefined);
    if (stripped) assert.ok(stripped.length <= bytes.length);
  },
  vp8(bytes) {
    const frame = attempt(() => parseVp8Frame(bytes));
    if (!frame?.size) return;
    const track = vp8Track(frame.size, frame.version);
    assert.ok(track.width <= MAX_DIMENSION && track.height <= MAX_DIMENSION);
  },
  vp9(bytes) {
    attempt(() => parseVpConfig(bytes));
    checkVideo(attempt(() => vp9Track(bytes, { width: 16, height: 16 })));
    const frame = attempt(() => parseVp9Frame(bytes));
    if (frame?.key) assert.ok(frame.key.width <= MAX_DIMENSION);
    const frames = attempt(() => splitSuperframe(bytes));
    if (frames) assert.ok(frames.length <= 8);
  },
  aac(bytes) {
    const config = attempt(() => parseAacConfig(bytes));
    if (!config) return;
    const track = aacTrack(bytes);
    assert.ok(track.sampleRate >= 4_000 && track.sampleRate <= 192_000);
    assert.ok(track.channels >= 1 && track.channels <= 128);
    assert.ok([960, 1024, 1920, 2048].includes(track.samplesPerUnit));
  },
  opus(bytes) {
    const track = attempt(() => opusTrack(bytes));
    if (track) assert.ok(track.channels >= 1);
    attempt(() => parseDops(bytes));
    const samples = attempt(() => opusPacketSamples(bytes));
    if (samples !== undefined) assert.ok(samples >= 120 && samples <= 5760);
  },
  mp3(bytes) {
    const header = attempt(() => parseMp3Header(bytes));
    if (!header) return;
    assert.ok(header.frameBytes >= 24 && header.frameBytes <= 1441);
    assert.ok(mp3Track(header).sampleRate >= 8_000);
  },
};

function seedsOf(target: string): Uint8Array[] {
  const folder = new URL(`../fixtures/fuzz/${target}/`, import.meta.url);
  return [...Deno.readDirSync(folder)]
    .filter((entry) => entry.isFile)
    .map((entry) => entry.name)
    .sort()
    .map((name) => Deno.readFileSync(new URL(name, folder)));
}

/** A change of bytes: flips, numbers that parsers trip over, cuts, repetitions. */
const mutation = fc.record({
  kind: fc.constantFrom("flip", "set", "cut", "drop", "repeat", "insert"),
  at: fc.nat(MAX_INPUT_BYTES),
  length: fc.integer({ min: 1, max: 16 }),
  value: fc.constantFrom(0x00, 0x01, 0x02, 0x03, 0x7f, 0x80, 0xfe, 0xff),
});
type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never;

function mutate(seed: Uint8Array, changes: readonly Mutation[]): Uint8Array {
  let bytes = [...seed.subarray(0, MAX_INPUT_BYTES)];
  for (const { kind, at, length, value } of changes) {
    const index = bytes.length === 0 ? 0 : at % bytes.length;
    if (kind === "flip") bytes[index] ^= 1 << (length & 7);
    else if (kind === "set") bytes.fill(value, index, index + length);
    else if (kind === "cut") bytes = bytes.slice(0, index);
    else if (kind === "drop") bytes.splice(index, length);
    else if (kind === "repeat") bytes.splice(index, 0, ...bytes.slice(index, index + length));
    else bytes.splice(index, 0, ...new Array(length).fill(value));
  }
  return Uint8Array.from(bytes);
}

const names = Object.keys(TARGETS);
for (const name of names) {
  const seeds = seedsOf(name);
  const parse = TARGETS[name];

  Deno.test(`${name}: every file of the corpus is read or refused with a typed error`, () => {
    assert.ok(seeds.length > 0);
    for (const seed of seeds) parse(seed);
  });

  Deno.test(`${name}: random and mutated bytes are read or refused with a typed error`, () => {
    const random = fc.uint8Array({ maxLength: 256 });
    const mutated = fc.tuple(fc.constantFrom(...seeds), fc.array(mutation, { maxLength: 6 }))
      .map(([seed, changes]) => mutate(seed, changes));
    fc.assert(
      fc.property(
        fc.oneof({ arbitrary: random, weight: 1 }, { arbitrary: mutated, weight: 3 }),
        parse,
      ),
      { numRuns: Math.ceil(FUZZ_RUNS / names.length) },
    );
  });
}
