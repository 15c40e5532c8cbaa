/** Enhanced RTMP in: what comes out of every output, for every codec that only it carries. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import type { Tracks } from "../../media/access_unit.ts";
import { FlvDemuxer, FlvTagParser } from "../../media/container/flv/mod.ts";
import { RtmpClient, RtmpClientError } from "../../media/transport/rtmp/client.ts";
import { launchBrowser, openPage, visit } from "../support/browser.ts";
import { avOffsetsMs, probe, record, runFfmpeg } from "../support/ffmpeg.ts";
import { TestPlatform, type TestRoom } from "../support/platform.ts";
import { choosePlayer, inspectPlayer, waitUntilPlaying } from "../support/player.ts";
import { feed } from "../support/rtmp_feeder.ts";
import { waitFor } from "../support/wait.ts";

/** Longer than any test; feeding ends when the test aborts it. */
const LOOPS = 100;
const SOURCE_SECONDS = 8;
const RECORDED_SECONDS = 5;
const MAX_OFFSET_MS = 50;

const HEVC = ["libx265", "-tag:v", "hvc1", "-preset", "ultrafast", "-x265-params"]
  .concat("log-level=none:keyint=60:min-keyint=60:scenecut=0:bframes=2");
const AV1 = ["libsvtav1", "-preset", "12", "-g", "60"];
const VP9 = ["libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "60", "-b:v", "300k"];
const H264 = ["libx264", "-preset", "veryfast", "-g", "60", "-sc_threshold", "0", "-bf", "2"];
const AAC = ["aac", "-b:a", "96k"];
const OPUS = ["libopus", "-b:a", "64k"];
const MP3 = ["libmp3lame", "-b:a", "96k"];

interface Case {
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

const HEVC_AAC: Case = {
  name: "HEVC and AAC",
  video: HEVC,
  audio: AAC,
  codecs: ["hevc", "aac"],
  declared: /^hvc1\.[^,]+,mp4a\.40\.2$/,
  ts: ["hevc", "aac"],
};
const AV1_OPUS: Case = {
  name: "AV1 and Opus",
  video: AV1,
  audio: OPUS,
  codecs: ["av1", "aac"],
  declared: /^av01\.[^,]+,mp4a\.40\.2$/,
  ts: ["h264", "aac"],
};
const VP9_OPUS: Case = {
  name: "VP9 and Opus",
  video: VP9,
  audio: OPUS,
  codecs: ["vp9", "aac"],
  declared: /^vp09\.[^,]+,mp4a\.40\.2$/,
  ts: ["h264", "aac"],
};
const CASES: readonly Case[] = [
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
async function encode(one: Case, path: string): Promise<Uint8Array> {
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
class Feeding {
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

/** Reads an FLV answer by our own demuxer until both tracks and some units of each are there. */
async function demuxLive(url: string): Promise<Tracks> {
  const response = await fetch(url);
  assert.equal(response.status, 200);
  const parser = new FlvTagParser();
  const demuxer = new FlvDemuxer();
  const seen = { video: 0, audio: 0 };
  const last = { video: -1, audio: -1 };
  for await (const bytes of response.body!) {
    for (const message of parser.push(bytes)) {
      for (const item of demuxer.push(message)) {
        if (item.kind !== "video" && item.kind !== "audio") continue;
        if (seen[item.kind]++ === 0 && item.kind === "video") assert.ok(item.keyFrame);
        assert.ok(item.dts >= last[item.kind], `${item.kind}: ${last[item.kind]} -> ${item.dts}`);
        last[item.kind] = item.dts;
      }
    }
    // Leaving the loop cancels the body.
    if (seen.video > 60 && seen.audio > 60) break;
  }
  assert.equal(demuxer.droppedUnits, 0);
  assert.ok(demuxer.tracks !== null);
  return demuxer.tracks;
}

async function checkRecording(
  url: string,
  file: string,
  codecs: readonly [video: string, audio: string],
): Promise<void> {
  const said = await record(url, file, RECORDED_SECONDS);
  assert.ok(!/error|invalid/i.test(said), said.slice(-1_000));
  const warnings = await runFfmpeg(["-v", "warning", "-xerror", "-i", file, "-f", "null", "-"]);
  assert.equal(warnings.replace(/.*deprecated pixel format.*\n/g, ""), "", url);
  const streams = await probe(file, { countPackets: true });
  const video = streams.find((stream) => stream.codec_type === "video")!;
  const audio = streams.find((stream) => stream.codec_type === "audio")!;
  assert.deepEqual([video.codec_name, audio.codec_name], codecs, url);
  assert.deepEqual([video.width, video.height], [320, 180], url);
  assert.equal(audio.sample_rate, "48000", url);
  const frames = Number(video.nb_read_packets);
  assert.ok(Math.abs(frames - RECORDED_SECONDS * 30) <= 5, `${url}: ${frames} frames`);
  const offsets = await avOffsetsMs(file);
  assert.ok(offsets.length >= 2, `${url}: ${offsets.length} beeps with a flash`);
  for (const offset of offsets) {
    assert.ok(Math.abs(offset) <= MAX_OFFSET_MS, `${url}: offset ${offset} ms`);
  }
}

async function codecsDeclared(index: string): Promise<string> {
  return await waitFor(index, async () => {
    const response = await fetch(index);
    const text = await response.text();
    return response.ok && /CODECS="([^"]+)"/.exec(text)?.[1];
  });
}

async function playbackOf(platform: TestPlatform, room: TestRoom) {
  const { body } = await platform.api<{ room: { playback: Record<string, string | null> } }>(
    `/api/rooms/${room.id}`,
  );
  return body.room.playback;
}

Deno.test("enhanced RTMP: every output carries the codecs it can, and says which it cannot", async (t) => {
  const folder = await Deno.makeTempDir({ prefix: "wanren-e2e-" });
  await using platform = await TestPlatform.start();
  for (const one of CASES) {
    await t.step(one.name, async () => {
      const room = await platform.room(one.name);
      // One at a time: a file that is fed for long drifts by what its turns overlap.
      await using _feeding = new Feeding(
        await encode(one, `${folder}/source.mp4`),
        room.publishUrl,
      );
      await platform.waitLive(room);
      const base = `${platform.url}/live/${room.id}`;
      assert.match(await codecsDeclared(`${base}/index.m3u8`), one.declared);
      const tracks = await demuxLive(`${base}.flv?audio=any&video=any`);
      assert.equal(tracks.video?.width, 320);
      assert.equal(tracks.audio?.sampleRate, 48_000);
      const playback = await playbackOf(platform, room);
      assert.equal(playback.llhls, `${base}/index.m3u8`);
      assert.equal(playback.flv, `${base}.flv`);
      assert.equal(playback.hls, `${base}/ts/index.m3u8`);
      await checkRecording(`${base}/index.m3u8`, `${folder}/cmaf.mkv`, one.codecs);
      await codecsDeclared(`${base}/ts/index.m3u8`);
      await checkRecording(`${base}/ts/index.m3u8`, `${folder}/ts.mkv`, one.ts);
    });
  }

  await t.step("a codec that no output carries is refused with its name on the wire", async () => {
    const tags = {
      "Sorenson H.263": { type: 9, data: Uint8Array.of(0x12, 0, 0, 0, 0), named: /video: codec/ },
      "Speex": { type: 8, data: Uint8Array.of(0xb2, 1, 2, 3), named: /audio: codec/ },
      "enhanced ac-3": {
        type: 8,
        data: Uint8Array.of(0x90, ...new TextEncoder().encode("ac-3"), 0),
        named: /audio: codec ac-3/,
      },
    };
    for (const [name, { type, data, named }] of Object.entries(tags)) {
      const room = await platform.room();
      const client = await RtmpClient.publish({ url: room.publishUrl });
      client.write({ type, timestampMs: 0, data });
      const error = await client.closed;
      assert.ok(error instanceof RtmpClientError, name);
      assert.equal(error.code, "NetStream.Publish.Denied", name);
      assert.match(error.message, named);
      await waitFor(
        "the line in the log",
        () =>
          new RegExp(`${room.id}.*reason=unsupported_codec|reason=unsupported_codec.*${room.id}`)
            .test(platform.output),
      );
    }
  });
  await Deno.remove(folder, { recursive: true });
});

Deno.test({
  name:
    "enhanced RTMP: Chromium plays what it can by a protocol that works, and says what it cannot",
  // The browser's own sockets and timers live in playwright.
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async (t) => {
    const folder = await Deno.makeTempDir({ prefix: "wanren-e2e-" });
    await using platform = await TestPlatform.start();
    const browser = await launchBrowser();
    const live = async (one: Case) => {
      const room = await platform.room(one.name);
      const feeding = new Feeding(await encode(one, `${folder}/source.mp4`), room.publishUrl);
      await platform.waitLive(room);
      return { feeding, room, watchUrl: `${platform.url}/rooms/${room.id}` };
    };
    try {
      await t.step("AV1 and Opus by FLV and by LL-HLS", async () => {
        const { feeding, watchUrl } = await live(AV1_OPUS);
        await using _feeding = feeding;
        for (const protocol of ["flv", "llhls"] as const) {
          const { page, context, complaints } = await openPage(browser, watchUrl, {
            before: choosePlayer(protocol),
          });
          const seen = await waitUntilPlaying(page, { protocol });
          const sound = protocol === "flv" ? /^av01.*opus$/i : /^av01.*mp4a\.40\.2$/;
          assert.match(seen.statistics.codecs.join(), sound);
          assert.deepEqual([seen.statistics.width, seen.statistics.height], [320, 180]);
          // The AV1 parser of mpegts.js prints what it finds; of our own code there is nothing.
          assert.deepEqual(complaints.filter((text) => !/^log: [\d{]/.test(text)), []);
          await context.close();
        }
      });

      await t.step("VP9 and Opus by what the player chooses", async () => {
        const { feeding, watchUrl } = await live(VP9_OPUS);
        await using _feeding = feeding;
        const { page, context } = await openPage(browser, watchUrl);
        const seen = await waitUntilPlaying(page, { protocol: "llhls" });
        assert.match(seen.statistics.codecs.join(), /^vp09\..*mp4a\.40\.2$/);
        assert.deepEqual([seen.statistics.width, seen.statistics.height], [320, 180]);
        await context.close();
      });

      await t.step("HEVC, which this browser may lack, is understood and told", async () => {
        const { feeding, room, watchUrl } = await live(HEVC_AAC);
        await using _feeding = feeding;
        const context = await browser.newContext({ bypassCSP: true });
        const page = await context.newPage();
        await visit(page, watchUrl);
        // Where the browser lacks it WebRTC has H.264 instead, and without that the player says so.
        await waitFor("the picture, or the player's word", async () => {
          const state = (await inspectPlayer(page))?.state;
          return state === "playing" || state === "failed";
        });
        const file = new URL("../../node_modules/mpegts.js/dist/mpegts.js", import.meta.url);
        await page.addScriptTag({ content: await readFile(file, "utf8") });
        const info = await page.evaluate(
          mediaInfo,
          `${platform.url}/live/${room.id}.flv?audio=any&video=any`,
        );
        assert.match(String(info.videoCodec), /^hvc1\./);
        assert.match(String(info.audioCodec), /^mp4a\.40\.2$/);
        assert.deepEqual([info.width, info.height], [320, 180]);
        await context.close();
      });
    } finally {
      await browser.close();
    }
    await Deno.remove(folder, { recursive: true });
  },
});

/** Runs in the page: what mpegts.js finds in a stream, whether the browser decodes it or not. */
function mediaInfo(url: string): Promise<Record<string, unknown>> {
  interface Player {
    on(event: string, listener: (info: Record<string, unknown>) => void): void;
    attachMediaElement(video: HTMLVideoElement): void;
    load(): void;
  }
  const { mpegts } = globalThis as unknown as {
    mpegts: {
      createPlayer(source: object, config: object): Player;
      Events: Record<string, string>;
    };
  };
  return new Promise((resolve) => {
    const player = mpegts.createPlayer({ type: "flv", isLive: true, url }, {});
    player.on(mpegts.Events.MEDIA_INFO!, ({ videoCodec, audioCodec, width, height }) => {
      resolve({ videoCodec, audioCodec, width, height });
    });
    player.attachMediaElement(document.createElement("video"));
    player.load();
  });
}
