import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { ChannelRing } from "../../im/channel_ring.ts";
import { KINDS, LANES, type Message, scoreAt } from "../../im/protocol/message.ts";
import { DEFAULT_IM_SETTINGS } from "../../im/settings.ts";
import { chatDraft, giftDraft, placed, TALK_MS } from "../../tests/support/im_messages.ts";
import { HlsViewers } from "../hls_viewers.ts";
import type { EncodedFrame } from "./encoded_frame.ts";
import { ImRoom, type RoomCounters, SWEEP_SIZE } from "./room.ts";
import type { PushViewer } from "./viewer.ts";

/** A connection that notes what it is sent, in the order of all connections. */
class Listener implements PushViewer {
  readonly accountId = null;
  readonly bufferedBytes = 0;
  behind = null;
  stalledSinceMs = null;
  readonly heard: string[] = [];
  readonly #all: string[];
  readonly #name: string;

  constructor(name: string, all: string[]) {
    this.#name = name;
    this.#all = all;
  }

  send({ frame }: EncodedFrame): void {
    if (frame.type !== "batch" || frame.reset) return;
    for (const message of frame.messages) {
      const what = message.kind === "chat" ? message.body.text : message.kind;
      this.heard.push(what);
      this.#all.push(`${this.#name} ${what}`);
    }
  }

  close(): void {}
  terminate(): void {}
}

function stage(viewers: number) {
  const clock = { nowMs: TALK_MS };
  const waiting: (() => void)[] = [];
  const everyone = new ChannelRing();
  everyone.take({ messages: [], head: 0, gap: false }, clock.nowMs);
  const counters: RoomCounters = {
    polls: 0,
    hits: 0,
    empty: 0,
    resets: 0,
    frames: 0,
    skipped: 0,
    stalled: 0,
    dropped: Object.fromEntries(LANES.map((lane) => [lane, 0])) as RoomCounters["dropped"],
  };
  const room = new ImRoom("100001", new ChannelRing(), {
    everyone,
    settings: () => ({ ...DEFAULT_IM_SETTINGS, bigRoomPush: KINDS }),
    lagMs: () => 0,
    now: () => clock.nowMs,
    pause: () => new Promise((resolve) => waiting.push(resolve)),
    counters,
    pollers: new HlsViewers(),
  });
  room.take({ messages: [], head: scoreAt(clock.nowMs - 1), gap: false });
  const all: string[] = [];
  const join = (name: string) => {
    const viewer = new Listener(name, all);
    room.join(viewer, null);
    return viewer;
  };
  const listeners = Array.from({ length: viewers }, (_, index) => join(`${index}`));
  let n = 0;
  const say = (...messages: Message[]) =>
    room.take({ messages, head: messages.at(-1)!.score, gap: false });
  return {
    room,
    clock,
    all,
    join,
    listeners,
    chat: (text: string) => say(placed(chatDraft(text), scoreAt(clock.nowMs) + n++)),
    gift: () => say(placed(giftDraft("rocket", { lane: "bigGift" }), scoreAt(clock.nowMs) + n++)),
    /** Lets the frames under way go on. */
    async turn(): Promise<void> {
      for (const resolve of waiting.splice(0)) resolve();
      await new Promise((resolve) => setTimeout(resolve));
    },
    get isSweeping(): boolean {
      return waiting.length > 0;
    },
  };
}

Deno.test("a gift overtakes a frame under way, and everybody gets both in their order", async () => {
  const { room, all, listeners, chat, gift, turn } = stage(3 * SWEEP_SIZE);
  chat("hello");
  strictEqual(all.length, SWEEP_SIZE);
  gift();
  await turn();
  // Who has the text gets the gift now, before the text has reached the last one.
  deepStrictEqual(listeners[0]!.heard, ["hello", "gift"]);
  deepStrictEqual(listeners.at(-1)!.heard, []);
  for (let turns = 0; turns < 8; turns++) await turn();
  ok(listeners.every(({ heard }) => heard.join() === "hello,gift"));
  room.close("draining", "");
});

Deno.test("who joins or leaves while frames are under way gets nothing twice and nothing more", async () => {
  const { room, listeners, join, chat, gift, turn } = stage(2 * SWEEP_SIZE);
  chat("hello");
  // It begins with what was said so far.
  const late = join("late");
  const [first, last] = [listeners[0]!, listeners.at(-1)!];
  room.leave(first);
  room.leave(last);
  gift();
  for (let turns = 0; turns < 8; turns++) await turn();
  deepStrictEqual(late.heard, ["gift"]);
  deepStrictEqual(first.heard, ["hello"]);
  deepStrictEqual(last.heard, []);
  deepStrictEqual(listeners[1]!.heard, ["hello", "gift"]);
  room.close("draining", "");
});

Deno.test("a text does not overtake, and of gifts one at a time", async () => {
  const world = stage(2 * SWEEP_SIZE);
  const { room, clock, listeners, chat, gift, turn } = world;
  chat("one");
  clock.nowMs += DEFAULT_IM_SETTINGS.batchMs;
  chat("two");
  gift();
  gift();
  strictEqual(listeners[0]!.heard.filter((what) => what === "two").length, 0);
  for (let turns = 0; turns < 12 && world.isSweeping; turns++) await turn();
  clock.nowMs += DEFAULT_IM_SETTINGS.batchMs;
  chat("three");
  for (let turns = 0; turns < 12 && world.isSweeping; turns++) await turn();
  const [expected] = listeners.map(({ heard }) => heard.join());
  strictEqual(expected!.split(",").filter((what) => what === "two").length, 1);
  ok(listeners.every(({ heard }) => heard.join() === expected));
  room.close("draining", "");
});
