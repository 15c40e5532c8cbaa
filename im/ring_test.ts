import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import {
  chatDraft,
  giftDraft,
  noticeDraft,
  pkDraft,
  placed,
  TALK_MS,
} from "../tests/support/im_messages.ts";
import { ChannelRing } from "./channel_ring.ts";
import type { Place } from "./protocol/cursor.ts";
import { type Lane, LANES, type Message, scoreAt } from "./protocol/message.ts";
import { type Reading, RoomRing, type Selection } from "./ring.ts";
import { DEFAULT_IM_SETTINGS } from "./settings.ts";

const at = (ms: number, n = 0) => scoreAt(TALK_MS + ms) + n;
const chat = (lane: Lane, ms: number) => placed(chatDraft(`${lane} ${ms}`, { lane }), at(ms));
const say = (messages: readonly Message[]) =>
  messages.map((message) => message.kind === "chat" ? message.body.text : message.kind);

function ringOf(room: readonly Message[], everyone: readonly Message[] = []): RoomRing {
  const nowMs = TALK_MS + 5_000;
  const channels = { room: new ChannelRing(), everyone: new ChannelRing() };
  const whole = (messages: readonly Message[]) => ({
    messages,
    head: messages.at(-1)?.score ?? 0,
    gap: false,
  });
  channels.room.take(whole(room), nowMs);
  channels.everyone.take(whole(everyone), nowMs);
  return new RoomRing(channels);
}

const reading: Reading = {
  limit: 15,
  kinds: null,
  settings: DEFAULT_IM_SETTINGS,
  nowMs: TALK_MS + 5_000,
};

/** Reads until nothing is left. */
function readAll(ring: RoomRing, from: Place, how: Reading): Selection[] {
  const selections: Selection[] = [];
  for (let place: Place | null = from; selections.length < 1_000;) {
    const selection = ring.select(ring.normalised(place), how);
    selections.push(selection);
    place = selection.place;
    if (!selection.more) return selections;
  }
  throw new Error("no end");
}

const START: Place = { room: at(-1), everyone: at(-1), own: 0 };

Deno.test("a reader gets the room's messages and everybody's in one order", () => {
  const news = placed(noticeDraft("broadcast", { text: "hi" }, { lane: "broadcast" }), at(50));
  const ring = ringOf([chat("chat", 0), chat("chat", 100)], [news]);
  const { messages, place, dropped, reset } = ring.select(ring.normalised(START), reading);
  deepStrictEqual(say(messages), ["chat 0", "notice", "chat 100"]);
  deepStrictEqual(place, ring.head);
  strictEqual(dropped, 0);
  strictEqual(reset, false);
  deepStrictEqual(ring.select(ring.normalised(place), reading).messages, []);
});

Deno.test("a reader of some kinds gets these, and hears of what is missing of these alone", () => {
  const ring = ringOf([
    ...Array.from({ length: 20 }, (_, ms) => chat("chat", ms)),
    placed(giftDraft("rose"), at(30)),
  ]);
  const gifts = ring.select(ring.normalised(START), { ...reading, kinds: ["gift", "pk"] });
  deepStrictEqual(say(gifts.messages), ["gift"]);
  strictEqual(gifts.dropped, 0);
  const texts = ring.select(ring.normalised(START), { ...reading, kinds: ["chat"] });
  strictEqual(texts.messages.length, 15);
  strictEqual(texts.dropped, 5);
});

Deno.test("without a cursor, and with a stale one, a reader begins anew with the states", () => {
  const ring = ringOf([
    placed(noticeDraft("viewers", { count: 9 }, { lane: "low", stateKey: "viewers" }), at(-50_000)),
    placed(pkDraft([1, 2]), at(-40_000)),
    chat("chat", -30_000),
    chat("chat", 4_000),
  ]);
  for (const place of [null, { room: at(-90_000), everyone: 0, own: 0 }]) {
    strictEqual(ring.normalised(place), null);
    const { messages, place: next, reset, dropped } = ring.select(null, reading);
    deepStrictEqual(say(messages), ["notice", "pk", "chat 4000"]);
    deepStrictEqual(next, ring.head);
    ok(reset);
    strictEqual(dropped, 0);
  }
});

Deno.test("a cursor of the future stands at the head", () => {
  const ring = ringOf([chat("chat", 0)]);
  deepStrictEqual(ring.normalised({ room: at(1e9), everyone: at(1e9), own: 7 }), ring.head);
});

Deno.test("PK beats broadcasts, big gifts beat small ones; the others are counted", () => {
  const lanes: Lane[] = ["chat", "broadcast", "valued", "pk", "bigGift", "low"];
  const ring = ringOf(lanes.map((lane, ms) => chat(lane, ms)));
  const { messages, dropped } = ring.select(ring.normalised(START), { ...reading, limit: 3 });
  deepStrictEqual(say(messages), ["broadcast 1", "pk 3", "bigGift 4"]);
  strictEqual(dropped, 3);
});

Deno.test("what is too much of high lanes comes with the next polls, none twice, none missing", () => {
  const big = Array.from({ length: 40 }, (_, ms) => chat("bigGift", ms));
  const ring = ringOf([...big, ...Array.from({ length: 9 }, (_, ms) => chat("chat", 50 + ms))]);
  const selections = readAll(ring, START, reading);
  const seen = selections.flatMap(({ messages }) => say(messages));
  deepStrictEqual(seen.filter((text) => text.startsWith("bigGift")), say(big));
  deepStrictEqual(selections.map(({ more }) => more), [true, true, false]);
  strictEqual(selections.reduce((sum, { dropped }) => sum + dropped, 0) + seen.length, 49);
});

Deno.test("every message is sent once or counted once, in order, whatever comes (property)", () => {
  const message = fc.record({
    lane: fc.constantFrom(...LANES),
    step: fc.nat(30),
    everyone: fc.boolean(),
  });
  fc.assert(fc.property(
    fc.array(message, { maxLength: 120 }),
    fc.integer({ min: 1, max: 15 }),
    (list, limit) => {
      let ms = 0;
      const rooms: Message[] = [];
      const everyone: Message[] = [];
      for (const { lane, step, everyone: isEverybodys } of list) {
        ms += step;
        const into = isEverybodys ? everyone : rooms;
        // One channel never has a score twice; two channels may have the same.
        const score = Math.max(at(ms), (into.at(-1)?.score ?? 0) + 1);
        into.push(placed(chatDraft(`${isEverybodys} ${score}`, { lane }), score));
      }
      const ring = ringOf(rooms, everyone);
      const selections = readAll(ring, START, { ...reading, limit });
      const seen = selections.flatMap(({ messages }) => say(messages));
      strictEqual(new Set(seen).size, seen.length);
      const dropped = selections.reduce((sum, { dropped }) => sum + dropped, 0);
      strictEqual(seen.length + dropped, list.length);
      ok(selections.every(({ messages }) => messages.length <= limit));
      ok(
        selections.every(({ messages }) =>
          messages.every(({ score }, i) => i === 0 || messages[i - 1]!.score <= score)
        ),
      );
      deepStrictEqual(selections.at(-1)!.place, ring.head);
    },
  ));
});
