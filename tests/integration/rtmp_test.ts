import assert from "node:assert/strict";
import { connect } from "node:net";
import { generate } from "selfsigned";
import type { TracksItem } from "../../media/access_unit.ts";
import { feed } from "../support/rtmp_feeder.ts";
import { startTestServer, type TestServer, until } from "../support/rtmp_server.ts";

const FFMPEG = ["-hide_banner", "-loglevel", "error", "-nostdin"];
const PICTURE = ["-f", "lavfi", "-i", "testsrc2=size=192x108:rate=25"];
const SOUND = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"];

async function run(command: string, args: readonly string[]) {
  const { code, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** Encodes a clip; returns its path inside `folder`. */
async function encode(folder: string, name: string, args: readonly string[]): Promise<string> {
  const path = `${folder}/${name}`;
  const { code, stderr } = await run("ffmpeg", [...FFMPEG, ...args, "-y", path]);
  assert.equal(code, 0, stderr);
  return path;
}

/** A publisher that runs until it is disposed of. */
function publish(path: string, url: string, ...extra: readonly string[]) {
  const child = new Deno.Command("ffmpeg", {
    args: [...FFMPEG, "-re", "-stream_loop", "-1", "-i", path, "-c", "copy", ...extra].concat(
      "-f",
      "flv",
      url,
    ),
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const output = child.output();
  return {
    output,
    stop: (signal: Deno.Signal) => {
      child.kill(signal);
      return output;
    },
    async [Symbol.asyncDispose]() {
      try {
        child.kill("SIGKILL");
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
      }
      await output;
    },
  };
}

async function temporaryFolder() {
  const path = await Deno.makeTempDir();
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

const H264_AAC = [
  ...PICTURE,
  ...SOUND,
  "-t",
  "4",
  "-c:v",
  "libx264",
  "-preset",
  "veryfast",
  "-bf",
  "2",
  "-g",
  "25",
  "-pix_fmt",
  "yuv420p",
  "-c:a",
  "aac",
];

const live = (server: TestServer, room: string) =>
  until(() => server.registry.isLive(room), `room ${room} live`);
const closing = (server: TestServer) => server.lines.filter((line) => / event=closed /.test(line));

interface Packet {
  readonly codec_type: string;
  readonly dts_time: string;
  readonly pts_time: string;
}

Deno.test("ffmpeg publishes H.264 with B-frames and AAC; ffprobe and ffmpeg play", async () => {
  await using folder = await temporaryFolder();
  await using server = await startTestServer();
  const clip = await encode(folder.path, "a.flv", H264_AAC);
  await using publisher = publish(clip, server.publishUrl("100001"));
  await live(server, "100001");

  const probe = await run("ffprobe", [
    "-v",
    "error",
    "-of",
    "json",
    "-show_streams",
    "-show_packets",
    "-read_intervals",
    "%+2",
    server.playUrl("100001"),
  ]);
  assert.equal(probe.code, 0, probe.stderr);
  const { streams, packets } = JSON.parse(probe.stdout);
  const codecs = streams.map((stream: { codec_name: string }) => stream.codec_name).sort();
  assert.deepEqual(codecs, ["aac", "h264"]);
  for (const type of ["audio", "video"]) {
    const times = (packets as Packet[]).filter((packet) => packet.codec_type === type)
      .map((packet) => Number(packet.dts_time));
    assert.ok(times.length > 20, `${times.length} ${type} packets`);
    assert.ok(times.every((time, i) => i === 0 || time > times[i - 1]), `${type} dts goes up`);
  }
  assert.ok(
    (packets as Packet[]).some((packet) => packet.pts_time !== packet.dts_time),
    "B-frames kept their composition times",
  );

  // A player that is there when the stream is unpublished comes to its end by itself.
  const player = run(
    "ffmpeg",
    [...FFMPEG, "-i", server.playUrl("100001"), "-c", "copy"].concat(
      "-f",
      "null",
      "-",
    ),
  );
  await until(
    () => server.lines.length > 0 && server.registry.reports()[0]?.readers.rtmp === 1,
    "one player",
  );
  await publisher.stop("SIGINT");
  assert.equal((await player).code, 0);
  await until(() => closing(server).some((line) => / reason=stream_ended/.test(line)), "the end");
  assert.ok(closing(server).some((line) => / role=publisher reason=unpublished/.test(line)));
});

Deno.test("RTMP publishers are refused with words that say why", async () => {
  await using folder = await temporaryFolder();
  await using server = await startTestServer();
  const clip = await encode(folder.path, "a.flv", H264_AAC);
  const attempt = async (url: string, input = clip) => {
    await using publisher = publish(input, url);
    const { code, stderr } = await publisher.output;
    assert.notEqual(code, 0);
    return new TextDecoder().decode(stderr);
  };
  assert.match(await attempt(server.publishUrl("100001", "bad")), /the key is wrong/);
  assert.match(await attempt(server.publishUrl("200001")), /there is no room 200001/);
  assert.match(
    await attempt(server.publishUrl("100001").replace("/live/", "/vod/")),
    /Cannot open application vod/,
  );
  const sorenson = await encode(folder.path, "b.flv", [...PICTURE, "-t", "2", "-c:v", "flv1"]);
  assert.match(await attempt(server.publishUrl("100001"), sorenson), /Sorenson/i);
  const missing = await run("ffprobe", ["-v", "error", server.playUrl("100001")]);
  assert.notEqual(missing.code, 0);
  assert.match(missing.stderr, /it is not live/);
  await until(() => closing(server).length === 5, "five closing lines");
  const reasons = closing(server).map((line) => / reason=(\w+)/.exec(line)?.[1]).sort();
  assert.deepEqual(reasons, ["not_live", "refused", "refused", "refused", "unsupported_codec"]);
  assert.ok(server.lines.every((line) => !line.includes("key=")), "no key in the log");
});

Deno.test("The same key again takes over and players stay; a lost publisher may come back", async () => {
  await using folder = await temporaryFolder();
  await using server = await startTestServer();
  const clip = await encode(folder.path, "a.flv", H264_AAC);
  await using first = publish(clip, server.publishUrl("100001"));
  await live(server, "100001");
  const copy = `${folder.path}/copy.flv`;
  const player = run(
    "ffmpeg",
    [...FFMPEG, "-i", server.playUrl("100001"), "-c", "copy", "-y"]
      .concat(copy),
  );
  const players = () => server.registry.reports()[0]?.readers.rtmp ?? 0;
  await until(() => players() === 1, "a player");

  await using second = publish(clip, server.publishUrl("100001"));
  const { stderr } = await first.output;
  assert.match(new TextDecoder().decode(stderr), /Another encoder took over/);
  await until(() => server.registry.reports()[0]?.state === "live", "live again");
  assert.equal(players(), 1);

  await second.stop("SIGKILL");
  await until(() => server.registry.reports()[0]?.state === "waiting", "waiting");
  assert.ok(closing(server).some((line) => / reason=connection_lost/.test(line)));
  await using third = publish(clip, server.publishUrl("100001"));
  await until(() => server.registry.reports()[0]?.state === "live", "live again");
  assert.equal(players(), 1);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  await third.stop("SIGINT");
  assert.equal((await player).code, 0);
  const probe = await run("ffprobe", [
    "-v",
    "error",
    "-select_streams",
    "v",
    "-of",
    "csv=p=0",
    "-show_entries",
    "packet=dts_time",
    copy,
  ]);
  const times = probe.stdout.trim().split("\n").map(parseFloat);
  assert.ok(times.every((time, i) => i === 0 || time >= times[i - 1]), "time goes on");
});

const CLIPS: readonly (readonly [string, string, readonly string[]])[] = [
  ["h265", "opus", ["-c:v", "libx265", "-preset", "ultrafast", "-tag:v", "hvc1"]],
  ["av1", "opus", ["-c:v", "libaom-av1", "-cpu-used", "8", "-usage", "realtime"]],
  ["vp9", "aac", ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"]],
];
for (const [video, audio, args] of CLIPS) {
  Deno.test(`Enhanced RTMP carries ${video} and ${audio}`, async () => {
    await using folder = await temporaryFolder();
    await using server = await startTestServer();
    const clip = await encode(folder.path, "a.mp4", [
      ...PICTURE,
      ...SOUND,
      "-t",
      "1",
      ...args,
      "-x265-params",
      "log-level=none",
      "-g",
      "25",
      "-pix_fmt",
      "yuv420p",
      "-c:a",
      audio === "opus" ? "libopus" : "aac",
    ]);
    const feeding = feed({
      url: server.publishUrl("100001"),
      file: await Deno.readFile(clip),
      loops: 2,
    });
    await live(server, "100001");
    const reader = server.registry.read("100001", {
      protocol: "rtmp",
      remoteAddress: "127.0.0.1",
      onReadable: () => {},
    })!;
    await feeding;
    const items = reader.take();
    const tracks = items.findLast((item): item is TracksItem => item.kind === "tracks")!.tracks;
    assert.deepEqual([tracks.video?.codec, tracks.audio?.codec], [video, audio]);
    assert.deepEqual([tracks.video?.width, tracks.video?.height], [192, 108]);
    for (const kind of ["video", "audio"] as const) {
      const units = items.filter((item) => item.kind === kind);
      assert.ok(units.length > 20, `${units.length} ${kind} units`);
    }
    await until(() => closing(server).length === 1, "the end");
    assert.match(closing(server)[0], / reason=unpublished/);
  });
}

Deno.test("RTMPS takes publishers and players", async () => {
  await using folder = await temporaryFolder();
  const pems = await generate([{ name: "commonName", value: "localhost" }], { keyType: "ec" });
  await using server = await startTestServer({
    tls: { cert: pems.cert, key: pems.private },
    timeouts: { handshakeMs: 1500 },
  });
  const silent = Array.from({ length: 5 }, () => {
    const socket = connect({ host: "127.0.0.1", port: server.server.port });
    socket.on("error", () => {});
    socket.resume();
    return new Promise<void>((resolve) => socket.on("close", () => resolve()));
  });
  const clip = await encode(folder.path, "a.mp4", H264_AAC);
  const feeding = feed({ url: server.publishUrl("100001"), file: await Deno.readFile(clip) });
  await live(server, "100001");
  const probe = await run("ffprobe", [
    "-v",
    "error",
    "-of",
    "csv=p=0",
    "-show_entries",
    "stream=codec_name",
    server.playUrl("100001"),
  ]);
  assert.deepEqual(probe.stdout.trim().split("\n").sort(), ["aac", "h264"], probe.stderr);
  assert.equal(await feeding, undefined);
  await Promise.all(silent);
});

Deno.test("GStreamer rtmp2sink and librtmp publish", async () => {
  await using server = await startTestServer();
  const sinks: readonly (readonly string[])[] = [
    ["rtmp2sink", `location=${server.publishUrl("100001")}`],
    ["rtmpsink", `location=${server.publishUrl("100002")} live=1`],
  ];
  const available = (await run("gst-inspect-1.0", ["--exists", "rtmp2sink"]).catch(() => null))
    ?.code === 0;
  if (!available) return;
  await Promise.all(sinks.map(async (sink, i) => {
    const pipeline = run("gst-launch-1.0", [
      "-q",
      ..."videotestsrc num-buffers=60 is-live=true ! video/x-raw,width=160,height=90,framerate=15/1"
        .split(" "),
      ..."! x264enc key-int-max=15 bframes=0 ! flvmux streamable=true !".split(" "),
      ...sink,
    ]);
    await live(server, `10000${i + 1}`);
    const { code, stderr } = await pipeline;
    assert.equal(code, 0, stderr);
  }));
  await until(() => closing(server).length === 2, "both ends");
  for (const line of closing(server)) assert.match(line, / reason=unpublished/);
});
