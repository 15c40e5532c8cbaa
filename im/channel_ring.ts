/**
 * The newest messages of one channel as an edge holds them: what a viewer can still be given, the
 * newest snapshot of each state, and what was left out. Bounded in age and number.
 *
 * Messages come in slices, which are cut into ticks of {@linkcode TICK_MS}. Of a tick only what a
 * viewer could be sent at all is kept: everything of high lanes, and the best of each other kind; the
 * others are counted as lost with their tick. So a room of a thousand messages a second costs what
 * two hundred cost, and its viewers can still come with a cursor of many seconds ago.
 *
 * @module
 */
import { FOLLOW_LIMIT, TICK_MS } from "./feed.ts";
import type { Slice } from "./log.ts";
import {
  atMsOf,
  isHighLane,
  type Kind,
  KINDS,
  type Message,
  messageId,
  priorityOf,
  scoreAt,
} from "./protocol/message.ts";
import { mergeAlike } from "./thinning.ts";

/** Bounds of a {@linkcode ChannelRing}. */
export interface RingLimits {
  readonly maxAgeMs: number;
  readonly maxMessages: number;
  /** Messages of low lanes that are kept of one kind and tick; as many as a viewer gets at once. */
  readonly maxPerTick: number;
  /** States whose newest snapshot is kept. */
  readonly maxStates: number;
}

/** Unless told otherwise. */
export const DEFAULT_RING_LIMITS: RingLimits = {
  maxAgeMs: 60_000,
  maxMessages: 2_000,
  maxPerTick: 20,
  maxStates: 200,
};

/** The end of a tick. */
interface Tick {
  readonly head: number;
  /** Messages that were not kept, by kind. */
  readonly lost: Readonly<Record<Kind, number>>;
}

const NOTHING_LOST: Readonly<Record<Kind, number>> = { chat: 0, gift: 0, pk: 0, notice: 0 };

/** One channel; the clock is passed in. */
export class ChannelRing {
  readonly #limits: RingLimits;
  #messages: Message[] = [];
  /** In order; those in which nothing was lost are not kept. */
  #lossy: Tick[] = [];
  readonly #states = new Map<string, Message>();
  #floor = 0;
  #head = 0;
  #begun = false;
  #version = 0;

  constructor(limits: Partial<RingLimits> = {}) {
    this.#limits = { ...DEFAULT_RING_LIMITS, ...limits };
  }

  /** Score up to which everything came; 0: the channel is empty. */
  get head(): number {
    return this.#head;
  }

  /** Every message after this score is here or counted as lost. */
  get floor(): number {
    return this.#floor;
  }

  /** Grows with everything that changes. */
  get version(): number {
    return this.#version;
  }

  /** Messages that are held. */
  get size(): number {
    return this.#messages.length;
  }

