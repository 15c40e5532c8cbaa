import assert from "node:assert/strict";
import { MalformedMediaError, PublishRefusedError, UnsupportedMediaError } from "../../errors.ts";
import { RtmpPeer } from "../../../tests/support/rtmp_peer.ts";

const FIXTURES = new URL("../../../tests/fixtures/fuzz/rtmp/", import.meta.url);
const frame = { type: 9, timestampMs: 40, data: Uint8Array.of(0x17, 1, 0, 0, 0, 9) };
const closing = (peer: RtmpPeer) => peer.lines.filter((line) => line.includes(" event=closed "));

Deno.test("a publisher is answered step by step and its messages are handed on", async () => {
  const peer = new RtmpPeer();
  await peer.publish();
  assert.equal(peer.session.state, "publishing");
  assert.deepEqual(peer.answers.slice(0, 2).map(({ type }) => type), [5, 6]);
  assert.deepEqual(peer.codes, ["NetConnection.Connect.Success", "NetStream.Publish.Start"]);
  assert.deepEqual([...peer.commands[0].address.query], [["key", "good"]]);
  peer.send(frame);
  peer.send({ type: 15, timestampMs: 0, data: Uint8Array.of(0, 2, 0, 1, 0x61) });
  assert.deepEqual(peer.messages, [
    frame,
    { type: 18, timestampMs: 0, data: Uint8Array.of(2, 0, 1, 0x61) },
  ]);
  peer.call("FCUnpublish", null, "100001");
  peer.call("deleteStream", null, 1);
  assert.deepEqual(peer.ends, ["unpublished"]);
  peer.session.disconnected();
  peer.session.disconnected();
  assert.equal(closing(peer).length, 1);
  assert.match(closing(peer)[0], /stream=100001 role=publisher reason=unpublished/);
});

for (const name of ["ffmpeg", "gstreamer_rtmp2sink", "librtmp"]) {
  Deno.test(`a session recorded from ${name} gives the same messages whatever the split`, async () => {
    const bytes = await Deno.readFile(new URL(`${name}_publish.bin`, FIXTURES));
    const replay = async (pieces: Iterable<Uint8Array>) => {
      const peer = new RtmpPeer();
      for (const piece of pieces) {
        peer.session.receive(piece);
        await peer.settle();
      }
      assert.deepEqual(peer.ends, ["unpublished"]);
      return peer.messages;
    };
    const whole = await replay([bytes]);
    assert.ok(whole.filter(({ type }) => type === 9).length > 30);
    assert.deepEqual(await replay(Array.from(bytes, (byte) => Uint8Array.of(byte))), whole);
    // Every position takes a minute: `deno task fuzz` does that.
    const everywhere = Deno.env.has("FUZZ_RUNS");
    for (let at = 1; at < bytes.length; at += everywhere ? 1 : at < 4000 ? 61 : 997) {
      const parts = await replay([bytes.subarray(0, at), bytes.subarray(at)]);
      assert.deepEqual(parts, whole);
    }
  });
}

Deno.test("aggregate messages are taken apart", async () => {
  const peer = new RtmpPeer();
  await peer.publish();
  const tag = (type: number, timestamp: number) => [type, 0, 0, 1, 0, 0, timestamp, 0, 0, 0, 0, 7];
  const data = Uint8Array.from([...tag(8, 10), 0, 0, 0, 12, ...tag(9, 30)]);
  peer.send({ type: 22, timestampMs: 5000, data });
  assert.deepEqual(peer.messages.map((m) => [m.type, m.timestampMs, [...m.data]]), [
    [8, 5000, [7]],
    [9, 5020, [7]],
  ]);
});

const REFUSALS: readonly (readonly [Error, string, RegExp])[] = [
  [new PublishRefusedError("wrong_key", "the key"), "Denied", /reason=refused detail=wrong_key/],
  [new PublishRefusedError("unknown_room", "no room"), "BadName", /detail=unknown_room/],
  [new Error("boom"), "Denied", /reason=refused detail="Error: boom"/],
];
for (const [error, code, line] of REFUSALS) {
  Deno.test(`a refused publisher is told so: ${error.message}`, async () => {
    const peer = new RtmpPeer();
    peer.refusal = error;
    await peer.publish();
    assert.equal(peer.codes.at(-1), `NetStream.Publish.${code}`);
    assert.equal(peer.ended, true);
    assert.match(closing(peer)[0], line);
    assert.deepEqual(peer.ends, []);
  });
}

Deno.test("media that cannot be used end the session with its reason", async () => {
  for (
    const [error, reason] of [
      [new UnsupportedMediaError("Cannot carry VP6"), "unsupported_codec"],
      [new MalformedMediaError("Cannot read tag"), "malformed"],
    ] as const
  ) {
    const peer = new RtmpPeer();
    await peer.publish();
    peer.failure = error;
    peer.send(frame);
    assert.deepEqual(peer.ends, [reason]);
    assert.match(closing(peer)[0], new RegExp(`reason=${reason} detail="${error.message}"`));
    assert.equal(peer.codes.at(-1), "NetStream.Publish.Denied");
  }
});

Deno.test("a publisher that is taken over is told and closed", async () => {
  const peer = new RtmpPeer();
  await peer.publish();
  peer.abort.abort("taken_over");
  assert.equal(peer.codes.at(-1), "NetStream.Publish.BadName");
  assert.equal(peer.ended, true);
  assert.deepEqual(peer.ends, ["taken_over"]);
});

Deno.test("a publisher that leaves while its key is checked is let go", async () => {
  const peer = new RtmpPeer();
  peer.connect();
  peer.call("publish", null, "100001?key=good");
  assert.equal(peer.readingPaused, true);
  peer.session.disconnected();
  await peer.settle();
  assert.deepEqual(peer.ends, ["connection_lost"]);
  assert.equal(closing(peer).length, 1);
});

