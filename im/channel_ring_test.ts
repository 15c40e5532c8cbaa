import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import {
  chatDraft,
  giftDraft,
  noticeDraft,
  placed,
  TALK_MS,
} from "../tests/support/im_messages.ts";
import { ChannelRing } from "./channel_ring.ts";
import type { Slice } from "./log.ts";
import { KINDS, type Message, messageId, scoreAt } from "./protocol/message.ts";

const at = (ms: number, n = 0) => scoreAt(TALK_MS + ms) + n;
const slice = (messages: readonly Message[], change: Partial<Slice> = {}): Slice => ({
  messages,
  head: messages.at(-1)?.score ?? 0,
  gap: false,
  ...change,
});
const chat = (ms: number, n = 0) => placed(chatDraft(`${ms} ${n}`), at(ms, n));
const texts = (messages: readonly Message[]) =>
  messages.map((message) => message.kind === "chat" ? message.body.text : message.kind);

Deno.test("ChannelRing gives what came after a score, in order", () => {
  const ring = new ChannelRing();
  ring.take(slice([chat(0), chat(10)]), TALK_MS);
  ring.take(slice([chat(200), chat(201)]), TALK_MS + 210);
  deepStrictEqual(texts(ring.after(at(10))), ["200 0", "201 0"]);
  deepStrictEqual(texts(ring.after(0)), ["0 0", "10 0", "200 0", "201 0"]);
  deepStrictEqual(ring.after(ring.head), []);
  strictEqual(ring.head, at(201));
});

Deno.test("ChannelRing takes a message that comes twice once", () => {
  const ring = new ChannelRing();
  ring.take(slice([chat(0), chat(10)]), TALK_MS);
  deepStrictEqual(texts(ring.take(slice([chat(10), chat(20)]), TALK_MS + 20)), ["20 0"]);
  strictEqual(ring.size, 3);
});

Deno.test("ChannelRing says which scores are stale: trimmed by age, by number, by a gap", () => {
  const byAge = new ChannelRing({ maxAgeMs: 1_000 });
  byAge.take(slice([chat(0), chat(500)]), TALK_MS + 500);
  byAge.take(slice([chat(1_400)]), TALK_MS + 1_400);
  ok(byAge.isStale(at(0) - 1) && !byAge.isStale(at(0)));

  const byNumber = new ChannelRing({ maxMessages: 2 });
  byNumber.take(slice([chat(0), chat(1), chat(2)]), TALK_MS);
  ok(byNumber.isStale(at(0) - 1) && !byNumber.isStale(at(0)));

  const byGap = new ChannelRing();
  byGap.take(slice([chat(0)]), TALK_MS);
  byGap.take(slice([chat(900)], { gap: true }), TALK_MS + 900);
  ok(byGap.isStale(at(0)) && !byGap.isStale(at(900)));
  deepStrictEqual(texts(byGap.after(0)), ["900 0"]);
});

Deno.test("ChannelRing that begins covers the age that it holds, and a silent channel wholly", () => {
  const ring = new ChannelRing();
  ring.take(slice([chat(0)]), TALK_MS);
  ok(!ring.isStale(at(-30_000)), "the slice would have held it");
  ok(ring.isStale(at(-61_000)));

  const silent = new ChannelRing();
  silent.take(slice([], { head: at(-3_600_000) }), TALK_MS);
  ok(!silent.isStale(at(-3_600_000)), "a cursor at the head of an hour ago has missed nothing");
  ok(silent.isStale(at(-3_600_001)));
});

Deno.test("ChannelRing keeps the best of a full tick and counts the others exactly", () => {
  const ring = new ChannelRing({ maxPerTick: 3 });
  const big = placed(giftDraft("rocket", { lane: "bigGift" }), at(0, 0));
  const low = [1, 2, 3, 4, 5].map((n) => placed(chatDraft(`low ${n}`, { lane: "low" }), at(0, n)));
  const valued = placed(chatDraft("valued", { lane: "valued" }), at(0, 6));
  ring.take(slice([big, ...low, valued]), TALK_MS);
  deepStrictEqual(texts(ring.after(0)), ["gift", "low 4", "low 5", "valued"]);
  const range = { after: 0, upTo: ring.head };
  strictEqual(ring.lost({ ...range, kinds: KINDS }), 3);
  strictEqual(ring.lost({ ...range, kinds: ["gift"] }), 0);
  strictEqual(ring.lost({ after: ring.head, upTo: Infinity, kinds: KINDS }), 0);
});

Deno.test("ChannelRing cuts a long slice into ticks", () => {
  const ring = new ChannelRing({ maxPerTick: 2 });
  const messages = [0, 20, 40, 100, 120, 140].map((ms) => chat(ms));
  ring.take(slice(messages), TALK_MS + 140);
  deepStrictEqual(texts(ring.after(0)), ["20 0", "40 0", "120 0", "140 0"]);
  strictEqual(ring.lost({ after: at(40), upTo: ring.head, kinds: KINDS }), 1);
});

Deno.test("ChannelRing keeps the newest snapshot of each state, bounded", () => {
  const ring = new ChannelRing({ maxStates: 2, maxMessages: 1 });
  const state = (key: string, count: number, ms: number) =>
    placed(noticeDraft("likes", { count }, { stateKey: key }), at(ms));
  ring.take(slice([state("likes", 1, 0), state("viewers", 5, 1), state("likes", 2, 2)]), TALK_MS);
  deepStrictEqual(ring.states().map(({ stateKey }) => stateKey), ["viewers", "likes"]);
  strictEqual(ring.state("likes")?.score, at(2));
  ring.take(slice([state("rules", 1, 3)]), TALK_MS);
  deepStrictEqual(ring.states().map(({ stateKey }) => stateKey), ["likes", "rules"]);
});

Deno.test("ChannelRing lets go of what a notice takes back", () => {
  const ring = new ChannelRing();
  const bob = { id: "b0b0b0b0", name: "Bob", level: 1, role: "member" } as const;
  const byBob = placed(chatDraft("spam", { from: bob }), at(1));
  ring.take(slice([chat(0), byBob, chat(2), chat(3)]), TALK_MS);
  const draft = { ...noticeDraft("removed", {}, { lane: "moderation" as const }) };
  const removed = placed({
    ...draft,
    kind: "notice",
    body: { notice: "removed", data: { ids: [messageId(at(2))] } },
  }, at(4));
  ring.take(slice([removed]), TALK_MS);
  deepStrictEqual(texts(ring.after(0)), ["0 0", "spam", "3 0", "notice"]);
  const all = placed(
    noticeDraft("removed", { account: bob.id }, { lane: "moderation" }),
    at(5),
  );
  ring.take(slice([all]), TALK_MS);
  deepStrictEqual(texts(ring.after(0)), ["0 0", "3 0", "notice", "notice"]);
});

Deno.test("ChannelRing.normalised() is the same for scores with the same messages after them", () => {
  const ring = new ChannelRing();
  ring.take(slice([chat(0), chat(50), chat(90)]), TALK_MS);
  strictEqual(ring.normalised(at(10)), ring.normalised(at(49)));
  strictEqual(ring.normalised(at(90)), ring.head);
  strictEqual(ring.normalised(at(9_000)), ring.head, "a score of the future is the head");
  deepStrictEqual(texts(ring.after(ring.normalised(at(10)))), ["50 0", "90 0"]);
});
