import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { ClientMessage, ServerMessage } from "../../rooms/calls/protocol.ts";
import { SignalClient, type SignalEnd, signalPauseMs } from "./signal_client.ts";

/** A connection whose other end is the test. */
class FakeSocket {
  readyState = 0;
  readonly sent: ClientMessage[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  send(data: string): void {
    this.sent.push(JSON.parse(data));
  }

  say(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  close(code = 1005): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

function start() {
  const sockets: FakeSocket[] = [];
  const messages: ServerMessage[] = [];
  const ends: SignalEnd[] = [];
  let away = 0;
  const client = new SignalClient({
    url: "ws://test/signal/x",
    join: () => ({ name: "Ann", audio: true, video: false }),
    open: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
    onMessage: (message) => messages.push(message),
    onAway: () => away++,
    onEnd: (end) => ends.push(end),
  });
  return { client, sockets, messages, ends, awayCount: () => away };
}

async function next(sockets: readonly FakeSocket[], count: number): Promise<FakeSocket> {
  for (let rounds = 0; rounds < 400 && sockets.length < count; rounds++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  ok(sockets.length >= count, "another connection");
  return sockets[count - 1]!;
}

Deno.test("SignalClient joins first, answers beats, and says nothing before it is seated", () => {
  const { client, sockets, messages } = start();
  const [socket] = sockets;
  strictEqual(client.send({ type: "state", hand: true }), false);
  socket!.open();
  deepStrictEqual(socket!.sent, [{ type: "join", name: "Ann", audio: true, video: false }]);
  strictEqual(client.send({ type: "state", hand: true }), false);
  socket!.say({ type: "welcome", resume: "token" });
  socket!.say({ type: "beat" });
  deepStrictEqual(socket!.sent.at(-1), { type: "beat" });
  deepStrictEqual(messages.map(({ type }) => type), ["welcome"]);
  client.leave();
  deepStrictEqual(socket!.sent.at(-1), { type: "leave" });
});

Deno.test("SignalClient comes back with its seat when the connection breaks", async () => {
  const { client, sockets, ends, awayCount } = start();
  sockets[0]!.open();
  sockets[0]!.say({ type: "welcome", resume: "token" });
  sockets[0]!.close(1012);
  strictEqual(awayCount(), 1);
  const second = await next(sockets, 2);
  second.open();
  deepStrictEqual(second.sent[0], {
    ...{ type: "join", name: "Ann", audio: true, video: false, resume: "token" },
  });
  // Away is said once, however long it takes.
  second.close(1006);
  strictEqual(awayCount(), 1);
  await next(sockets, 3);
  deepStrictEqual(ends, []);
  client.leave();
});

Deno.test("SignalClient takes a new seat when its own was given up", async () => {
  const { client, sockets, ends } = start();
  sockets[0]!.open();
  sockets[0]!.say({ type: "welcome", resume: "token" });
  sockets[0]!.say({ type: "ended", code: "lost" });
  sockets[0]!.close(4413);
  await next(sockets, 2);
  deepStrictEqual(ends, []);
  client.leave();
});

for (
  const [name, message, code] of [
    ["refused", { type: "refused", code: "full", retryAfterS: null }, 4427],
    ["kicked", { type: "ended", code: "kicked" }, 4410],
  ] as const
) {
  Deno.test(`SignalClient ends for good when it is ${name}`, async () => {
    const { sockets, ends } = start();
    sockets[0]!.open();
    sockets[0]!.say(message);
    sockets[0]!.close(code);
    await new Promise((resolve) => setTimeout(resolve, 300));
    strictEqual(sockets.length, 1);
    strictEqual(ends.length, 1);
    strictEqual(ends[0]?.code, message.code);
  });
}

Deno.test("SignalClient renews a connection that nothing was heard of, without a word to its owner", async () => {
  const { client, sockets, awayCount } = start();
  sockets[0]!.open();
  sockets[0]!.say({ type: "welcome", resume: "token" });
  client.renew();
  strictEqual(sockets.length, 1, "it was heard just now");
  await new Promise((resolve) => setTimeout(resolve, 1_050));
  client.renew();
  strictEqual(sockets.length, 2);
  strictEqual(sockets[0]!.readyState, 3);
  sockets[1]!.open();
  strictEqual((sockets[1]!.sent[0] as { resume?: string }).resume, "token");
  strictEqual(awayCount(), 0);
  client.leave();
});

Deno.test("signalPauseMs() grows up to a limit, and is never nothing", () => {
  ok(signalPauseMs(0, 0) >= 100);
  ok(signalPauseMs(3, 0.5) > signalPauseMs(0, 0.5));
  ok(signalPauseMs(100, 0.999) <= 5_000);
});
