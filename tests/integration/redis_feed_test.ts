import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { FeedSink } from "../../im/feed.ts";
import type { Slice } from "../../im/log.ts";
import { DEFAULT_IM_SETTINGS, type ImSettings } from "../../im/settings.ts";
import { RedisFeed } from "../../store/redis/feed.ts";
import { RedisHotRooms } from "../../store/redis/hot_rooms.ts";
import { RedisLog } from "../../store/redis/log.ts";
import { MAIN, Places } from "../../store/redis/places.ts";
import { loadScripts } from "../../store/redis/scripts.ts";
import { chat } from "../conformance/message_log_conformance.ts";
import { openEmptyRedis, startRedis, startRedisCluster } from "../support/redis.ts";
import { waitFor } from "../support/wait.ts";

const server = await startRedis({ appendfsync: "everysec" });
const hotServer = await startRedis();
const cluster = await startRedisCluster();
addEventListener("unload", () => {
  for (const each of [server, hotServer, cluster]) each.killNow();
});
const scripts = await loadScripts();

/** What came to a follower. */
function recorder() {
  const slices: Slice[] = [];
  const away: boolean[] = [];
  let missing = 0;
  const sink: FeedSink = {
    onSlice: (slice) => slices.push(slice),
    onMissing: () => missing++,
    onAway: (is) => away.push(is),
  };
  return {
    sink,
    slices,
    away,
    missing: () => missing,
    texts: () =>
      slices.flatMap(({ messages }) => messages).map((message) =>
        message.kind === "chat" ? message.body.text : message.kind
      ),
  };
}

async function withFeed(
  urls: readonly string[],
  body: (parts: {
    readonly feed: RedisFeed;
    readonly log: RedisLog;
    readonly hot: RedisHotRooms;
    readonly reads: () => number;
    setSettings(settings: ImSettings): void;
  }) => Promise<void>,
) {
  const main = await openEmptyRedis(urls);
  const a = await openEmptyRedis([hotServer.url]);
  const open = () => new Places({ main, hot: new Map([["a", a]]), scripts });
  const log = new RedisLog(open());
  const hot = new RedisHotRooms(open());
  const followed = new RedisLog(open());
  let reads = 0;
  let settings = DEFAULT_IM_SETTINGS;
  const feed = await RedisFeed.open({
    log: {
      read: (channel, options) => {
        reads++;
        return followed.read(channel, options);
      },
      watch: (channel, wake) => followed.watch(channel, wake),
    },
    exists: (room) => Promise.resolve(room !== "999999"),
    readSettings: () => Promise.resolve(settings),
  });
  try {
    await body({
      feed,
      log,
      hot,
      reads: () => reads,
      setSettings: (changed) => settings = changed,
    });
  } finally {
    await feed.close();
    await hot.close();
    await main.close();
    await a.close();
  }
}

const say = (log: RedisLog, text: string, channel = "100001") =>
  log.append(channel, [{ draft: chat(text), dedupeKey: null }]);

for (const [name, urls] of [["redis", [server.url]], ["redis cluster", cluster.urls]] as const) {
  Deno.test(`${name}: a feed brings what there is, then what comes, once a tick`, async () => {
    await withFeed(urls, async ({ feed, log, reads, setSettings }) => {
      await say(log, "before");
      const [room, empty, missing] = [recorder(), recorder(), recorder()];
      const unfollow = feed.follow("100001", room.sink);
      feed.follow("@everyone", empty.sink);
      feed.follow("999999", missing.sink);
      await waitFor("first slices", () => room.slices.length + empty.slices.length === 2);
      deepStrictEqual(room.texts(), ["before"]);
      deepStrictEqual(empty.slices, [{ messages: [], head: 0, gap: false }]);
      strictEqual(missing.missing(), 1);
      strictEqual(feed.size, 2);
      const before = reads();
      for (let n = 0; n < 50; n++) await say(log, `${n}`);
      await waitFor("the messages", () => room.texts().length === 51, { everyMs: 5 });
      deepStrictEqual(room.texts().slice(1), Array.from({ length: 50 }, (_, n) => `${n}`));
      ok(reads() - before < 10, `${reads() - before} reads`);
      const sinceMs = performance.now();
      await say(log, "soon", "@everyone");
      await waitFor("a message", () => empty.texts().length === 1, { everyMs: 2 });
      ok(performance.now() - sinceMs < 900, "it came with the look of every second");
      const changed: number[] = [];
      feed.onSettings(({ batchMs }) => changed.push(batchMs));
      setSettings({ ...DEFAULT_IM_SETTINGS, batchMs: 900 });
      await waitFor("the settings", () => feed.settings.batchMs === 900);
      deepStrictEqual(changed, [900]);
      unfollow();
      await say(log, "unheard");
      await say(log, "heard", "@everyone");
      await waitFor("a message", () => empty.texts().length === 2);
      strictEqual(room.texts().at(-1), "49");
    });
  });
}

Deno.test("a feed says that Redis is away, and brings what was missed", async () => {
  await withFeed([server.url], async ({ feed, log }) => {
    const room = recorder();
    feed.follow("100001", room.sink);
    await say(log, "one");
    await waitFor("the message", () => room.texts().length === 1);
    await server.kill();
    await waitFor("away", () => room.away.length === 1);
    const late = recorder();
    feed.follow("100002", late.sink);
    await waitFor("away", () => late.away.length === 1);
    await server.killAndStart();
    await say(log, "two");
    await waitFor("back", () => room.away.length === 2 && room.texts().length === 2);
    deepStrictEqual([room.away, late.away, room.texts()], [
      [true, false],
      [true, false],
      ["one", "two"],
    ]);
    ok(!room.slices.some(({ gap }) => gap));
  });
});

Deno.test("a feed follows a room that moves", async () => {
  await withFeed([server.url], async ({ feed, log, hot }) => {
    const room = recorder();
    feed.follow("100003", room.sink);
    const expected: string[] = [];
    const more = async (word: string) => {
      for (let n = 0; n < 30; n++) {
        expected.push(`${word} ${n}`);
        await say(log, `${word} ${n}`, "100003");
      }
    };
    await more("main");
    const moving = hot.move({ channel: "100003", from: MAIN, to: "a" });
    await more("underway");
    strictEqual(await moving, true);
    await more("a");
    await waitFor("all", () => room.texts().length === 90);
    deepStrictEqual(room.texts(), expected);
    ok(!room.slices.some(({ gap }) => gap));
  });
});
