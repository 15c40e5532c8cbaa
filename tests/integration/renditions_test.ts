/**
 * Streams that come by WebRTC (or with B-frames) in every form that viewers ask for: what ffprobe says
 * of each output, and how far sound is from picture in it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { FlvDemuxer, FlvTagParser } from "../../media/container/flv/mod.ts";
import type { StreamItem } from "../../media/access_unit.ts";
import { avOffsetsMs, makeSource, probe, Publisher, runFfmpeg } from "../support/ffmpeg.ts";
import { HEADERS, KEY, MediaUnderTest, ROOM, SECRET } from "../support/media_role.ts";
import { processTable } from "../support/processes.ts";
import { waitFor } from "../support/wait.ts";
import { encodeForWebRtc, type FeederOptions, WhipFeeder } from "../support/whip_feeder.ts";
import { decodesCleanly, parseStrictly, run } from "./packaging_support.ts";

const SECONDS = 6;
/** What is to be read is there long before, if it comes at all. */
const READ_WITHIN_MS = 60_000;

function feeder(
  media: MediaUnderTest,
  options: Pick<FeederOptions, "messages" | "omit">,
): Promise<WhipFeeder> {
  return WhipFeeder.start({
    origin: media.url(""),
    secret: SECRET,
    room: ROOM,
    key: KEY,
    seconds: SECONDS,
    ...options,
  });
}

/** What ffprobe says of an address: codec names, video first. */
async function codecs(media: MediaUnderTest, path: string): Promise<string[]> {
  const streams = await waitFor(`${path} to be probed`, async () => {
    try {
      return await probe(media.url(path), { args: HEADERS });
    } catch {
      return null;
    }
  });
  return streams.map((stream) => stream.codec_name);
}

/** Copies some seconds of an address into a file, and checks that sound meets picture in it. */
async function checkOffsets(
  media: MediaUnderTest,
  path: string,
  { least = 2 } = {},
): Promise<void> {
  const file = media.path("out.mkv");
  await runFfmpeg([...HEADERS, "-i", media.url(path), "-t", "7", "-c", "copy", "-y", file]);
  const offsets = await avOffsetsMs(file);
  assert.ok(offsets.length >= least, `${path}: ${offsets.length} flashes`);
  for (const offset of offsets) assert.ok(Math.abs(offset) <= 50, `${path}: ${offsets} ms`);
}

const SHAKA = fileURLToPath(
  new URL("../../node_modules/shaka-packager/bin/packager-linux-x64", import.meta.url),
);

/** Initialisation section and segments of a playlist satisfy a decoder and another packager. */
async function checkSegments(media: MediaUnderTest, playlist: string): Promise<void> {
  const folder = playlist.slice(0, playlist.lastIndexOf("/") + 1);
  const text = await waitFor("three segments", async () => {
    const found = await (await media.get(playlist)).text();
    return found.split("#EXTINF").length > 3 ? found : null;
  });
  const pieces: Uint8Array[] = [];
  for (const line of text.split("\n")) {
    const map = /^#EXT-X-MAP:URI="([^"]+)"/.exec(line)?.[1];
    const uri = map ?? (line === "" || line.startsWith("#") ? null : line);
    if (uri !== null) pieces.push(await (await media.get(folder + uri)).bytes());
  }
  const file = media.path(playlist.includes("/ts/") ? "segments.ts" : "segments.mp4");
  await Deno.writeFile(file, new Uint8Array(await new Blob(pieces as BlobPart[]).arrayBuffer()));
  await decodesCleanly(file);
  const info = await run(SHAKA, [`input=${file}`, "--dump_stream_info"]);
  assert.match(info, /Found 2 stream/);
}

/** Items of an FLV answer, without ffmpeg in between, until there is what is wanted of them. */
async function readItems(
  media: MediaUnderTest,
  path: string,
  isEnough: (items: readonly StreamItem[]) => boolean,
): Promise<StreamItem[]> {
  const response = await media.get(path, { signal: AbortSignal.timeout(READ_WITHIN_MS) });
  assert.equal(response.status, 200);
  const parser = new FlvTagParser();
  const demuxer = new FlvDemuxer();
  const items: StreamItem[] = [];
  for await (const chunk of response.body!) {
    for (const tag of parser.push(chunk)) items.push(...demuxer.push(tag));
    // Leaving the loop cancels the body.
    if (isEnough(items)) return items;
  }
  assert.fail(`${path} ended after ${items.length} items`);
}

/** Whether there are so many pictures and sounds. */
function has(least: { readonly video?: number; readonly audio?: number }) {
  return (items: readonly StreamItem[]) =>
    units(items, "video").length >= (least.video ?? 0) &&
    units(items, "audio").length >= (least.audio ?? 0);
}

