/**
 * Gifts, coins and the leaderboard.
 *
 * @module
 */
import { texts } from "./texts.ts";

/** Coins by their formatted number. */
const coins = (count: string) => `${count} ${count === "1" ? "coin" : "coins"}`;

/** Gifts, coins and the leaderboard. */
export const boardText = texts({
  period: "Period",
  day: "Today",
  all: "All time",
  empty: "Nobody yet",
  emptyText: "The first gift takes the first place.",
  failed: "The leaderboard could not be loaded.",
  retry: "Try again",
  coins,
  gifts: "Gifts",
  logIn: "Log in to give gifts",
  logInText: "Gifts are paid with coins of your account.",
  logInAction: "Log in",
  balance: (count: string) => `Balance: ${coins(count)}`,
  count: "How many",
  give: (price: string) => `Give · ${coins(price)}`,
  given: "Thank you!",
  poor: (missing: string) => `You need ${missing} more ${missing === "1" ? "coin" : "coins"}.`,
  howToGet: " An administrator of this server can give you coins.",
  topUp: "Get coins",
  toppedUp: "Coins have arrived.",
  loadFailed: "Gifts could not be loaded.",
  giveFailed: "The gift did not arrive. Pressing again pays once only.",
  slowDown: "That was too quick. Try again in a moment.",
}, {
  period: "时间范围",
  day: "今日",
  all: "总榜",
  empty: "虚位以待",
  emptyText: "送出第一份礼物，就是第一名。",
  failed: "贡献榜没能加载。",
  retry: "重试",
  coins: (count) => `${count} 币`,
  gifts: "礼物",
  logIn: "登录后送礼物",
  logInText: "礼物用账号里的金币支付。",
  logInAction: "登录",
  balance: (count) => `余额：${count} 币`,
  count: "数量",
  give: (price) => `送出 · ${price} 币`,
  given: "谢谢！",
  poor: (missing) => `还差 ${missing} 币。`,
  howToGet: "可以请本站管理员为你发放金币。",
  topUp: "领取金币",
  toppedUp: "金币到账了。",
  loadFailed: "礼物没能加载。",
  giveFailed: "礼物没有送到。再按一次也只会扣一次。",
  slowDown: "送得太快了，请稍等片刻。",
});
