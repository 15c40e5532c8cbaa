import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import * as mp4box from "mp4box";
import { avOffsetsMs, probe } from "../support/ffmpeg.ts";
import {
  decodesCleanly,
  makeItems,
  type MediaOptions,
  PackagerUnderTest,
  parseStrictly,
  run,
  x264,
} from "./packaging_support.ts";

interface Case extends Omit<MediaOptions, "seconds"> {
  readonly name: string;
  readonly codecs: RegExp;
  readonly boxes: readonly string[];
  /** Whether MPEG-TS carries it. */
  readonly ts: boolean;
}

const AAC = ["aac", "-b:a", "96k"];
const OPUS = ["libopus", "-b:a", "64k"];
const FLASHES_SECONDS = 9;

const CASES: readonly Case[] = [
  {
    name: "H.264 with B-frames and AAC",
    video: x264(60, 2),
    audio: AAC,
    codecs: /^avc1\.[0-9a-f]{6},mp4a\.40\.2$/,
    boxes: ["avc1", "avcC", "mp4a", "esds"],
    ts: true,
  },
  {
    name: "H.264 without B-frames at 25 fps and MP3",
    video: x264(50, 0),
    audio: ["libmp3lame", "-ar", "44100", "-b:a", "96k"],
    frameRate: 25,
    codecs: /^avc1\.[0-9a-f]{6},mp4a\.6B$/i,
    boxes: ["avc1", "avcC", "mp4a", "esds"],
    ts: true,
  },
  {
    name: "H.265 and AAC",
    video: [
      "libx265",
      "-tag:v",
      "hvc1",
      "-preset",
      "ultrafast",
      "-pix_fmt",
      "yuv420p",
      "-x265-params",
      "log-level=none:keyint=60:min-keyint=60:scenecut=0:bframes=2",
    ],
    audio: AAC,
    codecs: /^hvc1\.[^,]+,mp4a\.40\.2$/,
    boxes: ["hvc1", "hvcC", "mp4a", "esds"],
    ts: true,
  },
  {
    name: "AV1 and Opus",
    video: ["libsvtav1", "-preset", "12", "-g", "60", "-pix_fmt", "yuv420p"],
    audio: OPUS,
    codecs: /^av01\.[^,]+,opus$/i,
    boxes: ["av01", "av1C", "Opus", "dOps"],
    ts: false,
  },
  {
    name: "VP9 and Opus",
    video: ["libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "60", "-b:v", "300k"]
      .concat(["-pix_fmt", "yuv420p"]),
    audio: OPUS,
    codecs: /^vp09\.[^,]+,opus$/i,
    boxes: ["vp09", "vpcC", "Opus", "dOps"],
    ts: false,
  },
  {
    name: "AAC alone",
    video: null,
    audio: AAC,
    codecs: /^mp4a\.40\.2$/,
    boxes: ["mp4a", "esds"],
    ts: true,
  },
  {
    name: "H.264 alone",
    video: x264(60, 0),
    audio: null,
    codecs: /^avc1\.[0-9a-f]{6}$/,
    boxes: ["avc1", "avcC"],
    ts: true,
  },
];

const packagerBinary = fileURLToPath(
  new URL(`../../node_modules/shaka-packager/bin/packager-linux-x64`, import.meta.url),
);

for (const one of CASES) {
  Deno.test(`${one.name}: CMAF and MPEG-TS satisfy independent readers`, async () => {
    const items = await makeItems({ ...one, seconds: FLASHES_SECONDS });
    const subject = new PackagerUnderTest();
    subject.push(items);
    subject.packager.end();
    assert.deepEqual(subject.packager.outputs, { llhls: true, hls: one.ts });

    const index = await subject.text("index.m3u8");
    parseStrictly(index);
    assert.match(/CODECS="([^"]+)"/.exec(index)![1], one.codecs);
    const folder = await Deno.makeTempDir();
    try {
      const cmaf = await subject.download("main.m3u8");
      parseStrictly(await subject.text("main.m3u8"));
      await checkFile(`${folder}/stream.mp4`, cmaf, one);
      assertBoxes(cmaf, one.boxes);
      // shaka-packager knows no MP3 in MP4.
      const shaka = !one.codecs.source.includes("6B");
      if (shaka) await checkWithShaka(`${folder}/stream.mp4`, folder, one);
      if (!one.ts) {
        assert.equal((await subject.get("ts/index.m3u8")).status, 404);
        assert.equal((await subject.get("ts/main.m3u8")).status, 404);
        return;
      }
      parseStrictly(await subject.text("ts/main.m3u8"));
      const ts = await subject.download("ts/main.m3u8");
      await checkFile(`${folder}/stream.ts`, ts, one);
      assertContinuity(ts);
      if (shaka) await checkWithShaka(`${folder}/stream.ts`, folder, one);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

/** Decodes without a word, lasts as long as the source, and sound meets picture. */
async function checkFile(path: string, bytes: Uint8Array, one: Case): Promise<void> {
  await Deno.writeFile(path, bytes);
  await decodesCleanly(path);
  const streams = await probe(path);
  assert.equal(streams.length, (one.video === null ? 0 : 1) + (one.audio === null ? 0 : 1));
  for (const stream of streams) {
    assert.ok(
      Math.abs(Number(stream.duration) - FLASHES_SECONDS) < 0.3,
      `${path}: ${JSON.stringify(stream)}`,
    );
  }
  if (one.video === null || one.audio === null) return;
  const offsets = await avOffsetsMs(path);
  assert.ok(offsets.length >= 3, `${path}: ${offsets.length} flashes`);
  for (const offset of offsets) assert.ok(Math.abs(offset) <= 50, `${path}: ${offset} ms apart`);
}

async function checkWithShaka(path: string, folder: string, one: Case): Promise<void> {
  const info = await run(packagerBinary, [`input=${path}`, "--dump_stream_info"]);
  const found = /Found (\d+) stream/.exec(info)?.[1];
  assert.equal(found, String((one.video === null ? 0 : 1) + (one.audio === null ? 0 : 1)), info);
  const outputs = [];
  if (one.video !== null) outputs.push(`in=${path},stream=video,output=${folder}/v.mp4`);
  if (one.audio !== null) outputs.push(`in=${path},stream=audio,output=${folder}/a.mp4`);
  await run(packagerBinary, [...outputs, "--mpd_output", `${folder}/out.mpd`]);
}

/** Every box that `mp4box` meets is one it knows, and the expected ones are there. */
function assertBoxes(bytes: Uint8Array, expected: readonly string[]): void {
  const file = mp4box.createFile();
  const errors: unknown[] = [];
  file.onError = (...error: unknown[]) => errors.push(error);
  const buffer = mp4box.MP4BoxBuffer.fromArrayBuffer(
    bytes.slice().buffer as ArrayBuffer,
    0,
  );
  file.appendBuffer(buffer);
  file.flush();
  assert.deepEqual(errors, []);
  const types = new Set<string>();
  const walk = (box: { type?: string; boxes?: unknown[]; entries?: unknown[] }) => {
    if (box.type !== undefined) types.add(box.type);
    for (const child of box.boxes ?? []) walk(child as typeof box);
    for (const child of box.entries ?? []) walk(child as typeof box);
  };
  walk(file as unknown as { boxes: unknown[] });
  for (
    const type of [...expected, "ftyp", "moov", "mvex", "trex", "moof", "tfdt", "trun", "mdat"]
  ) {
    assert.ok(types.has(type), `no ${type} among ${[...types]}`);
  }
}

/** ISO/IEC 13818-1 §2.4.3.3: counters of packets with payload rise by one, over segments too. */
function assertContinuity(ts: Uint8Array): void {
  const counters = new Map<number, number>();
  assert.equal(ts.length % 188, 0);
  for (let at = 0; at < ts.length; at += 188) {
    assert.equal(ts[at], 0x47);
    const pid = (ts[at + 1] & 0x1f) << 8 | ts[at + 2];
    const counter = ts[at + 3] & 15;
    const before = counters.get(pid);
    const payload = (ts[at + 3] & 0x10) !== 0;
    if (before !== undefined) assert.equal(counter, payload ? before + 1 & 15 : before);
    counters.set(pid, counter);
  }
}
