import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { FOLLOW_LIMIT } from "../im/feed.ts";
import { decodeWebFeedFrame, type WebFeedFrame } from "../im/internal_feed.ts";
import { type Draft, EVERYONE } from "../im/protocol/message.ts";
import { DEFAULT_IM_SETTINGS, type ImSettings } from "../im/settings.ts";
import { silentLogger } from "../platform/log.ts";
import { openMemoryLog } from "../store/memory/messages.ts";
import { waitFor } from "../tests/support/wait.ts";
import { FeedHub, type FeedPipe } from "./im_feed.ts";

const ROOM = "100001";

/** An edge that keeps what it hears. */
class Ear implements FeedPipe {
  readonly heard: WebFeedFrame[] = [];
  bufferedAmount = 0;
  terminated = false;

  send(text: string): void {
    this.heard.push(decodeWebFeedFrame(text));
  }

  terminate(): void {
    this.terminated = true;
  }

  /** What was heard since the last call: texts by channel, `!` for a gap. */
  take(): string[] {
    return this.heard.splice(0).map((frame) =>
      frame.type !== "slice"
        ? frame.type
        : `${frame.channel}${frame.gap ? "!" : ""} ${
          frame.messages.map((message) => message.kind === "chat" ? message.body.text : "").join(
            ",",
          )
        }`
    );
  }
}

function chat(text: string): Draft {
  return {
    kind: "chat",
    body: { text, color: null, mode: "scroll", replyTo: null },
    lane: "chat",
    from: null,
    stateKey: null,
  };
}

async function world() {
  const log = openMemoryLog({ commitMs: 0 });
  const clock = { nowMs: 0 };
  let settings: ImSettings = DEFAULT_IM_SETTINGS;
  const hub = new FeedHub({
    log,
    settings: () => settings,
    exists: (room) => Promise.resolve(Number(room) < 100_100),
    logger: silentLogger,
    now: () => clock.nowMs,
  });
  const say = (text: string, channel = ROOM) =>
    log.append(channel, [{ draft: chat(text), dedupeKey: null }]);
  await say("before");
  return {
    log,
    hub,
    clock,
    say,
    set(change: Partial<ImSettings>) {
      settings = { ...settings, ...change };
      hub.pushSettings();
    },
    [Symbol.asyncDispose]: () => log.close(),
  };
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 5));
const follow = (...channels: readonly (string | readonly [string, number])[]) =>
  JSON.stringify({
    type: "follow",
    channels: channels.map((one) =>
      typeof one === "string" ? { channel: one, after: null } : { channel: one[0], after: one[1] }
    ),
  });

Deno.test("FeedHub says the settings first, and again when they change", async () => {
  await using at = await world();
  const ear = new Ear();
  at.hub.open(ear);
  at.set({ batchMs: 250 });
  deepStrictEqual(ear.heard, [
    { type: "settings", settings: DEFAULT_IM_SETTINGS },
    { type: "settings", settings: { ...DEFAULT_IM_SETTINGS, batchMs: 250 } },
  ]);
});

Deno.test("FeedHub answers every follow, then one slice a tick and channel", async () => {
  await using at = await world();
  const ear = new Ear();
  const session = at.hub.open(ear);
  session.receive(follow(ROOM, EVERYONE, "999999", "@ann"));
  await settle();
  deepStrictEqual(ear.take().toSorted(), [
    "100001 before",
    "@ann ",
    "@everyone ",
    "missing",
    "settings",
  ]);
  await at.hub.tick();
  deepStrictEqual(ear.take(), []);
  await at.say("a");
  await at.say("b");
  await at.say("all", EVERYONE);
  await at.hub.tick();
  deepStrictEqual(ear.take(), ["100001 a,b", "@everyone all"]);
  await at.hub.tick();
  deepStrictEqual(ear.take(), []);
  session.receive(JSON.stringify({ type: "unfollow", channels: [ROOM, "100002"] }));
  await at.say("unheard");
  await at.hub.tick();
  deepStrictEqual(ear.take(), []);
  strictEqual(at.hub.inspect().channels, 2);
  session.close();
  session.close();
  deepStrictEqual([at.hub.inspect().channels, at.hub.inspect().edges], [0, 0]);
});

Deno.test("FeedHub does not let what is important wait for the tick, with what was said before", async () => {
  await using at = await world();
  const ear = new Ear();
  const session = at.hub.open(ear);
  session.receive(follow(ROOM));
  await settle();
  ear.take();
  await at.say("a");
  await settle();
  deepStrictEqual(ear.take(), []);
  const urgent: Draft = { ...chat("b"), lane: "notice" };
  await at.log.append(ROOM, [{ draft: urgent, dedupeKey: null }]);
  await waitFor("the slice", () => ear.heard.length > 0);
  deepStrictEqual(ear.take(), ["100001 a,b"]);
  await at.hub.tick();
  deepStrictEqual(ear.take(), []);
  // The time of one that is near is waited for, not the tick; who left is not read to.
  await at.log.append(ROOM, [{ draft: urgent, dedupeKey: null }]);
  session.close();
  await settle();
  deepStrictEqual(ear.take(), []);
});

