/**
 * Writes messages until it is killed, and says which were acknowledged: `<text> <score>`, a line
 * each. Arguments: the channel, the driver, and what the driver needs.
 *
 * @module
 */
import type { MessageLog } from "../../im/log.ts";
import { openMessageLog } from "../../store/messages/mod.ts";
import { RedisConnection } from "../../store/redis/connection.ts";
import { RedisLog } from "../../store/redis/log.ts";
import { Places } from "../../store/redis/places.ts";
import { loadScripts } from "../../store/redis/scripts.ts";
import { chat } from "./message_log_conformance.ts";

const [channel = "", driver, ...rest] = Deno.args;

/** A driver's log by its name. */
async function openLog(): Promise<MessageLog> {
  switch (driver) {
    case "embedded":
      return await openMessageLog(rest[0] as string);
    case "redis": {
      const [prefix = "", ...urls] = rest;
      const main = await RedisConnection.open({ urls, name: "REDIS_URL", prefix });
      return new RedisLog(new Places({ main, scripts: await loadScripts() }));
    }
    default:
      throw new TypeError(`Cannot write: no driver ${driver}`);
  }
}

const log = await openLog();
const encoder = new TextEncoder();
let n = 0;
const write = async () => {
  for (;;) {
    const text = `w${n++}`;
    const [appended] = await log.append(channel, [{ draft: chat(text), dedupeKey: `key ${text}` }]);
    Deno.stdout.writeSync(encoder.encode(`${text} ${appended?.message.score}\n`));
  }
};
await Promise.all(Array.from({ length: 20 }, write));
