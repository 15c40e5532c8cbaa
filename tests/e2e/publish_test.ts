/** Real ffmpeg publishes, real ffprobe and ffmpeg read every output. */
import assert from "node:assert/strict";
import { avOffsetsMs, makeSource, probe, Publisher, record } from "../support/ffmpeg.ts";
import { TestPlatform, type TestPlatform as Platform, type TestRoom } from "../support/platform.ts";
import { pause, waitFor } from "../support/wait.ts";

/** Largest offset between picture and sound that is accepted, ms. */
const MAX_OFFSET_MS = 50;

function outputs(platform: Platform, room: TestRoom): Record<string, string> {
  const base = `${platform.url}/live/${room.id}`;
  return {
    llhls: `${base}/index.m3u8`,
    hls: `${base}/ts/index.m3u8`,
    flv: `${base}.flv`,
    rtmp: `rtmp://127.0.0.1:${platform.rtmpPort}/live/${room.id}`,
  };
}

/** MPEG-TS has its first segment after one whole group of pictures; until then it answers 503. */
async function waitForPlaylist(url: string): Promise<void> {
  await waitFor(url, async () => {
    const response = await fetch(url.replace("index.m3u8", "main.m3u8"));
    return (await response.text()).startsWith("#EXTM3U") && response.ok;
  });
}

async function codecsOf(input: string): Promise<string[]> {
  return (await probe(input)).map((stream) => stream.codec_name).sort();
}

Deno.test("published streams come out of every output as they went in", async (t) => {
  const folder = await Deno.makeTempDir({ prefix: "wanren-e2e-" });
  await using platform = await TestPlatform.start();
  const variants = {
    "H.264 and AAC": { bFrames: 0 },
    "H.264 with B-frames and AAC": { bFrames: 2 },
    "key frames 10 s apart": { gopFrames: 300, seconds: 20 },
  };
  // They mostly wait for media to pass, and so they do it together.
  await t.step(Object.keys(variants).join("; "), async () => {
    await Promise.all(
      Object.entries(variants).map(async ([name, options]) => {
        const room = await platform.room(name);
        const source = `${folder}/${room.id}.flv`;
        await makeSource(source, { seconds: 12, ...options });
        await using _publisher = Publisher.file(source, room.publishUrl);
        await platform.waitLive(room);
        await waitForPlaylist(outputs(platform, room).hls!);
        await Promise.all(
          Object.entries(outputs(platform, room)).map(async ([output, url]) => {
            const what = `${name}, ${output}`;
            const file = `${folder}/${room.id}-${output}.mkv`;
            await record(url, file, 7);
            assert.deepEqual(await codecsOf(file), ["aac", "h264"], what);
            const offsets = await avOffsetsMs(file);
            assert.ok(offsets.length >= 2, `${what}: ${offsets.length} beeps with a flash`);
            for (const offset of offsets) {
              assert.ok(Math.abs(offset) <= MAX_OFFSET_MS, `${what}: offset ${offset} ms`);
            }
          }),
        );
      }),
    );
  });

  const alone = {
    "sound alone": { options: { video: false }, codecs: ["aac"] },
    "picture alone": { options: { audio: false }, codecs: ["h264"] },
  };
  await t.step(Object.keys(alone).join("; "), async () => {
    await Promise.all(
      Object.entries(alone).map(async ([name, { options, codecs }]) => {
        const room = await platform.room(name);
        const source = `${folder}/${room.id}.flv`;
        await makeSource(source, { seconds: 12, ...options });
        await using _publisher = Publisher.file(source, room.publishUrl);
        await platform.waitLive(room);
        await Promise.all(
          Object.entries(outputs(platform, room)).map(async ([output, url]) => {
            const file = `${folder}/${room.id}-${output}.mkv`;
            await record(url, file, 4);
            assert.deepEqual(await codecsOf(file), codecs, `${name}, ${output}`);
          }),
        );
      }),
    );
  });

  await t.step("a wrong key and an unknown room are refused with the reason", async () => {
    const source = `${folder}/source.flv`;
    await makeSource(source, { seconds: 4 });
    const room = await platform.room();
    for (
      const url of [
        room.publishUrl.replace(room.key, "wrong"),
        room.publishUrl.replace(room.id, "999999"),
      ]
    ) {
      await using publisher = Publisher.file(source, url);
      const status = await publisher.process.status;
      assert.notEqual(status.code, 0);
    }
    assert.match(platform.output, /reason=wrong_key/);
    assert.match(platform.output, /reason=unknown_room/);
    const { body } = await platform.api<{ room: { live: boolean } }>(`/api/rooms/${room.id}`);
    assert.equal(body.room.live, false);
    assert.ok(!platform.output.includes(room.key), "a publish key stands in the log");
  });
  await Deno.remove(folder, { recursive: true });
});

