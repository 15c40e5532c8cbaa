/**
 * Messages and frames as JSON: answers to polls, and the subprotocol `wanren.im.v1.json`.
 *
 * @module
 */
import { contentOf, numberIn, parseRecord, recordIn, textIn } from "./bodies.ts";
import type { ClientFrame, Policy, ProblemCode, ServerFrame } from "./frames.ts";
import { PROBLEM_CODES } from "./frames.ts";
import {
  atMsOf,
  type Json,
  type Kind,
  KINDS,
  LANES,
  type Message,
  messageId,
  priorityOf,
  ROLES,
  scoreOfId,
} from "./message.ts";
import { malformed } from "./wire.ts";

/** Most messages of one batch that is read. */
const MAX_MESSAGES = 500;

/**
 * A message as the API and JSON frames show it; the body's fields stand beside the others. What is
 * plain is left out: no colour, mode `scroll`, no answer to anything.
 */
export function messageJson(message: Message): Record<string, Json> {
  const { score, kind, lane, from, stateKey, merged } = message;
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
    ...bodyJson(message),
  };
}

function bodyJson(message: Message): Record<string, Json> {
  if (message.kind !== "chat") return message.body as unknown as Record<string, Json>;
  const { text, color, mode, replyTo } = message.body;
  return {
    text,
    ...(color !== null && { color }),
    ...(mode !== "scroll" && { mode }),
    ...(replyTo !== null && { replyTo: { ...replyTo } }),
  };
}

/**
 * Reads what {@linkcode messageJson} wrote.
 *
 * @throws {MalformedFrameError} when it is no message.
 */
export function parseMessageJson(value: unknown): Message {
  const object = recordIn(value, "a message");
  const { id, kind, priority, from, at: _at, stateKey = null, merged = 1, ...body } = object;
  const score = typeof id === "string" ? scoreOfId(id) : null;
  const lane = typeof priority === "number" ? LANES[priority] : undefined;
  if (score === null || lane === undefined) throw malformed("a message has no id or no priority");
  return {
    score,
    lane,
    from: from === null ? null : senderOf(recordIn(from, "a sender")),
    stateKey: stateKey === null ? null : textIn(stateKey),
    merged: Math.max(1, numberIn(merged)),
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
  const frame = parseRecord(text);
  switch (frame.type) {
    case "batch": {
      const { messages, cursor, dropped, reset } = frame;
      if (
        !Array.isArray(messages) || messages.length > MAX_MESSAGES || typeof reset !== "boolean"
      ) {
        throw malformed("a batch has no messages or too many");
      }
      return {
        type: "batch",
        messages: messages.map(parseMessageJson),
        cursor: textIn(cursor),
        dropped: numberIn(dropped),
        reset,
      };
    }
    case "hello":
      return {
        type: "hello",
        cursor: textIn(frame.cursor),
        heartbeatMs: numberIn(frame.heartbeatMs),
        policy: policyOf(recordIn(frame.policy, "a policy")),
      };
    case "policy":
      return { type: "policy", ...policyOf(frame) };
    case "reconnect":
      return { type: "reconnect", afterMs: numberIn(frame.afterMs) };
    case "pong":
      return { type: "pong" };
    case "problem": {
      const code = textIn(frame.code);
      if (!Object.hasOwn(PROBLEM_CODES, code)) throw malformed("its problem is unknown");
      return { type: "problem", code: code as ProblemCode, text: textIn(frame.text) };
    }
    default:
      throw malformed("its type is unknown");
  }
}

/** The text of a viewer's frame. */
export function encodeClientFrameJson(frame: ClientFrame): string {
  return JSON.stringify(frame);
}

/**
 * Reads a frame of a viewer.
 *
 * @throws {MalformedFrameError} when it is none.
 */
export function decodeClientFrameJson(text: string): ClientFrame {
  const { type, ticket, cursor = null } = parseRecord(text);
  if (type === "ping") return { type };
  if (type !== "auth") throw malformed("its type is unknown");
  return { type, ticket: textIn(ticket), cursor: cursor === null ? null : textIn(cursor) };
}

function policyOf(policy: Readonly<Record<string, unknown>>): Policy {
  const { push, poll, pollAfterMs } = policy;
  return { push: kindsOf(push), poll: kindsOf(poll), pollAfterMs: numberIn(pollAfterMs) };
}

function kindsOf(value: unknown): Kind[] {
  if (!Array.isArray(value) || value.length > KINDS.length) throw malformed("kinds are missing");
  return value.map((name) => {
    const kind = KINDS.find((one) => one === name);
    if (kind === undefined) throw malformed("a kind is unknown");
    return kind;
  });
}

function senderOf(from: Readonly<Record<string, unknown>>): Message["from"] {
  const { id, name, level, role } = from;
  const known = ROLES.find((one) => one === role);
  if (known === undefined) throw malformed("a sender has no role");
  return { id: textIn(id), name: textIn(name), level: numberIn(level), role: known };
}
