import assert from "node:assert/strict";
import { connect } from "node:net";
import { Metrics } from "../platform/metrics.ts";
import { silentLogger } from "../platform/log.ts";
import { FlvTagParser } from "./container/flv/mod.ts";
import { answerRange, Origin, type PackagerAnswer, type PackagerRequest } from "./origin.ts";
import { type Packager, StreamRegistry } from "./stream/registry.ts";
import {
  audioTrack,
  picture,
  publishRequest,
  sound,
  tracksItem,
  videoTrack,
} from "./stream/testing.ts";

const AUTHORIZED = { authorization: "Bearer cluster" };
const SEGMENT = Uint8Array.from({ length: 100 }, (_, i) => i);

class FixedPackager implements Packager {
  readonly outputs = { llhls: true, hls: true };
  asked: PackagerRequest[] = [];
  aborted = 0;
  push() {}
  end() {}
  inspect() {
    return "inside";
  }
  handle(request: PackagerRequest): Promise<PackagerAnswer> {
    this.asked.push(request);
    if (request.path === "held.m3u8") {
      return new Promise((_, reject) => {
        request.signal.addEventListener("abort", () => {
          this.aborted++;
          reject(request.signal.reason);
        });
      });
    }
    if (request.path === "broken.m3u8") return Promise.reject(new Error("inside"));
    if (request.path === "7/1.m4s") {
      return Promise.resolve({
        status: 200,
        headers: { "content-type": "video/iso.segment", "cache-control": "max-age=3600" },
        body: SEGMENT,
      });
    }
    return Promise.resolve({ status: 404, headers: {}, body: null });
  }
}

async function setUp() {
  const metrics = new Metrics("test");
  const packager = new FixedPackager();
  const revoked: string[] = [];
  const registry = new StreamRegistry({
    authority: { authorize: ({ room }) => Promise.resolve(room) },
    createPackager: () => packager,
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
    stills: {
      answer: (room, { ifNoneMatch }) => Promise.resolve(stillAnswer(room, ifNoneMatch)),
    },
    onKeyRevoked: (room) => revoked.push(room),
    log: silentLogger,
    metrics,
  });
  const stillAnswer = (room: string, ifNoneMatch?: string): PackagerAnswer => {
    if (!registry.isLive(room)) return { status: 404, headers: {}, body: "{}" };
    const headers = { "content-type": "image/jpeg", "etag": '"1"' };
    return ifNoneMatch === '"1"'
      ? { status: 304, headers, body: null }
      : { status: 200, headers, body: SEGMENT };
  };
  const base = `http://127.0.0.1:${origin.port}`;
  const goLive = async () => {
    const publisher = await registry.publish(publishRequest());
    publisher.write(tracksItem(videoTrack(), audioTrack()));
    publisher.write(picture(0, { key: true }));
    publisher.write(sound(10));
    return publisher;
  };
  return {
    base,
    goLive,
    origin,
    packager,
    registry,
    revoked,
    ask: (path: string, init: RequestInit = {}) =>
      fetch(base + path, { ...init, headers: { ...AUTHORIZED, ...init.headers } }),
    async [Symbol.asyncDispose]() {
      registry.stop();
      await origin.stop();
    },
  };
}

Deno.test("Origin answers /healthz to everybody and the rest to the cluster alone", async () => {
  await using setup = await setUp();
  const health = await fetch(`${setup.base}/healthz`);
  assert.equal(health.status, 200);
  assert.equal(await health.text(), "ok");
  for (const authorization of ["", "Bearer wrong", "Basic cluster", "Bearer "]) {
    const refused = await fetch(`${setup.base}/metrics`, { headers: { authorization } });
    assert.equal(refused.status, 401);
    assert.equal(refused.headers.get("content-type"), "application/problem+json");
    assert.equal((await refused.json()).status, 401);
  }
  const metrics = await setup.ask("/metrics");
  assert.equal(metrics.status, 200);
  assert.match(await metrics.text(), /wanren_media_streams/);
});

Deno.test("Origin refuses unknown addresses, methods and endless addresses", async () => {
  await using setup = await setUp();
  const status = async (path: string, method = "GET") => {
    const response = await setup.ask(path, { method });
    await response.body?.cancel();
    return response.status;
  };
  assert.equal(await status("/"), 404);
  assert.equal(await status("/live/100001.flv"), 404);
  assert.equal(await status("/live/100001/index.m3u8"), 404);
  assert.equal(await status("/live/x/index.m3u8"), 404);
  assert.equal(await status("/live/../../etc"), 404);
  assert.equal(await status("/live/100001.flv", "POST"), 405);
  assert.equal(await status("/streams/100001/close"), 405);
  assert.equal(await status("/metrics", "DELETE"), 405);
  assert.equal(await status(`/live/100001/${"x".repeat(3000)}`), 414);
});

