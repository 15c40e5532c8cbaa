/**
 * Random and mutated input against everything of `media/transport/webrtc` that reads what peers send:
 * session descriptions, fragments, RTP, RTCP, payloads of every codec, and packets in any order. Only
 * the typed errors may come out, and what is given is bounded by what came in.
 *
 * `FUZZ_RUNS` inputs altogether (default 2000). Descriptions start from the files of
 * `tests/fixtures/sdp/`, packets from the real bitstreams of `tests/fixtures/media/`.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { MalformedMediaError, UnsupportedMediaError } from "../../media/errors.ts";
import { Demultiplexer } from "../../media/transport/webrtc/demultiplexer.ts";
import {
  FrameAssembler,
  openPayloadFormat,
  startsKeyFrame,
  StreamItems,
} from "../../media/transport/webrtc/depacketize/mod.ts";
import { JitterBuffer } from "../../media/transport/webrtc/jitter_buffer.ts";
import { RtpSource } from "../../media/transport/webrtc/packetize/mod.ts";
import { parseRtcp, type RtcpPacket, writeRtcp } from "../../media/transport/webrtc/rtcp.ts";
import { bareRtp, buildRtp, parseRtp } from "../../media/transport/webrtc/rtp.ts";
import {
  localTransport,
  parseFragment,
  parseSdp,
  planPlay,
  planPublish,
  type RtpCodec,
  SdpError,
  writeAnswer,
  writeFragment,
} from "../../media/transport/webrtc/sdp/mod.ts";
import { carrierOffer } from "../../media/transport/webrtc/sdp/plan.ts";
import { rtpFixture } from "../support/rtp_streams.ts";

const FUZZ_RUNS = Number(Deno.env.get("FUZZ_RUNS") ?? 2000);
const CODECS: readonly RtpCodec[] = ["h264", "vp8", "vp9", "av1", "opus"];
const TARGETS = 8;
const RUNS = { numRuns: Math.ceil(FUZZ_RUNS / TARGETS) };

function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (
      error instanceof SdpError || error instanceof MalformedMediaError ||
      error instanceof UnsupportedMediaError
    ) {
      assert.match(error.message, /^Cannot /);
      // What a client wrote is repeated in errors only in a form that fits a log line.
      assert.ok(error.message.length < 600 && !/[\r\n\0]/.test(error.message));
      return undefined;
    }
    throw error;
  }
}

const folder = new URL("../fixtures/sdp/", import.meta.url);
const OFFERS = [...Deno.readDirSync(folder)].map((entry) => entry.name).sort()
  .map((name) => Deno.readTextFileSync(new URL(name, folder)));
const LOCAL = localTransport(OFFERS[0]);
const FRAGMENT = "a=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\n" +
  "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n" +
  "a=candidate:1 1 udp 2122260223 192.0.2.1 61764 typ host\r\na=end-of-candidates\r\n";

/** A change of text: lines dropped, doubled, moved, cut; characters replaced by ones that matter. */
const textChange = fc.record({
  kind: fc.constantFrom("drop", "double", "move", "cut", "replace", "insert", "number"),
  at: fc.nat(1000),
  to: fc.nat(1000),
  text: fc.constantFrom(" ", ":", ";", ",", "~", "=", "\0", "\n", "é", "-1", "99999999999", "a="),
});
type TextChange = typeof textChange extends fc.Arbitrary<infer T> ? T : never;

function changeText(text: string, changes: readonly TextChange[]): string {
  let lines = text.split("\r\n");
  for (const { kind, at, to, text: piece } of changes) {
    const index = at % Math.max(1, lines.length);
    const line = lines[index] ?? "";
    const column = to % Math.max(1, line.length);
    if (kind === "drop") lines.splice(index, 1);
    else if (kind === "double") lines.splice(to % (lines.length + 1), 0, line);
    else if (kind === "move") lines.splice(to % (lines.length + 1), 0, ...lines.splice(index, 1));
    else if (kind === "cut") lines[index] = line.slice(0, column);
    else if (kind === "replace") {
      lines[index] = line.slice(0, column) + piece + line.slice(column + 1);
    } else if (kind === "insert") lines[index] = line.slice(0, column) + piece + line.slice(column);
    else lines = lines.map((each, i) => i === index ? each.replace(/\d+/, piece) : each);
  }
  return lines.join("\r\n");
}

