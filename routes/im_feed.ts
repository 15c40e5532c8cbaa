/**
 * What edges hear of the messages (`im/internal_feed.ts`): every followed channel is read once a tick
 * for all edges that stand at the same place, and at once when it is important. Nothing waits for an edge here: it has a place in each
 * channel, and one that is too slow is read to later, with a gap when the log has gone on too far.
 *
 * @module
 */
import { CATCH_UP_LIMIT, FOLLOW_LIMIT, pagesOf, TICK_MS } from "../im/feed.ts";
import {
  ALIVE_EVERY_MS,
  decodeEdgeFeedFrame,
  encodeFeedFrame,
  type Follow,
  MAX_FEED_BACKLOG_BYTES,
  MAX_FOLLOWED,
  SILENT_AFTER_MS,
} from "../im/internal_feed.ts";
import type { MessageLog, Slice } from "../im/log.ts";
import type { Channel } from "../im/protocol/message.ts";
import type { ImSettings } from "../im/settings.ts";
import type { Logger } from "../platform/log.ts";

/** The way to one edge. */
export interface FeedPipe {
  send(text: string): void;
  /** Bytes that were sent and not taken yet. */
  readonly bufferedAmount: number;
  /** Ends it at once. */
  terminate(): void;
}

/** What {@linkcode FeedHub} stands on. */
export interface FeedHubOptions {
  readonly log: Pick<MessageLog, "read" | "watch">;
  /** The settings in force. */
  settings(): ImSettings;
  /** Whether there is a room of this number. */
  exists(room: string): Promise<boolean>;
  readonly logger: Logger;
  /** Milliseconds, rising. */
  readonly now?: () => number;
}

/** What one edge says and how it left. */
export interface FeedSession {
  /** @throws {MalformedFrameError} for what is no frame, and for more channels than one may follow. */
  receive(text: string): void;
  close(): void;
}

/** Important messages of one channel go out before the tick, at most so often, milliseconds. */
const URGENT_EVERY_MS = 20;
/** With so many bytes on their way an edge is read nothing more for now. */
const BUSY_BYTES = 4 * 1024 * 1024;
/** Rooms that are looked up at the same time. */
const LOOK_UPS = 50;

interface Place {
  /** Everything up to this score was sent; null: the first slice is under way. */
  after: number | null;
}

interface Edge extends FeedSession {
  readonly pipe: FeedPipe;
  readonly places: Map<Channel, Place>;
  sentAtMs: number;
  /** Since when too much is on its way; null: it is not. */
  busySinceMs: number | null;
}

interface Followed {
  readonly edges: Set<Edge>;
  readonly unwatch: () => void;
  /** There may be something new. */
  dirty: boolean;
  /** It is read just now. */
  passing: boolean;
  passedAtMs: number;
  /** It is read before the next tick. */
  hurry: ReturnType<typeof setTimeout> | undefined;
}

/** All edges of this process; whoever owns it calls {@linkcode FeedHub.tick} every {@linkcode TICK_MS}. */
export class FeedHub {
  readonly #options: FeedHubOptions;
  readonly #now: () => number;
  readonly #edges = new Set<Edge>();
  readonly #followed = new Map<Channel, Followed>();
  #ticking = false;
  #slices = 0;
  #gaps = 0;

