import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import {
  chatDraft,
  giftDraft,
  noticeDraft,
  placed,
  TALK_MS,
} from "../tests/support/im_messages.ts";
import type { Place } from "./protocol/cursor.ts";
import {
  isHighLane,
  type Lane,
  LANES,
  type Message,
  messageId,
  scoreAt,
} from "./protocol/message.ts";
import { type PushBatch, PushQueue } from "./push_queue.ts";
import { DEFAULT_IM_SETTINGS } from "./settings.ts";

const at = (ms: number, n = 0) => scoreAt(TALK_MS + ms) + n;
const head = (ms: number): Place => ({ room: at(ms), everyone: 0, own: 0 });
const chat = (lane: Lane, ms: number, n = 0) =>
  placed(chatDraft(`${lane} ${ms} ${n}`, { lane }), at(ms, n));
const say = (batch: PushBatch | null) =>
  batch?.messages.map((message) => message.kind === "chat" ? message.body.text : message.kind);
const SETTINGS = { ...DEFAULT_IM_SETTINGS, maxPerSecond: 4, batchMs: 500 };

Deno.test("a batch brings what waits and moves the place to the head", () => {
  const queue = new PushQueue(head(0));
  queue.add([chat("chat", 10), chat("low", 20)], head(30));
  deepStrictEqual(queue.place, head(0));
  const batch = queue.takeBatch(SETTINGS, TALK_MS + 500);
  deepStrictEqual(say(batch), ["chat 10 0", "low 20 0"]);
  deepStrictEqual(batch?.place, head(30));
  strictEqual(batch?.dropped, 0);
  strictEqual(queue.takeBatch(SETTINGS, TALK_MS + 1_000), null);
});

Deno.test("high lanes go before their batch, and the place stays until the others are sent", () => {
  const queue = new PushQueue(head(0));
  queue.add([chat("chat", 10), chat("pk", 20)], head(20));
  ok(queue.isUrgent);
  const urgent = queue.takeUrgent(SETTINGS, TALK_MS + 30);
  deepStrictEqual(say(urgent), ["pk 20 0"]);
  deepStrictEqual(urgent?.place, head(0));
  ok(!queue.isUrgent);
  strictEqual(queue.takeUrgent(SETTINGS, TALK_MS + 30), null);
  deepStrictEqual(say(queue.takeBatch(SETTINGS, TALK_MS + 500)), ["chat 10 0"]);
});

Deno.test("what goes at once is of the next batch's budget; too much of high lanes waits", () => {
  const queue = new PushQueue(head(0));
  const settings = { ...SETTINGS, maxPerSecond: 8 };
  queue.add([0, 1, 2, 3, 4, 5].map((n) => chat("bigGift", 10, n)), head(10));
  strictEqual(queue.takeUrgent(settings, TALK_MS + 10)?.messages.length, 4);
  strictEqual(queue.takeUrgent(settings, TALK_MS + 110), null, "nothing is left before the batch");
  queue.add([chat("chat", 20), chat("valued", 30)], head(30));
  const none = queue.takeBatch(settings, TALK_MS + 500);
  deepStrictEqual(none?.messages, []);
  strictEqual(none?.dropped, 2);
  deepStrictEqual(none?.place.room, at(10, 0) - 1, "those that wait come after the place");
  const next = queue.takeUrgent(settings, TALK_MS + 510);
  deepStrictEqual(say(next), ["bigGift 10 0", "bigGift 10 1"]);
  strictEqual(queue.takeBatch(settings, TALK_MS + 1_000), null);
  deepStrictEqual(queue.place, head(30));
});

Deno.test("what a notice takes back is not sent any more", () => {
  const queue = new PushQueue(head(0));
  const removed = placed({
    ...noticeDraft("removed", {}, { lane: "moderation" }),
    kind: "notice",
    body: { notice: "removed", data: { ids: [messageId(at(10))] } },
  }, at(30));
  queue.add([chat("chat", 10), chat("chat", 20)], head(20));
  queue.add([removed], head(30));
  deepStrictEqual(say(queue.takeBatch(SETTINGS, TALK_MS + 500)), ["chat 20 0", "notice"]);
  // Both in one slice.
  const both = new PushQueue(head(0));
  both.add([chat("chat", 10), chat("chat", 20), removed], head(30));
  deepStrictEqual(say(both.takeUrgent(SETTINGS, TALK_MS + 40)), ["notice"]);
  deepStrictEqual(say(both.takeBatch(SETTINGS, TALK_MS + 500)), ["chat 20 0"]);
});

Deno.test("messages that are not pushed move the place as well", () => {
  const queue = new PushQueue(head(0));
  queue.add([], head(70));
  deepStrictEqual(queue.place, head(70));
});

Deno.test("a queue that nobody empties stays bounded and counts", () => {
  const dropped: Message[] = [];
  const queue = new PushQueue(head(0), (message) => dropped.push(message));
  for (let n = 0; n < 100; n++) {
    queue.add(Array.from({ length: 100 }, (_, i) => chat("chat", n, i)), head(n));
  }
  queue.add([placed(giftDraft("rocket", { lane: "bigGift" }), at(100))], head(100));
  ok(queue.size <= 4_000);
  const batch = queue.takeBatch({ ...SETTINGS, maxPerSecond: 20 }, TALK_MS + 200);
  strictEqual(batch?.messages.length, 10);
  strictEqual(batch.messages.at(-1)?.kind, "gift");
  strictEqual(batch.dropped, 10_001 - 10);
  strictEqual(dropped.length, batch.dropped);
});

Deno.test("every message is sent once or counted once, within the budget (property)", () => {
  const step = fc.record({
    lanes: fc.array(fc.constantFrom(...LANES), { maxLength: 12 }),
    afterMs: fc.integer({ min: 20, max: 700 }),
    urgent: fc.boolean(),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
    const queue = new PushQueue(head(0));
    const sent: Message[] = [];
    /** Messages from one batch to the next. */
    const windows = [0];
    let dropped = 0;
    let added = 0;
    let ms = 0;
    const take = (urgent: boolean) => {
      const nowMs = TALK_MS + ms;
      const batch = urgent ? queue.takeUrgent(SETTINGS, nowMs) : queue.takeBatch(SETTINGS, nowMs);
      sent.push(...batch?.messages ?? []);
      windows[windows.length - 1]! += batch?.messages.length ?? 0;
      if (!urgent) windows.push(0);
      dropped += batch?.dropped ?? 0;
    };
    for (const { lanes, afterMs, urgent } of steps) {
      queue.add(lanes.map((lane, n) => chat(lane, ms, n)), head(ms + 1));
      added += lanes.length;
      ms += afterMs;
      take(urgent);
    }
    for (let i = 0; queue.size > 0 && i < 200; i++, ms += 500) take(false);
    take(false);
    strictEqual(new Set(sent).size, sent.length);
    strictEqual(sent.length + dropped, added);
    ok(windows.every((count) => count <= 2));
    // High lanes are left out only when they are too old.
    const high = sent.filter(({ lane }) => isHighLane(lane)).length;
    ok(high > 0 || !steps.some(({ lanes }) => lanes.some(isHighLane)) || ms > 30_000);
  }));
});
