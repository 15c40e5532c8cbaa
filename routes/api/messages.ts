/**
 * Messages over JSON: what people say and read back, likes, and where messages come from. New ones
 * are read at the edge (`GET /api/rooms/{room}/messages` and `/im`).
 *
 * @module
 */
import type { Context } from "hono";
import {
  type HistoryPage,
  MAX_HISTORY_PAGE,
  type Said,
} from "../../rooms/messages/message_service.ts";
import type { Speaker } from "../../rooms/messages/people.ts";
import { StoreBusyError } from "../../rooms/errors.ts";
import { clientOf } from "../client.ts";
import {
  type GatewayService,
  type LikeService,
  type MessageService,
  type PeopleService,
  ServiceError,
} from "../services.ts";
import { bearerToken, requireAdmin, requireSession, sessionOf } from "../session.ts";
import {
  BroadcastBody,
  ChatBodySchema,
  GatewaysAnswer,
  HistoryAnswer,
  LikesAnswer,
  LikesBody,
  MessageAnswer,
  messageJson,
  PrivateBody,
  PrivateHistoryAnswer,
  SaidAnswer,
} from "./message_schemas.ts";
import { shortText, wholeNumber } from "./query.ts";
import { answerWith, type ApiRoute, defineRoute } from "./table.ts";

/** The end of the times that scores can tell. */
const MAX_TIME_MS = 4_000_000_000_000;

const fromMs = wholeNumber("fromMs", {
  description: "From this time on (inclusive), milliseconds since the epoch",
  min: 0,
  max: MAX_TIME_MS,
  fallback: 0,
});
const toMs = wholeNumber("toMs", {
  description: "Before this time (exclusive), milliseconds since the epoch",
  min: 0,
  max: MAX_TIME_MS,
  fallback: MAX_TIME_MS,
});
const cursor = shortText("cursor", {
  description: "`cursor` of the page before; without it the first",
  max: 20,
});
const limit = wholeNumber("limit", {
  description: "At most so many",
  min: 1,
  max: MAX_HISTORY_PAGE,
  fallback: MAX_HISTORY_PAGE,
});
const room = shortText("room", { description: "Id of the room", max: 20 });

const TELLING = [
  "invalid",
  "unauthenticated",
  "forbidden",
  "suspended",
  "not_found",
  "slow_down",
] as const;
const SAYING = [
  ...TELLING,
  "muted",
  "banned",
  "followers_only",
  "level",
  "emotes_only",
  "visitors",
  "words",
] as const;

/** What the calls stand on. */
export interface MessageRoutesOptions {
  readonly messages: MessageService;
  readonly likes: LikeService;
  readonly people: PeopleService;
  readonly gateways: GatewayService;
}

/** The calls about messages. */
export function messageRoutes(options: MessageRoutesOptions): readonly ApiRoute[] {
  return [...talkCalls(options), ...roomCalls(options)];
}

function talkCalls({ messages }: MessageRoutesOptions): readonly ApiRoute[] {
  return [
    defineRoute({
      method: "POST",
      path: "/api/rooms/{room}/messages",
      name: "say",
      summary: "Say something in a room",
      access: "anyone",
      body: ChatBodySchema,
      status: 201,
      also: { 200: "It was said before", 202: "It is held for a review" },
      answer: SaidAnswer,
      refusals: SAYING,
      handle: (c, { kind: _kind, ...input }) =>
        orSlowDown(async () => {
          const speaker = await speakerOf(c);
          // Who believes to be logged in is no visitor.
          if (speaker.account === null && bearerToken(c) !== undefined) await requireSession(c);
          return answerSaid(c, await messages.say(speaker, roomOf(c), input));
        }),
    }),
    defineRoute({
      method: "POST",
      path: "/api/accounts/{account}/messages",
      name: "sayPrivately",
      summary: "Say something to one account",
      access: "account",
      body: PrivateBody,
      status: 201,
      also: { 200: "It was said before", 202: "It is held for a review" },
      answer: SaidAnswer,
      refusals: [...TELLING, "words", "blocked"],
      async handle(c, input) {
        const { account } = await requireSession(c);
        const speaker = { account, address: clientOf(c).address };
        return answerSaid(c, await messages.tell(speaker, c.req.param("account") ?? "", input));
      },
    }),
    defineRoute({
      method: "GET",
      path: "/api/account/messages",
      name: "listPrivateMessages",
      summary: "What one said to others and others to one, in order; kept for 30 days",
      access: "account",
      query: [fromMs, toMs, cursor, limit],
      status: 200,
      answer: PrivateHistoryAnswer,
      refusals: ["invalid", "unauthenticated"],
      async handle(c) {
        const { account } = await requireSession(c);
        const part = await messages.privateHistory(account, pageOf(c));
        return { messages: part.messages.map(messageJson), cursor: part.next };
      },
    }),
    defineRoute({
      method: "POST",
      path: "/api/broadcasts",
      name: "broadcast",
      summary: "Say something in every room",
      access: "administrator",
      body: BroadcastBody,
      status: 201,
      answer: MessageAnswer,
      refusals: ["invalid", "unauthenticated", "forbidden", "slow_down"],
      async handle(c, input) {
        const { account } = await requireAdmin(c);
        const { requestId, ...said } = input;
        const message = await messages.broadcast(account, {
          ...said,
          ...requestId !== undefined && { requestId },
        });
        return { message: messageJson(message) };
      },
    }),
  ];
}

