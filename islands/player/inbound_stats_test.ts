import assert from "node:assert/strict";
import { readInbound } from "./inbound_stats.ts";

function report(packets: number, lost: number): unknown[] {
  return [
    { type: "candidate-pair", nominated: true, state: "succeeded", currentRoundTripTime: 0.03 },
    { type: "codec", id: "A", mimeType: "audio/opus" },
    {
      type: "codec",
      id: "V",
      mimeType: "video/H264",
      sdpFmtpLine: "packetization-mode=1;profile-level-id=42e01f",
    },
    { type: "inbound-rtp", kind: "audio", codecId: "A", bytesReceived: packets * 100 },
    {
      type: "inbound-rtp",
      kind: "video",
      codecId: "V",
      bytesReceived: packets * 1_000,
      packetsReceived: packets,
      packetsLost: lost,
      jitter: 0.004,
      jitterBufferDelay: packets * 0.04,
      jitterBufferEmittedCount: packets,
      framesDecoded: packets,
      freezeCount: 1,
    },
  ];
}

Deno.test("readInbound() tells rate, loss and hold from two reports", () => {
  const first = readInbound(report(100, 0), { before: null, nowMs: 0 });
  assert.deepEqual([first.figures.kbps, first.figures.loss, first.figures.holdMs], [
    null,
    null,
    null,
  ]);
  const { figures } = readInbound(report(190, 10), { before: first.totals, nowMs: 1_000 });
  assert.deepEqual(figures, {
    kbps: 792,
    codecs: ["avc1.42E01F", "opus"],
    holdMs: 40,
    roundTripMs: 30,
    jitterMs: 4,
    loss: 0.1,
    packetsLost: 10,
    freezes: 1,
  });
});

Deno.test("readInbound() takes an empty report for one of nothing", () => {
  const { figures, totals } = readInbound([null, {}], { before: null, nowMs: 1 });
  assert.deepEqual([figures.codecs, figures.roundTripMs, totals.framesDecoded], [[], null, 0]);
});
