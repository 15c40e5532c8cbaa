/**
 * One room at this edge: its ring, the answers to polls, and the long connections, which all get the
 * same frames.
 *
 * A frame is sent to all connections in sweeps of {@linkcode SWEEP_SIZE}, between which other work
 * has its turn; what comes meanwhile waits for the next frame. A connection that does not take its
 * frames is skipped, and given what it missed, thinned, once it does; one that takes nothing for
 * {@linkcode STALLED_AFTER_MS} is ended.
 *
 * @module
 */
import type { ChannelRing } from "../../im/channel_ring.ts";
import type { Slice } from "../../im/log.ts";
import { formatCursor, parseCursor, type Place } from "../../im/protocol/cursor.ts";
import type { Policy } from "../../im/protocol/frames.ts";
import { atMsOf, type Message } from "../../im/protocol/message.ts";
import { type PushBatch, PushQueue } from "../../im/push_queue.ts";
import { RoomRing, type Selection } from "../../im/ring.ts";
import type { ImSettings } from "../../im/settings.ts";
import { TICKET_LIFE_MS } from "../../im/ticket.ts";
import type { HlsViewers } from "../hls_viewers.ts";
import { EncodedFrame } from "./encoded_frame.ts";
import {
  type PollAnswer,
  PollAnswers,
  type PollCounters,
  type PollRequest,
} from "./poll_answers.ts";
import { isBigRoom, policyOf } from "./room_policy.ts";
import type { PushViewer } from "./viewer.ts";

/** A viewer pings this often, milliseconds. */
export const HEARTBEAT_MS = 25_000;
/** Connections that are served before other work has its turn. */
export const SWEEP_SIZE = 500;
/** Bytes that may wait at a connection before frames are skipped. */
export const MAX_BUFFERED_BYTES = 64 * 1024;
/** A connection that takes nothing for so long is ended, milliseconds. */
export const STALLED_AFTER_MS = 10_000;
/** Messages of the first frame, and of one that makes good for skipped ones. */
const CATCH_UP_MESSAGES = 40;
/** Urgent frames of a room take half of the time at most: after one as long a pause, up to this. */
const MAX_URGENT_GAP_MS = 400;
/**
 * Who was shown out is refused for so long, milliseconds: a ticket that was given before the ban is
 * good for a minute, and no other one is given after it.
 */
const BAN_KEPT_MS = TICKET_LIFE_MS + 10_000;
/** Bans of a room that are kept; the oldest one goes. */
const MAX_BANS = 1_000;
/** With the budget of the second spent, urgent messages look for a place again. */
const BUDGET_RETRY_MS = 100;

/** What all rooms of an edge share. */
export interface RoomContext {
  readonly everyone: ChannelRing;
  readonly settings: () => ImSettings;
  /** How late the event loop is, milliseconds. */
  readonly lagMs: () => number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Lets other work have its turn. */
  readonly pause: () => Promise<void>;
  readonly counters: RoomCounters;
  /** Who polled not long ago. */
  readonly pollers: HlsViewers;
}

/** What happened in all rooms of an edge, counted. */
export interface RoomCounters extends PollCounters {
  /** Frames to connections. */
  frames: number;
  /** Frames that a slow connection did not get. */
  skipped: number;
  stalled: number;
  /** Messages left out of pushed batches, by lane. */
  readonly dropped: Record<Message["lane"], number>;
}

/** A frame on its way to the connections of a room. */
interface Sweep {
  readonly frame: EncodedFrame;
  /** Where viewers stood who did not get it. */
  readonly placeBefore: Place;
  readonly isUrgent: boolean;
  readonly beganAtMs: number;
  /** Index of the connection that is served next. */
  next: number;
  /** Connections from here on came later and have what it brings. */
  readonly end: number;
}

