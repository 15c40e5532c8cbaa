/**
 * How an edge follows channels, whatever stands behind: `web` with the embedded store, Redis, or
 * Upstash. An edge follows a channel once for all its viewers.
 *
 * @module
 */
import type { ImSettings } from "./settings.ts";
import type { Slice } from "./log.ts";
import type { Channel } from "./protocol/message.ts";

/** Takes what comes. */
export interface FeedSink {
  /**
   * New messages of the channel, in order, at most one call a tick. The first call after
   * {@linkcode Feed.follow} comes even when there are none and brings the newest messages of the live
   * part, at most {@linkcode FOLLOW_LIMIT}. `gap`: some before them are missing and can be had from
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

/** Messages that the first slice of a followed channel brings, and any other one, at most. */
export const FOLLOW_LIMIT = 2_000;
