/**
 * What the long connections of a room are sent, and when: high lanes at once, the rest in batches. From
 * one batch to the next there is a budget, out of which what goes at once is taken first. Decides only; the clock is passed in, and whoever owns the sockets
 * sends. The same for all sockets of a room.
 *
 * @module
 */
import { removedBy } from "./channel_ring.ts";
import type { Place } from "./protocol/cursor.ts";
import { isHighLane, type Message } from "./protocol/message.ts";
import type { ImSettings } from "./settings.ts";
import { thin, type ThinningRules } from "./thinning.ts";

/** What is sent now. */
export interface PushBatch {
  /** In order. */
  readonly messages: readonly Message[];
  /** Everything up to here was sent, merged or counted. */
  readonly place: Place;
  /** Messages left out since the last batch. */
  readonly dropped: number;
}

/** Settings that decide about pushes. */
export type PushSettings = Pick<ImSettings, "maxPerSecond" | "ageMs" | "batchMs">;

/** Messages that wait at most; more than anybody could be sent while they are worth sending. */
const MAX_WAITING = 4_000;

/** One room's queue. */
export class PushQueue {
  #waiting: Message[] = [];
  /** Of high lanes, too much for the batches before. */
  #carry: readonly Message[] = [];
  #dropped = 0;
  #place: Place;
  /** Where the channels stood when the last message was added. */
  #head: Place;
  /** Messages that were sent since the last batch: they are of the next batch's budget. */
  #ahead = 0;
  readonly #onDropped: (message: Message) => void;

  /**
   * @param place where the channels stand.
   * @param onDropped told of every message that is left out.
   */
  constructor(place: Place, onDropped: (message: Message) => void = () => {}) {
    this.#place = place;
    this.#head = place;
    this.#onDropped = onDropped;
  }

  /** Where a viewer stands who got everything so far. */
  get place(): Place {
    return this.#place;
  }

  /** Messages that wait. */
  get size(): number {
    return this.#waiting.length + this.#carry.length;
  }

  /** Whether something waits that should not wait for the next batch. */
  get isUrgent(): boolean {
    return this.#carry.length > 0 || this.#waiting.some(({ lane }) => isHighLane(lane));
  }

  /** Adds messages that are pushed; `head` is where the channels stand with them. */
  add(messages: readonly Message[], head: Place): void {
    this.#head = head;
    if (messages.length === 0 && this.size === 0 && this.#dropped === 0) this.#place = head;
    this.#waiting.push(...messages);
    // What is taken back may have come with the notice that says so.
    for (const message of messages) {
      if (message.kind !== "notice" || message.body.notice !== "removed") continue;
      const gone = removedBy(message);
      this.#waiting = this.#waiting.filter((one) => !gone(one));
      this.#carry = this.#carry.filter((one) => !gone(one));
    }
    const excess = this.#waiting.length - MAX_WAITING;
    if (excess <= 0) return;
    let left = excess;
    this.#waiting = this.#waiting.filter((message) => {
      if (left === 0 || isHighLane(message.lane)) return true;
      left--;
      this.#drop(message);
      return false;
    });
    // Nothing but high lanes: no budget will ever reach the oldest of them.
    for (const message of this.#waiting.splice(0, left)) this.#drop(message);
  }

  /** Nothing that waits is wanted any more; viewers stand at the head. */
  clear(head: Place): void {
    this.#waiting = [];
    this.#carry = [];
    this.#dropped = 0;
    this.#place = head;
    this.#head = head;
  }

  /** The high lanes that wait, before their batch; null when there is nothing or no budget. */
  takeUrgent(settings: PushSettings, nowMs: number): PushBatch | null {
    const budget = this.#budget(settings);
    if (budget === 0) return null;
    const high = this.#waiting.filter(({ lane }) => isHighLane(lane));
    const urgent = [...this.#carry, ...high].sort(inOrder);
    if (urgent.length === 0) return null;
    const { send, carry, dropped } = thin(urgent, { ...this.#rules(settings, nowMs), budget });
    this.#waiting = this.#waiting.filter(({ lane }) => !isHighLane(lane));
    this.#carry = carry;
    this.#dropped += dropped;
    if (send.length === 0) return null;
    this.#ahead += send.length;
    return this.#batch(send);
  }

  /** The batch that is due; null when there is nothing to say. */
  takeBatch(settings: PushSettings, nowMs: number): PushBatch | null {
    const budget = this.#budget(settings);
    this.#ahead = 0;
    const waiting = [...this.#carry, ...this.#waiting].sort(inOrder);
    const { send, carry, dropped } = thin(waiting, { ...this.#rules(settings, nowMs), budget });
    this.#waiting = [];
    this.#carry = carry;
    this.#dropped += dropped;
    this.#place = carry.length === 0
      ? this.#head
      : before(carry[0]!, { head: this.#head, least: this.#place });
    if (send.length === 0 && this.#dropped === 0) return null;
    return this.#batch(send);
  }

  #rules({ ageMs }: PushSettings, nowMs: number): Omit<ThinningRules, "budget"> {
    return { ageMs, nowMs, onDropped: this.#onDropped };
  }

  #drop(message: Message): void {
    this.#dropped += message.merged;
    this.#onDropped(message);
  }

  #batch(messages: readonly Message[]): PushBatch {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return { messages, place: this.#place, dropped };
  }

  /** What of the budget from the last batch to the next one is left. */
  #budget({ maxPerSecond, batchMs }: PushSettings): number {
    return Math.max(0, Math.max(1, Math.ceil(maxPerSecond * batchMs / 1000)) - this.#ahead);
  }
}

/** The last place before a message of either channel that is not behind the place before. */
function before(
  message: Message,
  { head, least }: { readonly head: Place; readonly least: Place },
): Place {
  const score = message.score - 1;
  return {
    room: Math.max(least.room, Math.min(head.room, score)),
    everyone: Math.max(least.everyone, Math.min(head.everyone, score)),
    own: 0,
  };
}

function inOrder(a: Message, b: Message): number {
  return a.score - b.score;
}