const mutatedOffer = fc.tuple(
  fc.constantFrom(...OFFERS),
  fc.array(textChange, { maxLength: 8 }),
).map(([offer, changes]) => changeText(offer, changes));

/** Whatever can be planned can be answered, and the answer is a description of ours alone. */
function checkOffer(text: string): void {
  const session = attempt(() => parseSdp(text));
  if (session === undefined) return;
  const plans = [
    attempt(() => planPublish(session)),
    attempt(() =>
      planPlay(session, {
        video: [{ codec: "h264" }, { codec: "vp8" }],
        audio: [{ codec: "opus" }],
      })
    ),
  ];
  for (const plan of plans) {
    if (plan === undefined) continue;
    const streams = new Map(
      plan.sections.filter((section) => section.taken).map((section) => [
        section.mid,
        { ssrc: 1, cname: "c", streamId: "s", trackId: "t" },
      ]),
    );
    const answer = writeAnswer(plan, LOCAL, { publicAddresses: [], sessionId: "1", streams });
    const parsed = parseSdp(answer);
    assert.equal(parsed.sections.length, session.sections.length);
    assert.equal(parseSdp(carrierOffer(plan.transport)).sections.length, 1);
    parsed.sections.forEach((section, i) => {
      assert.equal(section.kind, session.sections[i].kind);
      assert.equal(section.port === 0, !plan.sections[i].taken);
    });
    new Demultiplexer(plan);
  }
}

Deno.test("SDP: every offer cut at any character is read or refused with a code", () => {
  for (const offer of OFFERS) {
    for (let length = 0; length < offer.length; length += 7) checkOffer(offer.slice(0, length));
  }
});

Deno.test("SDP: mutated offers are answered or refused with a code", () => {
  fc.assert(fc.property(mutatedOffer, checkOffer), RUNS);
});

Deno.test("SDP: mutated fragments are read or refused with a code", () => {
  fc.assert(
    fc.property(fc.array(textChange, { maxLength: 6 }), (changes) => {
      const fragment = attempt(() => parseFragment(changeText(FRAGMENT, changes)));
      if (fragment === undefined) return;
      const again = attempt(() => parseFragment(writeFragment(fragment)));
      // A mid that fits no line of ours is the only thing that may not be written back.
      if (again !== undefined) assert.equal(again.candidates.length, fragment.candidates.length);
    }),
    RUNS,
  );
});

/** A change of bytes. */
const byteChange = fc.record({
  kind: fc.constantFrom("flip", "set", "cut", "drop", "repeat"),
  at: fc.nat(2000),
  value: fc.constantFrom(0x00, 0x01, 0x0f, 0x7f, 0x80, 0xbe, 0xde, 0xff),
  length: fc.integer({ min: 1, max: 12 }),
});
type ByteChange = typeof byteChange extends fc.Arbitrary<infer T> ? T : never;

function changeBytes(seed: Uint8Array, changes: readonly ByteChange[]): Uint8Array {
  let bytes = [...seed];
  for (const { kind, at, value, length } of changes) {
    const index = at % Math.max(1, bytes.length);
    if (kind === "flip") bytes[index] ^= 1 << (length & 7);
    else if (kind === "set") bytes[index] = value;
    else if (kind === "cut") bytes = bytes.slice(0, index);
    else if (kind === "drop") bytes.splice(index, length);
    else bytes.splice(index, 0, ...bytes.slice(index, index + length));
  }
  return Uint8Array.from(bytes);
}

const PACKETS = new Map(CODECS.map((codec) => {
  const fixture = rtpFixture(codec);
  const source = new RtpSource({
    codec,
    payloadType: 96,
    ssrc: 1,
    sequenceNumber: 65_530,
    timestampOffset: 0,
    maxPayloadBytes: 200,
  });
  source.tracks(fixture.tracks);
  return [codec, fixture.units.slice(0, 12).flatMap((unit) => source.packets(unit))];
}));

