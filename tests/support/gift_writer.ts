/**
 * Gives gifts until it is killed, as one `web` does, and says which were acknowledged, a request a
 * line. Arguments: prefix of its requests, room, account, the driver, and what the driver needs.
 *
 * @module
 */
import { giftsOver, type GiftStage, openGiftStage } from "./gift_stage.ts";

const [prefix = "", roomId = "", accountId = "", driver, ...rest] = Deno.args;
const stage: GiftStage = await openGiftStage(driver as "embedded" | "redis", rest);
const gifts = giftsOver(stage, { accountId });
const speaker = { account: gifts.account, address: "192.0.2.1" };
const encoder = new TextEncoder();
let n = 0;
const give = async () => {
  for (;;) {
    const requestId = `${prefix}${n++}`;
    await gifts.service.give(speaker, roomId, { gift: "rose", count: 1, requestId });
    Deno.stdout.writeSync(encoder.encode(`${requestId}\n`));
  }
};
await Promise.all(Array.from({ length: 20 }, give));
