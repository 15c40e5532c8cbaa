/**
 * A feed that may be opened later: an edge relays streams also while Redis is away at its start.
 *
 * @module
 */
import type { Feed, FeedSink } from "./feed.ts";
import type { Channel } from "./protocol/message.ts";
import { DEFAULT_IM_SETTINGS, type ImSettings } from "./settings.ts";

const RETRY_MS = 1_000;

/** How a feed is opened. */
export interface LateFeedOptions {
  readonly open: () => Promise<Feed>;
  /** Called after each attempt that failed. */
  readonly onFailure: (error: Error) => void;
  /** Between two attempts, milliseconds. Default: 1,000. */
  readonly retryMs?: number;
}

interface Follower {
  readonly channel: Channel;
  readonly sink: FeedSink;
  unfollow: (() => void) | null;
}

/** Until it is open, every follower is told that the store is away, and the defaults are in force. */
export class LateFeed implements Feed {
  readonly #options: LateFeedOptions;
  readonly #followers = new Set<Follower>();
  readonly #listeners = new Set<(settings: ImSettings) => void>();
  readonly #opening: Promise<void>;
  readonly #stop = Promise.withResolvers<void>();
  #closed = false;
  #feed: Feed | null = null;

  constructor(options: LateFeedOptions) {
    this.#options = options;
    this.#opening = this.#open();
  }

  get settings(): ImSettings {
    return this.#feed?.settings ?? DEFAULT_IM_SETTINGS;
  }

  follow(channel: Channel, sink: FeedSink): () => void {
    const follower: Follower = { channel, sink, unfollow: null };
    this.#followers.add(follower);
    if (this.#feed !== null) follower.unfollow = this.#feed.follow(channel, sink);
    else {
      queueMicrotask(() => {
        if (this.#feed === null && this.#followers.has(follower)) sink.onAway(true);
      });
    }
    return () => {
      this.#followers.delete(follower);
      follower.unfollow?.();
    };
  }

  onSettings(listener: (settings: ImSettings) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stop.resolve();
    await this.#opening;
    await this.#feed?.close();
  }

  async #open(): Promise<void> {
    while (!this.#closed) {
      try {
        const feed = await this.#options.open();
        this.#feed = feed;
        break;
      } catch (error) {
        this.#options.onFailure(error as Error);
        await this.#pause();
      }
    }
    const feed = this.#feed;
    if (feed === null || this.#closed) return;
    const tell = (settings: ImSettings) => {
      for (const listener of this.#listeners) listener(settings);
    };
    feed.onSettings(tell);
    tell(feed.settings);
    for (const follower of this.#followers) {
      follower.sink.onAway(false);
      follower.unfollow = feed.follow(follower.channel, follower.sink);
    }
  }

  async #pause(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const passed = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.#options.retryMs ?? RETRY_MS);
    });
    await Promise.race([passed, this.#stop.promise]);
    clearTimeout(timer);
  }
}