const RTP_SEED = buildRtp(
  { payloadType: 96, sequenceNumber: 1, timestamp: 2, ssrc: 3, marker: true },
  {
    payload: Uint8Array.of(1, 2, 3, 4),
    extensions: [{ id: 1, data: Uint8Array.of(9) }, { id: 4, data: Uint8Array.of(0x30, 0) }],
  },
);

Deno.test("RTP: whatever is read stays within the packet", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 64 }),
    fc.array(byteChange, { maxLength: 6 }).map((changes) => changeBytes(RTP_SEED, changes)),
  );
  fc.assert(
    fc.property(bytes, (input) => {
      const packet = parseRtp(input);
      if (packet === null) return;
      assert.ok(packet.payloadBytes >= 0 && packet.payloadEnd <= input.length);
      for (let id = 0; id < 256; id++) {
        const extension = packet.extension(id);
        assert.ok(extension === null || extension.length <= input.length);
      }
      const payload = packet.payload.slice();
      const bare = parseRtp(bareRtp(packet));
      assert.deepEqual(bare?.payload, payload);
    }),
    RUNS,
  );
});

const RTCP_SEED = writeRtcp([
  {
    type: "sr",
    ssrc: 1,
    ntpSeconds: 2,
    ntpFraction: 3,
    rtpTimestamp: 4,
    packetCount: 5,
    octetCount: 6,
    reports: [{
      ssrc: 7,
      fractionLost: 8,
      packetsLost: -9,
      highestSequence: 10,
      jitter: 11,
      lastSenderReport: 12,
      delaySinceLastSenderReport: 13,
    }],
  },
  { type: "sdes", chunks: [{ ssrc: 1, cname: "name" }] },
  { type: "nack", ssrc: 1, mediaSsrc: 2, sequenceNumbers: [1, 3, 40] },
  { type: "fir", ssrc: 1, entries: [{ ssrc: 2, sequenceNumber: 3 }] },
  { type: "remb", ssrc: 1, bitsPerSecond: 1e6, ssrcs: [2] },
  { type: "bye", ssrcs: [1] },
]);

/** The same meaning, whatever the form. */
function normal(packet: RtcpPacket): unknown {
  return packet.type === "nack"
    ? { ...packet, sequenceNumbers: [...new Set(packet.sequenceNumbers)].sort() }
    : packet;
}

Deno.test("RTCP: whatever is read can be written and means the same", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 96 }),
    fc.array(byteChange, { maxLength: 4 }).map((changes) => changeBytes(RTCP_SEED, changes)),
  );
  fc.assert(
    fc.property(bytes, (input) => {
      const packets = parseRtcp(input);
      if (packets === null) return;
      assert.ok(packets.length <= 64);
      for (const packet of packets) {
        // Names need not be UTF-8, so they are not written back alike.
        if (packet.type === "sdes") continue;
        assert.deepEqual(parseRtcp(writeRtcp([packet]))?.map(normal), [normal(packet)]);
      }
    }),
    RUNS,
  );
});

