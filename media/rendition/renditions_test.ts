import assert from "node:assert/strict";
import { silentLogger } from "../../platform/log.ts";
import { Metrics } from "../../platform/metrics.ts";
import type { AudioTrack, StreamItem } from "../access_unit.ts";
import { aacTrack } from "../codec/aac.ts";
import { buildOpusHead, opusTrack } from "../codec/opus.ts";
import { vp8Track } from "../codec/vp8.ts";
import { flvFileHeader, FlvMuxer } from "../container/flv/mod.ts";
import { RenditionRefusedError } from "../errors.ts";
import type { Publisher, Reader, ReaderOptions } from "../stream/contract.ts";
import { StreamRegistry } from "../stream/registry.ts";
import {
  ManualClock,
  picture,
  publishRequest,
  sound,
  tracksItem,
  videoTrack,
} from "../stream/testing.ts";
import { CLASSIC, type Wish } from "../stream/wish.ts";
import type { FfmpegExit, FfmpegPipe } from "../transcode/ffmpeg.ts";
import { type RenditionLimits, Renditions } from "./renditions.ts";

const AAC = aacTrack(Uint8Array.of(0x11, 0x90));
const OPUS = opusTrack(buildOpusHead({
  channels: 2,
  preSkip: 312,
  inputSampleRate: 48_000,
  outputGain: 0,
  mappingFamily: 0,
  mappingTable: new Uint8Array(0),
}));

/** An encoder that writes what a test says. */
class FakeFfmpeg implements FfmpegPipe {
  readonly args: readonly string[];
  readonly exited: Promise<FfmpegExit>;
  readonly output: ReadableStream<Uint8Array>;
  received = 0;
  stopped = false;
  readonly #exit = Promise.withResolvers<FfmpegExit>();
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  #open = true;

