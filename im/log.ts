/**
 * The log of messages. Every driver keeps these guarantees, checked by one conformance suite:
 *
 * - `append()` gives each draft a score that is larger than every score of the channel before, also
 *   with several writers and over restarts; all drafts of a call are placed next to each other;
 * - a promise resolves after the message would survive the death of this process and of the store's;
 * - a draft with a `dedupeKey` that the channel has seen within a day is not appended again: the
 *   first message is answered, `repeated` says so;
 * - `read()` never leaves out a message between its cursor and its head without saying `gap`;
 * - a store that has no room for more work rejects with `StoreBusyError` and has done nothing.
 *
 * The live part of a channel is trimmed by age and size ({@linkcode LogLimits}); the history of a
 * room is complete and kept for `historyDays`, that of an account's own channel for
 * {@linkcode PRIVATE_HISTORY_DAYS}; the channel of everybody has none to rely on.
 *
 * @module
 */
import type { Channel, Draft, Message } from "./protocol/message.ts";

/** A draft on its way into the log. */
export interface Entry {
  readonly draft: Draft;
  /** Unique for what the sender meant once (`chat <account> <clientId>`); null: no matter. */
  readonly dedupeKey: string | null;
}

/** An entry that is in the log. */
export interface Appended {
  readonly message: Message;
  readonly repeated: boolean;
}

/** A part of a channel. */
export interface Slice {
  /** In order. */
  readonly messages: readonly Message[];
  /** Score of the channel's last message; 0: there was none. */
  readonly head: number;
  /** Messages after the cursor were trimmed away, or there were more than `limit`. */
  readonly gap: boolean;
}

/** Bounds of the live part of a channel. */
export interface LogLimits {
  /** Milliseconds. */
  readonly maxAgeMs: number;
  /** Messages of each kind. */
  readonly maxPerKind: number;
}

/** What is said to one account is kept so long for its two parties, days. */
export const PRIVATE_HISTORY_DAYS = 30;
/** Unless configured otherwise. */
export const DEFAULT_LOG_LIMITS: LogLimits = { maxAgeMs: 120_000, maxPerKind: 2_000 };

/** The log of every channel; one for each process. */
export interface MessageLog {
  append(channel: Channel, entries: readonly Entry[]): Promise<readonly Appended[]>;
  /**
   * Messages with a score above `after`, at most `limit` (the newest ones when there are more, with
   * `gap`). `after` null: the newest `limit` messages, without `gap`.
   */
  read(
    channel: Channel,
    options: { readonly after: number | null; readonly limit: number },
  ): Promise<Slice>;
  /**
   * Calls `wake` soon after messages were appended to the channel, by whomever. It may be called
   * too often, and too seldom: readers look again every tick. `isUrgent`: the store knows that one
   * of a high lane is among them. The returned function ends it.
   */
  watch(channel: Channel, wake: (isUrgent?: boolean) => void): () => void;
  /**
   * Messages of a room or of an account from `fromMs` (inclusive) to `toMs` (exclusive) with a score above `after`,
   * in order, nothing left out. `next` is the score to go on after; null at the end.
   */
  history(
    room: Channel,
    options: {
      readonly fromMs: number;
      readonly toMs: number;
      readonly after: number | null;
      readonly limit: number;
    },
  ): Promise<{ readonly messages: readonly Message[]; readonly next: number | null }>;
  /** Takes messages out of live part and history (they were deleted for everybody). */
  remove(channel: Channel, scores: readonly number[]): Promise<void>;
  /** Completes what was accepted and closes. */
  close(): Promise<void>;
}
