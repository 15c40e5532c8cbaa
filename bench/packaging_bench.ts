/**
 * What packaging costs: CPU per second of stream by format, and CPU and memory of a hundred
 * publishers in one process. Payload is noise of the right sizes; nothing is decoded.
 *
 * @module
 */
import { countDiscontinuities } from "../media/egress/hls/testing.ts";
import process from "node:process";
import { CLOCK_HZ, type StreamItem, type Tracks } from "../media/access_unit.ts";
import { aacTrack } from "../media/codec/aac.ts";
import { avcTrack } from "../media/codec/h264.ts";
import { HlsPackager } from "../media/egress/hls/packager.ts";
import { silentLogger } from "../platform/log.ts";

const FRAME_RATE = 30;
const GOP_FRAMES = 60;
const AUDIO_KBPS = 128;
const SAMPLES_PER_UNIT = 1024;
/** A key frame is this many times as large as another frame. */
const KEY_FRAME_WEIGHT = 8;

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g)!, (pair) => parseInt(pair, 16));
}

const TRACKS: Tracks = {
  video: avcTrack(bytesOf(
    "0164000dffe1001a6764000dacd941419f9f0110000003001000000303c0f142996001000468efbcb0fdf8f800",
  )),
  audio: aacTrack(bytesOf("1190")),
};

/** The items of a stream from second `from` to `to`, each with bytes of its own. */
function* items(
  { from, to, kbps }: { readonly from: number; readonly to: number; readonly kbps: number },
): Generator<StreamItem> {
  if (from === 0) yield { kind: "tracks", tracks: TRACKS, dts: 0, discontinuity: false };
  const gopBytes = (kbps - AUDIO_KBPS) * 125 * GOP_FRAMES / FRAME_RATE;
  const frameBytes = Math.round(gopBytes / (GOP_FRAMES - 1 + KEY_FRAME_WEIGHT));
  const audioTicks = SAMPLES_PER_UNIT * CLOCK_HZ / TRACKS.audio!.sampleRate;
  const audioBytes = Math.round(AUDIO_KBPS * 125 * audioTicks / CLOCK_HZ);
  let audio = Math.ceil(from * CLOCK_HZ / audioTicks);
  for (let frame = from * FRAME_RATE; frame < to * FRAME_RATE; frame++) {
    const dts = frame * CLOCK_HZ / FRAME_RATE;
    for (; audio * audioTicks <= dts; audio++) {
      const time = Math.round(audio * audioTicks / 90) * 90;
      const data = new Uint8Array(audioBytes).fill(audio);
      yield { kind: "audio", dts: time, pts: time, samples: SAMPLES_PER_UNIT, data };
    }
    const keyFrame = frame % GOP_FRAMES === 0;
    const data = new Uint8Array(keyFrame ? frameBytes * KEY_FRAME_WEIGHT : frameBytes).fill(frame);
    new DataView(data.buffer).setUint32(0, data.length - 4);
    data[4] = keyFrame ? 0x65 : 0x41;
    yield { kind: "video", dts, pts: dts + 6000, keyFrame, data };
  }
}

function newPackager(): HlsPackager {
  return new HlsPackager({
    discontinuities: countDiscontinuities(),
    room: "100001",
    startedAtMs: Date.now(),
    now: Date.now,
    log: silentLogger,
  });
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function fetchText(packager: HlsPackager, path: string, query = ""): Promise<string> {
  const { body } = await packager.handle({
    path,
    query: new URLSearchParams(query),
    signal: new AbortController().signal,
  });
  return new TextDecoder().decode(body as Uint8Array);
}

/** Fetches every new TS segment of a packager, as one edge does. */
async function fetchNewSegments(packager: HlsPackager, known: Set<string>): Promise<void> {
  for (const line of (await fetchText(packager, "ts/main.m3u8")).split("\n")) {
    if (line === "" || line.startsWith("#") || known.has(line)) continue;
    known.add(line);
    await fetchText(packager, `ts/${line}`);
  }
}

/** CPU in ms for a second of stream; the making of the items is measured apart and taken off. */
async function costPerSecond(
  options: { readonly kbps: number; readonly lowLatency: boolean; readonly ts: boolean },
): Promise<number> {
  const seconds = 240;
  const warmUp = 40;
  const packager = newPackager();
  const known = new Set<string>();
  let spent = 0;
  for (let from = 0; from < seconds; from += 2) {
    const batch = [...items({ from, to: from + 2, kbps: options.kbps })];
    const before = cpuMs();
    let version = packager.version;
    for (const item of batch) {
      packager.push(item);
      if (options.lowLatency && packager.version !== version && from > 2) {
        version = packager.version;
        await fetchText(packager, "main.m3u8", "_HLS_skip=YES");
      }
    }
    if (options.ts && from > 2) await fetchNewSegments(packager, known);
    if (from >= warmUp) spent += cpuMs() - before;
  }
  packager.end();
  return spent / (seconds - warmUp);
}

async function perStream(): Promise<void> {
  console.log("CPU in ms for one second of stream (H.264 30 fps, AAC), one edge reading");
  console.log("kbps | parts and CMAF segments | with LL playlists | with TS segments | all");
  for (const kbps of [600, 1500, 6000]) {
    const row = [];
    for (const [lowLatency, ts] of [[false, false], [true, false], [false, true], [true, true]]) {
      row.push((await costPerSecond({ kbps, lowLatency, ts })).toFixed(2));
    }
    console.log(`${kbps} | ${row.join(" | ")}`);
  }
}

async function manyPublishers(): Promise<void> {
  const count = 100;
  const seconds = 70;
  const before = Deno.memoryUsage();
  const packagers = Array.from({ length: count }, newPackager);
  const known = packagers.map(() => new Set<string>());
  let spent = 0;
  for (let from = 0; from < seconds; from++) {
    for (let i = 0; i < count; i++) {
      const batch = [...items({ from, to: from + 1, kbps: 600 })];
      const start = cpuMs();
      for (const item of batch) packagers[i].push(item);
      if (from > 2) {
        await fetchText(packagers[i], "main.m3u8");
        await fetchNewSegments(packagers[i], known[i]);
      }
      spent += cpuMs() - start;
    }
  }
  const after = Deno.memoryUsage();
  const held = packagers.reduce((sum, packager) => sum + packager.inspect().bytes, 0);
  const mib = (bytes: number) => (bytes / 1048576 / count).toFixed(2);
  console.log(
    `\n${count} publishers at 600 kbps, ${seconds} s of stream, LL and TS read by one edge`,
  );
  console.log(
    `CPU: ${(spent / count / seconds).toFixed(2)} ms a stream-second each, ` +
      `${(spent / seconds / 10).toFixed(1)} % of a core together`,
  );
  console.log(
    `memory each: RSS ${mib(after.rss - before.rss)} MiB, ` +
      `heap ${mib(after.heapUsed - before.heapUsed)} MiB, segments held ${mib(held)} MiB`,
  );
  for (const packager of packagers) packager.end();
}

await perStream();
await manyPublishers();
