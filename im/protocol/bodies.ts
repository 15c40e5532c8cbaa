/**
 * Bodies of messages out of JSON that somebody else wrote: every field that a reader relies on is
 * checked, what may be left out gets its default, what is not known is passed over.
 *
 * @module
 */
import {
  type ChatBody,
  type Content,
  type GiftBody,
  type Json,
  MODES,
  type NoticeBody,
  type NoticeName,
  type PkBody,
  type PkSide,
} from "./message.ts";
import { malformed } from "./wire.ts";

const PHASES = ["invited", "running", "penalty", "over", "declined"] as const;
const COLOR = /^#[0-9a-f]{6}$/;

/**
 * Kind and body of a message.
 *
 * @throws {MalformedFrameError} when they do not belong together.
 */
export function contentOf(kind: unknown, body: Readonly<Record<string, unknown>>): Content {
  switch (kind) {
    case "chat":
      return { kind, body: chatOf(body) };
    case "gift":
      return { kind, body: giftOf(body) };
    case "pk":
      return { kind, body: pkOf(body) };
    case "notice":
      return { kind, body: noticeOf(body) };
    default:
      throw malformed("a message is of an unknown kind");
  }
}

/** @throws {MalformedFrameError} when it is no text. */
function chatOf(body: Readonly<Record<string, unknown>>): ChatBody {
  const { text, color = null, mode = "scroll", replyTo = null } = body;
  const known = MODES.find((one) => one === mode);
  if (known === undefined) throw malformed("a text flies in an unknown mode");
  if (color !== null && (typeof color !== "string" || !COLOR.test(color))) {
    throw malformed("a colour is none");
  }
  return { text: textIn(text), color, mode: known, replyTo: replyOf(replyTo) };
}

function replyOf(value: unknown): ChatBody["replyTo"] {
  if (value === null) return null;
  const { id, name, text } = recordIn(value, "a reply");
  return { id: textIn(id), name: textIn(name), text: textIn(text) };
}

/** @throws {MalformedFrameError} when it is no gift. */
function giftOf(body: Readonly<Record<string, unknown>>): GiftBody {
  const { gift, count, combo = 0, value = 0, side = null } = body;
  return {
    gift: textIn(gift),
    count: numberIn(count),
    combo: numberIn(combo),
    value: numberIn(value),
    side: side === null ? null : textIn(side),
  };
}

/** @throws {MalformedFrameError} when it is no battle. */
export function pkOf(body: Readonly<Record<string, unknown>>): PkBody {
  const { battle, phase, sides, endsAtMs, winner = null, mix = null } = body;
  const known = PHASES.find((one) => one === phase);
  if (known === undefined || !Array.isArray(sides) || sides.length !== 2) {
    throw malformed("a battle is incomplete");
  }
  return {
    battle: textIn(battle),
    phase: known,
    sides: [sideOf(sides[0]), sideOf(sides[1])],
    endsAtMs: numberIn(endsAtMs),
    winner: winner === null ? null : textIn(winner),
    ...(mix !== null && { mix: textIn(mix) }),
  };
}

function sideOf(value: unknown): PkSide {
  const { room, name, score } = recordIn(value, "a side");
  return { room: textIn(room), name: textIn(name), score: numberIn(score) };
}

/**
 * A notice; its name may be one of tomorrow, which a reader passes over.
 *
 * @throws {MalformedFrameError} when it is none.
 */
export function noticeOf(body: Readonly<Record<string, unknown>>): NoticeBody {
  const data = recordIn(body.data, "what a notice says") as { readonly [key: string]: Json };
  return { notice: textIn(body.notice) as NoticeName, data };
}

/** @throws {MalformedFrameError} when it is no text. */
export function textIn(value: unknown): string {
  if (typeof value !== "string") throw malformed("a text is missing");
  return value;
}

/** @throws {MalformedFrameError} when it is no whole number from 0 to 2^53 − 1. */
export function numberIn(value: unknown): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
    throw malformed("a number is missing");
  }
  return value;
}

/** @throws {MalformedFrameError} when it is no object. */
export function recordIn(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw malformed(`${what} is no object`);
  }
  return value as Record<string, unknown>;
}

/** @throws {MalformedFrameError} when it is no JSON of an object. */
export function parseRecord(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw malformed("it is no JSON");
    throw error;
  }
  return recordIn(value, "it");
}
