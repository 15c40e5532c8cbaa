/** Other publishers and players than ffmpeg, and publishers that misbehave while people watch. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import * as hlsParser from "hls-parser";
import {
  FLV_TAG,
  FlvDemuxer,
  type FlvMessage,
  FlvTagParser,
} from "../../media/container/flv/mod.ts";
import { encodeAmf0 } from "../../media/container/amf0.ts";
import { RtmpClient } from "../../media/transport/rtmp/client.ts";
import { launchBrowser, openPage } from "../support/browser.ts";
import { makeSource, probe, record, runFfmpeg } from "../support/ffmpeg.ts";
import { TestPlatform, type TestRoom } from "../support/platform.ts";
import { choosePlayer, inspectPlayer, waitUntilPlaying } from "../support/player.ts";
import { waitFor } from "../support/wait.ts";

const SOURCE_SECONDS = 4;
const SOURCE_MS = SOURCE_SECONDS * 1_000;
/** A gap between two frames of a viewer that is longer than this is a hole. */
const MAX_GAP_TICKS = 3 * 90_000;

/** The audio and video messages of a generated file; it begins with the sequence headers. */
async function messagesOf(folder: string, size: string): Promise<FlvMessage[]> {
  const path = `${folder}/${size}.flv`;
  // Every encoder option but the size is the same, as when somebody changes a scene.
  await makeSource(path, { seconds: SOURCE_SECONDS, gopFrames: 30, size });
  return new FlvTagParser().push(await readFile(path))
    .filter(({ type }) => type !== FLV_TAG.SCRIPT);
}

function isHeader({ type, data }: FlvMessage): boolean {
  return type === FLV_TAG.VIDEO ? data[1] === 0 && (data[0]! & 0x80) === 0 : data[1] === 0;
}

/**
 * Publishes messages at their own pace, over and over. {@linkcode Sender.clock} and
 * {@linkcode Sender.messages} may be changed while it runs.
 */
class Sender {
  /** From the time since the start to the time stamp that is sent. */
  clock: (ms: number) => number = (ms) => ms;
  readonly client: RtmpClient;
  #messages: readonly FlvMessage[];
  #next: readonly FlvMessage[] | null = null;
  #open = true;
  #sentMs = 0;
  readonly #done: Promise<void>;

  private constructor(client: RtmpClient, messages: readonly FlvMessage[]) {
    this.client = client;
    this.#messages = messages;
    this.#done = this.#run();
    // Told when the sender is disposed.
    this.#done.catch(() => {});
  }

  static async start(
    url: string,
    messages: readonly FlvMessage[],
    clock: (ms: number) => number = (ms) => ms,
  ): Promise<Sender> {
    const sender = new Sender(
      await RtmpClient.publish({ url, agent: "FMLE/3.0 (compatible; FMSc/1.0)" }),
      messages,
    );
    sender.clock = clock;
    return sender;
  }

  /** Media time sent so far. */
  get sentMs(): number {
    return this.#sentMs;
  }

  /** From the next round on, with its sequence headers, these messages are sent. */
  change(messages: readonly FlvMessage[]): void {
    this.#next = messages;
  }

