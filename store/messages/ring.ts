/**
 * The live part of one channel in memory. Pure: the clock is passed in.
 *
 * @module
 */
import type { LogLimits, Slice } from "../../im/log.ts";
import { type Kind, KINDS, type Message, scoreAt } from "../../im/protocol/message.ts";

/** Messages of one kind in order; the front is given up without moving the rest. */
interface Queue {
  messages: Message[];
  /** Index of the first that counts. */
  from: number;
}

/** Dropped messages of a queue's front before it is copied together. */
const MAX_DROPPED = 512;

/** Messages of each kind, bounded by number and age. */
export class ChannelRing {
  readonly #limits: LogLimits;
  readonly #queues = new Map<Kind, Queue>(
    KINDS.map((kind) => [kind, { messages: [], from: 0 }]),
  );
  #trimmed: number;
  #head: number;
  #size = 0;

  /** Begins with what the store has. */
  constructor(
    limits: LogLimits,
    live: {
      readonly messages: readonly Message[];
      readonly trimmed: number;
      readonly head: number;
    },
  ) {
    this.#limits = limits;
    this.#trimmed = live.trimmed;
    this.#head = live.head;
    this.push(live.messages);
  }

  /** Messages that are held. */
  get size(): number {
    return this.#size;
  }

  /** Takes newer messages, in order. */
  push(messages: readonly Message[]): void {
    for (const message of messages) {
      const queue = this.#queues.get(message.kind) as Queue;
      queue.messages.push(message);
      this.#size++;
      this.#head = message.score;
      if (queue.messages.length - queue.from > this.#limits.maxPerKind) this.#drop(queue);
    }
  }

  /** What {@linkcode MessageLog.read} answers. */
  slice(options: { readonly after: number | null; readonly limit: number }): Slice {
    const { limit } = options;
    const after = options.after ?? -1;
    if (after >= this.#head) return { messages: [], head: this.#head, gap: false };
    const found: Message[] = [];
    let count = 0;
    for (const { messages, from } of this.#queues.values()) {
      const first = firstAbove(messages, { score: after, from });
      count += messages.length - first;
      found.push(...messages.slice(Math.max(first, messages.length - limit)));
    }
    found.sort((a, b) => a.score - b.score);
    return {
      messages: found.length > limit ? found.slice(found.length - limit) : found,
      head: this.#head,
      gap: options.after !== null && (after < this.#trimmed || count > limit),
    };
  }

  /** Lets go what is too old. */
  trim(nowMs: number): void {
    const since = scoreAt(nowMs - this.#limits.maxAgeMs);
    for (const queue of this.#queues.values()) {
      while ((queue.messages[queue.from]?.score ?? Infinity) <= since) this.#drop(queue);
    }
  }

  /** Takes messages out as if they had never been. */
  remove(scores: ReadonlySet<number>): void {
    for (const queue of this.#queues.values()) {
      const kept = queue.messages.slice(queue.from).filter(({ score }) => !scores.has(score));
      this.#size -= queue.messages.length - queue.from - kept.length;
      queue.messages = kept;
      queue.from = 0;
    }
  }

  #drop(queue: Queue): void {
    const dropped = queue.messages[queue.from] as Message;
    this.#trimmed = Math.max(this.#trimmed, dropped.score);
    this.#size--;
    if (++queue.from < MAX_DROPPED && queue.from < queue.messages.length) return;
    queue.messages = queue.messages.slice(queue.from);
    queue.from = 0;
  }
}

/** Index of the first message with a larger score. */
function firstAbove(
  messages: readonly Message[],
  { score, from }: { readonly score: number; readonly from: number },
): number {
  let low = from;
  let high = messages.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((messages[middle] as Message).score > score) high = middle;
    else low = middle + 1;
  }
  return low;
}
