import assert from "node:assert/strict";
import { callOffer, simulcastOffer } from "../../../tests/support/rtc_offers.ts";
import { rtpFixture } from "../../../tests/support/rtp_streams.ts";
import { silentLogger } from "../../../platform/log.ts";
import { RtpSource } from "../../transport/webrtc/packetize/mod.ts";
import { buildRtp, isRtcp, parseRtp } from "../../transport/webrtc/rtp.ts";
import { parseSdp, type SdpSection } from "../../transport/webrtc/sdp/mod.ts";
import { attributeOf, attributesOf, ROOM_LIMITS } from "../../transport/webrtc/sdp/mod.ts";
import { RtcRefusal } from "../refusal.ts";
import { type FakePeer, FakePeers } from "../testing.ts";
import { SfuCalls } from "./calls.ts";

const call = "tea";

function setUp() {
  let nowMs = 1_700_000_000_000;
  let last = 1;
  const peers = new FakePeers();
  const calls = new SfuCalls({
    peers,
    publicAddresses: [],
    now: () => nowMs,
    random: (below) => (last += 7919) % below,
    log: silentLogger,
    received: {
      packets: 0,
      bytes: 0,
      foreign: 0,
      malformed: 0,
      requested: 0,
      lost: 0,
      units: 0,
      unusable: 0,
    },
    sent: {
      packets: 0,
      bytes: 0,
      unsent: 0,
      nacked: 0,
      retransmitted: 0,
      pictureLosses: 0,
      layerSwitches: 0,
    },
  });
  const offer = async (participant: string, others: number) => {
    const answer = await calls.offer({ call, participant }, callOffer(others));
    return parseSdp(answer, ROOM_LIMITS).sections;
  };
  return { calls, peers, offer, pass: (ms: number) => nowMs += ms };
}

const sendsOf = (sections: readonly SdpSection[]) =>
  sections.filter((section) => attributeOf(section, "sendonly") !== null)
    .map((section) => `${section.kind} ${attributeOf(section, "msid")!.split(" ")[0]}`);

/** Packets that a peer was sent, by SSRC of its answer's sections. */
function mediaOf(peer: FakePeer): readonly number[] {
  return peer.sent.filter((bytes) => !isRtcp(bytes)).map((bytes) => parseRtp(bytes)!.ssrc);
}

function speak(peer: FakePeer, ssrc: number): void {
  const video = new RtpSource({
    codec: "h264",
    payloadType: 102,
    ssrc,
    sequenceNumber: 1,
    timestampOffset: 0,
  });
  const { tracks, units } = rtpFixture("h264");
  video.tracks(tracks);
  for (const packet of video.packets(units[0]!)) peer.events.onPacket(packet);
  peer.events.onPacket(loudness(ssrc + 1, 10));
}

/** A packet of sound that is so far below full scale. */
function loudness(ssrc: number, attenuationDb: number, sequenceNumber = 1): Uint8Array {
  return buildRtp(
    { payloadType: 111, sequenceNumber, timestamp: sequenceNumber * 960, ssrc, marker: false },
    {
      payload: rtpFixture("opus").units[0]!.data,
      extensions: [{ id: 1, data: new Uint8Array([0x80 | attenuationDb]) }],
    },
  );
}

Deno.test("SfuCalls fills the sections that receive with the others, and says whose they are", async () => {
  const { calls, peers, offer } = setUp();
  assert.deepEqual(sendsOf(await offer("ann", 2)), []);
  assert.deepEqual(sendsOf(await offer("bob", 2)), ["audio ann", "video ann"]);
  assert.deepEqual(
    sendsOf(await offer("cat", 2)).sort(),
    ["audio ann", "audio bob", "video ann", "video bob"],
  );
  // Who was there first offers again, on the same transport; a section stays who it was.
  const again = await offer("ann", 2);
  assert.deepEqual(sendsOf(again).sort(), ["audio bob", "audio cat", "video bob", "video cat"]);
  assert.equal(peers.opened.length, 3);
  assert.deepEqual(sendsOf(await offer("ann", 2)), sendsOf(again));
  const ssrcs = again.flatMap((section) => attributesOf(section, "ssrc"))
    .map((line) => line.split(" ")[0]);
  assert.equal(new Set(ssrcs).size, 4);
  calls.stop();
});

Deno.test("SfuCalls passes what somebody sends on to everybody else, under numbers of their own", async () => {
  const { calls, peers, offer } = setUp();
  await offer("ann", 1);
  const answer = await offer("bob", 1);
  const [ann, bob] = peers.opened as [FakePeer, FakePeer];
  ann.events.onState("connected");
  bob.events.onState("connected");
  speak(ann, 500);
  const told = answer.flatMap((section) => attributesOf(section, "ssrc"))
    .map((line) => Number(line.split(" ")[0]));
  assert.deepEqual(new Set(mediaOf(bob)), new Set(told));
  assert.deepEqual(mediaOf(ann), []);
  calls.stop();
});

