import assert from "node:assert/strict";
import { MalformedMediaError, UnsupportedMediaError } from "../errors.ts";
import {
  adtsFrames,
  hex,
  mediaFixture,
  mp3Frames,
  oggPackets,
} from "../../tests/support/bitstreams.ts";
import { aacTrack, buildAacConfig, parseAacConfig, writeAdtsHeader } from "./aac.ts";
import { mp3Track, parseMp3Header } from "./mp3.ts";
import {
  buildDops,
  buildOpusHead,
  opusPacketSamples,
  opusTrack,
  parseDops,
  parseOpusHead,
} from "./opus.ts";

Deno.test("parseAacConfig() reads LC, explicit and implicit SBR, and PS", () => {
  const cases: [string, string, number, number, number][] = [
    ["12 10", "mp4a.40.2", 44_100, 2, 1024],
    ["11 88 56 e5 00", "mp4a.40.2", 48_000, 1, 1024],
    // HE-AAC, explicit: object type 5, core 24 kHz, extension 48 kHz, LC.
    ["2b 11 88 00", "mp4a.40.5", 48_000, 2, 2048],
    // HE-AAC, backward compatible: LC 22.05 kHz, sync extension says 44.1 kHz.
    ["13 90 56 e5 a0", "mp4a.40.5", 44_100, 2, 2048],
    // HE-AAC v2, explicit: object type 29, mono core makes stereo.
    ["eb 09 88 00", "mp4a.40.29", 48_000, 2, 2048],
    // 960 samples a frame.
    ["11 94", "mp4a.40.2", 48_000, 2, 960],
    // Explicit sampling rate of 24 bits.
    ["17 80 5d c0 10", "mp4a.40.2", 48_000, 2, 1024],
  ];
  for (const [config, codecString, sampleRate, channels, samples] of cases) {
    const track = aacTrack(hex(config));
    assert.deepEqual(
      [track.codecString, track.sampleRate, track.channels, track.samplesPerUnit],
      [codecString, sampleRate, channels, samples],
      config,
    );
  }
});

Deno.test("parseAacConfig() counts the channels of a program config element", () => {
  // LC, 48 kHz, configuration 0; one front pair, one centre, one LFE: 4 channels.
  const bits = "00010" + "0011" + "0000" + "000" + // ASC
    "0000" + "01" + "0011" + "0010" + "0000" + "0000" + "01" + "000" + "0000" + "000" +
    "0" + "0000" + "1" + "0001" + "0000";
  const padded = bits.padEnd(Math.ceil(bits.length / 8) * 8, "0") + "00000000";
  const bytes = padded.match(/.{8}/g)!.map((byte) => parseInt(byte, 2));
  assert.equal(parseAacConfig(Uint8Array.from(bytes)).channels, 4);
});

Deno.test("parseAacConfig() names what it does not carry and refuses what is broken", () => {
  assert.throws(() => parseAacConfig(hex("f9 46 40")), UnsupportedMediaError);
  assert.throws(() => parseAacConfig(hex("12")), MalformedMediaError);
  assert.throws(() => parseAacConfig(hex("16 90")), MalformedMediaError);
  assert.throws(() => parseAacConfig(new Uint8Array(2000)), MalformedMediaError);
});

Deno.test("buildAacConfig() is read back, with rates of the table and others", () => {
  for (const sampleRate of [48_000, 44_100, 37_000]) {
    const config = parseAacConfig(buildAacConfig({ sampleRate, channels: 2 }));
    assert.deepEqual([config.sampleRate, config.channels], [sampleRate, 2]);
  }
  assert.throws(() => buildAacConfig({ sampleRate: 48_000, channels: 9 }), RangeError);
});

Deno.test("writeAdtsHeader() writes what another muxer wrote", () => {
  const config = parseAacConfig(buildAacConfig({ sampleRate: 48_000, channels: 2 }));
  const frames = adtsFrames(mediaFixture("aac.adts"));
  assert.ok(frames.length > 10);
  for (const { header, payload } of frames) {
    const target = new Uint8Array(9);
    writeAdtsHeader(target, { offset: 1, config, payloadBytes: payload.length });
    assert.deepEqual(target.subarray(1, 8), header);
  }
  assert.throws(
    () => writeAdtsHeader(new Uint8Array(7), { offset: 0, config, payloadBytes: 8185 }),
    RangeError,
  );
});

