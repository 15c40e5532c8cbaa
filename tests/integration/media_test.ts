/**
 * The role `media` as a whole: ffmpeg publishes over RTMP, readers take FLV and HLS from the
 * origin. `web` is a small server that answers the internal calls as documented.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { ensureSelfSigned } from "../../platform/certificate.ts";
import { readConfig } from "../../platform/config.ts";
import { createLogger } from "../../platform/log.ts";
import { Metrics } from "../../platform/metrics.ts";
import { type FlvTag, FlvTagParser } from "../../media/container/flv/mod.ts";
import { start } from "../../media/mod.ts";
import type { StreamReport } from "../../media/stream/report.ts";
import { avOffsetsMs, makeSource, probe, Publisher, runFfmpeg } from "../support/ffmpeg.ts";
import { freePort } from "../support/platform.ts";
import { isAlive, processTable } from "../support/processes.ts";
import { pause, waitFor } from "../support/wait.ts";

const SECRET = "secret-of-the-test";
const ROOM = "100001";
const KEY = "right-key";
const AUTHORIZATION = `Bearer ${SECRET}`;
/** For ffmpeg and ffprobe. */
const HEADERS = ["-headers", `Authorization: ${AUTHORIZATION}\r\n`];

/** `web` as far as `media` knows it; can be taken away and brought back on the same port. */
class InternalWeb implements AsyncDisposable {
  readonly port = freePort();
  /** The last snapshot. */
  streams: readonly StreamReport[] = [];
  reportsReceived = 0;
  capabilities: unknown = null;
  /** Whether the demo channel is wanted. */
  demo = false;
  #server: Server | null = null;

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      this.#answer(request).then(({ status, body }) => {
        response.writeHead(status, { "content-type": "application/json" });
        response.end(body === undefined ? undefined : JSON.stringify(body));
      }).catch((error) => {
        // A role that stops takes back what it is just asking.
        if (!request.destroyed) throw error;
      });
    });
    await new Promise<void>((resolve) => server.listen(this.port, "127.0.0.1", resolve));
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  async #answer(request: IncomingMessage): Promise<{ status: number; body?: unknown }> {
    let text = "";
    for await (const chunk of request) text += chunk;
    if (request.headers.authorization !== AUTHORIZATION) return { status: 401 };
    const body = JSON.parse(text);
    switch (`${request.method} ${request.url}`) {
      case "POST /internal/publish":
        if (body.room !== ROOM) return { status: 404, body: { status: 404 } };
        return body.key === KEY
          ? { status: 200, body: { room: ROOM } }
          : { status: 403, body: { status: 403, reason: "wrong_key" } };
      case "PUT /internal/streams":
        this.streams = body.streams;
        this.capabilities = body.capabilities;
        this.reportsReceived++;
        return { status: 200, body: { demo: this.demo } };
      case "POST /internal/demo":
        return this.demo ? { status: 200, body: { room: ROOM, key: KEY } } : { status: 404 };
      default:
        return { status: 404 };
    }
  }

  async [Symbol.asyncDispose]() {
    await this.stop();
  }
}