/** Key frames of an answer. */
function keyFrames(items: readonly StreamItem[]) {
  return items.filter((item) => item.kind === "video" && item.keyFrame);
}

function units(items: readonly StreamItem[], kind: "video" | "audio") {
  return items.filter((item) => item.kind === kind);
}

async function metric(media: MediaUnderTest, name: string): Promise<number> {
  const text = await (await media.get("/metrics")).text();
  const line = text.split("\n").find((one) => one.startsWith(name));
  return line === undefined ? NaN : Number(line.split(" ").at(-1));
}

Deno.test("renditions: H.264 and Opus of WebRTC play everywhere", async (t) => {
  const messages = await encodeForWebRtc({ seconds: SECONDS, video: "h264", audio: "opus" });
  await using media = await MediaUnderTest.start();
  await using _feeder = await feeder(media, { messages });
  await media.untilLive();
  const report = media.web.streams[0];
  assert.deepEqual([report.protocol, report.audio?.codec], ["whip", "opus"]);

  await t.step("FLV without a query has AAC", async () => {
    const items = await readItems(media, `/live/${ROOM}.flv`, has({ video: 91, audio: 141 }));
    const tracks = items.findLast((item) => item.kind === "tracks");
    assert.equal(tracks?.tracks.video?.codec, "h264");
    assert.equal(tracks?.tracks.audio?.codec, "aac");
    assert.equal(items.filter((item) => item.kind === "tracks").length <= 2, true);
    await checkOffsets(media, `/live/${ROOM}.flv`);
  });
  await t.step("any of both comes as it is", async () => {
    const items = await readItems(
      media,
      `/live/${ROOM}.flv?audio=any&video=any`,
      has({ video: 2, audio: 2 }),
    );
    const tracks = items.findLast((item) => item.kind === "tracks");
    assert.equal(tracks?.tracks.audio?.codec, "opus");
  });
  await t.step("RTMP", async () => {
    const url = `rtmp://127.0.0.1:${media.rtmpPort}/live/${ROOM}`;
    const streams = await probe(url);
    assert.deepEqual(streams.map((stream) => stream.codec_name).sort(), ["aac", "h264"]);
  });
  for (const path of [`/live/${ROOM}/index.m3u8`, `/live/${ROOM}/ts/index.m3u8`]) {
    await t.step(path, async () => {
      assert.deepEqual((await codecs(media, path)).sort(), ["aac", "h264"]);
      const folder = path.slice(0, path.lastIndexOf("/"));
      parseStrictly(await (await media.get(path)).text());
      parseStrictly(await (await media.get(`${folder}/main.m3u8`)).text());
      await checkOffsets(media, path);
      await checkSegments(media, `${folder}/main.m3u8`);
    });
  }
  await t.step("one encoder for all of them, and none when nobody reads", async () => {
    assert.equal(await metric(media, 'wanren_rendition_starts_total{kind="aac"'), 1);
    assert.deepEqual(media.web.streams[0].outputs, { llhls: true, hls: true });
  });
});

Deno.test("renditions: VP8, VP9, AV1 and HEVC with Opus play where a player says nothing", async () => {
  // They mostly wait for media to pass, and so they do it together.
  await Promise.all((["vp8", "vp9", "av1", "hevc"] as const).map(async (video) => {
    const messages = await encodeForWebRtc({ seconds: SECONDS, video, audio: "opus" });
    await using media = await MediaUnderTest.start();
    await using _feeder = await feeder(media, { messages });
    await media.untilLive();
    const flv = `/live/${ROOM}.flv`;
    assert.deepEqual((await codecs(media, flv)).sort(), ["aac", "h264"], video);
    // SVT-AV1 leaves a flash out now and then.
    await checkOffsets(media, flv, { least: video === "av1" ? 1 : 2 });
    const items = await readItems(media, flv, (items) => keyFrames(items).length >= 2);
    for (const one of units(items, "video")) {
      assert.ok(one.kind === "video" && one.pts === one.dts, video);
    }
    const [first, second] = keyFrames(items);
    assert.ok(second.dts - first.dts <= 2.1 * 90_000, video);

    const ts = (await codecs(media, `/live/${ROOM}/ts/index.m3u8`)).sort();
    assert.deepEqual(ts, ["aac", video === "hevc" ? "hevc" : "h264"], video);

    const cmaf = (await codecs(media, `/live/${ROOM}/index.m3u8`)).sort();
    assert.deepEqual(cmaf, ["aac", video === "vp8" ? "h264" : video].sort());
    parseStrictly(await (await media.get(`/live/${ROOM}/main.m3u8`)).text());

    const still = await media.get(`/live/${ROOM}/still.jpg`);
    assert.equal(still.status, 200, video);
    assert.deepEqual([...(await still.bytes()).subarray(0, 2)], [0xff, 0xd8], video);
  }));
});

