/**
 * The rooms that somebody follows.
 *
 * @module
 */
import { texts } from "./texts.ts";

/** The rooms that somebody follows. */
export const followingText = texts({
  title: "Following",
  nobody: "You follow nobody yet",
  nobodyText: "Follow a room on its page: it stands first here as soon as it is live.",
  noneLive: "None of them is live right now.",
  notLive: "Not live now",
  neverLive: "Has not been live yet",
  lastLive: (when: string) => `Last live ${when}`,
}, {
  title: "我的关注",
  nobody: "还没有关注任何人",
  nobodyText: "在直播间里点“关注”，对方一开播就会排在这里最前面。",
  noneLive: "关注的主播现在都没有开播。",
  notLive: "未开播",
  neverLive: "还没有开播过",
  lastLive: (when) => `上次直播：${when}`,
});
