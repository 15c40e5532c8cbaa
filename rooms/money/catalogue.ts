/**
 * The gifts there are.
 *
 * @module
 */

/** How a gift is shown when it arrives; the later ones need more of the screen. */
export const EFFECTS = ["float", "combo", "banner", "fullscreen"] as const;
/** One of {@linkcode EFFECTS}. */
export type Effect = (typeof EFFECTS)[number];

/** A gift. */
export interface Gift {
  /** Stands in messages and in the ledger for ever. */
  readonly key: string;
  readonly zh: string;
  readonly en: string;
  /** What one of it costs. */
  readonly coins: number;
  /** Name of a lucide icon. */
  readonly icon: string;
  readonly effect: Effect;
}

/** Every gift, the cheapest first. */
export const GIFTS: readonly Gift[] = [
  { key: "rose", zh: "玫瑰", en: "Rose", coins: 1, icon: "rose", effect: "float" },
  { key: "lollipop", zh: "棒棒糖", en: "Lollipop", coins: 5, icon: "lollipop", effect: "float" },
  { key: "coffee", zh: "咖啡", en: "Coffee", coins: 10, icon: "coffee", effect: "combo" },
  { key: "cake", zh: "蛋糕", en: "Cake", coins: 66, icon: "cake", effect: "combo" },
  { key: "star", zh: "幸运星", en: "Lucky star", coins: 188, icon: "star", effect: "combo" },
  { key: "heart", zh: "告白之心", en: "Heart", coins: 520, icon: "heart", effect: "banner" },
  { key: "ring", zh: "一生一世", en: "Diamond", coins: 1314, icon: "gem", effect: "banner" },
  { key: "rocket", zh: "火箭", en: "Rocket", coins: 3000, icon: "rocket", effect: "fullscreen" },
  {
    key: "castle",
    zh: "梦幻城堡",
    en: "Castle",
    coins: 9999,
    icon: "castle",
    effect: "fullscreen",
  },
];

/** Gifts of one message, inclusive. */
export const GIFT_COUNT = { min: 1, max: 9_999 } as const;

const BY_KEY = new Map(GIFTS.map((gift) => [gift.key, gift]));

/** The gift of a key; null: there is none. */
export function giftOf(key: string): Gift | null {
  return BY_KEY.get(key) ?? null;
}
