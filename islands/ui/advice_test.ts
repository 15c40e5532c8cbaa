import assert from "node:assert/strict";
import {
  type Advice,
  type AdviceMemory,
  advise,
  MAX_ADVICE,
  NO_MEMORY,
  verdictOn,
} from "./advice.ts";
import { type StreamFigures, streamFigures } from "./room_data.ts";

const REPORT = {
  state: "live",
  startedAtMs: 1_000,
  protocol: "rtmp",
  encoder: "obs-output module",
  video: {
    codec: "h264",
    width: 1280,
    height: 720,
    fps: 30,
    bFrameDelayMs: 0,
    keyFrameIntervalMs: 2_000,
  },
  audio: { codec: "aac", sampleRate: 48_000, channels: 2 },
  bitrateKbps: 2_480,
  droppedFrames: 0,
  droppedFramesRecently: 0,
  uploadLagMs: 12,
  reconnects: 0,
  outputs: { llhls: true, hls: true },
};
const START_MS = 60_000;
const EVERY_MS = 2_000;

const figures = (change: object = {}) => streamFigures({ ...REPORT, ...change });
const video = (change: object) => figures({ video: { ...REPORT.video, ...change } });
const first = (stream: StreamFigures | null) =>
  advise(NO_MEMORY, { stream, nowMs: START_MS }).advice;

/** Looks every 2 s, from a calm stream on; answers the kinds that were said at each look. */
function watch(streams: readonly StreamFigures[]): readonly (readonly Advice[])[] {
  let memory: AdviceMemory = advise(NO_MEMORY, { stream: figures(), nowMs: START_MS }).memory;
  return streams.map((stream, index) => {
    const advised = advise(memory, { stream, nowMs: START_MS + (index + 1) * EVERY_MS });
    memory = advised.memory;
    return advised.advice;
  });
}
const kinds = (said: readonly (readonly Advice[])[]) =>
  said.map((advice) => advice.map(({ kind }) => kind).join("+"));
const times = <T>(count: number, value: T): T[] => Array<T>(count).fill(value);

Deno.test("advise() is silent when all is well", () => {
  assert.deepEqual(first(figures()), []);
  assert.equal(verdictOn(figures(), []), "good");
});

Deno.test("advise() says with measured figures what to change", () => {
  assert.deepEqual(first(null), [{ kind: "notLive" }]);
  assert.deepEqual(first(figures({ state: "waiting" })), [{ kind: "waiting" }]);
  assert.deepEqual(first(figures({ video: null })), [{ kind: "noVideo" }]);
  assert.deepEqual(first(figures({ audio: null })), [{ kind: "noAudio" }]);
  assert.deepEqual(first(figures({ uploadLagMs: 900 })), [
    { kind: "upload", lagMs: 900, kbps: 1_700 },
  ]);
  assert.deepEqual(first(figures({ droppedFramesRecently: 37 })), [
    { kind: "dropped", frames: 37 },
  ]);
  assert.deepEqual(first(figures({ outputs: { llhls: true, hls: false } })), [{ kind: "outputs" }]);
  assert.deepEqual(first(video({ fps: 7 })), [{ kind: "frameRate", fps: 7 }]);
  assert.deepEqual(first(figures({ reconnects: 3 })), [{ kind: "reconnects", count: 3 }]);
  assert.deepEqual(first(video({ keyFrameIntervalMs: 8_000 })), [
    { kind: "keyFrames", seconds: 8 },
  ]);
  assert.deepEqual(first(video({ bFrameDelayMs: 130 })), [{ kind: "bFrames", delayMs: 130 }]);
  assert.deepEqual(first(figures({ bitrateKbps: 20_000 })), [{ kind: "bitrate", kbps: 20_000 }]);
});

Deno.test("advise() names no bitrate for an upload that is slow already", () => {
  assert.deepEqual(first(figures({ uploadLagMs: 900, bitrateKbps: 600 })), [
    { kind: "upload", lagMs: 900, kbps: null },
  ]);
});

Deno.test("advise() keeps to each limit exactly", () => {
  const at = (stream: StreamFigures) => first(stream).map(({ kind }) => kind);
  assert.deepEqual(at(figures({ uploadLagMs: 499 })), []);
  assert.deepEqual(at(figures({ uploadLagMs: 500 })), ["upload"]);
  assert.deepEqual(at(figures({ droppedFramesRecently: 9 })), []);
  assert.deepEqual(at(figures({ droppedFramesRecently: 10 })), ["dropped"]);
  assert.deepEqual(at(video({ fps: 20 })), []);
  assert.deepEqual(at(video({ fps: 19.9 })), ["frameRate"]);
  assert.deepEqual(at(video({ fps: 0 })), [], "nothing was measured");
  assert.deepEqual(at(video({ keyFrameIntervalMs: null })), [], "nothing was measured");
  assert.deepEqual(at(video({ keyFrameIntervalMs: 4_499 })), []);
  assert.deepEqual(at(video({ keyFrameIntervalMs: 4_500 })), ["keyFrames"]);
  assert.deepEqual(at(video({ bFrameDelayMs: 29 })), []);
  assert.deepEqual(at(video({ bFrameDelayMs: 30 })), ["bFrames"]);
  assert.deepEqual(at(figures({ bitrateKbps: 7_999 })), []);
  assert.deepEqual(at(figures({ bitrateKbps: 8_000 })), ["bitrate"]);
  assert.deepEqual(at(figures({ reconnects: 1 })), []);
  assert.deepEqual(at(figures({ reconnects: 2 })), ["reconnects"]);
});

