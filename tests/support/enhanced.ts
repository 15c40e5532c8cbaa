/**
 * Streams of codecs that only enhanced RTMP carries.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { runFfmpeg } from "./ffmpeg.ts";
import { feed } from "./rtmp_feeder.ts";

/** Longer than any test; feeding ends when the test aborts it. */
const LOOPS = 100;
const SOURCE_SECONDS = 8;

const HEVC = ["libx265", "-tag:v", "hvc1", "-preset", "ultrafast", "-x265-params"]
  .concat("log-level=none:keyint=60:min-keyint=60:scenecut=0:bframes=2");
const AV1 = ["libsvtav1", "-preset", "12", "-g", "60"];
const VP9 = ["libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "60", "-b:v", "300k"];
const H264 = ["libx264", "-preset", "veryfast", "-g", "60", "-sc_threshold", "0", "-bf", "2"];
const AAC = ["aac", "-b:a", "96k"];
const OPUS = ["libopus", "-b:a", "64k"];
const MP3 = ["libmp3lame", "-b:a", "96k"];

export interface Case {
  readonly name: string;
  readonly video: readonly string[];
  readonly audio: readonly string[];
  /** In fragmented MP4, as ffprobe calls them. */
  readonly codecs: readonly [video: string, audio: string];
  /** Of the multivariant playlist. */
  readonly declared: RegExp;
  /** The same in MPEG-TS. */
  readonly ts: readonly [video: string, audio: string];
}

export const HEVC_AAC: Case = {
  name: "HEVC and AAC",
  video: HEVC,
  audio: AAC,
  codecs: ["hevc", "aac"],
  declared: /^hvc1\.[^,]+,mp4a\.40\.2$/,
  ts: ["hevc", "aac"],
};
export const AV1_OPUS: Case = {
  name: "AV1 and Opus",
  video: AV1,
  audio: OPUS,
  codecs: ["av1", "aac"],
  declared: /^av01\.[^,]+,mp4a\.40\.2$/,
  ts: ["h264", "aac"],
};
export const VP9_OPUS: Case = {
  name: "VP9 and Opus",
  video: VP9,
  audio: OPUS,
  codecs: ["vp9", "aac"],
  declared: /^vp09\.[^,]+,mp4a\.40\.2$/,
  ts: ["h264", "aac"],
};
export const CASES: readonly Case[] = [
  HEVC_AAC,
  AV1_OPUS,
  VP9_OPUS,
  {
    name: "H.264 and MP3",
    video: H264,
    audio: MP3,
    codecs: ["h264", "mp3"],
    declared: /^avc1\.[0-9a-f]{6},mp4a\.6B$/i,
    ts: ["h264", "mp3"],
  },
  {
    name: "HEVC and Opus",
    video: HEVC,
    audio: OPUS,
    codecs: ["hevc", "aac"],
    declared: /^hvc1\.[^,]+,mp4a\.40\.2$/,
    ts: ["hevc", "aac"],
  },
];

/** A file of a flash and a beep every 2 s, as `makeSource()` makes them, in other codecs. */
export async function encode(one: Case, path: string): Promise<Uint8Array> {
  const picture = `testsrc2=s=320x180:r=30:d=${SOURCE_SECONDS},` +
    "drawbox=t=fill:c=black:enable='gte(mod(t\\,2)\\,0.1)':w=iw:h=ih*0.6," +
    "drawbox=t=fill:c=white:enable='lt(mod(t\\,2)\\,0.1)':w=iw:h=ih";
  const sound = "aevalsrc='if(lt(mod(t\\,2)\\,0.1)\\,0.5*sin(2*PI*1000*t)\\,0)'" +
    `:s=48000:d=${SOURCE_SECONDS}`;
  await runFfmpeg([
    ...["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound],
    ...["-c:v", ...one.video, "-pix_fmt", "yuv420p", "-c:a", ...one.audio, "-y", path],
  ]);
  return await readFile(path);
}

/** Feeds over and over until it is disposed; a refusal of the server fails the test there. */
export class Feeding {
  readonly #abort = new AbortController();
  readonly #done: Promise<void>;

  constructor(file: Uint8Array, url: string) {
    this.#done = feed({ url, file, loops: LOOPS, signal: this.#abort.signal });
    this.#done.catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    await this.#done;
  }
}
