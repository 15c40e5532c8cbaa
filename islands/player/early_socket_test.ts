import assert from "node:assert/strict";
import { EarlySocket, leaveSocket, takeSocket } from "./early_socket.ts";

/** A server that sends what it is told to, to one client. */
function serve(): AsyncDisposable & {
  readonly url: string;
  readonly peer: Promise<WebSocket>;
} {
  const { promise: peer, resolve } = Promise.withResolvers<WebSocket>();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onopen = () => resolve(socket);
    return response;
  });
  return {
    url: `ws://127.0.0.1:${server.addr.port}/`,
    peer,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function reader() {
  const { promise: ended, resolve } = Promise.withResolvers<string>();
  const bytes: number[] = [];
  return {
    bytes,
    ended,
    onData: (data: ArrayBuffer) => void bytes.push(...new Uint8Array(data)),
    onEnd: (reason: string) => resolve(reason),
  };
}

Deno.test("EarlySocket keeps what comes before its reader, in order, and then its end", async () => {
  await using server = serve();
  const socket = new EarlySocket(server.url);
  const peer = await server.peer;
  peer.send(new Uint8Array([1, 2]));
  peer.send(new Uint8Array([3]));
  await new Promise((resolve) => setTimeout(resolve, 50));
  const seen = reader();
  socket.attach(seen);
  assert.deepEqual(seen.bytes, [1, 2, 3]);
  peer.send(new Uint8Array([4]));
  peer.close();
  assert.equal(await seen.ended, "closed");
  assert.deepEqual(seen.bytes, [1, 2, 3, 4]);
});

Deno.test("EarlySocket tells a late reader that the connection failed", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const socket = new EarlySocket(`ws://127.0.0.1:${port}/`);
  await new Promise((resolve) => setTimeout(resolve, 100));
  const seen = reader();
  socket.attach(seen);
  assert.equal(await seen.ended, "failed");
});

Deno.test("EarlySocket.drop() ends the connection without a word to its reader", async () => {
  await using server = serve();
  const socket = new EarlySocket(server.url);
  const peer = await server.peer;
  const closed = new Promise((resolve) => peer.onclose = resolve);
  const seen = reader();
  socket.attach(seen);
  socket.drop();
  await closed;
  const silent = new Promise((resolve) => setTimeout(() => resolve("silent"), 30));
  assert.equal(await Promise.race([seen.ended, silent]), "silent");
});

Deno.test("takeSocket() gives a connection out once, and drops one that nobody wanted", async () => {
  await using server = serve();
  const socket = new EarlySocket(server.url);
  const peer = await server.peer;
  leaveSocket(server.url, socket);
  assert.equal(takeSocket(server.url), socket);
  assert.equal(takeSocket(server.url), null);
  const closed = new Promise((resolve) => peer.onclose = resolve);
  leaveSocket(server.url, socket);
  assert.equal(takeSocket(null), null);
  await closed;
});
