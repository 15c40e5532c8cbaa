import assert from "node:assert/strict";
import { mediaFixture } from "../../tests/support/bitstreams.ts";
import { silentLogger } from "../../platform/log.ts";
import { Metrics } from "../../platform/metrics.ts";
import type { StreamItem } from "../access_unit.ts";
import { aacTrack } from "../codec/aac.ts";
import { FlvMuxer, FlvTagParser } from "../container/flv/mod.ts";
import type { Publisher, Reader } from "../stream/contract.ts";
import { StreamRegistry } from "../stream/registry.ts";
import {
  ManualClock,
  picture,
  publishRequest,
  sound,
  tracksItem,
  videoTrack,
} from "../stream/testing.ts";
import { type FfmpegExit, FfmpegMissingError, type FfmpegPipe } from "../transcode/ffmpeg.ts";
import { MixRefusedError } from "./contract.ts";
import { Mixes, type MixLimits } from "./mixes.ts";

const ROOM = "100009";
const AAC = aacTrack(Uint8Array.of(0x11, 0x90));
const INPUTS = [{ stream: "100001", name: "A" }, { stream: "100002", name: "B" }];
/** What x264 wrote. */
const AVC = new FlvTagParser().push(mediaFixture("h264_mp3.flv"))
  .find(({ type, data }) => type === 9 && data[1] === 0)!.data.subarray(5);

/** A mixer that writes what a test says. */
class FakeMixer implements FfmpegPipe {
  readonly exited: Promise<FfmpegExit>;
  readonly output: ReadableStream<Uint8Array>;
  readonly #exit = Promise.withResolvers<FfmpegExit>();
  readonly #muxer = new FlvMuxer();
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  stopped = false;

