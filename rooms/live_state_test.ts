import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { LiveState } from "./live_state.ts";
import type { StreamReport } from "./model.ts";
import { seatStream } from "./stage/stage.ts";

function report(room: string, change: Partial<StreamReport> = {}): StreamReport {
  return {
    room,
    state: "live",
    startedAtMs: 1_000,
    protocol: "rtmp",
    encoder: null,
    remoteAddress: "192.0.2.1",
    video: null,
    audio: null,
    bitrateKbps: 0,
    droppedFrames: 0,
    droppedFramesRecently: 0,
    uploadLagMs: 0,
    reconnects: 0,
    readers: {},
    outputs: { llhls: true, hls: true },
    ...change,
  };
}

Deno.test("LiveState forgets a node that went silent", () => {
  const live = new LiveState();
  live.putStreams("m1", { streams: [report("100001")] }, 0);
  live.putViewers("e1", { "100001": { flv: 1, ws: 1, hls: 1 } }, 2_000);
  strictEqual(live.of("100001", 5_999).viewers, 3);
  deepStrictEqual(live.inspect(5_999), { mediaNodes: 1, edgeNodes: 1 });
  deepStrictEqual(live.of("100001", 6_000), {
    stream: null,
    viewers: 0,
    viewersByProtocol: { flv: 0, ws: 0, hls: 0, rtmp: 0, whep: 0 },
    still: false,
  });
  deepStrictEqual(live.list(6_000), []);
  deepStrictEqual(live.inspect(6_000), { mediaNodes: 0, edgeNodes: 1 });
});

Deno.test("LiveState prefers the running report, then the newest", () => {
  const live = new LiveState();
  live.putStreams(
    "m1",
    { streams: [report("100001", { state: "waiting", startedAtMs: 9_000 })] },
    0,
  );
  strictEqual(live.of("100001", 0).stream?.state, "waiting");
  live.putStreams("m2", { streams: [report("100001", { startedAtMs: 2_000 })] }, 0);
  live.putStreams("m3", { streams: [report("100001", { startedAtMs: 3_000 })] }, 0);
  strictEqual(live.of("100001", 0).stream?.startedAtMs, 3_000);
  strictEqual(live.list(0).length, 1);
  strictEqual(live.list(0)[0]?.stream.startedAtMs, 3_000);
});

Deno.test("LiveState says a still can be had when the stream's own node can make it", () => {
  const live = new LiveState();
  const video = {
    codec: "h264",
    codecString: "avc1.64001f",
    width: 1280,
    height: 720,
    fps: 30,
    bFrames: false,
    bFrameDelayMs: 0,
    keyFrameIntervalMs: null,
  };
  const streams = [report("100001", { video }), report("100002")];
  live.putStreams("m1", { streams, capabilities: { ffmpeg: true } }, 0);
  live.putStreams("m2", { streams: [report("100003", { video })] }, 0);
  const able = (room: string) => live.of(room, 0).still;
  deepStrictEqual(["100001", "100002", "100003", "100004"].map(able), [true, false, false, false]);
  live.putStreams("m2", { streams: [report("100001", { video, startedAtMs: 2_000 })] }, 0);
  strictEqual(able("100001"), false);
});

Deno.test("LiveState counts the edges' viewers and RTMP's, not the edges themselves", () => {
  const live = new LiveState();
  const readers = { flv: 4, hls: 1, rtmp: 2, rtmps: 1 };
  live.putStreams("m1", { streams: [report("100001", { readers }), report("100002")] }, 0);
  live.putViewers("e1", { "100002": { flv: 5, ws: 0, hls: 0 } }, 0);
  deepStrictEqual(live.list(0).map(({ stream, viewers }) => [stream.room, viewers]), [
    ["100002", 5],
    ["100001", 3],
  ]);
});

Deno.test("LiveState tells the viewers of a room by protocol, over all edges", () => {
  const live = new LiveState();
  const readers = { flv: 2, rtmp: 2, rtmps: 1 };
  live.putStreams("m1", { streams: [report("100001", { readers })] }, 0);
  live.putViewers("e1", { "100001": { flv: 5, ws: 1, hls: 0 } }, 0);
  live.putViewers("e2", { "100001": { flv: 1, ws: 2, hls: 4 } }, 0);
  const viewersByProtocol = { flv: 6, ws: 3, hls: 4, rtmp: 3, whep: 0 };
  deepStrictEqual(live.of("100001", 0).viewersByProtocol, viewersByProtocol);
  deepStrictEqual(live.list(0)[0]?.viewersByProtocol, viewersByProtocol);
  strictEqual(live.list(0)[0]?.viewers, 16);
});

Deno.test("LiveState knows what the media nodes can do", () => {
  const live = new LiveState();
  live.putStreams("m1", { streams: [], capabilities: { ffmpeg: true } }, 0);
  live.putStreams("m2", { streams: [] }, 3_000);
  deepStrictEqual([...live.capabilities(3_000)], [
    ["m1", { ffmpeg: true }],
    ["m2", { ffmpeg: false }],
  ]);
  deepStrictEqual([...live.capabilities(6_000).keys()], ["m2"]);
});

