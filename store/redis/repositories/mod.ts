/**
 * The repositories in Redis, for as many `web` as there are. All their keys are of one slot, so that
 * every change is one script and so one transaction, also in a cluster (docs/adr/0021-redis.md).
 *
 * @module
 */
import type { LikeChange, Repositories } from "../../../rooms/repository.ts";
import type { RedisConnection } from "../connection.ts";
import type { Scripts } from "../scripts.ts";
import { accountsOver, sessionsOver } from "./accounts.ts";
import { callsOver } from "./calls.ts";
import { stagesOver } from "./stages.ts";
import { runOver, storePrefix, textOrNull, toList } from "./fields.ts";
import { moderationOver } from "./moderation.ts";
import { auditOver, type RecordLists, settingsOver } from "./records.ts";
import { broadcastsOver, followsOver, roomsOver } from "./rooms.ts";

/** The repositories of a connection, which is closed by whoever opened it, after them. */
export function openRedisRepositories(
  connection: RedisConnection,
  scripts: Scripts,
): Repositories {
  const prefix = storePrefix(connection);
  let closed = false;
  const open = <T>(work: () => Promise<T>): Promise<T> =>
    closed ? Promise.reject(new Error("Cannot use the store: it is closed")) : work();
  const runScript = runOver(connection, scripts);
  const run: typeof runScript = (name, args) => open(() => runScript(name, args));
  const call = (command: string, key: string, ...rest: readonly string[]) =>
    open(() => connection.call(prefix + key, [command, prefix + key, ...rest]));
  const lists: RecordLists = {
    before: (list, { before, limit }) =>
      call(
        "ZRANGE",
        list,
        before === null ? "+inf" : `(${before}`,
        ...["-inf", "BYSCORE", "REV", "LIMIT", "0", String(limit)],
      ),
    values: (list) => call("HVALS", `${list}-values`),
  };
  return {
    accounts: accountsOver(run, {
      field: async (hash, field) => await call("HEXISTS", hash, field) === 1,
      admins: async () => Number(await call("SCARD", "admins")),
    }),
    sessions: sessionsOver(run, async () => Number(await call("ZCARD", "session-ends"))),
    rooms: roomsOver(
      run,
      async (id) =>
        toList(await call("HMGET", `room:${id}`, "ownerId", "sealedKey")).map(textOrNull),
    ),
    follows: followsOver(run),
    broadcasts: broadcastsOver(run),
    likes: {
      async add(increments) {
        if (increments.length === 0) return;
        const counts = increments.flatMap(({ roomId, count }) => [roomId, count]);
        await run("likes", ["add", ...counts]);
      },
      async changed({ limit }) {
        const flat = toList(await run("likes", ["changed", limit]));
        const changes: LikeChange[] = [];
        for (let index = 0; index + 2 < flat.length; index += 3) {
          const [roomId, total, added] = flat.slice(index, index + 3);
          changes.push({ roomId: String(roomId), total: Number(total), added: Number(added) });
        }
        return changes;
      },
      totals: async (roomIds) =>
        roomIds.length === 0 ? [] : toList(await call("HMGET", "likes", ...roomIds)).map(Number),
    },
    settings: settingsOver(run, lists),
    audit: auditOver(run, lists),
    moderation: moderationOver(run),
    leases: {
      async take(name, { holder, lifeMs }) {
        const fence = await run("lease", ["take", name, holder, lifeMs]);
        return fence === null ? null : Number(fence);
      },
      async release(name, { holder }) {
        await run("lease", ["release", name, holder]);
      },
    },
    calls: callsOver(run),
    stages: stagesOver(run),
    get queued() {
      return connection.pending;
    },
    close() {
      closed = true;
      return Promise.resolve();
    },
  };
}
