import assert from "node:assert/strict";
import { broadcastsText } from "../i18n/broadcasts.ts";
import { healthText } from "../i18n/health.ts";
import type { Advice } from "../ui/advice.ts";
import { streamFigures } from "../ui/room_data.ts";
import { adviceWords } from "./advice_words.ts";
import { averageText, broadcastFigures, figuresOf, UNKNOWN } from "./figures.ts";

const en = healthText("en");
const said = (advice: Advice) => adviceWords(advice, en);

Deno.test("adviceWords() says the measured figures", () => {
  assert.equal(
    said({ kind: "keyFrames", seconds: 8 }),
    "Set the key-frame interval to 2 s (now 8 s): viewers get a picture sooner.",
  );
  assert.match(said({ kind: "keyFrames", seconds: 8.34 }), /now 8\.3 s/);
  assert.match(said({ kind: "bFrames", delayMs: 130.4 }), /^B-frames add 130 ms\./);
  assert.match(
    said({ kind: "upload", lagMs: 912, kbps: 1_700 }),
    /up to 900 ms late\. .* to 1,700 kbps\.$/,
  );
  assert.match(
    said({ kind: "upload", lagMs: 2_310, kbps: null }),
    /up to 2\.3 s late\. Use a cable/,
  );
  assert.match(said({ kind: "dropped", frames: 37 }), /dropped 37 frames in the last 30 s/);
  assert.match(said({ kind: "frameRate", fps: 14.96 }), /Only 15\.0 frames/);
  assert.match(said({ kind: "bitrate", kbps: 12_345.6 }), /^12,346 kbps/);
  assert.match(said({ kind: "reconnects", count: 3 }), /broke 3 times/);
});

Deno.test("adviceWords() has a sentence of its own for every kind, in both languages", () => {
  const all: readonly Advice[] = [
    { kind: "notLive" },
    { kind: "waiting" },
    { kind: "noVideo" },
    { kind: "noAudio" },
    { kind: "outputs" },
    { kind: "upload", lagMs: 900, kbps: 1_000 },
    { kind: "upload", lagMs: 900, kbps: null },
    { kind: "dropped", frames: 12 },
    { kind: "frameRate", fps: 12 },
    { kind: "reconnects", count: 2 },
    { kind: "keyFrames", seconds: 8 },
    { kind: "bFrames", delayMs: 100 },
    { kind: "bitrate", kbps: 9_000 },
  ];
  for (const locale of ["en", "zh"] as const) {
    const words = all.map((advice) => adviceWords(advice, healthText(locale)));
    assert.equal(new Set(words).size, all.length, locale);
    for (const sentence of words) assert.doesNotMatch(sentence, /undefined|NaN|null/);
  }
});

const REPORT = {
  state: "live",
  startedAtMs: 1,
  protocol: "rtmp",
  encoder: null,
  video: {
    codec: "h264",
    width: 1280,
    height: 720,
    fps: 30,
    bFrameDelayMs: 66.7,
    keyFrameIntervalMs: 2_000,
  },
  audio: { codec: "aac", sampleRate: 44_100, channels: 2 },
  bitrateKbps: 2_480,
  droppedFrames: 1_204,
  droppedFramesRecently: 37,
  uploadLagMs: 12.4,
  reconnects: 1,
  outputs: { llhls: true, hls: true },
};

Deno.test("figuresOf() gives every figure its unit, and a dash to what is not known", () => {
  assert.deepEqual(figuresOf(streamFigures(REPORT), en).map(([, value]) => value), [
    "1280 × 720",
    "H.264 · AAC 44.1 kHz",
    "2.0 s",
    "67 ms",
    "12 ms",
    "1,204 (37 in 30 s)",
    "1",
  ]);
  const bare = streamFigures({ ...REPORT, video: null, audio: null, droppedFramesRecently: 0 });
  assert.deepEqual(figuresOf(bare, en).map(([, value]) => value), [
    UNKNOWN,
    "no picture · no sound",
    UNKNOWN,
    UNKNOWN,
    "12 ms",
    "1,204",
    "1",
  ]);
  assert.deepEqual(new Set(figuresOf(null, en).map(([, value]) => value)), new Set([UNKNOWN]));
});

Deno.test("broadcastFigures() sum a broadcast up", () => {
  const figures = broadcastFigures({
    startedAtMs: 0,
    endedAtMs: 5_076_000,
    durationMs: 5_076_000,
    peakViewers: 12_840,
    averageViewers: 9_842.4,
    averageKbps: 2_480.4,
    droppedFrames: 12,
    reconnects: 1,
  }, { text: broadcastsText("en"), locale: "en" });
  assert.deepEqual(figures.map(([, value]) => value), [
    "01:24:36",
    "12K",
    "9,842",
    "2,480 kbps",
    "12",
    "1",
  ]);
  assert.equal(averageText(0.66, "en"), "0.7");
  assert.equal(averageText(3, "zh"), "3");
});
