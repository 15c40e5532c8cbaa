/**
 * The feed of an edge whose platform keeps its messages in `web` (the embedded store): one connection
 * for all channels. While it is broken, viewers keep theirs; when it is back, every channel goes on
 * after the last score that came, so that nothing is lost as long as the log reaches back.
 *
 * @module
 */
import { type Feed, type FeedSink } from "../../im/feed.ts";
import {
  decodeWebFeedFrame,
  encodeFeedFrame,
  type Follow,
  MAX_FOLLOWED,
  MAX_FOLLOWS_PER_FRAME,
  SILENT_AFTER_MS,
} from "../../im/internal_feed.ts";
import type { Channel } from "../../im/protocol/message.ts";
import { DEFAULT_IM_SETTINGS, type ImSettings } from "../../im/settings.ts";

/** A connection to `web` that texts go over. */
export interface FeedSocket {
  send(text: string): void;
  close(): void;
}

/** What a connection tells. */
export interface FeedSocketEvents {
  onOpen(): void;
  onText(text: string): void;
  /** Ended or never opened; nothing else is told after it. */
  onClose(reason: string): void;
}

/** What a {@linkcode WebFeed} needs. */
export interface WebFeedOptions {
  /** Connects to `web` with the cluster's secret; never throws and tells nothing before it returns. */
  readonly connect: (events: FeedSocketEvents) => FeedSocket;
  /** Told when the connection is lost, with the reason, and when it is back. */
  readonly onState?: (state: { readonly connected: boolean; readonly reason: string }) => void;
  readonly silentAfterMs?: number;
  readonly random?: () => number;
}

interface Followed {
  readonly sink: FeedSink;
  after: number | null;
}

const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 3_000;

/** The channels at `web`. */
export class WebFeed implements Feed {
  readonly #options: WebFeedOptions;
  readonly #channels = new Map<Channel, Followed>();
  readonly #listeners = new Set<(settings: ImSettings) => void>();
  /** What `web` is told with the next turn: channels to follow (true) or not to (false). */
  readonly #untold = new Map<Channel, boolean>();
  #settings: ImSettings = DEFAULT_IM_SETTINGS;
  #socket: FeedSocket | null = null;
  #isOpen = false;
  #isTelling = false;
  #hasBegun = false;
  #failures = 0;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  /** @param options nothing is connected before the first channel is followed. */
  constructor(options: WebFeedOptions) {
    this.#options = options;
  }

  get settings(): ImSettings {
    return this.#settings;
  }

  /** Whether `web` is reached now. */
  get isConnected(): boolean {
    return this.#isOpen;
  }

  follow(channel: Channel, sink: FeedSink): () => void {
    if (this.#channels.has(channel)) throw new Error(`Cannot follow ${channel}: it is followed`);
    if (this.#channels.size >= MAX_FOLLOWED) {
      throw new RangeError(`Cannot follow ${channel}: too many channels are`);
    }
    const followed: Followed = { sink, after: null };
    this.#channels.set(channel, followed);
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      this.#connect();
    }
    this.#tell(channel, true);
    return () => {
      if (this.#channels.get(channel) !== followed) return;
      this.#channels.delete(channel);
      this.#tell(channel, false);
    };
  }

  onSettings(listener: (settings: ImSettings) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#silence);
    clearTimeout(this.#retry);
    this.#channels.clear();
    this.#socket?.close();
    this.#socket = null;
    return Promise.resolve();
  }

  #connect(): void {
    const socket = this.#options.connect({
      onOpen: () => {
        if (socket === this.#socket) this.#opened();
      },
      onText: (text) => {
        if (socket === this.#socket) this.#read(text);
      },
      onClose: (reason) => {
        if (socket === this.#socket) this.#lost(reason);
      },
    });
    this.#socket = socket;
    this.#listen();
  }

  /** Something came: `web` lives. */
  #listen(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(
      () => this.#lost("silent"),
      this.#options.silentAfterMs ?? SILENT_AFTER_MS,
    );
  }

  #opened(): void {
    this.#isOpen = true;
    this.#listen();
    this.#options.onState?.({ connected: true, reason: "" });
    this.#untold.clear();
    this.#send([...this.#channels].map(([channel, { after }]) => ({ channel, after })));
    for (const { sink } of this.#channels.values()) sink.onAway(false);
  }

  #lost(reason: string): void {
    const socket = this.#socket;
    const wasOpen = this.#isOpen;
    this.#socket = null;
    this.#isOpen = false;
    socket?.close();
    clearTimeout(this.#silence);
    if (this.#closed) return;
    if (wasOpen || this.#failures === 0) this.#options.onState?.({ connected: false, reason });
    if (wasOpen) { for (const { sink } of this.#channels.values()) sink.onAway(true); }
    const random = (this.#options.random ?? Math.random)();
    const pauseMs = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(this.#failures, 10));
    this.#failures++;
    this.#retry = setTimeout(() => this.#connect(), pauseMs * (0.5 + random));
  }

  #read(text: string): void {
    this.#listen();
    let frame;
    try {
      frame = decodeWebFeedFrame(text);
    } catch (error) {
      this.#lost(error instanceof Error ? error.message : "malformed");
      return;
    }
    // What speaks properly is `web`; a connection that only opens may be anybody.
    this.#failures = 0;
    switch (frame.type) {
      case "settings":
        this.#settings = frame.settings;
        for (const listener of this.#listeners) listener(frame.settings);
        break;
      case "slice": {
        const followed = this.#channels.get(frame.channel);
        if (followed === undefined) break;
        const { messages, head, gap } = frame;
        followed.after = Math.max(followed.after ?? 0, head, messages.at(-1)?.score ?? 0);
        followed.sink.onSlice({ messages, head, gap });
        break;
      }
      case "missing": {
        const followed = this.#channels.get(frame.channel);
        this.#channels.delete(frame.channel);
        followed?.sink.onMissing();
        break;
      }
    }
  }

  /** Many channels are followed in one turn when viewers come together; they go in few frames. */
  #tell(channel: Channel, follows: boolean): void {
    if (!this.#isOpen) return;
    this.#untold.set(channel, follows);
    if (this.#isTelling) return;
    this.#isTelling = true;
    queueMicrotask(() => {
      this.#isTelling = false;
      const untold = [...this.#untold];
      this.#untold.clear();
      const left = untold.filter(([, follows]) => !follows).map(([channel]) => channel);
      for (const channels of chunks(left)) {
        this.#socket?.send(encodeFeedFrame({ type: "unfollow", channels }));
      }
      this.#send(
        untold.filter(([, follows]) => follows).map(([channel]) => ({ channel, after: null })),
      );
    });
  }

  #send(follows: readonly Follow[]): void {
    for (const channels of chunks(follows)) {
      this.#socket?.send(encodeFeedFrame({ type: "follow", channels }));
    }
  }
}

function* chunks<T>(list: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < list.length; start += MAX_FOLLOWS_PER_FRAME) {
    yield list.slice(start, start + MAX_FOLLOWS_PER_FRAME);
  }
}