Deno.test("renditions: RTMP with B-frames and AAC becomes plain H.264 and Opus for WebRTC", async (t) => {
  await using media = await MediaUnderTest.start();
  await makeSource(media.path("source.flv"), { seconds: 20, bFrames: 2 });
  await using _publisher = Publisher.file(media.path("source.flv"), media.publishUrl());
  await media.untilLive();
  const path = `/live/${ROOM}.flv?audio=opus&video=plain`;
  await t.step("pictures in order, key frames every two seconds, packets of 20 ms", async () => {
    const items = await readItems(
      media,
      path,
      (items) => has({ video: 100, audio: 100 })(items) && keyFrames(items).length >= 2,
    );
    const tracks = items.findLast((item) => item.kind === "tracks")?.tracks;
    assert.deepEqual([tracks?.video?.codec, tracks?.audio?.codec], ["h264", "opus"]);
    assert.deepEqual([tracks?.video?.width, tracks?.video?.height], [320, 180]);
    assert.match(tracks!.video!.codecString, /^avc1\.42/);
    const pictures = units(items, "video");
    assert.ok(pictures.every((one) => one.kind === "video" && one.pts === one.dts));
    const keys = keyFrames(items);
    assert.ok(keys[1].dts - keys[0].dts <= 2.1 * 90_000);
    for (const one of units(items, "audio")) assert.equal(one.kind === "audio" && one.samples, 960);
    // The first picture and the first sound belong together.
    const first = units(items, "audio")[0];
    assert.ok(Math.abs(first.dts - pictures[0].dts) < 0.1 * 90_000);
  });
  await t.step("sound meets picture", async () => {
    // ffmpeg 5 reads no Opus out of FLV: each track is checked against AAC and the source.
    await checkOffsets(media, `/live/${ROOM}.flv?video=plain`);
    // A beep takes more bytes than silence.
    const isBeep = (one: StreamItem) => one.kind === "audio" && one.data.length > 60;
    await readItems(
      media,
      `/live/${ROOM}.flv?audio=opus`,
      (items) => items.filter(isBeep).length > 5,
    );
  });
  await t.step("without B-frames nothing is encoded", async () => {
    await using plain = await MediaUnderTest.start();
    await makeSource(plain.path("source.flv"), { seconds: 10, bFrames: 0 });
    await using _other = Publisher.file(plain.path("source.flv"), plain.publishUrl());
    await plain.untilLive();
    await readItems(plain, `/live/${ROOM}.flv?video=plain`, has({ video: 40 }));
    assert.ok(Number.isNaN(await metric(plain, 'wanren_rendition_starts_total{kind="h264"')));
  });
});

Deno.test("renditions: Opus that pauses leaves no hole in AAC", async () => {
  const messages = await encodeForWebRtc({ seconds: SECONDS, video: "h264", audio: "opus" });
  await using media = await MediaUnderTest.start();
  // From the third to the fifth second of each turn the microphone says nothing.
  await using _feeder = await feeder(media, {
    messages,
    omit: ({ type, header }, timeMs) =>
      type === 8 && !header && timeMs % 6000 >= 3000 && timeMs % 6000 < 5000,
  });
  await media.untilLive();
  const items = await readItems(media, `/live/${ROOM}.flv`, has({ audio: 281 }));
  const sounds = units(items, "audio");
  sounds.reduce((before, one) => {
    const step = (one.dts - before.dts) / 90;
    assert.ok(step > 5 && step < 45, `${step} ms at ${one.dts / 90}`);
    return one;
  });
  // At no time is there a picture without the sound that belongs to it, but for a moment: longer on a
  // busy machine, and less than the pause.
  let sound = -Infinity;
  for (const item of items.slice(items.indexOf(sounds[0]))) {
    if (item.kind === "audio") sound = item.dts;
    if (item.kind === "video") assert.ok(item.dts - sound < 1.2 * 90_000, `${item.dts / 90}`);
  }
});

