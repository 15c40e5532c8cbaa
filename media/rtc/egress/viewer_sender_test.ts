import assert from "node:assert/strict";
import { parseRtcp } from "../../transport/webrtc/rtcp.ts";
import { parseRtp } from "../../transport/webrtc/rtp.ts";
import { audioPacket, videoPacket } from "../testing.ts";
import { Hub } from "./hub.ts";
import type { FeedDescription } from "./packet.ts";
import { type LowWish, type SendCounters, ViewerSender } from "./viewer_sender.ts";

const format = (codec: "h264" | "opus") => ({
  codec,
  payloadType: codec === "h264" ? 102 : 111,
  encoding: codec,
  clockRate: codec === "h264" ? 90_000 : 48_000,
  channels: 1,
  parameters: null,
  feedback: [],
});
const described = (layers = 1): FeedDescription => ({
  video: { codec: "h264", clockRate: 90_000, layers },
  audio: { codec: "opus", clockRate: 48_000, layers: 1 },
});

function setUp(options: { readonly layers?: number; readonly low?: LowWish } = {}) {
  let nowMs = 1_700_000_000_000;
  const keyFrames: number[] = [];
  const hub = new Hub("100001", { now: () => nowMs, onChange: () => {} });
  const attach = () =>
    hub.attach({
      origin: "whip",
      requestKeyFrame: (layer) => keyFrames.push(layer),
      onDetached: () => {},
    });
  const feed = attach();
  feed.describe(described(options.layers));
  const counters: SendCounters = {
    packets: 0,
    bytes: 0,
    unsent: 0,
    nacked: 0,
    retransmitted: 0,
    pictureLosses: 0,
    layerSwitches: 0,
  };
  const sent: Uint8Array[] = [];
  const sender = new ViewerSender({
    hub,
    streams: [
      { kind: "video", ssrc: 1000, format: format("h264") },
      { kind: "audio", ssrc: 2000, format: format("opus") },
    ],
    cname: "c",
    low: options.low ?? "no",
    send: (packet) => sent.push(packet.slice()) > 0,
    now: () => nowMs,
    random: () => 100,
    counters,
  });
  hub.join({
    onFeed: (description) => void sender.follow(description),
    onPacket: (packet) => sender.take(packet),
    onEnd: () => {},
  });
  const video = () =>
    sent.map((bytes) => parseRtp(bytes)!).filter(({ ssrc }) => ssrc === 1000)
      .map(({ sequenceNumber }) => sequenceNumber);
  return {
    hub,
    feed,
    attach,
    sender,
    sent,
    video,
    counters,
    keyFrames,
    pass: (ms: number) => nowMs += ms,
  };
}

/** A receiver report on the picture; `fractionLost` of 256. */
const reportOf = (fractionLost: number) => [{
  type: "rr" as const,
  ssrc: 1,
  reports: [{
    ssrc: 1000,
    fractionLost,
    packetsLost: 0,
    highestSequence: 100,
    jitter: 0,
    lastSenderReport: 0,
    delaySinceLastSenderReport: 0,
  }],
}];

Deno.test("ViewerSender sends the group of pictures in pieces, then what is live behind it", async () => {
  const { feed, sender, sent, video } = setUp();
  for (let sequence = 0; sequence < 400; sequence++) {
    feed.write(videoPacket(sequence, { keyFrameStart: sequence === 0 }));
  }
  sender.start();
  assert.ok(sent.length > 0 && sent.length < 400);
  feed.write(videoPacket(400));
  while (video().length < 401) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual(video(), Array.from({ length: 401 }, (_, i) => 100 + i));
  const last = parseRtp(sent.at(-1)!)!;
  const before = parseRtp(sent.at(-2)!)!;
  assert.equal(last.payloadType, 102);
  assert.equal(last.timestamp - before.timestamp, 3000);
});

Deno.test("ViewerSender asks for a key frame when there is nothing to begin with, and waits for it", () => {
  const { feed, sender, video, keyFrames } = setUp();
  feed.write(videoPacket(1));
  sender.start();
  assert.deepEqual(keyFrames, [0]);
  feed.write(videoPacket(2));
  feed.write(videoPacket(3, { keyFrameStart: true }));
  feed.write(videoPacket(4));
  assert.deepEqual(video(), [100, 101]);
});

Deno.test("ViewerSender sends again what a viewer misses, and nothing that it never sent", () => {
  const { feed, sender, sent, counters } = setUp();
  sender.start();
  feed.write(videoPacket(10, { keyFrameStart: true }));
  feed.write(videoPacket(11));
  sent.length = 0;
  sender.heard([{ type: "nack", ssrc: 1, mediaSsrc: 1000, sequenceNumbers: [101, 99, 150] }]);
  assert.deepEqual(sent.map((bytes) => parseRtp(bytes)!.sequenceNumber), [101]);
  assert.equal(counters.nacked, 3);
  sender.heard([{ type: "nack", ssrc: 1, mediaSsrc: 9, sequenceNumbers: [100] }]);
  assert.equal(counters.retransmitted, 1);
});

