import assert from "node:assert/strict";
import { connect as connectTcp, type Socket } from "node:net";
import { WebSocket } from "ws";
import { abortableBody } from "../../platform/abortable_body.ts";
import { FlvTagParser } from "../../media/container/flv/tag_parser.ts";
import { FLV_TAG, type FlvTag, isSequenceHeader } from "../../media/container/flv/tag.ts";
import { EdgeOrigin, frameNumber } from "../support/edge_origin.ts";
import { EDGE_SECRET, NOBODY, startEdge } from "../support/edge_setup.ts";
import { waitFor } from "../support/wait.ts";

/** Reads an FLV body in the background. */
class FlvClient {
  readonly tags: FlvTag[] = [];
  state: "open" | "ended" | "broken" = "open";
  readonly #controller = new AbortController();
  readonly #done: Promise<void>;

  constructor(url: string) {
    this.#done = this.#read(url);
  }

  get video(): FlvTag[] {
    return this.tags.filter((tag) => tag.type === FLV_TAG.VIDEO && !isSequenceHeader(tag));
  }

  async close(): Promise<void> {
    this.#controller.abort();
    await this.#done;
  }

  async #read(url: string): Promise<void> {
    const parser = new FlvTagParser();
    try {
      const response = await fetch(url, { signal: this.#controller.signal });
      assert.equal(response.status, 200);
      assert.equal(response.headers.get("content-type"), "video/x-flv");
      for await (const bytes of abortableBody(response.body!, [this.#controller.signal])) {
        this.tags.push(...parser.push(bytes));
      }
      this.state = "ended";
    } catch {
      this.state = "broken";
    }
  }
}

function rawRequest(port: number, text: string): Promise<{ socket: Socket; text: () => string }> {
  return new Promise((resolve) => {
    let received = "";
    const socket = connectTcp(port, "127.0.0.1", () => {
      socket.write(text);
      resolve({ socket, text: () => received });
    });
    socket.setEncoding("latin1");
    socket.on("data", (data: string) => received += data);
    socket.on("error", () => {});
  });
}

Deno.test("the edge pulls a room once for 50 viewers, and drops the pull after the last one", async () => {
  const origin = new EdgeOrigin();
  await origin.start();
  const { edge, url } = await startEdge({ origins: [origin.url] }, { lingerMs: 50 });
  const clients = Array.from({ length: 50 }, () => new FlvClient(`${url}/live/100001.flv`));
  await waitFor("frames for everyone", () => clients.every(({ video }) => video.length > 5));
  assert.equal(origin.requests.get("/live/100001.flv"), 1);
  assert.equal(origin.authorization, `Bearer ${EDGE_SECRET}`);
  for (const client of clients) {
    assert.equal(isSequenceHeader(client.tags[0]), true);
    assert.equal(frameNumber(client.video[0]) % 10, 0, "starts with a key frame");
    client.video.forEach((tag, i) =>
      assert.equal(frameNumber(tag), frameNumber(client.video[0]) + i)
    );
  }
  await Promise.all(clients.map((client) => client.close()));
  await waitFor("the pull to end", () => origin.flvConnections === 0);
  await edge.stop();
  await origin.kill();
});

Deno.test("viewers stay connected while the origin is killed and comes back with a new stream", async () => {
  const origin = new EdgeOrigin();
  await origin.start();
  const { port } = origin;
  const { edge, url } = await startEdge({ origins: [origin.url] });
  const client = new FlvClient(`${url}/live/100001.flv`);
  await waitFor("frames", () => client.video.length > 60);
  await origin.kill();
  const before = client.video.length;
  const restarted = new EdgeOrigin();
  restarted.live = false;
  await restarted.start(port);
  await waitFor("the edge to ask again", () => restarted.total >= 2);
  restarted.live = true;
  await waitFor("frames of the new run", () => client.video.length > before + 60);
  assert.equal(client.state, "open");
  const last = client.video.at(-1)!;
  assert.ok(last.timestampMs > frameNumber(last) * 20, "the new run stands behind the old one");
  client.video.reduce((last, tag) => {
    assert.ok(tag.timestampMs > last.timestampMs, `${tag.timestampMs} after ${last.timestampMs}`);
    return tag;
  });
  await client.close();
  await edge.stop();
  await restarted.kill();
});

Deno.test("a broken pull of the same stream goes on without repeating or losing a frame", async () => {
  const origin = new EdgeOrigin({ gopFrames: 100 });
  await origin.start();
  const { edge, url } = await startEdge({ origins: [origin.url] });
  const client = new FlvClient(`${url}/live/100001.flv`);
  await waitFor("frames", () => client.video.length > 120);
  origin.breakConnections();
  const before = client.video.length;
  await waitFor("more frames", () => client.video.length > before + 50);
  const first = frameNumber(client.video[0]!);
  client.video.forEach((tag, i) => assert.equal(frameNumber(tag), first + i));
  await client.close();
  await edge.stop();
  await origin.kill();
});

Deno.test("viewers end properly when the origin ends the stream", async () => {
  const origin = new EdgeOrigin();
  await origin.start();
  const { edge, url } = await startEdge({ origins: [origin.url] });
  const client = new FlvClient(`${url}/live/100001.flv`);
  const socket = new WebSocket(`${url.replace("http", "ws")}/live/100001.flv`);
  const closed = new Promise<number>((resolve) => socket.once("close", resolve));
  await waitFor("frames", () => client.video.length > 3 && socket.readyState === socket.OPEN);
  origin.endStream();
  await waitFor("the end", () => client.state === "ended");
  assert.equal(await closed, 1000);
  const refused = await fetch(`${url}/live/100001.flv`);
  assert.equal(refused.status, 404);
  assert.equal(refused.headers.get("content-type"), "application/problem+json");
  assert.equal(refused.headers.get("access-control-allow-origin"), "*");
  await refused.body?.cancel();
  await edge.stop();
  await origin.kill();
});

Deno.test("WebSocket-FLV carries the same bytes, answers pings, and closes on request", async () => {
  const origin = new EdgeOrigin({ frameBytes: 20_000 });
  await origin.start();
  const { edge, url } = await startEdge({ origins: [origin.url] });
  const socket = new WebSocket(`${url.replace("http", "ws")}/live/100001.flv`);
  const parser = new FlvTagParser();
  const tags: FlvTag[] = [];
  socket.on("message", (data: Uint8Array, isBinary: boolean) => {
    assert.equal(isBinary, true);
    tags.push(...parser.push(new Uint8Array(data)));
  });
  let pong = "";
  socket.on("pong", (data: Uint8Array) => pong = new TextDecoder().decode(data));
  await waitFor("frames", () => tags.length > 30);
  socket.ping("still there");
  await waitFor("a pong", () => pong === "still there");
  const closed = new Promise<number>((resolve) => socket.once("close", resolve));
  socket.close(4001, "bye");
  assert.equal(await closed, 4001);
  const missing = new WebSocket(`${url.replace("http", "ws")}/live/100001/index.m3u8`);
  const status = await new Promise((resolve) => {
    missing.once("unexpected-response", (_request, response) => {
      resolve(response.statusCode);
      response.destroy();
    });
    missing.on("error", () => {});
  });
  assert.equal(status, 404);
  await edge.stop();
  await origin.kill();
});

Deno.test("an HTTP/1.0 viewer gets an unframed body", async () => {
  const origin = new EdgeOrigin();
  await origin.start();
  const { edge } = await startEdge({ origins: [origin.url] });
  const { socket, text } = await rawRequest(edge.port, "GET /live/100001.flv HTTP/1.0\r\n\r\n");
  await waitFor("frames", () => text().length > 5000);
  const [head, body] = [text().slice(0, text().indexOf("\r\n\r\n")), text().split("\r\n\r\n")[1]!];
  assert.match(head, /connection: close/i);
  assert.doesNotMatch(head, /transfer-encoding/i);
  assert.equal(body.slice(0, 3), "FLV");
  const bytes = Uint8Array.from(text().slice(head.length + 4), (char) => char.charCodeAt(0));
  assert.ok(new FlvTagParser().push(bytes).length > 5);
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.destroy();
  await closed;
  await edge.stop();
  await origin.kill();
});

Deno.test("a viewer that does not read skips to a key frame and disturbs nobody", async () => {
  const origin = new EdgeOrigin({ frameBytes: 100_000 });
  await origin.start();
  const { edge, metrics, url } = await startEdge({ origins: [origin.url] });
  const slow = await rawRequest(edge.port, "GET /live/100001.flv HTTP/1.1\r\nHost: a\r\n\r\n");
  slow.socket.pause();
  const client = new FlvClient(`${url}/live/100001.flv`);
  await waitFor("a skip", async () => {
    await (await fetch(`${url}/metrics`)).body?.cancel();
    return /wanren_edge_flv_skips_total\{[^}]*\} 1/.test(await metrics.text());
  });
  const first = frameNumber(client.video[0]!);
  client.video.forEach((tag, i) => assert.equal(frameNumber(tag), first + i));
  const before = slow.text().length;
  slow.socket.resume();
  let video: FlvTag[] = [];
  await waitFor("the slow viewer to go on", () => {
    assert.ok(slow.text().length > before);
    video = parseChunked(slow.text()).filter((tag) =>
      tag.type === FLV_TAG.VIDEO && !isSequenceHeader(tag)
    );
    const jump = video.findIndex((tag, i) =>
      i > 0 && frameNumber(tag) !== frameNumber(video[i - 1]!) + 1
    );
    if (jump < 0) return false;
    assert.equal(frameNumber(video[jump]!) % 10, 0, "goes on at a key frame");
    return true;
  }, { everyMs: 500 });
  slow.socket.destroy();
  await client.close();
  await edge.stop();
  await origin.kill();
});

/** All tags of a chunked answer so far. */
function parseChunked(text: string): FlvTag[] {
  const parser = new FlvTagParser();
  const tags: FlvTag[] = [];
  let at = text.indexOf("\r\n\r\n") + 4;
  while (true) {
    const end = text.indexOf("\r\n", at);
    if (end < 0) return tags;
    const size = parseInt(text.slice(at, end), 16);
    if (text.length < end + 2 + size + 2) return tags;
    const payload = text.slice(end + 2, end + 2 + size);
    tags.push(...parser.push(Uint8Array.from(payload, (char) => char.charCodeAt(0))));
    at = end + 2 + size + 2;
  }
}

Deno.test("viewers get 503 with Retry-After while no origin answers, and the stream from a second one", async () => {
  const origin = new EdgeOrigin();
  await origin.start();
  const away = await startEdge({ origins: [NOBODY] });
  const refused = await fetch(`${away.url}/live/100001.flv`);
  assert.equal(refused.status, 503);
  assert.equal(refused.headers.get("retry-after"), "1");
  await refused.body?.cancel();
  await away.edge.stop();
  const { edge, url } = await startEdge({ origins: [NOBODY, origin.url] });
  const client = new FlvClient(`${url}/live/100001.flv`);
  await waitFor("frames", () => client.video.length > 3);
  const head = await fetch(`${url}/live/100001.flv`, { method: "HEAD" });
  assert.equal(head.status, 200);
  assert.equal(head.headers.get("content-type"), "video/x-flv");
  await client.close();
  await edge.stop();
  await origin.kill();
});

Deno.test("the edge pulls each form of a room once, and passes on why one cannot be had", async () => {
  const origin = new EdgeOrigin();
  await origin.start();
  origin.refuses = (target) => target.includes("audio=opus");
  origin.handler = (_request, response) => {
    response.writeHead(503, { "content-type": "application/problem+json", "retry-after": "60" });
    response.end('{"code":"ffmpeg_missing","title":"ffmpeg is missing","status":503}');
  };
  const { edge, url } = await startEdge({ origins: [origin.url] }, { lingerMs: 50 });
  const queries = [
    "",
    "?video=h264",
    "?token=x",
    "?audio=any&video=any",
    "?video=any&audio=any&x=1",
  ];
  const clients = queries.map((query) => new FlvClient(`${url}/live/100001.flv${query}`));
  await waitFor("frames for everyone", () => clients.every(({ video }) => video.length > 3));
  assert.deepEqual(Object.fromEntries(origin.requests), {
    "/live/100001.flv": 1,
    "/live/100001.flv?audio=any&video=any": 1,
  });
  const refused = await fetch(`${url}/live/100001.flv?audio=opus`);
  assert.equal(refused.status, 503);
  assert.equal(refused.headers.get("retry-after"), "60");
  assert.equal((await refused.json()).code, "ffmpeg_missing");
  assert.equal((await fetch(`${url}/live/100001.flv`, { method: "HEAD" })).status, 200);
  await Promise.all(clients.map((client) => client.close()));
  await edge.stop();
  await origin.kill();
});
