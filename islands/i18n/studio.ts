/**
 * What a broadcaster does in the studio.
 *
 * @module
 */
import { texts } from "./texts.ts";

/** What a broadcaster does in the studio. */
export const studioText = texts({
  obsTitle: "Stream with OBS",
  server: "Server",
  streamKey: "Stream key",
  streamKeyHint: "Whoever has it can broadcast in your room.",
  reveal: "Show",
  hide: "Hide",
  rotate: "New stream key",
  rotateQuestion: "Make a new stream key?",
  rotateText: "The old key stops working at once, and a running stream is cut off.",
  rotateConfirm: "Make a new key",
  cancel: "Cancel",
  rotated: "New stream key: put it into your encoder.",
  editTitle: "Edit title",
  titleLabel: "Title of the room",
  save: "Save",
  saved: "Saved",
  titleInvalid: "Use 1 to 100 readable characters.",
  signedOut: "You are logged out. Log in again to go on.",
  failed: "That did not work. Try again in a moment.",
}, {
  obsTitle: "用 OBS 推流",
  server: "服务器",
  streamKey: "串流密钥",
  streamKeyHint: "拿到它的人就能在你的房间里开播。",
  reveal: "显示",
  hide: "隐藏",
  rotate: "更换串流密钥",
  rotateQuestion: "更换串流密钥？",
  rotateText: "旧密钥立即失效，正在进行的直播会被断开。",
  rotateConfirm: "更换密钥",
  cancel: "取消",
  rotated: "密钥已更换，请填到你的推流软件里。",
  editTitle: "修改标题",
  titleLabel: "房间标题",
  save: "保存",
  saved: "已保存",
  titleInvalid: "请用 1 到 100 个看得见的字符。",
  signedOut: "你已退出登录，请重新登录。",
  failed: "没有成功，请稍后再试。",
});
