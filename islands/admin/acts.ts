/**
 * What administrators can do to an account or a room: which of it makes sense now, what it asks
 * for first, and the words of each, for the dialogs of the islands and the pages without script.
 *
 * @module
 */
import { adminText } from "../i18n/admin.ts";
import type { Locale } from "../i18n/mod.ts";
import type { IconName } from "../ui/icons.tsx";

/** What can be done to an account; also the last part of the address that asks for it. */
export const ACCOUNT_ACTS = [
  "grant-coins",
  "end-sessions",
  "reset-password",
  "make-admin",
  "make-member",
  "suspend",
  "restore",
  "delete",
] as const;
/** One of {@linkcode ACCOUNT_ACTS}. */
export type AccountAct = (typeof ACCOUNT_ACTS)[number];

/** What can be done to a room or its stream; also the last part of the address that asks for it. */
export const ROOM_ACTS = ["cut-off", "reset-key", "suspend", "restore"] as const;
/** One of {@linkcode ROOM_ACTS}. */
export type RoomAct = (typeof ROOM_ACTS)[number];

/** Something to be done to somebody or something. */
export type Act =
  | { readonly on: "account"; readonly act: AccountAct }
  | { readonly on: "room"; readonly act: RoomAct };

/** Longest reason, in UTF-16 units. */
export const MAX_REASON = 200;

/** Most coins that can be given at once. */
export const MAX_COINS = 1_000_000_000;

/** Reads how many coins are given; null: it is no number of coins. */
export function parseCoins(text: string): number | null {
  const coins = /^\d{1,10}$/.test(text.trim()) ? Number(text) : 0;
  return coins >= 1 && coins <= MAX_COINS ? coins : null;
}

/** What is asked before it is done. */
export interface ActWords {
  readonly icon: IconName;
  /** What the button that opens the question says. */
  readonly label: string;
  readonly question: string;
  /** What will happen. */
  readonly text: string;
  /** Whether it takes something away from somebody. */
  readonly danger: boolean;
  /** `name`: the name has to be typed; `reason`: one can be given; `coins`: how many, and a reason. */
  readonly asks: "nothing" | "reason" | "name" | "coins";
}

/** Who looks at whom. */
export interface AccountFacts {
  readonly admin: boolean;
  readonly suspended: boolean;
  /** It is the administrator's own account. */
  readonly self: boolean;
}

/** What makes sense for an account; one's own is looked after on the account page. */
export function accountActs({ admin, suspended, self }: AccountFacts): readonly AccountAct[] {
  if (self) return ["grant-coins", "end-sessions", "make-member"];
  return [
    "grant-coins",
    "end-sessions",
    "reset-password",
    admin ? "make-member" : "make-admin",
    suspended ? "restore" : "suspend",
    "delete",
  ];
}

/** What makes sense for a room. */
export function roomActs(
  { live, suspended }: { readonly live: boolean; readonly suspended: boolean },
): readonly RoomAct[] {
  return [
    ...live ? ["cut-off" as const] : [],
    "reset-key",
    suspended ? "restore" : "suspend",
  ];
}

/** How each act looks and which words it has: `<word>`, `<word>Ask`, `<word>Text`, `<word>Done`. */
const LOOKS = {
  room: {
    "cut-off": { word: "cutOff", icon: "ban", danger: true, asks: "nothing" },
    "reset-key": { word: "resetKey", icon: "key-round", danger: true, asks: "nothing" },
    "suspend": { word: "suspendRoom", icon: "ban", danger: true, asks: "reason" },
    "restore": { word: "restoreRoom", icon: "rotate-ccw", danger: false, asks: "nothing" },
  },
  account: {
    "grant-coins": { word: "grantCoins", icon: "coins", danger: false, asks: "coins" },
    "end-sessions": { word: "endSessions", icon: "log-out", danger: false, asks: "nothing" },
    "reset-password": { word: "resetPassword", icon: "key-round", danger: false, asks: "nothing" },
    "make-admin": { word: "makeAdmin", icon: "shield", danger: false, asks: "nothing" },
    "make-member": { word: "makeMember", icon: "user", danger: false, asks: "nothing" },
    "suspend": { word: "suspendAccount", icon: "ban", danger: true, asks: "reason" },
    "restore": { word: "restoreAccount", icon: "rotate-ccw", danger: false, asks: "nothing" },
    "delete": { word: "deleteAccount", icon: "trash-2", danger: true, asks: "name" },
  },
} as const;

function lookOf(act: Act) {
  return act.on === "room" ? LOOKS.room[act.act] : LOOKS.account[act.act];
}

/** The words of an act. */
export function actWords(
  act: Act,
  { name, locale }: { readonly name: string; readonly locale: Locale },
): ActWords {
  const text = adminText(locale);
  const { word, icon, danger, asks } = lookOf(act);
  return {
    icon,
    danger,
    asks,
    label: text[word],
    question: text[`${word}Ask`](name),
    text: text[`${word}Text`],
  };
}

/** What is said when it was done. */
export function actDone(act: Act, locale: Locale): string {
  return adminText(locale)[`${lookOf(act).word}Done`];
}
