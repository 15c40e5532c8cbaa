/**
 * Reports of nodes in Redis, for all `web`.
 *
 * @module
 */
import type { AgedReport, LiveShare } from "../../rooms/live_share.ts";
import { type LiveReport, SNAPSHOT_LIFE_MS } from "../../rooms/live_state.ts";
import type { RedisConnection } from "./connection.ts";
import type { Scripts } from "./scripts.ts";

/** The shared reports of a connection. */
export function openRedisLive(connection: RedisConnection, scripts: Scripts): LiveShare {
  const keys = [`${connection.prefix}{live}:reports`];
  let sinceMs = 0;
  return {
    async put(report) {
      await connection.run(scripts.live_put, {
        keys,
        args: [`${report.kind} ${report.node}`, JSON.stringify(report)],
      });
    },
    async news() {
      const args = [sinceMs, SNAPSHOT_LIFE_MS];
      const [now, ...flat] = await connection.run(scripts.live_read, { keys, args }) as string[];
      const nowMs = Number(now);
      const reports: AgedReport[] = [];
      for (let index = 0; index < flat.length; index += 2) {
        const line = flat[index + 1]!;
        const space = line.indexOf(" ");
        reports.push({
          report: JSON.parse(line.slice(space + 1)) as LiveReport,
          ageMs: nowMs - Number(line.slice(0, space)),
        });
      }
      sinceMs = nowMs;
      return reports;
    },
  };
}
