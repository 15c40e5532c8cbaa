import assert from "node:assert/strict";
import { streamFigures } from "../ui/room_data.ts";
import { type Check, checklistOf, isDefaultTitle, nextStep, progressOf } from "./checklist.ts";
import type { RoomDetails } from "./snapshot.ts";

const EMPTY = {
  title: "Lin’s room",
  description: "",
  category: null,
  cover: null,
  nextLiveAtMs: null,
};
const FULL = {
  ...EMPTY,
  title: "Tea",
  description: "Rain",
  category: "talk",
  cover: "/images/a.jpg",
};
const REPORT = {
  state: "live",
  startedAtMs: 1_000,
  protocol: "rtmp",
  encoder: null,
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
const stream = (change: object = {}) => streamFigures({ ...REPORT, ...change });
const list = (room: RoomDetails, running: ReturnType<typeof stream> | null) =>
  checklistOf({ room, ownerName: "Lin", stream: running });
const states = (checks: readonly Check[]) =>
  Object.fromEntries(checks.map(({ name, state }) => [name, state]));

Deno.test("checklistOf() tells what the room lacks and what only a stream can tell", () => {
  assert.deepEqual(states(list(EMPTY, null)), {
    title: "open",
    category: "open",
    description: "open",
    cover: "open",
    encoder: "open",
    sound: "later",
    keyFrames: "later",
  });
  assert.deepEqual(progressOf(list(EMPTY, null)), { done: 0, of: 5 });
});

Deno.test("checklistOf() is done by itself when a good stream arrives", () => {
  const checks = list(FULL, stream());
  assert.deepEqual(new Set(Object.values(states(checks))), new Set(["done"]));
  assert.deepEqual(progressOf(checks), { done: 5, of: 5 });
  assert.equal(nextStep(checks), null);
});

Deno.test("checklistOf() sees what is wrong with a stream", () => {
  const video = { ...REPORT.video, keyFrameIntervalMs: 8_000 };
  const wrong = states(list(FULL, stream({ audio: null, video })));
  assert.equal(wrong.sound, "wrong");
  assert.equal(wrong.keyFrames, "wrong");
  assert.equal(states(list(FULL, stream({ video: null }))).keyFrames, "wrong");
  const young = { ...REPORT.video, keyFrameIntervalMs: null };
  assert.equal(states(list(FULL, stream({ video: young }))).keyFrames, "later");
});

Deno.test("checklistOf() does not believe a publisher that dropped", () => {
  const waiting = states(list(FULL, stream({ state: "waiting" })));
  assert.equal(waiting.encoder, "open");
  assert.equal(waiting.sound, "later");
});

Deno.test("nextStep() is one thing: the room first, then the encoder, never what is optional", () => {
  assert.equal(nextStep(list(EMPTY, null)), "title");
  assert.equal(nextStep(list({ ...EMPTY, title: "Tea" }, null)), "category");
  const bare = { ...EMPTY, title: "Tea", category: "talk" };
  assert.equal(nextStep(list(bare, null)), "encoder");
  assert.equal(nextStep(list(bare, stream({ audio: null }))), "sound");
  assert.equal(nextStep(list(bare, stream())), null);
});

Deno.test("isDefaultTitle() knows the offered title in both languages, of this owner alone", () => {
  assert.equal(isDefaultTitle("Lin’s room", "Lin"), true);
  assert.equal(isDefaultTitle("Lin 的直播间", "Lin"), true);
  assert.equal(isDefaultTitle("Ann’s room", "Lin"), false);
  assert.equal(isDefaultTitle("Tea", "Lin"), false);
});
