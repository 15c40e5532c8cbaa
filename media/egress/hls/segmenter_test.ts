import assert from "node:assert/strict";
import { CLOCK_HZ, type StreamItem } from "../../access_unit.ts";
import { Segmenter, type SegmenterPart } from "./segmenter.ts";
import { testItems, type TestStream } from "./testing.ts";

interface Cut {
  readonly startS: number;
  endS: number;
  readonly discontinuity: boolean;
  readonly independent: boolean;
  readonly parts: SegmenterPart[];
}

function cut(
  items: readonly StreamItem[],
  prepare: (segmenter: Segmenter) => void = () => {},
): { readonly segments: Cut[]; readonly segmenter: Segmenter } {
  const segments: Cut[] = [];
  const segmenter = new Segmenter({
    tracks: () => {},
    segmentStart: ({ start, discontinuity, independent }) => {
      segments.push({ startS: start / CLOCK_HZ, endS: NaN, discontinuity, independent, parts: [] });
    },
    part: (part) => segments.at(-1)!.parts.push(part),
    segmentEnd: (end) => segments.at(-1)!.endS = end / CLOCK_HZ,
  });
  prepare(segmenter);
  for (const item of items) segmenter.push(item);
  segmenter.end();
  return { segments, segmenter };
}

function cutStream(stream: TestStream): Cut[] {
  return cut(testItems(stream)).segments;
}

/** The last frame's length is a guess from whole milliseconds, hence two decimals. */
const lengths = (segments: readonly Cut[]) =>
  segments.map((one) => +(one.endS - one.startS).toFixed(2));
const partLengths = (segment: Cut) =>
  segment.parts.map((part) => +((part.end - part.start) / CLOCK_HZ).toFixed(3));

Deno.test("Segmenter cuts 2 s segments of six parts with ten frames each at 30 fps", () => {
  const segments = cutStream({ to: 6 });
  assert.deepEqual(lengths(segments), [2, 2, 2]);
  assert.deepEqual(segments.map((one) => one.parts.map((part) => part.video.length)), [
    [10, 10, 10, 10, 10, 10],
    [10, 10, 10, 10, 10, 10],
    [10, 10, 10, 10, 10, 10],
  ]);
  assert.ok(segments.every((one) => one.independent && !one.discontinuity));
  assert.deepEqual(segments[1].parts.map((part) => part.independent), [
    ...[true, false, false, false, false, false],
  ]);
});

Deno.test("Segmenter gives every unit out exactly once and in order", () => {
  for (const reorder of [0, 2]) {
    const items = testItems({ to: 7.3, reorder, frameRate: 25 });
    const parts = cut(items).segments.flatMap((one) => one.parts);
    const video = items.filter((item) => item.kind === "video");
    assert.deepEqual(parts.flatMap((part) => part.video), video);
    const audio = parts.flatMap((part) => part.audio);
    const expected = items.filter((item) => item.kind === "audio");
    // The end of the video ends the stream.
    assert.deepEqual(audio, expected.slice(0, audio.length));
    assert.ok(expected.length - audio.length <= 3);
    for (let i = 1; i < parts.length; i++) assert.equal(parts[i].start, parts[i - 1].end);
  }
});

Deno.test("Segmenter keeps parts under 0.35 s and above 85 % of it at usual frame rates", () => {
  for (const frameRate of [10, 12, 15, 20, 23.976, 24, 25, 29.97, 30, 48, 50, 59.94, 60, 120]) {
    for (const segment of cutStream({ to: 10.01, frameRate, gop: 2, reorder: 1 })) {
      const parts = partLengths(segment);
      for (const part of parts) assert.ok(part <= 0.35, `${frameRate} fps: ${parts}`);
      for (const part of parts.slice(0, -1)) {
        assert.ok(part >= 0.2975, `${frameRate} fps: ${parts}`);
      }
    }
  }
});

Deno.test("Segmenter cuts by presentation time: B-frames move boundaries with the picture", () => {
  const segments = cutStream({ to: 6, reorder: 2 });
  assert.deepEqual(segments.map((one) => one.startS), [0.067, 2.067, 4.067]);
  assert.deepEqual(lengths(segments), [2, 2, 2]);
  const audio = segments[1].parts.flatMap((part) => part.audio);
  assert.ok(audio.every((unit) => unit.pts >= 2 * CLOCK_HZ && unit.pts < 4.067 * CLOCK_HZ));
});

Deno.test("Segmenter cuts audio alone by the audio clock", () => {
  const segments = cutStream({ to: 10, video: false });
  assert.equal(segments.length, 5);
  for (const segment of segments) {
    assert.ok(segment.parts.every((part) => part.independent && part.video.length === 0));
    for (const part of partLengths(segment)) assert.ok(part <= 0.35);
  }
  for (const length of lengths(segments).slice(0, -1)) assert.ok(Math.abs(length - 2) < 0.02);
});

