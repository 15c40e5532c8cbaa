import assert from "node:assert/strict";
import { rtpFixture } from "../../../tests/support/rtp_streams.ts";
import { iceOffer, simulcastOffer } from "../../../tests/support/rtc_offers.ts";
import type { AccessUnit, StreamItem } from "../../access_unit.ts";
import { RtpSource } from "../../transport/webrtc/packetize/mod.ts";
import { parseRtcp, type RtcpPacket, writeRtcp } from "../../transport/webrtc/rtcp.ts";
import { buildRtp, parseRtp } from "../../transport/webrtc/rtp.ts";
import { parseSdp, planPublish } from "../../transport/webrtc/sdp/mod.ts";
import { Hub } from "../egress/hub.ts";
import type { SourcePacket } from "../egress/packet.ts";
import { MediaReceiver, type WhipCounters } from "./media_receiver.ts";

function setUp(offer = iceOffer("sendonly")) {
  let nowMs = 1_700_000_000_000;
  const items: StreamItem[] = [];
  const feedback: RtcpPacket[] = [];
  const forwarded: SourcePacket[] = [];
  const hub = new Hub("100001", { now: () => nowMs, onChange: () => {} });
  hub.join({ onFeed: () => {}, onEnd: () => {}, onPacket: (packet) => forwarded.push(packet) });
  const counters: WhipCounters = {
    packets: 0,
    bytes: 0,
    foreign: 0,
    malformed: 0,
    requested: 0,
    lost: 0,
    units: 0,
    unusable: 0,
  };
  const receiver = new MediaReceiver({
    plan: planPublish(parseSdp(offer)),
    ssrc: 5,
    now: () => nowMs,
    send: (packet) => feedback.push(...parseRtcp(packet)!),
    openFeed: () => hub.attach({ origin: "whip", requestKeyFrame: () => {}, onDetached: () => {} }),
    onItem: (item) => items.push(item),
    counters,
  });
  const video = videoSource(1000);
  const audio = new RtpSource({
    codec: "opus",
    payloadType: 111,
    ssrc: 2000,
    sequenceNumber: 9,
    timestampOffset: 77,
  });
  return {
    receiver,
    hub,
    items,
    feedback,
    forwarded,
    counters,
    video,
    audio,
    pass: (ms: number) => nowMs += ms,
  };
}

function videoSource(ssrc: number): RtpSource {
  const source = new RtpSource({
    codec: "h264",
    payloadType: 102,
    ssrc,
    sequenceNumber: 65_530,
    timestampOffset: 4_000_000_000,
  });
  source.tracks(rtpFixture("h264").tracks);
  return source;
}

/** Sends pictures of the two layers of a simulcast offer. */
function layerSender(receiver: MediaReceiver): (name: "h" | "l", unit: AccessUnit) => void {
  const rid = (name: string) => ({ id: 10, data: new TextEncoder().encode(name) });
  const sources = { h: videoSource(3000), l: videoSource(4000) };
  return (name, unit) => {
    for (const bytes of sources[name].packets(unit)) {
      const { payload, payloadType, sequenceNumber, timestamp, ssrc, marker } = parseRtp(bytes)!;
      const fields = { payloadType, sequenceNumber, timestamp, ssrc, marker };
      receiver.receive(buildRtp(fields, { payload, extensions: [rid(name)] }));
    }
  };
}

const pictures = () => rtpFixture("h264").units;
const units = (items: readonly StreamItem[], kind: "video" | "audio") =>
  items.filter((item): item is AccessUnit => item.kind === kind);