function roomCalls(
  { messages, likes, people, gateways }: MessageRoutesOptions,
): readonly ApiRoute[] {
  return [
    defineRoute({
      method: "GET",
      path: "/api/rooms/{room}/history",
      name: "listHistory",
      summary: "Every kept message of a range of time, in order",
      access: "anyone",
      query: [fromMs, toMs, cursor, limit],
      status: 200,
      answer: HistoryAnswer,
      refusals: ["invalid", "suspended", "not_found"],
      async handle(c) {
        const viewer = (await sessionOf(c))?.account ?? null;
        const page = await messages.history(viewer, roomOf(c), pageOf(c));
        return { messages: page.messages.map(messageJson), cursor: page.next };
      },
    }),
    defineRoute({
      method: "POST",
      path: "/api/rooms/{room}/likes",
      name: "like",
      summary: "Like a room, some times at once",
      access: "anyone",
      body: LikesBody,
      status: 202,
      answer: LikesAnswer,
      refusals: ["invalid", "suspended", "not_found", "slow_down"],
      handle: (c, input) =>
        orSlowDown(async () => {
          await likes.like(await speakerOf(c), roomOf(c), input);
          return { taken: true };
        }),
    }),
    defineRoute({
      method: "GET",
      path: "/api/im/gateways",
      name: "getGateways",
      summary: "Which messages come by which way, gateways and a ticket for them",
      access: "anyone",
      query: [room],
      status: 200,
      answer: GatewaysAnswer,
      refusals: ["invalid", "suspended", "banned", "not_found"],
      async handle(c) {
        const id = room.read(c);
        if (id === "") {
          throw new ServiceError("invalid", "Cannot accept room: it is missing", { field: "room" });
        }
        const speaker = await speakerOf(c);
        const found = await people.room(id, speaker.account);
        const sender = speaker.account === null ? null : await people.sender(speaker, found);
        if (sender !== null) people.enter(sender, found.id);
        const { baseUrl } = clientOf(c);
        const { push, poll, gateways: places, ...rest } = await gateways.offer(found.id, {
          sender,
          baseUrl,
        });
        c.header("Cache-Control", "no-store");
        return { push: [...push], poll: [...poll], gateways: [...places], ...rest };
      },
    }),
  ];
}

async function speakerOf(c: Context): Promise<Speaker> {
  const account = (await sessionOf(c))?.account ?? null;
  return { account, address: clientOf(c).address };
}

function answerSaid(c: Context, said: Said) {
  if (said.outcome === "held") {
    answerWith(c, 202);
    return { message: null };
  }
  if (said.outcome === "repeated") answerWith(c, 200);
  return { message: messageJson(said.message) };
}

/** A crowd that the store cannot follow is told to wait, like one that says too much. */
async function orSlowDown<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof StoreBusyError)) throw error;
    throw new ServiceError("slow_down", "Cannot do this now: too many do, try again in 1 s", {
      retryAfterS: 1,
    });
  }
}

function pageOf(c: Context): HistoryPage {
  return {
    fromMs: fromMs.read(c),
    toMs: toMs.read(c),
    cursor: cursor.read(c) || null,
    limit: limit.read(c),
  };
}

function roomOf(c: Context): string {
  return c.req.param("room") ?? "";
}
