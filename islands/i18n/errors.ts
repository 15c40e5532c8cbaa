/**
 * Pages for what went wrong.
 *
 * @module
 */
import { texts } from "./texts.ts";

/** Pages for what went wrong. */
export const errorsText = texts({
  notFoundTitle: "Nothing here",
  notFoundText: "This page does not exist. The link may be old or mistyped.",
  roomNotFoundTitle: "No such room",
  roomNotFoundText: "There is no room with this number. Check the number or see who is live.",
  forbiddenTitle: "Not for you",
  forbiddenText: "This page belongs to somebody else, or the form came from another site.",
  failureTitle: "Something broke",
  failureText: "The server could not answer. It is not your fault; try again in a moment.",
  busyTitle: "One moment",
  busyText: "The server is busy right now. Try again in a moment.",
}, {
  notFoundTitle: "这里什么都没有",
  notFoundText: "页面不存在，链接可能过期或者输错了。",
  roomNotFoundTitle: "没有这个房间",
  roomNotFoundText: "没有这个号码的房间。请核对房间号，或者看看谁在直播。",
  forbiddenTitle: "不能访问",
  forbiddenText: "这个页面属于别人，或者表单来自其他网站。",
  failureTitle: "出错了",
  failureText: "服务器没能回答，这不是你的问题，请稍后再试。",
  busyTitle: "请稍等",
  busyText: "服务器正忙，请稍后再试。",
});
