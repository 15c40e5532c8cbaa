/**
 * What comes when a room has no picture.
 *
 * @module
 */
import { texts } from "./texts.ts";

/** What comes when a room has no picture. */
export const nextUpText = texts({
  followHint: "Followed rooms stand first in your lobby when they are live.",
  liveNow: "Live now",
}, {
  followHint: "关注后，对方一开播就会排在你的首页最前面。",
  liveNow: "正在直播",
});
