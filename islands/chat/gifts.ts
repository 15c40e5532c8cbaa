/**
 * Gifts as the page names and draws them. The catalogue is asked for when somebody wants to give;
 * names and drawings stand here, so that a message shows one at once.
 *
 * @module
 */
import type { Locale } from "../i18n/mod.ts";
import type { IconName } from "../ui/icons.tsx";

/** A gift of the catalogue. */
export interface GiftKind {
  readonly key: string;
  readonly coins: number;
  readonly effect: "float" | "combo" | "banner" | "fullscreen";
}

const KNOWN: Readonly<Record<string, readonly [icon: IconName, en: string, zh: string]>> = {
  rose: ["rose", "Rose", "玫瑰"],
  lollipop: ["lollipop", "Lollipop", "棒棒糖"],
  coffee: ["coffee", "Coffee", "咖啡"],
  cake: ["cake", "Cake", "蛋糕"],
  star: ["star", "Lucky star", "幸运星"],
  heart: ["heart", "Heart", "告白之心"],
  ring: ["gem", "Diamond", "一生一世"],
  rocket: ["rocket", "Rocket", "火箭"],
  castle: ["castle", "Castle", "梦幻城堡"],
};

/** The drawing of a gift; a gift of tomorrow is a parcel. */
export function giftIcon(key: string): IconName {
  return KNOWN[key]?.[0] ?? "gift";
}

/** Gifts that have the whole picture for a moment. */
const FULL_SCREEN: ReadonlySet<string> = new Set(["rocket", "castle"]);

/** Whether a gift has the whole picture for a moment. */
export function isFullScreen(key: string): boolean {
  return FULL_SCREEN.has(key);
}

/** The name of a gift. */
export function giftName(key: string, locale: Locale): string {
  return KNOWN[key]?.[locale === "zh" ? 2 : 1] ?? key;
}
