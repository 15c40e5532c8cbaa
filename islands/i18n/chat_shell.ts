/**
 * What stands in the place of the room's talk until it is there.
 *
 * @module
 */
import { texts } from "./texts.ts";

/** What stands in the place of the room's talk until it is there. */
export const chatShellText = texts({
  chat: "Chat",
  leaderboard: "Leaderboard",
  needsScript: "Chat needs JavaScript.",
  loading: "Chat is loading…",
  failed: "Chat could not be loaded.",
  retry: "Try again",
}, {
  chat: "聊天",
  leaderboard: "贡献榜",
  needsScript: "聊天需要 JavaScript。",
  loading: "聊天加载中…",
  failed: "聊天没能加载。",
  retry: "重试",
});
