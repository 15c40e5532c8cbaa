/** Enhanced RTMP in: what comes out of every output, for every codec that only it carries. */
import assert from "node:assert/strict";
import type { Tracks } from "../../media/access_unit.ts";
import { FlvDemuxer, FlvTagParser } from "../../media/container/flv/mod.ts";
import { RtmpClient, RtmpClientError } from "../../media/transport/rtmp/client.ts";
import { CASES, encode, Feeding } from "../support/enhanced.ts";
import { avOffsetsMs, probe, record, runFfmpeg } from "../support/ffmpeg.ts";
import { TestPlatform, type TestRoom } from "../support/platform.ts";
import { waitFor } from "../support/wait.ts";

const RECORDED_SECONDS = 5;
const MAX_OFFSET_MS = 50;

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