Deno.test("advise() waits until a young stream has been measured", () => {
  const young = figures({ audio: null, startedAtMs: START_MS - 8_000 });
  assert.deepEqual(first(young), []);
  const { memory } = advise(NO_MEMORY, { stream: young, nowMs: START_MS });
  assert.deepEqual(advise(memory, { stream: young, nowMs: START_MS + 1 }).advice, [
    { kind: "noAudio" },
  ]);
});

Deno.test("advise() says at most three things, the most important first", () => {
  const all = figures({
    audio: null,
    uploadLagMs: 800,
    droppedFramesRecently: 50,
    bitrateKbps: 9_000,
    reconnects: 5,
    video: { ...REPORT.video, fps: 9, bFrameDelayMs: 70, keyFrameIntervalMs: 9_000 },
    outputs: { llhls: false, hls: false },
  });
  assert.equal(MAX_ADVICE, 3);
  assert.deepEqual(first(all).map(({ kind }) => kind), ["noAudio", "upload", "dropped"]);
});

Deno.test("advise() does not speak of a single late moment, and not of a calm one too soon", () => {
  const late = figures({ uploadLagMs: 700 });
  const calm = figures();
  assert.deepEqual(kinds(watch([late, calm, late, calm])), ["", "", "", ""]);
  const said = kinds(watch([...times(3, late), ...times(9, calm)]));
  assert.deepEqual(said, ["", "", ...times(9, "upload"), ""]);
});

Deno.test("advise() does not flap while a figure swings around its limit", () => {
  const swing = Array.from({ length: 60 }, (_, i) => figures({ uploadLagMs: i % 2 ? 480 : 520 }));
  const said = kinds(watch([...times(3, figures({ uploadLagMs: 600 })), ...swing]));
  assert.deepEqual(new Set(said.slice(2)), new Set(["upload"]));
  const cuts = Array.from(
    { length: 60 },
    (_, i) => video({ keyFrameIntervalMs: i % 5 === 0 ? 8_000 : 1_200 }),
  );
  assert.deepEqual(new Set(kinds(watch(cuts))), new Set(["keyFrames"]));
});

Deno.test("advise() holds a figure for ten seconds, unless it becomes worse", () => {
  const lag = (uploadLagMs: number) => figures({ uploadLagMs });
  const said = watch([600, 600, 600, 550, 900, 620, 610, 600, 590, 580].map(lag));
  const shown = said.map(([advice]) => advice?.kind === "upload" ? advice.lagMs : null);
  assert.deepEqual(shown, [null, null, 600, 600, 900, 900, 900, 900, 900, 580]);
});

Deno.test("advise() forgets reconnects ten minutes after the last one", () => {
  let memory = NO_MEMORY;
  const said = (reconnects: number, minutes: number) => {
    const advised = advise(memory, {
      stream: figures({ reconnects }),
      nowMs: START_MS + minutes * 60_000,
    });
    memory = advised.memory;
    return advised.advice.map(({ kind }) => kind).join();
  };
  assert.equal(said(1, 0), "");
  assert.equal(said(2, 1), "reconnects");
  assert.equal(said(2, 10), "reconnects");
  assert.equal(said(3, 11), "reconnects");
  assert.equal(said(3, 20), "reconnects");
  assert.equal(said(3, 22), "");
});

Deno.test("advise() starts anew with another broadcast", () => {
  const bad = figures({ droppedFramesRecently: 40 });
  const { memory } = advise(NO_MEMORY, { stream: bad, nowMs: START_MS });
  const next = figures({ startedAtMs: START_MS });
  const { advice } = advise(memory, { stream: next, nowMs: START_MS + 20_000 });
  assert.deepEqual(advice, []);
});

Deno.test("verdictOn() takes trouble seriously and tips lightly", () => {
  const stream = figures();
  assert.equal(verdictOn(null, [{ kind: "notLive" }]), "offline");
  assert.equal(verdictOn(figures({ state: "waiting" }), [{ kind: "waiting" }]), "reconnecting");
  assert.equal(verdictOn(stream, [{ kind: "keyFrames", seconds: 8 }]), "good");
  assert.equal(verdictOn(stream, [{ kind: "bFrames", delayMs: 130 }]), "good");
  assert.equal(verdictOn(stream, [{ kind: "noAudio" }]), "care");
  assert.equal(
    verdictOn(stream, [{ kind: "bitrate", kbps: 9_000 }, { kind: "dropped", frames: 12 }]),
    "care",
  );
});
