import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { connect, type Socket } from "node:net";
import {
  ChunkParser,
  encodeMessage,
  type RtmpMessage,
} from "../../media/transport/rtmp/chunk_stream.ts";
import { ClientHandshake, HANDSHAKE_PACKET_BYTES } from "../../media/transport/rtmp/handshake.ts";
import { RtmpClient } from "../../media/transport/rtmp/client.ts";
import { startTestServer, type TestServer, until } from "../support/rtmp_server.ts";

const CORPUS = new URL("../fixtures/fuzz/rtmp/", import.meta.url);

/** Publishes what a recorded session holds, again and again, faster than real time. */
async function goodPublisher(server: TestServer, room: string) {
  const recording = await Deno.readFile(new URL("ffmpeg_publish.bin", CORPUS));
  const messages: RtmpMessage[] = [];
  const parser = new ChunkParser({ onMessage: (message) => messages.push(message) });
  parser.push(recording.subarray(1 + 2 * HANDSHAKE_PACKET_BYTES));
  const media = messages.filter(({ type }) => type === 8 || type === 9);
  const client = await RtmpClient.publish({ url: server.publishUrl(room) });
  let next = 0;
  const timer = setInterval(() => {
    const { type, timestamp, payload } = media[next % media.length];
    const timestampMs = timestamp + Math.floor(next / media.length) * 2000;
    client.write({ type, timestampMs, data: payload });
    next++;
  }, 10);
  return {
    client,
    /** Stops sending; returns the time stamp that comes next. */
    pause: () => {
      clearInterval(timer);
      return Math.ceil(next / media.length) * 2000;
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await client.close();
    },
  };
}

function hex(text: string): Uint8Array {
  return Uint8Array.from(text.replaceAll(" ", "").match(/../g)!, (byte) => parseInt(byte, 16));
}

interface Peer {
  readonly socket: Socket;
  readonly closed: Promise<void>;
}

function open(server: TestServer): Promise<Peer> {
  const socket = connect({ host: "127.0.0.1", port: server.server.port });
  const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
  // A reset is one of the ways in which the server may close.
  socket.on("error", () => {});
  socket.resume();
  return new Promise((resolve) => socket.once("connect", () => resolve({ socket, closed })));
}

/** Handshake. */
async function greet(server: TestServer): Promise<Peer> {
  const peer = await open(server);
  peer.socket.write(new ClientHandshake().start());
  peer.socket.write(new Uint8Array(1536));
  return peer;
}

function send(peer: Peer, bytes: Uint8Array, times: number): Promise<void> {
  return new Promise((resolve) => {
    let left = times;
    const more = () => {
      while (left > 0 && !peer.socket.destroyed && peer.socket.writable) {
        left--;
        if (!peer.socket.write(bytes)) return void peer.socket.once("drain", more);
      }
      resolve();
    };
    peer.socket.once("close", () => resolve());
    more();
  });
}

const ATTACKS: Readonly<Record<string, (server: TestServer) => Promise<Peer>>> = {
  "garbage": async (server) => {
    const peer = await open(server);
    await send(peer, crypto.getRandomValues(new Uint8Array(60_000)).fill(0x47, 0, 1), 10);
    return peer;
  },
  "a message of 16 MiB in chunks of 2 GiB": async (server) => {
    const peer = await greet(server);
    peer.socket.write(hex("02 000000 000004 01 00000000 7fffffff"));
    peer.socket.write(hex("03 000000 ffffff 14 00000000"));
    await send(peer, new Uint8Array(65_536), 300);
    return peer;
  },
  "a string of 4 GiB": async (server) => {
    const peer = await greet(server);
    peer.socket.write(hex("03 000000 000006 14 00000000 0c ffffffff 41"));
    return peer;
  },
  "10,000 chunk streams": async (server) => {
    const peer = await greet(server);
    const all: Uint8Array[] = [];
    for (let chunkStreamId = 3; chunkStreamId < 10_003; chunkStreamId++) {
      const payload = new Uint8Array(200);
      all.push(
        encodeMessage({ type: 8, timestamp: 0, streamId: 1, payload }, {
          chunkStreamId,
          chunkSize: 128,
        }).subarray(0, 100),
      );
    }
    await send(peer, Buffer.concat(all), 1);
    return peer;
  },
  "endless commands": async (server) => {
    const peer = await greet(server);
    const call =
      "03 000000 000019 14 00000000 02 000c 63726561746553747265616d 00 4000000000000000 05";
    await send(peer, hex(call), 500);
    return peer;
  },
};