  constructor(options: FeedHubOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Takes an edge in. */
  open(pipe: FeedPipe): FeedSession {
    const edge: Edge = {
      pipe,
      places: new Map(),
      sentAtMs: this.#now(),
      busySinceMs: null,
      receive: (text) => this.#receive(edge, text),
      close: () => this.#close(edge),
    };
    this.#edges.add(edge);
    this.#send(edge, encodeFeedFrame({ type: "settings", settings: this.#options.settings() }));
    return edge;
  }

  /** Says the settings to everybody; they changed. */
  pushSettings(): void {
    const text = encodeFeedFrame({ type: "settings", settings: this.#options.settings() });
    for (const edge of this.#edges) this.#send(edge, text);
  }

  /** One look at what is new; a tick that takes longer than the time to the next one skips it. */
  async tick(): Promise<void> {
    if (this.#ticking) return;
    this.#ticking = true;
    try {
      const nowMs = this.#now();
      for (const edge of this.#edges) this.#look(edge, nowMs);
      for (const [channel, followed] of this.#followed) {
        if (followed.dirty) await this.#pass(channel, followed);
      }
    } finally {
      this.#ticking = false;
    }
  }

  /** Figures for metrics. */
  inspect() {
    return {
      edges: this.#edges.size,
      channels: this.#followed.size,
      slices: this.#slices,
      gaps: this.#gaps,
    };
  }

  #look(edge: Edge, nowMs: number): void {
    const { bufferedAmount } = edge.pipe;
    if (bufferedAmount <= BUSY_BYTES) edge.busySinceMs = null;
    else edge.busySinceMs ??= nowMs;
    const stalled = edge.busySinceMs !== null && nowMs - edge.busySinceMs >= SILENT_AFTER_MS;
    if (stalled || bufferedAmount > MAX_FEED_BACKLOG_BYTES) {
      this.#options.logger.warn("feed_stalled", { bytes: bufferedAmount });
      edge.pipe.terminate();
      this.#close(edge);
      return;
    }
    if (nowMs - edge.sentAtMs >= ALIVE_EVERY_MS) {
      this.#send(edge, encodeFeedFrame({ type: "alive" }));
    }
  }

  /** Something important was said: it does not wait for the tick. */
  #hurry(channel: Channel, followed: Followed): void {
    if (followed.hurry !== undefined) return;
    const waitMs = Math.max(0, followed.passedAtMs + URGENT_EVERY_MS - this.#now());
    followed.hurry = setTimeout(() => {
      followed.hurry = undefined;
      if (!followed.dirty || this.#followed.get(channel) !== followed) return;
      this.#pass(channel, followed).catch((error) =>
        this.#options.logger.error("feed_failed", { error })
      );
    }, waitMs);
  }

  async #pass(channel: Channel, followed: Followed): Promise<void> {
    // Two at once would read the same place; what they find stays dirty for the next one.
    if (followed.passing) return;
    followed.passing = true;
    followed.passedAtMs = this.#now();
    try {
      await this.#passOnce(channel, followed);
    } finally {
      followed.passing = false;
    }
  }

  async #passOnce(channel: Channel, followed: Followed): Promise<void> {
    // What comes while it is read makes it dirty again.
    followed.dirty = false;
    const byPlace = Map.groupBy(
      [...followed.edges].filter((edge) => {
        if (edge.busySinceMs === null) return true;
        followed.dirty = true;
        return false;
      }),
      (edge) => edge.places.get(channel)?.after ?? null,
    );
    for (const [after, edges] of byPlace) {
      // Whose first slice is under way is looked at after it.
      if (after === null) continue;
      const slice = await this.#read(channel, after);
      if (slice === null) {
        followed.dirty = true;
        continue;
      }
      if (slice.messages.length === 0 && !slice.gap) continue;
      const texts = framesOf(channel, slice);
      for (const edge of edges) {
        const place = edge.places.get(channel);
        if (place?.after !== after) continue;
        place.after = slice.head;
        this.#count(slice.gap);
        for (const text of texts) this.#send(edge, text);
      }
    }
  }

  #receive(edge: Edge, text: string): void {
    const frame = decodeEdgeFeedFrame(text);
    if (frame.type === "unfollow") {
      for (const channel of frame.channels) this.#unfollow(edge, channel);
      return;
    }
    if (edge.places.size + frame.channels.length > MAX_FOLLOWED) {
      throw new RangeError(`Cannot follow: an edge follows at most ${MAX_FOLLOWED} channels`);
    }
    const begun = frame.channels.map((follow) => ({ follow, place: this.#begin(edge, follow) }));
    this.#answer(edge, begun).catch((error) => {
      this.#options.logger.error("feed_failed", { error });
      edge.pipe.terminate();
      this.#close(edge);
    });
  }

  /** The first slices, a few at the same time. */
  async #answer(
    edge: Edge,
    begun: readonly { readonly follow: Follow; readonly place: Place }[],
  ): Promise<void> {
    for (let from = 0; from < begun.length; from += LOOK_UPS) {
      await Promise.all(
        begun.slice(from, from + LOOK_UPS).map(({ follow, place }) =>
          this.#first(edge, follow, place)
        ),
      );
    }
  }

  async #first(edge: Edge, { channel, after }: Follow, place: Place): Promise<void> {
    const current = () => edge.places.get(channel) === place;
    if (!channel.startsWith("@") && !(await this.#options.exists(channel))) {
      if (!current()) return;
      this.#unfollow(edge, channel);
      this.#send(edge, encodeFeedFrame({ type: "missing", channel }));
      return;
    }
    // Who begins needs the newest alone; who comes back gets what it missed.
    const limit = after === null ? FOLLOW_LIMIT : CATCH_UP_LIMIT;
    const slice = await this.#options.log.read(channel, { after, limit });
    if (!current()) return;
    place.after = slice.head;
    this.#count(slice.gap);
    for (const text of framesOf(channel, slice)) this.#send(edge, text);
    const followed = this.#followed.get(channel);
    if (followed !== undefined) followed.dirty = true;
  }

  #begin(edge: Edge, { channel }: Follow): Place {
    const place: Place = { after: null };
    edge.places.set(channel, place);
    let followed = this.#followed.get(channel);
    if (followed === undefined) {
      const begun: Followed = {
        edges: new Set(),
        unwatch: this.#options.log.watch(channel, (isUrgent) => {
          begun.dirty = true;
          if (isUrgent) this.#hurry(channel, begun);
        }),
        dirty: false,
        passing: false,
        passedAtMs: -Infinity,
        hurry: undefined,
      };
      this.#followed.set(channel, followed = begun);
    }
    followed.edges.add(edge);
    return place;
  }

  #unfollow(edge: Edge, channel: Channel): void {
    if (!edge.places.delete(channel)) return;
    const followed = this.#followed.get(channel);
    followed?.edges.delete(edge);
    if (followed?.edges.size !== 0) return;
    followed.unwatch();
    clearTimeout(followed.hurry);
    this.#followed.delete(channel);
  }

  async #read(channel: Channel, after: number) {
    try {
      return await this.#options.log.read(channel, { after, limit: CATCH_UP_LIMIT });
    } catch (error) {
      this.#options.logger.warn("feed_read_failed", { channel, error: error as Error });
      return null;
    }
  }

  #send(edge: Edge, text: string): void {
    edge.sentAtMs = this.#now();
    edge.pipe.send(text);
  }

  #count(gap: boolean): void {
    this.#slices++;
    if (gap) this.#gaps++;
  }

  #close(edge: Edge): void {
    if (!this.#edges.delete(edge)) return;
    for (const channel of [...edge.places.keys()]) this.#unfollow(edge, channel);
  }
}

/** Frames of bounded size that bring a slice. */
function framesOf(channel: Channel, slice: Slice): readonly string[] {
  return [...pagesOf(slice)].map((page) => encodeFeedFrame({ type: "slice", channel, ...page }));
}

/** Calls {@linkcode FeedHub.tick} until the returned function is called. */
export function runFeed(hub: FeedHub, logger: Logger): () => void {
  const timer = setInterval(() => {
    hub.tick().catch((error) => logger.error("feed_failed", { error }));
  }, TICK_MS);
  return () => clearInterval(timer);
}
