/**
 * What travels in a room: one message, its kind, its lane, and where it stands in the log. Everything
 * else of `im/` converts to or from it.
 *
 * A message's `score` is its place in its channel's log: `milliseconds since the epoch × 2048 + n`,
 * strictly increasing, given by the store alone. Its id and its time follow from it.
 *
 * @module
 */

/** Kinds on the wire. */
export const KINDS = ["chat", "gift", "pk", "notice"] as const;
/** One of {@linkcode KINDS}. */
export type Kind = (typeof KINDS)[number];

/** Lanes, the most important first; the index is `priority` on the wire. */
export const LANES = [
  "moderation",
  "pk",
  "notice",
  "broadcast",
  "bigGift",
  "valued",
  "chat",
  "low",
] as const;
/** One of {@linkcode LANES}; `valued`: small gifts and chat of high levels. */
export type Lane = (typeof LANES)[number];

/** Number of a lane on the wire: 0 is the most important. */
export function priorityOf(lane: Lane): number {
  return LANES.indexOf(lane);
}

/** Lanes that are sent at once and never dropped while the next batch has room for them. */
export function isHighLane(lane: Lane): boolean {
  return priorityOf(lane) <= priorityOf("bigGift");
}

/** Steps of a score in one millisecond. */
export const SCORES_PER_MS = 2048;

/** When a message of this score was accepted, milliseconds since the epoch. */
export function atMsOf(score: number): number {
  return Math.floor(score / SCORES_PER_MS);
}

/** Lowest score of an instant. */
export function scoreAt(atMs: number): number {
  return Math.floor(atMs) * SCORES_PER_MS;
}

/** A message's id within its channel. */
export function messageId(score: number): string {
  return score.toString(36);
}

/** The score behind an id; null when it is none. */
export function scoreOfId(id: string): number | null {
  if (!/^[0-9a-z]{1,11}$/.test(id)) return null;
  const score = parseInt(id, 36);
  return Number.isSafeInteger(score) && score > 0 ? score : null;
}

/** What somebody is in a room, the least first. */
export const ROLES = ["visitor", "member", "moderator", "owner", "admin"] as const;
/** One of {@linkcode ROLES}. */
export type Role = (typeof ROLES)[number];

/** Who sent a message, as everybody sees them. */
export interface Sender {
  /** The account's id; `v-…` for a visitor. */
  readonly id: string;
  readonly name: string;
  /** 0 and up, by coins spent. */
  readonly level: number;
  readonly role: Role;
}

/** How a text flies over the picture. */
export const MODES = ["scroll", "top", "bottom"] as const;
/** One of {@linkcode MODES}. */
export type Mode = (typeof MODES)[number];

/** A text. */
export interface ChatBody {
  readonly text: string;
  /** `#rrggbb`, or null for the plain colour. */
  readonly color: string | null;
  readonly mode: Mode;
  /** What it answers, shortened; null: nothing. */
  readonly replyTo: { readonly id: string; readonly name: string; readonly text: string } | null;
}

/** A gift; repeated ones of one sender grow a combo. */
export interface GiftBody {
  /** Key of the catalogue. */
  readonly gift: string;
  readonly count: number;
  /** How many of it in a row, with this one. */
  readonly combo: number;
  /** Coins of this message: value × count. */
  readonly value: number;
  /** In a battle: whose side it counts for (a room's id). */
  readonly side: string | null;
}

/** One side of a battle. */
export interface PkSide {
  readonly room: string;
  readonly name: string;
  readonly score: number;
}

/** A battle as it stands: absolute, so that a lost frame heals itself. */
export interface PkBody {
  readonly battle: string;
  readonly phase: "invited" | "running" | "penalty" | "over" | "declined";
  readonly sides: readonly [PkSide, PkSide];
  /** When the phase ends, milliseconds since the epoch. */
  readonly endsAtMs: number;
  /** Room that won; null: nobody yet, or a draw. */
  readonly winner: string | null;
  /** The live stream with both pictures, the challenger's on the left; left out: there is none. */
  readonly mix?: string;
}

/** What notices are about. */
export const NOTICES = [
  /** Words of the system or of the broadcaster. */
  "text",
  /** People came in; merged. */
  "enter",
  /** Absolute number of likes. */
  "likes",
  /** Absolute number of viewers. */
  "viewers",
  /** The first of the leaderboard, absolute. */
  "leaderboard",
  /** Chat rules of the room changed: slow mode and the like, absolute. */
  "rules",
  /** Guests on the room's stage, absolute. */
  "stage",
  /** A message or all of a sender's messages are taken back. */
  "removed",
  /** Somebody may not talk for a while, or may again. */
  "muted",
  /** Somebody was shown out. */
  "banned",
  /** A big gift elsewhere, or an administrator's words to every room. */
  "broadcast",
  /** A private text to one account. */
  "private",
] as const;
/** One of {@linkcode NOTICES}. */
export type NoticeName = (typeof NOTICES)[number];

/** A value that JSON carries unchanged. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };

/** A notice; what stands in `data` depends on its name (docs/messages.md). */
export interface NoticeBody {
  readonly notice: NoticeName;
  readonly data: { readonly [key: string]: Json };
}

/** Kind and body, which belong together. */
export type Content =
  | { readonly kind: "chat"; readonly body: ChatBody }
  | { readonly kind: "gift"; readonly body: GiftBody }
  | { readonly kind: "pk"; readonly body: PkBody }
  | { readonly kind: "notice"; readonly body: NoticeBody };

/** A message that the store has not placed yet. */
export type Draft = Content & {
  readonly lane: Lane;
  /** Null: the system. */
  readonly from: Sender | null;
  /**
   * Messages of one key replace each other: only the newest is worth sending (likes, viewers, a
   * battle, a combo). Null: the message stands for itself.
   */
  readonly stateKey: string | null;
};

/** A message of a channel's log. */
export type Message = Draft & {
  readonly score: number;
  /** How many messages stand behind this one after merging; a message of the log: 1. */
  readonly merged: number;
};

/**
 * A log of messages of its own: a room's number, `@everyone`, or `@` and an account's id for what
 * only that account may read.
 */
export type Channel = string;

/** The channel of everybody. */
export const EVERYONE: Channel = "@everyone";

/** Whether a text can be a channel. */
export function isChannel(text: string): boolean {
  return text === EVERYONE || /^[1-9]\d{5,14}$/.test(text) || /^@[0-9a-z-]{1,40}$/.test(text);
}

/** The private channel of an account. */
export function accountChannel(accountId: string): Channel {
  return `@${accountId}`;
}
