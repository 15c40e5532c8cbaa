/**
 * What a broadcaster says of the room.
 *
 * @module
 */
import { texts } from "./texts.ts";

/** What a broadcaster says of the room. */
export const roomDetailsText = texts({
  heading: "Your room",
  titleLabel: "Title of the room",
  category: "Category",
  noCategory: "No category",
  description: "Description",
  descriptionHint: "Stands under your picture. Plain text, line ends stay.",
  nextLive: "Next broadcast",
  nextLiveHint: (zone: string) => `Shown while you are not live. Your time zone: ${zone}.`,
  nextLiveUtc: "Shown while you are not live. In UTC.",
  clear: "Clear",
  cover: "Cover",
  coverHint: "Shown while you are not live, and where your link is shared.",
  save: "Save",
  discard: "Discard",
  saving: "Saving…",
  saved: "Saved",
  unsaved: "Not saved yet",
  notSaved: "Not saved",
  titleInvalid: "Use 1 to 100 readable characters.",
  descriptionInvalid: "Use at most 2,000 readable characters and 60 lines.",
  categoryInvalid: "This category is gone. Choose another one.",
  nextLiveInvalid: "Choose a time to come, within a year.",
  signedOut: "You are logged out. Log in again to go on; copy what you wrote first.",
  failed: "The server did not answer. What you wrote is still here: save again in a moment.",
}, {
  heading: "我的房间",
  titleLabel: "房间标题",
  category: "分类",
  noCategory: "不分类",
  description: "简介",
  descriptionHint: "显示在画面下方。纯文本，保留换行。",
  nextLive: "下次开播",
  nextLiveHint: (zone) => `未开播时显示给观众。你的时区：${zone}。`,
  nextLiveUtc: "未开播时显示给观众。按 UTC 时间填写。",
  clear: "清除",
  cover: "封面",
  coverHint: "未开播时显示，分享链接时也会用到。",
  save: "保存",
  discard: "放弃修改",
  saving: "正在保存…",
  saved: "已保存",
  unsaved: "还没有保存",
  notSaved: "没有保存",
  titleInvalid: "请用 1 到 100 个看得见的字符。",
  descriptionInvalid: "最多 2,000 个看得见的字符、60 行。",
  categoryInvalid: "这个分类已经没有了，请另选一个。",
  nextLiveInvalid: "请选择一年之内、还没到的时间。",
  signedOut: "你已退出登录。请先复制写好的内容，再重新登录。",
  failed: "服务器没有回应。你写的内容还在，请稍后再保存一次。",
});
