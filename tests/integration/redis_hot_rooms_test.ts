import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { Message } from "../../im/protocol/message.ts";
import type { RedisConnection } from "../../store/redis/connection.ts";
import { RedisHotRooms } from "../../store/redis/hot_rooms.ts";
import { RedisLog } from "../../store/redis/log.ts";
import { MAIN, Places } from "../../store/redis/places.ts";
import { loadScripts } from "../../store/redis/scripts.ts";
import { chat } from "../conformance/message_log_conformance.ts";
import { openEmptyRedis, startRedis } from "../support/redis.ts";
import { waitFor } from "../support/wait.ts";

const [main, first, second] = [await startRedis(), await startRedis(), await startRedis()];
addEventListener("unload", () => {
  for (const server of [main, first, second]) server.killNow();
});
const scripts = await loadScripts();
const ROOM = "100001";
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A process: connections and what it remembers of places. */
interface Process {
  readonly places: Places;
  readonly log: RedisLog;
  readonly rooms: RedisHotRooms;
}

async function withWorld(
  body: (start: (options?: { hotPerSecond?: number }) => Process) => Promise<void>,
): Promise<void> {
  const connections: RedisConnection[] = await Promise.all(
    [main, first, second].map(({ url }) => openEmptyRedis([url])),
  );
  const started: Process[] = [];
  try {
    await body(({ hotPerSecond = 0 } = {}) => {
      const hot = new Map([["a", connections[1]!], ["b", connections[2]!]]);
      const places = new Places({ main: connections[0]!, hot, scripts });
      const rooms = new RedisHotRooms(places);
      const log = new RedisLog(places, {
        hotPerSecond: () => hotPerSecond,
        onHot: (room) => rooms.consider(room),
      });
      started.push({ places, log, rooms });
      return { places, log, rooms };
    });
  } finally {
    for (const { log, rooms } of started) {
      await rooms.close();
      await log.close();
    }
    for (const connection of connections) await connection.close();
  }
}

/** Four writers in processes of their own, a reader that follows, and what both saw. */
function load(start: () => Process) {
  let stop = false;
  const accepted: { readonly text: string; readonly score: number }[] = [];
  let slowestMs = 0;
  const writers = [0, 1, 2, 3].map(async (writer) => {
    const { log } = start();
    for (let n = 0; !stop; n++) {
      const text = `${writer} ${n}`;
      const sinceMs = performance.now();
      const [appended] = await log.append(ROOM, [{ draft: chat(text), dedupeKey: text }]);
      slowestMs = Math.max(slowestMs, performance.now() - sinceMs);
      strictEqual(appended?.repeated, false);
      accepted.push({ text, score: appended!.message.score });
      if (n % 4 === 0) await pause(1);
    }
  });
  const seen: Message[] = [];
  const { log } = start();
  let wakes = 0;
  const unwatch = log.watch(ROOM, () => wakes++);
  let reading = true;
  const reader = (async () => {
    for (let after = 0, last = false; !last;) {
      last = !reading;
      const slice = await log.read(ROOM, { after, limit: 2_000 });
      strictEqual(slice.gap, false);
      seen.push(...slice.messages);
      after = slice.messages.at(-1)?.score ?? after;
      await pause(5);
    }
  })();
  return {
    accepted,
    get wakes() {
      return wakes;
    },
    async end() {
      stop = true;
      await Promise.all(writers);
      reading = false;
      await reader;
      unwatch();
      const order = accepted.toSorted((a, b) => a.score - b.score);
      deepStrictEqual(
        seen.map((message) => message.kind === "chat" ? message.body.text : ""),
        order.map(({ text }) => text),
      );
      for (const writer of ["0", "1", "2", "3"]) {
        const own = order.filter(({ text }) => text.startsWith(`${writer} `));
        deepStrictEqual(own.map(({ text }) => text), own.map((_, n) => `${writer} ${n}`));
      }
      return { count: accepted.length, slowestMs };
    },
  };
}

