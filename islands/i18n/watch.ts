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
  shareCopied: "Link copied",
  shareFailed: "Copy this link:",
}, {
  liveFor: (duration) => `已播 ${duration}`,
  share: "分享",
  shareCopied: "链接已复制",
  shareFailed: "请复制这个链接：",
});
