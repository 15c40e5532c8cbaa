/**
 * Writes messages until it is killed, and says which were acknowledged: `<text> <score>`, a line
 * each. Arguments: the channel, the driver, and what the driver needs.
 *
 * @module
 */
import type { MessageLog } from "../../im/log.ts";
import { openMessageLog } from "../../store/messages/mod.ts";
import { chat } from "./message_log_conformance.ts";

const [channel = "", driver, ...rest] = Deno.args;

/** A driver's log by its name. */
async function openLog(): Promise<MessageLog> {
  switch (driver) {
    case "embedded":
      return await openMessageLog(rest[0] as string);
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
