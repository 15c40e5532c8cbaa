/**
 * The message log over a journal: appends are gathered into commits, live parts are held in memory
 * while somebody reads them.
 *
 * @module
 */
import {
  type Appended,
  DEFAULT_LOG_LIMITS,
  type Entry,
  type LogLimits,
  type MessageLog,
  PRIVATE_HISTORY_DAYS,
  type Slice,
} from "../../im/log.ts";
import {
  type Channel,
  isChannel,
  isHighLane,
  type Message,
  scoreAt,
} from "../../im/protocol/message.ts";
import { StoreBusyError } from "../../rooms/errors.ts";
import { entryOf, type JournalCall, messageOf, type Placed } from "./journal.ts";
import type { JournalPort } from "./protocol.ts";
import { ChannelRing } from "./ring.ts";

/** How the log is opened; every value has a default. */
export interface EmbeddedLogOptions {
  readonly limits?: LogLimits;
  /** Days that the history of rooms is kept. Default: 180. */
  readonly historyDays?: number;
  /** Appends wait so long for others to share a commit, milliseconds. Default: 10. */
  readonly commitMs?: number;
  /** Entries that may wait at once; more are refused. Default: 50,000. */
  readonly maxQueued?: number;
  /** Live parts in memory; above, the one that was read longest ago goes. Default: 20,000. */
  readonly maxRings?: number;
  /** Messages in memory; likewise. Default: 500,000. */
  readonly maxMessages?: number;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** Figures for metrics. */
export interface LogFigures {
  readonly queued: number;
  readonly rings: number;
  readonly messages: number;
  readonly commits: number;
  readonly appended: number;
  readonly refused: number;
  readonly trimFailures: number;
}

/** Entries of one commit; a larger call has one of its own. */
const MAX_COMMIT = 4_000;
/** A live part that nobody has read for so long leaves the memory, milliseconds. */
const IDLE_MS = 300_000;
const SWEEP_EVERY_MS = 5_000;
const TRIM_EVERY_MS = 60_000;
/** Between two slices of one round, milliseconds: appends go first. */
const TRIM_PAUSE_MS = 100;
/** What was said to everybody is kept so long, milliseconds. */
const OTHER_LIFE_MS = 24 * 3_600_000;
const DAY_MS = 24 * 3_600_000;

interface Ring {
  readonly ring: ChannelRing;
  readAtMs: number;
}

interface WaitingCall {
  readonly call: JournalCall;
  readonly entries: readonly Entry[];
  readonly resolve: (appended: readonly Appended[]) => void;
  readonly reject: (error: Error) => void;
}

/** One process's log; nobody else writes the file. */
export class EmbeddedLog implements MessageLog {
  readonly #journal: JournalPort;
  readonly #limits: LogLimits;
  readonly #options: Required<Omit<EmbeddedLogOptions, "limits">>;
  /** In the order of the last read. */
  readonly #rings = new Map<Channel, Ring>();
  readonly #loading = new Map<Channel, Promise<ChannelRing>>();
  readonly #watchers = new Map<Channel, Set<(isUrgent: boolean) => void>>();
  #queue: WaitingCall[] = [];
  #queued = 0;
  #commitTimer: ReturnType<typeof setTimeout> | null = null;
  #committing: Promise<void> | null = null;
  readonly #sweepTimer: ReturnType<typeof setInterval>;
  readonly #trimTimer: ReturnType<typeof setInterval>;
  #trimming: Promise<void> | null = null;
  #closing: Promise<void> | null = null;
  #held = 0;
  #commits = 0;
  #appended = 0;
  #refused = 0;
  #trimFailures = 0;