Deno.test("Origin sends FLV from the cached group on and ends it with the stream", async () => {
  await using setup = await setUp();
  const publisher = await setup.goLive();
  const head = await setup.ask("/live/100001.flv", { method: "HEAD" });
  assert.equal(head.status, 200);
  const response = await setup.ask("/live/100001.flv");
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "video/x-flv");
  assert.equal(response.headers.get("cache-control"), "no-store");
  publisher.write(picture(33));
  publisher.end("unpublished");
  const bytes = new Uint8Array(await response.arrayBuffer());
  const tags = new FlvTagParser().push(bytes);
  assert.deepEqual(tags.map((tag) => tag.type), [9, 8, 9, 8, 9]);
  assert.deepEqual(tags.map((tag) => tag.timestampMs), [0, 0, 0, 10, 33]);
});

Deno.test("Origin breaks FLV off when the process goes away", async () => {
  await using setup = await setUp();
  await setup.goLive();
  const response = await setup.ask("/live/100001.flv");
  const reader = response.body!.getReader();
  await reader.read();
  setup.registry.stop();
  const stopping = setup.origin.stop();
  await assert.rejects(async () => {
    while (!(await reader.read()).done);
  });
  await stopping;
});

Deno.test("Origin closes the reader of a client that left", async () => {
  await using setup = await setUp();
  await setup.goLive();
  const readers = () => setup.registry.reports()[0].readers.flv ?? 0;
  const leaving = new AbortController();
  const response = await setup.ask("/live/100001.flv", { signal: leaving.signal });
  assert.equal(readers(), 1);
  leaving.abort();
  await assert.rejects(response.arrayBuffer());
  while (readers() > 0) await new Promise((resolve) => setTimeout(resolve, 5));
});

