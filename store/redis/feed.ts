/**
 * How an edge follows channels when Redis is there: it reads Redis itself, and `web` has nothing to
 * do with it. A channel in which something was said is read once a tick, all of a tick in one write;
 * the wake-up is a hint alone, so that every channel is looked at now and then without one.
 *
 * @module
 */
import {
  CATCH_UP_LIMIT,
  type Feed,
  type FeedSink,
  FOLLOW_LIMIT,
  pagesOf,
  TICK_MS,
} from "../../im/feed.ts";
import type { MessageLog } from "../../im/log.ts";
import type { Channel } from "../../im/protocol/message.ts";
import type { ImSettings } from "../../im/settings.ts";

/** Settings are read so often, milliseconds. */
const SETTINGS_EVERY_MS = 1_000;
/** Channels without a wake-up are read so often, milliseconds … */
const LOOK_EVERY_MS = 1_000;
/** … and seldomer when there are more than so many. */
const LOOKS_PER_SECOND = 5_000;
/** Channels that are read in one tick; the others come with the next. */
const MAX_READS_PER_TICK = 5_000;

/** What a feed stands on. */
export interface RedisFeedOptions {
  readonly log: Pick<MessageLog, "read" | "watch">;
  /** Whether there is such a room. */
  readonly exists: (room: string) => Promise<boolean>;
  readonly readSettings: () => Promise<ImSettings>;
  /** Called with the feed's end. */
  readonly close?: () => Promise<void>;
}

interface Followed {
  readonly channel: Channel;
  readonly sink: FeedSink;
  readonly unwatch: () => void;
  /** Null: nothing was read yet. */
  after: number | null;
  woken: boolean;
  reading: boolean;
  lookedAtMs: number;
}

/** A feed over a log that several processes share. */
export class RedisFeed implements Feed {
  readonly #options: RedisFeedOptions;
  readonly #followed = new Set<Followed>();
  readonly #listeners = new Set<(settings: ImSettings) => void>();
  readonly #running = new Set<Promise<void>>();
  readonly #timers: readonly ReturnType<typeof setInterval>[];
  #settings: ImSettings;
  #readingSettings = false;
  #away = false;

  private constructor(options: RedisFeedOptions, settings: ImSettings) {
    this.#options = options;
    this.#settings = settings;
    this.#timers = [
      setInterval(() => this.#tick(), TICK_MS),
      setInterval(() => this.#readSettings(), SETTINGS_EVERY_MS),
    ];
  }

  /** Reads the settings and begins. */
  static async open(options: RedisFeedOptions): Promise<RedisFeed> {
    return new RedisFeed(options, await options.readSettings());
  }

  get settings(): ImSettings {
    return this.#settings;
  }

  /** Channels that are followed. */
  get size(): number {
    return this.#followed.size;
  }

  onSettings(listener: (settings: ImSettings) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  follow(channel: Channel, sink: FeedSink): () => void {
    const followed: Followed = {
      channel,
      sink,
      unwatch: this.#options.log.watch(channel, () => followed.woken = true),
      after: null,
      woken: true,
      reading: false,
      lookedAtMs: 0,
    };
    this.#followed.add(followed);
    if (this.#away) {
      queueMicrotask(() => this.#away && this.#followed.has(followed) && sink.onAway(true));
    }
    return () => this.#unfollow(followed);
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    for (const followed of this.#followed) this.#unfollow(followed);
    await Promise.all([...this.#running]);
    await this.#options.close?.();
  }

  #unfollow(followed: Followed): void {
    if (this.#followed.delete(followed)) followed.unwatch();
  }

  #tick(): void {
    const nowMs = performance.now();
    const lookEveryMs = Math.max(LOOK_EVERY_MS, this.#followed.size / LOOKS_PER_SECOND * 1_000);
    let reads = 0;
    // Those that were looked at longest ago first, when not all have their turn.
    const order = this.#followed.size <= MAX_READS_PER_TICK
      ? this.#followed
      : [...this.#followed].sort((a, b) => a.lookedAtMs - b.lookedAtMs);
    for (const followed of order) {
      if (followed.reading) continue;
      if (!followed.woken && nowMs - followed.lookedAtMs < lookEveryMs) continue;
      if (++reads > MAX_READS_PER_TICK) break;
      followed.lookedAtMs = nowMs;
      this.#start(this.#read(followed));
    }
  }

  async #read(followed: Followed): Promise<void> {
    const { channel, sink } = followed;
    followed.reading = true;
    followed.woken = false;
    try {
      const first = followed.after === null;
      if (first && !channel.startsWith("@") && !(await this.#options.exists(channel))) {
        this.#setAway(false);
        if (this.#followed.has(followed)) sink.onMissing();
        this.#unfollow(followed);
        return;
      }
      const slice = await this.#options.log.read(channel, {
        after: followed.after,
        limit: first ? FOLLOW_LIMIT : CATCH_UP_LIMIT,
      });
      this.#setAway(false);
      if (!this.#followed.has(followed)) return;
      followed.after = Math.max(slice.head, slice.messages.at(-1)?.score ?? 0, followed.after ?? 0);
      if (!first && !slice.gap && slice.messages.length === 0) return;
      for (const page of pagesOf(slice)) sink.onSlice(page);
    } catch {
      // It is read again with the next tick; what comes then has all that was missed.
      followed.woken = true;
      this.#setAway(true);
    } finally {
      followed.reading = false;
    }
  }

  async #readSettings(): Promise<void> {
    if (this.#readingSettings) return;
    this.#readingSettings = true;
    const reading = this.#options.readSettings().then((settings) => {
      if (JSON.stringify(settings) === JSON.stringify(this.#settings)) return;
      this.#settings = settings;
      for (const listener of this.#listeners) listener(settings);
    }).catch(() => {
      // They stay as they were; whether the store is away the channels tell.
    });
    await this.#start(reading);
    this.#readingSettings = false;
  }

  #start(work: Promise<void>): Promise<void> {
    const running = work.finally(() => this.#running.delete(running));
    this.#running.add(running);
    return running;
  }

  #setAway(away: boolean): void {
    if (this.#away === away) return;
    this.#away = away;
    for (const { sink } of this.#followed) sink.onAway(away);
  }
}