  constructor(
    readonly args: readonly string[],
    readonly message: (line: string) => boolean,
  ) {
    this.exited = this.#exit.promise;
    this.output = new ReadableStream({
      start: (controller) => void (this.#controller = controller),
    });
  }

  /** Addresses of tracks that it reads. */
  get feeds(): number {
    return this.args.filter((value) => value.startsWith("http://")).length;
  }

  begin(): void {
    this.say([
      tracksItem({ ...videoTrack(), width: 320, height: 240, description: AVC }, AAC),
      picture(0, { key: true }),
      sound(0),
    ]);
  }

  say(items: readonly StreamItem[]): void {
    if (this.stopped) return;
    for (const item of items) {
      // One NAL unit instead of nothing.
      const whole = item.kind !== "video"
        ? item
        : { ...item, data: Uint8Array.of(0, 0, 0, 2, item.keyFrame ? 0x65 : 0x41, 0) };
      for (const tag of this.#muxer.tagsOf(whole)) this.#controller.enqueue(tag.bytes);
    }
  }

  exit(code: number): void {
    if (this.stopped) return;
    this.stopped = true;
    this.#controller.close();
    this.#exit.resolve({ code, signal: null, messages: "" });
  }

  write(): Promise<boolean> {
    return Promise.resolve(true);
  }

  closeInput(): Promise<void> {
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.exit(255);
    await this.exited;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

function setUp(
  options: {
    readonly available?: boolean;
    readonly startable?: boolean;
    readonly limits?: Partial<MixLimits>;
  } = {},
) {
  const clock = new ManualClock();
  const metrics = new Metrics("test");
  const runs: FakeMixer[] = [];
  const streams = new StreamRegistry({
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
  const mixes = new Mixes({
    streams,
    available: () => options.available ?? true,
    start: (args, message) => {
      if (options.startable === false) throw new FfmpegMissingError("gone");
      const run = new FakeMixer(args, message);
      runs.push(run);
      return run;
    },
    font: () => Promise.resolve(null),
    feedBase: () => "http://127.0.0.1:1/mix-feed/",
    log: silentLogger,
    metrics,
    clock,
    limits: { mixes: 1, inputs: 9, ...options.limits },
  });
  const cameras: (() => void)[] = [];
  return {
    clock,
    metrics,
    mixes,
    runs,
    streams,
    /** A stream that sends a picture and a sound with each step of {@linkcode pass}. */
    async camera(room: string) {
      const publisher: Publisher = await streams.publish(publishRequest({ room }));
      publisher.write(tracksItem(videoTrack(), AAC));
      let atMs = 0;
      const step = () => {
        publisher.write(picture(atMs, { key: atMs % 1000 === 0 }));
        publisher.write(sound(atMs));
        atMs += 50;
      };
      cameras.push(step);
      step();
      return { publisher, stop: () => void cameras.splice(cameras.indexOf(step), 1) };
    },
    /** Time passes, cameras send. */
    async pass(ms: number) {
      for (let at = 0; at < ms; at += 50) {
        clock.advance(50);
        for (const step of cameras) step();
        await settled();
      }
    },
    read: (): Reader =>
      streams.read(ROOM, { protocol: "flv", remoteAddress: "", onReadable() {} })!,
  };
}

/** What was written to a run went through. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
}

function refusal(reason: string) {
  return (error: unknown) => error instanceof MixRefusedError && error.reason === reason;
}

Deno.test("Mixes.put() is refused without ffmpeg", async () => {
  const { mixes } = setUp({ available: false });
  await assert.rejects(mixes.put(ROOM, { inputs: INPUTS }), refusal("ffmpeg_missing"));
});

Deno.test("Mixes.put() is refused when enough is mixed, and taken again afterwards", async () => {
  const { mixes } = setUp({ limits: { mixes: 1, inputs: 3 } });
  const three = [...INPUTS, { stream: "100003" }];
  await assert.rejects(
    mixes.put(ROOM, { inputs: [...three, { stream: "100004" }] }),
    refusal("too_many_inputs"),
  );
  await mixes.put(ROOM, { inputs: INPUTS });
  await mixes.put(ROOM, { inputs: three });
  await assert.rejects(mixes.put("7", { inputs: [INPUTS[0]] }), refusal("too_many_inputs"));
  await mixes.remove(ROOM);
  await mixes.put("7", { inputs: INPUTS });
  await assert.rejects(mixes.put("8", { inputs: [INPUTS[0]] }), refusal("too_many_mixes"));
  await mixes.stop();
  await assert.rejects(mixes.put("8", { inputs: INPUTS }), refusal("unavailable"));
});

Deno.test("Mixes.put() is refused for a room that somebody publishes to", async () => {
  const { mixes, camera } = setUp();
  await camera(ROOM);
  await assert.rejects(mixes.put(ROOM, { inputs: INPUTS }), refusal("room_busy"));
});

Deno.test("Mixes.put() begins a mix that wants every input only where all are live", async () => {
  const { mixes, camera } = setUp();
  await camera("100001");
  const wish = { inputs: INPUTS, ifLive: true };
  await assert.rejects(mixes.put(ROOM, wish), refusal("not_live"));
  await camera("100002");
  await mixes.put(ROOM, wish);
  await mixes.stop();
});

Deno.test("Mix: the next run takes over with its key frame, on the same tracks and time", async () => {
  const { mixes, camera, pass, runs, read } = setUp();
  await camera("100001");
  await pass(200);
  await mixes.put(ROOM, { inputs: INPUTS });
  await pass(500);
  assert.equal(runs.length, 1);
  runs[0].begin();
  await pass(100);
  const reader = read();
  runs[0].say([picture(33), sound(21), picture(66)]);
  await pass(3000);
  await mixes.put(ROOM, { layout: "speaker", inputs: INPUTS });
  await pass(200);
  assert.equal(runs.length, 2);
  assert.equal(runs[0].stopped, false, "it goes on until the next one is ready");
  runs[0].say([picture(3500)]);
  await pass(50);
  runs[1].begin();
  runs[1].say([picture(33), sound(21)]);
  await pass(100);
  assert.equal(runs[0].stopped, true);
  const items = reader.take();
  assert.equal(items.filter(({ kind }) => kind === "tracks").length, 1);
  const pictures = items.filter((item) => item.kind === "video");
  assert.equal(pictures.length, 6);
  pictures.slice(1).forEach((one, index) => assert.ok(one.dts > pictures[index].dts));
  await mixes.stop();
});

Deno.test("Mix: an input that stalls needs no new run, one that comes does", async () => {
  const { mixes, camera, pass, runs } = setUp();
  await camera("100001");
  const second = await camera("100002");
  await pass(200);
  await mixes.put(ROOM, { inputs: INPUTS });
  await pass(500);
  assert.deepEqual(runs.map(({ feeds }) => feeds), [4]);
  runs[0].begin();
  await pass(100);
  second.stop();
  await pass(3000);
  assert.equal(runs.length, 1);
  const seen = (mixes.inspect()[ROOM] as { inputs: { video: boolean }[] }).inputs;
  assert.deepEqual(seen.map(({ video }) => video), [true, false]);
  second.publisher.end("unpublished");
  await camera("100002");
  await pass(1000);
  assert.equal(runs.length, 2);
  assert.equal(runs[1].feeds, 4);
  await mixes.stop();
});

Deno.test("Mix: what inputs cost is told by stream", async () => {
  const { mixes, camera, pass, runs, metrics } = setUp();
  await camera("100001");
  await pass(200);
  await mixes.put(ROOM, { inputs: INPUTS });
  await pass(200);
  const run = runs[0];
  assert.equal(
    run.message("bench:    300000 user   100000 sys  500000 real decode_video 2.0 "),
    true,
  );
  assert.equal(
    run.message("bench:    600000 user        0 sys  500000 real encode_video 0.0 "),
    true,
  );
  assert.equal(run.message("Stream mapping:"), false);
  run.begin();
  await pass(100);
  const mix = mixes.inspect()[ROOM] as {
    cpuSeconds: number;
    inputs: { decodingCpuSeconds: number }[];
  };
  assert.equal(mix.cpuSeconds, 1);
  assert.deepEqual(mix.inputs.map((one) => one.decodingCpuSeconds), [0.4, 0]);
  await mixes.stop();
  assert.match(await metrics.text(), /wanren_mix_cpu_seconds\{work="decoding",role="test"\} 0\.4/);
});

Deno.test("Mix: a mixer that fails again and again ends the mix", async () => {
  const { mixes, pass } = setUp({ startable: false });
  await mixes.put(ROOM, { inputs: INPUTS });
  await pass(20_000);
  assert.deepEqual(mixes.inspect(), {});
});

Deno.test("Mix: one that falls is followed by another on the same time line", async () => {
  const { mixes, camera, pass, runs, read } = setUp();
  await camera("100001");
  await mixes.put(ROOM, { inputs: INPUTS });
  await pass(100);
  runs[0].begin();
  await pass(100);
  const reader = read();
  runs[0].exit(1);
  await pass(1000);
  assert.equal(runs.length, 2);
  runs[1].begin();
  await pass(100);
  const pictures = reader.take().filter((item) => item.kind === "video");
  assert.equal(pictures.length, 2);
  assert.ok(pictures[1].dts - pictures[0].dts > 500 * 90);
  await mixes.stop();
});

Deno.test("Mix: a run that stops writing is killed, and another one follows", async () => {
  const { mixes, camera, pass, runs } = setUp();
  await camera("100001");
  await pass(200);
  await mixes.put(ROOM, { inputs: INPUTS });
  await pass(200);
  runs[0].begin();
  await pass(4500);
  assert.equal(runs[0].stopped, false);
  await pass(2000);
  assert.equal(runs[0].stopped, true);
  assert.equal(runs.length, 2);
  await mixes.stop();
});

Deno.test("Mix: runs that never write are killed, and end the mix in the end", async () => {
  const { mixes, camera, pass, runs } = setUp();
  await camera("100001");
  await mixes.put(ROOM, { inputs: INPUTS });
  await pass(75_000);
  assert.equal(runs.length, 5);
  assert.ok(runs.every(({ stopped }) => stopped));
  assert.deepEqual(mixes.inspect(), {});
});

Deno.test("Mix: one that falls behind the clock begins anew", async () => {
  const { mixes, camera, pass, runs } = setUp();
  await camera("100001");
  await pass(200);
  await mixes.put(ROOM, { inputs: INPUTS });
  await pass(200);
  runs[0].begin();
  // Half as fast as the clock.
  for (let atMs = 0; atMs < 10_000 && runs.length === 1; atMs += 500) {
    await pass(1000);
    runs[0].say([picture(atMs + 500, { key: true })]);
  }
  assert.equal(runs.length, 2);
  runs[1].begin();
  await pass(100);
  assert.equal(runs[0].stopped, true);
  assert.equal((mixes.inspect()[ROOM] as { lagMs: number }).lagMs, 0);
  await mixes.stop();
});

Deno.test("Mix: an input is not stalled because this process was busy", async () => {
  const { clock, mixes, camera, pass, runs } = setUp();
  await camera("100001");
  await pass(200);
  await mixes.put(ROOM, { inputs: INPUTS });
  await pass(200);
  runs[0].begin();
  await pass(100);
  clock.sleep(1500);
  await pass(200);
  const seen = () => (mixes.inspect()[ROOM] as { inputs: { video: boolean }[] }).inputs[0].video;
  assert.equal(seen(), true);
  await pass(1000);
  assert.equal(seen(), true);
  assert.equal(runs.length, 1);
  await mixes.stop();
});

Deno.test("Mixes: a mix takes the place of the room's publisher, and gives it back", async () => {
  const { mixes, camera, pass, runs, streams, read } = setUp();
  const HOST = "7";
  const { publisher } = await camera(ROOM);
  await camera("100002");
  await pass(200);
  const reader = read();
  const items = () => reader.take();
  items();
  const inputs = [{ stream: HOST, name: "Host" }, INPUTS[1]];
  await mixes.put(ROOM, { inputs, publisher: HOST });
  assert.ok(streams.isLive(ROOM));
  await pass(100);
  assert.equal(runs.length, 0, "the picture that is mixed is waited for");
  assert.ok(items().length > 0, "viewers see the publisher meanwhile");
  await pass(1500);
  assert.equal(runs.length, 1);
  assert.equal(runs[0].feeds, 4);
  items();
  runs[0].begin();
  await pass(100);
  const configurations = () =>
    items().flatMap((item) => item.kind === "tracks" ? item.tracks.video!.description : []);
  assert.deepEqual(configurations(), [AVC], "the mix");
  assert.equal(streams.reports().find(({ room }) => room === ROOM)?.protocol, "mix");
  assert.equal(streams.reports().find(({ room }) => room === HOST)?.protocol, "rtmp");

  await mixes.remove(ROOM);
  await mixes.put(ROOM, { inputs, publisher: HOST });
  await pass(1500);
  assert.ok(streams.isPublished(HOST), "it was wanted again before a key frame came");
  items();
  await mixes.remove(ROOM);
  await pass(1500);
  assert.ok(runs[0].stopped);
  assert.ok(!streams.isPublished(HOST));
  assert.ok(!publisher.signal.aborted, "the publisher noticed nothing");
  assert.deepEqual(configurations(), [videoTrack().description]);
  assert.equal(streams.reports().find(({ room }) => room === ROOM)?.protocol, "rtmp");
});

Deno.test("Mixes: a mix that took a publisher's place ends with the publisher", async () => {
  const { mixes, camera, pass, runs, streams } = setUp();
  const { publisher, stop } = await camera(ROOM);
  await pass(200);
  await mixes.put(ROOM, { inputs: [{ stream: "7" }, INPUTS[1]], publisher: "7" });
  await pass(1500);
  runs[0].begin();
  await pass(100);
  stop();
  publisher.end("unpublished");
  await pass(200);
  assert.ok(runs[0].stopped);
  assert.equal(streams.size, 0);
  assert.deepEqual(mixes.inspect(), {});
});

Deno.test("Mixes: to close a room closes its publisher wherever it stands", async () => {
  const { mixes, camera, pass, runs, streams } = setUp();
  const { publisher } = await camera(ROOM);
  await pass(200);
  await mixes.put(ROOM, { inputs: [{ stream: "7" }, INPUTS[1]], publisher: "7" });
  await pass(1500);
  runs[0].begin();
  await pass(100);
  assert.ok(streams.close(ROOM, "cut_off"));
  await pass(100);
  assert.equal(publisher.signal.reason, "cut_off");
  assert.equal(streams.size, 0);
  assert.ok(runs[0].stopped);
  const again = await camera(ROOM);
  await pass(100);
  assert.ok(streams.isPublished(ROOM), "the next one is seen in the room itself");
  again.publisher.end("unpublished");
});

Deno.test("Mixes.put() is refused in a publisher's place where nobody publishes", async () => {
  const { mixes } = setUp();
  await assert.rejects(
    mixes.put(ROOM, { inputs: [{ stream: "7" }], publisher: "7" }),
    refusal("not_live"),
  );
});