Deno.test("a client that does not read costs the origin a bounded queue", async () => {
  await using setup = await setUp();
  const publisher = await setup.goLive();
  const socket = connect(setup.origin.port, "127.0.0.1");
  socket.pause();
  socket.write("GET /live/100001.flv HTTP/1.1\r\nhost: x\r\nauthorization: Bearer cluster\r\n\r\n");
  const inside = () =>
    (setup.registry.inspect().streams as Record<
      string,
      { readers: { byProtocol: { flv?: number }; queuedBytes: number; dropped: number } }
    >)["100001"].readers;
  while (inside().byProtocol.flv !== 1) await new Promise((resolve) => setTimeout(resolve, 5));
  for (let i = 1; i <= 2000 && inside().dropped === 0; i++) {
    publisher.write(picture(i * 33, { key: i % 30 === 0, bytes: 50_000 }));
    if (i % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    assert.ok(inside().queuedBytes <= 8 * 1024 * 1024);
  }
  assert.ok(inside().dropped > 0);
  socket.destroy();
});

Deno.test("Origin asks the packager and answers ranges of its segments", async () => {
  await using setup = await setUp();
  await setup.goLive();
  const whole = await setup.ask("/live/100001/7/1.m4s?a=1");
  assert.equal(whole.status, 200);
  assert.equal(whole.headers.get("accept-ranges"), "bytes");
  assert.equal(whole.headers.get("cache-control"), "max-age=3600");
  assert.deepEqual(new Uint8Array(await whole.arrayBuffer()), SEGMENT);
  assert.equal(setup.packager.asked[0].query.get("a"), "1");
  const part = await setup.ask("/live/100001/7/1.m4s", { headers: { range: "bytes=10-19" } });
  assert.equal(part.status, 206);
  assert.equal(part.headers.get("content-range"), "bytes 10-19/100");
  assert.deepEqual(new Uint8Array(await part.arrayBuffer()), SEGMENT.subarray(10, 20));
  const head = await setup.ask("/live/100001/7/1.m4s", { method: "HEAD" });
  assert.equal(head.status, 200);
  assert.equal(head.headers.get("content-length"), "100");
  const missing = await setup.ask("/live/100001/7/2.m4s");
  assert.equal(missing.status, 404);
  await missing.body?.cancel();
  const broken = await setup.ask("/live/100001/broken.m3u8");
  assert.equal(broken.status, 500);
  assert.equal((await broken.json()).title, "Internal error");
});

Deno.test("Origin lets go of a held playlist when its client leaves", async () => {
  await using setup = await setUp();
  await setup.goLive();
  const leaving = new AbortController();
  const answer = setup.ask("/live/100001/held.m3u8", { signal: leaving.signal });
  while (setup.packager.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  leaving.abort();
  await assert.rejects(answer);
  while (setup.packager.aborted === 0) await new Promise((resolve) => setTimeout(resolve, 5));
});

Deno.test("Origin gives stills, and asks no packager for them", async () => {
  await using setup = await setUp();
  const early = await setup.ask("/live/100001/still.jpg");
  assert.equal(early.status, 404);
  await early.body?.cancel();
  await setup.goLive();
  const still = await setup.ask("/live/100001/still.jpg?nonce=1");
  assert.equal(still.status, 200);
  assert.equal(still.headers.get("content-type"), "image/jpeg");
  assert.deepEqual(await still.bytes(), SEGMENT);
  const headers = { "if-none-match": '"1"' };
  const known = await setup.ask("/live/100001/still.jpg", { headers });
  assert.equal(known.status, 304);
  assert.equal(known.headers.get("etag"), '"1"');
  const head = await setup.ask("/live/100001/still.jpg", { method: "HEAD" });
  assert.equal(head.headers.get("content-length"), "100");
  assert.equal(setup.packager.asked.length, 0);
  const strange = await setup.ask("/live/1x/still.jpg");
  assert.equal(strange.status, 404);
  await strange.body?.cancel();
});

Deno.test("Origin closes a stream when web asks for it", async () => {
  await using setup = await setUp();
  const publisher = await setup.goLive();
  const close = (body: string) => setup.ask("/streams/100001/close", { method: "POST", body });
  const wrong = await close('{"reason":"bored"}');
  assert.equal(wrong.status, 400);
  await wrong.body?.cancel();
  const large = await close("x".repeat(10_000));
  assert.equal(large.status, 413);
  await large.body?.cancel();
  assert.equal(publisher.signal.aborted, false);
  assert.equal((await close('{"reason":"key_rotated"}')).status, 204);
  assert.equal(publisher.signal.reason, "key_rotated");
  assert.deepEqual(setup.revoked, ["100001"]);
  assert.equal((await close('{"reason":"key_rotated"}')).status, 204);
});

Deno.test("Origin tells publisher and viewers of every reason to close", async () => {
  for (const reason of ["cut_off", "ended", "suspended"]) {
    await using setup = await setUp();
    const publisher = await setup.goLive();
    const viewer = await setup.ask("/live/100001.flv");
    const body = JSON.stringify({ reason });
    assert.equal((await setup.ask("/streams/100001/close", { method: "POST", body })).status, 204);
    assert.equal(publisher.signal.reason, reason);
    // A body that ends without an error is the end of the stream.
    assert.ok((await viewer.bytes()).length > 0);
  }
});

Deno.test("Origin shows the inside of the streams", async () => {
  await using setup = await setUp();
  await setup.goLive();
  const answer = await setup.ask("/debug/streams");
  const { streams } = await answer.json();
  assert.equal(streams["100001"].state, "live");
  assert.equal(streams["100001"].packager, "inside");
});

Deno.test("Origin sends an unframed body to HTTP/1.0", async () => {
  await using setup = await setUp();
  const publisher = await setup.goLive();
  const socket = connect(setup.origin.port, "127.0.0.1");
  socket.write("GET /live/100001.flv HTTP/1.0\r\nauthorization: Bearer cluster\r\n\r\n");
  const chunks: Uint8Array[] = [];
  let ended = false;
  for await (const chunk of socket) {
    chunks.push(chunk as Uint8Array);
    if (!ended) publisher.end("unpublished");
    ended = true;
  }
  const bytes = Uint8Array.from(chunks.flatMap((chunk) => [...chunk]));
  const head = new TextDecoder("latin1").decode(bytes);
  assert.doesNotMatch(head, /transfer-encoding/i);
  const body = bytes.subarray(head.indexOf("\r\n\r\n") + 4);
  const tags = new FlvTagParser().push(body);
  assert.equal(tags.length, 4);
});

Deno.test("answerRange() follows RFC 9110", () => {
  const range = (value: string) => {
    const { status, headers, body } = answerRange(
      { method: "GET", headers: { range: value } },
      { status: 200, headers: {}, body: SEGMENT },
    );
    return status === 206
      ? `${headers["content-range"]} ${(body as Uint8Array).length}`
      : String(status);
  };
  assert.equal(range("bytes=0-0"), "bytes 0-0/100 1");
  assert.equal(range("bytes=90-"), "bytes 90-99/100 10");
  assert.equal(range("bytes=90-500"), "bytes 90-99/100 10");
  assert.equal(range("bytes=-5"), "bytes 95-99/100 5");
  assert.equal(range("bytes=-500"), "bytes 0-99/100 100");
  assert.equal(range("bytes=100-"), "416");
  assert.equal(range("bytes=-0"), "416");
  assert.equal(range("bytes=5-2"), "200");
  assert.equal(range("bytes=0-1,5-6"), "200");
  assert.equal(range("bytes=-"), "200");
  assert.equal(range("lines=0-1"), "200");
});

Deno.test("Origin keeps a connection for the next request, unless a body was left unread", async () => {
  await using setup = await setUp();
  const socket = connect(setup.origin.port, "127.0.0.1");
  let received = "";
  let closed = false;
  socket.setEncoding("latin1");
  socket.on("data", (text) => received += text);
  socket.on("close", () => closed = true);
  const answers = () => received.split("HTTP/1.1 ").length - 1;
  const ask = async (request: string, count: number) => {
    socket.write(request);
    while (answers() < count) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  await ask("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n", 1);
  await ask("GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n", 2);
  await ask("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n", 3);
  assert.equal(closed, false);
  await ask("POST /metrics HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\nbody", 4);
  while (!closed) await new Promise((resolve) => setTimeout(resolve, 5));
});