  async #run(): Promise<void> {
    // The clock is set by the time of the first turn.
    await Promise.resolve();
    const startedAt = performance.now();
    let failure: Error | null = null;
    this.client.closed.then((error) => failure = error);
    for (let round = 0; this.#open; round++) {
      const changed = this.#next !== null;
      this.#messages = this.#next ?? this.#messages;
      this.#next = null;
      for (const message of this.#messages) {
        if (isHeader(message) && round > 0 && !changed) continue;
        const ms = round * SOURCE_MS + message.timestampMs;
        const early = ms - (performance.now() - startedAt);
        if (early > 5) await new Promise((resolve) => setTimeout(resolve, early));
        if (!this.#open) return;
        if (failure !== null) throw failure;
        this.#sentMs = ms;
        this.client.write({ ...message, timestampMs: this.clock(ms) });
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#open = false;
    await this.#done;
    await this.client.close();
  }
}

/** A viewer of an FLV address who looks at every time stamp. */
class FlvWatcher {
  /** Latest decode time by track, 90 kHz. */
  readonly last = { video: -1, audio: -1 };
  readonly faults: string[] = [];
  readonly widths: number[] = [];
  frames = 0;
  metadata = 0;
  readonly #done: Promise<void>;
  /** Kept: the runtime forgets to abort the body of an answer that nobody holds. */
  #reader: ReadableStreamDefaultReader<Uint8Array> | null = null;
  #left = false;

  constructor(url: string) {
    this.#done = this.#watch(url);
  }

  async #watch(url: string): Promise<void> {
    const parser = new FlvTagParser();
    const demuxer = new FlvDemuxer();
    try {
      const reader = this.#reader = (await fetch(url)).body!.getReader();
      while (!this.#left) {
        const { value, done } = await reader.read();
        if (done) break;
        for (const tag of parser.push(value)) {
          for (const item of demuxer.push(tag)) {
            if (item.kind === "tracks") this.widths.push(item.tracks.video?.width ?? 0);
            else if (item.kind === "metadata") this.metadata++;
            else this.#look(item.kind, item.dts);
          }
        }
      }
      if (!this.#left) this.faults.push("the stream ended");
    } catch (error) {
      this.faults.push(String(error));
    }
  }

  #look(kind: "video" | "audio", dts: number): void {
    const before = this.last[kind];
    if (dts < before) this.faults.push(`${kind} went back: ${before} -> ${dts}`);
    if (before >= 0 && dts - before > MAX_GAP_TICKS) {
      this.faults.push(`${kind} has a hole: ${before} -> ${dts}`);
    }
    this.last[kind] = dts;
    if (kind === "video") this.frames++;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#left = true;
    await this.#reader?.cancel();
    await this.#done;
  }
}

async function mediaPlaylist(url: string): Promise<hlsParser.types.MediaPlaylist> {
  return await waitFor(url, async () => {
    const response = await fetch(url);
    const text = await response.text();
    if (!response.ok) return null;
    hlsParser.setOptions({ strictMode: true });
    return hlsParser.parse(text) as hlsParser.types.MediaPlaylist;
  });
}

/** A list of whole segments shows a discontinuity only when the segment behind it is complete. */
async function checkDiscontinuities(url: string, expected: number): Promise<void> {
  const count = async () =>
    (await mediaPlaylist(url)).segments.filter((segment) => segment.discontinuity).length;
  await waitFor(`${expected} discontinuities in ${url}`, async () => await count() >= expected);
  assert.equal(await count(), expected, url);
}

async function isInstalled(command: string, ...args: string[]): Promise<boolean> {
  try {
    await new Deno.Command(command, { args, stdout: "null", stderr: "null" }).output();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** A program that runs until it is told to stop. */
class Running {
  readonly process: Deno.ChildProcess;
  readonly #stderr: Promise<string>;

  constructor(command: string, args: readonly string[]) {
    this.process = new Deno.Command(command, {
      args: [...args],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    this.#stderr = new Response(this.process.stderr).text();
  }

  /** Asks for an orderly end; gives the exit code and what was said. */
  async stop(): Promise<{ code: number; stderr: string }> {
    try {
      this.process.kill("SIGINT");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it has ended already
    }
    const { code } = await this.process.status;
    return { code, stderr: await this.#stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.process.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it has ended already
    }
    await Promise.all([this.process.status, this.#stderr]);
  }
}

Deno.test({
  name: "GStreamer publishes by rtmp2sink and by librtmp",
  ignore: !(await isInstalled("gst-launch-1.0", "--version")),
  fn: async () => {
    const folder = await Deno.makeTempDir({ prefix: "wanren-e2e-" });
    await using platform = await TestPlatform.start();
    await Promise.all((["rtmp2sink", "rtmpsink"] as const).map(async (sink) => {
      const room = await platform.room(sink);
      const live = sink === "rtmpsink" ? " live=1" : "";
      await using pipeline = new Running("gst-launch-1.0", [
        ..."-e -q videotestsrc is-live=true".split(" "),
        ..."! video/x-raw,width=320,height=180,framerate=15/1".split(" "),
        ..."! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=30".split(" "),
        ..."! flvmux name=mux streamable=true !".split(" "),
        sink,
        `location=${room.publishUrl}${live}`,
        ..."audiotestsrc is-live=true ! voaacenc ! aacparse ! mux.".split(" "),
      ]);
      await platform.waitLive(room);
      const base = `${platform.url}/live/${room.id}`;
      await mediaPlaylist(`${base}/main.m3u8`);
      for (const url of [`${base}.flv`, `${base}/index.m3u8`]) {
        const file = `${folder}/${sink}.mkv`;
        await record(url, file, 2);
        const codecs = (await probe(file)).map((stream) => stream.codec_name).sort();
        assert.deepEqual(codecs, ["aac", "h264"], `${sink}: ${url}`);
        await runFfmpeg(["-v", "warning", "-xerror", "-i", file, "-f", "null", "-"]);
      }
      const { code, stderr } = await pipeline.stop();
      assert.equal(code, 0, stderr);
      // An orderly end needs no time of grace.
      await platform.waitLive(room, false);
    }));
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test("an encoder that behaves like OBS goes live before its metadata, which then arrives", async () => {
  const folder = await Deno.makeTempDir({ prefix: "wanren-e2e-" });
  const messages = await messagesOf(folder, "320x180");
  await using platform = await TestPlatform.start();
  const room = await platform.room("OBS");
  // The stream key carries its query; releaseStream and FCPublish come before createStream.
  await using sender = await Sender.start(room.publishUrl, messages);
  await platform.waitLive(room);
  await using watcher = new FlvWatcher(`${platform.url}/live/${room.id}.flv`);
  const encoderOf = async () => {
    const { body } = await platform.api<{ stream: { encoder: string | null } | null }>(
      `/api/rooms/${room.id}/stream`,
      { token: room.token },
    );
    return body.stream?.encoder;
  };
  assert.match(await encoderOf() ?? "", /^FMLE\/3\.0/);
  await waitFor("two seconds without metadata", () => sender.sentMs > 2_000);
  await waitFor("frames", () => watcher.frames > 10);
  assert.equal(watcher.metadata, 0);
  sender.client.write({
    type: 18,
    timestampMs: 0,
    data: encodeAmf0(["@setDataFrame", "onMetaData", {
      width: 320,
      height: 180,
      videocodecid: 7,
      audiocodecid: 10,
      framerate: 30,
      encoder: "obs-output module (libobs version 30.2.3)",
    }]),
  });
  await waitFor("the encoder's name", async () => (await encoderOf())?.startsWith("obs-output"));
  await waitFor("metadata at the viewer", () => watcher.metadata > 0);
  const before = watcher.frames;
  await waitFor("more frames", () => watcher.frames > before + 30);
  assert.deepEqual(watcher.faults, []);
  await checkDiscontinuities(`${platform.url}/live/${room.id}/main.m3u8`, 0);
  await Deno.remove(folder, { recursive: true });
});

Deno.test({
  name: "rtmpdump plays",
  ignore: !(await isInstalled("rtmpdump", "--help")),
  fn: async () => {
    const folder = await Deno.makeTempDir({ prefix: "wanren-e2e-" });
    const messages = await messagesOf(folder, "320x180");
    await using platform = await TestPlatform.start();
    const room = await platform.room("rtmpdump");
    await using _sender = await Sender.start(room.publishUrl, messages);
    await platform.waitLive(room);
    const file = `${folder}/dump.flv`;
    await using dump = new Running("rtmpdump", [
      ...["--live", "--flv", file],
      ...["--rtmp", `rtmp://127.0.0.1:${platform.rtmpPort}/live/${room.id}`],
    ]);
    await waitFor("some seconds of the stream", async () => {
      return (await Deno.stat(file)).size > 4 * 300_000 / 8;
    });
    const { stderr } = await dump.stop();
    const streams = await probe(file, { countPackets: true });
    const codecs = streams.map((stream) => stream.codec_name).sort();
    assert.deepEqual(codecs, ["aac", "h264"], stderr);
    for (const { codec_name, nb_read_packets } of streams) {
      assert.ok(Number(nb_read_packets) > 60, `${codec_name}: ${nb_read_packets}`);
    }
    await runFfmpeg(["-v", "warning", "-xerror", "-i", file, "-f", "null", "-"]);
    await Deno.remove(folder, { recursive: true });
  },
});

interface Jump {
  /** Time stamp of the first message. */
  readonly before: number;
  /** Time stamp by the time since the jump; null: the clock goes on. */
  readonly after: ((ms: number) => number) | null;
  /** Discontinuities of the playlists. */
  readonly breaks: number;
}

const JUMPS: Readonly<Record<string, Jump>> = {
  "back to 0": { before: 50_000, after: (ms) => ms, breaks: 1 },
  "one hour forward": { before: 0, after: (ms) => ms + 3_600_000, breaks: 1 },
  "over the end of 32 bits": { before: 2 ** 32 - 5_000, after: null, breaks: 0 },
};

Deno.test("viewers go on with rising time stamps when the publisher's clock jumps or wraps", async () => {
  const folder = await Deno.makeTempDir({ prefix: "wanren-e2e-" });
  const messages = await messagesOf(folder, "320x180");
  await using platform = await TestPlatform.start();
  await Promise.all(
    Object.entries(JUMPS).map(async ([name, { before, after, breaks }]) => {
      const room = await platform.room(name);
      const base = `${platform.url}/live/${room.id}`;
      await using sender = await Sender.start(room.publishUrl, messages, (ms) => before + ms);
      await platform.waitLive(room);
      await using watcher = new FlvWatcher(`${base}.flv`);
      await waitFor(`frames before ${name}`, () => watcher.frames > 30 && sender.sentMs > 4_500);
      const at = sender.sentMs;
      if (after !== null) sender.clock = (ms) => after(ms - at);
      const { video, audio } = watcher.last;
      await waitFor(
        `frames after ${name}`,
        () =>
          sender.sentMs > at + 5_000 && watcher.last.video > video + 3 * 90_000 &&
          watcher.last.audio > audio + 3 * 90_000,
        { deadlineMs: 30_000 },
      );
      assert.deepEqual(watcher.faults, [], name);
      await checkDiscontinuities(`${base}/main.m3u8`, breaks);
      await checkDiscontinuities(`${base}/ts/main.m3u8`, breaks);
      // The line of the stream knows no jump: it is as long as the time that was sent.
      const ahead = watcher.last.video / 90 - sender.sentMs;
      assert.ok(Math.abs(ahead) < 3_000, `${name}: the line is ${ahead} ms ahead`);
      const file = `${folder}/${room.id}.mkv`;
      await record(`${base}/index.m3u8`, file, 4);
      const frames = Number((await probe(file, { countPackets: true }))[0]!.nb_read_packets);
      assert.ok(frames > 90, `${name}: ${frames} frames`);
    }),
  );
  await Deno.remove(folder, { recursive: true });
});

Deno.test({
  name: "the picture changes its size in mid-stream: a new init section, and Chromium plays on",
  // The browser's own sockets and timers live in playwright.
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async (t) => {
    const folder = await Deno.makeTempDir({ prefix: "wanren-e2e-" });
    const small = await messagesOf(folder, "320x180");
    const large = await messagesOf(folder, "640x360");
    await using platform = await TestPlatform.start();
    const browser = await launchBrowser();
    try {
      for (const protocol of ["llhls", "flv"] as const) {
        await t.step(protocol, async () => {
          const room = await platform.room(protocol);
          await using sender = await Sender.start(room.publishUrl, small);
          await platform.waitLive(room);
          await using watcher = new FlvWatcher(`${platform.url}/live/${room.id}.flv`);
          const { page, complaints, context } = await openPage(
            browser,
            `${platform.url}/rooms/${room.id}`,
            { before: choosePlayer(protocol) },
          );
          const before = await waitUntilPlaying(page, { protocol });
          assert.equal(before.statistics.width, 320);
          sender.change(large);
          await waitFor(
            "the larger picture",
            async () => (await inspectPlayer(page))?.statistics.width === 640,
            { deadlineMs: 40_000 },
          );
          const after = await waitUntilPlaying(page, { protocol });
          assert.deepEqual(
            [after.statistics.width, after.statistics.height, after.statistics.reconnects],
            [640, 360, 0],
          );
          assert.deepEqual(complaints, []);
          assert.deepEqual(watcher.faults, []);
          assert.deepEqual([watcher.widths.at(0), watcher.widths.at(-1)], [320, 640]);
          await checkNewInit(platform, room);
          await context.close();
        });
      }
    } finally {
      await browser.close();
    }
    await Deno.remove(folder, { recursive: true });
  },
});

/** Both playlists: one discontinuity; the low-latency one: a new section of the new size behind it. */
async function checkNewInit(platform: TestPlatform, room: TestRoom): Promise<void> {
  const base = `${platform.url}/live/${room.id}`;
  await checkDiscontinuities(`${base}/main.m3u8`, 1);
  await checkDiscontinuities(`${base}/ts/main.m3u8`, 1);
  const { segments } = await mediaPlaylist(`${base}/main.m3u8`);
  const at = segments.findIndex((segment) => segment.discontinuity);
  assert.ok(at > 0);
  const uris = [segments[at - 1]!, segments[at]!].map((segment) => segment.map?.uri);
  assert.notEqual(uris[0], uris[1]);
  for (const [index, width] of [320, 640].entries()) {
    const response = await fetch(`${base}/${uris[index]}`);
    assert.equal(response.headers.get("cache-control"), "public, max-age=31536000, immutable");
    assert.equal(widthOf(new Uint8Array(await response.arrayBuffer())), width);
  }
}

/** Width of the sample entry `avc1` (ISO/IEC 14496-12 §12.1.3). */
function widthOf(init: Uint8Array): number {
  const text = new TextDecoder("latin1").decode(init);
  return new DataView(init.buffer).getUint16(text.indexOf("avc1", text.indexOf("stsd")) + 28);
}
