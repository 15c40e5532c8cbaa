/**
 * Random, mutated and shuffled tags against what takes a WebRTC publisher's messages: only
 * {@linkcode MalformedMediaError} and {@linkcode UnsupportedMediaError} may come out, the stream stays
 * in order whatever came, and another stream of the same process notices nothing.
 *
 * `FUZZ_RUNS` sessions of up to forty messages (default 2000, a tenth of it here).
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { silentLogger } from "../../platform/log.ts";
import { Metrics } from "../../platform/metrics.ts";
import type { StreamItem } from "../../media/access_unit.ts";
import { avcTrack, buildAvcConfig } from "../../media/codec/h264.ts";
import { buildOpusHead, opusTrack } from "../../media/codec/opus.ts";
import { vp8Track } from "../../media/codec/vp8.ts";
import { FlvMuxer } from "../../media/container/flv/mod.ts";
import { MalformedMediaError, UnsupportedMediaError } from "../../media/errors.ts";
import { publishOverWhip } from "../../media/ingest/whip.ts";
import { StreamRegistry } from "../../media/stream/registry.ts";
import { ManualClock, picture, sound, tracksItem } from "../../media/stream/testing.ts";

const FUZZ_RUNS = Math.ceil(Number(Deno.env.get("FUZZ_RUNS") ?? 2000) / 10);

const OPUS = opusTrack(buildOpusHead({
  channels: 2,
  preSkip: 0,
  inputSampleRate: 48_000,
  outputGain: 0,
  mappingFamily: 0,
  mappingTable: new Uint8Array(0),
}));
const H264 = avcTrack(buildAvcConfig({
  sps: [Uint8Array.of(0x67, 0x42, 0, 0x0d, 0xf4, 0x0a, 0x0f, 0xc8)],
  pps: [Uint8Array.of(0x68, 0xce, 0x3c, 0x80)],
}));
const VP8_KEY = Uint8Array.of(0x10, 2, 0, 0x9d, 1, 0x2a, 0x40, 1, 0xb4, 0, 0, 0);

/** Tags of a good stream of both codecs, some of which are then broken. */
function goodTags(): Uint8Array[] {
  const tags: Uint8Array[] = [];
  const add = (items: readonly StreamItem[]) => {
    const muxer = new FlvMuxer();
    for (const item of items) for (const tag of muxer.tagsOf(item)) tags.push(tag.bytes);
  };
  add([
    tracksItem(H264, OPUS),
    { ...picture(0, { key: true }), data: Uint8Array.of(0, 0, 0, 2, 0x65, 0x88) },
    { ...sound(0), data: Uint8Array.of(0xfc, 0xff, 0xfe) },
    { ...picture(33), data: Uint8Array.of(0, 0, 0, 2, 0x41, 0x88) },
  ]);
  add([
    tracksItem(vp8Track({ width: 320, height: 180 }), OPUS),
    { ...picture(66, { key: true }), data: VP8_KEY },
    { ...picture(99), data: Uint8Array.of(0x31, 2, 0, 1) },
  ]);
  return tags;
}

const GOOD = goodTags();

const message = fc.oneof(
  fc.constantFrom(...GOOD),
  fc.uint8Array({ maxLength: 300 }),
  // One byte of a good tag is another one.
  fc.tuple(fc.constantFrom(...GOOD), fc.nat(), fc.nat(255)).map(([tag, at, value]) => {
    const broken = tag.slice();
    broken[at % broken.length] = value;
    return broken;
  }),
  // Cut short, or two in one.
  fc.tuple(fc.constantFrom(...GOOD), fc.nat(60)).map(([tag, length]) => tag.slice(0, length)),
  fc.tuple(fc.constantFrom(...GOOD), fc.constantFrom(...GOOD))
    .map(([a, b]) => Uint8Array.from([...a, ...b])),
);

Deno.test("no message of a WebRTC publisher does more than end its own session", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 40 }), async (messages) => {
      const registry = new StreamRegistry({
        authority: { authorize: ({ room }) => Promise.resolve(room) },
        createPackager: () => ({
          outputs: { llhls: false, hls: false },
          push() {},
          end() {},
          inspect: () => null,
        }),
        log: silentLogger,
        metrics: new Metrics("fuzz"),
        clock: new ManualClock(),
      });
      const request = { key: "", remoteAddress: "192.0.2.1", encoder: null };
      const good = await publishOverWhip({ ...request, room: "1" }, registry);
      for (const tag of GOOD.slice(0, 3)) good.message(tag);
      const hostile = await publishOverWhip({ ...request, room: "2" }, registry);
      const taken: StreamItem[] = [];
      let reader = null;
      for (const bytes of messages) {
        try {
          hostile.message(bytes);
        } catch (error) {
          assert.ok(
            error instanceof MalformedMediaError || error instanceof UnsupportedMediaError,
            String(error),
          );
          hostile.end(error instanceof MalformedMediaError ? "malformed" : "unsupported_codec");
          break;
        }
        reader ??= registry.read("2", {
          protocol: "flv",
          remoteAddress: "",
          onReadable() {},
        });
        taken.push(...reader?.take() ?? []);
      }
      let videoDts = -Infinity;
      for (const item of taken) {
        if (item.kind !== "video") continue;
        assert.ok(item.dts >= videoDts && item.pts >= item.dts);
        videoDts = item.dts;
      }
      assert.equal(registry.isLive("1"), true);
      assert.equal(good.signal.aborted, false);
      registry.stop();
    }),
    { numRuns: FUZZ_RUNS },
  );
});