Deno.test("renditions: an encoder that dies is started again, and viewers go on", async () => {
  const messages = await encodeForWebRtc({ seconds: SECONDS, video: "vp8", audio: "opus" });
  await using media = await MediaUnderTest.start();
  await using feeding = await feeder(media, { messages });
  await media.untilLive();
  const kinds = ["video", "audio"] as const;
  const spanMs = (items: readonly StreamItem[], kind: "video" | "audio") => {
    const list = units(items, kind);
    return list.length === 0 ? 0 : (list.at(-1)!.dts - list[0].dts) / 90;
  };
  const reading = readItems(
    media,
    `/live/${ROOM}.flv`,
    (items) => kinds.every((kind) => spanMs(items, kind) > 7_000),
  );
  await waitFor("two encoders", async () => (await encoders()).length === 2);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  for (const pid of await encoders()) Deno.kill(pid, "SIGKILL");
  const items = await reading;
  for (const kind of kinds) {
    const list = units(items, kind);
    list.reduce((before, one) => {
      assert.ok(one.dts > before.dts, `${kind} goes back to ${one.dts}`);
      return one;
    });
  }
  // After the new configuration comes a key frame.
  const second = items.findLastIndex((item) => item.kind === "tracks");
  const next = items.slice(second).find((item) => item.kind === "video");
  assert.equal(next?.kind === "video" && next.keyFrame, true);
  assert.equal(await metric(media, 'wanren_rendition_failures_total{kind="h264"'), 1);
  await waitFor("the encoders to end", async () => (await encoders()).length === 0);
  assert.ok(feeding.received.every((one) => one.type === "keyframe"));
});

Deno.test("renditions: the end of the stream reaches those who read another form of it", async () => {
  const messages = await encodeForWebRtc({ seconds: SECONDS, video: "h264", audio: "opus" });
  await using media = await MediaUnderTest.start();
  await using feeding = await feeder(media, { messages });
  await media.untilLive();
  const response = await media.get(`/live/${ROOM}.flv`);
  const body = response.bytes();
  await (await media.get(`/live/${ROOM}/main.m3u8`)).body?.cancel();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  await feeding.end();
  const tags = new FlvTagParser().push(await body);
  assert.ok(tags.length > 100);
  const playlist = await (await media.get(`/live/${ROOM}/main.m3u8`)).text();
  assert.match(playlist, /#EXT-X-ENDLIST/);
});

Deno.test("renditions: a publisher that changes its codecs takes its viewers along", async () => {
  const first = await encodeForWebRtc({ seconds: SECONDS, video: "h264", audio: "aac" });
  const second = await encodeForWebRtc({ seconds: SECONDS, video: "vp8", audio: "opus" });
  await using media = await MediaUnderTest.start();
  await using feeding = await feeder(media, { messages: first });
  await media.untilLive();
  const reading = readItems(
    media,
    `/live/${ROOM}.flv`,
    (items) => (units(items, "video").at(-1)?.dts ?? 0) > 8_000 * 90,
  );
  const playlist = async () => (await media.get(`/live/${ROOM}/main.m3u8`)).text();
  const before = await waitFor("HLS", async () => /#EXTINF/.exec(await playlist()));
  assert.ok(before);
  feeding.change(second);
  const discontinuity = waitFor(
    "the other codecs in HLS",
    async () => /#EXT-X-DISCONTINUITY\n/.test(await playlist()),
    { deadlineMs: READ_WITHIN_MS },
  );
  const [items] = await Promise.all([reading, discontinuity]);
  const tracks = items.filter((item) => item.kind === "tracks");
  assert.ok(tracks.every(({ tracks }) => tracks.video === null || tracks.video.codec === "h264"));
  const times = units(items, "video").map((one) => one.dts / 90);
  times.reduce((last, time) => {
    assert.ok(time >= last, `${time} after ${last}`);
    return time;
  });
  parseStrictly(await playlist());
});

Deno.test("renditions: without ffmpeg everybody hears so", async () => {
  const messages = await encodeForWebRtc({ seconds: SECONDS, video: "vp8", audio: "opus" });
  const path = Deno.env.get("PATH")!;
  Deno.env.set("PATH", "/nowhere");
  try {
    await using media = await MediaUnderTest.start();
    await using _feeder = await feeder(media, { messages });
    await media.untilLive();
    assert.deepEqual(media.web.streams[0].outputs, { llhls: false, hls: false });
    for (const target of [`${ROOM}.flv`, `${ROOM}/index.m3u8`, `${ROOM}/ts/index.m3u8`]) {
      const response = await media.get(`/live/${target}`);
      assert.equal(response.status, 503, target);
      assert.equal(response.headers.get("content-type"), "application/problem+json");
      assert.equal((await response.json()).code, "ffmpeg_missing");
    }
    await readItems(media, `/live/${ROOM}.flv?audio=any&video=any`, has({ video: 6 }));
    Deno.env.set("PATH", path);
    const said = await probe(`rtmp://127.0.0.1:${media.rtmpPort}/live/${ROOM}`).catch(String);
    assert.match(String(said), /ffprobe failed/);
  } finally {
    Deno.env.set("PATH", path);
  }
});

/** Encoders of this process. */
async function encoders(): Promise<number[]> {
  return (await processTable())
    .filter((one) =>
      one.parent === Deno.pid && one.state !== "Z" && /ffmpeg.* -f matroska/.test(one.command)
    )
    .map((one) => one.pid);
}
