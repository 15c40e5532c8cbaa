/**
 * Why somebody cannot say something in a room just now, and what can be done about it.
 *
 * @module
 */
import { texts } from "./texts.ts";

/** Why somebody cannot talk just now. */
export const chatRulesText = texts({
  logIn: "Log in to chat",
  visitorsOff: "Visitors only read here.",
  mutedUntil: (time: string) => `You are muted for ${time}. You can watch and give gifts.`,
  days: (count: string) => `${count} days`,
  mutedForEver: "You are muted here. You can watch and give gifts.",
  banned: "You are banned from the chat of this room.",
  bannedFor: (time: string) => `You are banned from the chat of this room for ${time}.`,
  bannedWhat: "You can go on watching. If this is a mistake, write to the broadcaster.",
  reason: (reason: string) => `Reason: ${reason}`,
  comeBack: "Try again",
  followersOnly: "Only followers talk here.",
  follow: "Follow",
  followFailed: "Following did not work. Try again.",
  levelOnly: (level: string, own: string) =>
    `One talks here from level ${level} on; yours is ${own}. Gifts raise it.`,
  emotesOnly: "Only emotes are said here.",
  review: "Messages here are looked at before they appear.",
  notLive: "The room is not live. Whoever is here reads you.",
  missing: "This room is no longer there.",
  toLobby: "Other live rooms",
  words: "It holds words that are not said here. Your text is kept.",
  suspended: "This account or room is suspended. Your text is kept.",
  forbidden: "You may not do this here. Your text is kept.",
  notFound: "What you answer, or the room, is no longer there. Your text is kept.",
  style: "This colour or place is not for your level. Your text is kept.",
  invalid: "The text cannot be used as it is. It is kept.",
  kept: "Your text is kept.",
}, {
  logIn: "登录后聊天",
  visitorsOff: "游客在这里只能看。",
  mutedUntil: (time) => `你已被禁言，还剩 ${time}。可以继续观看和送礼物。`,
  days: (count) => `${count} 天`,
  mutedForEver: "你已被禁言。可以继续观看和送礼物。",
  banned: "你已被移出这个房间的聊天。",
  bannedFor: (time) => `你已被移出这个房间的聊天，还剩 ${time}。`,
  bannedWhat: "你可以继续观看。如果是误会，请联系主播。",
  reason: (reason) => `原因：${reason}`,
  comeBack: "重试",
  followersOnly: "关注主播后才能发言。",
  follow: "关注",
  followFailed: "没有关注成功，请重试。",
  levelOnly: (level, own) => `${level} 级以上才能发言，你现在是 ${own} 级，送礼物可以升级。`,
  emotesOnly: "这里只能发表情。",
  review: "这里的消息审核后才会显示。",
  notLive: "主播不在直播，房间里的人还能看到你的消息。",
  missing: "这个直播间已经不在了。",
  toLobby: "看看其他直播",
  words: "含有这里不能说的词，内容已保留。",
  suspended: "账号或房间已被停用，内容已保留。",
  forbidden: "你在这里不能这样做，内容已保留。",
  notFound: "你回复的消息或这个房间已经不在了，内容已保留。",
  style: "你的等级还不能用这个颜色或位置，内容已保留。",
  invalid: "内容格式不对，已保留。",
  kept: "内容已保留。",
});

/** The words of one language. */
export type ChatRulesText = ReturnType<typeof chatRulesText>;
