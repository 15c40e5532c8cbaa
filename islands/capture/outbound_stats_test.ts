import assert from "node:assert/strict";
import { readOutbound } from "./outbound_stats.ts";

function report(change: { bytes: number; frames: number }): unknown[] {
  return [
    { type: "transport", id: "T", selectedCandidatePairId: "P" },
    {
      type: "candidate-pair",
      id: "P",
      localCandidateId: "L",
      currentRoundTripTime: 0.042,
      availableOutgoingBitrate: 3_000_000,
      bytesReceived: 900,
    },
    { type: "local-candidate", id: "L", candidateType: "relay" },
    { type: "codec", id: "C1", mimeType: "video/H264" },
    { type: "codec", id: "C2", mimeType: "audio/opus" },
    {
      type: "outbound-rtp",
      kind: "video",
      rid: "l",
      codecId: "C1",
      frameHeight: 180,
      frameWidth: 320,
      bytesSent: 1_000,
      framesSent: 1,
      active: true,
    },
    {
      type: "outbound-rtp",
      kind: "video",
      rid: "h",
      codecId: "C1",
      frameHeight: 720,
      frameWidth: 1_280,
      bytesSent: change.bytes,
      framesSent: change.frames,
      qualityLimitationReason: "bandwidth",
      encoderImplementation: "OpenH264",
      pliCount: 2,
      active: true,
    },
    { type: "outbound-rtp", kind: "audio", codecId: "C2", bytesSent: change.bytes / 10 },
    { type: "remote-inbound-rtp", kind: "video", fractionLost: 0.05, jitter: 0.004 },
  ];
}

Deno.test("readOutbound() tells rates from two reports, and the rest from the last one", () => {
  const first = readOutbound(report({ bytes: 100_000, frames: 100 }), { before: null, nowMs: 0 });
  assert.equal(first.figures.videoKbps, 0);
  assert.equal(first.figures.fps, null);
  const { figures } = readOutbound(report({ bytes: 350_000, frames: 130 }), {
    before: first.totals,
    nowMs: 1_000,
  });
  assert.deepEqual(figures, {
    videoKbps: 2_000,
    audioKbps: 200,
    width: 1_280,
    height: 720,
    layers: 2,
    fps: 30,
    limitation: "bandwidth",
    availableKbps: 3_000,
    loss: 0.05,
    roundTripMs: 42,
    jitterMs: 4,
    codecs: ["H264", "opus"],
    encoder: "OpenH264",
    framesSent: 130,
    packetsResent: 0,
    keyFramesAsked: 2,
    route: "relay",
    bytesReceived: 900,
  });
});

Deno.test("readOutbound() knows nothing of an empty report, and says so", () => {
  const { figures } = readOutbound([null, 3, {}], { before: null, nowMs: 5 });
  assert.deepEqual(
    [figures.width, figures.loss, figures.roundTripMs, figures.encoder, figures.codecs],
    [0, null, null, null, []],
  );
});
