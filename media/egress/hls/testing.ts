/**
 * Made-up streams for the unit tests of packaging: right in time and shape, without a picture.
 *
 * @module
 */
import type { DiscontinuityNumbers } from "./discontinuity_numbers.ts";
import { CLOCK_HZ, type StreamItem, type Tracks } from "../../access_unit.ts";
import { aacTrack } from "../../codec/aac.ts";
import { avcTrack } from "../../codec/h264.ts";

const SAMPLES_PER_UNIT = 1024;

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g)!, (pair) => parseInt(pair, 16));
}

/** H.264 320x180 at 30 fps and AAC 48 kHz stereo. */
export const TRACKS: Tracks = {
  video: avcTrack(bytesOf(
    "0164000dffe1001a6764000dacd941419f9f0110000003001000000303c0f142996001000468efbcb0fdf8f800",
  )),
  audio: aacTrack(bytesOf("1190")),
};

/** What a made-up stream is like; times in seconds. */
export interface TestStream {
  readonly from?: number;
  readonly to: number;
  /** Default 30. */
  readonly frameRate?: number;
  /** Seconds between key frames; default 2. */
  readonly gop?: number;
  /** Pictures that a key frame is shown late by, as with B-frames; default 0. */
  readonly reorder?: number;
  readonly video?: boolean;
  readonly audio?: boolean;
  /** Leaves out the video between these times. */
  readonly videoHole?: readonly [number, number];
}

/** The tracks item and the units, in order of decode time, in whole milliseconds as from FLV. */
export function testItems(options: TestStream): StreamItem[] {
  const { from = 0, to, frameRate = 30, gop = 2, reorder = 0, videoHole = [0, 0] } = options;
  const video = options.video ?? true;
  const audio = options.audio ?? true;
  const units: StreamItem[] = [];
  const gopFrames = Math.round(gop * frameRate);
  if (video) {
    for (let frame = 0; from + frame / frameRate < to; frame++) {
      const second = from + frame / frameRate;
      if (second >= videoHole[0] && second < videoHole[1]) continue;
      const dts = milliseconds(second);
      const keyFrame = frame % gopFrames === 0;
      const data = Uint8Array.of(0, 0, 0, 3, keyFrame ? 0x65 : 0x41, frame & 255, 0x80);
      const pts = milliseconds(second + reorder / frameRate);
      units.push({ kind: "video", dts, pts, keyFrame, data });
    }
  }
  if (audio) {
    const step = SAMPLES_PER_UNIT / TRACKS.audio!.sampleRate;
    for (let i = Math.ceil(from / step); i * step < to; i++) {
      const dts = milliseconds(i * step);
      const data = Uint8Array.of(0x21, i & 255);
      units.push({ kind: "audio", dts, pts: dts, samples: SAMPLES_PER_UNIT, data });
    }
  }
  units.sort((a, b) => a.dts - b.dts);
  const tracks = { video: video ? TRACKS.video : null, audio: audio ? TRACKS.audio : null };
  return [
    { kind: "tracks", tracks, dts: from * CLOCK_HZ, discontinuity: from > 0 },
    ...units,
  ];
}

function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000) * CLOCK_HZ / 1000;
}

/** Discontinuity numbers without a file. */
export function countDiscontinuities(): Pick<DiscontinuityNumbers, "first" | "used"> {
  let highest = 0;
  return {
    first: () => ++highest,
    used: (number) => {
      highest = Math.max(highest, number);
    },
  };
}
