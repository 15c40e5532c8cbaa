/**
 * What the studio says of battles before they are loaded.
 *
 * @module
 */
import { texts } from "./texts.ts";

/** What the studio says of battles before they are loaded. */
export const pkCardText = texts({
  battle: "PK battle",
  whenLive: "While you are live you can challenge another room here. Gifts decide who wins.",
}, {
  battle: "PK 对战",
  whenLive: "开播后可以在这里邀请其他直播间 PK，礼物定胜负。",
});
