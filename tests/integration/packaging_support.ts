/**
 * Real streams for the packaging tests, and what is asked of a packager in them.
 *
 * @module
 */
import { countDiscontinuities } from "../../media/egress/hls/testing.ts";
import assert from "node:assert/strict";
import * as hlsParser from "hls-parser";
import { silentLogger } from "../../platform/log.ts";
import type { StreamItem, TracksItem } from "../../media/access_unit.ts";
import { CLOCK_HZ } from "../../media/access_unit.ts";
import { FlvDemuxer, type FlvMessage, FlvTagParser } from "../../media/container/flv/mod.ts";
import { type HlsAnswer, HlsPackager } from "../../media/egress/hls/packager.ts";
import { runFfmpeg } from "../support/ffmpeg.ts";
import { readMp4Messages } from "../support/rtmp_mp4_samples.ts";

/** What a test stream is made of. */
export interface MediaOptions {
  readonly seconds: number;
  /** Encoder arguments of ffmpeg, null for none. */
  readonly video: readonly string[] | null;
  readonly audio: readonly string[] | null;
  /** Default 30. */
  readonly frameRate?: number;
}

/** x264 with GOPs of `gopFrames`. */
export function x264(gopFrames = 60, bFrames = 2): readonly string[] {
  return ["libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-g", String(gopFrames)]
    .concat(["-sc_threshold", "0", "-bf", String(bFrames), "-b:v", "300k"]);
}

/**
 * Encodes a picture with a white flash and a beep of 100 ms every 2 s, and gives the items as a
 * live stream would: the tracks first, units by decode time in whole milliseconds.
 */
export async function makeItems(options: MediaOptions): Promise<StreamItem[]> {
  const { seconds, frameRate = 30 } = options;
  const picture = `testsrc2=s=320x180:r=${frameRate}:d=${seconds},` +
    "drawbox=t=fill:c=black:enable='gte(mod(t\\,2)\\,0.1)':w=iw:h=ih*0.6," +
    "drawbox=t=fill:c=white:enable='lt(mod(t\\,2)\\,0.1)':w=iw:h=ih";
  const sound = "aevalsrc='if(lt(mod(t\\,2)\\,0.1)\\,0.5*sin(2*PI*1000*t)\\,0)'" +
    `:s=48000:d=${seconds}`;
  const flv = (options.video === null || options.video[0] === "libx264") &&
    options.audio?.[0] !== "libopus";
  const path = await Deno.makeTempFile({ suffix: flv ? ".flv" : ".mp4" });
  try {
    await runFfmpeg([
      ...(options.video === null ? [] : ["-f", "lavfi", "-i", picture]),
      ...(options.audio === null ? [] : ["-f", "lavfi", "-i", sound]),
      ...(options.video === null ? [] : ["-c:v", ...options.video]),
      ...(options.audio === null ? [] : ["-c:a", ...options.audio]),
      "-y",
      path,
    ]);
    const file = await Deno.readFile(path);
    const messages: readonly FlvMessage[] = flv
      ? new FlvTagParser().push(file)
      : readMp4Messages(file);
    return demux(messages);
  } finally {
    await Deno.remove(path);
  }
}

function demux(messages: readonly FlvMessage[]): StreamItem[] {
  const demuxer = new FlvDemuxer();
  const units = messages.flatMap((message) => demuxer.push(message))
    .filter((item) => item.kind === "video" || item.kind === "audio");
  assert.ok(demuxer.tracks !== null);
  return [{ kind: "tracks", tracks: demuxer.tracks, dts: 0, discontinuity: false }, ...units];
}

/** The same units later, behind their tracks as those of a new publisher. */
export function resumed(items: readonly StreamItem[], atS: number): StreamItem[] {
  return items.map((item) => {
    const dts = item.dts + atS * CLOCK_HZ;
    if (item.kind === "tracks") return { ...item, dts, discontinuity: true } as TracksItem;
    return "pts" in item ? { ...item, dts, pts: item.pts + atS * CLOCK_HZ } : { ...item, dts };
  });
}

/** A packager whose clock is that of the items. */
export class PackagerUnderTest {
  readonly packager: HlsPackager;
  readonly startedAtMs = Date.UTC(2026, 5, 1);
  nowMs = this.startedAtMs;

  constructor() {
    this.packager = new HlsPackager({
      discontinuities: countDiscontinuities(),
      room: "100001",
      startedAtMs: this.startedAtMs,
      now: () => this.nowMs,
      log: silentLogger,
    });
  }

  /** Pushes items; `check` is called after each. */
  push(items: readonly StreamItem[], check: () => void = () => {}): void {
    for (const item of items) {
      this.nowMs = Math.max(this.nowMs, this.startedAtMs + item.dts * 1000 / CLOCK_HZ);
      this.packager.push(item);
      check();
    }
  }

  /** Asks for something. */
  get(path: string, query = ""): Promise<HlsAnswer> {
    return this.packager.handle({
      path,
      query: new URLSearchParams(query),
      signal: new AbortController().signal,
    });
  }

  /** The text of a playlist that has to be there. */
  async text(path: string, query = ""): Promise<string> {
    const answer = await this.get(path, query);
    assert.equal(answer.status, 200, JSON.stringify(answer.error));
    return answer.body instanceof Uint8Array
      ? new TextDecoder().decode(answer.body)
      : String(answer.body);
  }

  /** The bytes of something that has to be there. */
  async bytes(path: string): Promise<Uint8Array> {
    const answer = await this.get(path);
    assert.equal(answer.status, 200, `${path}: ${JSON.stringify(answer.error)}`);
    assert.ok(answer.body instanceof Uint8Array);
    return answer.body;
  }

  /** Initialisation section and all segments of one playlist as a file; null part for all. */
  async download(playlist: string): Promise<Uint8Array> {
    const folder = playlist.includes("/") ? playlist.slice(0, playlist.lastIndexOf("/") + 1) : "";
    const pieces: Uint8Array[] = [];
    for (const line of (await this.text(playlist)).split("\n")) {
      const map = /^#EXT-X-MAP:URI="([^"]+)"/.exec(line)?.[1];
      const uri = map ?? (line === "" || line.startsWith("#") ? null : line);
      if (uri !== null) pieces.push(await this.bytes(folder + uri));
    }
    return new Uint8Array(await new Blob(pieces as BlobPart[]).arrayBuffer());
  }
}

/** Reads a playlist by the strict rules of `hls-parser`. */
export function parseStrictly(text: string): hlsParser.types.MediaPlaylist {
  hlsParser.setOptions({ strictMode: true });
  return hlsParser.parse(text) as hlsParser.types.MediaPlaylist;
}

/** Runs a program; throws with its output when it fails. */
export async function run(command: string, args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assert.ok(success, `${command} failed: ${text.slice(-2000)}`);
  return text;
}

/** Decodes everything with ffmpeg, which may say nothing about it. */
export async function decodesCleanly(path: string): Promise<void> {
  const said = await run("ffmpeg", [
    ...["-nostdin", "-v", "warning", "-xerror", "-i", path, "-f", "null", "-"],
  ]);
  const relevant = said.split("\n").filter((line) => line !== "" && !KNOWN.test(line));
  assert.deepEqual(relevant, [], `ffmpeg on ${path}`);
}

/** Notices that are no fault of the file. */
const KNOWN = /deprecated pixel format|Could not find codec parameters|Estimating duration/;
