/**
 * The calls about private messages, as a browser makes them.
 *
 * @module
 */
import type { Message } from "../../im/protocol/message.ts";
import { api } from "../ui/api.ts";
import type { PrivateCalls } from "./privates.ts";
import { readMessages } from "./transport.ts";

/** Pages of the past that are read; older texts are left out. */
const MAX_PAGES = 10;

/** The browser's way. */
export const BROWSER_PRIVATE_CALLS: PrivateCalls = {
  async history(fromMs) {
    const read: Message[] = [];
    let cursor: string | null = null;
    for (let page = 0; page < MAX_PAGES; page++) {
      const part: Awaited<ReturnType<typeof readPage>> = await readPage(fromMs, cursor);
      read.push(...readMessages(part.messages));
      cursor = part.cursor;
      if (cursor === null) break;
    }
    return read;
  },
  async send(account, body) {
    const { message } = await api.post("/api/accounts/{account}/messages", {
      path: { account },
      body,
    });
    return message === null ? null : readMessages([message])[0] ?? null;
  },
};

async function readPage(fromMs: number, cursor: string | null) {
  return await api.get("/api/account/messages", {
    query: { fromMs: Math.max(0, fromMs), ...cursor !== null && { cursor } },
  });
}
