/**
 * Passing a room on.
 *
 * @module
 */
import { texts } from "./texts.ts";

/** Passing a room on. */
export const shareText = texts({
  title: "Share this room",
  link: "Link",
  startMuted: "Start without sound",
  theatre: "Start in theatre mode",
  embed: "Player for your own page",
  embedHint: "Paste this where your page takes HTML.",
  qr: "Scan to watch on a phone",
  qrOf: (title: string) => `QR code of the link to “${title}”`,
  device: "Share with an app…",
}, {
  title: "分享直播间",
  link: "链接",
  startMuted: "静音打开",
  theatre: "以剧场模式打开",
  embed: "嵌入你自己的网页",
  embedHint: "把这段代码粘贴到网页的 HTML 里。",
  qr: "手机扫码观看",
  qrOf: (title) => `“${title}”链接的二维码`,
  device: "用其他应用分享…",
});
