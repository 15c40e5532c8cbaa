/**
 * The rooms that this edge has viewers of: each is followed once through the feed, from its first
 * viewer until a while after the last.
 *
 * @module
 */
import { ChannelRing } from "../../im/channel_ring.ts";
import type { Feed } from "../../im/feed.ts";
import { EVERYONE, isChannel, LANES, type Message } from "../../im/protocol/message.ts";
import { HlsViewers } from "../hls_viewers.ts";
import { ImRoom, type RoomContext, type RoomCounters } from "./room.ts";

/** What {@linkcode ImRooms} needs. */
export interface ImRoomsOptions {
  readonly feed: Feed;
  /** How late the event loop is, milliseconds. Default: never. */
  readonly lagMs?: () => number;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** Lets other work have its turn; default: a timer. */
  readonly pause?: () => Promise<void>;
  /** How long a room without viewers is followed. Default: 30,000 ms. */
  readonly lingerMs?: number;
  /** Rooms at the same time; more are answered "busy". Default: 5,000. */
  readonly maxRooms?: number;
  /** How long the first messages of a room are waited for. Default: 3,000 ms. */
  readonly openWithinMs?: number;
}

/** What became of asking for a room. */
export type Opened = ImRoom | "missing" | "busy" | "away";

interface Entry {
  readonly room: ImRoom;
  readonly opened: Promise<Opened>;
  readonly settle: (opened: Opened) => void;
  readonly unfollow: () => void;
  readonly giveUp: ReturnType<typeof setTimeout>;
  /** Its first messages came. */
  hasBegun: boolean;
  isOpen: boolean;
}

/** Someone who polled counts as a viewer for so long, milliseconds. */
const POLLER_WINDOW_MS = 20_000;
const MAX_POLLERS = 100_000;
const TEND_EVERY_MS = 1_000;
/** A room that does not exist is not asked for again for so long, milliseconds. */
const MISSING_LIFE_MS = 5_000;
const MAX_MISSING = 4_096;

/** All rooms of an edge. */
export class ImRooms {
  readonly counters: RoomCounters = {
    polls: 0,
    hits: 0,
    empty: 0,
    resets: 0,
    frames: 0,
    skipped: 0,
    stalled: 0,
    dropped: Object.fromEntries(LANES.map((lane) => [lane, 0])) as RoomCounters["dropped"],
  };
  readonly #options: Required<ImRoomsOptions>;
  readonly #everyone = new ChannelRing();
  readonly #rooms = new Map<string, Entry>();
  /** Until when a room counts as missing. */
  readonly #missing = new Map<string, number>();
  readonly #context: RoomContext;
  readonly #timer: ReturnType<typeof setInterval>;
  #unfollowEveryone: (() => void) | null = null;
  #everyoneHasBegun = false;
  #isAway = false;

