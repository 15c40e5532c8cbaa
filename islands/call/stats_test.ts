import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { qualityOf, readFigures, type StatsEntry } from "./stats.ts";

function report(...entries: readonly StatsEntry[]): ReadonlyMap<string, StatsEntry> {
  return new Map(entries.map((entry) => [entry.id, entry]));
}

const CODEC = { id: "c", type: "codec", mimeType: "video/VP8" };
const outbound = (timestamp: number, bytesSent: number): StatsEntry => ({
  ...{ id: "o", type: "outbound-rtp", kind: "video", codecId: "c", timestamp, bytesSent },
  ...{ packetsSent: 9, frameWidth: 640, frameHeight: 360, framesPerSecond: 30, remoteId: "r" },
  qualityLimitationReason: "bandwidth",
});
const inbound = (packetsReceived: number, packetsLost: number): StatsEntry => ({
  ...{ id: "i", type: "inbound-rtp", kind: "audio", timestamp: 0, packetsReceived, packetsLost },
  jitter: 0.004,
});

Deno.test("readFigures() makes rates of two reports, and none of one", () => {
  const remote = { id: "r", type: "remote-inbound-rtp", fractionLost: 0.03, jitter: 0.01 };
  const first = report(outbound(1_000, 1_000), CODEC, remote);
  strictEqual(readFigures(first, null).flows[0]?.bitsPerSecond, null);
  const [flow] = readFigures(report(outbound(2_000, 126_000), CODEC, remote), first).flows;
  deepStrictEqual(flow, {
    ...{ key: "o", direction: "out", kind: "video", codec: "VP8", bitsPerSecond: 1_000_000 },
    ...{ loss: 0.03, width: 640, height: 360, framesPerSecond: 30, jitterMs: 10 },
    limitedBy: "bandwidth",
  });
});

Deno.test("readFigures() counts loss of what came in over the last interval alone", () => {
  const figures = readFigures(report(inbound(190, 10)), report(inbound(100, 0)));
  strictEqual(figures.flows[0]?.loss, 0.1);
  strictEqual(figures.flows[0]?.jitterMs, 4);
  // Packets that came late after all are not lost less than none.
  strictEqual(readFigures(report(inbound(120, 5)), report(inbound(100, 8))).flows[0]?.loss, 0);
});

Deno.test("readFigures() leaves out places that nothing was sent to", () => {
  const idle = { id: "x", type: "outbound-rtp", kind: "video", timestamp: 1, packetsSent: 0 };
  deepStrictEqual(readFigures(report(idle), null).flows, []);
});

Deno.test("readFigures() finds the pair by the transport, or by its own mark", () => {
  const ends = [
    {
      ...{ id: "l", type: "local-candidate", candidateType: "relay", protocol: "udp" },
      ...{ address: "192.0.2.1", port: 5, relayProtocol: "tcp" },
    },
    { id: "m", type: "remote-candidate", candidateType: "host", protocol: "udp", address: "::1" },
  ];
  const pair = {
    ...{ id: "p", type: "candidate-pair", localCandidateId: "l", remoteCandidateId: "m" },
    ...{ currentRoundTripTime: 0.05, availableOutgoingBitrate: 300_000 },
  };
  const certificate = { id: "k", type: "certificate", fingerprint: "AA:BB" };
  const transport = {
    ...{ id: "t", type: "transport", selectedCandidatePairId: "p", localCertificateId: "k" },
  };
  const expected = {
    local: { type: "relay", protocol: "udp", address: "192.0.2.1:5", relayProtocol: "tcp" },
    remote: { type: "host", protocol: "udp", address: "[::1]", relayProtocol: null },
    roundTripMs: 50,
    availableBps: 300_000,
  };
  const found = readFigures(report(...ends, pair, transport, certificate), null);
  deepStrictEqual(found.pair, expected);
  deepStrictEqual(found.fingerprints, { local: "AA:BB", remote: null });
  deepStrictEqual(readFigures(report(...ends, { ...pair, selected: true }), null).pair, expected);
  strictEqual(readFigures(report(...ends, pair), null).pair, null);
});

Deno.test("qualityOf() tells what people begin to hear", () => {
  const flow = readFigures(report(inbound(100, 0)), null).flows[0]!;
  const quality = (loss: number) => qualityOf({ pair: null, flows: [{ ...flow, loss }] });
  deepStrictEqual([quality(0), quality(0.05), quality(0.2)], ["good", "fair", "poor"]);
});
