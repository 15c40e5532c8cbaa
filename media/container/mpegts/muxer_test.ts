import assert from "node:assert/strict";
import fc from "fast-check";
import type { AudioUnit, Tracks, VideoUnit } from "../../access_unit.ts";
import { buildOpusHead, opusTrack } from "../../codec/opus.ts";
import { TRACKS } from "../../egress/hls/testing.ts";
import { UnsupportedMediaError } from "../../errors.ts";
import { PCR_LEAD_TICKS, tsCarries, TsMuxer, tsPlaysInHls } from "./muxer.ts";
import { AUDIO_PID, PMT_PID, VIDEO_PID } from "./tables.ts";

const OPUS = opusTrack(buildOpusHead({
  channels: 2,
  preSkip: 312,
  inputSampleRate: 48_000,
  outputGain: 0,
  mappingFamily: 0,
  mappingTable: new Uint8Array(0),
}));

interface Packet {
  readonly pid: number;
  readonly start: boolean;
  readonly counter: number;
  readonly randomAccess: boolean;
  readonly pcr: number | null;
  readonly payload: Uint8Array;
}

/** A reader of its own, straight from ISO/IEC 13818-1 §2.4.3. */
function packetsOf(ts: Uint8Array): Packet[] {
  const packets: Packet[] = [];
  assert.equal(ts.length % 188, 0);
  for (let at = 0; at < ts.length; at += 188) {
    const packet = ts.subarray(at, at + 188);
    assert.equal(packet[0], 0x47);
    const control = packet[3] >>> 4;
    let payloadAt = 4;
    let randomAccess = false;
    let pcr: number | null = null;
    if (control & 2) {
      const length = packet[4];
      payloadAt = 5 + length;
      assert.ok(payloadAt <= 188);
      if (length > 0) {
        randomAccess = (packet[5] & 0x40) !== 0;
        if (packet[5] & 0x10) {
          pcr = new DataView(packet.buffer, packet.byteOffset).getUint32(6) * 2 +
            (packet[10] >>> 7);
        }
      }
    }
    packets.push({
      pid: (packet[1] & 0x1f) << 8 | packet[2],
      start: (packet[1] & 0x40) !== 0,
      counter: packet[3] & 15,
      randomAccess,
      pcr,
      payload: control & 1 ? packet.subarray(payloadAt) : new Uint8Array(0),
    });
  }
  return packets;
}

interface Pes {
  readonly streamId: number;
  readonly pts: number;
  readonly dts: number;
  readonly payload: Uint8Array;
}

function pesOf(packets: readonly Packet[], pid: number): Pes[] {
  const groups: number[][] = [];
  for (const packet of packets) {
    if (packet.pid !== pid || packet.payload.length === 0) continue;
    if (packet.start) groups.push([]);
    groups.at(-1)!.push(...packet.payload);
  }
  return groups.map((bytes) => {
    assert.deepEqual(bytes.slice(0, 3), [0, 0, 1]);
    const declared = bytes[4] << 8 | bytes[5];
    if (declared !== 0) assert.equal(declared, bytes.length - 6);
    const time = (at: number) =>
      (bytes[at] >>> 1 & 7) * 2 ** 30 + (bytes[at + 1] << 22) + (bytes[at + 2] >>> 1 << 15) +
      (bytes[at + 3] << 7) + (bytes[at + 4] >>> 1);
    return {
      streamId: bytes[3],
      pts: time(9),
      dts: bytes[7] & 0x40 ? time(14) : time(9),
      payload: Uint8Array.from(bytes.slice(9 + bytes[8])),
    };
  });
}

function picture(dts: number, options: Partial<VideoUnit> & { bytes?: number } = {}): VideoUnit {
  const { bytes = 20, keyFrame = false, pts = dts } = options;
  const data = new Uint8Array(4 + bytes).fill(0xaa);
  new DataView(data.buffer).setUint32(0, bytes);
  data[4] = keyFrame ? 0x65 : 0x41;
  return { kind: "video", dts, pts, keyFrame, data: options.data ?? data };
}

function sound(dts: number, bytes = 50): AudioUnit {
  return { kind: "audio", dts, pts: dts, samples: 1024, data: new Uint8Array(bytes).fill(0x21) };
}

Deno.test("TsMuxer begins a segment with PAT and PMT, then a picture with PCR", () => {
  const ts = new TsMuxer(TRACKS).mux({ video: [picture(9000, { keyFrame: true })], audio: [] });
  const [pat, pmt, first] = packetsOf(ts);
  assert.deepEqual([pat.pid, pmt.pid, first.pid], [0, PMT_PID, VIDEO_PID]);
  assert.ok(first.randomAccess);
  assert.equal(first.pcr, 9000);
  const [pes] = pesOf(packetsOf(ts), VIDEO_PID);
  assert.equal(pes.dts, 9000 + PCR_LEAD_TICKS);
});

Deno.test("TsMuxer puts delimiter and parameter sets before a key frame, once", () => {
  const delimited = Uint8Array.of(0, 0, 0, 2, 0x09, 0x10, 0, 0, 0, 1, 0x65);
  const ts = new TsMuxer(TRACKS).mux({
    video: [picture(0, { keyFrame: true, data: delimited }), picture(3000, { bytes: 3 })],
    audio: [],
  });
  const [key, other] = pesOf(packetsOf(ts), VIDEO_PID);
  const types = (bytes: Uint8Array) => {
    const found = [];
    for (let i = 0; i + 4 < bytes.length; i++) {
      if (bytes[i] === 0 && bytes[i + 1] === 0 && bytes[i + 2] === 0 && bytes[i + 3] === 1) {
        found.push(bytes[i + 4] & 31);
      }
    }
    return found;
  };
  assert.deepEqual(types(key.payload), [9, 7, 8, 5]);
  assert.deepEqual(types(other.payload), [9, 1]);
});

