/**
 * Coins on the account page: balance, level, what came and went.
 *
 * @module
 */
import { texts } from "./texts.ts";

/** Coins on the account page: balance, level, what came and went. */
export const walletText = texts({
  wallet: "Wallet",
  balance: "Balance",
  coins: (count: string) => `${count} coins`,
  level: (level: string) => `Level ${level}`,
  next: (missing: string, level: string) => `${missing} coins in gifts to level ${level}`,
  highest: "The highest level there is.",
  levelText: "Gifts raise your level. It stands beside your name and unlocks styles of danmaku.",
  topUp: (coins: string) => `Get ${coins} coins`,
  topUpText: "This server gives coins for the asking, for trying things out.",
  howToGet: "Coins are given by this server's administrators. Ask one of them when you need some.",
  entries: "Coin history",
  newest: "Newest",
  older: "Older",
  all: "Show everything",
  empty: "Nothing yet",
  emptyText: "Coins that you get and gifts that you give are listed here.",
  gave: (gift: string, count: string) => `${gift} ×${count}`,
  inRoom: (room: string) => `Room ${room}`,
  gotTopUp: "Top-up",
  gotGrant: "From an administrator",
  behind: (balance: string) => `${balance} left`,
  back: "Your account",
}, {
  wallet: "钱包",
  balance: "余额",
  coins: (count) => `${count} 金币`,
  level: (level) => `${level} 级`,
  next: (missing, level) => `再送 ${missing} 金币的礼物升到 ${level} 级`,
  highest: "已经是最高等级。",
  levelText: "送礼物会提升等级。等级显示在名字旁边，还能解锁弹幕样式。",
  topUp: (coins) => `领取 ${coins} 金币`,
  topUpText: "本站可以直接领取金币，方便试用。",
  howToGet: "金币由本站管理员发放，需要时可以联系他们。",
  entries: "收支明细",
  newest: "最新的",
  older: "更早的",
  all: "查看全部",
  empty: "还没有记录",
  emptyText: "得到的金币和送出的礼物都会列在这里。",
  gave: (gift, count) => `${gift} ×${count}`,
  inRoom: (room) => `房间 ${room}`,
  gotTopUp: "领取金币",
  gotGrant: "管理员发放",
  behind: (balance) => `余额 ${balance}`,
  back: "我的账号",
});
