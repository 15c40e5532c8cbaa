/**
 * How an edge follows channels, whatever stands behind: `web` with the embedded store, Redis, or
 * Upstash. An edge follows a channel once for all its viewers.
 *
 * @module
 */
import type { ImSettings } from "./settings.ts";
import { DEFAULT_LOG_LIMITS, type Slice } from "./log.ts";
import { type Channel, KINDS } from "./protocol/message.ts";

/** Takes what comes. */
export interface FeedSink {
  /**
   * New messages of the channel, in order, at most {@linkcode FOLLOW_LIMIT} in a call; all of a tick come
   * together. The first call after
   * {@linkcode Feed.follow} comes even when there are none and brings the newest messages of the live
   * part. `gap`: some before them are missing and can be had from
   * nowhere.
   */
  onSlice(slice: Slice): void;
  /** There is no such room; nothing else will come. */
  onMissing(): void;
  /** The way to the store is broken (true) or open again (false); what was missed follows. */
  onAway(away: boolean): void;
}

/** The messages of the platform as an edge sees them. */
export interface Feed {
  /**
   * Follows a channel until the returned function is called; a channel is followed once at a time.
   * The sink is not called before this has returned.
   */
  follow(channel: Channel, sink: FeedSink): () => void;
  /** The settings in force; `onChange` within 2 s of a change anywhere. */
  readonly settings: ImSettings;
  onSettings(listener: (settings: ImSettings) => void): () => void;
  close(): Promise<void>;
}

/** A channel is looked at this often, milliseconds. */
export const TICK_MS = 100;

/** Messages of a slice, at most; the first one of a channel brings no others. */
export const FOLLOW_LIMIT = 2_000;

/** Messages that are caught up with at once, in several slices: a full live part of every kind. */
export const CATCH_UP_LIMIT: number = KINDS.length * DEFAULT_LOG_LIMITS.maxPerKind;

/** A slice as slices of at most {@linkcode FOLLOW_LIMIT} messages; what is missing is before the first. */
export function* pagesOf(slice: Slice): Generator<Slice> {
  const { messages, head, gap } = slice;
  if (messages.length <= FOLLOW_LIMIT) {
    yield slice;
    return;
  }
  for (let start = 0; start < messages.length; start += FOLLOW_LIMIT) {
    const page = messages.slice(start, start + FOLLOW_LIMIT);
    const isLast = start + FOLLOW_LIMIT >= messages.length;
    yield { messages: page, head: isLast ? head : page.at(-1)!.score, gap: gap && start === 0 };
  }
}
