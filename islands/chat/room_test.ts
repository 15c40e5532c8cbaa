import assert from "node:assert/strict";
import { ApiError } from "../../client/mod.ts";
import { messageId } from "../../im/protocol/message.ts";
import {
  cursorAt,
  FakeTransport,
  LIN,
  message,
  notice,
  polled,
  scoreOf,
  state,
  StillClock,
  turn,
} from "../../tests/support/chat.ts";
import { ChatRoom, POLL_AFTER_MS, RENDER_EVERY_MS } from "./room.ts";

function begin() {
  const clock = new StillClock();
  const transport = new FakeTransport();
  let ids = 0;
  const room = new ChatRoom({ room: "100001", transport, clock, newId: () => `id${++ids}` });
  const texts = () =>
    room.rows.value.map(({ message }) => message?.kind === "chat" ? message.body.text : "gap");
  room.start();
  return { clock, transport, room, texts };
}

const batch = (messages: ReturnType<typeof message>[], n: number, more = {}) => ({
  type: "batch" as const,
  messages,
  cursor: cursorAt(n),
  dropped: 0,
  reset: false,
  ...more,
});

Deno.test("ChatRoom shows what comes by the connection and does not poll", async () => {
  const { clock, transport, room, texts } = begin();
  await turn();
  transport.line.hello();
  transport.line.frame(batch([message(1)], 1, { reset: true }));
  await clock.pass(5_000);
  assert.deepEqual(texts(), ["text 1"]);
  assert.equal(room.way.value, "live");
  assert.equal(transport.polls.length, 0);
});

Deno.test("ChatRoom changes its signals at most twenty times a second", async () => {
  const { clock, transport, room } = begin();
  await turn();
  transport.line.hello();
  let changes = -1;
  room.rows.subscribe(() => changes++);
  for (let n = 1; n <= 200; n++) {
    transport.line.frame(batch([message(n)], n));
    await clock.pass(5);
  }
  await clock.pass(RENDER_EVERY_MS);
  assert.equal(room.rows.value.length, 200);
  assert.ok(changes <= 22, `${changes} changes`);
});

Deno.test("ChatRoom shows many texts of one batch a few at a time, each once, before the next comes", async () => {
  const { clock, transport, room, texts } = begin();
  await turn();
  transport.line.hello();
  let largest = 0;
  room.onNews((messages) => largest = Math.max(largest, messages.length));
  const from = (start: number, many: number) =>
    Array.from({ length: many }, (_, index) => message(start + index));
  transport.line.frame(batch([...from(1, 100), state(101, "likes", 7)], 101));
  await clock.pass(RENDER_EVERY_MS);
  // What is a state does not wait for the texts.
  assert.equal(room.states.value.likes, 7);
  assert.ok(texts().length < 50, `${texts().length} rows`);
  await clock.pass(400);
  transport.line.frame(batch(from(102, 5), 106));
  await clock.pass(500);
  const shown = texts();
  assert.equal(shown.length, 105);
  assert.deepEqual([shown[0], shown[99], shown[104]], ["text 1", "text 100", "text 106"]);
  assert.ok(largest <= 20, `${largest} at once`);

  transport.line.frame(batch(from(107, 60), 166));
  room.setHidden(true);
  await clock.pass(RENDER_EVERY_MS);
  assert.equal(texts().at(-1), "text 166");
});

Deno.test("ChatRoom takes back a text that waits to be shown", async () => {
  const { clock, transport, texts } = begin();
  await turn();
  transport.line.hello();
  const many = Array.from({ length: 40 }, (_, index) => message(1 + index));
  const id = messageId(many[35]!.score);
  transport.line.frame(batch(many, 40));
  transport.line.frame(batch([notice(41, "removed", { ids: [id] })], 41));
  await clock.pass(1_000);
  assert.equal(texts().length, 39);
  assert.ok(!texts().includes("text 36"));
});

Deno.test("ChatRoom polls everything while the connection does not come", async () => {
  const { clock, transport, room, texts } = begin();
  await turn();
  await clock.pass(POLL_AFTER_MS + 600);
  assert.equal(transport.polls.length, 1);
  assert.equal(transport.polls[0]?.input.kinds, null);
  transport.polls[0]!.answer(polled([message(1)]));
  await clock.pass(200);
  assert.deepEqual(texts(), ["text 1"]);
  assert.equal(room.way.value, "polling");
});

