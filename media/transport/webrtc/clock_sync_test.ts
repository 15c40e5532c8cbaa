import assert from "node:assert/strict";
import { ClockSync, type StreamClock } from "./clock_sync.ts";
import { toNtp } from "./ntp.ts";
import type { SenderReport } from "./rtcp.ts";

const EPOCH_MS = Date.UTC(2026, 0, 1);

/** One stream of a sender whose clock shows EPOCH_MS at capture time 0. */
class Sender {
  readonly clock: StreamClock;
  readonly #rate: number;
  readonly #first: number;
  readonly #speed: number;

  constructor(
    sync: ClockSync,
    options: { kind: "audio" | "video"; rate: number; first: number; speed?: number },
  ) {
    this.clock = sync.open({ kind: options.kind, clockRate: options.rate });
    this.#rate = options.rate;
    this.#first = options.first;
    this.#speed = options.speed ?? 1;
  }

  timestamp(captureMs: number): number {
    return (this.#first + Math.round(captureMs * this.#speed * this.#rate / 1000)) % 2 ** 32;
  }

  /** Presentation time in milliseconds of what was captured then and takes `delayMs`. */
  send(captureMs: number, delayMs: number): number {
    return this.clock.ticks(this.timestamp(captureMs), 1e6 + captureMs + delayMs) / 90;
  }

  report(captureMs: number, clockSetMs = 0): void {
    const report: SenderReport = {
      type: "sr",
      ssrc: 1,
      ...toNtp(EPOCH_MS + captureMs + clockSetMs),
      rtpTimestamp: this.timestamp(captureMs),
      packetCount: 0,
      octetCount: 0,
      reports: [],
    };
    this.clock.senderReport(report);
  }
}

function pair(sync = new ClockSync(), audioSpeed = 1) {
  return {
    audio: new Sender(sync, {
      kind: "audio",
      rate: 48_000,
      first: 4_294_900_000,
      speed: audioSpeed,
    }),
    video: new Sender(sync, { kind: "video", rate: 90_000, first: 123_456 }),
  };
}

/** Runs both streams and gives sound minus picture, for the same capture time, at the end. */
function run(
  streams: ReturnType<typeof pair>,
  options: {
    from?: number;
    to: number;
    videoDelay: (captureMs: number) => number;
    audioDelay?: (captureMs: number) => number;
    reports?: boolean;
    clockSetMs?: number;
  },
): { offsetMs: number; smallestVideoStep: number; largestAudioStep: number } {
  const { audio, video } = streams;
  let lastVideo = -Infinity;
  let lastAudio: number | null = null;
  let smallestVideoStep = Infinity;
  let largestAudioStep = 0;
  let offsetMs = NaN;
  for (let captureMs = options.from ?? 0; captureMs < options.to; captureMs += 20) {
    const sound = audio.send(captureMs, options.audioDelay?.(captureMs) ?? 10);
    if (lastAudio !== null) largestAudioStep = Math.max(largestAudioStep, sound - lastAudio);
    lastAudio = sound;
    if (captureMs % 40 === 0) {
      const picture = video.send(captureMs, options.videoDelay(captureMs));
      smallestVideoStep = Math.min(smallestVideoStep, picture - lastVideo);
      lastVideo = picture;
      offsetMs = sound - picture;
    }
    if (options.reports === false) continue;
    if (captureMs % 1000 === 0 && captureMs > 0) video.report(captureMs, options.clockSetMs);
    if (captureMs % 5000 === 0 && captureMs > 0) audio.report(captureMs, options.clockSetMs);
  }
  return { offsetMs, smallestVideoStep, largestAudioStep };
}

Deno.test("ClockSync draws the picture to the sound by sender reports without a step", () => {
  const streams = pair();
  // The picture takes 120 ms more than the sound all the time; arrival alone would show that.
  const { offsetMs, smallestVideoStep, largestAudioStep } = run(streams, {
    to: 30_000,
    videoDelay: () => 130,
  });
  assert.ok(Math.abs(offsetMs) < 1, `${offsetMs} ms`);
  assert.ok(smallestVideoStep > 37 && largestAudioStep < 20.2);
  assert.ok(streams.audio.clock.isSynced && streams.video.clock.isSynced);
});

Deno.test("ClockSync without reports goes by the least delay, not by a burst", () => {
  const streams = pair();
  const { offsetMs } = run(streams, {
    to: 20_000,
    reports: false,
    // The first key frame comes 300 ms late, later ones vary.
    videoDelay: (captureMs) => captureMs === 0 ? 300 : 10 + (captureMs / 40 % 5) * 8,
  });
  assert.ok(Math.abs(offsetMs) < 15, `${offsetMs} ms`);
  assert.equal(streams.video.clock.isSynced, false);
});

Deno.test("ClockSync follows a sound card whose clock drifts", () => {
  const streams = pair(new ClockSync(), 1.0002);
  const { offsetMs } = run(streams, { to: 120_000, videoDelay: () => 60 });
  assert.ok(Math.abs(offsetMs) < 3, `${offsetMs} ms`);
});

Deno.test("ClockSync survives that the sender's clock is set", () => {
  const streams = pair();
  run(streams, { to: 20_000, videoDelay: () => 110 });
  const after = run(streams, {
    from: 20_000,
    to: 40_000,
    videoDelay: () => 110,
    clockSetMs: 3_600_000,
  });
  assert.ok(Math.abs(after.offsetMs) < 2, `${after.offsetMs} ms`);
  assert.ok(after.smallestVideoStep > 37);
});

Deno.test("ClockSync does not believe a report that is seconds away from arrival", () => {
  const { audio, video } = pair();
  for (let captureMs = 0; captureMs < 2000; captureMs += 20) {
    audio.send(captureMs, 10);
    video.send(captureMs, 10);
  }
  audio.report(1000);
  video.report(1000, 60_000);
  assert.equal(video.clock.isSynced, false);
  assert.ok(Math.abs(audio.send(2000, 10) - video.send(2000, 10)) < 1);
});

Deno.test("ClockSync puts another layer of the picture where the one before was", () => {
  const sync = new ClockSync();
  const streams = pair(sync);
  run(streams, { to: 10_000, videoDelay: () => 100 });
  const low = new Sender(sync, { kind: "video", rate: 90_000, first: 77 });
  low.report(9000);
  const sound = streams.audio.send(10_000, 10);
  assert.ok(Math.abs(low.send(10_000, 160) - sound) < 3);
});

Deno.test("ClockSync goes on where it was when a stream begins to count anew", () => {
  const { audio } = pair();
  const before = audio.send(0, 10);
  audio.report(0);
  const again = audio.clock.ticks(2_000_000_000, 1e6 + 30) / 90;
  assert.ok(again > before && again - before < 100, `${again - before} ms`);
  assert.equal(audio.clock.isSynced, false);
});

Deno.test("ClockSync ignores reports of a sender without clock", () => {
  const { audio } = pair();
  audio.send(0, 10);
  audio.clock.senderReport({
    type: "sr",
    ssrc: 1,
    ntpSeconds: 0,
    ntpFraction: 0,
    rtpTimestamp: 5,
    packetCount: 0,
    octetCount: 0,
    reports: [],
  });
  assert.equal(audio.clock.isSynced, false);
});
