import assert from "node:assert/strict";
import { once } from "node:events";
import type { Buffer } from "node:buffer";
import { WebSocket } from "ws";
import { silentLogger } from "../platform/log.ts";
import { Metrics } from "../platform/metrics.ts";
import type { StreamItem } from "./access_unit.ts";
import { FlvMuxer, FlvTagParser } from "./container/flv/mod.ts";
import { type PublishRefusal, PublishRefusedError } from "./errors.ts";
import { Origin } from "./origin.ts";
import type { PublishSocketLimits } from "./publish_socket.ts";
import type { PublishRequest } from "./stream/contract.ts";
import { StreamRegistry } from "./stream/registry.ts";
import { picture, sound, tracksItem } from "./stream/testing.ts";
import { avcTrack, buildAvcConfig } from "./codec/h264.ts";
import { buildOpusHead, opusTrack } from "./codec/opus.ts";

const AUTHORIZATION = "Bearer cluster";
/** Of x264, 320 × 180. */
const VIDEO = avcTrack(buildAvcConfig({
  sps: [Uint8Array.of(0x67, 0x42, 0, 0x0d, 0xf4, 0x0a, 0x0f, 0xc8)],
  pps: [Uint8Array.of(0x68, 0xce, 0x3c, 0x80)],
}));
const AUDIO = opusTrack(buildOpusHead({
  channels: 2,
  preSkip: 312,
  inputSampleRate: 48_000,
  outputGain: 0,
  mappingFamily: 0,
  mappingTable: new Uint8Array(0),
}));
const TRACKS = tracksItem(VIDEO, AUDIO);

/** A picture of one slice, in time to be a key frame or not. */
function slice(dtsMs: number, key: boolean): StreamItem {
  const data = Uint8Array.of(0, 0, 0, 3, key ? 0x65 : 0x41, 0x88, 0x84);
  return { ...picture(dtsMs, { key }), data };
}

function opusPacket(dtsMs: number): StreamItem {
  return { ...sound(dtsMs), samples: 960, data: Uint8Array.of(0xfc, 0xff, 0xfe) };
}

async function setUp(limits: Partial<PublishSocketLimits> = {}) {
  const metrics = new Metrics("test");
  const asked: PublishRequest[] = [];
  const refusals = new Map<string, PublishRefusal>();
  const registry = new StreamRegistry({
    authority: {
      authorize: (request) => {
        asked.push(request);
        const reason = refusals.get(request.key);
        return reason === undefined
          ? Promise.resolve(request.room)
          : Promise.reject(new PublishRefusedError(reason, `Cannot publish: ${reason}`));
      },
    },
    createPackager: () => ({
      outputs: { llhls: true, hls: true },
      push() {},
      end() {},
      inspect: () => null,
      handle: () => ({ status: 404, headers: {}, body: null }),
    }),
    log: silentLogger,
    metrics,
  });
  const origin = await Origin.listen({
    host: "127.0.0.1",
    port: 0,
    clusterSecret: "cluster",
    streams: registry,
    read: registry,
    publish: registry,
    publishLimits: limits,
    stills: { answer: () => Promise.resolve({ status: 404, headers: {}, body: null }) },
    onKeyRevoked() {},
    log: silentLogger,
    metrics,
  });
  return {
    asked,
    metrics,
    origin,
    refusals,
    registry,
    connect: (room = "100001", options: { key?: string; autoPong?: boolean } = {}) =>
      new Peer(`ws://127.0.0.1:${origin.port}/publish/${room}`, options),
    async [Symbol.asyncDispose]() {
      registry.stop();
      await origin.stop();
    },
  };
}

/** `rtc`, as far as the origin knows it. */
class Peer {
  readonly socket: WebSocket;
  readonly messages: unknown[] = [];
  readonly opened: Promise<void>;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly #muxer = new FlvMuxer();

  constructor(url: string, options: { key?: string; autoPong?: boolean }) {
    this.socket = new WebSocket(url, {
      perMessageDeflate: false,
      autoPong: options.autoPong ?? true,
      headers: {
        authorization: AUTHORIZATION,
        "x-publish-key": options.key ?? "right",
        "x-remote-address": "192.0.2.7",
        "x-encoder": "Browser/1",
      },
    });
    this.opened = once(this.socket, "open").then(() => {});
    this.opened.catch(() => {});
    this.socket.on("message", (data) => this.messages.push(JSON.parse(String(data))));
    this.closed = new Promise((resolve) => {
      this.socket.on("close", (code, reason) => resolve({ code, reason: String(reason) }));
    });
    this.socket.on("error", () => {});
  }

