/**
 * Everything that the processes of a platform share in Redis, opened over one connection (and one
 * for each hot Redis).
 *
 * @module
 */
import type { Feed } from "../../im/feed.ts";
import type { Logger } from "../../platform/log.ts";
import type { CallPost } from "../../rooms/calls/repository.ts";
import type { HotRooms } from "../../rooms/hot_rooms.ts";
import type { ImageStore } from "../../rooms/images/image_store.ts";
import type { LiveShare } from "../../rooms/live_share.ts";
import type { MoneyStore } from "../../rooms/money/repository.ts";
import type { SharedBuckets } from "../../rooms/rate_limits.ts";
import type { Repositories } from "../../rooms/repository.ts";
import { settingsFrom } from "../../rooms/settings.ts";
import { RedisPost } from "./call_post.ts";
import { RedisConnection } from "./connection.ts";
import { RedisFeed } from "./feed.ts";
import { RedisHotRooms } from "./hot_rooms.ts";
import { openRedisBuckets } from "./buckets.ts";
import { openRedisImages } from "./images.ts";
import { openRedisLive } from "./live.ts";
import { RedisLog } from "./log.ts";
import { openRedisMoney } from "./money.ts";
import { Places } from "./places.ts";
import { openRedisRepositories } from "./repositories/mod.ts";
import { loadScripts, type Scripts } from "./scripts.ts";

/** Where the Redis servers are. */
export interface RedisAddresses {
  /** `REDIS_URL`. */
  readonly redisUrls: readonly string[];
  /** `HOT_REDIS_URLS`. */
  readonly hotRedisUrls: Readonly<Record<string, string>>;
}

/** What a process brings. */
export interface RedisContext {
  readonly log: Logger;
  /** Every key begins with it; default: `wanren:`. */
  readonly prefix?: string;
}

/** What `web` keeps in Redis. */
export interface RedisStores {
  readonly repositories: Repositories;
  readonly images: ImageStore;
  readonly messages: RedisLog;
  readonly money: MoneyStore;
  readonly live: LiveShare;
  readonly buckets: SharedBuckets;
  readonly hotRooms: HotRooms;
  readonly callPost: CallPost;
  /** From how many messages a second on a room is hot; 0: never. Default: never. */
  hotPerSecond: () => number;
  close(): Promise<void>;
}

/**
 * Connects for `web`.
 *
 * @throws {Error} when one of the servers cannot be used; the message names its setting.
 */
export async function openRedisStores(
  addresses: RedisAddresses,
  context: RedisContext,
): Promise<RedisStores> {
  const { main, places, scripts, close } = await connect(addresses, context);
  const { log } = context;
  const hotRooms = new RedisHotRooms(places, {
    onMoved: ({ channel, from, to, tookMs }) =>
      log.info("room_moved", { room: channel, from, to, duration_ms: Math.round(tookMs) }),
    onFailed: ({ channel, from, to, error }) =>
      log.warn("room_not_moved", { room: channel, from, to, error }),
  });
  const repositories = openRedisRepositories(main, scripts);
  const messages = new RedisLog(places, {
    hotPerSecond: () => places.hot.length === 0 ? 0 : stores.hotPerSecond(),
    onHot: (room) => hotRooms.consider(room),
  });
  const callPost = new RedisPost(main, scripts);
  const stores: RedisStores = {
    repositories,
    images: await openRedisImages(main, { scripts }),
    messages,
    money: openRedisMoney(main, scripts),
    live: openRedisLive(main, scripts),
    buckets: openRedisBuckets(main, scripts),
    hotRooms,
    callPost,
    hotPerSecond: () => 0,
    async close() {
      await hotRooms.close();
      await callPost.close();
      await messages.close();
      await repositories.close();
      await close();
    },
  };
  return stores;
}

/**
 * Connects for an edge, which reads channels, settings, and which rooms there are.
 *
 * @throws {Error} when one of the servers cannot be used; the message names its setting.
 */
export async function openRedisFeed(
  addresses: RedisAddresses,
  context: RedisContext,
): Promise<Feed> {
  const { main, places, scripts, close } = await connect(addresses, context);
  const { rooms, settings } = openRedisRepositories(main, scripts);
  try {
    return await RedisFeed.open({
      log: new RedisLog(places),
      exists: async (room) => await rooms.byId(room) !== null,
      readSettings: async () => settingsFrom(await settings.current()).im,
      close,
    });
  } catch (error) {
    await close();
    throw error;
  }
}

async function connect(addresses: RedisAddresses, { log, prefix }: RedisContext): Promise<{
  readonly main: RedisConnection;
  readonly places: Places;
  readonly scripts: Scripts;
  close(): Promise<void>;
}> {
  const open = (urls: readonly string[], name: string) =>
    RedisConnection.open({
      urls,
      name,
      ...(prefix !== undefined && { prefix }),
      onState: (state, reason) =>
        state === "away"
          ? log.warn("redis_away", { redis: name, reason })
          : log.info("redis_back", { redis: name }),
    });
  const opened: RedisConnection[] = [];
  const close = async () => {
    await Promise.all(opened.map((connection) => connection.close()));
  };
  try {
    const scripts = await loadScripts();
    const main = await open(addresses.redisUrls, "REDIS_URL");
    opened.push(main);
    const hot = new Map<string, RedisConnection>();
    for (const [name, url] of Object.entries(addresses.hotRedisUrls)) {
      const connection = await open([url], `HOT_REDIS_URLS ${name}`);
      opened.push(connection);
      hot.set(name, connection);
    }
    return { main, places: new Places({ main, hot, scripts }), scripts, close };
  } catch (error) {
    await close();
    throw error;
  }
}
