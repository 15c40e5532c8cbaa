/**
 * Messages and frames as JSON: answers to polls, and the subprotocol `wanren.im.v1.json`.
 *
 * @module
 */
import {
  atMsOf,
  type Content,
  type Json,
  LANES,
  type Message,
  messageId,
  priorityOf,
  ROLES,
  scoreOfId,
} from "./message.ts";
import type { ClientFrame, ServerFrame } from "./frames.ts";
import { malformed } from "./wire.ts";

/** A message as the API and JSON frames show it; the body's fields stand beside the others. */
export function messageJson(message: Message): Record<string, Json> {
  const { score, kind, lane, from, stateKey, merged, body } = message;
  return {
    id: messageId(score),
    kind,
    priority: priorityOf(lane),
    from: from === null
      ? null
      : { id: from.id, name: from.name, level: from.level, role: from.role },
    at: new Date(atMsOf(score)).toISOString(),
    ...(stateKey !== null && { stateKey }),
    ...(merged > 1 && { merged }),
    ...(body as unknown as Record<string, Json>),
  };
}

/**
 * Reads what {@linkcode messageJson} wrote.
 *
 * @throws {MalformedFrameError} when it is no message.
 */
export function parseMessageJson(value: unknown): Message {
  const object = record(value, "a message");
  const { id, kind, priority, from, at: _at, stateKey = null, merged = 1, ...body } = object;
  const score = typeof id === "string" ? scoreOfId(id) : null;
  const lane = typeof priority === "number" ? LANES[priority] : undefined;
  if (score === null || lane === undefined) throw malformed("a message has no id or no priority");
  if (typeof merged !== "number" || (stateKey !== null && typeof stateKey !== "string")) {
    throw malformed("a message has no state");
  }
  return {
    score,
    lane,
    from: from === null ? null : senderOf(record(from, "a sender")),
    stateKey,
    merged,
    ...contentOf(kind, body),
  };
}

/** The text of a server frame. */
export function encodeServerFrameJson(frame: ServerFrame): string {
  if (frame.type !== "batch") return JSON.stringify(frame);
  return JSON.stringify({ ...frame, messages: frame.messages.map(messageJson) });
}

/**
 * Reads a server frame.
 *
 * @throws {MalformedFrameError} when it is none.
 */
export function decodeServerFrameJson(text: string): ServerFrame {
  const frame = record(parse(text), "a frame");
  switch (frame.type) {
    case "batch":
      if (!Array.isArray(frame.messages)) throw malformed("a batch has no messages");
      return { ...frame, messages: frame.messages.map(parseMessageJson) } as unknown as ServerFrame;
    case "hello":
    case "policy":
    case "reconnect":
    case "pong":
    case "problem":
      return frame as unknown as ServerFrame;
    default:
      throw malformed("its type is unknown");
  }
}

/**
 * Reads a frame of a viewer.
 *
 * @throws {MalformedFrameError} when it is none.
 */
export function decodeClientFrameJson(text: string): ClientFrame {
  const frame = record(parse(text), "a frame");
  if (frame.type === "ping") return { type: "ping" };
  if (frame.type !== "auth" || typeof frame.ticket !== "string") {
    throw malformed("its type is unknown");
  }
  return {
    type: "auth",
    ticket: frame.ticket,
    cursor: typeof frame.cursor === "string" ? frame.cursor : null,
  };
}

/** The body of a kind, with its shape checked as far as a client relies on it. */
function contentOf(kind: unknown, body: Record<string, unknown>): Content {
  switch (kind) {
    case "chat": {
      if (typeof body.text !== "string") throw malformed("a text is missing");
      const { text, color = null, mode = "scroll", replyTo = null } = body;
      return { kind, body: { text, color, mode, replyTo } } as Content;
    }
    case "gift":
      if (typeof body.gift !== "string" || typeof body.count !== "number") {
        throw malformed("a gift is missing");
      }
      return { kind, body } as unknown as Content;
    case "pk":
      if (typeof body.battle !== "string" || !Array.isArray(body.sides)) {
        throw malformed("a battle is missing");
      }
      return { kind, body } as unknown as Content;
    case "notice":
      if (typeof body.notice !== "string" || typeof body.data !== "object" || body.data === null) {
        throw malformed("a notice is missing");
      }
      return { kind, body } as unknown as Content;
    default:
      throw malformed("a message is of an unknown kind");
  }
}

function senderOf(from: Record<string, unknown>): Message["from"] {
  const { id, name, level, role } = from;
  const known = ROLES.find((one) => one === role);
  if (
    typeof id !== "string" || typeof name !== "string" || typeof level !== "number" ||
    known === undefined
  ) throw malformed("a sender is incomplete");
  return { id, name, level, role: known };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw malformed("it is no JSON");
    throw error;
  }
}

function record(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw malformed(`${what} is no object`);
  }
  return value as Record<string, unknown>;
}
