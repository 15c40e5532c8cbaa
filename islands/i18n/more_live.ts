/**
 * What else is live, beside a room.
 *
 * @module
 */
import { texts } from "./texts.ts";

/** What else is live, beside a room. */
export const moreLiveText = texts({
  seeAll: "See all live rooms",
  goLive: "Go live",
  nobodyElse: "Nobody else is live",
  inviteText: "Your own room is a minute away: sign up, paste two lines into OBS.",
}, {
  seeAll: "看全部直播",
  goLive: "开播",
  nobodyElse: "没有其他人在直播",
  inviteText: "一分钟就能开一个自己的直播间：注册，把两行地址粘贴到 OBS。",
});
