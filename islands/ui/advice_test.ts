import assert from "node:assert/strict";
import { adviseOn } from "./advice.ts";
import { parsePublish, parseRoom, parseRooms, parseStream, streamFigures } from "./room_data.ts";

const REPORT = {
  room: "100001",
  state: "live",
  startedAtMs: 1_000,
  protocol: "rtmp",
  encoder: "obs-output module",
  video: {
    codec: "H.264",
    codecString: "avc1.64001f",
    width: 1280,
    height: 720,
    fps: 30,
    bFrames: false,
    keyFrameIntervalMs: 2_000,
  },
  audio: { codec: "AAC", codecString: "mp4a.40.2", sampleRate: 48_000, channels: 2 },
  bitrateKbps: 2_480,
  reconnects: 0,
  readers: {},
  outputs: { llhls: true, hls: true },
};
const nowMs = 60_000;
const kinds = (report: object) =>
  adviseOn(streamFigures({ ...REPORT, ...report }), { nowMs }).map((advice) => advice.kind);

Deno.test("adviseOn() is silent when all is well", () => assert.deepEqual(kinds({}), []));

Deno.test("adviseOn() says what to change", () => {
  const { video } = REPORT;
  assert.deepEqual(adviseOn(null, { nowMs }), [{ kind: "notLive" }]);
  assert.deepEqual(kinds({ state: "waiting" }), ["waiting"]);
  assert.deepEqual(kinds({ video: { ...video, keyFrameIntervalMs: 8_000 } }), ["keyFrames"]);
  assert.deepEqual(kinds({ video: { ...video, bFrames: true } }), ["bFrames"]);
  assert.deepEqual(kinds({ video: { ...video, fps: 7 } }), ["frameRate"]);
  assert.deepEqual(kinds({ audio: null }), ["noAudio"]);
  assert.deepEqual(kinds({ video: null }), ["noVideo"]);
  assert.deepEqual(kinds({ bitrateKbps: 20_000 }), ["bitrate"]);
  assert.deepEqual(kinds({ reconnects: 3 }), ["reconnects"]);
  assert.deepEqual(kinds({ outputs: { llhls: true, hls: false } }), ["outputs"]);
});

Deno.test("adviseOn() waits until a young stream has been measured", () => {
  const young = streamFigures({ ...REPORT, audio: null, startedAtMs: nowMs - 1_000 });
  assert.deepEqual(adviseOn(young, { nowMs }), []);
});

Deno.test("answers of the API are checked", () => {
  const room = {
    id: "100001",
    title: "<b>",
    owner: { id: "a", name: "Lin" },
    live: true,
    startedAt: "2026-01-02T03:04:05.000Z",
    viewers: 3,
    playback: {},
  };
  assert.equal(parseRoom({ room }).ownerName, "Lin");
  assert.equal(parseRooms({ rooms: [room] })[0]?.startedAtMs, Date.UTC(2026, 0, 2, 3, 4, 5));
  assert.equal(parseStream({ stream: null }), null);
  assert.equal(parseStream({ stream: REPORT })?.video?.height, 720);
  const publish = { key: "k", rtmp: { server: "rtmp://h/live", streamKey: "1?key=k" }, whip: null };
  assert.equal(parsePublish({ publish }).streamKey, "1?key=k");
  for (const bad of [null, [], "x", { rooms: 3 }, { rooms: [{}] }]) {
    assert.throws(() => parseRooms(bad), TypeError);
  }
  assert.throws(() => parseRoom({ room: { ...room, viewers: Infinity } }), TypeError);
  assert.throws(() => parsePublish({ publish: { rtmp: 1 } }), TypeError);
});