Deno.test("LiveState names the media node that came last, one with ffmpeg before others", () => {
  const live = new LiveState();
  strictEqual(live.newestMediaNode(0), null);
  const put = (node: string, ffmpeg: boolean, nowMs: number) =>
    live.putStreams(node, { streams: [], capabilities: { ffmpeg } }, nowMs);
  put("m1", false, 0);
  strictEqual(live.newestMediaNode(0), "m1");
  put("m2", true, 1_000);
  put("m3", true, 2_000);
  put("m4", false, 3_000);
  strictEqual(live.newestMediaNode(3_000), "m3");
  put("m2", true, 4_000);
  strictEqual(live.newestMediaNode(4_000), "m3");
  strictEqual(live.newestMediaNode(8_000), "m2");
  // It came back after a silence, so it is the newest.
  put("m3", true, 9_000);
  put("m2", true, 9_000);
  strictEqual(live.newestMediaNode(9_000), "m3");
});

Deno.test("LiveState takes a bounded number of nodes and reuses silent ones' places", () => {
  const live = new LiveState();
  for (let node = 0; node < 256; node++) strictEqual(live.putViewers(`e${node}`, {}, 0), true);
  strictEqual(live.putViewers("one more", {}, 5_999), false);
  strictEqual(live.putViewers("e0", {}, 5_999), true);
  strictEqual(live.putViewers("one more", {}, 6_000), true);
});

Deno.test("LiveState counts a page once: at each edge those who watch or those who read", () => {
  const live = new LiveState();
  live.putStreams("m1", { streams: [report("100001", { readers: { rtmp: 2 } })] }, 0);
  live.putViewers("e1", { "100001": { flv: 5, ws: 1, hls: 0, chat: 4 } }, 0);
  live.putViewers("e2", { "100001": { flv: 1, ws: 0, hls: 0, chat: 9 } }, 0);
  strictEqual(live.of("100001", 0).viewers, 6 + 9 + 2);
  deepStrictEqual(live.of("100001", 0).viewersByProtocol, {
    flv: 6,
    ws: 1,
    hls: 0,
    rtmp: 2,
    whep: 0,
  });
});

Deno.test("LiveState takes who watches by WebRTC for those who only read messages at the edges", () => {
  const live = new LiveState();
  live.putStreams("m1", { streams: [report("100001")] }, 0);
  strictEqual(live.hasWebRtc(0), false);
  live.putViewers("e1", { "100001": { flv: 1, ws: 0, hls: 0, chat: 3 } }, 0);
  live.putViewers("r1", { "100001": { flv: 0, ws: 0, hls: 0, whep: 2 } }, 0, { webRtc: true });
  strictEqual(live.of("100001", 0).viewers, 3);
  live.putViewers("r1", { "100001": { flv: 0, ws: 0, hls: 0, whep: 5 } }, 0, { webRtc: true });
  strictEqual(live.of("100001", 0).viewers, 6);
  strictEqual(live.of("100001", 0).viewersByProtocol.whep, 5);
  strictEqual(live.inspect(0).edgeNodes, 1);
  strictEqual(live.hasWebRtc(0), true);
  strictEqual(live.hasWebRtc(6_000), false);
});

Deno.test("LiveState shows what the host of a mixed room sends, and no seats", () => {
  const live = new LiveState();
  const [host, seat] = [seatStream("100001", 0), seatStream("100001", 1)];
  const streams = [
    report("100001", { protocol: "mix", readers: { flv: 2 }, startedAtMs: 5 }),
    report(host, { protocol: "whip", encoder: "browser", bitrateKbps: 800, startedAtMs: 9 }),
    report(seat, { protocol: "whip" }),
  ];
  live.putStreams("m1", { streams }, 0);
  live.putViewers("r1", { [seat]: { flv: 0, ws: 0, hls: 0, whep: 1 } }, 0, { webRtc: true });
  const { stream } = live.of("100001", 0);
  deepStrictEqual(
    [stream?.room, stream?.protocol, stream?.encoder, stream?.bitrateKbps, stream?.startedAtMs],
    ["100001", "whip", "browser", 800, 5],
  );
  deepStrictEqual(stream?.readers, { flv: 2 });
  deepStrictEqual(live.list(0).map(({ stream }) => [stream.room, stream.protocol]), [
    ["100001", "whip"],
  ]);
  deepStrictEqual([...live.rooms(0)], ["100001"]);
  strictEqual(live.report("100001", 0)?.protocol, "mix");
  strictEqual(live.report(seat, 0)?.room, seat);
  strictEqual(live.report(seat, 60_000), null);
});

Deno.test("LiveState tells pictures of battles apart from rooms", () => {
  const live = new LiveState();
  const battle = report("900000000100001", { protocol: "mix" });
  live.putStreams("m1", { streams: [report("100001"), battle] }, 0);
  deepStrictEqual(live.list(0).map(({ stream }) => stream.room), ["100001"]);
  deepStrictEqual([...live.rooms(0)], ["100001"]);
  deepStrictEqual([...live.battles(0)], ["900000000100001"]);
  deepStrictEqual([...live.battles(6_000)], []);
});
