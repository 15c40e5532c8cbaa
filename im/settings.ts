/**
 * What of the messages administrators may change while the platform runs; part of the settings of
 * `rooms/settings.ts`, kept in the store, in force everywhere within 2 s.
 *
 * @module
 */
import type { Kind, Lane } from "./protocol/message.ts";

/** Rates, ages and intervals of messages. */
export interface ImSettings {
  /** Messages that reach a viewer in a second, at most. */
  readonly maxPerSecond: number;
  /** A message older than this goes to the history only, milliseconds by lane. */
  readonly ageMs: Readonly<Record<Lane, number>>;
  /** Time from one batch of the long connection to the next, milliseconds. */
  readonly batchMs: number;
  /** Milliseconds to the next poll: the first whose `viewers` is above the room's. */
  readonly poll: readonly { readonly viewers: number; readonly afterMs: number }[];
  /** From so many viewers on a room is big: see `bigRoomPush`. */
  readonly bigRoomViewers: number;
  /** Kinds that big rooms push; the others are polled. Small rooms push everything. */
  readonly bigRoomPush: readonly Kind[];
  /** A gift from so many coins on is announced in every room. */
  readonly bigGiftCoins: number;
  /** Texts of one account in a room: so many in ten seconds. */
  readonly chatPerTenSeconds: number;
  /** Texts that a room takes in a second from everybody; more are refused with 429. */
  readonly roomChatPerSecond: number;
  /** From this level on texts take the lane `valued`. */
  readonly valuedLevel: number;
  /**
   * A room that gets so many messages a second for five seconds is moved to a Redis of
   * `HOT_REDIS_URLS`, when there is one.
   */
  readonly hotRoomPerSecond: number;
}

/** Unless configured otherwise. */
export const DEFAULT_IM_SETTINGS: ImSettings = {
  maxPerSecond: 20,
  ageMs: {
    moderation: 120_000,
    pk: 60_000,
    notice: 30_000,
    broadcast: 60_000,
    bigGift: 60_000,
    valued: 30_000,
    chat: 10_000,
    low: 5_000,
  },
  batchMs: 500,
  poll: [
    { viewers: 100, afterMs: 1_000 },
    { viewers: 2_000, afterMs: 2_000 },
    { viewers: 10_000, afterMs: 3_000 },
    { viewers: Number.MAX_SAFE_INTEGER, afterMs: 5_000 },
  ],
  bigRoomViewers: 2_000,
  bigRoomPush: ["pk", "gift", "notice"],
  bigGiftCoins: 500,
  chatPerTenSeconds: 10,
  roomChatPerSecond: 1_000,
  valuedLevel: 20,
  hotRoomPerSecond: 500,
};