Deno.test("viewers stay connected over a reconnect and a take-over of the publisher", async (t) => {
  const folder = await Deno.makeTempDir({ prefix: "wanren-e2e-" });
  const source = `${folder}/source.flv`;
  await makeSource(source, { seconds: 12 });
  await using platform = await TestPlatform.start();

  await t.step("the publisher comes back after 3 s", async () => {
    const room = await platform.room();
    const first = Publisher.file(source, room.publishUrl);
    await platform.waitLive(room);
    const viewers = Object.entries(outputs(platform, room)).map(([output, url]) => ({
      output,
      file: `${folder}/${output}.mkv`,
      done: record(url, `${folder}/${output}.mkv`, 12),
    }));
    await pause(3_000);
    await first.stop("SIGKILL");
    await pause(3_000);
    await using _second = Publisher.file(source, room.publishUrl);
    for (const { output, file, done } of viewers) {
      await done;
      const streams = await probe(file, { countPackets: true });
      const video = streams.find((stream) => stream.codec_type === "video")!;
      // 12 s of media time with a gap of about 3 s: well over what the first publisher sent.
      assert.ok(Number(video.nb_read_packets) > 180, `${output}: ${video.nb_read_packets} frames`);
    }
  });

  await t.step("the same key takes over and the first connection is closed", async () => {
    const room = await platform.room();
    const first = Publisher.file(source, room.publishUrl);
    await platform.waitLive(room);
    const file = `${folder}/taken.mkv`;
    const viewer = record(outputs(platform, room).flv!, file, 8);
    await pause(2_000);
    await using _second = Publisher.file(source, room.publishUrl);
    const status = await first.process.status;
    assert.notEqual(status.signal, "SIGKILL");
    await first.stop();
    await viewer;
    const video = (await probe(file, { countPackets: true }))[0]!;
    assert.ok(Number(video.nb_read_packets) > 180, `${video.nb_read_packets} frames`);
    assert.match(platform.output, /reason=taken_over/);
  });

  await t.step("a rotated key cuts the publisher off", async () => {
    const room = await platform.room();
    const publisher = Publisher.file(source, room.publishUrl);
    await platform.waitLive(room);
    const rotated = await platform.api<{ publish: { key: string } }>(
      `/api/rooms/${room.id}/publish-key`,
      { method: "POST", token: room.token },
    );
    assert.equal(rotated.status, 200);
    assert.notEqual(rotated.body.publish.key, room.key);
    await publisher.process.status;
    await publisher.stop();
    await platform.waitLive(room, false);
  });

  await t.step("a stream that was unpublished ends for its viewers", async () => {
    const room = await platform.room();
    const publisher = Publisher.file(source, room.publishUrl, { loop: false });
    await platform.waitLive(room);
    await record(outputs(platform, room).flv!, `${folder}/whole.mkv`, 60);
    await publisher.process.status;
    await publisher.stop();
    await platform.waitLive(room, false);
    const gone = await waitFor("404", async () => {
      const response = await fetch(outputs(platform, room).flv!);
      await response.body?.cancel();
      return response.status === 404 && response;
    });
    assert.equal(gone.headers.get("content-type"), "application/problem+json");
  });
  await Deno.remove(folder, { recursive: true });
});