Deno.test("Segmenter cuts video alone", () => {
  assert.deepEqual(lengths(cutStream({ to: 8, audio: false })), [2, 2, 2, 2]);
});

Deno.test("Segmenter lets segments grow with GOPs up to 10 s", () => {
  assert.deepEqual(lengths(cutStream({ to: 30, gop: 10 })), [10, 10, 10]);
  assert.deepEqual(lengths(cutStream({ to: 15, gop: 5 })), [5, 5, 5]);
});

Deno.test("Segmenter cuts between key frames when they are further apart than 10 s", () => {
  const { segments, segmenter } = cut(testItems({ to: 40, gop: 20 }));
  assert.ok(lengths(segments).every((length) => length < 10.5));
  assert.deepEqual(segments.map((one) => one.independent), [true, false, true, false]);
  assert.equal(segmenter.forcedCuts, 2);
});

Deno.test("Segmenter gathers short GOPs to 2 s without passing 2.45 s", () => {
  assert.deepEqual(lengths(cutStream({ to: 4, gop: 0.5 })), [2, 2]);
  assert.deepEqual(lengths(cutStream({ to: 4, gop: 1 })), [2, 2]);
  assert.deepEqual(lengths(cutStream({ to: 4.8, gop: 1.2 })), [2.4, 2.4]);
  assert.deepEqual(lengths(cutStream({ to: 4.5, gop: 1.5 })), [1.5, 1.5, 1.5]);
});

Deno.test("Segmenter never passes a declared target duration", () => {
  const { segments } = cut(testItems({ to: 24, gop: 8 }), (segmenter) => {
    segmenter.declareTargetDuration(2);
  });
  assert.ok(lengths(segments).every((length) => Math.round(length) <= 2));
  assert.ok(segments.some((one) => !one.independent));
});

Deno.test("Segmenter marks new tracks and a hole in the media as discontinuities", () => {
  const { segments } = cut([
    ...testItems({ to: 3 }),
    ...testItems({ from: 5, to: 8 }),
    ...testItems({ from: 12, to: 14 }).slice(1),
  ]);
  assert.deepEqual(
    segments.map((one) => [one.startS, one.discontinuity]),
    [[0, false], [2, false], [5, true], [7, false], [12, true]],
  );
  assert.deepEqual(lengths(segments), [2, 1, 2, 1, 2]);
});

Deno.test("Segmenter begins with a key frame and the audio beside it", () => {
  const items = testItems({ to: 4 }).filter((item) =>
    item.kind !== "video" || item.dts >= CLOCK_HZ
  );
  const { segments } = cut(items);
  assert.equal(segments[0].startS, 2);
  const [first] = segments[0].parts;
  assert.ok(first.video[0].keyFrame);
  assert.ok(first.audio[0].dts >= 1.89 * CLOCK_HZ);
});

Deno.test("Segmenter goes on by the audio while the video is silent", () => {
  const { segments } = cut(testItems({ to: 8, gop: 2, videoHole: [2.5, 5] }));
  const parts = segments.flatMap((one) => one.parts);
  for (let i = 1; i < parts.length; i++) assert.equal(parts[i].start, parts[i - 1].end);
  const inHole = parts.filter((part) => part.start >= 2.6 * CLOCK_HZ && part.end <= 5 * CLOCK_HZ);
  assert.ok(inHole.length >= 6);
  assert.ok(inHole.every((part) => (part.end - part.start) / CLOCK_HZ <= 0.35));
  assert.ok(segments.every((one) => !one.discontinuity));
  const video = parts.flatMap((part) => part.video);
  assert.equal(video.length, 8 * 30 - 75);
});

Deno.test("Segmenter makes one part of each picture of a slide show", () => {
  const segments = cutStream({ to: 20, frameRate: 0.5, gop: 4, audio: false });
  const parts = segments.flatMap((one) => one.parts);
  assert.equal(parts.length, 10);
  assert.ok(segments.every((one) => !one.discontinuity));
});

Deno.test("Segmenter holds a bounded amount when the publisher's clock stands still", () => {
  for (const kind of ["video", "audio"] as const) {
    let most = 0;
    let waiting = 0;
    let segments = 0;
    const segmenter = new Segmenter({
      tracks: () => {},
      segmentStart: () => segments++,
      part: (part) => waiting -= part.video.length + part.audio.length,
      segmentEnd: () => {},
    });
    for (const item of testItems({ to: 1 })) segmenter.push(item);
    const data = new Uint8Array(100_000);
    for (let i = 0; i < 10_000; i++) {
      const time = { dts: CLOCK_HZ, pts: CLOCK_HZ, data };
      segmenter.push(
        kind === "video" ? { kind, keyFrame: false, ...time } : { kind, samples: 1024, ...time },
      );
      most = Math.max(most, ++waiting);
    }
    assert.ok(most < 2500, `${most} units`);
    assert.ok(segments > 10, `${segments} segments`);
  }
});
