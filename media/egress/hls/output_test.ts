import assert from "node:assert/strict";
import { silentLogger } from "../../../platform/log.ts";
import type { AudioTrack, StreamItem, VideoTrack } from "../../access_unit.ts";
import { aacTrack } from "../../codec/aac.ts";
import { avcTrack, buildAvcConfig } from "../../codec/h264.ts";
import { buildOpusHead, opusTrack } from "../../codec/opus.ts";
import { vp8Track } from "../../codec/vp8.ts";
import { RenditionRefusedError } from "../../errors.ts";
import type { Reader, ReaderOptions } from "../../stream/contract.ts";
import { picture, sound, tracksItem } from "../../stream/testing.ts";
import { HlsOutput } from "./output.ts";
import { countDiscontinuities } from "./testing.ts";

const H264 = avcTrack(buildAvcConfig({
  sps: [Uint8Array.of(0x67, 0x42, 0, 0x0d, 0xf4, 0x0a, 0x0f, 0xc8)],
  pps: [Uint8Array.of(0x68, 0xce, 0x3c, 0x80)],
}));
const VP8 = vp8Track({ width: 320, height: 180 });
const AAC = aacTrack(Uint8Array.of(0x11, 0x90));
const OPUS = opusTrack(buildOpusHead({
  channels: 2,
  preSkip: 0,
  inputSampleRate: 48_000,
  outputGain: 0,
  mappingFamily: 0,
  mappingTable: new Uint8Array(0),
}));

/** A form of the stream, as far as it was made. */
class FakeReader implements Reader {
  readonly options: ReaderOptions;
  readonly dropped = 0;
  ended = false;
  broken = false;
  closed = false;
  #items: StreamItem[] = [];

  constructor(options: ReaderOptions) {
    this.options = options;
  }

  give(items: readonly StreamItem[]): void {
    this.#items.push(...items);
    this.options.onReadable();
  }

  take(): readonly StreamItem[] {
    return this.#items.splice(0);
  }

  close(): void {
    this.closed = true;
  }
}

function setUp({ ffmpeg = true } = {}) {
  const readers: FakeReader[] = [];
  const state = { nowMs: Date.UTC(2026, 5, 1), refusal: null as RenditionRefusedError | null };
  const output = new HlsOutput({
    room: "100001",
    startedAtMs: state.nowMs,
    discontinuities: countDiscontinuities(),
    now: () => state.nowMs,
    log: silentLogger,
    read: (options) => {
      if (state.refusal !== null) throw state.refusal;
      const reader = new FakeReader(options);
      readers.push(reader);
      return reader;
    },
    canRender: () => ffmpeg,
  });
  return {
    output,
    readers,
    state,
    ask: (path: string) =>
      output.handle({
        path,
        query: new URLSearchParams(),
        signal: new AbortController().signal,
      }),
  };
}

/** So many seconds of a stream, key frames every two seconds. */
function seconds(
  from: number,
  to: number,
  { video = H264, audio = AAC }: { video?: VideoTrack; audio?: AudioTrack } = {},
): StreamItem[] {
  const items: StreamItem[] = [tracksItem(video, audio)];
  for (let ms = from * 1000; ms < to * 1000; ms += 40) {
    items.push(picture(ms, { key: ms % 2000 === 0 }));
    items.push({ ...sound(ms), samples: 1920 });
  }
  return items;
}

Deno.test("HlsOutput packages a stream that every player takes all the time", async () => {
  const { output, readers, ask } = setUp();
  for (const item of seconds(0, 5)) output.push(item);
  assert.equal((await ask("index.m3u8")).status, 200);
  assert.equal((await ask("ts/main.m3u8")).status, 200);
  assert.equal(readers.length, 0);
  assert.deepEqual(output.outputs, { llhls: true, hls: true });
});

Deno.test("HlsOutput reads a form with AAC while somebody asks, for both containers", async () => {
  const { output, readers, state, ask } = setUp();
  for (const item of seconds(0, 5, { audio: OPUS })) output.push(item);
  assert.deepEqual(output.outputs, { llhls: true, hls: true });
  assert.equal(readers.length, 0);
  const answer = ask("main.m3u8");
  assert.deepEqual(readers[0].options.wish, { video: "cmaf", audio: "aac" });
  readers[0].give(seconds(0, 5));
  assert.equal((await answer).status, 200);
  assert.equal((await ask("ts/main.m3u8")).status, 200);
  assert.equal(readers.length, 1);
  // Each item of the stream is a look at who asked last.
  state.nowMs += 19_000;
  output.push(picture(5000));
  assert.equal(readers[0].closed, false);
  state.nowMs += 2000;
  output.push(picture(5040));
  assert.equal(readers[0].closed, true);
  void ask("main.m3u8");
  assert.equal(readers.length, 2);
  readers[1].give(seconds(6, 9));
});

