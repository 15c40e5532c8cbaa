/**
 * The mixer with real ffmpeg: what is seen and heard where, what an input that leaves and comes does to
 * those who watch, and what is refused.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { StreamItem } from "../../media/access_unit.ts";
import { FlvDemuxer, FlvTagParser } from "../../media/container/flv/mod.ts";
import { placesOf } from "../../media/mix/layout.ts";
import { Publisher } from "../support/ffmpeg.ts";
import { AUTHORIZATION, HEADERS, KEY, MediaUnderTest, SECRET } from "../support/media_role.ts";
import { processTable } from "../support/processes.ts";
import { waitFor } from "../support/wait.ts";
import { encodeForWebRtc, WhipFeeder } from "../support/whip_feeder.ts";

const MIX = "100009";
/** A picture that does not come within this time does not come. */
const PICTURE_MS = 20_000;
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

function put(media: MediaUnderTest, body: unknown, room = MIX): Promise<Response> {
  return fetch(media.url(`/mixes/${room}`), {
    method: "PUT",
    headers: { authorization: AUTHORIZATION, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
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
  const response = await media.get(`/live/${MIX}.flv`, { signal });
  assert.equal(response.status, 200);
  const parser = new FlvTagParser();
  const demuxer = new FlvDemuxer();
  const items: { item: StreamItem; atMs: number }[] = [];
  try {
    for await (const chunk of response.body!) {
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

/** The colour in the middle of each place of the newest picture of an address, as r, g, b. */
async function colours(
  media: MediaUnderTest,
  places: ReturnType<typeof placesOf>,
  path = `/live/${MIX}.flv`,
): Promise<number[][]> {
  const child = new Deno.Command("ffmpeg", {
    args: [
      ...["-hide_banner", "-nostdin", "-loglevel", "error", "-rw_timeout", "15000000"],
      ...[...HEADERS, "-i", media.url(path)],
      // The group of pictures that a reader begins with may be older than what is looked for.
      ...["-ss", "2.5", "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  // It hears nothing less while it waits for a stream that stands still.
  const timer = setTimeout(() => child.kill("SIGKILL"), PICTURE_MS);
  const { success, stdout, stderr } = await child.output();
  clearTimeout(timer);
  assert.ok(success, new TextDecoder().decode(stderr));
  return places.map(({ x, y, width, height }) => {
    // Beside the middle: the name stands there.
    const at = 3 * ((y + Math.floor(height * 0.8)) * SIZE.width + x + Math.floor(width * 0.8));
    return [...stdout.subarray(at, at + 3)];
  });
}

/** On a machine that is busy an input may be a card for a moment. */
async function untilColours(
  media: MediaUnderTest,
  places: ReturnType<typeof placesOf>,
  expected: readonly string[],
): Promise<void> {
  let seen: string[] = [];
  for (let tries = 0; tries < 3 && seen.join() !== expected.join(); tries++) {
    seen = (await colours(media, places)).map(nameOf);
  }
  assert.deepEqual(seen, expected);
}

function nameOf([red, green, blue]: readonly number[]): string {
  if (red > 150 && green < 90 && blue < 90) return "red";
  if (blue > 150 && red < 90 && green < 90) return "blue";
  if (green > 90 && red < 90 && blue < 90) return "green";
  return Math.max(red, green, blue) < 90 ? "card" : `${red},${green},${blue}`;
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
  const blue = camera(media, "100002", { colour: "blue", hertz: 660 });
  await using _blue = blue;
  await waitFor("two cameras", () => live(media, "100001") && live(media, "100002"));
  const inputs = [
    { stream: "100001", name: "Ann" },
    { stream: "100002", name: "Bea %{pts}: 'x', [y];\\" },
    { stream: "100003", name: "小明" },
  ];
  const places = placesOf("grid", 3, SIZE);
  await t.step("two streams and the card of a third become a stream like any other", async () => {
    const answer = await put(media, { size: "360p", inputs });
    assert.equal(answer.status, 200, await answer.clone().text());
    await untilSeen(media, ["100001", "100002"]);
    await waitFor("the mix to be live", () => live(media, MIX));
    await untilColours(media, places, ["red", "blue", "card"]);
    const report = media.web.streams.find(({ room }) => room === MIX)!;
    assert.deepEqual(
      [report.protocol, report.video?.codec, report.audio?.codec, report.video?.width],
      ["mix", "h264", "aac", 640],
    );
    const hls = await colours(media, places, `/live/${MIX}/index.m3u8`);
    assert.deepEqual(hls.map(nameOf), ["red", "blue", "card"]);
  });
  await t.step("an input that leaves becomes a card, one that comes is seen", async () => {
    const reading = new AbortController();
    using stack = new DisposableStack();
    stack.defer(() => reading.abort());
    const items = readItems(media, reading.signal);
    await new Promise((resolve) => setTimeout(resolve, 2500));
    const { runs } = await inspect(media);
    await blue.stop("SIGKILL");
    await untilSeen(media, ["100001"]);
    await untilColours(media, places, ["red", "card", "card"]);
    assert.equal((await inspect(media)).runs, runs, "ffmpeg went on");
    await using _green = camera(media, "100003", { colour: "green", hertz: 880 });
    await untilSeen(media, ["100001", "100003"]);
    await untilColours(media, places, ["red", "card", "green"]);
    const sides = placesOf("side_by_side", 2, SIZE);
    const answer = await put(media, {
      size: "360p",
      layout: "side_by_side",
      inputs: [inputs[2], inputs[0]],
    });
    assert.equal(answer.status, 200);
    await untilSeen(media, ["100003", "100001"]);
    await untilColours(media, sides, ["green", "red"]);
    reading.abort();
    const all = await items;
    const tracks = all.filter(({ item }) => item.kind === "tracks");
    assert.ok(tracks.length <= 2, "decoders go on");
    const gaps = longestGaps(all);
    assert.ok(gaps.mediaMs < 1000, `${gaps.mediaMs} ms without a picture on the time line`);
    assert.ok(gaps.wallMs < 2500, `${gaps.wallMs} ms without a picture`);
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
  const messages = await encodeForWebRtc({ seconds: 6, video: "vp8", audio: "opus" });
  await using media = await MediaUnderTest.start();
  media.web.rooms.add("100002");
  await using _red = camera(media, "100001", { colour: "red", hertz: 440 });
  await using _guest = await WhipFeeder.start({
    origin: media.url(""),
    secret: SECRET,
    room: "100002",
    key: KEY,
    seconds: 6,
    messages,
  });
  await waitFor("both", () => live(media, "100001") && live(media, "100002"));
  const inputs = [{ stream: "100001", name: "Host" }, { stream: "100002", name: "Guest" }];
  const answer = await put(media, { size: "360p", layout: "picture_in_picture", inputs });
  assert.equal(answer.status, 200);
  const mix = await untilSeen(media, ["100001", "100002"]);
  assert.ok(mix.inputs.every(({ audio }) => audio));
  const [host] = await colours(
    media,
    placesOf("picture_in_picture", 2, SIZE).slice(0, 1).map(
      // The guest stands in the lower right corner.
      (place) => ({ ...place, width: 200, height: 200 }),
    ),
  );
  assert.equal(nameOf(host), "red");
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
      assert.match((await answer.json()).detail, /^Cannot read a mix: /);
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
    assert.equal((await answer.json()).code, "room_busy");
  });
});