Deno.test("parseOpusHead() and dOps hold the same in their two byte orders", () => {
  const [packet] = oggPackets(mediaFixture("opus.ogg"));
  const dops = mediaFixture("opus.dops");
  const head = parseOpusHead(packet);
  assert.deepEqual(buildDops(head), dops);
  assert.deepEqual(parseDops(dops), head);
  assert.deepEqual(buildOpusHead(head), packet);
  const { description, ...track } = opusTrack(packet);
  assert.equal(description, packet);
  assert.deepEqual(track, {
    kind: "audio",
    codec: "opus",
    codecString: "opus",
    sampleRate: 48_000,
    channels: 2,
    samplesPerUnit: 960,
  });
});

Deno.test("parseOpusHead() throws MalformedMediaError when it is cut short or has no channels", () => {
  const [packet] = oggPackets(mediaFixture("opus.ogg"));
  for (let length = 0; length < packet.length; length++) {
    assert.throws(() => parseOpusHead(packet.subarray(0, length)), MalformedMediaError);
  }
  const silent = packet.slice();
  silent[9] = 0;
  assert.throws(() => parseOpusHead(silent), MalformedMediaError);
  const surround = packet.slice();
  surround[18] = 1;
  assert.throws(() => parseOpusHead(surround), MalformedMediaError);
});

Deno.test("opusPacketSamples() reads every kind of TOC", () => {
  const [, , ...packets] = oggPackets(mediaFixture("opus.ogg"));
  assert.ok(packets.length >= 20);
  assert.ok(packets.every((packet) => opusPacketSamples(packet) === 960));
  assert.equal(opusPacketSamples(Uint8Array.of(3 << 3)), 2880);
  assert.equal(opusPacketSamples(Uint8Array.of(12 << 3)), 480);
  assert.equal(opusPacketSamples(Uint8Array.of(16 << 3)), 120);
  assert.equal(opusPacketSamples(Uint8Array.of(19 << 3 | 1)), 1920);
  assert.equal(opusPacketSamples(Uint8Array.of(1 << 3 | 3, 6)), 5760);
  assert.throws(() => opusPacketSamples(Uint8Array.of(1 << 3 | 3, 7)), MalformedMediaError);
  assert.throws(() => opusPacketSamples(Uint8Array.of(3)), MalformedMediaError);
  assert.throws(() => opusPacketSamples(new Uint8Array(0)), MalformedMediaError);
});

Deno.test("parseMp3Header() walks a real stream frame by frame", () => {
  const frames = mp3Frames(mediaFixture("layer3.mp3"));
  assert.ok(frames.length >= 12);
  assert.deepEqual(parseMp3Header(frames[0]), {
    version: 1,
    sampleRate: 48_000,
    channels: 2,
    bitrate: 32_000,
    samples: 1152,
    frameBytes: 96,
  });
  assert.equal(mp3Track(parseMp3Header(frames[0])).codecString, "mp4a.6B");
});

Deno.test("parseMp3Header() reads MPEG 2 and 2.5 and refuses the rest", () => {
  const mpeg2 = parseMp3Header(hex("ff f3 44 c4"));
  assert.deepEqual([mpeg2.version, mpeg2.sampleRate, mpeg2.samples, mpeg2.channels], [
    2,
    24_000,
    576,
    1,
  ]);
  const mpeg25 = parseMp3Header(hex("ff e3 18 00"));
  assert.deepEqual([mpeg25.version, mpeg25.sampleRate], [2.5, 8_000]);
  assert.equal(mp3Track(mpeg25).codecString, "mp4a.69");
  assert.throws(() => parseMp3Header(hex("ff fd 90 00")), UnsupportedMediaError);
  assert.throws(() => parseMp3Header(hex("ff fb 00 00")), UnsupportedMediaError);
  assert.throws(() => parseMp3Header(hex("ff fb fc 00")), MalformedMediaError);
  assert.throws(() => parseMp3Header(hex("00 fb 90 00")), MalformedMediaError);
  assert.throws(() => parseMp3Header(hex("ff fb")), MalformedMediaError);
});
