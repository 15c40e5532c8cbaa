/**
 * Answers to polls: chosen and encoded once for all viewers who come with the same cursor within a
 * tick.
 *
 * @module
 */
import { formatCursor, parseCursor } from "../../im/protocol/cursor.ts";
import type { Policy } from "../../im/protocol/frames.ts";
import { messageJson } from "../../im/protocol/json.ts";
import { type Kind, KINDS } from "../../im/protocol/message.ts";
import { encodePollAnswer } from "../../im/protocol/protobuf.ts";
import { pollAfterMs } from "../../im/poll_policy.ts";
import type { RoomRing } from "../../im/ring.ts";
import type { ImSettings } from "../../im/settings.ts";

/** Messages in one answer, at most. */
export const MAX_POLL_MESSAGES = 15;
/** Answers that are kept; the bounded number of places makes more unlikely. */
const MAX_ANSWERS = 512;
/** Answers hold times and ages, so they are made anew at least so often, milliseconds. */
const ANSWER_LIFE_MS = 1_000;
/** Share of a new poll in the share of empty ones. */
const SMOOTHING = 0.02;
/** Below this a packed answer is not smaller. */
const MIN_GZIP_BYTES = 256;

/** What a viewer asks for. */
export interface PollRequest {
  readonly cursor: string | null;
  /** 1 to {@linkcode MAX_POLL_MESSAGES}. */
  readonly limit: number;
  /** Null: every kind. */
  readonly kinds: readonly Kind[] | null;
  readonly hidden: boolean;
  readonly as: "json" | "protobuf";
}

/** State of the room and the node at the time of a poll. */
export interface PollContext {
  readonly settings: ImSettings;
  readonly policy: Policy;
  readonly viewers: number;
  readonly lagMs: number;
  readonly nowMs: number;
}

/** Packs bytes; null where the runtime does it by itself. */
export type Gzip = ((bytes: Uint8Array) => Uint8Array) | null;

/** An answer that many get. */
export class PollAnswer {
  readonly body: Uint8Array<ArrayBuffer>;
  /** The same while there is nothing new for this cursor (RFC 9110 §8.8.1, weak). */
  readonly etag: string;
  readonly isEmpty: boolean;
  readonly contentType: string;
  #gzipped: Uint8Array | null = null;

  constructor(
    body: Uint8Array<ArrayBuffer>,
    of: { readonly etag: string; readonly isEmpty: boolean; readonly contentType: string },
  ) {
    this.body = body;
    this.contentType = of.contentType;
    this.etag = of.etag;
    this.isEmpty = of.isEmpty;
  }

  /** The packed body; null when packing does not pay. */
  gzipped(gzip: Gzip): Uint8Array | null {
    if (gzip === null || this.body.length < MIN_GZIP_BYTES) return null;
    return this.#gzipped ??= gzip(this.body);
  }
}

/** Polls by how they were answered, counted for the whole edge. */
export interface PollCounters {
  polls: number;
  /** Answered with bytes that were there. */
  hits: number;
  empty: number;
  resets: number;
}

const encoder = new TextEncoder();

/** The answers of one room. */
export class PollAnswers {
  readonly #ring: RoomRing;
  readonly #counters: PollCounters;
  readonly #random: () => number;
  readonly #answers = new Map<string, PollAnswer>();
  /** The same by requests, which are one object for one query ({@linkcode parsePollQuery}). */
  readonly #byRequest = new Map<PollRequest, PollAnswer>();
  #version = -1;
  #madeAtMs = 0;
  #emptyShare = 0;

  constructor(
    ring: RoomRing,
    options: { readonly counters: PollCounters; readonly random?: () => number },
  ) {
    this.#ring = ring;
    this.#counters = options.counters;
    this.#random = options.random ?? Math.random;
  }