Deno.test("ViewerSender goes on under its own numbers when the publisher comes back", () => {
  const { hub, feed, attach, sender, sent, video, pass } = setUp();
  sender.start();
  feed.write(videoPacket(10, { keyFrameStart: true }));
  feed.write(audioPacket(10));
  feed.detach(null);
  pass(2000);
  const again = attach();
  again.describe(described());
  again.write(videoPacket(7000));
  again.write(videoPacket(7001, { keyFrameStart: true, timestamp: 99 }));
  assert.deepEqual(video(), [100, 101]);
  const [first, second] = sent.map((bytes) => parseRtp(bytes)!).filter(({ ssrc }) => ssrc === 1000);
  assert.equal(second!.timestamp - first!.timestamp, 2 * 90_000);
  assert.equal(hub.viewers, 1);
});

Deno.test("ViewerSender refuses to follow a codec that the viewer did not agree to", () => {
  const { sender } = setUp();
  const vp8 = { ...described(), video: { codec: "vp8" as const, clockRate: 90_000, layers: 1 } };
  assert.equal(sender.follow(vp8), false);
  assert.equal(sender.follow({ ...described(), audio: null }), true);
});

/** A publisher of two layers; the order says nothing: layer 0 takes more here. */
function twoLayers() {
  const stage = setUp({ layers: 2 });
  const { feed, pass } = stage;
  let high = 1;
  let low = 5000;
  feed.write(videoPacket(high++, { layer: 0, keyFrameStart: true }));
  feed.write(videoPacket(high++, { layer: 0 }));
  feed.write(videoPacket(low++, { layer: 1, keyFrameStart: true }));
  stage.sender.start();
  return {
    ...stage,
    /** A second of media: forty packets of the large layer, ten of the small one. */
    second() {
      for (let tenth = 0; tenth < 10; tenth++) {
        for (let at = 0; at < 4; at++) feed.write(videoPacket(high++, { layer: 0 }));
        feed.write(videoPacket(low++, { layer: 1 }));
        pass(100);
      }
    },
    low: (keyFrameStart = false) => feed.write(videoPacket(low++, { layer: 1, keyFrameStart })),
    high: () => feed.write(videoPacket(high++, { layer: 0 })),
  };
}

Deno.test("ViewerSender changes layers at a key frame, when the viewer reports loss", () => {
  const { sender, video, keyFrames, counters, second, low, high } = twoLayers();
  sender.heard(reportOf(0));
  for (const asked of [[], [1]]) {
    second();
    sender.heard(reportOf(80));
    assert.deepEqual(keyFrames, asked);
  }
  const before = video().length;
  low();
  assert.equal(video().length, before);
  low(true);
  high();
  low();
  assert.equal(video().length, before + 2);
  assert.equal(counters.layerSwitches, 1);
});

Deno.test("ViewerSender takes what is asked for again for loss, though it arrived in the end", () => {
  const { sender, video, keyFrames, second } = twoLayers();
  sender.heard(reportOf(0));
  for (const asked of [[], [1]]) {
    second();
    const sequenceNumbers = video().slice(-20).filter((_, at) => at % 4 === 0);
    sender.heard([{ type: "nack", ssrc: 1, mediaSsrc: 1000, sequenceNumbers }]);
    sender.heard(reportOf(0));
    assert.deepEqual(keyFrames, asked);
  }
});

Deno.test("ViewerSender judges loss by the second, however often the viewer reports", () => {
  const { sender, video, keyFrames, second, high, low, pass } = twoLayers();
  sender.heard(reportOf(0));
  for (let seconds = 0; seconds < 5; seconds++) {
    second();
    sender.heard(reportOf(0));
    // Two packets of forty, close together, each with a report of its own.
    for (let times = 0; times < 2; times++) {
      for (let at = 0; at < 4; at++) high();
      low();
      const sequenceNumbers = video().slice(-1);
      sender.heard([
        { type: "nack", ssrc: 1, mediaSsrc: 1000, sequenceNumbers },
        ...reportOf(64),
      ]);
      pass(20);
    }
  }
  assert.deepEqual(keyFrames, []);
});

Deno.test("ViewerSender reports both streams on one clock, with their common name", () => {
  const { feed, sender } = setUp();
  sender.start();
  assert.equal(sender.report(), null);
  feed.clock({ kind: "video", layer: 0 }, { timestamp: 9000, atMs: 1_700_000_000_000 });
  feed.write(videoPacket(3, { keyFrameStart: true }));
  feed.write(audioPacket(1));
  const packets = parseRtcp(sender.report()!)!;
  assert.deepEqual(packets.map(({ type }) => type), ["sr", "sdes", "sr", "sdes"]);
  const [sr] = packets;
  assert.ok(sr!.type === "sr");
  // Picture 3 stands at 9000 on the source's clock and at 100 on the viewer's.
  assert.equal(sr.rtpTimestamp, 100);
  assert.equal(sr.ntpSeconds, 1_700_000_000 + 2_208_988_800);
  assert.equal(sr.packetCount, 1);
});