  constructor(args: readonly string[]) {
    this.args = args;
    this.exited = this.#exit.promise;
    this.output = new ReadableStream({
      start: (controller) => void (this.#controller = controller),
    });
  }

  say(items: readonly StreamItem[]): void {
    const muxer = new FlvMuxer();
    this.#controller.enqueue(flvFileHeader({ video: false, audio: true }));
    for (const item of items) {
      for (const tag of muxer.tagsOf(item)) this.#controller.enqueue(tag.bytes);
    }
  }

  exit(code: number): void {
    if (!this.#open) return;
    this.#open = false;
    this.#controller.close();
    this.#exit.resolve({ code, signal: null, messages: "" });
  }

  write(bytes: Uint8Array): Promise<boolean> {
    this.received += bytes.length;
    return Promise.resolve(this.#open);
  }

  closeInput(): Promise<void> {
    this.exit(0);
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.exit(255);
    await this.exited;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

function setUp(options: { available?: boolean; limits?: Partial<RenditionLimits> } = {}) {
  const clock = new ManualClock();
  const metrics = new Metrics("test");
  const started: FakeFfmpeg[] = [];
  const registry = new StreamRegistry({
    authority: { authorize: ({ room }) => Promise.resolve(room) },
    createPackager: () => ({
      outputs: { llhls: true, hls: true },
      push() {},
      end() {},
      inspect: () => null,
    }),
    log: silentLogger,
    metrics,
    clock,
  });
  const renditions = new Renditions({
    source: (room) => registry.source(room),
    available: () => options.available ?? true,
    start: (args) => {
      const ffmpeg = new FakeFfmpeg(args);
      started.push(ffmpeg);
      return ffmpeg;
    },
    log: silentLogger,
    metrics,
    clock,
    ...(options.limits && { limits: options.limits }),
  });
  return {
    clock,
    metrics,
    registry,
    renditions,
    started,
    read: (wish: Wish | undefined, room = "100001"): Reader | null => {
      const reading: ReaderOptions = { protocol: "flv", remoteAddress: "", onReadable() {} };
      return renditions.read(room, wish === undefined ? reading : { ...reading, wish });
    },
    async goLive(
      {
        room = "100001",
        video = videoTrack() as ReturnType<typeof vp8Track>,
        audio = OPUS as AudioTrack,
      } = {},
    ): Promise<Publisher> {
      const publisher = await registry.publish(publishRequest({ room }));
      publisher.write(tracksItem(video, audio));
      publisher.write(picture(0, { key: true }));
      publisher.write({ ...sound(0), samples: 960 });
      publisher.write(picture(33));
      publisher.write({ ...sound(20), samples: 960 });
      return publisher;
    },
    async [Symbol.asyncDispose]() {
      registry.stop();
      await renditions.stop();
    },
  };
}

/** Lets promises go on. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setTimeout(resolve, 0));
}

function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    assert.ok(error instanceof RenditionRefusedError);
    return error.reason;
  }
  return "none";
}

Deno.test("Renditions gives the stream itself where it is what the reader wishes for", async () => {
  await using setup = setUp();
  assert.equal(setup.read(CLASSIC), null);
  await setup.goLive({ audio: AAC });
  const items = setup.read(CLASSIC)!.take();
  assert.deepEqual(items.map((item) => item.kind), ["tracks", "video", "audio", "video", "audio"]);
  assert.equal(setup.started.length, 0);
});

Deno.test("Renditions runs one encoder for all readers, until a while after the last", async () => {
  await using setup = setUp();
  await setup.goLive();
  const readers = [
    setup.read(CLASSIC)!,
    setup.read(CLASSIC)!,
    setup.read({ ...CLASSIC, video: "cmaf" })!,
  ];
  await settle();
  assert.equal(setup.started.length, 1);
  const [ffmpeg] = setup.started;
  assert.ok(ffmpeg.args.includes("aac"));
  assert.ok(ffmpeg.received > 100, "the cached sound was fed");
  assert.deepEqual(readers[0].take(), []);
  ffmpeg.say([tracksItem(null, AAC), sound(0), sound(21), sound(42)]);
  await settle();
  setup.clock.advance(500);
  for (const reader of readers) {
    const items = reader.take();
    assert.equal(items[0].kind === "tracks" && items[0].tracks.audio?.codec, "aac");
    assert.equal(items[0].kind === "tracks" && items[0].tracks.video?.codec, "h264");
    const sounds = items.filter((item) => item.kind === "audio");
    // The first frame is the encoder's priming and lies before the first packet.
    assert.deepEqual(sounds.map((one) => Math.round(one.dts / 90)), [-21, 0, 21]);
    assert.equal(items.filter((item) => item.kind === "video").length, 2);
  }
  assert.deepEqual(setup.renditions.readersByProtocol("100001"), { flv: 3 });
  for (const reader of readers) reader.close();
  setup.clock.advance(7000);
  await settle();
  assert.equal(ffmpeg.stopped, false);
  const back = setup.read(CLASSIC)!;
  setup.clock.advance(10_000);
  assert.equal(ffmpeg.stopped, false);
  back.close();
  setup.clock.advance(8001);
  await settle();
  assert.equal(ffmpeg.stopped, true);
  assert.deepEqual(setup.renditions.inspect(), {});
});

Deno.test("Renditions says that there is no ffmpeg, and that too many encoders run", async () => {
  await using without = setUp({ available: false });
  await without.goLive();
  assert.equal(refusal(() => without.read(CLASSIC)), "ffmpeg_missing");
  assert.equal(refusal(() => without.read({ video: "any", audio: "any" })), "none");
  assert.match(
    await without.metrics.text(),
    /wanren_rendition_refusals_total\{reason="ffmpeg_missing",role="test"\} 1/,
  );
  await using few = setUp({ limits: { video: 1 } });
  const video = vp8Track({ width: 320, height: 180 });
  await few.goLive({ room: "1", video, audio: AAC });
  await few.goLive({ room: "2", video, audio: AAC });
  assert.equal(refusal(() => few.read(CLASSIC, "1")), "none");
  assert.equal(refusal(() => few.read(CLASSIC, "2")), "too_many_renditions");
  // The same encoder serves one more.
  assert.equal(refusal(() => few.read({ ...CLASSIC, video: "ts" }, "1")), "none");
});

Deno.test("Renditions starts an encoder again, later each time, and gives it up in the end", async () => {
  await using setup = setUp();
  await setup.goLive();
  const reader = setup.read(CLASSIC)!;
  for (const delayMs of [500, 1000, 2000, 4000]) {
    await settle();
    const { length } = setup.started;
    setup.started.at(-1)!.exit(1);
    await settle();
    setup.clock.advance(delayMs - 1);
    await settle();
    assert.equal(setup.started.length, length, `${delayMs} ms`);
    setup.clock.advance(1);
    await settle();
    assert.equal(setup.started.length, length + 1, `${delayMs} ms`);
  }
  assert.equal(reader.broken, false);
  setup.started.at(-1)!.exit(1);
  await settle();
  assert.equal(reader.broken, true);
  assert.equal(reader.ended, false);
  assert.equal(refusal(() => setup.read(CLASSIC)), "rendition_failed");
  setup.clock.advance(30_001);
  assert.equal(refusal(() => setup.read(CLASSIC)), "none");
});

Deno.test("a reader goes on when the publisher changes to what it cannot use", async () => {
  await using setup = setUp();
  const publisher = await setup.goLive({ audio: AAC });
  const reader = setup.read(CLASSIC)!;
  assert.equal(reader.take().length, 5);
  publisher.write(tracksItem(videoTrack(), OPUS));
  publisher.write(picture(66, { key: true }));
  publisher.write({ ...sound(66), samples: 960 });
  assert.deepEqual(reader.take(), []);
  await settle();
  setup.started[0].say([tracksItem(null, AAC), sound(0), sound(21)]);
  await settle();
  setup.clock.advance(500);
  const items = reader.take();
  assert.equal(items[0].kind === "tracks" && items[0].discontinuity, true);
  assert.equal(items[0].kind === "tracks" && items[0].tracks.audio?.codec, "aac");
  assert.equal(items.some((item) => item.kind === "video" && item.dts === 66 * 90), true);
});

Deno.test("a reader of plain pictures goes on when B-frames appear", async () => {
  await using setup = setUp();
  const publisher = await setup.goLive({ audio: AAC });
  const reader = setup.read({ video: "plain", audio: "aac" })!;
  assert.equal(reader.take().length, 5);
  publisher.write(picture(66, { shiftMs: 100 }));
  publisher.write(picture(99, { shiftMs: 0 }));
  publisher.write(picture(133, { shiftMs: 0 }));
  assert.deepEqual(reader.take().map((item) => item.dts / 90), [66]);
  await settle();
  assert.equal(setup.started.length, 1);
  assert.ok(setup.started[0].args.includes("libx264"));
});

Deno.test("the end of the stream reaches readers behind what the encoders still have", async () => {
  await using setup = setUp();
  const publisher = await setup.goLive();
  const reader = setup.read(CLASSIC)!;
  await settle();
  setup.started[0].say([tracksItem(null, AAC), sound(0)]);
  await settle();
  publisher.end("unpublished");
  await settle();
  assert.ok(reader.take().length >= 3);
  assert.equal(reader.ended, true);
});
