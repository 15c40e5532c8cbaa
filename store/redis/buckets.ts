/**
 * Token buckets in Redis, one key each: they spread over a cluster, and go by themselves when they are
 * full. Keys are digests, so that they show neither names nor addresses.
 *
 * @module
 */
import type { AttemptPolicy } from "../../rooms/attempt_limits.ts";
import type { SharedBuckets } from "../../rooms/rate_limits.ts";
import { sha256Hex } from "../../rooms/secrets.ts";
import type { RedisConnection } from "./connection.ts";
import type { Scripts } from "./scripts.ts";

/** The buckets of a connection. */
export function openRedisBuckets(connection: RedisConnection, scripts: Scripts): SharedBuckets {
  const run = async (what: "take" | "refund", key: string, policy: AttemptPolicy) =>
    Number(
      await connection.run(scripts.bucket, {
        keys: [`${connection.prefix}bucket:${sha256Hex(key).slice(0, 32)}`],
        args: [what, policy.burst, policy.refillMs],
      }),
    );
  return {
    take: (key, policy) => run("take", key, policy),
    async refund(key, policy) {
      await run("refund", key, policy);
    },
  };
}
