import assert from "node:assert/strict";
import { rtpFixture } from "../../../tests/support/rtp_streams.ts";
import { silentLogger } from "../../../platform/log.ts";
import type { AccessUnit, Tracks } from "../../access_unit.ts";
import { parseRtp } from "../../transport/webrtc/rtp.ts";
import { buildOpusHead, opusTrack } from "../../codec/opus.ts";
import { RtpFeed } from "./flv_feed.ts";
import { Hub } from "./hub.ts";
import type { SourcePacket } from "./packet.ts";

const OPUS = opusTrack(buildOpusHead({
  channels: 2,
  preSkip: 0,
  inputSampleRate: 48_000,
  outputGain: 0,
  mappingFamily: 0,
  mappingTable: new Uint8Array(0),
}));

function setUp(promised = { video: true, audio: true }) {
  let nowMs = 1_700_000_000_000;
  const packets: SourcePacket[] = [];
  const hub = new Hub("100001", { now: () => nowMs, onChange: () => {} });
  hub.join({ onFeed: () => {}, onEnd: () => {}, onPacket: (packet) => packets.push(packet) });
  const feed = new RtpFeed(hub, { now: () => nowMs, log: silentLogger, promised });
  const tracks = (of: Tracks) =>
    feed.take({ kind: "tracks", tracks: of, dts: 0, discontinuity: false });
  const described = () => hub.description;
  return { hub, feed, packets, tracks, described, pass: (ms: number) => nowMs += ms };
}

const video = rtpFixture("h264").tracks.video;
const burst = () => new Promise((resolve) => setTimeout(resolve, 160));

Deno.test("RtpFeed keeps what comes at once for who joins, and says what the stream is afterwards", async () => {
  const { hub, feed, packets, tracks, described } = setUp();
  tracks({ video, audio: OPUS });
  for (const unit of rtpFixture("h264").units.slice(0, 10)) feed.take(unit);
  for (const unit of rtpFixture("opus").units.slice(0, 5)) feed.take(unit);
  assert.equal(described(), null);
  assert.equal(packets.length, 0);
  await burst();
  assert.equal(described()?.video?.codec, "h264");
  assert.equal(described()?.video?.profile, video!.description[1]);
  assert.equal(described()?.audio?.clockRate, 48_000);
  const group = hub.group(0);
  assert.equal(group[0]!.keyFrameStart, true);
  // Parameter sets come first: FLV has them in its sequence header.
  assert.equal(parseRtp(group[0]!.bytes)!.payload[0]! & 0x1f, 24);
  feed.take({ ...rtpFixture("h264").units[10]!, dts: 33_000, pts: 33_000 } as AccessUnit);
  assert.ok(packets.length > 0);
  assert.equal(packets[0]!.timestamp, 33_000);
  const [pictures, sounds] = [hub.clockOf("video", 0)!, hub.clockOf("audio", 0)!];
  const apartMs = (33_000 - sounds.timestamp * 90 / 48) / 90;
  assert.ok(Math.abs(pictures.atMs - sounds.atMs - apartMs) < 0.01);
  feed.stop();
});

Deno.test("RtpFeed waits for a track that is promised, but not for ever", async () => {
  const { feed, tracks, described, pass } = setUp();
  tracks({ video, audio: null });
  const units = rtpFixture("h264").units;
  feed.take(units[0]!);
  await burst();
  feed.take(units[1]!);
  assert.equal(described(), null);
  pass(4_000);
  feed.take(units[2]!);
  assert.equal(described()?.audio, null);
  // It came after all.
  tracks({ video, audio: OPUS });
  assert.equal(described()?.audio?.codec, "opus");
  feed.stop();
});

Deno.test("RtpFeed takes nothing more once a publisher of this process feeds the room", () => {
  const { hub, feed, tracks, packets } = setUp({ video: true, audio: false });
  tracks({ video, audio: null });
  feed.take(rtpFixture("h264").units[0]!);
  const whip = hub.attach({ origin: "whip", requestKeyFrame: () => {}, onDetached: () => {} });
  whip.describe({ video: { codec: "vp8", clockRate: 90_000, layers: 1 }, audio: null });
  assert.equal(feed.isOver, true);
  feed.take(rtpFixture("h264").units[1]!);
  assert.equal(packets.length, 0);
  feed.stop();
  assert.equal(hub.origin, "whip");
});
