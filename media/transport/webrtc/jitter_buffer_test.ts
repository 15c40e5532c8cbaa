import assert from "node:assert/strict";
import { JitterBuffer, type JitterBufferOptions } from "./jitter_buffer.ts";
import { buildRtp, parseRtp } from "./rtp.ts";

const PAYLOAD = Uint8Array.of(1);

function setup(options: Partial<JitterBufferOptions> = {}) {
  const buffer = new JitterBuffer({ clockRate: 90_000, retransmission: true, ...options });
  const out: string[] = [];
  const push = (number: number, nowMs: number, timestamp = number * 90) => {
    const bytes = buildRtp({
      payloadType: 96,
      sequenceNumber: number & 0xffff,
      timestamp: timestamp >>> 0,
      ssrc: 1,
      marker: false,
    }, { payload: PAYLOAD });
    buffer.push(parseRtp(bytes)!, nowMs);
    drain(nowMs);
  };
  const drain = (nowMs: number) =>
    buffer.drain(nowMs, (packet, lost) => {
      out.push(lost === 0 ? `${packet.sequenceNumber}` : `${packet.sequenceNumber}-${lost}`);
    });
  return { buffer, out, push, drain };
}

Deno.test("JitterBuffer gives packets in order at once and over the end of the numbers", () => {
  const { out, push, buffer } = setup();
  [65_534, 65_535, 65_536, 65_537].forEach((number, i) => push(number, i));
  assert.deepEqual(out, ["65534", "65535", "0", "1"]);
  assert.equal(buffer.nextAt(), null);
  assert.equal(buffer.waiting, 0);
});

Deno.test("JitterBuffer holds packets behind a gap and goes on when it is filled", () => {
  const { out, push, buffer } = setup();
  push(1, 0);
  push(3, 1);
  push(4, 2);
  assert.deepEqual(out, ["1"]);
  assert.equal(buffer.waiting, 2);
  push(2, 5);
  assert.deepEqual(out, ["1", "2", "3", "4"]);
  assert.equal(buffer.counts.recovered, 0);
});

Deno.test("JitterBuffer gives a packet up at its deadline and says how many are missing", () => {
  const { out, push, drain, buffer } = setup({ maxWaitMs: 100 });
  push(1, 0);
  push(4, 10);
  drain(109);
  assert.deepEqual(out, ["1"]);
  drain(110);
  assert.deepEqual(out, ["1", "4-2"]);
  assert.equal(buffer.counts.lost, 2);
  push(2, 111);
  assert.equal(buffer.counts.late, 1);
  assert.deepEqual(out, ["1", "4-2"]);
});

Deno.test("JitterBuffer asks after a moment of disorder, again after a round trip, and not for ever", () => {
  const { push, buffer } = setup({ maxWaitMs: 500 });
  push(1, 0);
  push(3, 0);
  assert.deepEqual(buffer.requests(0), []);
  assert.equal(buffer.nextAt(), 8);
  assert.deepEqual(buffer.requests(8), [2]);
  assert.deepEqual(buffer.requests(9), []);
  const asked: number[] = [];
  for (let nowMs = 9; nowMs < 500; nowMs++) {
    if (buffer.requests(nowMs).length > 0) asked.push(nowMs);
  }
  assert.ok(asked.length >= 2 && asked.length <= 4, String(asked));
  for (let i = 1; i < asked.length; i++) {
    assert.ok(asked[i] - asked[i - 1] >= asked[i - 1] - (asked[i - 2] ?? 8), "waits grow");
  }
  assert.ok(asked.at(-1)! < 500 - buffer.roundTripMs / 2);
});

Deno.test("JitterBuffer asks at once when several packets came past the gap", () => {
  const { push, buffer } = setup();
  push(1, 0);
  for (const number of [3, 4, 5]) push(number, 0);
  assert.deepEqual(buffer.requests(0), [2]);
});

Deno.test("JitterBuffer learns the round trip and counts what came again", () => {
  const { push, buffer, out } = setup();
  for (let number = 0; number < 200; number += 2) {
    push(number, number * 10);
    push(number + 2, number * 10 + 1);
    assert.deepEqual(buffer.requests(number * 10 + 9), [number + 1]);
    push(number + 1, number * 10 + 12);
  }
  assert.ok(Math.abs(buffer.roundTripMs - 3) < 1);
  assert.equal(buffer.counts.recovered, 100);
  assert.equal(buffer.counts.lost, 0);
  assert.equal(out.length, 201);
});

Deno.test("JitterBuffer without requests only waits, for 60 ms", () => {
  const { push, buffer, drain, out } = setup({ retransmission: false, clockRate: 48_000 });
  push(1, 0);
  push(3, 0);
  assert.deepEqual(buffer.requests(50), []);
  assert.equal(buffer.nextAt(), 60);
  drain(60);
  assert.deepEqual(out, ["1", "3-1"]);
});

Deno.test("JitterBuffer begins anew after two packets of other numbers, not after one", () => {
  const { push, out, buffer } = setup({ capacity: 64 });
  push(10, 0);
  push(30_000, 1);
  push(11, 2);
  assert.deepEqual(out, ["10", "11"]);
  push(30_000, 3);
  push(30_001, 4);
  push(30_002, 5);
  assert.deepEqual(out, ["10", "11", "30001-1", "30002"]);
  assert.equal(buffer.counts.resets, 1);
});

Deno.test("JitterBuffer ignores repetitions", () => {
  const { push, out, buffer } = setup();
  push(1, 0);
  push(3, 0);
  push(3, 0);
  push(1, 0);
  assert.deepEqual(out, ["1"]);
  assert.equal(buffer.counts.duplicates, 1);
  assert.equal(buffer.counts.late, 1);
});

Deno.test("JitterBuffer reports loss before repair, jitter and the last sender report", () => {
  const { push, buffer, drain } = setup();
  for (let number = 100; number < 200; number++) {
    if (number % 10 !== 5) push(number, number * 20, number * 1800);
  }
  buffer.requests(4000);
  push(105, 4001, 105 * 1800);
  const report = buffer.report(7, 4000);
  assert.equal(report.ssrc, 7);
  assert.equal(report.highestSequence, 199);
  assert.equal(report.packetsLost, 10);
  assert.equal(report.fractionLost, Math.floor(0.1 * 256));
  assert.equal(buffer.reportedPackets, 100);
  assert.equal(report.jitter, 0);
  assert.equal(report.lastSenderReport, 0);
  buffer.senderReport({
    type: "sr",
    ssrc: 7,
    ntpSeconds: 0x12345678,
    ntpFraction: 0x9abcdef0,
    rtpTimestamp: 0,
    packetCount: 0,
    octetCount: 0,
    reports: [],
  }, 4500);
  drain(10_000);
  const next = buffer.report(7, 5000);
  assert.equal(next.fractionLost, 0);
  assert.equal(next.lastSenderReport, 0x56789abc);
  assert.equal(next.delaySinceLastSenderReport, 32_768);
});

Deno.test("JitterBuffer measures jitter on the clock of the stream", () => {
  const { push, buffer } = setup();
  for (let number = 0; number < 400; number++) {
    push(number, number * 20 + (number % 2) * 10, number * 1800);
  }
  // Every transit time differs from the one before by 10 ms, 900 ticks.
  assert.ok(Math.abs(buffer.report(1, 0).jitter - 900) < 10);
});

Deno.test("JitterBuffer refuses a capacity that is no power of two", () => {
  assert.throws(() => setup({ capacity: 100 }), RangeError);
});
