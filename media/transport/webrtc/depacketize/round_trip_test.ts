import assert from "node:assert/strict";
import fc from "fast-check";
import {
  RTP_VIDEO_CODECS,
  type RtpFixture,
  rtpFixture,
} from "../../../../tests/support/rtp_streams.ts";
import type { VideoUnit } from "../../../access_unit.ts";
import { JitterBuffer } from "../jitter_buffer.ts";
import { RtpSource } from "../packetize/mod.ts";
import { parseRtp, type RtpPacket } from "../rtp.ts";
import { type CodedFrame, FrameAssembler, openPayloadFormat, startsKeyFrame } from "./mod.ts";
import type { RtpVideoCodec } from "./stream_items.ts";

function packetsOf(fixture: RtpFixture, maxPayloadBytes: number): RtpPacket[] {
  const source = new RtpSource({
    codec: fixture.codec,
    payloadType: 96,
    ssrc: 1,
    sequenceNumber: 65_500,
    timestampOffset: 2 ** 32 - 9000,
    maxPayloadBytes,
  });
  source.tracks(fixture.tracks);
  return fixture.units.flatMap((unit) => source.packets(unit)).map((bytes) => parseRtp(bytes)!);
}

/** Frames of packets that come in order; the indexes in `lost` never come. */
function framesOf(
  codec: RtpVideoCodec,
  packets: readonly RtpPacket[],
  lost: ReadonlySet<number> = new Set(),
) {
  const frames: CodedFrame[] = [];
  let losses = 0;
  const assembler = new FrameAssembler(openPayloadFormat(codec), {
    frame: (frame) => void frames.push(frame),
    loss: () => losses++,
  });
  let missing = 0;
  packets.forEach((packet, i) => {
    if (lost.has(i)) {
      missing++;
      return;
    }
    assembler.push(packet, missing);
    missing = 0;
  });
  return { frames, losses, counts: assembler.counts };
}

/** Every frame that came out is one that went in, and follows the one before it or is a key frame. */
function assertDecodable(fixture: RtpFixture, frames: readonly CodedFrame[]): void {
  const source = new RtpSource({
    codec: fixture.codec,
    payloadType: 96,
    ssrc: 1,
    sequenceNumber: 0,
    timestampOffset: 2 ** 32 - 9000,
  });
  const byTimestamp = new Map(
    fixture.units.map((unit, i) => [source.timestampOf(unit.pts), { unit: unit as VideoUnit, i }]),
  );
  let last = -1;
  for (const frame of frames) {
    const found = byTimestamp.get(frame.timestamp);
    assert.ok(found);
    assert.deepEqual(frame.data, found.unit.data);
    assert.equal(frame.keyFrame, found.unit.keyFrame);
    assert.ok(
      frame.keyFrame || found.i === last + 1,
      "a frame whose reference is missing came out",
    );
    last = found.i;
  }
}

for (const codec of RTP_VIDEO_CODECS) {
  const fixture = rtpFixture(codec);

  Deno.test(`${codec}: depacketizing gives back what was packetized, whatever the packet size`, () => {
    for (const maxPayloadBytes of [60, 100, 333, 1200]) {
      const packets = packetsOf(fixture, maxPayloadBytes);
      assert.ok(packets.every((packet) => packet.payloadBytes <= maxPayloadBytes));
      const { frames, losses } = framesOf(codec, packets);
      assert.equal(frames.length, fixture.units.length);
      assert.equal(losses, 0);
      assertDecodable(fixture, frames);
    }
  });

  Deno.test(`${codec}: after the loss of any one packet only decodable frames come out`, () => {
    const packets = packetsOf(fixture, 300);
    for (let lost = 0; lost < packets.length; lost++) {
      const { frames, losses } = framesOf(codec, packets, new Set([lost]));
      assertDecodable(fixture, frames);
      assert.ok(
        losses > 0 || lost === packets.length - 1 || frames.length === fixture.units.length,
      );
      assert.ok(frames.length < fixture.units.length);
    }
  });

  Deno.test(`${codec}: random loss never lets a damaged frame through`, () => {
    const packets = packetsOf(fixture, 200);
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(packets.length - 1), { maxLength: 60 }), (lost) => {
        const { frames } = framesOf(codec, packets, new Set(lost));
        assertDecodable(fixture, frames);
      }),
      { numRuns: 60 },
    );
  });

  Deno.test(`${codec}: disorder and repetition are put right by the jitter buffer`, () => {
    const packets = packetsOf(fixture, 400);
    fc.assert(
      fc.property(
        fc.array(fc.nat(5), { minLength: packets.length, maxLength: packets.length }),
        (delays) => {
          const order = packets.map((packet, i) => ({ packet, at: i + delays[i] }))
            .sort((a, b) => a.at - b.at);
          const buffer = new JitterBuffer({ clockRate: 90_000, retransmission: false });
          // The first packet sets where the stream begins.
          const sent = [packets[0], ...order.map(({ packet }) => packet)];
          const frames: CodedFrame[] = [];
          const assembler = new FrameAssembler(openPayloadFormat(codec), {
            frame: (frame) => void frames.push(frame),
            loss: () => assert.fail("nothing was lost"),
          });
          sent.forEach((packet, i) => {
            buffer.push(packet, i);
            buffer.drain(i, (ordered, lost) => assembler.push(ordered, lost));
          });
          assert.equal(frames.length, fixture.units.length);
          assertDecodable(fixture, frames);
          assert.equal(buffer.counts.duplicates + buffer.counts.late, 1);
        },
      ),
      { numRuns: 20 },
    );
  });

  Deno.test(`${codec}: startsKeyFrame() sees the first packet of each key frame`, () => {
    const packets = packetsOf(fixture, 300);
    const starts = new Set<number>();
    packets.forEach((packet, i) => {
      const isFirst = i === 0 || packets[i - 1].timestamp !== packet.timestamp;
      if (startsKeyFrame(codec, packet.payload) && isFirst) starts.add(packet.timestamp);
    });
    const { frames } = framesOf(codec, packets);
    const keyFrames = frames.filter((frame) => frame.keyFrame).map((frame) => frame.timestamp);
    assert.ok(keyFrames.length > 0);
    assert.deepEqual([...starts], keyFrames);
  });
}

Deno.test("h264: parameter sets travel before each key frame", () => {
  const fixture = rtpFixture("h264");
  const { frames } = framesOf("h264", packetsOf(fixture, 1200));
  for (const frame of frames) {
    const types = frame.parameterSets.map((set) => set[0] & 0x1f);
    assert.deepEqual(types, frame.keyFrame ? [7, 8] : []);
  }
});

Deno.test("opus: one packet is one unit, on a clock of 48 kHz", () => {
  const fixture = rtpFixture("opus");
  const packets = packetsOf(fixture, 1200);
  assert.equal(packets.length, fixture.units.length);
  packets.forEach((packet, i) => {
    assert.deepEqual(packet.payload, fixture.units[i].data);
    assert.equal(packet.marker, false);
  });
  assert.equal((packets[1].timestamp - packets[0].timestamp) >>> 0, 960);
});