Deno.test("ChatRoom continues by the connection where polls stood, and shows nothing twice", async () => {
  const { clock, transport, room, texts } = begin();
  await turn();
  transport.line.hello();
  transport.line.frame(batch([message(1)], 1));
  await turn();
  transport.line.lose();
  await clock.pass(POLL_AFTER_MS);
  const second = transport.lines[1]!;
  assert.equal(second.address.searchParams.get("cursor"), cursorAt(1));
  await clock.pass(600);
  assert.equal(transport.polls[0]?.input.cursor, cursorAt(1));
  transport.polls[0]!.answer(polled([message(2)]));
  await turn();
  second.lose();
  await clock.pass(3_000);
  assert.equal(transport.line.address.searchParams.get("cursor"), cursorAt(2));
  transport.line.hello();
  transport.line.frame(batch([message(2), message(3)], 3));
  await clock.pass(5_000);
  assert.deepEqual(texts(), ["text 1", "text 2", "text 3"]);
  assert.equal(room.inspect().polling, false);
});

Deno.test("ChatRoom polls the kinds that a big room does not push, and stops when it may", async () => {
  const { clock, transport, room } = begin();
  await turn();
  transport.line.hello(["chat"]);
  await clock.pass(600);
  assert.deepEqual(transport.polls[0]?.input.kinds, ["chat"]);
  transport.line.frame({
    type: "policy",
    push: ["chat", "gift", "pk", "notice"],
    poll: [],
    pollAfterMs: 1_000,
  });
  assert.equal(room.inspect().polling, false);
  assert.equal(transport.polls[0]?.aborted(), true);
});

Deno.test("ChatRoom gives a slow poll up and has one in flight", async () => {
  const { clock, transport } = begin();
  await turn();
  await clock.pass(POLL_AFTER_MS + 600);
  await clock.pass(7_000);
  assert.equal(transport.polls.length, 1);
  await clock.pass(3_000);
  assert.equal(transport.polls[0]?.aborted(), true);
  assert.equal(transport.polls.length, 2);
});

Deno.test("ChatRoom does not poll for a hidden page and comes back to the head", async () => {
  const { clock, transport, room } = begin();
  await turn();
  await clock.pass(POLL_AFTER_MS + 600);
  transport.polls[0]!.answer(polled([message(1)]));
  await clock.pass(100);
  room.setHidden(true);
  await clock.pass(60_000);
  const before = transport.polls.length;
  room.setHidden(false);
  await clock.pass(0);
  assert.equal(transport.polls.length, before + 1);
  assert.equal(transport.polls.at(-1)?.input.cursor, null);
});

Deno.test("ChatRoom asks for a new ticket with each attempt, ever more seldom", async () => {
  const { clock, transport } = begin();
  await turn();
  for (let i = 0; i < 6; i++) {
    transport.line.lose();
    await clock.pass(200_000);
    if (i < 5) {
      assert.equal(transport.line.address.searchParams.get("ticket"), `t${transport.offers}`);
    }
  }
  assert.ok(transport.offers >= 7 && transport.offers < 60, `${transport.offers} offers`);
});

Deno.test("ChatRoom beats, and leaves a connection that does not answer", async () => {
  const { clock, transport } = begin();
  await turn();
  transport.line.hello();
  await clock.pass(25_000);
  assert.deepEqual(transport.line.sent, ["ping"]);
  transport.line.frame({ type: "pong" });
  await clock.pass(34_000);
  assert.equal(transport.lines.length, 1);
  await clock.pass(2_000);
  assert.equal(transport.lines[0]?.closed, true);
  assert.equal(transport.lines.length, 2);
});

Deno.test("ChatRoom goes elsewhere when a gateway says so, in the time it says", async () => {
  const { clock, transport } = begin();
  await turn();
  transport.line.hello();
  transport.line.frame({ type: "reconnect", afterMs: 3_000 });
  await clock.pass(2_900);
  assert.equal(transport.lines.length, 1);
  await clock.pass(200);
  assert.equal(transport.lines.length, 2);
});