  /** Takes a slice; gives the new messages, of which nothing was left out. */
  take(slice: Slice, nowMs: number): readonly Message[] {
    const news = slice.messages.filter(({ score }) => score > this.#head);
    const first = news[0];
    if (!this.#begun) {
      this.#begun = true;
      const oldest = first?.score ?? slice.head + 1;
      // The live part reaches back further than this ring: unless the slice is cut off by its number,
      // what is not in it was not said.
      const isWhole = !slice.gap && news.length < FOLLOW_LIMIT / 4;
      const reachesBack = Math.min(oldest - 1, scoreAt(nowMs - this.#limits.maxAgeMs));
      this.#floor = isWhole ? Math.max(0, reachesBack) : oldest - 1;
    } else if (slice.gap) {
      this.#forget();
      this.#floor = (first?.score ?? slice.head + 1) - 1;
    }
    for (let start = 0; start < news.length;) {
      const tick = Math.floor(atMsOf(news[start]!.score) / TICK_MS);
      let end = start + 1;
      while (end < news.length && Math.floor(atMsOf(news[end]!.score) / TICK_MS) === tick) end++;
      this.#append(news.slice(start, end));
      start = end;
    }
    this.#head = Math.max(this.#head, slice.head, news.at(-1)?.score ?? 0);
    if (news.length > 0 || slice.gap) this.#version++;
    for (const message of news) this.#apply(message);
    this.trim(nowMs);
    return news;
  }

  /** Lets go of what is too old or too much. */
  trim(nowMs: number): void {
    const oldest = scoreAt(nowMs - this.#limits.maxAgeMs);
    let gone = Math.max(0, this.#messages.length - this.#limits.maxMessages);
    while (gone < this.#messages.length && this.#messages[gone]!.score < oldest) gone++;
    if (gone === 0) return;
    this.#floor = Math.max(this.#floor, this.#messages[gone - 1]!.score);
    this.#messages.splice(0, gone);
    const lossy = this.#lossy.findIndex(({ head }) => head > this.#floor);
    this.#lossy.splice(0, lossy < 0 ? this.#lossy.length : lossy);
  }

  /** Whether something after this score is missing here. */
  isStale(score: number): boolean {
    return score < this.#floor;
  }

  /** The messages after a score, in order. */
  after(score: number): readonly Message[] {
    const index = this.#indexAfter(score);
    return index === 0 ? this.#messages : this.#messages.slice(index);
  }

  /**
   * The same number for all scores with the same messages after them: answers are kept by it.
   */
  normalised(score: number): number {
    const next = this.#messages[this.#indexAfter(score)]?.score;
    const lossy = this.#lossy.find(({ head }) => head > score)?.head;
    if (next === undefined && lossy === undefined) return this.#head;
    return Math.min(next ?? Infinity, lossy ?? Infinity) - 1;
  }

  /** How many messages of these kinds were lost after one score and up to another. */
  lost(range: { readonly after: number; readonly upTo: number; readonly kinds: readonly Kind[] }) {
    let count = 0;
    for (let i = this.#lossy.length - 1; i >= 0; i--) {
      const { head, lost } = this.#lossy[i]!;
      if (head <= range.after) break;
      if (head <= range.upTo) { for (const kind of range.kinds) count += lost[kind]; }
    }
    return count;
  }

  /** The newest snapshot of each state, in order. */
  states(): readonly Message[] {
    return [...this.#states.values()].sort((a, b) => a.score - b.score);
  }

  /** The newest snapshot of a state. */
  state(key: string): Message | undefined {
    return this.#states.get(key);
  }

  #append(tick: readonly Message[]): void {
    let kept = tick;
    if (tick.length > this.#limits.maxPerTick) {
      const lost = { ...NOTHING_LOST };
      kept = bestOf(mergeAlike(tick), { limit: this.#limits.maxPerTick, lost });
      if (KINDS.some((kind) => lost[kind] > 0)) {
        this.#lossy.push({ head: tick.at(-1)!.score, lost });
      }
    }
    this.#messages.push(...kept);
  }

  #apply(message: Message): void {
    const { stateKey } = message;
    if (stateKey !== null) {
      this.#states.delete(stateKey);
      this.#states.set(stateKey, message);
      if (this.#states.size > this.#limits.maxStates) {
        this.#states.delete(this.#states.keys().next().value!);
      }
    }
    if (message.kind === "notice" && message.body.notice === "removed") {
      const gone = removedBy(message);
      this.#messages = this.#messages.filter((one) => !gone(one));
      for (const [key, state] of this.#states) if (gone(state)) this.#states.delete(key);
    }
  }

  #forget(): void {
    this.#messages = [];
    this.#lossy = [];
  }

  #indexAfter(score: number): number {
    let low = 0;
    let high = this.#messages.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#messages[middle]!.score <= score) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/**
 * What a `removed` notice takes back: the messages that `ids` names, and every text and gift of
 * `account` before the notice.
 */
export function removedBy(notice: Message): (message: Message) => boolean {
  if (notice.kind !== "notice") return () => false;
  const { ids, account } = notice.body.data;
  const named = new Set(Array.isArray(ids) ? ids : []);
  return (message) =>
    message.score < notice.score && message.kind !== "notice" && message.kind !== "pk" &&
    (named.has(messageId(message.score)) ||
      (typeof account === "string" && message.from?.id === account));
}

/** The best of each kind of low lanes, and everything of high lanes; the others are counted. */
function bestOf(
  tick: readonly Message[],
  options: { readonly limit: number; readonly lost: Record<Kind, number> },
): readonly Message[] {
  const { limit, lost } = options;
  const taken: Record<Kind, number> = { ...NOTHING_LOST };
  const ranked = tick.toSorted((a, b) =>
    priorityOf(a.lane) - priorityOf(b.lane) || b.score - a.score
  );
  return ranked.filter((message) => {
    if (isHighLane(message.lane)) return true;
    if (taken[message.kind]++ < limit) return true;
    lost[message.kind] += message.merged;
    return false;
  }).sort((a, b) => a.score - b.score);
}
