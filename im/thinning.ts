/**
 * What of a room's messages reaches its viewers in one batch. Pure: what waits and the clock come in,
 * what is sent, what waits on and how many were left out go out. The same for every viewer, so that
 * a batch is encoded once for all.
 *
 * 1. What is older than its lane's age is left out: it stands in the history.
 * 2. Of messages with one `stateKey` the newest is kept; gifts of one kind from one sender become one,
 *    and so do people who come in. What is merged away is not missing and is not counted.
 * 3. If more is left than the budget, the higher lanes win, within a lane the newer messages. What is
 *    too much of a high lane waits for the next batch; the rest is left out and counted.
 *
 * @module
 */
import {
  atMsOf,
  type GiftBody,
  isHighLane,
  type Lane,
  LANES,
  type Message,
  priorityOf,
} from "./protocol/message.ts";

/** What a batch is chosen by. */
export interface ThinningRules {
  /** Messages that may be sent. */
  readonly budget: number;
  readonly ageMs: Readonly<Record<Lane, number>>;
  readonly nowMs: number;
  /** Told of every message that is left out. */
  readonly onDropped?: (message: Message) => void;
}

/** A chosen batch. */
export interface Thinned {
  /** In order. */
  readonly send: readonly Message[];
  /** Of high lanes, in order: they come first into the next batch. */
  readonly carry: readonly Message[];
  /** Messages of the log that were left out, merged ones counted one by one. */
  readonly dropped: number;
}

/** Names that a merged notice of people coming in carries. */
const MAX_ENTER_NAMES = 3;

/** Chooses a batch from messages in order. */
export function thin(waiting: readonly Message[], rules: ThinningRules): Thinned {
  let dropped = 0;
  const drop = (message: Message) => {
    dropped += message.merged;
    rules.onDropped?.(message);
  };
  const fresh: Message[] = [];
  for (const message of waiting) {
    const ageMs = rules.nowMs - atMsOf(message.score);
    if (ageMs <= rules.ageMs[message.lane]) fresh.push(message);
    else drop(message);
  }
  const merged = mergeAlike(fresh);
  if (merged.length <= rules.budget) return { send: merged, carry: [], dropped };
  // The highest lanes first, and of each the newest.
  const byLane: Message[][] = LANES.map(() => []);
  for (const message of merged) byLane[priorityOf(message.lane)]!.push(message);
  const send: Message[] = [];
  const carry: Message[] = [];
  let budget = rules.budget;
  for (const [priority, inLane] of byLane.entries()) {
    const excess = Math.max(0, inLane.length - budget);
    for (let index = excess; index < inLane.length; index++) send.push(inLane[index]!);
    budget -= inLane.length - excess;
    for (let index = 0; index < excess; index++) {
      if (isHighLane(LANES[priority]!)) carry.push(inLane[index]!);
      else drop(inLane[index]!);
    }
  }
  return { send: send.sort(inOrder), carry: carry.sort(inOrder), dropped };
}

/** Merges what is alike; the merged message stands where its newest part stood. */
export function mergeAlike(messages: readonly Message[]): Message[] {
  // Most of what waits are texts of their own.
  if (messages.every(isAlone)) return [...messages];
  const byKey = new Map<string | number, Message>();
  let merged = false;
  for (const [index, message] of messages.entries()) {
    // Messages of two channels may have one score, so that it is no key.
    const key = mergeKey(message) ?? index;
    const before = byKey.get(key);
    merged ||= before !== undefined;
    byKey.set(key, before === undefined ? message : merge(before, message));
  }
  return merged ? [...byKey.values()].sort(inOrder) : [...messages];
}

function isAlone(message: Message): boolean {
  return message.kind === "chat" && message.stateKey === null;
}

/** Messages of one key become one; null: the message stands for itself. */
function mergeKey(message: Message): string | null {
  if (message.kind === "gift" && message.from !== null) {
    return `gift ${message.from.id} ${message.body.gift} ${
      message.body.side ?? ""
    } ${message.lane}`;
  }
  if (message.kind === "notice" && message.body.notice === "enter") return "enter";
  if (message.stateKey !== null) return `state ${message.stateKey}`;
  return null;
}

function merge(before: Message, message: Message): Message {
  if (message.kind === "gift" && before.kind === "gift") {
    return {
      ...message,
      merged: before.merged + message.merged,
      body: mergeGifts(before.body, message.body),
    };
  }
  if (
    message.kind === "notice" && before.kind === "notice" && message.body.notice === "enter"
  ) {
    const names = [...namesOf(before.body.data), ...namesOf(message.body.data)];
    const count = countOf(before.body.data) + countOf(message.body.data);
    return {
      ...message,
      merged: before.merged + message.merged,
      body: {
        ...message.body,
        data: { ...message.body.data, names: names.slice(-MAX_ENTER_NAMES), count },
      },
    };
  }
  // A state: the newest says all that the older ones said.
  return message;
}

function mergeGifts(before: GiftBody, gift: GiftBody): GiftBody {
  return {
    ...gift,
    count: before.count + gift.count,
    value: before.value + gift.value,
    combo: Math.max(before.combo, gift.combo),
  };
}

function namesOf(data: { readonly [key: string]: unknown }): string[] {
  return Array.isArray(data.names) ? data.names.filter((name) => typeof name === "string") : [];
}

function countOf(data: { readonly [key: string]: unknown }): number {
  return typeof data.count === "number" ? data.count : namesOf(data).length;
}

function inOrder(a: Message, b: Message): number {
  return a.score - b.score;
}