Deno.test("ChatRoom walks down the list of gateways until one answers, and begins at the top again", async () => {
  const { clock, transport } = begin();
  transport.gateways = ["ws://a.test/im", "ws://b.test/im", "ws://c.test/im"];
  await turn();
  // One is lost at once, one never says hello.
  transport.line.lose();
  await clock.pass(2_000);
  await clock.pass(12_000);
  await clock.pass(3_000);
  const hosts = () => transport.lines.map(({ address }) => address.host);
  assert.deepEqual(hosts(), ["a.test", "b.test", "c.test"]);
  transport.line.hello();
  await clock.pass(20_000);
  transport.line.lose();
  await clock.pass(2_000);
  assert.deepEqual(hosts().slice(3), ["a.test"]);
});

Deno.test("ChatRoom does not go back to a gateway that was just lost, though it is offered first", async () => {
  const { clock, transport } = begin();
  transport.gateways = ["ws://a.test/im", "ws://b.test/im"];
  const hosts = () => transport.lines.map(({ address }) => address.host);
  await turn();
  transport.line.hello();
  transport.line.frame({ type: "reconnect", afterMs: 500 });
  await clock.pass(1_000);
  transport.gateways = ["ws://b.test/im", "ws://a.test/im"];
  transport.line.lose();
  await clock.pass(2_000);
  assert.deepEqual(hosts(), ["a.test", "b.test", "a.test"], "the one that was lost first");
  transport.line.hello();
  await clock.pass(20_000);
  transport.line.lose();
  await clock.pass(2_000);
  assert.deepEqual(hosts().slice(3), ["b.test"]);
});

Deno.test("ChatRoom stays away from a room that it was shown out of", async () => {
  const { clock, transport, room } = begin();
  await turn();
  transport.line.hello();
  transport.line.frame({ type: "problem", code: "banned", text: "out" });
  transport.line.lose();
  await clock.pass(600_000);
  assert.equal(room.way.value, "banned");
  assert.equal(transport.lines.length, 1);
  assert.equal(transport.polls.length, 0);
});

Deno.test("ChatRoom leaves a gateway whose frames it cannot read", async () => {
  const { transport } = begin();
  await turn();
  transport.line.bytes(new Uint8Array([0xff, 0xff, 0xff]));
  assert.equal(transport.line.closed, true);
});

Deno.test("ChatRoom ends where there is no such room", async () => {
  const transport = new FakeTransport();
  transport.refusal = new ApiError({ status: 404, code: "not_found" });
  const clock = new StillClock();
  const room = new ChatRoom({ room: "1", transport, clock, newId: () => "x" });
  room.start();
  await clock.pass(100_000);
  assert.equal(room.way.value, "missing");
  assert.equal(transport.offers, 1);
});

Deno.test("ChatRoom shows what was said before, without calling it news", async () => {
  const { clock, transport, room, texts } = begin();
  const news: string[] = [];
  room.onNews((messages) => news.push(...messages.map(({ kind }) => kind)));
  transport.past = [message(1), state(2, "likes", 9)];
  await turn();
  transport.line.hello([], cursorAt(3));
  await clock.pass(500);
  assert.deepEqual(texts(), ["text 1"]);
  assert.deepEqual(news, []);
  assert.equal(room.states.value.likes, null);
  assert.equal(transport.histories.length, 1);
});

Deno.test("ChatRoom sends texts one by one and again under the same name", async () => {
  const { clock, transport, room } = begin();
  const style = { color: null, mode: "scroll", replyTo: null };
  await turn();
  assert.ok(room.say({ text: "one", ...style }));
  assert.ok(room.say({ text: "two", ...style }));
  assert.equal(transport.says.length, 1);
  transport.says[0]!.fail(new ApiError({ status: 0, code: "unreachable" }));
  await clock.pass(1_500);
  assert.deepEqual(transport.says.map(({ input }) => input.clientId), ["id1", "id1"]);
  transport.says[1]!.answer(message(1));
  await turn();
  assert.equal(transport.says[2]?.input.text, "two");
  assert.deepEqual(room.pending.value.map(({ text }) => text), ["two"]);
});

Deno.test("ChatRoom gives a text back that comes too early, with the time to wait", async () => {
  const { clock, transport, room } = begin();
  const style = { color: null, mode: "scroll", replyTo: null };
  const back: [string, string][] = [];
  room.onRefused((text, { code }) => back.push([text.text, code]));
  room.say({ text: "one", ...style });
  transport.says[0]!.fail(new ApiError({ status: 429, code: "slow_down", retryAfterS: 7 }));
  await turn();
  assert.deepEqual(back, [["one", "slow_down"]]);
  assert.equal(room.waitUntilMs.value, clock.now() + 7_000);
  assert.deepEqual(room.pending.value, []);
});