Deno.test("FeedHub goes on after an edge's last score", async () => {
  await using at = await world();
  const [seen] = await at.say("seen");
  await at.say("missed");
  const ear = new Ear();
  at.hub.open(ear).receive(follow([ROOM, seen!.message.score], ["100002", 5]));
  await settle();
  deepStrictEqual(ear.take(), ["settings", "100001 missed", "100002 "]);
});

Deno.test("FeedHub sends nothing to an edge that is busy, and a gap when it was too long", async () => {
  await using at = await world();
  const slow = new Ear();
  const quick = new Ear();
  for (const ear of [slow, quick]) at.hub.open(ear).receive(follow(ROOM));
  await settle();
  slow.take();
  quick.take();
  slow.bufferedAmount = 5 * 1024 * 1024;
  for (let round = 0; round < 3; round++) {
    await at.log.append(
      ROOM,
      Array.from({ length: 800 }, (_, n) => ({ draft: chat(`${n}`), dedupeKey: null })),
    );
    await at.hub.tick();
  }
  strictEqual(slow.heard.length, 0);
  deepStrictEqual(quick.heard.length, 3);
  slow.bufferedAmount = 0;
  await at.hub.tick();
  const [slice] = slow.heard;
  ok(slice?.type === "slice" && slice.gap && slice.messages.length === 2_000);
  await at.say("last");
  await at.hub.tick();
  deepStrictEqual(slow.take().at(-1), "100001 last");
  strictEqual(at.hub.inspect().gaps, 1);
});

Deno.test("FeedHub cuts off an edge that takes nothing, and tells the others that it lives", async () => {
  await using at = await world();
  const stuck = new Ear();
  const quiet = new Ear();
  for (const ear of [stuck, quiet]) at.hub.open(ear).receive(follow(ROOM));
  await settle();
  quiet.take();
  stuck.bufferedAmount = 5 * 1024 * 1024;
  for (let ms = 0; ms <= 10_000; ms += 1_000) {
    at.clock.nowMs = ms;
    await at.hub.tick();
  }
  strictEqual(stuck.terminated, true);
  strictEqual(quiet.terminated, false);
  deepStrictEqual(quiet.take(), ["alive", "alive", "alive"]);
  strictEqual(at.hub.inspect().edges, 1);
  const flooded = new Ear();
  flooded.bufferedAmount = 33 * 1024 * 1024;
  at.hub.open(flooded);
  await at.hub.tick();
  strictEqual(flooded.terminated, true);
});

Deno.test("FeedHub refuses frames that are none", async () => {
  await using at = await world();
  const session = at.hub.open(new Ear());
  for (
    const text of ["", "{}", '{"type":"follow"}', follow("no channel"), '{"type":"unfollow"}', "["]
  ) {
    throws(() => session.receive(text), /Cannot read the frame/);
  }
});

Deno.test("FeedHub loses nothing of what is said while a follow is answered", async () => {
  await using at = await world();
  const ear = new Ear();
  const session = at.hub.open(ear);
  const said: Promise<unknown>[] = [];
  for (let n = 0; n < 200; n++) {
    said.push(at.say(`${n}`));
    if (n === 50) session.receive(follow(ROOM));
    if (n % 10 === 0) await at.hub.tick();
    if (n % 20 === 0) await settle();
  }
  await Promise.all(said);
  await settle();
  await at.hub.tick();
  const heard = ear.take().filter((line) => line.startsWith(ROOM))
    .flatMap((line) => line.split(" ")[1]!.split(",")).filter((text) => text !== "");
  deepStrictEqual(heard, ["before", ...Array.from({ length: 200 }, (_, n) => `${n}`)]);
});

Deno.test("FeedHub brings an edge that comes back everything it missed, in slices of bounded size", async () => {
  await using at = await world();
  const first = new Ear();
  const session = at.hub.open(first);
  session.receive(follow(ROOM));
  await settle();
  const after = first.heard.findLast((frame) => frame.type === "slice")!.head;
  session.close();
  // More than one slice holds, of three kinds that the live part keeps alike.
  const notice: Draft = {
    ...{ kind: "notice", body: { notice: "text", data: {} }, lane: "notice", from: null },
    stateKey: null,
  };
  const gift: Draft = {
    ...{ kind: "gift", body: { gift: "rose", count: 1, combo: 1, value: 1, side: null } },
    ...{ lane: "valued", from: null, stateKey: null },
  };
  const placed = await at.log.append(
    ROOM,
    Array.from({ length: 5_700 }, (_, n) => ({
      draft: [chat(`${n}`), notice, gift][n % 3]!,
      dedupeKey: null,
    })),
  );
  const again = new Ear();
  at.hub.open(again).receive(follow([ROOM, after]));
  await settle();
  const slices = again.heard.filter((frame) => frame.type === "slice");
  deepStrictEqual(slices.map(({ messages }) => messages.length), [2_000, 2_000, 1_700]);
  ok(slices.every(({ gap, messages }) => !gap && messages.length <= FOLLOW_LIMIT));
  deepStrictEqual(
    slices.flatMap(({ messages }) => messages.map(({ score }) => score)),
    placed.map(({ message }) => message.score),
  );
  deepStrictEqual(
    slices.map(({ head }) => head),
    slices.map(({ messages }) => messages.at(-1)!.score),
  );
  // And what is said meanwhile comes after it.
  await at.say("after");
  await at.hub.tick();
  deepStrictEqual(again.take().at(-1), `${ROOM} after`);
});