Deno.test("HlsOutput has a form of its own for MPEG-TS where that carries less", async () => {
  const { output, readers, ask } = setUp();
  const video: VideoTrack = { ...VP8, codec: "vp9", codecString: "vp09.00.10.08" };
  for (const item of seconds(0, 5, { video })) output.push(item);
  assert.equal((await ask("main.m3u8")).status, 200);
  const answer = ask("ts/main.m3u8");
  assert.deepEqual(readers.map((one) => one.options.wish), [{ video: "ts", audio: "aac" }]);
  readers[0].give(seconds(0, 5));
  assert.equal((await answer).status, 200);
});

Deno.test("HlsOutput takes viewers along when the publisher changes its codecs", async () => {
  const { output, readers, ask } = setUp();
  for (const item of seconds(0, 5)) output.push(item);
  const epoch = (text: Uint8Array | string | null) =>
    /([a-z0-9]+)\/\d+\.m4s/.exec(new TextDecoder().decode(text as Uint8Array))?.[1];
  const before = epoch((await ask("main.m3u8")).body);
  for (const item of seconds(6, 8, { audio: OPUS })) output.push(item);
  readers[0].give(seconds(6, 9));
  const after = await ask("main.m3u8");
  assert.equal(epoch(after.body), before);
  assert.match(new TextDecoder().decode(after.body as Uint8Array), /#EXT-X-DISCONTINUITY\n/);
  for (const item of seconds(10, 13)) output.push(item);
  assert.equal(readers[0].closed, true);
  assert.equal(epoch((await ask("main.m3u8")).body), before);
});

Deno.test("HlsOutput says why a form cannot be had", async () => {
  const { output, readers, state, ask } = setUp();
  for (const item of seconds(0, 3, { video: VP8, audio: OPUS })) output.push(item);
  state.refusal = new RenditionRefusedError("too_many_renditions", "Cannot make it: too many");
  const refused = await ask("main.m3u8");
  assert.equal(refused.status, 503);
  assert.equal(JSON.parse(String(refused.body)).code, "too_many_renditions");
  assert.equal(refused.headers["retry-after"], "10");
  state.refusal = null;
  const held = ask("main.m3u8");
  readers[0].give(seconds(0, 3));
  assert.equal((await held).status, 200);
  readers[0].broken = true;
  readers[0].options.onReadable();
  assert.equal(readers[0].closed, true);
  const without = setUp({ ffmpeg: false });
  for (const item of seconds(0, 3, { video: VP8, audio: OPUS })) without.output.push(item);
  for (const path of ["index.m3u8", "ts/index.m3u8"]) {
    const answer = await without.ask(path);
    assert.equal(JSON.parse(String(answer.body)).code, "ffmpeg_missing");
  }
  assert.deepEqual(without.output.outputs, { llhls: false, hls: false });
});

Deno.test("HlsOutput packages Opus as it is where there is no ffmpeg", async () => {
  const { output, ask } = setUp({ ffmpeg: false });
  for (const item of seconds(0, 5, { audio: OPUS })) output.push(item);
  assert.equal((await ask("main.m3u8")).status, 200);
  assert.equal((await ask("ts/main.m3u8")).status, 503);
  assert.deepEqual(output.outputs, { llhls: true, hls: false });
});

Deno.test("HlsOutput marks the end of a form, and makes none of what is over", async () => {
  const { output, readers, ask } = setUp();
  for (const item of seconds(0, 5, { audio: OPUS })) output.push(item);
  const held = ask("main.m3u8");
  readers[0].give(seconds(0, 5));
  await held;
  output.end();
  readers[0].ended = true;
  readers[0].options.onReadable();
  const { body } = await ask("main.m3u8");
  assert.match(new TextDecoder().decode(body as Uint8Array), /#EXT-X-ENDLIST/);
  const late = setUp();
  for (const item of seconds(0, 3, { audio: OPUS })) late.output.push(item);
  late.output.end();
  assert.equal((await late.ask("main.m3u8")).status, 404);
});
