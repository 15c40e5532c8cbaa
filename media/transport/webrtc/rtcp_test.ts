import assert from "node:assert/strict";
import { hex } from "../../../tests/support/bitstreams.ts";
import { parseRtcp, type ReportBlock, type RtcpPacket, writeRtcp } from "./rtcp.ts";

const REPORT: ReportBlock = {
  ssrc: 0x11223344,
  fractionLost: 13,
  packetsLost: -5,
  highestSequence: 0x00012345,
  jitter: 900,
  lastSenderReport: 0x55667788,
  delaySinceLastSenderReport: 65536,
};

const PACKETS: readonly RtcpPacket[] = [
  {
    type: "sr",
    ssrc: 1,
    ntpSeconds: 0xe1234567,
    ntpFraction: 0x80000000,
    rtpTimestamp: 90000,
    packetCount: 100,
    octetCount: 100000,
    reports: [REPORT],
  },
  { type: "rr", ssrc: 2, reports: [REPORT, { ...REPORT, packetsLost: 8388607 }] },
  { type: "sdes", chunks: [{ ssrc: 1, cname: "abc" }, { ssrc: 2, cname: "émission" }] },
  { type: "bye", ssrcs: [1, 2] },
  { type: "nack", ssrc: 1, mediaSsrc: 2, sequenceNumbers: [65534, 65535, 0, 14, 15, 400] },
  { type: "pli", ssrc: 1, mediaSsrc: 2 },
  { type: "fir", ssrc: 1, entries: [{ ssrc: 2, sequenceNumber: 7 }] },
  { type: "remb", ssrc: 1, bitsPerSecond: 2_500_000, ssrcs: [2, 3] },
];

Deno.test("writeRtcp() writes what parseRtcp() reads, packet by packet and as a compound", () => {
  for (const packet of PACKETS) assert.deepEqual(parseRtcp(writeRtcp([packet])), [packet]);
  assert.deepEqual(parseRtcp(writeRtcp(PACKETS)), PACKETS);
});

Deno.test("parseRtcp() reads the bytes that browsers send", () => {
  assert.deepEqual(parseRtcp(hex("81 cd 0003 00000001 00000002 0064 0005")), [
    { type: "nack", ssrc: 1, mediaSsrc: 2, sequenceNumbers: [100, 101, 103] },
  ]);
  // 0x03 exponent bits: 2^(0x0d>>2…): mantissa 0x25a1f, exponent 3.
  assert.deepEqual(
    parseRtcp(hex("8f ce 0005 00000001 00000000 52454d42 01 0e5a1f 00000007")),
    [{ type: "remb", ssrc: 1, bitsPerSecond: 0x25a1f * 8, ssrcs: [7] }],
  );
});

Deno.test("parseRtcp() passes over packets it does not know", () => {
  const extended = hex("80 cf 0002 00000001 04000000");
  const transportFeedback = hex("8f cd 0003 00000001 00000002 00000000");
  const pli = writeRtcp([PACKETS[5]]);
  const bytes = new Uint8Array([...extended, ...transportFeedback, ...pli]);
  assert.deepEqual(parseRtcp(bytes), [PACKETS[5]]);
  assert.deepEqual(parseRtcp(extended), []);
});

Deno.test("parseRtcp() reads padding of the last packet and refuses it elsewhere", () => {
  const padded = hex("a0 c9 0002 00000001 00000004");
  assert.deepEqual(parseRtcp(padded), [{ type: "rr", ssrc: 1, reports: [] }]);
  assert.equal(parseRtcp(new Uint8Array([...padded, ...writeRtcp([PACKETS[5]])])), null);
  assert.equal(parseRtcp(hex("a0 c9 0002 00000001 00000000")), null);
  assert.equal(parseRtcp(hex("a0 c9 0002 00000001 00000003")), null);
});

Deno.test("parseRtcp() gives null for a compound cut at any byte that is no boundary", () => {
  const bytes = writeRtcp(PACKETS);
  const boundaries = new Set<number>();
  let position = 0;
  for (const packet of PACKETS) boundaries.add(position += writeRtcp([packet]).length);
  for (let length = 0; length < bytes.length; length++) {
    const parsed = parseRtcp(bytes.subarray(0, length));
    assert.equal(parsed === null, !boundaries.has(length), `${length} bytes`);
  }
});

Deno.test("parseRtcp() gives null when a packet is shorter than its own counts", () => {
  for (
    const text of [
      "81 c8 0006 00000001 00000000 00000000 00000000 00000000 00000000",
      "82 c9 0001 00000001",
      "81 ca 0001 00000001",
      "81 ca 0002 00000001 01ff6161",
      "82 cb 0001 00000001",
      "81 ce 0001 00000001",
      "8f ce 0004 00000001 00000000 52454d42 02000000",
      "40 c9 0001 00000001",
    ]
  ) assert.equal(parseRtcp(hex(text)), null, text);
});

Deno.test("writeRtcp() rounds a bitrate down by at most its last of 18 bits", () => {
  for (const bitsPerSecond of [0, 1, 262_143, 262_145, 3_000_001, 9e9]) {
    const [remb] = parseRtcp(writeRtcp([{ type: "remb", ssrc: 1, bitsPerSecond, ssrcs: [] }]))!;
    assert.ok(remb.type === "remb");
    assert.ok(remb.bitsPerSecond <= bitsPerSecond);
    assert.ok(remb.bitsPerSecond >= bitsPerSecond * (1 - 2 ** -17));
  }
});

Deno.test("writeRtcp() packs neighbouring sequence numbers of a NACK into one item", () => {
  const nack = (sequenceNumbers: number[]) =>
    writeRtcp([{ type: "nack", ssrc: 1, mediaSsrc: 2, sequenceNumbers }]).length;
  assert.equal(nack([10, 11, 26]), 16);
  assert.equal(nack([10, 27]), 20);
  assert.equal(nack([]), 12);
});
