/**
 * What people say: into rooms, to each other, and administrators to everybody.
 *
 * @module
 */
import { laneOf } from "../../im/lanes.ts";
import type { MessageLog } from "../../im/log.ts";
import {
  accountChannel,
  atMsOf,
  type Channel,
  type ChatBody,
  type Content,
  type Draft,
  EVERYONE,
  type Message,
  messageId,
  scoreOfId,
  type Sender,
} from "../../im/protocol/message.ts";
import { addressKey } from "../attempt_limits.ts";
import { ServiceError } from "../errors.ts";
import { type Account, personOf, type Room } from "../model.ts";
import { RateLimiter, type SharedBuckets } from "../rate_limits.ts";
import type { Repositories } from "../repository.ts";
import { randomToken } from "../secrets.ts";
import type { Settings } from "../settings.ts";
import type { Gate, GateRequest } from "./gate.ts";
import { Once } from "./once.ts";
import type { People, Speaker } from "./people.ts";
import { parseMessageText, parseOnceId, parseStyle, quoteOf, type StyleInput } from "./words.ts";

/** A text for a room. */
export interface SayInput {
  readonly text: string;
  /** What the client calls it: a repeated one is said once. */
  readonly clientId: string;
  readonly style?: StyleInput;
  /** Id of the message that it answers. */
  readonly replyTo?: string | null;
}

/** A text for every room. */
export interface BroadcastInput {
  readonly text: string;
  /** Number of a room that it leads to. */
  readonly room?: string | null;
  /** A repeated one is said once. */
  readonly requestId?: string;
}

/** What became of a text. */
export type Said =
  | { readonly outcome: "said" | "repeated"; readonly message: Message }
  /** Somebody looks at it first. */
  | { readonly outcome: "held" };

/** Which part of a history is wanted. */
export interface HistoryPage {
  /** Inclusive. */
  readonly fromMs: number;
  /** Exclusive. */
  readonly toMs: number;
  /** `next` of the page before; null: the first. */
  readonly cursor: string | null;
  readonly limit: number;
}

/** A part of a history. */
export interface HistoryPart {
  /** In order. */
  readonly messages: readonly Message[];
  readonly next: string | null;
}

/** What {@linkcode MessageService} stands on. */
export interface MessageServiceOptions {
  readonly log: MessageLog;
  readonly repositories: Pick<Repositories, "accounts" | "audit">;
  readonly settings: Pick<Settings, "values">;
  readonly people: People;
  readonly gate: Gate;
  /** False: nothing is limited (load tests on a loopback address). */
  readonly rateLimits: boolean;
  readonly buckets: SharedBuckets | null;
  readonly now: () => number;
}

/** Most messages of a page of history. */
export const MAX_HISTORY_PAGE = 200;
const TEN_SECONDS_MS = 10_000;
/** Texts of one address; a school has one, too. */
const ADDRESS_POLICY = { burst: 100, refillMs: 100 };
const PRIVATE_POLICY = { burst: 10, refillMs: 2_000 };
const BROADCAST_POLICY = { burst: 5, refillMs: 20_000 };
const MAX_KEYS = 50_000;
const MAX_REMEMBERED = 20_000;
const MAX_AUDIT_ENTRIES = 100_000;

/** Implements the routes' `MessageService`. */
export class MessageService {
  readonly #options: MessageServiceOptions;
  readonly #bySender: RateLimiter;
  readonly #byAddress: RateLimiter;
  readonly #byRoom: RateLimiter;
  readonly #private: RateLimiter;
  readonly #broadcasts: RateLimiter;
  readonly #once = new Once<Said>({ maxKeys: MAX_REMEMBERED });

  constructor(options: MessageServiceOptions) {
    this.#options = options;
    const { buckets } = options;
    const limits = { buckets, maxKeys: MAX_KEYS };
    this.#bySender = new RateLimiter("chat_sender", PRIVATE_POLICY, limits);
    this.#byAddress = new RateLimiter("chat_address", ADDRESS_POLICY, limits);
    this.#byRoom = new RateLimiter("chat_room", PRIVATE_POLICY, limits);
    this.#private = new RateLimiter("private", PRIVATE_POLICY, limits);
    this.#broadcasts = new RateLimiter("broadcast", BROADCAST_POLICY, { buckets, maxKeys: 1 });
  }

