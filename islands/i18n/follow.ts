/**
 * Following a room.
 *
 * @module
 */
import { plural, texts } from "./texts.ts";

/** Following a room. */
export const followText = texts({
  follow: "Follow",
  following: "Following",
  followers: (count: number, formatted: string) =>
    `${formatted} ${plural(count, { one: "follower", many: "followers" })}`,
  signedOut: "You are logged out. Log in again to follow.",
  tooMany: "You follow as many rooms as anybody can.",
  failed: "That did not work. Try again in a moment.",
}, {
  follow: "关注",
  following: "已关注",
  followers: (_count, formatted) => `${formatted} 人关注`,
  signedOut: "你已退出登录，请登录后再关注。",
  tooMany: "你关注的房间已经到上限了。",
  failed: "没有成功，请稍后再试。",
});
