/** The WebSocket by which edges follow messages, on a listener as `web` has it. */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { WebSocket } from "ws";
import { DEFAULT_IM_SETTINGS } from "../../im/settings.ts";
import { silentLogger } from "../../platform/log.ts";
import { FeedHub, runFeed } from "../../routes/im_feed.ts";
import { FeedSocket } from "../../routes/im_feed_socket.ts";
import { openMemoryLog } from "../../store/memory/messages.ts";
import { waitFor } from "../support/wait.ts";

const SECRET = "cluster-secret-of-the-test";
const ROOM = "100001";

async function listener() {
  const log = openMemoryLog();
  const hub = new FeedHub({
    log,
    settings: () => DEFAULT_IM_SETTINGS,
    exists: () => Promise.resolve(true),
    logger: silentLogger,
  });
  const feed = new FeedSocket({ hub, clusterSecret: SECRET, log: silentLogger });
  const end = runFeed(hub, silentLogger);
  const server = createServer((_request, response) => response.end());
  server.on("upgrade", (request, socket, head) => feed.upgrade(request, socket as Socket, head));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    log,
    hub,
    feed,
    url: `ws://127.0.0.1:${port}/internal/feed`,
    async [Symbol.asyncDispose]() {
      end();
      await feed.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await log.close();
    },
  };
}

/** Status of a refused upgrade. */
function refusal(url: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { headers });
    socket.on("unexpected-response", (request, response) => {
      resolve(response.statusCode);
      response.resume();
      request.destroy();
    });
    socket.on("open", () => reject(new Error("it was opened")));
    socket.on("error", () => {});
  });
}

Deno.test("GET /internal/feed needs the cluster's secret", async () => {
  await using at = await listener();
  strictEqual(await refusal(at.url, {}), 401);
  strictEqual(await refusal(at.url, { authorization: "Bearer wrong" }), 401);
  strictEqual(await refusal(`${at.url}/x`, { authorization: `Bearer ${SECRET}` }), 404);
  strictEqual(at.hub.inspect().edges, 0);
});

Deno.test("GET /internal/feed brings messages within two ticks and ends with a hint", async () => {
  await using at = await listener();
  const heard: string[] = [];
  const edge = new WebSocket(at.url, { headers: { authorization: `Bearer ${SECRET}` } });
  edge.on("message", (data) => heard.push(String(data)));
  const closed = new Promise<number>((resolve) => edge.on("close", resolve));
  await new Promise((resolve) => edge.once("open", resolve));
  edge.send(JSON.stringify({ type: "follow", channels: [{ channel: ROOM, after: null }] }));
  await waitFor("the first slice", () => heard.length === 2);
  const [appended] = await at.log.append(ROOM, [{
    draft: {
      kind: "chat",
      body: { text: "你好", color: null, mode: "scroll", replyTo: null },
      lane: "chat",
      from: null,
      stateKey: null,
    },
    dedupeKey: null,
  }]);
  const message = appended!.message;
  const saidAtMs = performance.now();
  await waitFor("the message", () => heard.length === 3);
  strictEqual(performance.now() - saidAtMs < 1_000, true);
  deepStrictEqual(JSON.parse(heard[2]!), {
    type: "slice",
    channel: ROOM,
    messages: [message],
    head: message.score,
    gap: false,
  });
  await at.feed.close();
  strictEqual(await closed, 1012);
  strictEqual(at.hub.inspect().edges, 0);
});

Deno.test("GET /internal/feed ends an edge that says nonsense, alone", async () => {
  await using at = await listener();
  const open = () => {
    const edge = new WebSocket(at.url, { headers: { authorization: `Bearer ${SECRET}` } });
    edge.on("error", () => {});
    return new Promise<WebSocket>((resolve) => edge.once("open", () => resolve(edge)));
  };
  const good = await open();
  for (const nonsense of ["{", "x".repeat(70_000), new Uint8Array([1, 2])]) {
    const bad = await open();
    const closed = new Promise<number>((resolve) => bad.once("close", resolve));
    bad.send(nonsense);
    match(String(await closed), /^10(08|09|06)$/);
  }
  strictEqual(good.readyState, WebSocket.OPEN);
  strictEqual(at.hub.inspect().edges, 1);
});
