import assert from "node:assert/strict";
import { connect as connectHttp2 } from "node:http2";
import * as https from "node:https";
import { connect as connectTls } from "node:tls";
import { WebSocket } from "ws";
import type { EdgeOverrides } from "../../edge/node/mod.ts";
import { FlvTagParser } from "../../media/container/flv/tag_parser.ts";
import { FLV_TAG, type FlvTag, isSequenceHeader } from "../../media/container/flv/tag.ts";
import { ensureSelfSigned } from "../../platform/certificate.ts";
import { EdgeOrigin, frameNumber } from "../support/edge_origin.ts";
import { NOBODY, startEdge } from "../support/edge_setup.ts";
import { waitFor } from "../support/wait.ts";

async function tlsEdge(origin: string, overrides: EdgeOverrides = {}) {
  const folder = await Deno.makeTempDir();
  const tlsCertFile = `${folder}/cert.pem`;
  const tlsKeyFile = `${folder}/key.pem`;
  await ensureSelfSigned({ certFile: tlsCertFile, keyFile: tlsKeyFile });
  const started = await startEdge({
    tls: "on",
    tlsCertFile,
    tlsKeyFile,
    origins: [origin],
    webUrl: NOBODY,
  }, overrides);
  return { ...started, remove: () => Deno.remove(folder, { recursive: true }) };
}

function assertContinuous(tags: readonly FlvTag[]): void {
  const video = tags.filter((tag) => tag.type === FLV_TAG.VIDEO && !isSequenceHeader(tag));
  assert.ok(video.length > 5);
  video.forEach((tag, i) => assert.equal(frameNumber(tag), frameNumber(video[0]!) + i));
}

Deno.test("over TLS, HTTP/2 carries playlists, FLV, pages and a proper end on one connection", async () => {
  const origin = new EdgeOrigin();
  origin.handler = (_request, response) => {
    response.writeHead(200, { "cache-control": "max-age=1" }).end("#EXTM3U\n");
  };
  await origin.start();
  const { edge, url, remove } = await tlsEdge(origin.url);
  const session = connectHttp2(url, { rejectUnauthorized: false });
  const request = (path: string, headers = {}) =>
    new Promise<{ status: number; body: string }>((resolve, reject) => {
      const stream = session.request({ ":path": path, ...headers });
      let status = 0;
      let body = "";
      stream.setEncoding("utf8");
      stream.on("response", (answer) => status = Number(answer[":status"]));
      stream.on("data", (text: string) => body += text);
      stream.on("end", () => resolve({ status, body }));
      stream.on("error", reject);
    });
  const flv = session.request({ ":path": "/live/100001.flv" });
  const parser = new FlvTagParser();
  const tags: FlvTag[] = [];
  flv.on("data", (bytes: Uint8Array) => tags.push(...parser.push(new Uint8Array(bytes))));
  const ended = new Promise((resolve) => flv.once("end", resolve));
  await waitFor("frames", () => tags.length > 40);
  assertContinuous(tags);
  assert.deepEqual(await request("/live/100001/index.m3u8"), { status: 200, body: "#EXTM3U\n" });
  assert.equal((await request("/api/rooms")).status, 503);
  assert.equal((await request("/healthz")).body, "ok");
  assert.equal((await request("/internal/x")).status, 404);
  origin.endStream();
  await ended;
  session.close();
  await edge.stop();
  await origin.kill();
  await remove();
});

Deno.test("over TLS, HTTP/1.1 viewers and WebSockets share the port", async () => {
  const origin = new EdgeOrigin();
  await origin.start();
  const { edge, url, remove } = await tlsEdge(origin.url);
  const parser = new FlvTagParser();
  const tags: FlvTag[] = [];
  const request = https.get(`${url}/live/100001.flv`, { rejectUnauthorized: false, agent: false });
  request.once("response", (response) => {
    assert.equal(response.httpVersion, "1.1");
    response.on("data", (bytes: Uint8Array) => tags.push(...parser.push(new Uint8Array(bytes))));
    response.on("error", () => {});
  });
  request.on("error", () => {});
  const socket = new WebSocket(`${url.replace("https", "wss")}/live/100001.flv`, {
    rejectUnauthorized: false,
  });
  const socketTags: FlvTag[] = [];
  const socketParser = new FlvTagParser();
  socket.on("message", (data: Uint8Array) => {
    socketTags.push(...socketParser.push(new Uint8Array(data)));
  });
  await waitFor("frames", () => tags.length > 40 && socketTags.length > 40);
  assertContinuous(tags);
  assertContinuous(socketTags);
  assert.equal(origin.requests.get("/live/100001.flv"), 1);
  request.destroy();
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.close();
  await closed;
  await edge.stop();
  await origin.kill();
  await remove();
});

Deno.test("over TLS, half a head and a connection without a request are cut, too", async () => {
  const { edge, remove } = await tlsEdge(NOBODY, {
    limits: { headersTimeoutMs: 300, checkIntervalMs: 50 },
  });
  await Promise.all(["GET / HTTP/1.1\r\nHos", ""].map((text) =>
    new Promise<void>((resolve) => {
      const socket = connectTls({
        host: "127.0.0.1",
        port: edge.port,
        rejectUnauthorized: false,
        ALPNProtocols: ["http/1.1"],
      }, () => {
        if (text !== "") socket.write(text);
      });
      socket.on("error", () => {});
      socket.on("close", () => resolve());
    })
  ));
  await edge.stop();
  await remove();
});