Deno.test("payloads: mutated packets of every codec give frames no larger than they are", () => {
  const step = fc.record({
    index: fc.nat(500),
    changes: fc.array(byteChange, { maxLength: 2 }),
    lost: fc.constantFrom(0, 0, 0, 1, 3),
  });
  fc.assert(
    fc.property(
      fc.constantFrom(...CODECS),
      fc.array(step, { maxLength: 60, size: "max" }),
      (codec, steps) => {
        let taken = 0;
        let given = 0;
        let time = 0;
        const items = new StreamItems({
          video: codec === "opus" ? null : codec,
          audio: codec === "opus",
          item: (item) => {
            if (item.kind === "video" || item.kind === "audio") assert.ok(item.data.length > 0);
          },
        });
        const assembler = codec === "opus" ? null : new FrameAssembler(openPayloadFormat(codec), {
          frame: (frame) => {
            // NAL units get 4 bytes of length, OBUs up to 5 of size, superframes their index.
            given += frame.data.length +
              frame.parameterSets.reduce((sum, set) => sum + set.length, 0);
            assert.ok(given <= taken * 5 + 64);
            attempt(() => items.frame(frame, time += 3000));
          },
          loss: () => {},
        });
        const seeds = PACKETS.get(codec)!;
        steps.forEach(({ index, changes, lost }, i) => {
          // Mostly in order, so that frames come about.
          const seed = seeds[(changes.length === 0 ? i : index) % seeds.length];
          const packet = parseRtp(changeBytes(seed, changes));
          if (packet === null) return;
          taken += packet.payloadBytes;
          startsKeyFrame(codec, packet.payload);
          if (assembler === null) attempt(() => items.audio(packet.payload, time += 1800));
          else attempt(() => assembler.push(packet, lost));
        });
      },
    ),
    RUNS,
  );
});

Deno.test("packetizers: mutated units become packets of the allowed size or a typed error", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...CODECS),
      fc.nat(100),
      fc.array(byteChange, { maxLength: 4 }),
      fc.integer({ min: 40, max: 1200 }),
      (codec, index, changes, maxPayloadBytes) => {
        const { units } = rtpFixtures.get(codec)!;
        const unit = units[index % units.length];
        const source = new RtpSource({
          codec,
          payloadType: 96,
          ssrc: 1,
          sequenceNumber: 0,
          timestampOffset: 0,
          maxPayloadBytes,
        });
        const data = changeBytes(unit.data, changes);
        const packets = attempt(() => source.packets({ ...unit, data }));
        if (packets === undefined || codec === "opus") return;
        const payloadBytes = packets.map((packet) => parseRtp(packet)!.payloadBytes);
        assert.ok(payloadBytes.every((bytes) => bytes <= maxPayloadBytes));
        assert.ok(payloadBytes.reduce((sum, bytes) => sum + bytes, 0) <= data.length * 3 + 64);
      },
    ),
    RUNS,
  );
});
const rtpFixtures = new Map(CODECS.map((codec) => [codec, rtpFixture(codec)]));

Deno.test("jitter buffer: numbers in any order come out rising, once, and nothing piles up", () => {
  const step = fc.record({
    jump: fc.oneof(
      { arbitrary: fc.integer({ min: -5, max: 6 }), weight: 20 },
      { arbitrary: fc.integer({ min: -40_000, max: 40_000 }), weight: 1 },
    ),
    waitMs: fc.constantFrom(0, 1, 5, 30, 200),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300, size: "max" }), (steps) => {
      const buffer = new JitterBuffer({ clockRate: 90_000, retransmission: true, capacity: 64 });
      let number = 65_000;
      let nowMs = 0;
      let last: number | null = null;
      let resets = 0;
      for (const { jump, waitMs } of steps) {
        number = number + jump + 65_536 & 0xffff;
        nowMs += waitMs;
        const packet = parseRtp(buildRtp(
          {
            payloadType: 96,
            sequenceNumber: number,
            timestamp: nowMs * 90,
            ssrc: 1,
            marker: false,
          },
          { payload: Uint8Array.of(1) },
        ))!;
        buffer.push(packet, nowMs);
        if (buffer.counts.resets > resets) {
          resets = buffer.counts.resets;
          last = null;
        }
        buffer.drain(nowMs, ({ sequenceNumber }, lost) => {
          if (last !== null) assert.equal(sequenceNumber - last << 16 >> 16, 1 + lost);
          last = sequenceNumber;
        });
        assert.ok(buffer.requests(nowMs).length <= 64);
        assert.ok(buffer.waiting < 64);
        const next = buffer.nextAt();
        assert.ok(next === null || next >= nowMs - 1000);
        const report = buffer.report(1, nowMs);
        assert.ok(report.fractionLost >= 0 && report.fractionLost <= 255);
        writeRtcp([{ type: "rr", ssrc: 2, reports: [report] }]);
      }
    }),
    RUNS,
  );
});
