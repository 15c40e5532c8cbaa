/**
 * Shapes of messages in the JSON API.
 *
 * @module
 */
import * as v from "valibot";
import { messageJson as wireJson } from "../../im/protocol/json.ts";
import { KINDS, type Message, MODES, ROLES } from "../../im/protocol/message.ts";
import { MAX_LIKES } from "../../rooms/messages/like_service.ts";
import { described, text, time, url, whole } from "./schema_parts.ts";

const clientId = text("1–64 letters, digits, `_` or `-`: a repeated one is said once");
const words = text("1–300 characters and at most 1 KB; white space becomes single spaces");

/** Body of a text for a room. */
export const ChatBodySchema = v.pipe(
  v.object({
    kind: v.literal("chat"),
    text: words,
    clientId,
    style: v.optional(v.object({
      color: v.optional(
        described(v.nullable(v.string()), "`#rrggbb` of the palette that the level allows"),
      ),
      mode: v.optional(
        described(v.string(), `${MODES.join(", ")}; top and bottom from a level on`),
      ),
    })),
    replyTo: v.optional(described(v.nullable(v.string()), "Id of the message that it answers")),
  }),
  v.title("ChatInput"),
);

/** Body of a private text. */
export const PrivateBody = v.pipe(
  v.object({ text: words, clientId }),
  v.title("PrivateInput"),
);

/** Body of words to every room. */
export const BroadcastBody = v.pipe(
  v.object({
    text: words,
    room: v.optional(described(v.nullable(v.string()), "Number of a room that it leads to")),
    requestId: v.optional(text("A repeated one is said once")),
  }),
  v.title("BroadcastInput"),
);

/** Body of likes. */
export const LikesBody = v.pipe(
  v.object({
    count: whole(`1 to ${MAX_LIKES}`),
    requestId: text("1–64 letters, digits, `_` or `-`: a repeated one counts once"),
  }),
  v.title("LikesInput"),
);

const SenderSchema = v.pipe(
  v.object({
    id: text("The account's id; `v-…` for a visitor"),
    name: v.string(),
    level: whole("By coins spent"),
    role: v.picklist(ROLES),
  }),
  v.title("Sender"),
);

/** A message; which fields of a body there are depends on its kind (docs/messages.md). */
export const MessageSchema = v.pipe(
  v.object({
    id: text("Unique within its channel"),
    kind: v.picklist(KINDS),
    priority: whole("0: the most important"),
    from: described(v.nullable(SenderSchema), "null: the system"),
    at: time,
    stateKey: v.optional(text("Messages of one key replace each other")),
    merged: v.optional(whole("Messages behind this one when more than one was merged")),
    text: v.optional(text("chat")),
    color: v.optional(described(v.nullable(v.string()), "chat: `#rrggbb`")),
    mode: v.optional(v.picklist(MODES)),
    replyTo: v.optional(
      v.nullable(v.object({ id: v.string(), name: v.string(), text: v.string() })),
    ),
    gift: v.optional(text("gift: key of the catalogue")),
    count: v.optional(whole("gift")),
    combo: v.optional(whole("gift: how many in a row")),
    value: v.optional(whole("gift: coins")),
    side: v.optional(described(v.nullable(v.string()), "gift: whose side of a battle")),
    battle: v.optional(text("pk")),
    phase: v.optional(text("pk")),
    sides: v.optional(described(v.array(v.unknown()), "pk")),
    endsAtMs: v.optional(whole("pk: milliseconds since the epoch")),
    winner: v.optional(described(v.nullable(v.string()), "pk: a room, or null")),
    notice: v.optional(text("notice: what it is about")),
    data: v.optional(described(v.record(v.string(), v.unknown()), "notice")),
  }),
  v.title("Message"),
);

/** What was said. */
export const SaidAnswer = v.object({
  message: described(v.nullable(MessageSchema), "null: it is held for a review"),
});
/** What was said to everybody. */
export const MessageAnswer = v.object({ message: MessageSchema });

/** A page of history. */
export const HistoryAnswer = v.object({
  messages: described(v.array(MessageSchema), "In order, nothing left out"),
  cursor: described(v.nullable(v.string()), "For the page behind this one; null: there is none"),
});

/** A page of private texts. */
export const PrivateHistoryAnswer = v.object({
  messages: described(v.array(MessageSchema), "In order; may be fewer than the limit"),
  cursor: described(v.nullable(v.string()), "For the page behind this one; null: there is none"),
});

/** Likes that were taken. */
export const LikesAnswer = v.object({ taken: v.boolean() });

/** Where messages come from. */
export const GatewaysAnswer = v.object({
  push: described(v.array(v.picklist(KINDS)), "Kinds that come by the long connection"),
  poll: described(v.array(v.picklist(KINDS)), "Kinds that are polled"),
  gateways: described(v.array(url("WebSocket")), "The best one first; with `?ticket=`"),
  ticket: text("Good for a minute, to open connections with"),
  heartbeatMs: whole("Ping so often"),
  pollAfterMs: whole("Poll after so long"),
});

/** A message as the API shows it. */
export function messageJson(message: Message): v.InferInput<typeof MessageSchema> {
  return wireJson(message) as unknown as v.InferInput<typeof MessageSchema>;
}
