/**
 * The private channels of the accounts that are connected here: each is followed once, whatever the
 * number of its connections, and read by long connections alone.
 *
 * @module
 */
import { ChannelRing } from "../../im/channel_ring.ts";
import type { Feed } from "../../im/feed.ts";
import { accountChannel, scoreAt } from "../../im/protocol/message.ts";
import { EncodedFrame } from "./encoded_frame.ts";
import { type ImRoom, MAX_BUFFERED_BYTES, STALLED_AFTER_MS } from "./room.ts";
import type { PushViewer } from "./viewer.ts";

/** Private messages that are held for connections that come back. */
const LIMITS = { maxAgeMs: 120_000, maxMessages: 200, maxStates: 20 };
/** Private messages in one frame. */
const MAX_PER_FRAME = 50;
/** Someone who connects without a cursor gets what was said so shortly before, milliseconds. */
const FRESH_MS = 2_000;
/** How long a channel is followed after its last connection, milliseconds. */
const LINGER_MS = 5_000;

/** A connection and where it stands in its account's channel. */
interface Reader {
  readonly ring: ChannelRing;
  readonly room: Pick<ImRoom, "cursorWith">;
  own: number;
  /** Since when it takes nothing while something is there for it, milliseconds; null: it does. */
  stalledSinceMs: number | null;
}

interface Account {
  readonly ring: ChannelRing;
  readonly readers: Map<PushViewer, Reader>;
  readonly unfollow: () => void;
  linger: ReturnType<typeof setTimeout> | undefined;
}

/** All connected accounts. */
export class Accounts {
  readonly #feed: Feed;
  readonly #now: () => number;
  readonly #accounts = new Map<string, Account>();
  /** Connections that were skipped and get what they missed once they take it. */
  readonly #slow = new Map<PushViewer, Reader>();

  constructor(feed: Feed, options: { readonly now: () => number }) {
    this.#feed = feed;
    this.#now = options.now;
  }

  /** Accounts whose channel is followed. */
  get size(): number {
    return this.#accounts.size;
  }

  /** Connections of an account. */
  connectionsOf(accountId: string): number {
    return this.#accounts.get(accountId)?.readers.size ?? 0;
  }

  /** Takes a connection in; `own` is its place in the account's channel, null when it is new. */
  join(
    viewer: PushViewer & { readonly accountId: string },
    at: { readonly room: Pick<ImRoom, "cursorWith">; readonly own: number | null },
  ): void {
    const account = this.#accounts.get(viewer.accountId) ?? this.#follow(viewer.accountId);
    clearTimeout(account.linger);
    const own = at.own ?? scoreAt(this.#now() - FRESH_MS);
    const reader = { ring: account.ring, room: at.room, own, stalledSinceMs: null };
    account.readers.set(viewer, reader);
    this.#serve(viewer, reader);
  }

  /** Makes good for what slow connections missed, and ends those that take nothing for long. */
  tend(): void {
    for (const [viewer, reader] of this.#slow) {
      this.#serve(viewer, reader);
      const { stalledSinceMs } = reader;
      if (stalledSinceMs === null || this.#now() - stalledSinceMs < STALLED_AFTER_MS) continue;
      this.#slow.delete(viewer);
      viewer.terminate();
    }
  }

  /** Lets a connection go. */
  leave(viewer: PushViewer & { readonly accountId: string }): void {
    const { accountId } = viewer;
    this.#slow.delete(viewer);
    const account = this.#accounts.get(accountId);
    if (account === undefined || !account.readers.delete(viewer)) return;
    if (account.readers.size > 0) return;
    clearTimeout(account.linger);
    account.linger = setTimeout(() => {
      account.unfollow();
      this.#accounts.delete(accountId);
    }, LINGER_MS);
  }

  /** Follows nothing any more. */
  stop(): void {
    for (const { unfollow, linger } of this.#accounts.values()) {
      clearTimeout(linger);
      unfollow();
    }
    this.#accounts.clear();
    this.#slow.clear();
  }

  /** Sends what comes after a connection's place, unless too much waits there already. */
  #serve(viewer: PushViewer, reader: Reader): void {
    if (viewer.bufferedBytes > MAX_BUFFERED_BYTES) {
      reader.stalledSinceMs ??= this.#now();
      this.#slow.set(viewer, reader);
      return;
    }
    reader.stalledSinceMs = null;
    this.#slow.delete(viewer);
    send(viewer, reader);
  }

  #follow(accountId: string): Account {
    const ring = new ChannelRing(LIMITS);
    const readers: Account["readers"] = new Map();
    const account: Account = {
      ring,
      readers,
      linger: undefined,
      unfollow: this.#feed.follow(accountChannel(accountId), {
        onSlice: (slice) => {
          ring.take(slice, this.#now());
          for (const [viewer, reader] of readers) this.#serve(viewer, reader);
        },
        onAway: () => {},
        onMissing: () => {},
      }),
    };
    this.#accounts.set(accountId, account);
    return account;
  }
}

function send(viewer: PushViewer, reader: Reader): void {
  const messages = reader.ring.after(reader.own).slice(-MAX_PER_FRAME);
  const last = messages.at(-1);
  if (last === undefined) return;
  reader.own = last.score;
  const cursor = reader.room.cursorWith(last.score);
  viewer.send(new EncodedFrame({ type: "batch", messages, cursor, dropped: 0, reset: false }));
}