Deno.test("TsMuxer writes time stamps modulo 2^33", () => {
  const start = 2 ** 33 - PCR_LEAD_TICKS - 3000;
  const video = [0, 1, 2].map((i) => picture(start + i * 3000, { pts: start + i * 3000 + 6000 }));
  const packets = packetsOf(new TsMuxer(TRACKS).mux({ video, audio: [] }));
  assert.deepEqual(pesOf(packets, VIDEO_PID).map((pes) => [pes.dts, pes.pts]), [
    [2 ** 33 - 3000, 3000],
    [0, 6000],
    [3000, 9000],
  ]);
  const far = picture(2 ** 34 + 90_000);
  const [, , late] = packetsOf(new TsMuxer(TRACKS).mux({ video: [far], audio: [] }));
  assert.equal(late.pcr, 90_000);
});

Deno.test("TsMuxer wraps AAC in ADTS, several frames a PES packet", () => {
  const audio = Array.from({ length: 16 }, (_, i) => sound(i * 1920));
  const packets = packetsOf(new TsMuxer(TRACKS).mux({ video: [picture(0)], audio }));
  const pes = pesOf(packets, AUDIO_PID);
  assert.ok(pes.length >= 2 && pes.length <= 4);
  assert.equal(pes.reduce((sum, one) => sum + one.payload.length, 0), 16 * 57);
  for (const { payload } of pes) {
    for (let at = 0; at < payload.length; at += 57) assert.equal(payload[at], 0xff);
  }
});

Deno.test("TsMuxer gives a clock reference at least every 100 ms while pictures stay away", () => {
  const audio = Array.from({ length: 40 }, (_, i) => sound(i * 1920, 300));
  const packets = packetsOf(new TsMuxer(TRACKS).mux({ video: [picture(0)], audio }));
  const clocks = packets.flatMap((packet) => packet.pcr ?? []);
  assert.ok(clocks.length >= 5);
  assert.deepEqual(clocks, clocks.toSorted((a, b) => a - b));
});

Deno.test("TsMuxer carries Opus with its control header, but says HLS players do not take it", () => {
  const tracks: Tracks = { video: null, audio: OPUS };
  assert.equal(tsCarries(tracks), true);
  assert.equal(tsPlaysInHls(tracks), false);
  const ts = new TsMuxer(tracks).mux({ video: [], audio: [sound(0, 600)] });
  const [, pmt] = packetsOf(ts);
  assert.ok(new TextDecoder("latin1").decode(pmt.payload).includes("Opus"));
  const [pes] = pesOf(packetsOf(ts), AUDIO_PID);
  assert.equal(pes.streamId, 0xbd);
  assert.deepEqual([...pes.payload.subarray(0, 5)], [0x7f, 0xe0, 255, 255, 90]);
});

Deno.test("tsCarries() refuses AV1, VP9 and no tracks; TsMuxer throws for them", () => {
  for (const codec of ["av1", "vp9"] as const) {
    const tracks: Tracks = { video: { ...TRACKS.video!, codec }, audio: TRACKS.audio };
    assert.equal(tsCarries(tracks), false);
    assert.throws(() => new TsMuxer(tracks), UnsupportedMediaError);
  }
  assert.equal(tsCarries({ video: null, audio: null }), false);
  const broken = { ...TRACKS.audio!, description: Uint8Array.of(1) };
  assert.equal(tsCarries({ video: null, audio: broken }), false);
});

Deno.test("TsMuxer: packets are as many as measured, stuffed right, counted on over calls", () => {
  const unit = fc.record({
    bytes: fc.integer({ min: 1, max: 700 }),
    step: fc.integer({ min: 1, max: 12_000 }),
    keyFrame: fc.boolean(),
    shown: fc.integer({ min: 0, max: 9000 }),
  });
  const part = fc.record({
    video: fc.array(unit, { maxLength: 8 }),
    audio: fc.array(unit, { maxLength: 8 }),
  });
  fc.assert(
    fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
      let muxer = new TsMuxer(TRACKS);
      const counters = new Map<number, number>();
      for (const { video, audio } of parts) {
        let time = 0;
        const pictures = video.map((one) =>
          picture(time += one.step, { ...one, pts: time + one.shown })
        );
        time = 0;
        const content = {
          video: pictures,
          audio: audio.map((one) => sound(time += one.step, one.bytes)),
        };
        const expected = muxer.measure(content);
        const packets = packetsOf(muxer.mux(content));
        assert.equal(packets.length, expected.total + 2);
        for (const { pid, counter, payload } of packets) {
          const before = counters.get(pid);
          if (before !== undefined) {
            assert.equal(counter, payload.length > 0 ? before + 1 & 15 : before);
          }
          counters.set(pid, counter);
        }
        const pes = pesOf(packets, VIDEO_PID);
        assert.deepEqual(
          pes.map((one) => [one.dts, one.pts]),
          pictures.map((one) => [one.dts + PCR_LEAD_TICKS, one.pts + PCR_LEAD_TICKS]),
        );
        pes.forEach(({ payload }, i) => {
          const body = pictures[i].data.subarray(4);
          assert.deepEqual(payload.subarray(payload.length - body.length), body);
        });
        // A muxer made with the counters goes on like the first.
        muxer = new TsMuxer(TRACKS, muxer.counters);
      }
    }),
    { numRuns: Number(Deno.env.get("FUZZ_RUNS") ?? 100) },
  );
});