Deno.test("SfuCalls sends the layer that somebody wants: the large one of whom they look at", async () => {
  const { calls, peers, offer, pass } = setUp();
  await calls.offer({ call, participant: "ann" }, simulcastOffer());
  await offer("bob", 1);
  const [ann, bob] = peers.opened as [FakePeer, FakePeer];
  for (const peer of [ann, bob]) peer.events.onState("connected");
  const { tracks, units } = rtpFixture("h264");
  const layers = { h: 3000, l: 4000 };
  const sources = Object.entries(layers).map(([name, ssrc]) => {
    const source = new RtpSource({
      ...{ codec: "h264", payloadType: 102, ssrc, sequenceNumber: 1, timestampOffset: 0 } as const,
    });
    source.tracks(tracks);
    return { name, source };
  });
  /** A key frame of each layer; the large one has more bytes. What Bob got of it, bytes. */
  const gotten = () => {
    const before = bob.sent.length;
    for (const { name, source } of sources) {
      for (const bytes of source.packets(units[0]!)) {
        const { payload, ...fields } = parseRtp(bytes)!;
        const padded = new Uint8Array(payload.length + (name === "h" ? 2_000 : 0));
        padded.set(payload);
        ann.events.onPacket(buildRtp(fields, {
          payload: padded,
          extensions: [{ id: 10, data: new TextEncoder().encode(name) }],
        }));
      }
    }
    const media = bob.sent.slice(before).filter((bytes) => !isRtcp(bytes));
    return Math.max(...media.map(({ length }) => length));
  };
  const settle = () => {
    for (let i = 0; i < 3; i++) {
      gotten();
      pass(600);
      calls.tick();
    }
    return gotten() > 2_000 ? "large" : "small";
  };
  assert.equal(calls.view({ call, participant: "bob" }, []), true);
  assert.equal(settle(), "small");
  calls.view({ call, participant: "bob" }, ["ann"]);
  assert.equal(settle(), "large");
  calls.view({ call, participant: "bob" }, []);
  assert.equal(settle(), "small");
  assert.equal(calls.view({ call, participant: "eve" }, []), false);
  calls.stop();
});

Deno.test("SfuCalls gives nobody their own screen: places are for the others", async () => {
  const { calls, offer } = setUp();
  await offer("ann", 1);
  await offer("ann.screen", 0);
  await offer("bob", 2);
  // Ann has one place, and somebody who came after her screen gets it.
  assert.deepEqual(sendsOf(await offer("ann", 1)), ["audio bob", "video bob"]);
  assert.deepEqual(
    sendsOf(await offer("bob", 2)).sort(),
    ["audio ann", "audio ann.screen", "video ann", "video ann.screen"],
  );
  calls.stop();
});

Deno.test("SfuCalls empties the sections of somebody who left, and ends with the last one", async () => {
  const { calls, peers, offer } = setUp();
  await offer("ann", 1);
  await offer("bob", 1);
  assert.equal(calls.leave({ call, participant: "ann" }), true);
  assert.equal(calls.leave({ call, participant: "ann" }), false);
  assert.equal(peers.opened[0]!.closed, true);
  assert.deepEqual(sendsOf(await offer("bob", 1)), []);
  calls.leave({ call, participant: "bob" });
  assert.equal(calls.size, 0);
  assert.equal(calls.state(call), null);
});

Deno.test("SfuCalls takes whoever is silent or never came for gone", async () => {
  const { calls, peers, offer, pass } = setUp();
  await offer("ann", 1);
  await offer("bob", 1);
  peers.opened[0]!.events.onState("connected");
  pass(13_000);
  peers.opened[1]!.events.onPacket(new Uint8Array([0x80, 201, 0, 1, 0, 0, 0, 1]));
  calls.tick();
  assert.deepEqual(calls.state(call)!.participants.map(({ id }) => id), ["bob"]);
  pass(16_000);
  calls.tick();
  assert.equal(calls.size, 0);
});

Deno.test("SfuCalls turns to who is louder for a while", async () => {
  const { calls, peers, offer, pass } = setUp();
  for (const name of ["ann", "bob"]) await offer(name, 1);
  const [ann, bob] = peers.opened as [FakePeer, FakePeer];
  for (const peer of [ann, bob]) peer.events.onState("connected");
  for (let i = 1; i < 40; i++) {
    ann.events.onPacket(loudness(11, 20, i));
    bob.events.onPacket(loudness(21, 60, i));
    pass(20);
  }
  assert.equal(calls.state(call)!.speaker, "ann");
  for (let i = 40; i < 100; i++) {
    ann.events.onPacket(loudness(11, 70, i));
    bob.events.onPacket(loudness(21, 15, i));
    pass(20);
  }
  assert.equal(calls.state(call)!.speaker, "bob");
  calls.stop();
});

Deno.test("SfuCalls refuses an offer that it cannot answer, and the thirty-third, and goes on", async () => {
  const { calls, offer } = setUp();
  await assert.rejects(calls.offer({ call, participant: "eve" }, "nonsense"));
  assert.equal(calls.size, 0);
  for (let i = 0; i < 32; i++) await offer(`p${i}`, 1);
  await assert.rejects(offer("late", 1), RtcRefusal);
  assert.equal(calls.state(call)!.participants.length, 32);
  calls.stop();
  await assert.rejects(offer("later", 1), RtcRefusal);
});