  constructor(journal: JournalPort, options: EmbeddedLogOptions = {}) {
    this.#journal = journal;
    this.#limits = options.limits ?? DEFAULT_LOG_LIMITS;
    this.#options = {
      historyDays: options.historyDays ?? 180,
      commitMs: options.commitMs ?? 10,
      maxQueued: options.maxQueued ?? 50_000,
      maxRings: options.maxRings ?? 20_000,
      maxMessages: options.maxMessages ?? 500_000,
      now: options.now ?? Date.now,
    };
    this.#sweepTimer = setInterval(() => this.#sweep(), SWEEP_EVERY_MS);
    this.#trimTimer = setInterval(() => {
      this.#trimming ??= this.trim().then(() => {}, () => {
        // The next round tries again; a disk that fails shows in the appends.
        this.#trimFailures++;
      }).finally(() => this.#trimming = null);
    }, TRIM_EVERY_MS);
  }

  append(channel: Channel, entries: readonly Entry[]): Promise<readonly Appended[]> {
    if (!isChannel(channel)) {
      return Promise.reject(new TypeError(`Cannot append to ${channel.slice(0, 40)}: no channel`));
    }
    if (this.#closing !== null) return Promise.reject(closed());
    if (entries.length === 0) return Promise.resolve([]);
    if (this.#queued + entries.length > this.#options.maxQueued) {
      this.#refused += entries.length;
      return Promise.reject(
        new StoreBusyError(`Cannot append: ${this.#queued} messages are waiting`),
      );
    }
    this.#queued += entries.length;
    const call = {
      channel,
      entries: entries.map(({ draft, dedupeKey }) => entryOf(draft, dedupeKey)),
    };
    return new Promise((resolve, reject) => {
      this.#queue.push({ call, entries, resolve, reject });
      this.#schedule();
    });
  }

  async read(
    channel: Channel,
    options: { readonly after: number | null; readonly limit: number },
  ): Promise<Slice> {
    const ring = await this.#ringOf(channel);
    ring.trim(this.#options.now());
    return ring.slice(options);
  }

  watch(channel: Channel, wake: (isUrgent?: boolean) => void): () => void {
    let watchers = this.#watchers.get(channel);
    if (watchers === undefined) this.#watchers.set(channel, watchers = new Set());
    // The same function may watch twice.
    const own = (isUrgent: boolean) => wake(isUrgent);
    watchers.add(own);
    return () => {
      watchers.delete(own);
      if (watchers.size === 0 && this.#watchers.get(channel) === watchers) {
        this.#watchers.delete(channel);
      }
    };
  }

  async history(
    room: Channel,
    options: {
      readonly fromMs: number;
      readonly toMs: number;
      readonly after: number | null;
      readonly limit: number;
    },
  ): Promise<{ readonly messages: readonly Message[]; readonly next: number | null }> {
    if (this.#closing !== null) throw closed();
    const { fromMs, toMs, after, limit } = options;
    const kept = await this.#journal.range(room, {
      from: Math.max(scoreAt(Math.ceil(fromMs)), (after ?? -1) + 1),
      to: scoreAt(Math.ceil(toMs)),
      limit: limit + 1,
    });
    const messages = kept.slice(0, limit).map(messageOf);
    return { messages, next: kept.length > limit ? messages.at(-1)?.score ?? null : null };
  }

  async remove(channel: Channel, scores: readonly number[]): Promise<void> {
    if (this.#closing !== null) throw closed();
    await this.#journal.remove(channel, scores);
    const held = this.#rings.get(channel);
    if (held === undefined) return;
    this.#held -= held.ring.size;
    held.ring.remove(new Set(scores));
    this.#held += held.ring.size;
  }

  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  /** One round over what is too old, in slices; runs every minute by itself. */
  async trim(): Promise<number> {
    let removed = 0;
    for (let from: Channel | null = ""; from !== null && this.#closing === null;) {
      const nowMs = this.#options.now();
      const slice = await this.#journal.trim({
        from,
        historyScore: scoreAt(nowMs - this.#options.historyDays * DAY_MS),
        privateScore: scoreAt(nowMs - PRIVATE_HISTORY_DAYS * DAY_MS),
        otherScore: scoreAt(nowMs - Math.max(OTHER_LIFE_MS, this.#limits.maxAgeMs)),
      });
      removed += slice.removed;
      from = slice.next;
      if (from !== null) await new Promise((resolve) => setTimeout(resolve, TRIM_PAUSE_MS));
    }
    return removed;
  }

  /** Figures of now. */
  inspect(): LogFigures {
    return {
      queued: this.#queued,
      rings: this.#rings.size,
      messages: this.#held,
      commits: this.#commits,
      appended: this.#appended,
      refused: this.#refused,
      trimFailures: this.#trimFailures,
    };
  }

  /** Bytes on the disk. */
  sizeBytes(): Promise<number> {
    return this.#journal.sizeBytes();
  }

  /** While one commit runs, the next gathers. */
  #schedule(): void {
    if (this.#commitTimer !== null || this.#committing !== null) return;
    this.#commitTimer = setTimeout(() => {
      this.#commitTimer = null;
      this.#committing = this.#commit().finally(() => {
        this.#committing = null;
        if (this.#queue.length > 0) this.#schedule();
      });
    }, this.#options.commitMs);
  }

  async #commit(): Promise<void> {
    let count = 0;
    let calls = 0;
    while (calls < this.#queue.length) {
      const { length } = (this.#queue[calls] as WaitingCall).entries;
      if (calls > 0 && count + length > MAX_COMMIT) break;
      count += length;
      calls++;
    }
    const batch = this.#queue.splice(0, calls);
    let placed: Placed[][];
    try {
      placed = await this.#journal.append(
        batch.map(({ call }) => call),
        { nowMs: this.#options.now() },
      );
    } catch (error) {
      this.#queued -= count;
      for (const { reject } of batch) reject(error as Error);
      return;
    }
    this.#commits++;
    this.#queued -= count;
    this.#appended += count;
    /** Channels with something new, and whether it is urgent. */
    const touched = new Map<Channel, boolean>();
    for (const [index, { call, entries, resolve }] of batch.entries()) {
      const appended = appendedOf(entries, placed[index] as Placed[]);
      const fresh = appended.filter(({ repeated }) => !repeated).map(({ message }) => message);
      if (fresh.length > 0) {
        this.#hold(call.channel, fresh);
        const isUrgent = fresh.some(({ lane }) => isHighLane(lane));
        touched.set(call.channel, isUrgent || touched.get(call.channel) === true);
      }
      resolve(appended);
    }
    for (const [channel, isUrgent] of touched) {
      for (const wake of this.#watchers.get(channel) ?? []) wake(isUrgent);
    }
  }

  /** Into the live part, if it is in memory. */
  #hold(channel: Channel, messages: readonly Message[]): void {
    const held = this.#rings.get(channel);
    if (held === undefined) return;
    this.#held -= held.ring.size;
    held.ring.push(messages);
    this.#held += held.ring.size;
  }

  #ringOf(channel: Channel): Promise<ChannelRing> {
    if (this.#closing !== null) return Promise.reject(closed());
    const held = this.#rings.get(channel);
    if (held !== undefined) {
      held.readAtMs = this.#options.now();
      this.#rings.delete(channel);
      this.#rings.set(channel, held);
      return Promise.resolve(held.ring);
    }
    let loading = this.#loading.get(channel);
    if (loading === undefined) {
      loading = this.#load(channel).finally(() => this.#loading.delete(channel));
      this.#loading.set(channel, loading);
    }
    return loading;
  }

  async #load(channel: Channel): Promise<ChannelRing> {
    const nowMs = this.#options.now();
    // Answers come in the order of the requests: commits before are in it, later ones are held.
    const live = await this.#journal.live(channel, {
      since: scoreAt(nowMs - this.#limits.maxAgeMs),
      maxPerKind: this.#limits.maxPerKind,
    });
    const ring = new ChannelRing(this.#limits, { ...live, messages: live.messages.map(messageOf) });
    this.#rings.set(channel, { ring, readAtMs: nowMs });
    this.#held += ring.size;
    this.#evict();
    return ring;
  }

  #evict(): void {
    const { maxRings, maxMessages } = this.#options;
    for (const [channel, { ring }] of this.#rings) {
      if (this.#rings.size <= maxRings && this.#held <= maxMessages) return;
      // The newest one stays: somebody waits for it.
      if (this.#rings.size === 1) return;
      this.#rings.delete(channel);
      this.#held -= ring.size;
    }
  }

  #sweep(): void {
    const nowMs = this.#options.now();
    this.#held = 0;
    for (const [channel, { ring, readAtMs }] of this.#rings) {
      ring.trim(nowMs);
      if (nowMs - readAtMs > IDLE_MS) this.#rings.delete(channel);
      else this.#held += ring.size;
    }
    this.#evict();
  }

  async #close(): Promise<void> {
    clearInterval(this.#sweepTimer);
    clearInterval(this.#trimTimer);
    while (this.#queue.length > 0 || this.#committing !== null) {
      if (this.#commitTimer !== null) {
        clearTimeout(this.#commitTimer);
        this.#commitTimer = null;
      }
      await (this.#committing ?? this.#commit());
    }
    await this.#trimming;
    await this.#journal.close();
    this.#rings.clear();
    this.#watchers.clear();
  }
}

function appendedOf(entries: readonly Entry[], placed: readonly Placed[]): Appended[] {
  return placed.map(({ score, repeated }, index) =>
    repeated === null
      ? { message: { ...(entries[index] as Entry).draft, score, merged: 1 }, repeated: false }
      : { message: messageOf({ score, text: repeated }), repeated: true }
  );
}

function closed(): Error {
  return new Error("Cannot use the messages: they are closed");
}
