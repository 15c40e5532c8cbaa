/**
 * The gifts of one process over real stores, without accounts and rooms around them.
 *
 * @module
 */
import type { MessageLog } from "../../im/log.ts";
import { LiveState } from "../../rooms/live_state.ts";
import { People } from "../../rooms/messages/people.ts";
import type { Account, Room } from "../../rooms/model.ts";
import { Gifts } from "../../rooms/money/gift_service.ts";
import { Leaderboards } from "../../rooms/money/leaderboards.ts";
import type { MoneyStore } from "../../rooms/money/repository.ts";
import { Levels } from "../../rooms/money/standing.ts";
import { Battles } from "../../rooms/pk/pk_service.ts";
import { DEFAULT_SETTINGS } from "../../rooms/settings.ts";
import { openMessageLog } from "../../store/messages/mod.ts";
import { openEmbeddedMoney } from "../../store/money/mod.ts";
import { RedisConnection } from "../../store/redis/connection.ts";
import { RedisLog } from "../../store/redis/log.ts";
import { openRedisMoney } from "../../store/redis/money.ts";
import { Places } from "../../store/redis/places.ts";
import { loadScripts } from "../../store/redis/scripts.ts";

/** Opened stores. */
export interface GiftStage {
  readonly log: MessageLog;
  readonly money: MoneyStore;
  close(): Promise<void>;
}

/** Opens the stores of a driver: a folder, or a prefix and addresses of Redis. */
export async function openGiftStage(
  driver: "embedded" | "redis",
  of: readonly string[],
): Promise<GiftStage> {
  if (driver === "embedded") {
    const [folder = ""] = of;
    const log = await openMessageLog(folder);
    const money = await openEmbeddedMoney(folder);
    return {
      log,
      money,
      async close() {
        await log.close();
        await money.close();
      },
    };
  }
  const [prefix = "", ...urls] = of;
  const connection = await RedisConnection.open({ urls, name: "REDIS_URL", prefix });
  const scripts = await loadScripts();
  const log = new RedisLog(new Places({ main: connection, scripts }));
  const money = openRedisMoney(connection, scripts);
  return {
    log,
    money,
    async close() {
      await log.close();
      await money.close();
      await connection.close();
    },
  };
}

/** The services of one process, and the account that gives. */
export function giftsOver(
  { log, money }: GiftStage,
  { accountId }: { readonly accountId: string },
): { readonly service: Gifts; readonly battles: Battles; readonly account: Account } {
  const account: Account = {
    ...{ id: accountId, name: accountId, displayName: null, avatar: null },
    ...{ admin: false, suspended: false, createdAtMs: 0 },
  };
  const rooms = {
    byId: (id: string): Promise<Room | null> =>
      Promise.resolve({
        ...{ id, title: id, description: "", category: null, cover: null, nextLiveAtMs: null },
        ...{ lastLiveAtMs: null, suspended: false, followers: 0, createdAtMs: 0 },
        owner: { id: "owner", name: "owner", avatar: null },
      }),
  };
  const now = Date.now;
  const levels = new Levels({ wallets: money.wallets, now });
  const people = new People({
    rooms,
    standing: { levelOf: (id) => levels.of(id), isModerator: () => false },
    entered: () => {},
    visitorKey: "secret",
    now,
  });
  const shared = {
    buckets: null,
    log,
    people,
    rateLimits: false,
    now,
  };
  const battles = new Battles({ ...shared, battles: money.battles, live: new LiveState() });
  const service = new Gifts({
    ...shared,
    money,
    settings: { values: DEFAULT_SETTINGS },
    levels,
    leaderboards: new Leaderboards({ log, boards: money.boards }),
    rooms,
    battles,
  });
  return { service, battles, account };
}
