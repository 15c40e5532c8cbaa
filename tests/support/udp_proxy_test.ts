import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createSocket } from "node:dgram";
import { NetworkDirection, openUdpProxy } from "./udp_proxy.ts";

Deno.test("NetworkDirection loses, delays, disorders and repeats as it is told, and the same again", () => {
  const conditions = {
    lossPercent: 5,
    delayMs: 20,
    jitterMs: 50,
    reorderPercent: 2,
    duplicatePercent: 1,
  };
  const run = (seed: number) => {
    const direction = new NetworkDirection(conditions, seed);
    const deliveries = Array.from({ length: 10_000 }, (_, i) => direction.deliveries(1200, i * 2));
    return { deliveries, counts: direction.counts };
  };
  const { deliveries, counts } = run(7);
  assert.deepEqual(run(7), { deliveries, counts });
  assert.notDeepEqual(run(8).counts, counts);
  assert.ok(Math.abs(counts.lost - 500) < 100, `${counts.lost} lost`);
  assert.ok(Math.abs(counts.reordered - 190) < 60, `${counts.reordered} reordered`);
  assert.equal(counts.forwarded, counts.received - counts.lost + counts.duplicated);
  deliveries.forEach((times, i) => {
    for (const at of times) assert.ok(at >= i * 2 + 20 && at <= i * 2 + 20 + 50 + 16 + 50);
  });
});

Deno.test("NetworkDirection keeps the order under jitter alone", () => {
  const direction = new NetworkDirection({ jitterMs: 50 }, 1);
  let last = -Infinity;
  for (let i = 0; i < 1000; i++) {
    const [at] = direction.deliveries(100, i);
    assert.ok(at >= last);
    last = at;
  }
});

Deno.test("NetworkDirection lets no more through than its bottleneck carries", () => {
  const direction = new NetworkDirection({ kilobitsPerSecond: 1000 }, 1);
  // 2 Mbps for 5 s.
  for (let ms = 0; ms < 5000; ms += 5) direction.deliveries(1250, ms);
  const seconds = 5 + 0.3;
  assert.ok(direction.counts.forwarded * 10_000 <= 1_000_000 * seconds + 20_000);
  assert.ok(direction.counts.lost > 400);
});

Deno.test("openUdpProxy() passes packets both ways, each client by itself, through a bad network", async () => {
  const target = createSocket("udp4");
  target.on("message", (bytes, from) => target.send(bytes, from.port, from.address));
  await new Promise<void>((resolve) => target.bind(0, "127.0.0.1", resolve));
  await using proxy = await openUdpProxy({
    targetPort: target.address().port,
    up: { lossPercent: 20, jitterMs: 5 },
    seed: 3,
  });
  const clients = ["a", "b"].map((name) => {
    const socket = createSocket("udp4");
    const answers: string[] = [];
    socket.on("message", (bytes) => answers.push(bytes.toString()));
    return { name, socket, answers };
  });
  for (let i = 0; i < 100; i++) {
    for (const { name, socket } of clients) {
      socket.send(Buffer.from(`${name}${i}`), proxy.port, "127.0.0.1");
    }
    if (i % 10 === 9) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  for (let waited = 0; waited < 100 && proxy.down.forwarded < proxy.up.forwarded; waited++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(proxy.up.received, 200);
  assert.ok(proxy.up.lost > 15 && proxy.up.lost < 70, `${proxy.up.lost} lost`);
  for (const { name, answers } of clients) {
    assert.ok(answers.length > 50 && answers.every((answer) => answer.startsWith(name)));
  }
  assert.equal(clients[0].answers.length + clients[1].answers.length, proxy.up.forwarded);
  proxy.change({ up: { lossPercent: 100 } });
  clients[0].socket.send(Buffer.from("x"), proxy.port, "127.0.0.1");
  for (let waited = 0; waited < 100 && proxy.up.received < 201; waited++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.equal(clients[0].answers.includes("x"), false);
  await Promise.all(
    [target, ...clients.map(({ socket }) => socket)].map((socket) =>
      new Promise<void>((resolve) => socket.close(() => resolve()))
    ),
  );
});
