/** Other publishers and players than ffmpeg, and publishers that misbehave while people watch. */
import assert from "node:assert/strict";
import { encodeAmf0 } from "../../media/container/amf0.ts";
import { probe, record, runFfmpeg } from "../support/ffmpeg.ts";
import {
  checkDiscontinuities,
  FlvWatcher,
  mediaPlaylist,
  messagesOf,
  Sender,
} from "../support/flv_sender.ts";
import { TestPlatform } from "../support/platform.ts";
import { waitFor } from "../support/wait.ts";

async function isInstalled(command: string, ...args: string[]): Promise<boolean> {
  try {
    await new Deno.Command(command, { args, stdout: "null", stderr: "null" }).output();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** A program that runs until it is told to stop. */
class Running {
  readonly process: Deno.ChildProcess;
  readonly #stderr: Promise<string>;

  constructor(command: string, args: readonly string[]) {
    this.process = new Deno.Command(command, {
      args: [...args],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    this.#stderr = new Response(this.process.stderr).text();
  }

  /** Asks for an orderly end; gives the exit code and what was said. */
  async stop(): Promise<{ code: number; stderr: string }> {
    try {
      this.process.kill("SIGINT");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it has ended already
    }
    const { code } = await this.process.status;
    return { code, stderr: await this.#stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.process.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it has ended already
    }
    await Promise.all([this.process.status, this.#stderr]);
  }
}

Deno.test({
  name: "GStreamer publishes by rtmp2sink and by librtmp",
  ignore: !(await isInstalled("gst-launch-1.0", "--version")),
  fn: async () => {
    const folder = await Deno.makeTempDir({ prefix: "wanren-e2e-" });
    await using platform = await TestPlatform.start();
    await Promise.all((["rtmp2sink", "rtmpsink"] as const).map(async (sink) => {
      const room = await platform.room(sink);
      const live = sink === "rtmpsink" ? " live=1" : "";
      await using pipeline = new Running("gst-launch-1.0", [
        ..."-e -q videotestsrc is-live=true".split(" "),
        ..."! video/x-raw,width=320,height=180,framerate=15/1".split(" "),
        ..."! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=30".split(" "),
        ..."! flvmux name=mux streamable=true !".split(" "),
        sink,
        `location=${room.publishUrl}${live}`,
        ..."audiotestsrc is-live=true ! voaacenc ! aacparse ! mux.".split(" "),
      ]);
      await platform.waitLive(room);
      const base = `${platform.url}/live/${room.id}`;
      await mediaPlaylist(`${base}/main.m3u8`);
      for (const url of [`${base}.flv`, `${base}/index.m3u8`]) {
        const file = `${folder}/${sink}.mkv`;
        await record(url, file, 2);
        const codecs = (await probe(file)).map((stream) => stream.codec_name).sort();
        assert.deepEqual(codecs, ["aac", "h264"], `${sink}: ${url}`);
        await runFfmpeg(["-v", "warning", "-xerror", "-i", file, "-f", "null", "-"]);
      }
      const { code, stderr } = await pipeline.stop();
      assert.equal(code, 0, stderr);
      // An orderly end needs no time of grace.
      await platform.waitLive(room, false);
    }));
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test("an encoder that behaves like OBS goes live before its metadata, which then arrives", async () => {
  const folder = await Deno.makeTempDir({ prefix: "wanren-e2e-" });
  const messages = await messagesOf(folder, "320x180");
  await using platform = await TestPlatform.start();
  const room = await platform.room("OBS");
  // The stream key carries its query; releaseStream and FCPublish come before createStream.
  await using sender = await Sender.start(room.publishUrl, messages);
  await platform.waitLive(room);
  await using watcher = new FlvWatcher(`${platform.url}/live/${room.id}.flv`);
  const encoderOf = async () => {
    const { body } = await platform.api<{ stream: { encoder: string | null } | null }>(
      `/api/rooms/${room.id}/stream`,
      { token: room.token },
    );
    return body.stream?.encoder;
  };
  assert.match(await encoderOf() ?? "", /^FMLE\/3\.0/);
  await waitFor("two seconds without metadata", () => sender.sentMs > 2_000);
  await waitFor("frames", () => watcher.frames > 10);
  assert.equal(watcher.metadata, 0);
  sender.client.write({
    type: 18,
    timestampMs: 0,
    data: encodeAmf0(["@setDataFrame", "onMetaData", {
      width: 320,
      height: 180,
      videocodecid: 7,
      audiocodecid: 10,
      framerate: 30,
      encoder: "obs-output module (libobs version 30.2.3)",
    }]),
  });
  await waitFor("the encoder's name", async () => (await encoderOf())?.startsWith("obs-output"));
  await waitFor("metadata at the viewer", () => watcher.metadata > 0);
  const before = watcher.frames;
  await waitFor("more frames", () => watcher.frames > before + 30);
  assert.deepEqual(watcher.faults, []);
  await checkDiscontinuities(`${platform.url}/live/${room.id}/main.m3u8`, 0);
  await Deno.remove(folder, { recursive: true });
});

Deno.test({
  name: "rtmpdump plays",
  ignore: !(await isInstalled("rtmpdump", "--help")),
  fn: async () => {
    const folder = await Deno.makeTempDir({ prefix: "wanren-e2e-" });
    const messages = await messagesOf(folder, "320x180");
    await using platform = await TestPlatform.start();
    const room = await platform.room("rtmpdump");
    await using _sender = await Sender.start(room.publishUrl, messages);
    await platform.waitLive(room);
    const file = `${folder}/dump.flv`;
    await using dump = new Running("rtmpdump", [
      ...["--live", "--flv", file],
      ...["--rtmp", `rtmp://127.0.0.1:${platform.rtmpPort}/live/${room.id}`],
    ]);
    await waitFor("some seconds of the stream", async () => {
      return (await Deno.stat(file)).size > 4 * 300_000 / 8;
    });
    const { stderr } = await dump.stop();
    const streams = await probe(file, { countPackets: true });
    const codecs = streams.map((stream) => stream.codec_name).sort();
    assert.deepEqual(codecs, ["aac", "h264"], stderr);
    for (const { codec_name, nb_read_packets } of streams) {
      assert.ok(Number(nb_read_packets) > 60, `${codec_name}: ${nb_read_packets}`);
    }
    await runFfmpeg(["-v", "warning", "-xerror", "-i", file, "-f", "null", "-"]);
    await Deno.remove(folder, { recursive: true });
  },
});

interface Jump {
  /** Time stamp of the first message. */
  readonly before: number;
  /** Time stamp by the time since the jump; null: the clock goes on. */
  readonly after: ((ms: number) => number) | null;
  /** Discontinuities of the playlists. */
  readonly breaks: number;
}

const JUMPS: Readonly<Record<string, Jump>> = {
  "back to 0": { before: 50_000, after: (ms) => ms, breaks: 1 },
  "one hour forward": { before: 0, after: (ms) => ms + 3_600_000, breaks: 1 },
  "over the end of 32 bits": { before: 2 ** 32 - 5_000, after: null, breaks: 0 },
};

Deno.test("viewers go on with rising time stamps when the publisher's clock jumps or wraps", async () => {
  const folder = await Deno.makeTempDir({ prefix: "wanren-e2e-" });
  const messages = await messagesOf(folder, "320x180");
  await using platform = await TestPlatform.start();
  await Promise.all(
    Object.entries(JUMPS).map(async ([name, { before, after, breaks }]) => {
      const room = await platform.room(name);
      const base = `${platform.url}/live/${room.id}`;
      await using sender = await Sender.start(room.publishUrl, messages, (ms) => before + ms);
      await platform.waitLive(room);
      await using watcher = new FlvWatcher(`${base}.flv`);
      await waitFor(`frames before ${name}`, () => watcher.frames > 30 && sender.sentMs > 4_500);
      const at = sender.sentMs;
      if (after !== null) sender.clock = (ms) => after(ms - at);
      const { video, audio } = watcher.last;
      await waitFor(
        `frames after ${name}`,
        () =>
          sender.sentMs > at + 5_000 && watcher.last.video > video + 3 * 90_000 &&
          watcher.last.audio > audio + 3 * 90_000,
        { deadlineMs: 30_000 },
      );
      assert.deepEqual(watcher.faults, [], name);
      await checkDiscontinuities(`${base}/main.m3u8`, breaks);
      await checkDiscontinuities(`${base}/ts/main.m3u8`, breaks);
      // The line of the stream knows no jump: it is as long as the time that was sent.
      const ahead = watcher.last.video / 90 - sender.sentMs;
      assert.ok(Math.abs(ahead) < 3_000, `${name}: the line is ${ahead} ms ahead`);
      const file = `${folder}/${room.id}.mkv`;
      await record(`${base}/index.m3u8`, file, 4);
      const frames = Number((await probe(file, { countPackets: true }))[0]!.nb_read_packets);
      assert.ok(frames > 90, `${name}: ${frames} frames`);
    }),
  );
  await Deno.remove(folder, { recursive: true });
});
