/**
 * The private channels of the accounts that are connected here: each is followed once, whatever the
 * number of its connections, and read by long connections alone.
 *
 * @module
 */
import { ChannelRing } from "../../im/channel_ring.ts";
import type { Feed } from "../../im/feed.ts";
import { accountChannel, type Message, scoreAt } from "../../im/protocol/message.ts";
import { EncodedFrame } from "./encoded_frame.ts";
import type { ImRoom } from "./room.ts";
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
  readonly room: ImRoom;
  own: number;
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
    at: { readonly room: ImRoom; readonly own: number | null },
  ): void {
    const account = this.#accounts.get(viewer.accountId) ?? this.#follow(viewer.accountId);
    clearTimeout(account.linger);
    const own = at.own ?? scoreAt(this.#now() - FRESH_MS);
    const reader = { room: at.room, own };
    account.readers.set(viewer, reader);
    send(viewer, reader, account.ring.after(own));
  }

  /** Lets a connection go. */
  leave(viewer: PushViewer & { readonly accountId: string }): void {
    const { accountId } = viewer;
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
          const news = ring.take(slice, this.#now());
          for (const [viewer, reader] of readers) send(viewer, reader, news);
        },
        onAway: () => {},
        onMissing: () => {},
      }),
    };
    this.#accounts.set(accountId, account);
    return account;
  }
}

function send(viewer: PushViewer, reader: Reader, news: readonly Message[]): void {
  const messages = news.filter(({ score }) => score > reader.own).slice(-MAX_PER_FRAME);
  const last = messages.at(-1);
  if (last === undefined) return;
  reader.own = last.score;
  const cursor = reader.room.cursorWith(last.score);
  viewer.send(new EncodedFrame({ type: "batch", messages, cursor, dropped: 0, reset: false }));
}