Deno.test("MediaReceiver makes units of what comes, tracks first, and forwards each packet at once", () => {
  const { receiver, items, forwarded, video, audio, pass, hub } = setUp();
  const sounds = rtpFixture("opus").units;
  pictures().slice(0, 20).forEach((unit, i) => {
    for (const packet of video.packets(unit)) receiver.receive(packet);
    for (const packet of audio.packets(sounds[i]!)) receiver.receive(packet);
    pass(33);
  });
  receiver.stop();
  assert.equal(items[0]!.kind, "tracks");
  assert.equal(units(items, "video").length, 20);
  assert.ok(units(items, "audio").length >= 19);
  assert.equal(hub.description?.video?.codec, "h264");
  assert.equal(hub.description?.audio?.codec, "opus");
  const first = forwarded.find(({ kind }) => kind === "video")!;
  assert.equal(first.keyFrameStart, true);
  const sequences = forwarded.filter(({ kind }) => kind === "video").map(({ sequence }) =>
    sequence
  );
  assert.deepEqual(sequences, sequences.map((_, i) => 65_530 + i));
});

Deno.test("MediaReceiver asks for what is missing, and puts in order what comes again", () => {
  const { receiver, items, feedback, video, counters, pass } = setUp();
  const packets = pictures().slice(0, 12).flatMap((unit) => video.packets(unit));
  const missing = packets.findIndex((packet) => parseRtp(packet)!.sequenceNumber === 65_533);
  packets.forEach((packet, i) => {
    if (i !== missing) receiver.receive(packet.slice());
    pass(5);
  });
  const nack = feedback.find((packet) => packet.type === "nack");
  assert.ok(nack?.type === "nack");
  assert.deepEqual(nack.sequenceNumbers, [65_533]);
  assert.equal(nack.mediaSsrc, 1000);
  receiver.receive(packets[missing]!.slice());
  receiver.stop();
  assert.equal(units(items, "video").length, 12);
  assert.equal(counters.lost, 0);
  assert.ok(counters.requested >= 1);
});

Deno.test("MediaReceiver asks for a key frame until one comes, and whenever media wants one", () => {
  const { receiver, feedback, video, pass } = setUp();
  const plis = () => feedback.filter(({ type }) => type === "pli").length;
  const unit = (i: number) => pictures()[i]!;
  for (const packet of video.packets({ ...unit(1), keyFrame: false } as AccessUnit)) {
    receiver.receive(packet);
  }
  assert.equal(plis(), 1);
  pass(600);
  receiver.tick();
  assert.equal(plis(), 2);
  for (const packet of video.packets(unit(0))) receiver.receive(packet);
  pass(600);
  receiver.tick();
  assert.equal(plis(), 2);
  receiver.requestKeyFrame();
  receiver.requestKeyFrame();
  receiver.stop();
  assert.equal(plis(), 3);
});

Deno.test("MediaReceiver reports reception and the bitrate that is allowed, every second", () => {
  const { receiver, feedback, video, pass } = setUp();
  for (const packet of video.packets(pictures()[0]!)) receiver.receive(packet);
  pass(1000);
  receiver.tick();
  receiver.stop();
  const report = feedback.findLast(({ type }) => type === "rr");
  assert.ok(report?.type === "rr");
  assert.equal(report.reports[0]?.ssrc, 1000);
  const remb = feedback.findLast(({ type }) => type === "remb");
  assert.ok(remb?.type === "remb");
  assert.deepEqual(remb.ssrcs, [1000]);
  assert.ok(remb.bitsPerSecond > 1_000_000);
});

Deno.test("MediaReceiver drops what is no RTP, of no agreed format, or broken, and goes on", () => {
  const { receiver, items, video, counters } = setUp();
  receiver.receive(new Uint8Array(0));
  receiver.receive(new Uint8Array([0x80]));
  receiver.receive(new Uint8Array(1200).fill(0x3f));
  receiver.receive(new Uint8Array([0x80, 200, 0, 50, 1, 2, 3, 4]));
  receiver.receive(buildRtp({
    payloadType: 99,
    sequenceNumber: 1,
    timestamp: 1,
    ssrc: 4,
    marker: true,
  }, { payload: new Uint8Array(20) }));
  assert.deepEqual([counters.malformed, counters.foreign], [4, 1]);
  receiver.receive(buildRtp({
    payloadType: 102,
    sequenceNumber: 65_529,
    timestamp: 1,
    ssrc: 1000,
    marker: true,
  }, { payload: new Uint8Array([28, 0x85]) }));
  for (const packet of video.packets(pictures()[0]!)) receiver.receive(packet);
  receiver.stop();
  assert.equal(units(items, "video").length, 1);
});