Deno.test("a room moves under load: in order, nothing lost, nothing twice", async () => {
  await withWorld(async (start) => {
    const { log, rooms, places } = start();
    const said = await log.append(ROOM, [
      { draft: chat("4 0"), dedupeKey: "before" },
      { draft: chat("taken out"), dedupeKey: null },
    ]);
    // A history that takes more than one step.
    for (let n = 0; n < 5; n++) {
      await log.append(
        "100002",
        Array.from({ length: 600 }, (_, index) => ({
          draft: chat(`${n * 600 + index}`),
          dedupeKey: null,
        })),
      );
    }
    await log.remove(ROOM, said.map(({ message }) => message.score));
    const work = load(() => start());
    await waitFor("messages", () => work.accepted.length > 200, { everyMs: 5 });
    strictEqual(await rooms.move({ channel: ROOM, from: MAIN, to: "a" }), true);
    const moved = work.accepted.length;
    await waitFor("messages", () => work.accepted.length > moved + 200, { everyMs: 5 });
    const wakes = work.wakes;
    await rooms.pin(ROOM, "b");
    const again = work.accepted.length;
    await waitFor("messages", () => work.accepted.length > again + 200, { everyMs: 5 });
    ok(work.wakes > wakes + 50, "the reader is not woken from the new place");
    deepStrictEqual(await rooms.list(), [{ room: ROOM, place: "b", pinned: true }]);
    await rooms.pin(ROOM, MAIN);
    const back = work.accepted.length;
    await waitFor("messages", () => work.accepted.length > back + 200, { everyMs: 5 });
    const { slowestMs } = await work.end();
    ok(slowestMs < 5_000, `a writer waited ${slowestMs} ms`);
    // Dedupe keys went along, the message that was taken out did not.
    const [repeated] = await start().log.append(ROOM, [{
      draft: chat("4 0"),
      dedupeKey: "before",
    }]);
    deepStrictEqual([repeated?.repeated, repeated?.message.score], [true, said[0]!.message.score]);
    deepStrictEqual(await rooms.list(), [{ room: ROOM, place: MAIN, pinned: true }]);
    await rooms.pin(ROOM, null);
    deepStrictEqual(await rooms.list(), []);
    await rooms.move({ channel: "100002", from: MAIN, to: "b" });
    const history = await log.history("100002", { fromMs: 0, toMs: 4e12, after: null, limit: 5e3 });
    strictEqual(history.messages.length, 3_000);
    strictEqual(places.hot.length, 2);
  });
});

Deno.test("a room that is hot for five seconds moves by itself", async () => {
  await withWorld(async (start) => {
    const { rooms } = start();
    const work = load(() => start({ hotPerSecond: 20 }));
    await waitFor("the move", async () => (await rooms.list())[0]?.place === "a");
    const moved = work.accepted.length;
    await waitFor("messages", () => work.accepted.length > moved + 100, { everyMs: 5 });
    await work.end();
    deepStrictEqual(await rooms.list(), [{ room: ROOM, place: "a", pinned: false }]);
  });
});

Deno.test("a move whose mover died after the fence is finished by a writer", async () => {
  await withWorld(async (start) => {
    const { log, places } = start();
    const said = await log.append(ROOM, [{ draft: chat("one"), dedupeKey: "one" }]);
    const step = (place: string, ...args: readonly (string | number)[]) =>
      places.runAt(place, { script: "log_move", channel: ROOM, args });
    strictEqual(await step(MAIN, "lock", "dead", 1_500), 1);
    strictEqual(await step("a", "clear", "dead"), 1);
    ok(Array.isArray(await step(MAIN, "fence", "dead", "a")));
    // Readers go on.
    const before = await start().log.read(ROOM, { after: 0, limit: 5 });
    deepStrictEqual(before.messages, said.map(({ message }) => message));
    const writer = start();
    const [appended, repeated] = await writer.log.append(ROOM, [
      { draft: chat("two"), dedupeKey: "two" },
      { draft: chat("one"), dedupeKey: "one" },
    ]);
    strictEqual(repeated?.repeated, true);
    deepStrictEqual(await writer.rooms.list(), [{ room: ROOM, place: "a", pinned: false }]);
    // The dead one comes back too late.
    strictEqual(await step("a", "put", "dead", "chat", "1", '1{"kind":"chat"}'), 0);
    strictEqual(await step("a", "open", "dead", 1_000), 0);
    const after = await start().log.read(ROOM, { after: 0, limit: 5 });
    deepStrictEqual(after.messages, [said[0]!.message, appended!.message]);
  });
});
