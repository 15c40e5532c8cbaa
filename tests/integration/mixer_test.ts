/**
 * The mixer with real ffmpeg: what is seen and heard where, what an input that leaves and comes does to
 * those who watch, and what is refused.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { StreamItem } from "../../media/access_unit.ts";
import { FlvDemuxer, FlvTagParser } from "../../media/container/flv/mod.ts";
import { type MixPlace, placesOf } from "../../media/mix/layout.ts";
import { Publisher } from "../support/ffmpeg.ts";
import { AUTHORIZATION, HEADERS, KEY, MediaUnderTest, SECRET } from "../support/media_role.ts";
import { abortableBody } from "../../platform/abortable_body.ts";
import { PictureWatch } from "../support/picture_watch.ts";
import { processTable } from "../support/processes.ts";
import { waitFor } from "../support/wait.ts";
import { encodeForWebRtc, WhipFeeder } from "../support/whip_feeder.ts";

const MIX = "100009";
const SIZE = { width: 640, height: 360 };

interface Inspected {
  readonly runs: number;
  readonly starting: boolean;
  readonly lastGap: { readonly mediaMs: number; readonly wallMs: number } | null;
  readonly cpuSeconds: number;
  readonly inputs: readonly {
    readonly stream: string;
    readonly video: boolean;
    readonly audio: boolean;
    readonly decodingCpuSeconds: number;
  }[];
}

/** A camera of one colour with a tone. */
function camera(
  media: MediaUnderTest,
  room: string,
  { colour, hertz }: { readonly colour: string; readonly hertz: number },
): Publisher {
  media.web.rooms.add(room);
  return Publisher.run([
    ...["-re", "-f", "lavfi", "-i", `color=c=${colour}:s=320x180:r=30`],
    ...["-re", "-f", "lavfi", "-i", `sine=f=${hertz}:r=44100`],
    ...["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "30"],
    ...["-pix_fmt", "yuv420p", "-c:a", "aac", "-f", "flv", media.publishUrl({ room })],
  ]);
}

/** Asks for a mix; gives the status and the answer. */
async function put(media: MediaUnderTest, body: unknown, room = MIX) {
  const response = await fetch(media.url(`/mixes/${room}`), {
    method: "PUT",
    headers: { authorization: AUTHORIZATION, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

function remove(media: MediaUnderTest): Promise<Response> {
  return fetch(media.url(`/mixes/${MIX}`), {
    method: "DELETE",
    headers: { authorization: AUTHORIZATION },
  });
}

async function inspect(media: MediaUnderTest): Promise<Inspected> {
  const signal = AbortSignal.timeout(5_000);
  const answer = await (await media.get("/debug/streams", { signal })).json() as {
    mixes: Record<string, Inspected>;
  };
  return answer.mixes[MIX];
}

async function untilSeen(media: MediaUnderTest, streams: readonly string[]): Promise<Inspected> {
  return await waitFor(`the mix of ${streams}`, async () => {
    const mix = await inspect(media);
    const seen = mix?.inputs.filter(({ video }) => video).map(({ stream }) => stream) ?? [];
    return !mix?.starting && seen.join() === streams.join() ? mix : null;
  });
}

function live(media: MediaUnderTest, room: string): boolean {
  return media.web.streams.some((one) => one.room === room && one.state === "live");
}

/** Items of an FLV answer with the instant at which they came. */
async function readItems(
  media: MediaUnderTest,
  signal: AbortSignal,
): Promise<{ readonly item: StreamItem; readonly atMs: number }[]> {
  const response = await media.get(`/live/${MIX}.flv`);
  assert.equal(response.status, 200);
  const parser = new FlvTagParser();
  const demuxer = new FlvDemuxer();
  const items: { item: StreamItem; atMs: number }[] = [];
  try {
    for await (const chunk of abortableBody(response.body!, [signal])) {
      const atMs = performance.now();
      for (const tag of parser.push(chunk)) {
        for (const item of demuxer.push(tag)) items.push({ item, atMs });
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return items;
}

/** Watches the mix at one point of each place: beside the middle, where the name stands. */
function watch(media: MediaUnderTest, places: readonly MixPlace[], path = `/live/${MIX}.flv`) {
  return PictureWatch.start({
    input: [...HEADERS, "-i", media.url(path)],
    points: places.map(({ x, y, width, height }) => ({
      x: (x + 0.8 * width) / SIZE.width,
      y: (y + 0.8 * height) / SIZE.height,
    })),
  });
}

/** Which of the cameras' tones two seconds of the mix hold. */
async function tones(media: MediaUnderTest): Promise<number[]> {
  const rate = 8000;
  const { success, stdout, stderr } = await new Deno.Command("ffmpeg", {
    args: [
      ...["-hide_banner", "-nostdin", "-loglevel", "error", "-analyzeduration", "500000"],
      ...[...HEADERS, "-i", media.url(`/live/${MIX}.flv`), "-map", "0:a:0", "-t", "3"],
      // The reader begins with what is cached: the last two seconds are after it.
      ...["-ss", "1", "-ac", "1", "-ar", `${rate}`, "-f", "s16le", "-"],
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(20_000),
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  const samples = new Int16Array(stdout.buffer, 0, stdout.length >> 1);
  return [440, 660, 880].filter((hertz) => {
    let [real, imaginary] = [0, 0];
    samples.forEach((sample, index) => {
      const angle = 2 * Math.PI * hertz * index / rate;
      real += sample * Math.cos(angle);
      imaginary += sample * Math.sin(angle);
    });
    return Math.hypot(real, imaginary) / samples.length > 300;
  });
}

/** Longest distances between pictures: on the time line, and as they came. */
function longestGaps(items: readonly { readonly item: StreamItem; readonly atMs: number }[]) {
  const pictures = items.filter(({ item }) => item.kind === "video");
  let mediaMs = 0;
  let wallMs = 0;
  pictures.slice(1).forEach(({ item, atMs }, index) => {
    const before = pictures[index];
    if (item.kind !== "video" || before.item.kind !== "video") return;
    assert.ok(item.dts > before.item.dts, "pictures go forward");
    mediaMs = Math.max(mediaMs, (item.dts - before.item.dts) / 90);
    wallMs = Math.max(wallMs, atMs - before.atMs);
  });
  return { mediaMs: Math.round(mediaMs), wallMs: Math.round(wallMs), pictures: pictures.length };
}

Deno.test("mixer: inputs come, stall and leave while viewers go on", async (t) => {
  await using media = await MediaUnderTest.start();
  await using _red = camera(media, "100001", { colour: "red", hertz: 440 });
  await using blue = camera(media, "100002", { colour: "blue", hertz: 660 });
  await waitFor("two cameras", () => live(media, "100001") && live(media, "100002"));
  const inputs = [
    { stream: "100001", name: "Ann" },
    { stream: "100002", name: "Bea %{pts}: 'x', [y];\\" },
    { stream: "100003", name: "小明" },
  ];
  const places = placesOf("grid", 3, SIZE);
  await t.step("two streams and the card of a third become a stream like any other", async () => {
    const answer = await put(media, { size: "360p", inputs });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    await untilSeen(media, ["100001", "100002"]);
    await waitFor("the mix to be live", () => live(media, MIX));
    const report = media.web.streams.find(({ room }) => room === MIX)!;
    assert.deepEqual(
      [report.protocol, report.video?.codec, report.audio?.codec, report.video?.width],
      ["mix", "h264", "aac", 640],
    );
    await using hls = watch(media, places, `/live/${MIX}/index.m3u8`);
    assert.deepEqual(await tones(media), [440, 660]);
    await hls.until("red,blue,card");
  });
  await t.step("an input that leaves becomes a card, one that comes is seen", async () => {
    const reading = new AbortController();
    using stack = new DisposableStack();
    stack.defer(() => reading.abort());
    const items = readItems(media, reading.signal);
    await using eye = watch(media, places);
    await eye.until("red,blue,card");
    const { runs } = await inspect(media);
    await blue.stop("SIGKILL");
    await eye.until("red,card,card");
    await untilSeen(media, ["100001"]);
    assert.equal((await inspect(media)).runs, runs, "ffmpeg went on");
    assert.deepEqual(await tones(media), [440]);
    await using green = camera(media, "100003", { colour: "green", hertz: 880 });
    await eye.until("red,card,green");
    // It hangs without closing its connection, and goes on.
    green.process.kill("SIGSTOP");
    await eye.until("red,card,card");
    green.process.kill("SIGCONT");
    await eye.until("red,card,green");
    const sides = placesOf("side_by_side", 2, SIZE);
    const answer = await put(media, {
      size: "360p",
      layout: "side_by_side",
      inputs: [inputs[2], inputs[0]],
    });
    assert.equal(answer.status, 200);
    await using other = watch(media, sides);
    await other.until("green,red");
    reading.abort();
    const all = await items;
    const tracks = all.filter(({ item }) => item.kind === "tracks");
    assert.ok(tracks.length <= 2, "decoders go on");
    const gaps = longestGaps(all);
    assert.ok(gaps.mediaMs < 5000, `${gaps.mediaMs} ms without a picture on the time line`);
    assert.ok(gaps.wallMs < 8000, `${gaps.wallMs} ms without a picture`);
    const sounds = all.filter(({ item }) => item.kind === "audio");
    assert.ok(sounds.length > 300);
  });
  await t.step("what each input costs is told", async () => {
    const mix = await inspect(media);
    assert.ok(mix.cpuSeconds > 0);
    assert.ok(mix.inputs.every(({ decodingCpuSeconds }) => decodingCpuSeconds > 0));
    const metrics = await (await media.get("/metrics")).text();
    assert.match(metrics, /wanren_mix_cpu_seconds\{work="decoding",role="media"\} \d/);
    assert.match(metrics, /wanren_mixes\{role="media"\} 1/);
  });
  await t.step("it ends when it is told to, and leaves no ffmpeg behind", async () => {
    assert.equal((await remove(media)).status, 204);
    await waitFor("the mix to end", () => !media.web.streams.some(({ room }) => room === MIX));
    const mixers = (await processTable()).filter(({ command }) => command.includes("/mix-feed/"));
    assert.deepEqual(mixers, []);
  });
});

Deno.test("mixer: a guest by WebRTC is seen and heard", async () => {
  const messages = await encodeForWebRtc({ seconds: 2, video: "vp8", audio: "opus" });
  await using media = await MediaUnderTest.start();
  media.web.rooms.add("100002");
  await using _red = camera(media, "100001", { colour: "red", hertz: 440 });
  await using _guest = await WhipFeeder.start({
    origin: media.url(""),
    secret: SECRET,
    room: "100002",
    key: KEY,
    seconds: 2,
    messages,
  });
  await waitFor("both", () => live(media, "100001") && live(media, "100002"));
  const inputs = [{ stream: "100001", name: "Host" }, { stream: "100002", name: "Guest" }];
  const answer = await put(media, { size: "360p", layout: "picture_in_picture", inputs });
  assert.equal(answer.status, 200);
  const mix = await untilSeen(media, ["100001", "100002"]);
  assert.ok(mix.inputs.every(({ audio }) => audio));
  // The guest is black, and white for a moment every two seconds.
  const [, guest] = placesOf("picture_in_picture", 2, SIZE);
  const top = { ...guest, height: guest.height / 4 };
  await using eye = watch(media, [{ x: 0, y: 0, width: 200, height: 200 }, top]);
  await waitFor("the guest's flash", () => eye.seen.some(({ words }) => /^red,2/.test(words)));
});

Deno.test("mixer: takes the place of a room's publisher, and gives it back", async () => {
  const [room, seat] = ["100001", "1000000001000010"];
  await using media = await MediaUnderTest.start();
  await using _red = camera(media, room, { colour: "red", hertz: 440 });
  await using _blue = camera(media, "100002", { colour: "blue", hertz: 660 });
  await waitFor("two cameras", () => live(media, room) && live(media, "100002"));
  const report = () => media.web.streams.find((one) => one.room === room)!;
  const { startedAtMs } = report();
  const inputs = [{ stream: seat, name: "Host" }, { stream: "100002", name: "Guest" }];
  const answer = await put(media, {
    ...{ size: "360p", layout: "side_by_side", inputs, publisher: seat },
  }, room);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  // The same viewers see the camera, the mix, and the camera again.
  await using viewer = watch(media, placesOf("side_by_side", 2, SIZE), `/live/${room}.flv`);
  await viewer.until("red,blue");
  assert.equal(report().protocol, "mix");
  assert.ok(live(media, seat), "the publisher stands apart");
  const removed = await fetch(media.url(`/mixes/${room}`), {
    method: "DELETE",
    headers: { authorization: AUTHORIZATION },
  });
  assert.equal(removed.status, 204);
  await waitFor("the publisher", () => report().protocol === "rtmp" && !live(media, seat));
  await viewer.until("red,red");
  assert.equal(report().startedAtMs, startedAtMs);
});

Deno.test("mixer: refuses with clear answers", async (t) => {
  await using media = await MediaUnderTest.start();
  const inputs = [{ stream: "100001", name: "A" }, { stream: "100002", name: "B" }];
  await t.step("without the secret of the cluster", async () => {
    const answer = await fetch(media.url(`/mixes/${MIX}`), {
      method: "PUT",
      body: JSON.stringify({ inputs }),
    });
    assert.equal(answer.status, 401);
    await answer.body?.cancel();
  });
  await t.step("what is no mix", async () => {
    for (const body of [null, {}, { inputs: [] }, { inputs, layout: "x" }]) {
      const answer = await put(media, body);
      assert.equal(answer.status, 400);
      assert.match(answer.body.detail, /^Cannot read a mix: /);
    }
  });
  await t.step("a secret of a track that does not exist", async () => {
    const answer = await fetch(media.url(`/mix-feed/${"0".repeat(32)}`));
    assert.equal(answer.status, 401);
    await answer.body?.cancel();
  });
  await t.step("a room that somebody publishes to", async () => {
    await using _red = camera(media, "100001", { colour: "red", hertz: 440 });
    await waitFor("the camera", () => live(media, "100001"));
    const answer = await put(media, { inputs: [{ stream: "100002" }] }, "100001");
    assert.equal(answer.status, 409);
    assert.equal(answer.body.code, "room_busy");
  });
});
