/**
 * Words of the administrators to every room.
 *
 * @module
 */
import { texts } from "./texts.ts";

/** Words of the administrators to every room. */
export const broadcastText = texts({
  title: "Broadcast",
  lead:
    "Everybody who watches anything reads this in the chat within seconds. Keep it for what concerns all of them.",
  words: "What to say",
  wordsHint: "One line. It appears as it is, in one language.",
  room: "Room that it leads to (optional)",
  roomHint: "The number of a room, such as 100001. A click on the text leads there.",
  preview: "Preview",
  ask: "Say this in every room?",
  askText: "This is how viewers see it. It cannot be taken back.",
  leads: (title: string, id: string) => `Leads to “${title}” (room ${id})`,
  everyone: "Everyone",
  send: "Send to every room",
  edit: "Change it",
  sent: "Said in every room.",
  wordsWrong: "Write 1 to 300 characters that can be seen.",
  roomWrong: "There is no open room of this number.",
  tooMany: (seconds: string) => `Too many in a row. Try again in ${seconds} s.`,
  failed: "It was not sent. Try again in a moment.",
  last: "Said lately",
  none: "Nothing yet",
  noneText: "What administrators say to everybody is listed here.",
  by: (name: string) => `by ${name}`,
  all: "All of them",
}, {
  title: "全站广播",
  lead: "所有正在观看的人几秒内都会在聊天里看到，请只用于和大家有关的事。",
  words: "广播内容",
  wordsHint: "一行文字，会原样显示。",
  room: "点击后前往的房间（可选）",
  roomHint: "填房间号，例如 100001，观众点击这条广播就会进入该房间。",
  preview: "预览",
  ask: "发送到所有房间？",
  askText: "观众看到的就是这样，发出后无法撤回。",
  leads: (title, id) => `点击前往“${title}”（房间 ${id}）`,
  everyone: "全站",
  send: "发送到所有房间",
  edit: "返回修改",
  sent: "已发送到所有房间。",
  wordsWrong: "请填写 1 到 300 个看得见的字符。",
  roomWrong: "没有这个房间，或房间已停用。",
  tooMany: (seconds) => `发得太频繁，请 ${seconds} 秒后再试。`,
  failed: "没有发出去，请稍后再试。",
  last: "最近的广播",
  none: "还没有广播",
  noneText: "管理员对全站说过的话会列在这里。",
  by: (name) => `${name} 发送`,
  all: "查看全部",
});
