/**
 * The line under the picture.
 *
 * @module
 */
import { texts } from "./texts.ts";

/** The line under the picture. */
export const watchText = texts({
  liveFor: (duration: string) => `Live for ${duration}`,
  share: "Share",
  studio: "Studio",
  more: "Show more",
  less: "Show less",
}, {
  liveFor: (duration) => `已播 ${duration}`,
  share: "分享",
  studio: "直播间后台",
  more: "展开",
  less: "收起",
});
