import assert from "node:assert/strict";
import fc from "fast-check";
import { type SourcePacket, StreamRewriter } from "./stream_rewriter.ts";

function rewriter(history?: number) {
  return new StreamRewriter({
    ssrc: 99,
    payloadType: 108,
    clockRate: 90_000,
    sequenceNumber: 65_534,
    timestamp: 4_294_960_000,
    history,
  });
}

function packet(sequenceNumber: number, timestamp: number, payloadBytes = 100): SourcePacket {
  return {
    sequenceNumber: sequenceNumber & 0xffff,
    timestamp: timestamp >>> 0,
    marker: true,
    payloadBytes,
  };
}

const at = (nowMs: number, pts: number | null = null) => ({ nowMs, pts });

Deno.test("StreamRewriter begins with its own numbers and goes on over their ends", () => {
  const stream = rewriter();
  stream.switchTo(1, packet(10, 1000), at(0));
  const sent = [0, 1, 2, 3].map((i) =>
    stream.rewrite(1, packet(10 + i, 1000 + i * 3000), at(i * 33))!
  );
  assert.deepEqual(sent.map((fields) => fields.sequenceNumber), [65_534, 65_535, 0, 1]);
  assert.deepEqual(sent.map((fields) => fields.timestamp), [
    4_294_960_000,
    4_294_963_000,
    4_294_966_000,
    1704,
  ]);
  assert.ok(
    sent.every((fields) => fields.ssrc === 99 && fields.payloadType === 108 && fields.marker),
  );
  assert.deepEqual(stream.sent, { packets: 4, octets: 400 });
});

Deno.test("StreamRewriter goes on without a break when the source changes", () => {
  const stream = rewriter();
  stream.switchTo(1, packet(10, 1000), at(0, 0));
  const before = stream.rewrite(1, packet(10, 1000), at(0, 0))!;
  stream.switchTo(2, packet(40_000, 777), at(40, 3600));
  assert.equal(stream.source, 2);
  const after = stream.rewrite(2, packet(40_000, 777), at(40, 3600))!;
  assert.equal(after.sequenceNumber, 65_535);
  assert.equal(after.timestamp - before.timestamp, 3600);
  assert.equal(stream.rewrite(1, packet(11, 4000), at(41)), null);
  // Older than the switch.
  assert.equal(stream.rewrite(2, packet(39_999, 777), at(41)), null);
});

Deno.test("StreamRewriter uses the wall where the presentation is not known, and never goes back", () => {
  const stream = rewriter();
  stream.switchTo(1, packet(1, 0), at(1000));
  const before = stream.rewrite(1, packet(1, 0), at(1000))!;
  stream.switchTo(2, packet(1, 5), at(1500));
  const after = stream.rewrite(2, packet(1, 5), at(1500, 9))!;
  assert.equal((after.timestamp - before.timestamp) >>> 0, 45_000);
  stream.switchTo(3, packet(1, 5), at(1501, 2));
  assert.equal(
    stream.rewrite(3, packet(1, 5), at(1501, 2))!.timestamp,
    (after.timestamp + 1) >>> 0,
  );
});

Deno.test("StreamRewriter leaves gaps for packets that may still come", () => {
  const stream = rewriter();
  stream.switchTo(1, packet(10, 0), at(0));
  const number = (i: number) => stream.rewrite(1, packet(i, 0), at(0))?.sequenceNumber;
  assert.deepEqual([number(10), number(13), number(12), number(11)], [65_534, 1, 0, 65_535]);
});

Deno.test("StreamRewriter closes the gaps of packets that only probe the path", () => {
  const stream = rewriter();
  stream.switchTo(1, packet(10, 0), at(0));
  const number = (i: number, bytes = 100) =>
    stream.rewrite(1, packet(i, 0, bytes), at(0))?.sequenceNumber ?? null;
  assert.equal(number(10), 65_534);
  assert.equal(number(11, 0), null);
  assert.equal(number(13), 0);
  assert.equal(number(12), 65_535);
  assert.equal(number(14, 0), null);
  assert.equal(number(15, 0), null);
  assert.equal(number(16), 1);
});

Deno.test("StreamRewriter never sends one number twice, whatever is lost, late or empty", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ shift: fc.nat(4), empty: fc.boolean() }), { maxLength: 200 }),
      (steps) => {
        const stream = rewriter();
        stream.switchTo(1, packet(0, 0), at(0));
        const order = steps.map((step, i) => ({ i, at: i + step.shift, empty: step.empty }))
          .sort((a, b) => a.at - b.at);
        const seen = new Set<number>();
        let last: number | null = null;
        for (
          const { i, empty } of [
            { i: 0, empty: false },
            ...order.filter((step) => step.i > 0),
          ]
        ) {
          const fields = stream.rewrite(1, packet(i, i * 10, empty ? 0 : 5), at(0));
          if (fields === null) continue;
          assert.ok(!seen.has(fields.sequenceNumber));
          seen.add(fields.sequenceNumber);
          last = fields.sequenceNumber;
        }
        assert.ok(last !== null);
      },
    ),
    { numRuns: 200 },
  );
});

Deno.test("StreamRewriter.resend() gives the packet of a source behind a number of the viewer", () => {
  const stream = rewriter(4);
  stream.switchTo(7, packet(100, 50), at(0));
  for (let i = 0; i < 6; i++) stream.rewrite(7, packet(100 + i, 50 + i), at(i));
  // The ring holds the last four.
  assert.equal(stream.resend(65_534, 100), null);
  const found = stream.resend(2, 100)!;
  assert.deepEqual([found.source, found.sequenceNumber], [7, 104]);
  assert.deepEqual(found.fields, {
    payloadType: 108,
    ssrc: 99,
    sequenceNumber: 2,
    timestamp: 4_294_960_004,
  });
  assert.equal(stream.resend(2, 110), null);
  assert.ok(stream.resend(2, 120));
  assert.equal(stream.resend(500, 100), null);
});

Deno.test("StreamRewriter.senderReport() keeps the sender's clock and moves its timestamp", () => {
  const stream = rewriter();
  const report = {
    type: "sr",
    ssrc: 5,
    ntpSeconds: 10,
    ntpFraction: 20,
    rtpTimestamp: 1100,
    packetCount: 3,
    octetCount: 4,
    reports: [],
  } as const;
  stream.switchTo(1, packet(10, 1000), at(0));
  assert.equal(stream.senderReport(1, report), null);
  stream.rewrite(1, packet(10, 1000), at(0));
  assert.deepEqual(stream.senderReport(1, report), {
    ...report,
    ssrc: 99,
    rtpTimestamp: 4_294_960_100,
    packetCount: 1,
    octetCount: 100,
  });
  assert.equal(stream.senderReport(2, report), null);
});