  /**
   * Says a text into a room, live or not.
   *
   * @throws {ServiceError} `invalid`, `not_found`, `suspended`, `forbidden` (style), `slow_down` with
   * the seconds to wait, and whatever the gate refuses with.
   */
  async say(speaker: Speaker, roomId: string, input: SayInput): Promise<Said> {
    const text = parseMessageText(input.text);
    const clientId = parseOnceId(input.clientId, "clientId");
    const { people } = this.#options;
    const room = await people.room(roomId, speaker.account);
    const sender = await people.sender(speaker, room);
    const dedupeKey = `chat ${sender.id} ${clientId}`;
    return await this.#onlyOnce(`${room.id} ${dedupeKey}`, async () => {
      const style = parseStyle(input.style ?? {}, sender);
      await this.#takeTurn(speaker, { sender, room });
      const replyTo = input.replyTo == null ? null : await this.#quote(room, input.replyTo);
      const content: Content = { kind: "chat", body: { text, ...style, replyTo } };
      const draft = this.#draft(content, sender);
      const { account } = speaker;
      return await this.#pass(
        { room, receiver: null, account, sender, draft, dedupeKey },
        (passed) => this.#append(room.id, passed, dedupeKey),
      );
    });
  }

  /**
   * Says a text to one account; both have it on their long connections. Answers the sender's copy.
   *
   * @throws {ServiceError} as {@linkcode MessageService.say} does.
   */
  async tell(
    speaker: Speaker & { readonly account: Account },
    receiverId: string,
    input: Pick<SayInput, "text" | "clientId">,
  ): Promise<Said> {
    const text = parseMessageText(input.text);
    const clientId = parseOnceId(input.clientId, "clientId");
    const { people, repositories } = this.#options;
    const sender = await people.sender(speaker, null);
    if (receiverId === sender.id) {
      throw new ServiceError("invalid", "Cannot send the message: it is to oneself", {
        field: "account",
      });
    }
    const receiver = /^[0-9a-z-]{1,40}$/.test(receiverId)
      ? await repositories.accounts.byId(receiverId)
      : null;
    if (receiver === null) {
      throw new ServiceError("not_found", "Cannot find the account: unknown");
    }
    const dedupeKey = `private ${sender.id} ${clientId}`;
    return await this.#onlyOnce(dedupeKey, async () => {
      await this.#limit(this.#private, sender.id);
      await this.#limit(this.#byAddress, addressKey(speaker.address));
      const { id, name } = personOf(receiver);
      const draft = this.#draft(
        { kind: "notice", body: { notice: "private", data: { text, to: { id, name } } } },
        sender,
      );
      const { account } = speaker;
      return await this.#pass(
        { room: null, receiver, account, sender, draft, dedupeKey },
        async (passed) => {
          // The sender's copy is the sign that the receiver has it.
          await this.#append(accountChannel(receiver.id), passed, dedupeKey);
          return await this.#append(accountChannel(sender.id), passed, dedupeKey);
        },
      );
    });
  }

  /**
   * Says a text in every room; it may lead to one.
   *
   * @throws {ServiceError} `forbidden`, `invalid`, or `slow_down` with the seconds to wait.
   */
  async broadcast(actor: Account, input: BroadcastInput): Promise<Message> {
    if (!actor.admin) throw new ServiceError("forbidden", "Cannot do this: administrators only");
    const text = parseMessageText(input.text);
    const { people, repositories, now } = this.#options;
    const requestId = input.requestId === undefined
      ? randomToken(12)
      : parseOnceId(input.requestId, "requestId");
    const room = input.room == null ? null : await this.#openRoom(input.room);
    const sender = await people.sender({ account: actor, address: "" }, null);
    const dedupeKey = `broadcast ${actor.id} ${requestId}`;
    const said = await this.#onlyOnce(dedupeKey, async () => {
      await this.#limit(this.#broadcasts, "all");
      const leadsTo = room && { id: room.id, title: room.title, owner: room.owner.name };
      const data = { text, ...leadsTo && { room: leadsTo } };
      const draft = this.#draft({ kind: "notice", body: { notice: "broadcast", data } }, sender);
      const appended = await this.#append(EVERYONE, draft, dedupeKey);
      if (appended.outcome === "repeated") return appended;
      await repositories.audit.append({
        atMs: now(),
        actor: { id: actor.id, name: actor.name },
        action: "broadcast_sent",
        target: "everyone",
        detail: room === null ? text : `${text} (${room.id})`,
      }, { maxEntries: MAX_AUDIT_ENTRIES });
      return appended;
    });
    return (said as { readonly message: Message }).message;
  }

  /**
   * A page of a room's history, in order, nothing left out; `next` is the cursor of the page behind
   * it, null at the end.
   *
   * @throws {ServiceError} `not_found`, `suspended`, or `invalid` for a cursor that is none.
   */
  async history(
    viewer: Account | null,
    roomId: string,
    page: HistoryPage,
  ): Promise<HistoryPart> {
    const room = await this.#options.people.room(roomId, viewer);
    return await this.#historyOf(room.id, page);
  }

  /**
   * A page of what an account said to others and others to it, in order; kept for 30 days. A page
   * may be shorter than its limit and not be the last.
   *
   * @throws {ServiceError} `invalid` for a cursor that is none.
   */
  async privateHistory(account: Account, page: HistoryPage): Promise<HistoryPart> {
    const { messages, next } = await this.#historyOf(accountChannel(account.id), page);
    return { messages: messages.filter(isPrivate), next };
  }

  async #historyOf(channel: Channel, page: HistoryPage): Promise<HistoryPart> {
    const { fromMs, toMs, cursor } = page;
    const after = cursor === null ? null : scoreOfId(cursor);
    if (cursor !== null && after === null) {
      throw new ServiceError("invalid", "Cannot accept cursor: it is none of ours", {
        field: "cursor",
      });
    }
    const limit = Math.max(1, Math.min(Math.floor(page.limit), MAX_HISTORY_PAGE));
    const { messages, next } = await this.#options.log.history(channel, {
      fromMs,
      toMs,
      after,
      limit,
    });
    return { messages, next: next === null ? null : messageId(next) };
  }

  /** Figures for metrics and tests. */
  inspect() {
    return {
      senders: this.#bySender.size,
      addresses: this.#byAddress.size,
      remembered: this.#once.size,
    };
  }

  async #onlyOnce(key: string, work: () => Promise<Said>): Promise<Said> {
    const { outcome, repeated } = await this.#once.run(key, work);
    return repeated && outcome.outcome === "said" ? { ...outcome, outcome: "repeated" } : outcome;
  }

  async #pass(request: GateRequest, append: (passed: Draft) => Promise<Said>): Promise<Said> {
    const verdict = await this.#options.gate.check(request);
    switch (verdict.outcome) {
      case "allowed":
        return await append(withText(request.draft, verdict.text));
      case "held":
        return { outcome: "held" };
      case "refused":
        throw new ServiceError(verdict.code, verdict.reason, {
          ...(verdict.members && { members: verdict.members }),
          ...(verdict.retryAfterMs !== null && {
            retryAfterS: Math.max(1, Math.ceil(verdict.retryAfterMs / 1000)),
          }),
        });
    }
  }

  /** @throws {ServiceError} `invalid` for a room that nobody could go to. */
  async #openRoom(id: string): Promise<Room> {
    try {
      return await this.#options.people.room(id, null);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      throw new ServiceError("invalid", "Cannot accept room: there is no open one of this number", {
        field: "room",
      });
    }
  }

  async #append(channel: string, draft: Draft, dedupeKey: string): Promise<Said> {
    const [appended] = await this.#options.log.append(channel, [{ draft, dedupeKey }]);
    const { message, repeated } = appended as { message: Message; repeated: boolean };
    return { outcome: repeated ? "repeated" : "said", message };
  }

  #draft(content: Content, from: Sender): Draft {
    const lane = laneOf(content, { from, settings: this.#options.settings.values.im });
    return { ...content, lane, from, stateKey: null };
  }

  /** Takes a turn of the sender, of their address and of the room, or says which has none left. */
  async #takeTurn(
    { address }: Speaker,
    { sender, room }: { readonly sender: Sender; readonly room: Room },
  ): Promise<void> {
    const { chatPerTenSeconds, roomChatPerSecond } = this.#options.settings.values.im;
    const own = `${room.id} ${sender.id}`;
    const ownPolicy = {
      burst: chatPerTenSeconds,
      refillMs: TEN_SECONDS_MS / chatPerTenSeconds,
    };
    await this.#limit(this.#bySender, own, ownPolicy);
    try {
      await this.#limit(this.#byAddress, addressKey(address));
      await this.#limit(this.#byRoom, room.id, {
        burst: roomChatPerSecond,
        refillMs: 1_000 / roomChatPerSecond,
      }, "the room is full of words");
    } catch (error) {
      // It was not the sender's fault.
      await this.#bySender.refund(own, ownPolicy);
      throw error;
    }
  }

  async #limit(
    limiter: RateLimiter,
    key: string,
    policy?: { readonly burst: number; readonly refillMs: number },
    why = "too many messages",
  ): Promise<void> {
    if (!this.#options.rateLimits) return;
    const waitS = await limiter.take(key, this.#options.now(), policy);
    if (waitS > 0) {
      throw new ServiceError("slow_down", `Cannot say this: ${why}, try again in ${waitS} s`, {
        retryAfterS: waitS,
      });
    }
  }

  /** What a reply shows of the message that it answers. */
  async #quote(room: Room, id: string): Promise<ChatBody["replyTo"]> {
    const score = scoreOfId(id);
    const { messages: [answered] } = score === null
      ? { messages: [] }
      : await this.#options.log.history(room.id, {
        fromMs: atMsOf(score),
        toMs: atMsOf(score) + 1,
        after: score - 1,
        limit: 1,
      });
    if (answered?.score !== score || answered.kind !== "chat" || answered.from === null) {
      throw new ServiceError("invalid", "Cannot answer the message: it is gone", {
        field: "replyTo",
      });
    }
    return { id, name: answered.from.name, text: quoteOf(answered.body.text) };
  }
}

function isPrivate(message: Message): boolean {
  return message.kind === "notice" && message.body.notice === "private";
}

/** The draft with other words. */
function withText(draft: Draft, text: string | undefined): Draft {
  if (text === undefined) return draft;
  if (draft.kind === "chat") return { ...draft, body: { ...draft.body, text } };
  if (draft.kind !== "notice") return draft;
  return { ...draft, body: { ...draft.body, data: { ...draft.body.data, text } } };
}