Deno.test("ChatRoom gives a text back when the platform cannot be reached for long", async () => {
  const { clock, transport, room } = begin();
  const back: string[] = [];
  room.onRefused((_text, { code }) => back.push(code));
  room.say({ text: "one", color: null, mode: "scroll", replyTo: null });
  for (let i = 0; i < 5; i++) {
    transport.says[i]!.fail(new ApiError({ status: 503, code: "busy" }));
    await clock.pass(12_000);
  }
  assert.deepEqual(back, ["unreachable"]);
  assert.equal(transport.says.length, 5);
});

Deno.test("ChatRoom sends a second's likes in one call and does not count them twice", async () => {
  const { clock, transport, room } = begin();
  await turn();
  transport.line.hello();
  for (let i = 0; i < 30; i++) room.like();
  assert.equal(room.ownLikes.value, 30);
  await clock.pass(300);
  for (let i = 0; i < 60; i++) room.like();
  assert.deepEqual(transport.likes.map(({ input }) => input.count), [30]);
  transport.likes[0]!.answer();
  await clock.pass(1_100);
  assert.deepEqual(transport.likes.map(({ input }) => input.count), [30, 50]);
  transport.line.frame(batch([state(5, "likes", 30)], 5));
  await clock.pass(200);
  assert.equal(room.ownLikes.value, 60);
  assert.equal(room.states.value.likes, 30);
});

Deno.test("ChatRoom sends likes again under the same name when the answer did not come", async () => {
  const { clock, transport, room } = begin();
  room.like();
  await clock.pass(300);
  transport.likes[0]!.fail(new ApiError({ status: 0, code: "timeout" }));
  await clock.pass(3_000);
  assert.equal(transport.likes.length, 2);
  assert.equal(transport.likes[1]?.input.requestId, transport.likes[0]?.input.requestId);
});

Deno.test("ChatRoom shows nothing of who is ignored, and all of it when that ends", async () => {
  const { clock, transport, room, texts } = begin();
  const other = { ...LIN, id: "0e0e0e0e" };
  const news: number[] = [];
  const gone: boolean[] = [];
  room.onNews((messages) => news.push(messages.length));
  room.onGone((isGone) => gone.push(isGone(message(1))));
  await turn();
  transport.line.hello();
  transport.line.frame(batch([message(1), message(2, undefined, { from: other })], 2));
  await clock.pass(200);
  room.ignore(new Set([LIN.id]));
  await clock.pass(200);
  assert.deepEqual(texts(), ["text 2"]);
  assert.deepEqual(gone, [true], "what flies over the picture goes, too");
  transport.line.frame(batch([message(3)], 3));
  await clock.pass(200);
  assert.deepEqual(news, [2]);
  room.ignore(new Set());
  await clock.pass(200);
  assert.deepEqual(texts(), ["text 1", "text 2", "text 3"]);
});

Deno.test("ChatRoom tells what was taken back, by connection and by poll", async () => {
  const { clock, transport, room, texts } = begin();
  const gone: boolean[] = [];
  room.onGone((isGone) => gone.push(isGone(message(1)), isGone(message(2))));
  const removed = (n: number, of: number) =>
    notice(n, "removed", { ids: [messageId(scoreOf(of))] });
  await turn();
  transport.line.hello();
  transport.line.frame(batch([message(1), message(2), message(3)], 3));
  transport.line.frame(batch([removed(4, 1)], 4));
  await clock.pass(200);
  assert.deepEqual(texts(), ["text 2", "text 3"]);
  transport.line.lose();
  await clock.pass(POLL_AFTER_MS + 600);
  transport.polls[0]!.answer(polled([removed(5, 2)]));
  await clock.pass(200);
  assert.deepEqual(texts(), ["text 3"]);
  assert.deepEqual(gone, [true, false, false, true]);
});

Deno.test("ChatRoom says that the viewer is banned when no ticket is given", async () => {
  const { clock, transport, room } = begin();
  await turn();
  transport.line.hello();
  transport.refusal = new ApiError({ status: 403, code: "banned", detail: "no" });
  transport.line.lose();
  await clock.pass(5_000);
  assert.equal(room.way.value, "banned");
  const { offers } = transport;
  await clock.pass(60_000);
  assert.equal(transport.offers, offers);
});
