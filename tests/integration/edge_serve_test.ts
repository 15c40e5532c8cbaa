import assert from "node:assert/strict";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { createEdge } from "../../edge/mod.ts";
import { FlvTagParser } from "../../media/container/flv/tag_parser.ts";
import { FLV_TAG, type FlvTag, isSequenceHeader } from "../../media/container/flv/tag.ts";
import { EdgeOrigin, frameNumber } from "../support/edge_origin.ts";
import { EDGE_SECRET, NOBODY } from "../support/edge_setup.ts";
import { waitFor } from "../support/wait.ts";

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function readFrames(response: Response, count: number): Promise<FlvTag[]> {
  const parser = new FlvTagParser();
  const video: FlvTag[] = [];
  for await (const bytes of response.body!) {
    for (const tag of parser.push(bytes)) {
      if (tag.type === FLV_TAG.VIDEO && !isSequenceHeader(tag)) video.push(tag);
    }
    if (video.length >= count) break;
  }
  return video;
}

Deno.test("deno serve edge/mod.ts relays FLV and playlists with one request upstream each", async () => {
  const origin = new EdgeOrigin();
  origin.handler = (_request, response) => {
    response.writeHead(200, { "cache-control": "max-age=30, immutable" }).end("0123456789");
  };
  await origin.start();
  const port = await freePort();
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "serve",
      "--no-prompt",
      "--cached-only",
      "--allow-net",
      "--allow-env=ORIGINS,CLUSTER_SECRET,FLV_BATCH_MS",
      "--host=127.0.0.1",
      `--port=${port}`,
      "edge/mod.ts",
    ],
    env: { ORIGINS: origin.url, CLUSTER_SECRET: EDGE_SECRET, FLV_BATCH_MS: "20" },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    const url = `http://127.0.0.1:${port}`;
    await waitFor("deno serve", async () => {
      const response = await fetch(`${url}/healthz`);
      return await response.text() === "ok";
    });
    const viewers = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const response = await fetch(`${url}/live/100001.flv`);
        assert.equal(response.status, 200);
        assert.equal(response.headers.get("access-control-allow-origin"), "*");
        return await readFrames(response, 40);
      }),
    );
    for (const video of viewers) {
      assert.equal(frameNumber(video[0]!) % 10, 0);
      video.forEach((tag, i) => assert.equal(frameNumber(tag), frameNumber(video[0]!) + i));
    }
    assert.equal(origin.requests.get("/live/100001.flv"), 1);
    assert.equal(origin.authorization, `Bearer ${EDGE_SECRET}`);
    const parts = await Promise.all(
      Array.from({ length: 10 }, async (_, i) => {
        const response = await fetch(`${url}/live/100001/e/1.m4s?token=${i}`, {
          headers: { range: "bytes=1-2" },
        });
        assert.equal(response.status, 206);
        return await response.text();
      }),
    );
    assert.deepEqual(new Set(parts), new Set(["12"]));
    assert.equal(origin.requests.get("/live/100001/e/1.m4s"), 1);
    const unknown = await fetch(`${url}/api/rooms`);
    assert.equal(unknown.status, 404);
    await unknown.body?.cancel();
  } finally {
    child.kill("SIGKILL");
    await child.status;
    await origin.kill();
  }
});

Deno.test("createEdge() skips a reader that stalls to a key frame", async () => {
  const origin = new EdgeOrigin({ frameBytes: 100_000 });
  await origin.start();
  const edge = createEdge({
    origins: [origin.url],
    clusterSecret: EDGE_SECRET,
    flvBatchMs: 20,
    lingerMs: 0,
  });
  const request = () => new Request("http://edge/live/100001.flv");
  const stalled = await edge.fetch(request());
  const watched = await edge.fetch(request());
  await readFrames(watched, 60);
  const video = await readFrames(stalled, 60);
  const jump = video.findIndex((tag, i) =>
    i > 0 && frameNumber(tag) !== frameNumber(video[i - 1]!) + 1
  );
  assert.ok(jump > 0);
  assert.equal(frameNumber(video[jump]!) % 10, 0);
  await waitFor("the pull to end", () => origin.flvConnections === 0);
  edge.stop();
  await origin.kill();
});

Deno.test("createEdge() answers 503 while the origin is away and 404 for a room that is not live", async () => {
  const origin = new EdgeOrigin();
  origin.live = false;
  await origin.start();
  for (const [url, status] of [[NOBODY, 503], [origin.url, 404]] as const) {
    const edge = createEdge({ origins: [url], clusterSecret: EDGE_SECRET });
    for (const path of ["/live/100001.flv", "/live/100001/index.m3u8"]) {
      const response = await edge.fetch(new Request(`http://edge${path}`));
      assert.equal(response.status, status, path);
      assert.equal(response.headers.get("content-type")?.includes("json") || status === 404, true);
      await response.body?.cancel();
    }
    edge.stop();
  }
  await origin.kill();
});