Deno.test("hostile RTMP peers lose their own connection only", async () => {
  await using server = await startTestServer({
    timeouts: { handshakeMs: 1500, commandMs: 1500 },
  });
  await using good = await goodPublisher(server, "100001");
  await until(() => server.registry.isLive("100001"), "the good stream");
  const before = Deno.memoryUsage().rss;
  for (const [name, attack] of Object.entries(ATTACKS)) {
    for (let round = 0; round < 3; round++) {
      const peer = await attack(server);
      await peer.closed.catch(() => {});
      assert.ok(server.registry.isLive("100001"), name);
    }
  }
  // Those who say nothing, half of a handshake, or headers without end are cut by time.
  const silent = await open(server);
  const half = await open(server);
  half.socket.write(new ClientHandshake().start().subarray(0, 700));
  const headers = await greet(server);
  headers.socket.write(hex("04 000000 000000 08 01000000"));
  await send(headers, new Uint8Array(65_536).fill(0xc4), 50);
  await Promise.all([silent.closed, half.closed, headers.closed]);
  assert.ok(Deno.memoryUsage().rss - before < 128 * 1024 * 1024, "memory stays flat");
  assert.equal(server.registry.reports()[0].state, "live");
  assert.equal(server.registry.reports()[0].reconnects, 0);
  assert.equal(await Promise.race([good.client.closed, Promise.resolve("open")]), "open");
});

Deno.test("silent RTMP connections cannot keep publishers out", async () => {
  await using server = await startTestServer({ limits: { unadmitted: 2, perAddress: 50 } });
  const silent: Peer[] = [];
  // Up to ten times the limit they are left alone for a moment; above, the oldest goes.
  for (let i = 0; i < 23; i++) silent.push(await open(server));
  await Promise.all(silent.slice(0, 3).map((peer) => peer.closed));
  await using _good = await goodPublisher(server, "100001");
  await until(() => server.registry.isLive("100001"), "the good stream");
  assert.match(await server.metrics.text(), /wanren_rtmp_refused_total\{reason="unadmitted"/);
  for (const { socket } of silent) socket.destroy();
  await Promise.all(silent.map((peer) => peer.closed));
});

Deno.test("one address gets no more RTMP connections than its share", async () => {
  await using server = await startTestServer({ limits: { perAddress: 5 } });
  const crowd = await Promise.all(Array.from({ length: 8 }, () => open(server)));
  await until(() => crowd.filter(({ socket }) => socket.destroyed).length === 3, "three refused");
  for (const { socket } of crowd) socket.destroy();
  await Promise.all(crowd.map((peer) => peer.closed));
});

Deno.test("an RTMP player that breaks off is forgotten", async () => {
  await using server = await startTestServer();
  await using _good = await goodPublisher(server, "100001");
  await until(() => server.registry.isLive("100001"), "the good stream");
  const recording = await Deno.readFile(new URL("rtmpdump_play.bin", CORPUS));
  const peer = await open(server);
  peer.socket.write(recording);
  await until(() => server.registry.reports()[0].readers.rtmp === 1, "a player");
  peer.socket.destroy();
  await until(() => (server.registry.reports()[0].readers.rtmp ?? 0) === 0, "no player");
});

Deno.test("an RTMP player that takes nothing is skipped; publisher and players go on", async () => {
  await using server = await startTestServer();
  await using _good = await goodPublisher(server, "100001");
  await until(() => server.registry.isLive("100001"), "the good stream");
  await using flood = await goodPublisher(server, "100002");
  await until(() => server.registry.isLive("100002"), "the large stream");
  const peer = await open(server);
  const recording = await Deno.readFile(new URL("rtmpdump_play.bin", CORPUS));
  const name = new TextEncoder().encode("100001");
  const at = Buffer.from(recording).lastIndexOf(name);
  recording.set(new TextEncoder().encode("100002"), at);
  peer.socket.write(recording);
  const readers = (room: string) =>
    server.registry.reports().find((report) => report.room === room)?.readers.rtmp ?? 0;
  await until(() => readers("100002") === 1, "a player");
  peer.socket.pause();
  const start = flood.pause();
  const large = new Uint8Array(9 + 200_000).fill(0x41);
  large.set([0x27, 1, 0, 0, 0, 0, 3, 13, 64]);
  const dropped = async () => {
    const text = await server.metrics.text();
    return Number(
      /^wanren_\w*dropped_units\w*\{[^}]*protocol="rtmp"[^}]*\} (\d+)/m.exec(text)?.[1],
    );
  };
  for (let i = 0; i < 150; i++) {
    flood.client.write({ type: 9, timestampMs: start + i * 20, data: large });
    await until(() => flood.client.bufferedBytes === 0, "the network");
  }
  assert.equal(readers("100002"), 1);
  assert.ok(server.registry.isLive("100001"));
  peer.socket.destroy();
  await until(() => readers("100002") === 0, "no player");
  assert.ok(await dropped() > 0, await server.metrics.text());
});
