/**
 * Private messages in the room's talk.
 *
 * @module
 */
import { plural, texts } from "./texts.ts";

/** Private messages in the room's talk. */
export const privatesText = texts({
  title: "Private messages",
  open: "Private messages",
  openUnread: (count: string) => `Private messages, ${count} unread`,
  arrived: (name: string) => `${name} wrote to you privately`,
  read: "Read",
  close: "Close",
  back: "All conversations",
  empty: "No conversations yet",
  emptyText: "Press somebody's name in the chat to write to them alone.",
  begin: (name: string) => `What you write here, only ${name} can read.`,
  loading: "Earlier messages are loading",
  failed: "Earlier messages could not be loaded.",
  retry: "Try again",
  write: (name: string) => `Message to ${name}`,
  send: "Send",
  you: (text: string) => `You: ${text}`,
  unread: (count: number) => `${count} unread ${plural(count, { one: "text", many: "texts" })}`,
  left: (count: string) => `${count} characters left`,
  messagesWith: (name: string) => `Messages with ${name}`,
  // Why a text was not sent; it stays in the field.
  blocked: "This person takes no messages from you. Your text is kept.",
  muted: "You cannot write just now. Your text is kept.",
  words: "These words are not allowed here. Your text is kept.",
  slowDown: (seconds: string) =>
    `That was too quick. Try again in ${seconds} s; your text is kept.`,
  held: "Your text is looked at by a moderator first.",
  suspended: "Your account is suspended.",
  gone: "This account is no longer there.",
  signedOut: "You are logged out. Log in again; your text is kept.",
  unreachable: "The server cannot be reached. Your text is kept; sending it again sends it once.",
  refused: "It was not sent. Your text is kept.",
}, {
  title: "私信",
  open: "私信",
  openUnread: (count) => `私信，${count} 条未读`,
  arrived: (name) => `${name} 给你发了私信`,
  read: "查看",
  close: "关闭",
  back: "全部会话",
  empty: "还没有私信",
  emptyText: "在聊天里点别人的名字，就可以单独给对方发消息。",
  begin: (name) => `这里的内容只有你和 ${name} 能看到。`,
  loading: "正在加载更早的消息",
  failed: "更早的消息没能加载。",
  retry: "重试",
  write: (name) => `给 ${name} 发私信`,
  send: "发送",
  you: (text) => `你：${text}`,
  unread: (count) => `${count} 条未读`,
  left: (count) => `还能输入 ${count} 个字`,
  messagesWith: (name) => `和 ${name} 的私信`,
  blocked: "对方不接收你的消息，内容已保留。",
  muted: "你暂时不能发言，内容已保留。",
  words: "内容包含不允许的词，已为你保留。",
  slowDown: (seconds) => `发得太快了，${seconds} 秒后再试，内容已保留。`,
  held: "消息需要先经过审核。",
  suspended: "你的账号已被停用。",
  gone: "对方的账号已不存在。",
  signedOut: "你已退出登录，请重新登录，内容已保留。",
  unreachable: "连不上服务器，内容已保留，再次发送也只会发一条。",
  refused: "没有发出去，内容已保留。",
});

/** The words in one language. */
export type PrivatesText = ReturnType<typeof privatesText>;
