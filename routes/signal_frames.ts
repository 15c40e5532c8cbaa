/**
 * What clients of a call's signalling may say, checked; everything else closes the connection.
 *
 * @module
 */
import * as v from "valibot";
import { type ClientMessage, SIGNAL_LIMITS } from "../rooms/calls/protocol.ts";

const peer = v.pipe(v.string(), v.regex(/^[\w-]{1,32}$/));
const token = v.pipe(v.string(), v.nonEmpty(), v.maxLength(SIGNAL_LIMITS.token));
const session = v.optional(
  v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_000_000_000)),
  0,
);
const index = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255));

/** Printable ASCII in lines (RFC 8866 §5: other bytes would be legal in texts that nobody needs). */
const sdpOf = (maxLength: number) =>
  v.pipe(
    v.string(),
    v.maxLength(maxLength),
    v.startsWith("v=0"),
    v.regex(/^[\x20-\x7e\r\n]*$/),
  );
const sdp = sdpOf(SIGNAL_LIMITS.sdp);

const candidate = v.strictObject({
  /** Empty: the end of candidates of one generation (JSEP §4.1.20). */
  candidate: v.pipe(
    v.string(),
    v.maxLength(SIGNAL_LIMITS.candidate),
    v.regex(/^(?:(?:a=)?candidate:[\x20-\x7e]*)?$/),
  ),
  sdpMid: v.nullable(v.pipe(v.string(), v.maxLength(32), v.regex(/^[\x21-\x7e]*$/))),
  sdpMLineIndex: v.nullable(index),
  usernameFragment: v.optional(
    v.nullable(v.pipe(v.string(), v.maxLength(256), v.regex(/^[\x21-\x7e]*$/))),
    null,
  ),
});

const MESSAGES = {
  join: v.strictObject({
    type: v.literal("join"),
    name: v.optional(v.pipe(v.string(), v.maxLength(256))),
    password: v.optional(v.pipe(v.string(), v.maxLength(SIGNAL_LIMITS.password))),
    invitation: v.optional(token),
    resume: v.optional(token),
    audio: v.boolean(),
    video: v.boolean(),
  }),
  description: v.strictObject({
    type: v.literal("description"),
    to: peer,
    session,
    description: v.strictObject({ type: v.picklist(["offer", "answer"]), sdp }),
  }),
  candidate: v.strictObject({
    type: v.literal("candidate"),
    to: peer,
    session,
    candidate: v.nullable(candidate),
  }),
  sfu: v.strictObject({
    type: v.literal("sfu"),
    id: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_000_000_000)),
    seat: v.picklist(["camera", "screen"]),
    fresh: v.boolean(),
    sdp: sdpOf(SIGNAL_LIMITS.sfuSdp),
  }),
  view: v.strictObject({
    type: v.literal("view"),
    large: v.nullable(v.pipe(v.array(peer), v.maxLength(SIGNAL_LIMITS.large))),
  }),
  chat: v.strictObject({
    type: v.literal("chat"),
    text: v.pipe(v.string(), v.nonEmpty(), v.maxLength(SIGNAL_LIMITS.chat)),
  }),
  reset: v.strictObject({ type: v.literal("reset"), to: peer, session }),
  state: v.strictObject({
    type: v.literal("state"),
    audio: v.optional(v.boolean()),
    video: v.optional(v.boolean()),
    screen: v.optional(
      v.nullable(
        v.pipe(v.string(), v.nonEmpty(), v.maxLength(SIGNAL_LIMITS.stream), v.regex(/^[\w{}-]+$/)),
      ),
    ),
    hand: v.optional(v.boolean()),
  }),
  lock: v.strictObject({ type: v.literal("lock"), locked: v.boolean() }),
  kick: v.strictObject({ type: v.literal("kick"), peer }),
  invite: v.strictObject({ type: v.literal("invite") }),
  end: v.strictObject({ type: v.literal("end") }),
  leave: v.strictObject({ type: v.literal("leave") }),
  beat: v.strictObject({ type: v.literal("beat") }),
} as const;

/**
 * Reads one message.
 *
 * @throws {SyntaxError} when it is no JSON, {@linkcode v.ValiError} when it is none of the messages.
 */
export function parseClientMessage(text: string): ClientMessage {
  const value: unknown = JSON.parse(text);
  const type = (value as { readonly type?: unknown } | null)?.type;
  if (typeof type !== "string" || !Object.hasOwn(MESSAGES, type)) {
    throw new SyntaxError("Cannot read the message: its type is unknown");
  }
  return v.parse(MESSAGES[type as keyof typeof MESSAGES], value) as ClientMessage;
}
