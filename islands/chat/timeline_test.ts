import assert from "node:assert/strict";
import type { Content, Message } from "../../im/protocol/message.ts";
import { messageId } from "../../im/protocol/message.ts";
import { message, notice, scoreOf, state } from "../../tests/support/chat.ts";
import { MAX_ROWS, Timeline } from "./timeline.ts";

const arrival = (messages: readonly Message[], more = {}) => ({
  messages,
  dropped: 0,
  reset: false,
  ...more,
});
const gift = (n: number, combo: number) =>
  message(n, {
    kind: "gift",
    body: { gift: "rose", count: 1, combo, value: 1, side: null },
  } as Content);
const textsOf = (timeline: Timeline) =>
  timeline.rows.map(({ message }) =>
    message === null ? "gap" : message.kind === "chat" ? message.body.text : message.kind
  );

Deno.test("Timeline shows a message once, whichever way and however often it comes", () => {
  const timeline = new Timeline();
  assert.equal(timeline.take(arrival([message(1), message(2)])).messages.length, 2);
  const again = timeline.take(arrival([message(2), message(3)]));
  assert.deepEqual(again.messages, [message(3)]);
  assert.deepEqual(textsOf(timeline), ["text 1", "text 2", "text 3"]);
  assert.equal(timeline.take(arrival([message(1)])).changed, false);
});

Deno.test("Timeline knows messages of two channels with one id apart", () => {
  const timeline = new Timeline();
  const all = [notice(1, "broadcast", { text: "all" }), notice(1, "private", { text: "you" })];
  assert.equal(timeline.take(arrival([message(1), ...all])).messages.length, 3);
});

Deno.test("Timeline puts what comes late where it belongs", () => {
  const timeline = new Timeline();
  timeline.take(arrival([message(1), message(5)]));
  timeline.take(arrival([message(3)]));
  assert.deepEqual(textsOf(timeline), ["text 1", "text 3", "text 5"]);
});

Deno.test("Timeline keeps the newest rows and knows the forgotten ones", () => {
  const timeline = new Timeline();
  const many = Array.from({ length: MAX_ROWS + 50 }, (_, n) => message(n));
  timeline.take(arrival(many));
  assert.equal(timeline.rows.length, MAX_ROWS);
  assert.equal(timeline.rows[0]?.message?.score, scoreOf(50));
  assert.equal(timeline.take(arrival(many)).messages.length, 0);
});

Deno.test("Timeline keeps the newest snapshot of a state, in whatever order they come", () => {
  const timeline = new Timeline();
  timeline.take(arrival([state(5, "likes", 50)]));
  assert.equal(timeline.take(arrival([state(3, "likes", 30)])).messages.length, 0);
  assert.equal(timeline.state("likes")?.score, scoreOf(5));
  assert.deepEqual(timeline.rows, []);
});

Deno.test("Timeline marks what is missing once, and counts what was left out", () => {
  const timeline = new Timeline();
  timeline.take(arrival([message(1)]));
  timeline.take(arrival([message(9)], { reset: true, dropped: 4 }));
  timeline.take(arrival([], { reset: true, dropped: 2 }));
  timeline.take(arrival([], { reset: true }));
  assert.deepEqual(textsOf(timeline), ["text 1", "gap", "text 9", "gap"]);
  assert.equal(timeline.dropped, 6);
});

Deno.test("Timeline begins without a mark", () => {
  const timeline = new Timeline();
  timeline.take(arrival([message(1)], { reset: true }));
  assert.deepEqual(textsOf(timeline), ["text 1"]);
});

Deno.test("Timeline takes back what moderators remove, and does not show it later either", () => {
  const timeline = new Timeline();
  timeline.take(arrival([message(1), message(2)]));
  timeline.take(arrival([notice(5, "removed", { ids: [messageId(scoreOf(1))] })]));
  assert.deepEqual(textsOf(timeline), ["text 2"]);
  timeline.take(arrival([notice(6, "removed", { account: "0a0b0c0d" })]));
  assert.deepEqual(textsOf(timeline), []);
  assert.equal(timeline.take(arrival([message(4), message(7)])).messages.length, 1);
  assert.deepEqual(textsOf(timeline), ["text 7"]);
});

Deno.test("Timeline takes the quotes of what is removed along", () => {
  const timeline = new Timeline();
  const id = messageId(scoreOf(1));
  const answer = message(2, {
    kind: "chat",
    body: {
      text: "so true",
      color: null,
      mode: "scroll",
      replyTo: { id, name: "Lin", text: "bad words" },
    },
  });
  timeline.take(arrival([message(1), answer, message(3)]));
  const before = timeline.rows;
  timeline.take(arrival([notice(5, "removed", { ids: [id] })]));
  assert.deepEqual(textsOf(timeline), ["so true", "text 3"]);
  assert.ok(!JSON.stringify(timeline.rows).includes("bad words"));
  assert.equal(timeline.rows[1], before[2], "others are not drawn again");
});

Deno.test("Timeline makes one row of people who come in after each other", () => {
  const timeline = new Timeline();
  timeline.take(arrival([notice(1, "enter", { names: ["A"], count: 1 })]));
  timeline.take(arrival([notice(2, "enter", { names: ["B", "C"], count: 7 })]));
  assert.equal(timeline.rows.length, 1);
  const { body } = timeline.rows[0]!.message as Message & { kind: "notice" };
  assert.deepEqual(body.data, { names: ["B", "C"], count: 8 });
  timeline.take(arrival([message(3), notice(4, "enter", { names: ["D"], count: 1 })]));
  assert.equal(timeline.rows.length, 3);
});

Deno.test("Timeline lets a growing combo stand in one row, at its newest place", () => {
  const timeline = new Timeline();
  timeline.take(arrival([gift(1, 1), message(2)]));
  timeline.take(arrival([gift(3, 2)]));
  assert.deepEqual(textsOf(timeline), ["text 2", "gift"]);
});

Deno.test("Timeline takes the past without calling it news", () => {
  const timeline = new Timeline();
  timeline.take(arrival([message(5)]));
  const { messages, changed } = timeline.take(arrival([message(1), message(5)]), { quiet: true });
  assert.deepEqual({ messages, changed }, { messages: [], changed: true });
  assert.deepEqual(textsOf(timeline), ["text 1", "text 5"]);
});