/** One room. */
export class ImRoom {
  readonly id: string;
  readonly channel: ChannelRing;
  readonly #context: RoomContext;
  readonly #ring: RoomRing;
  readonly #answers: PollAnswers;
  readonly #queue: PushQueue;
  readonly #viewers = new Set<PushViewer>();
  readonly #slow = new Set<PushViewer>();
  /** When accounts were shown out, milliseconds since the epoch. */
  readonly #bans = new Map<string, number>();
  /** First frames and frames that make good, by the place that they continue. */
  readonly #catchUps = new Map<string, EncodedFrame>();
  #catchUpVersion = -1;
  #pollers = 0;
  #lastPollMs = 0;
  #lastLeftMs: number;
  #isBig = false;
  #policy: Policy;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Frames under way, the oldest first; each is at least as far as those after it. */
  #sweeps: Sweep[] = [];
  /** Connections in the order in which they are served, while frames are under way. */
  #order: PushViewer[] = [];
  #lastBatchMs = 0;
  /** When the last urgent frame had reached everybody, and what that took. */
  #sweptAtMs = 0;
  #sweepMs = 0;
  #urgentNotBeforeMs = 0;
  #closed = false;

  constructor(id: string, channel: ChannelRing, context: RoomContext) {
    this.id = id;
    this.channel = channel;
    this.#context = context;
    this.#ring = new RoomRing({ room: channel, everyone: context.everyone });
    this.#answers = new PollAnswers(this.#ring, { counters: context.counters });
    this.#queue = new PushQueue(this.#ring.head, (message) => {
      context.counters.dropped[message.lane] += message.merged;
    });
    this.#lastLeftMs = context.now();
    this.#policy = this.#policyNow();
  }

  /** Long connections. */
  get connections(): number {
    return this.#viewers.size;
  }

  /** Connections and people who polled not long ago, at this edge. */
  get localViewers(): number {
    return this.#viewers.size + this.#pollers;
  }

  /** Viewers of the room as far as it is known here: what the platform says, or more. */
  get viewers(): number {
    const state = this.channel.state("viewers");
    const total = state?.kind === "notice" ? state.body.data.total : 0;
    return Math.max(this.localViewers, typeof total === "number" ? total : 0);
  }

  /** Which kinds come by which way. */
  get policy(): Policy {
    return this.#policy;
  }

  /** Since when nobody is here, milliseconds since the epoch; null: somebody has a connection. */
  get idleSinceMs(): number | null {
    return this.#viewers.size > 0 ? null : Math.max(this.#lastPollMs, this.#lastLeftMs);
  }

  /** The cursor of a connection that got everything, with its place in its own channel. */
  cursorWith(own: number): string {
    return formatCursor({ ...this.#queue.place, own });
  }

  /** Answers a poll; `fingerprint` is null for one who has a connection as well. */
  poll(request: PollRequest, fingerprint: number | null): PollAnswer {
    const { settings, lagMs, now, pollers } = this.#context;
    const nowMs = now();
    this.#lastPollMs = nowMs;
    if (fingerprint !== null) pollers.seen(this.id, { fingerprint, nowMs });
    return this.#answers.get(request, {
      settings: settings(),
      policy: this.#policy,
      viewers: this.viewers,
      lagMs: lagMs(),
      nowMs,
    });
  }

  /** Takes a viewer in: says hello, and gives what came after the cursor or what is new. */
  join(viewer: PushViewer, cursor: string | null): void {
    const bannedAtMs = this.#bans.get(viewer.accountId ?? "") ?? -Infinity;
    if (this.#context.now() - bannedAtMs < BAN_KEPT_MS) return showOut(viewer);
    const first = this.#catchUp(parseCursor(cursor));
    const { frame } = first;
    viewer.send(
      new EncodedFrame({
        type: "hello",
        cursor: frame.type === "batch" ? frame.cursor : "",
        heartbeatMs: HEARTBEAT_MS,
        policy: this.#policy,
      }),
    );
    viewer.send(first);
    this.#context.counters.frames += 2;
    if (this.#viewers.size === 0) this.#queue.clear(this.#ring.head);
    this.#viewers.add(viewer);
    if (this.#sweeps.length > 0) this.#order.push(viewer);
  }

  /** Lets a viewer go. */
  leave(viewer: PushViewer): void {
    this.#viewers.delete(viewer);
    this.#slow.delete(viewer);
    this.#lastLeftMs = this.#context.now();
  }

  /** Takes what is new in the room. */
  take(slice: Slice): void {
    const news = this.channel.take(slice, this.#context.now());
    if (slice.gap) this.#markAllBehind();
    this.#push(news, { filtered: true });
    for (const message of news) this.#moderate(message);
  }

  /** Takes what is new for everybody; the shared ring has it. */
  takeEveryone(news: readonly Message[]): void {
    this.#push(news, { filtered: false });
  }

  /** Looks after what is due; called every second with the number of those who polled lately. */
  tend(pollers: number): void {
    const nowMs = this.#context.now();
    this.channel.trim(nowMs);
    this.#pollers = pollers;
    this.#updatePolicy();
    for (const viewer of this.#slow) this.#tendSlow(viewer, nowMs);
  }

  /** Ends all connections. */
  close(code: "unauthenticated" | "draining", text: string): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const viewer of this.#viewers) viewer.close(code, text);
    this.#viewers.clear();
    this.#slow.clear();
  }

  #push(news: readonly Message[], { filtered }: { readonly filtered: boolean }): void {
    if (this.#viewers.size === 0) return;
    const { push } = this.#policy;
    const wanted = filtered && push.length < 4
      ? news.filter(({ kind }) => push.includes(kind))
      : news;
    this.#queue.add(wanted, this.#ring.head);
    this.#plan();
  }

  /** Sets the timer for the next frame, or sends it. */
  #plan(): void {
    if (this.#closed || this.#viewers.size === 0) return;
    clearTimeout(this.#timer);
    const { size, isUrgent } = this.#queue;
    // Only what is urgent overtakes a frame under way, one at a time.
    if (size === 0 || this.#sweeps.length >= (isUrgent ? 2 : 1)) return;
    const nowMs = this.#context.now();
    let atMs = this.#lastBatchMs + this.#context.settings().batchMs;
    if (isUrgent) {
      const gapMs = Math.min(MAX_URGENT_GAP_MS, this.#sweepMs);
      atMs = Math.min(atMs, Math.max(this.#sweptAtMs + gapMs, this.#urgentNotBeforeMs));
    }
    if (atMs <= nowMs) this.#send(nowMs);
    else this.#timer = setTimeout(() => this.#plan(), atMs - nowMs);
  }

  #send(nowMs: number): void {
    const settings = this.#context.settings();
    const placeBefore = this.#queue.place;
    const isDue = nowMs >= this.#lastBatchMs + settings.batchMs;
    let batch: PushBatch | null;
    if (isDue) {
      this.#lastBatchMs = nowMs;
      batch = this.#queue.takeBatch(settings, nowMs);
    } else {
      batch = this.#queue.takeUrgent(settings, nowMs);
    }
    if (this.#queue.isUrgent) this.#urgentNotBeforeMs = nowMs + BUDGET_RETRY_MS;
    if (batch === null) {
      this.#plan();
      return;
    }
    const { messages, place, dropped } = batch;
    const cursor = formatCursor(place);
    const frame = new EncodedFrame({ type: "batch", messages, cursor, dropped, reset: false });
    this.#sweep(frame, { placeBefore, isUrgent: !isDue, beganAtMs: nowMs });
  }

  #sweep(
    frame: EncodedFrame,
    of: Pick<Sweep, "placeBefore" | "isUrgent" | "beganAtMs">,
  ): void {
    const isFirst = this.#sweeps.length === 0;
    if (isFirst) this.#order = [...this.#viewers];
    this.#sweeps.push({ frame, ...of, next: 0, end: this.#order.length });
    if (!isFirst) return;
    this.#run().catch(() => this.#sweeps = []);
  }

  /** Serves a few connections at a time until no frame is under way. */
  async #run(): Promise<void> {
    const { now, pause } = this.#context;
    while (true) {
      this.#runSlice();
      const nowMs = now();
      for (const { isUrgent, beganAtMs, next, end } of this.#sweeps) {
        if (!isUrgent || next < end) continue;
        this.#sweptAtMs = nowMs;
        this.#sweepMs = Math.max(0, nowMs - beganAtMs);
      }
      this.#sweeps = this.#sweeps.filter(({ next, end }) => next < end);
      if (this.#sweeps.length === 0) break;
      await pause();
    }
    this.#order = [];
    this.#plan();
  }

  /**
   * The newest frame goes first, from the first connection on. Where it reaches the one before it, both
   * go together: each connection gets every frame in its order, and nobody waits for two sweeps.
   */
  #runSlice(): void {
    const newest = this.#sweeps.at(-1)!;
    for (let served = 0; served < SWEEP_SIZE && newest.next < newest.end;) {
      const index = newest.next;
      const viewer = this.#order[index]!;
      const isHere = this.#viewers.has(viewer);
      for (const sweep of this.#sweeps) {
        if (sweep.next !== index || index >= sweep.end) continue;
        sweep.next++;
        if (!isHere) continue;
        served++;
        this.#serve(viewer, sweep.frame, sweep.placeBefore);
      }
    }
  }

  #serve(viewer: PushViewer, frame: EncodedFrame, placeBefore: Place): void {
    const { counters, now } = this.#context;
    if (viewer.bufferedBytes > MAX_BUFFERED_BYTES) {
      counters.skipped++;
      viewer.behind ??= placeBefore;
      viewer.stalledSinceMs ??= now();
      this.#slow.add(viewer);
      return;
    }
    if (viewer.behind === null) {
      counters.frames++;
      viewer.send(frame);
    } else this.#makeGood(viewer);
  }

  #makeGood(viewer: PushViewer): void {
    const { behind } = viewer;
    viewer.behind = null;
    viewer.stalledSinceMs = null;
    this.#slow.delete(viewer);
    this.#context.counters.frames++;
    viewer.send(this.#catchUp(behind));
  }

  #tendSlow(viewer: PushViewer, nowMs: number): void {
    if (viewer.bufferedBytes <= MAX_BUFFERED_BYTES) {
      this.#makeGood(viewer);
      return;
    }
    if (nowMs - (viewer.stalledSinceMs ?? nowMs) < STALLED_AFTER_MS) return;
    this.#context.counters.stalled++;
    this.leave(viewer);
    viewer.terminate();
  }

  /** What was missed can be had from nowhere: everybody begins anew with the next frame. */
  #markAllBehind(): void {
    for (const viewer of this.#viewers) {
      viewer.behind ??= this.#queue.place;
      this.#slow.add(viewer);
    }
    this.#queue.clear(this.#ring.head);
  }

  /** The frame that continues a place, the same for all who stand there. */
  #catchUp(place: Place | null): EncodedFrame {
    if (this.#catchUpVersion !== this.#ring.version || this.#catchUps.size >= 256) {
      this.#catchUps.clear();
      this.#catchUpVersion = this.#ring.version;
    }
    const from = this.#ring.normalised(place);
    const key = from === null ? "new" : formatCursor(from);
    let frame = this.#catchUps.get(key);
    if (frame === undefined) {
      const { settings, now } = this.#context;
      const { push } = this.#policy;
      const selection = this.#ring.select(from, {
        limit: CATCH_UP_MESSAGES,
        kinds: push.length < 4 ? push : null,
        settings: settings(),
        nowMs: now(),
      });
      frame = batchOf(selection);
      this.#catchUps.set(key, frame);
    }
    return frame;
  }

  #moderate(message: Message): void {
    if (message.kind !== "notice" || message.body.notice !== "banned") return;
    const { account, lifted } = message.body.data;
    if (typeof account !== "string") return;
    this.#bans.delete(account);
    if (lifted === true) return;
    this.#bans.set(account, atMsOf(message.score));
    if (this.#bans.size > MAX_BANS) this.#bans.delete(this.#bans.keys().next().value!);
    for (const viewer of this.#viewers) {
      if (viewer.accountId !== account) continue;
      this.leave(viewer);
      showOut(viewer);
    }
  }

  #policyNow(): Policy {
    const { settings, lagMs } = this.#context;
    this.#isBig = isBigRoom(this.viewers, { wasBig: this.#isBig, settings: settings() });
    return policyOf(this.viewers, { isBig: this.#isBig, settings: settings(), lagMs: lagMs() });
  }

  #updatePolicy(): void {
    const before = this.#policy;
    const policy = this.#policyNow();
    this.#policy = policy;
    if (before.push.join() === policy.push.join()) return;
    this.#catchUps.clear();
    const frame = new EncodedFrame({ type: "policy", ...policy });
    for (const viewer of this.#viewers) viewer.send(frame);
    this.#context.counters.frames += this.#viewers.size;
  }
}

function showOut(viewer: PushViewer): void {
  viewer.close("banned", "You were shown out of this room");
}

function batchOf({ messages, place, dropped, reset }: Selection): EncodedFrame {
  return new EncodedFrame({
    type: "batch",
    messages,
    cursor: formatCursor(place),
    dropped,
    reset,
  });
}