  send(...items: readonly StreamItem[]): void {
    for (const item of items) {
      for (const tag of this.#muxer.tagsOf(item)) this.socket.send(tag.bytes);
    }
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

async function refusalOf(peer: Peer) {
  const response = await new Promise<
    NodeJS.ReadableStream & { statusCode: number; headers: Record<string, string> }
  >(
    (resolve) =>
      peer.socket.once("unexpected-response", (_request, answer) => resolve(answer as never)),
  );
  let text = "";
  for await (const chunk of response) text += String(chunk as Buffer);
  return { status: response.statusCode, headers: response.headers, body: JSON.parse(text) };
}

Deno.test("what comes over the publishing socket is a live stream, and its end is one", async () => {
  await using setup = await setUp();
  const peer = setup.connect();
  await peer.opened;
  peer.send(TRACKS, slice(0, true), opusPacket(0));
  await until(() => setup.registry.isLive("100001"));
  const [report] = setup.registry.reports();
  assert.equal(report.protocol, "whip");
  assert.equal(report.encoder, "Browser/1");
  assert.equal(report.remoteAddress, "192.0.2.7");
  assert.equal(report.audio?.codec, "opus");
  assert.equal(setup.asked[0].key, "right");
  const viewer = await fetch(
    `http://127.0.0.1:${setup.origin.port}/live/100001.flv?audio=any&video=any`,
    { headers: { authorization: AUTHORIZATION } },
  );
  peer.send(slice(33, false));
  peer.socket.send('{"type":"end","reason":"unpublished"}');
  const tags = new FlvTagParser().push(await viewer.bytes());
  assert.deepEqual(tags.map((tag) => tag.type), [9, 8, 9, 8, 9]);
  assert.equal((await peer.closed).code, 1000);
  assert.equal(setup.registry.isLive("100001"), false);
});

Deno.test("a publisher that drops may come back", async () => {
  await using setup = await setUp();
  for (const leave of ["text", "terminate"] as const) {
    const peer = setup.connect();
    await peer.opened;
    peer.send(TRACKS, slice(0, true));
    await until(() => setup.registry.reports()[0]?.state === "live");
    if (leave === "text") peer.socket.send('{"type":"end","reason":"dropped"}');
    else peer.socket.terminate();
    await until(() => setup.registry.reports()[0]?.state === "waiting");
    await peer.closed;
  }
});

Deno.test("who may not publish is refused before the upgrade", async () => {
  await using setup = await setUp();
  const cases: readonly [PublishRefusal, number, string | undefined][] = [
    ["wrong_key", 401, undefined],
    ["unknown_room", 404, undefined],
    ["suspended", 403, undefined],
    ["ended", 409, "30"],
    ["too_many_streams", 503, "10"],
    ["unavailable", 503, "2"],
  ];
  for (const [reason, status, retryAfter] of cases) {
    setup.refusals.set("wrong", reason);
    const { body, ...answer } = await refusalOf(setup.connect("100001", { key: "wrong" }));
    assert.equal(answer.status, status, reason);
    assert.equal(answer.headers["content-type"], "application/problem+json");
    assert.equal(answer.headers["retry-after"], retryAfter);
    assert.equal(body.code, reason);
  }
});

Deno.test("what is no upgrade of the cluster is refused", async () => {
  await using setup = await setUp();
  const base = `http://127.0.0.1:${setup.origin.port}`;
  const stranger = new WebSocket(`${base.replace("http", "ws")}/publish/100001`);
  stranger.on("error", () => {});
  const [, answer] = await once(stranger, "unexpected-response");
  assert.equal(answer.statusCode, 401);
  answer.resume();
  const plain = await fetch(`${base}/publish/100001`, {
    headers: { authorization: AUTHORIZATION },
  });
  assert.equal(plain.status, 426);
  await plain.body?.cancel();
  assert.equal((await refusalOf(setup.connect("x1"))).status, 404);
  assert.equal(setup.asked.length, 0);
});

Deno.test("sockets are bounded in number", async () => {
  await using setup = await setUp({ maxSockets: 1 });
  const first = setup.connect();
  await first.opened;
  const { status, body } = await refusalOf(setup.connect("100002"));
  assert.equal(status, 503);
  assert.equal(body.code, "too_many_streams");
});

Deno.test("a broken tag closes its own socket with a sentence", async () => {
  await using setup = await setUp();
  const other = setup.connect("100002");
  await other.opened;
  other.send(TRACKS, slice(0, true));
  await until(() => setup.registry.isLive("100002"));
  const broken: readonly [string | Uint8Array, number, RegExp][] = [
    [Uint8Array.of(9, 0, 0, 200, 0), 1007, /ends within/],
    [new Uint8Array(0), 1007, /ends within/],
    [new Uint8Array(64).fill(0xff), 1007, /type 255/],
    ["nonsense", 1007, /not \{"type":"end"/],
    ['{"type":"end"}', 1007, /not \{"type":"end"/],
    [Uint8Array.of(9, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0x12, 0, 0, 0, 0, 13), 1003, /Sorenson/],
  ];
  for (const [message, code, words] of broken) {
    const peer = setup.connect();
    await peer.opened;
    peer.socket.send(message);
    const closed = await peer.closed;
    assert.equal(closed.code, code);
    assert.match(closed.reason, words);
    const reason = code === 1003 ? "unsupported_codec" : "malformed";
    assert.deepEqual(peer.messages, [{ type: "close", reason }]);
  }
  other.send(slice(33, false));
  assert.equal(setup.registry.isLive("100002"), true);
  assert.equal(other.socket.readyState, WebSocket.OPEN);
});

Deno.test("a message that is too large, and too many of them, close the socket", async () => {
  await using setup = await setUp({
    maxMessageBytes: 1000,
    messagesPerSecond: 50,
    maxUseless: 5,
  });
  const large = setup.connect();
  await large.opened;
  large.socket.send(new Uint8Array(1001));
  assert.equal((await large.closed).code, 1009);
  const useless = setup.connect();
  await useless.opened;
  // Tags of a stream under way, without their configuration.
  const muxer = new FlvMuxer();
  muxer.tagsOf(TRACKS);
  for (let i = 0; i < 7; i++) useless.socket.send(muxer.tagsOf(slice(i, false))[0].bytes);
  assert.match((await useless.closed).reason, /no configuration/);
  const eager = setup.connect();
  await eager.opened;
  eager.send(TRACKS, slice(0, true));
  for (let i = 1; i < 60; i++) eager.send(slice(i, false));
  assert.match((await eager.closed).reason, /more than 50/);
});

Deno.test("a socket without tags, and a peer that is gone, are given up", async () => {
  await using setup = await setUp({ firstTagMs: 100, silenceMs: 150, pingMs: 40 });
  const silent = setup.connect();
  await silent.opened;
  const late = await silent.closed;
  assert.equal(late.code, 1008);
  assert.deepEqual(silent.messages, [{ type: "close", reason: "timeout" }]);
  const paused = setup.connect();
  await paused.opened;
  paused.send(TRACKS, slice(0, true));
  assert.equal((await paused.closed).code, 1008);
  await using patient = await setUp({ pingMs: 40 });
  const dead = patient.connect("100001", { autoPong: false });
  await dead.opened;
  dead.send(TRACKS, slice(0, true));
  assert.equal((await dead.closed).code, 1006);
  assert.equal(patient.registry.reports()[0].state, "waiting");
});

Deno.test("a publisher hears that it must stop, and why", async () => {
  await using setup = await setUp();
  const first = setup.connect();
  await first.opened;
  first.send(TRACKS, slice(0, true));
  await until(() => setup.registry.isLive("100001"));
  const second = setup.connect();
  await second.opened;
  assert.equal((await first.closed).code, 1008);
  assert.deepEqual(first.messages, [{ type: "close", reason: "taken_over" }]);
  second.send(TRACKS, slice(0, true));
  setup.registry.close("100001", "key_rotated");
  await second.closed;
  assert.deepEqual(second.messages, [{ type: "close", reason: "key_rotated" }]);
  const third = setup.connect();
  await third.opened;
  setup.registry.stop();
  await setup.origin.stop();
  assert.equal((await third.closed).code, 1012);
  assert.deepEqual(third.messages, [{ type: "close", reason: "draining" }]);
});

Deno.test("a publisher is asked for a key frame when the last one is two seconds old", async () => {
  await using setup = await setUp();
  const peer = setup.connect();
  await peer.opened;
  peer.send(TRACKS, slice(0, true));
  for (let i = 1; i <= 56; i++) peer.send(slice(i * 33, false));
  await until(() => setup.registry.reports().length === 1);
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.deepEqual(peer.messages, []);
  for (let i = 57; i <= 65; i++) peer.send(slice(i * 33, false));
  await until(() => peer.messages.length > 0);
  // The second wish within half a second is not sent.
  assert.deepEqual(peer.messages, [{ type: "keyframe" }]);
});