/** A running role with its `web`. */
class MediaUnderTest implements AsyncDisposable {
  readonly web = new InternalWeb();
  readonly log: string[] = [];
  readonly rtmpPort = freePort();
  readonly httpPort = freePort();
  readonly #folder: string;
  #role: { stop(): Promise<void> } | null = null;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async start(env: Record<string, string> = {}): Promise<MediaUnderTest> {
    const media = new MediaUnderTest(await Deno.makeTempDir());
    await media.web.start();
    const config = readConfig({
      HOST: "127.0.0.1",
      RTMP_PORT: String(media.rtmpPort),
      MEDIA_PORT: String(media.httpPort),
      WEB_PORT: String(media.web.port),
      DATA_DIR: media.#folder,
      ...env,
    });
    media.#role = await start({
      role: "media",
      config,
      clusterSecret: SECRET,
      log: createLogger({ level: "debug", write: (line) => media.log.push(line) }),
      metrics: new Metrics("media"),
      loopLag: { lagMs: 0 },
    });
    return media;
  }

  /** A file in a folder that goes with the test. */
  path(name: string): string {
    return `${this.#folder}/${name}`;
  }

  publishUrl(options: { readonly key?: string; readonly port?: number } = {}): string {
    const { key = KEY, port = this.rtmpPort } = options;
    return `rtmp://127.0.0.1:${port}/live/${ROOM}?key=${key}`;
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.httpPort}${path}`;
  }

  get(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(this.url(path), { ...init, headers: { authorization: AUTHORIZATION } });
  }

  async untilLive(): Promise<void> {
    await waitFor("the live stream", () => this.web.streams[0]?.state === "live");
  }

  async stop(): Promise<void> {
    const role = this.#role;
    this.#role = null;
    await role?.stop();
  }

  async [Symbol.asyncDispose]() {
    await this.stop();
    await this.web.stop();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

/** Reads FLV until it is disposed, remembering the tags without their data. */
class FlvViewer implements AsyncDisposable {
  readonly tags: Pick<FlvTag, "type" | "timestampMs">[] = [];
  /** How the body came to its end; null while it goes on. */
  outcome: "ended" | "broken" | null = null;
  readonly #leave = new AbortController();
  readonly #done: Promise<void>;

  constructor(media: MediaUnderTest) {
    this.#done = this.#read(media);
  }

  get lastMs(): number {
    return this.tags.at(-1)?.timestampMs ?? -1;
  }

  async #read(media: MediaUnderTest): Promise<void> {
    const parser = new FlvTagParser();
    try {
      const response = await media.get(`/live/${ROOM}.flv`, { signal: this.#leave.signal });
      assert.equal(response.status, 200);
      for await (const chunk of response.body!) {
        for (const { type, timestampMs } of parser.push(chunk)) {
          this.tags.push({ type, timestampMs });
        }
      }
      this.outcome = "ended";
    } catch {
      this.outcome = "broken";
    }
  }

  /** Each track's time stamps never go back. */
  assertMonotonous(): void {
    const last = new Map<number, number>();
    for (const { type, timestampMs } of this.tags) {
      assert.ok(timestampMs >= (last.get(type) ?? 0), `type ${type} goes back at ${timestampMs}`);
      last.set(type, timestampMs);
    }
  }

  async [Symbol.asyncDispose]() {
    this.#leave.abort();
    await this.#done;
  }
}

/** A TCP relay whose connections can be cut. */
class CuttableRelay implements Disposable {
  readonly port: number;
  readonly #listener: Deno.TcpListener;
  readonly #target: number;
  readonly #open = new Set<Deno.TcpConn>();
  #refusing = false;

  constructor(target: number) {
    this.#target = target;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = this.#listener.addr.port;
    void this.#accept();
  }

  /** Breaks every connection; new ones are broken as well until `restore`. */
  cut(): void {
    this.#refusing = true;
    for (const connection of this.#open) close(connection);
    this.#open.clear();
  }

  restore(): void {
    this.#refusing = false;
  }

  async #accept(): Promise<void> {
    for await (const inner of this.#listener) {
      if (this.#refusing) {
        close(inner);
        continue;
      }
      const outer = await Deno.connect({ hostname: "127.0.0.1", port: this.#target });
      for (const connection of [inner, outer]) this.#open.add(connection);
      const pipe = (from: Deno.TcpConn, to: Deno.TcpConn) =>
        from.readable.pipeTo(to.writable).catch(() => {});
      void pipe(inner, outer);
      void pipe(outer, inner);
    }
  }

  [Symbol.dispose]() {
    this.cut();
    this.#listener.close();
  }
}

function close(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch (error) {
    // The streams of a connection that ended have closed it already.
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

async function stillOf(media: MediaUnderTest) {
  const response = await media.get(`/live/${ROOM}/still.jpg`);
  return {
    status: response.status,
    headers: response.headers,
    body: new Uint8Array(await response.arrayBuffer()),
  };
}

Deno.test("media: what ffmpeg publishes is read as FLV, LL-HLS and HLS from the origin", async (t) => {
  await using media = await MediaUnderTest.start();
  await makeSource(media.path("source.flv"), { seconds: 20, bFrames: 2 });
  await using _publisher = Publisher.file(media.path("source.flv"), media.publishUrl());
  await media.untilLive();

  const outputs = [`/live/${ROOM}.flv`, `/live/${ROOM}/index.m3u8`, `/live/${ROOM}/ts/index.m3u8`];
  for (const path of outputs) {
    await t.step(path, async () => {
      const file = media.path(path.endsWith(".flv") ? "out.flv" : "out.mkv");
      await waitFor(`${path} to answer`, async () => {
        const response = await media.get(path, { method: "HEAD" });
        return response.status === 200;
      });
      await runFfmpeg([...HEADERS, "-i", media.url(path), "-t", "6", "-c", "copy", "-y", file]);
      const streams = await probe(file);
      const video = streams.find((stream) => stream.codec_type === "video");
      const audio = streams.find((stream) => stream.codec_type === "audio");
      assert.equal(video?.codec_name, "h264");
      assert.deepEqual([video?.width, video?.height], [320, 180]);
      assert.equal(audio?.codec_name, "aac");
      assert.equal(audio?.sample_rate, "44100");
      const offsets = await avOffsetsMs(file);
      assert.ok(offsets.length > 0);
      for (const offset of offsets) assert.ok(Math.abs(offset) <= 50, `offset ${offset} ms`);
    });
  }

  await t.step("the report says what it is", async () => {
    const report = await waitFor("a full report", () => {
      const found = media.web.streams[0];
      return found?.video?.keyFrameIntervalMs && found.video.fps > 0 ? found : null;
    });
    assert.equal(report.room, ROOM);
    assert.equal(report.protocol, "rtmp");
    assert.equal(report.video?.codec, "h264");
    assert.equal(report.video?.bFrames, true);
    assert.equal(report.video?.keyFrameIntervalMs, 2000);
    // The picture after two B-frames is decoded three or four frames before it is shown.
    const delayMs = report.video!.bFrameDelayMs;
    assert.ok(delayMs >= 100 && delayMs <= 134, `${delayMs} ms`);
    assert.equal(report.droppedFrames, 0);
    assert.ok(report.uploadLagMs >= 0 && report.uploadLagMs < 1000);
    assert.equal(report.audio?.sampleRate, 44_100);
    assert.deepEqual(report.outputs, { llhls: true, hls: true });
  });
});

Deno.test("media: audio alone and video alone are delivered", async (t) => {
  for (const kind of ["audio", "video"] as const) {
    await t.step(kind, async () => {
      await using media = await MediaUnderTest.start();
      const path = media.path("source.flv");
      await makeSource(path, { seconds: 10, video: kind === "video", audio: kind === "audio" });
      await using _publisher = Publisher.file(path, media.publishUrl());
      await media.untilLive();
      const out = media.path("out.flv");
      const input = media.url(`/live/${ROOM}.flv`);
      await runFfmpeg([...HEADERS, "-i", input, "-t", "3", "-c", "copy", "-y", out]);
      assert.deepEqual((await probe(out)).map((stream) => stream.codec_type), [kind]);
      const playlist = media.url(`/live/${ROOM}/index.m3u8`);
      const streams = await waitFor("LL-HLS", () => probe(playlist, { args: HEADERS }));
      assert.deepEqual(streams.map((stream) => stream.codec_type), [kind]);
    });
  }
});

Deno.test("media: a wrong key and an unknown room are refused", async () => {
  await using media = await MediaUnderTest.start();
  await makeSource(media.path("source.flv"), { seconds: 2 });
  const attempts = [
    media.publishUrl({ key: "wrong" }),
    media.publishUrl().replace(ROOM, "100002"),
  ];
  for (const url of attempts) {
    await using publisher = Publisher.file(media.path("source.flv"), url);
    const { success } = await publisher.process.status;
    assert.equal(success, false);
  }
  const metrics = await (await media.get("/metrics")).text();
  assert.match(metrics, /wanren_media_publishes_total\{result="wrong_key",.*\} 1/);
  assert.match(metrics, /wanren_media_publishes_total\{result="unknown_room",.*\} 1/);
  assert.equal(media.log.some((line) => line.includes(KEY) || line.includes("key=wrong")), false);
});

Deno.test("media: the same key again takes over and viewers stay", async () => {
  await using media = await MediaUnderTest.start();
  await makeSource(media.path("source.flv"), { seconds: 20 });
  await using first = Publisher.file(media.path("source.flv"), media.publishUrl());
  await media.untilLive();
  await using viewer = new FlvViewer(media);
  await waitFor("the picture", () => viewer.lastMs > 1500);
  await using _second = Publisher.file(media.path("source.flv"), media.publishUrl());
  await first.process.status;
  const atTakeOver = viewer.lastMs;
  await waitFor("the picture of the second publisher", () => viewer.lastMs > atTakeOver + 2000);
  assert.equal(viewer.outcome, null);
  viewer.assertMonotonous();
  const report = await waitFor(
    "the report",
    () => media.web.streams.find(({ reconnects }) => reconnects === 1),
  );
  assert.equal(report.state, "live");
});

Deno.test("media: a publisher that comes back after three seconds goes on, web being away", async () => {
  await using media = await MediaUnderTest.start();
  await makeSource(media.path("source.flv"), { seconds: 30 });
  using relay = new CuttableRelay(media.rtmpPort);
  const url = media.publishUrl({ port: relay.port });
  await using _publisher = Publisher.reconnecting(media.path("source.flv"), url);
  await media.untilLive();
  await using viewer = new FlvViewer(media);
  await waitFor("the picture", () => viewer.lastMs > 1000);
  relay.cut();
  await waitFor("the waiting stream", () => media.web.streams[0]?.state === "waiting");
  await media.web.stop();
  await pause(3000);
  const beforeMs = viewer.lastMs;
  relay.restore();
  await waitFor("the picture again", () => viewer.lastMs > beforeMs + 3000);
  assert.equal(viewer.outcome, null);
  viewer.assertMonotonous();
  const times = viewer.tags.map((tag) => tag.timestampMs);
  const longest = Math.max(...times.slice(1).map((time, at) => time - times[at]!));
  assert.ok(longest >= 3000, "time goes on by the wall while nobody publishes");
  await media.web.start();
  await media.untilLive();
  assert.ok(media.log.some((line) => line.includes("publisher_accepted_from_memory")));
});

Deno.test("media: unpublishing ends FLV cleanly, stopping breaks it off", async () => {
  await using media = await MediaUnderTest.start();
  await makeSource(media.path("source.flv"), { seconds: 20 });
  const publish = () => Publisher.file(media.path("source.flv"), media.publishUrl());
  await using first = publish();
  await media.untilLive();
  await using ending = new FlvViewer(media);
  await waitFor("the picture", () => ending.lastMs > 500);
  await first.stop();
  await waitFor("the end", () => ending.outcome);
  assert.equal(ending.outcome, "ended");
  await waitFor("the report of the end", () => media.web.streams.length === 0);

  await using _second = publish();
  await media.untilLive();
  await using breaking = new FlvViewer(media);
  await waitFor("the picture", () => breaking.lastMs > 500);
  await media.stop();
  await waitFor("the end", () => breaking.outcome);
  assert.equal(breaking.outcome, "broken");
});

Deno.test("media: a still of what is published is made when it is asked for", async () => {
  await using media = await MediaUnderTest.start();
  assert.equal((await stillOf(media)).status, 404);
  await makeSource(media.path("source.flv"), { seconds: 20, size: "1280x720", bFrames: 2 });
  await using _publisher = Publisher.file(media.path("source.flv"), media.publishUrl());
  await media.untilLive();
  const stills = await Promise.all([stillOf(media), stillOf(media), stillOf(media)]);
  const [{ status, headers, body }] = stills;
  assert.equal(status, 200);
  assert.equal(headers.get("content-type"), "image/jpeg");
  assert.match(headers.get("cache-control")!, /public, max-age=10, stale-while-revalidate=20/);
  const shownAtMs = Date.parse(headers.get("last-modified")!);
  assert.ok(Math.abs(shownAtMs - Date.now()) < 15_000, headers.get("last-modified")!);
  for (const other of stills) assert.equal(other.headers.get("etag"), headers.get("etag"));
  await Deno.writeFile(media.path("still.jpg"), body);
  const [picture] = await probe(media.path("still.jpg"));
  assert.deepEqual([picture.codec_name, picture.width, picture.height], ["mjpeg", 640, 360]);
  const metrics = await (await media.get("/metrics")).text();
  assert.match(metrics, /wanren_media_stills_total\{result="made",.*\} 1\n/);
});

Deno.test("media: frames that an encoder leaves out stand in the report", async () => {
  await using media = await MediaUnderTest.start();
  const whole = media.path("whole.flv");
  const source = media.path("source.flv");
  await makeSource(whole, { seconds: 20, audio: false });
  // Nothing between 4.5 s and the key frame at 6 s, as a congested OBS sends it.
  const gap = "noise=drop='gte(pts*tb,4.5)*lt(pts*tb,6)'";
  await runFfmpeg(["-i", whole, "-c", "copy", "-bsf:v", gap, "-y", source]);
  await using _publisher = Publisher.file(source, media.publishUrl());
  await media.untilLive();
  const report = await waitFor("the gap", () => media.web.streams.find((s) => s.droppedFrames > 0));
  // Whether a frame at the edge is left out hangs on its milliseconds.
  assert.ok(Math.abs(report.droppedFrames - 45) <= 1, String(report.droppedFrames));
  assert.equal(report.droppedFramesRecently, report.droppedFrames);
});

Deno.test("media: web ends a stream; viewers see the end, the encoder is told why", async () => {
  await using media = await MediaUnderTest.start();
  await makeSource(media.path("source.flv"), { seconds: 20 });
  await using publisher = Publisher.file(media.path("source.flv"), media.publishUrl());
  await media.untilLive();
  await using viewer = new FlvViewer(media);
  await waitFor("the picture", () => viewer.lastMs > 500);
  const answer = await fetch(media.url(`/streams/${ROOM}/close`), {
    method: "POST",
    headers: { authorization: AUTHORIZATION, "content-type": "application/json" },
    body: JSON.stringify({ reason: "ended" }),
  });
  assert.equal(answer.status, 204);
  assert.equal((await publisher.process.status).success, false);
  assert.match(await publisher.stop(), /The broadcaster ended the stream/);
  await waitFor("the end", () => viewer.outcome);
  assert.equal(viewer.outcome, "ended");
  const gone = await media.get(`/live/${ROOM}.flv`);
  assert.equal(gone.status, 404);
  assert.equal((await gone.json()).title, "Not found");
});

Deno.test("media: the demo publishes picture and sound by itself, again when ffmpeg dies", async () => {
  await using media = await MediaUnderTest.start();
  await waitFor("the first report", () => media.web.reportsReceived > 0);
  assert.deepEqual(media.web.capabilities, { ffmpeg: true });
  assert.equal(media.web.streams.length, 0);
  media.web.demo = true;
  await media.untilLive();
  const streams = await probe(media.url(`/live/${ROOM}.flv`), { args: HEADERS });
  const video = streams.find((stream) => stream.codec_type === "video");
  assert.deepEqual([video?.codec_name, video?.width, video?.height], ["h264", 1280, 720]);
  assert.equal(streams.find((stream) => stream.codec_type === "audio")?.codec_name, "aac");

  const find = async () =>
    (await processTable()).find((row) =>
      row.state !== "Z" && row.command.split(" ")[0]!.endsWith("ffmpeg") &&
      row.command.includes(`:${media.rtmpPort}/`)
    );
  const first = await waitFor("the demo's ffmpeg", find);
  Deno.kill(first.pid, "SIGKILL");
  await waitFor("the demo again", () => media.web.streams[0]?.reconnects === 1);
  await media.untilLive();
  const second = await waitFor("the demo's next ffmpeg", find);
  assert.notEqual(second.pid, first.pid);

  await using viewer = new FlvViewer(media);
  await waitFor("the picture", () => viewer.lastMs > 0);
  media.web.demo = false;
  await waitFor("the end", () => viewer.outcome);
  assert.equal(viewer.outcome, "ended");
  assert.equal(await isAlive(second.pid), false);
  await waitFor("the report of the end", () => media.web.streams.length === 0);

  media.web.demo = true;
  await media.untilLive();
  const third = await waitFor("the demo's third ffmpeg", find);
  await media.stop();
  assert.equal(await isAlive(third.pid), false);
  assert.equal(media.log.some((line) => line.includes(KEY)), false);
});

Deno.test("media: TLS=on takes publishers by RTMPS", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const certFile = `${folder}/cert.pem`;
    const keyFile = `${folder}/key.pem`;
    await ensureSelfSigned({ certFile, keyFile });
    const rtmpsPort = freePort();
    await using media = await MediaUnderTest.start({
      TLS: "on",
      TLS_CERT: certFile,
      TLS_KEY: keyFile,
      RTMPS_PORT: String(rtmpsPort),
    });
    await makeSource(media.path("source.flv"), { seconds: 20 });
    const url = media.publishUrl({ port: rtmpsPort }).replace("rtmp:", "rtmps:");
    await using _publisher = Publisher.file(media.path("source.flv"), url);
    await media.untilLive();
    assert.equal(media.web.streams[0]?.protocol, "rtmps");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("media: key frames ten seconds apart are delivered from the first picture on", async () => {
  await using media = await MediaUnderTest.start();
  const source = media.path("source.flv");
  await makeSource(source, { seconds: 24, gopFrames: 300 });
  await using _publisher = Publisher.file(source, media.publishUrl());
  await media.untilLive();
  await using early = new FlvViewer(media);
  await waitFor("five seconds of picture", () => early.lastMs > 5000);
  await using late = new FlvViewer(media);
  await waitFor("the picture", () => late.tags.some((tag) => tag.type === 9));
  const pictures = late.tags.filter((tag) => tag.type === 9);
  assert.equal(pictures[0]!.timestampMs, 0, "a late viewer begins at the key frame");
  const playlist = await waitFor("LL-HLS", async () => {
    const response = await media.get(`/live/${ROOM}/main.m3u8`);
    const text = await response.text();
    return response.status === 200 ? text : null;
  });
  assert.match(playlist, /#EXT-X-PART/);
});