Deno.test("MediaReceiver begins its items anew for a media that was restarted", () => {
  const { receiver, items, video, pass } = setUp();
  for (const packet of video.packets(pictures()[0]!)) receiver.receive(packet);
  pass(33);
  receiver.restartItems();
  items.length = 0;
  for (const packet of video.packets(pictures()[1]!)) receiver.receive(packet);
  assert.deepEqual(items, []);
  pass(33);
  for (const packet of video.packets(pictures()[0]!)) receiver.receive(packet);
  receiver.stop();
  assert.deepEqual(items.map(({ kind }) => kind), ["tracks", "video"]);
});

Deno.test("MediaReceiver takes BYE for a pause, and another SSRC for the same stream", () => {
  const { receiver, items, forwarded, hub, video, pass } = setUp();
  for (const packet of video.packets(pictures()[0]!)) receiver.receive(packet);
  receiver.receive(writeRtcp([{ type: "bye", ssrcs: [1000] }]));
  pass(5000);
  for (const packet of video.packets(pictures()[0]!)) receiver.receive(packet);
  const sequences = forwarded.map(({ sequence }) => sequence);
  assert.deepEqual(sequences, sequences.map((_, i) => 65_530 + i));
  let feeds = 0;
  hub.join({ onFeed: () => feeds++, onEnd: () => {}, onPacket: () => {} });
  for (const packet of videoSource(1001).packets(pictures()[0]!)) receiver.receive(packet);
  receiver.stop();
  assert.equal(feeds, 1);
  assert.equal(units(items, "video").length, 3);
});

Deno.test("MediaReceiver tells layers apart, and gives media the one that takes most", () => {
  const { receiver, items, forwarded, hub, pass } = setUp(simulcastOffer());
  const send = layerSender(receiver);
  // The small one comes first; the large one takes over at a key frame of its own.
  send("l", pictures()[0]!);
  for (let i = 0; i < 3; i++) {
    send("h", pictures()[0]!);
    pass(33);
  }
  pass(1000);
  receiver.tick();
  assert.equal(hub.description?.video?.layers, 2);
  const before = units(items, "video").length;
  assert.equal(before, 1);
  send("h", pictures()[1]!);
  assert.equal(units(items, "video").length, before);
  send("h", pictures()[0]!);
  send("l", pictures()[0]!);
  receiver.stop();
  assert.equal(units(items, "video").length, before + 1);
  assert.deepEqual(new Set(forwarded.map(({ layer }) => layer)), new Set([0, 1]));
});

Deno.test("MediaReceiver lets a layer come back that was given up when its way was full", () => {
  const { receiver, feedback, pass } = setUp(simulcastOffer());
  const send = layerSender(receiver);
  const unit = pictures()[0]!;
  let atMs = 0;
  const run = (seconds: number, { layers }: { readonly layers: readonly ("h" | "l")[] }) => {
    for (const endMs = atMs + seconds * 1000; atMs < endMs; atMs += 50) {
      for (const layer of layers) send(layer, { ...unit, pts: atMs * 90, dts: atMs * 90 });
      pass(50);
      if (atMs % 1000 === 0) receiver.tick();
    }
    const remb = feedback.findLast(({ type }) => type === "remb");
    return remb?.type === "remb" ? remb.bitsPerSecond : 0;
  };
  const kept = run(3, { layers: ["h", "l"] });
  // Everything comes later than before by much.
  pass(600);
  const full = run(2, { layers: ["h", "l"] });
  assert.ok(full < kept / 2, `${full} after ${kept}`);
  const free = run(20, { layers: ["l"] });
  receiver.stop();
  assert.ok(free > full && free >= 1_000_000, `${free} after ${full}`);
});