  constructor(options: ImRoomsOptions) {
    this.#options = {
      lagMs: () => 0,
      now: Date.now,
      pause: () => new Promise((resolve) => setTimeout(resolve, 0)),
      lingerMs: 30_000,
      maxRooms: 5_000,
      openWithinMs: 3_000,
      ...options,
    };
    const { feed, lagMs, now, pause } = this.#options;
    this.#context = {
      everyone: this.#everyone,
      settings: () => feed.settings,
      lagMs,
      now,
      pause,
      counters: this.counters,
      pollers: new HlsViewers({ windowMs: POLLER_WINDOW_MS, maxViewers: MAX_POLLERS }),
    };
    this.#timer = setInterval(() => this.#tend(), TEND_EVERY_MS);
  }

  /** Rooms that are followed. */
  get size(): number {
    return this.#rooms.size;
  }

  /** Whether the way to the store is broken. */
  get isAway(): boolean {
    return this.#isAway;
  }

  /** Rooms with viewers and how many there are at this edge. */
  *viewersByRoom(): Generator<readonly [room: string, viewers: number]> {
    for (const [id, { room }] of this.#rooms) {
      if (room.localViewers > 0) yield [id, room.localViewers];
    }
  }

  /** The room if it is open already; null: {@linkcode ImRooms.open} says more. */
  opened(id: string): ImRoom | null {
    const entry = this.#rooms.get(id);
    return entry?.isOpen === true ? entry.room : null;
  }

  /** Follows a room, or finds the followed one. */
  open(id: string): Opened | Promise<Opened> {
    const entry = this.#rooms.get(id);
    if (entry !== undefined) return entry.isOpen ? entry.room : entry.opened;
    if (!isChannel(id) || id.startsWith("@")) return "missing";
    if ((this.#missing.get(id) ?? 0) > this.#options.now()) return "missing";
    if (this.#rooms.size >= this.#options.maxRooms) return "busy";
    return this.#follow(id);
  }

  /** Follows nothing any more and ends all connections that are left. */
  stop(): void {
    clearInterval(this.#timer);
    for (const id of [...this.#rooms.keys()]) this.#drop(id, "away");
    this.#unfollowEveryone?.();
  }

  #follow(id: string): Promise<Opened> {
    const { feed, now, openWithinMs } = this.#options;
    this.#unfollowEveryone ??= feed.follow(EVERYONE, {
      onSlice: (slice) => this.#takeEveryone(this.#everyone.take(slice, now())),
      onAway: (away) => this.#isAway = away,
      onMissing: () => {},
    });
    const room = new ImRoom(id, new ChannelRing(), this.#context);
    const { promise: opened, resolve: settle } = Promise.withResolvers<Opened>();
    const entry: Entry = {
      room,
      opened,
      settle,
      hasBegun: false,
      isOpen: false,
      giveUp: setTimeout(() => this.#drop(id, "away"), openWithinMs),
      unfollow: feed.follow(id, {
        onSlice: (slice) => {
          room.take(slice);
          entry.hasBegun = true;
          this.#openIfComplete(entry);
        },
        onAway: (away) => this.#isAway = away,
        onMissing: () => {
          this.#noteMissing(id);
          this.#drop(id, "missing");
        },
      }),
    };
    this.#rooms.set(id, entry);
    return opened;
  }

  #takeEveryone(news: readonly Message[]): void {
    this.#everyoneHasBegun = true;
    for (const entry of this.#rooms.values()) {
      this.#openIfComplete(entry);
      if (news.length > 0) entry.room.takeEveryone(news);
    }
  }

  /** A room's readers have a place in both channels, so both must have begun. */
  #openIfComplete(entry: Entry): void {
    if (entry.isOpen || !entry.hasBegun || !this.#everyoneHasBegun) return;
    entry.isOpen = true;
    clearTimeout(entry.giveUp);
    entry.settle(entry.room);
  }

  #noteMissing(id: string): void {
    if (this.#missing.size >= MAX_MISSING) {
      this.#missing.delete(this.#missing.keys().next().value!);
    }
    this.#missing.set(id, this.#options.now() + MISSING_LIFE_MS);
  }

  #drop(id: string, why: "missing" | "away"): void {
    const entry = this.#rooms.get(id);
    if (entry === undefined) return;
    this.#rooms.delete(id);
    clearTimeout(entry.giveUp);
    entry.unfollow();
    entry.settle(why);
    if (why === "missing") entry.room.close("unauthenticated", "There is no such room");
    else entry.room.close("draining", "The room is not followed here any more");
  }

  #tend(): void {
    const { now, lingerMs } = this.#options;
    const nowMs = now();
    this.#everyone.trim(nowMs);
    for (const [id, untilMs] of this.#missing) {
      if (untilMs <= nowMs) this.#missing.delete(id);
    }
    const pollers = this.#context.pollers.count(nowMs);
    for (const [id, { room, isOpen }] of this.#rooms) {
      if (!isOpen) continue;
      room.tend(pollers.get(id) ?? 0);
      const { idleSinceMs } = room;
      if (idleSinceMs !== null && nowMs - idleSinceMs >= lingerMs) this.#drop(id, "away");
    }
  }
}