  /** The answer to a poll. */
  get(request: PollRequest, context: PollContext): PollAnswer {
    const { nowMs } = context;
    this.#counters.polls++;
    if (this.#version !== this.#ring.version || nowMs - this.#madeAtMs >= ANSWER_LIFE_MS) {
      this.#answers.clear();
      this.#byRequest.clear();
      this.#version = this.#ring.version;
      this.#madeAtMs = nowMs;
    }
    let answer = this.#byRequest.get(request);
    if (answer !== undefined) this.#counters.hits++;
    else {
      answer = this.#find(request, context);
      if (this.#byRequest.size < MAX_ANSWERS) this.#byRequest.set(request, answer);
    }
    this.#emptyShare += (Number(answer.isEmpty) - this.#emptyShare) * SMOOTHING;
    if (answer.isEmpty) this.#counters.empty++;
    return answer;
  }

  #find(request: PollRequest, context: PollContext): PollAnswer {
    const place = this.#ring.normalised(parseCursor(request.cursor));
    const { limit, kinds, hidden, as } = request;
    const cursor = place === null ? "new" : formatCursor(place);
    const key = `${cursor} ${limit} ${kinds?.join() ?? ""} ${hidden} ${as}`;
    let answer = this.#answers.get(key);
    if (answer === undefined) {
      answer = this.#make(place, { ...request, ...context });
      if (this.#answers.size >= MAX_ANSWERS) {
        this.#answers.delete(this.#answers.keys().next().value!);
      }
      this.#answers.set(key, answer);
    } else this.#counters.hits++;
    return answer;
  }

  #make(
    place: ReturnType<RoomRing["normalised"]>,
    poll: PollRequest & PollContext,
  ): PollAnswer {
    const { limit, kinds, hidden, settings, policy, viewers, lagMs, nowMs } = poll;
    const selection = this.#ring.select(place, { limit, kinds, settings, nowMs });
    if (selection.reset) this.#counters.resets++;
    const { messages, dropped, reset, more } = selection;
    const cursor = formatCursor(selection.place);
    const answer = {
      cursor,
      pollAfterMs: pollAfterMs({
        settings,
        viewers,
        lagMs,
        emptyShare: this.#emptyShare,
        hidden,
        more,
        random: this.#random(),
      }),
      dropped,
      reset,
    };
    // A viewer who also has a long connection polls what does not come by it.
    const ways = kinds !== null && !sameKinds(kinds, policy.poll)
      ? { push: policy.push, poll: policy.poll }
      : null;
    const of = { etag: `W/"${cursor}"`, isEmpty: messages.length === 0 };
    if (poll.as === "protobuf") {
      const bytes = encodePollAnswer({ messages, ...answer, policy: ways });
      return new PollAnswer(bytes, { ...of, contentType: "application/x-protobuf" });
    }
    const text = JSON.stringify({
      messages: messages.map(messageJson),
      ...answer,
      ...(ways !== null && { policy: ways }),
    });
    return new PollAnswer(encoder.encode(text), { ...of, contentType: "application/json" });
  }
}

/** Queries that were read, the oldest first: many viewers come with the same one. */
const read = new Map<string, PollRequest | null>();
const MAX_READ = 1_024;
/** Longer ones are nobody's but their own. */
const MAX_READ_LENGTH = 160;

/** Reads the query of a poll; null when a parameter is none. One object for one query, mostly. */
export function parsePollQuery(query: string): PollRequest | null {
  const known = read.get(query);
  if (known !== undefined) return known;
  const request = readPollQuery(query);
  if (query.length <= MAX_READ_LENGTH) {
    if (read.size >= MAX_READ) read.delete(read.keys().next().value!);
    read.set(query, request);
  }
  return request;
}

function readPollQuery(query: string): PollRequest | null {
  const params = new URLSearchParams(query);
  const limitText = params.get("limit");
  const limit = limitText === null ? MAX_POLL_MESSAGES : Number(limitText);
  if (!Number.isInteger(limit) || limit < 1 || (limitText !== null && limitText.length > 6)) {
    return null;
  }
  const kindsText = params.get("kinds");
  const names = kindsText === null ? null : kindsText.split(",", KINDS.length + 1);
  const kinds = names === null ? null : KINDS.filter((kind) => names.includes(kind));
  if (kinds !== null && (kinds.length !== names!.length || kinds.length === 0)) return null;
  const as = params.get("as") ?? "json";
  if (as !== "json" && as !== "protobuf") return null;
  return {
    cursor: params.get("cursor"),
    limit: Math.min(limit, MAX_POLL_MESSAGES),
    kinds,
    hidden: params.get("hidden") === "1",
    as,
  };
}

function sameKinds(left: readonly Kind[], right: readonly Kind[]): boolean {
  return left.length === right.length && left.every((kind) => right.includes(kind));
}