Deno.test("connect is refused for another application", () => {
  const peer = new RtmpPeer();
  peer.connect("vod");
  assert.equal(peer.codes.at(-1), "NetConnection.Connect.Rejected");
  assert.equal(peer.ended, true);
});

Deno.test("enhanced RTMP clients learn which codecs are passed on", () => {
  const peer = new RtmpPeer();
  peer.shakeHands();
  peer.call("connect", { app: "live", fourCcList: ["*"], capsEx: 1 });
  const info = peer.answers.at(-1)!.values[3] as Record<string, unknown>;
  assert.deepEqual(info.videoFourCcInfoMap, { avc1: 4, hvc1: 4, av01: 4, vp09: 4, vp08: 4 });
});

Deno.test("a player is answered, and told when the stream ends", () => {
  const peer = new RtmpPeer();
  peer.connect();
  peer.call("createStream", null);
  peer.call("getStreamLength", null, "100001");
  peer.call("play", null, "100001");
  assert.deepEqual(peer.codes.slice(1), ["NetStream.Play.Reset", "NetStream.Play.Start"]);
  peer.call("pause", null, true, 0);
  peer.call("seek", null, 1000);
  peer.call("nonsense", null);
  assert.deepEqual(peer.codes.slice(3), [
    "NetStream.Pause.Notify",
    "NetStream.Seek.Notify",
    "NetConnection.Call.Failed",
  ]);
  peer.output!.ended();
  assert.deepEqual(peer.codes.slice(6), [
    "NetStream.Play.UnpublishNotify",
    "NetStream.Play.Stop",
  ]);
  assert.match(closing(peer)[0], /role=player reason=stream_ended/);
});

Deno.test("play of a room that is not live is refused", () => {
  const peer = new RtmpPeer();
  peer.playable = false;
  peer.connect();
  peer.call("play", null, "100001");
  assert.equal(peer.codes.at(-1), "NetStream.Play.StreamNotFound");
  assert.equal(peer.ended, true);
});

Deno.test("acknowledgements follow the window of the peer, pings are answered", async () => {
  const peer = new RtmpPeer();
  await peer.publish();
  peer.send({ type: 5, timestampMs: 0, data: Uint8Array.of(0, 0, 0x10, 0) });
  peer.answers.length = 0;
  for (let i = 0; i < 60; i++) peer.send({ ...frame, data: new Uint8Array(100) });
  assert.deepEqual(peer.answers.map(({ type }) => type), [3, 3]);
  peer.send({ type: 4, timestampMs: 0, data: Uint8Array.of(0, 6, 1, 2, 3, 4) });
  assert.deepEqual(peer.answers.at(-1), { type: 4, values: [0, 7, 1, 2, 3, 4] });
});

Deno.test("time ends sessions that do nothing", async () => {
  const silent = new RtmpPeer();
  silent.nowMs = 10_000;
  silent.session.tick();
  assert.match(closing(silent)[0], /reason=timeout detail=handshake/);
  const idle = new RtmpPeer();
  idle.connect();
  idle.nowMs = 20_000;
  idle.session.tick();
  assert.match(closing(idle)[0], /reason=timeout/);
  const publisher = new RtmpPeer();
  await publisher.publish();
  publisher.nowMs = 15_000;
  publisher.session.tick();
  assert.deepEqual(publisher.ends, ["connection_lost"]);
  const player = new RtmpPeer();
  player.connect();
  player.call("play", null, "100001");
  player.answers.length = 0;
  player.nowMs = 20_000;
  player.session.tick();
  assert.deepEqual(player.answers.map(({ type, values }) => [type, values[1]]), [[4, 6]]);
  player.nowMs = 60_000;
  player.session.tick();
  assert.match(closing(player)[0], /reason=no_activity/);
});

Deno.test("hostile peers lose their connection", async () => {
  const bytes = (text: string) =>
    Uint8Array.from(text.replaceAll(" ", "").match(/../g)!, (b) => parseInt(b, 16));
  const garbage = new RtmpPeer();
  garbage.session.receive(new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"));
  assert.match(closing(garbage)[0], /reason=malformed/);
  assert.deepEqual(garbage.answers, []);

  const early = new RtmpPeer();
  early.shakeHands();
  early.call("publish", null, "100001?key=good");
  assert.match(closing(early)[0], /reason=malformed/);

  const commands = new RtmpPeer();
  commands.connect();
  for (let i = 0; i < 100; i++) commands.call("createStream", null);
  assert.match(closing(commands)[0], /too many commands/);

  // A string of 4 GiB in the connect command, and a message of 16 MiB before it.
  const long = new RtmpPeer();
  long.shakeHands();
  long.session.receive(bytes("03 000000 000006 14 00000000 0c ffffffff 41"));
  assert.match(closing(long)[0], /reason=malformed/);
  const large = new RtmpPeer();
  large.shakeHands();
  large.session.receive(bytes("02 000000 000004 01 00000000 7fffffff"));
  large.session.receive(bytes("03 000000 ffffff 14 00000000"));
  for (let i = 0; i < 100 && !large.ended; i++) large.session.receive(new Uint8Array(4096));
  assert.match(closing(large)[0], /unfinished messages hold more than 65536/);

  const headers = new RtmpPeer();
  await headers.publish();
  headers.session.receive(bytes("04 000000 000000 08 01000000"));
  headers.session.receive(new Uint8Array(100_000).fill(0xc4));
  assert.equal(headers.session.state, "publishing");
  assert.deepEqual(headers.messages, []);
});
