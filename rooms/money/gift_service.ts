/**
 * Gifts: paid, told to the room, counted. The steps stand in `repository.ts`; each may be done
 * again, by this process or by another one, and counts once.
 *
 * @module
 */
import { laneOf } from "../../im/lanes.ts";
import type { MessageLog } from "../../im/log.ts";
import {
  type Content,
  type Draft,
  EVERYONE,
  type Message,
  type Sender,
} from "../../im/protocol/message.ts";
import { ServiceError, StoreBusyError } from "../errors.ts";
import type { People, Speaker } from "../messages/people.ts";
import { parseOnceId } from "../messages/words.ts";
import type { Account, Room } from "../model.ts";
import type { Battle } from "../pk/battle.ts";
import { counts, otherRoom } from "../pk/battle.ts";
import { RateLimiter, type SharedBuckets } from "../rate_limits.ts";
import type { Settings } from "../settings.ts";
import { GIFT_COUNT, giftOf } from "./catalogue.ts";
import type { Leaderboards } from "./leaderboards.ts";
import { levelOf } from "./levels.ts";
import { ANNOUNCE_EVERY_MS, type MoneyStore, type Payment, type Rank } from "./repository.ts";
import type { Levels } from "./standing.ts";

/** A payment that is not settled after this time was left behind, milliseconds. */
export const LEFT_BEHIND_MS = 5_000;
const MAX_SWEEP = 500;
/** Calls of one account; a combo is many quick ones. */
const GIFT_POLICY = { burst: 30, refillMs: 100 };
const MAX_KEYS = 50_000;

/** A gift as it is asked for. */
export interface GiftInput {
  /** Key of the catalogue. */
  readonly gift: string;
  readonly count: number;
  /** What the client calls it: a repeated one is paid once. */
  readonly requestId: string;
  /** In a battle: whose side; left out: that of the room. */
  readonly side?: string | null;
}

/** A gift that was given. */
export interface Given {
  /** `repeated`: some time before. */
  readonly outcome: "given" | "repeated";
  readonly message: Message;
  /** Coins left behind it. */
  readonly balance: number;
}

/** What {@linkcode Gifts} stands on. */
export interface GiftsOptions {
  readonly log: Pick<MessageLog, "append">;
  readonly money: MoneyStore;
  readonly people: People;
  readonly settings: Pick<Settings, "values">;
  readonly levels: Levels;
  readonly leaderboards: Leaderboards;
  /** The room that announcements name. */
  readonly rooms: { byId(id: string): Promise<Room | null> };
  readonly battles: {
    /** The battle that a room is in now, as last seen. */
    of(roomId: string): Promise<Battle | null>;
    /** A gift counted in it. */
    scored(battle: Battle): void;
  };
  /** False: nothing is limited (load tests on a loopback address). */
  readonly rateLimits: boolean;
  readonly buckets: SharedBuckets | null;
  readonly now: () => number;
}

/** Implements the routes' `GiftService`; whoever owns it calls {@linkcode Gifts.sweep}. */
export class Gifts {
  readonly #options: GiftsOptions;
  readonly #limiter: RateLimiter;
  #swept = 0;

  constructor(options: GiftsOptions) {
    this.#options = options;
    const { buckets } = options;
    this.#limiter = new RateLimiter("gift", GIFT_POLICY, { buckets, maxKeys: MAX_KEYS });
  }

  /** Payments that {@linkcode Gifts.sweep} finished. */
  get swept(): number {
    return this.#swept;
  }

  /**
   * Gives a gift into a room, live or not. Who was shown out of the room gives nothing there, and is
   * told before any coin moves; who is muted may give: gifts hold no words.
   *
   * @throws {ServiceError} `invalid`, `not_found`, `suspended`, `banned`, `slow_down`, `too_poor` with
   * the balance, or `busy`: the same again (with the same `requestId`) goes on where it stopped.
   */
  async give(
    speaker: Speaker & { readonly account: Account },
    roomId: string,
    input: GiftInput,
  ): Promise<Given> {
    const requestId = parseOnceId(input.requestId, "requestId");
    const gift = giftOf(input.gift);
    if (gift === null) throw invalid("gift", "there is none of this name");
    const { count } = input;
    if (!Number.isInteger(count) || count < GIFT_COUNT.min || count > GIFT_COUNT.max) {
      throw invalid(
        "count",
        `it must be a whole number from ${GIFT_COUNT.min} to ${GIFT_COUNT.max}`,
      );
    }
    const { people, money, settings, rateLimits, now } = this.#options;
    const room = await people.room(roomId, speaker.account);
    const battle = await this.#battleOf(room, input.side ?? null);
    const sender = await people.sender(speaker, room);
    const waitS = rateLimits ? await this.#limiter.take(sender.id, now()) : 0;
    if (waitS > 0) {
      throw new ServiceError("slow_down", `Cannot give this: try again in ${waitS} s`, {
        retryAfterS: waitS,
      });
    }
    const value = gift.coins * count;
    const outcome = await money.wallets.pay({
      requestId,
      accountId: sender.id,
      roomId: room.id,
      gift: gift.key,
      count,
      value,
      battle,
      sender: { name: sender.name, role: sender.role },
      announce: value >= settings.values.im.bigGiftCoins,
      atMs: now(),
    });
    if (outcome.outcome === "poor") {
      const { balance } = outcome;
      throw new ServiceError(
        "too_poor",
        `Cannot give this: it costs ${value}, there are ${balance}`,
        {
          members: { balance, price: value },
        },
      );
    }
    const { payment } = outcome;
    return {
      outcome: outcome.outcome === "paid" ? "given" : "repeated",
      message: await this.#finishOrAskAgain(payment),
      balance: payment.balance,
    };
  }

  /**
   * Who gave most in a room.
   *
   * @throws {ServiceError} `not_found`, `suspended`.
   */
  async leaderboard(
    viewer: Account | null,
    roomId: string,
    options: { readonly period: "day" | "all"; readonly limit: number },
  ): Promise<readonly Rank[]> {
    const { people, leaderboards, now } = this.#options;
    const room = await people.room(roomId, viewer);
    return await leaderboards.top(room.id, { ...options, nowMs: now() });
  }

  /** Finishes payments that were left behind; answers how many. */
  async sweep(nowMs: number): Promise<number> {
    const found = await this.#options.money.wallets.unsettled({
      beforeMs: nowMs - LEFT_BEHIND_MS,
      limit: MAX_SWEEP,
    });
    const outcomes = await Promise.allSettled(found.map((payment) => this.#finish(payment)));
    const done = outcomes.filter(({ status }) => status === "fulfilled").length;
    this.#swept += done;
    const failed = outcomes.find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
    return done;
  }

  async #battleOf(room: Room, side: string | null): Promise<Payment["battle"]> {
    const battle = await this.#options.battles.of(room.id);
    const running = battle !== null && counts(battle, this.#options.now()) ? battle : null;
    if (side === null) return running === null ? null : { id: running.id, side: room.id };
    if (running === null || (side !== room.id && side !== otherRoom(running, room.id))) {
      throw invalid("side", "there is no such side of a running battle");
    }
    return { id: running.id, side };
  }

  async #finishOrAskAgain(payment: Payment): Promise<Message> {
    try {
      return await this.#finish(payment);
    } catch (error) {
      if (!(error instanceof StoreBusyError)) throw error;
      throw new ServiceError(
        "busy",
        "Cannot show the gift just now: it is paid, ask again with the same requestId",
        { retryAfterS: 1 },
      );
    }
  }

  /** Everything behind the payment, in an order in which each step may be the last. */
  async #finish(payment: Payment): Promise<Message> {
    const { log, money, levels, leaderboards, battles } = this.#options;
    levels.note(payment.accountId, payment.spent);
    const draft = this.#draftOf(payment);
    if (payment.score !== null) return { ...draft, score: payment.score, merged: 1 };
    const { accountId, requestId, roomId, sender, value, battle, atMs } = payment;
    const [appended] = await log.append(roomId, [{
      draft,
      dedupeKey: `gift ${accountId} ${requestId}`,
    }]);
    const { message } = appended as { message: Message };
    await Promise.all([
      money.boards.add({ roomId, accountId, requestId, name: sender.name, coins: value, atMs })
        .then(() => leaderboards.note(roomId)),
      battle === null ? null : money.battles.score({
        battleId: battle.id,
        room: battle.side,
        coins: value,
        key: `${accountId} ${requestId}`,
        atMs,
      }).then((scored) => {
        if (scored !== null) battles.scored(scored);
      }),
      payment.announce ? this.#announce(payment) : null,
    ]);
    await money.wallets.settle({ accountId, requestId, score: message.score });
    return message;
  }

  #draftOf(payment: Payment): Draft {
    const { gift, count, combo, value, battle } = payment;
    const content: Content = {
      kind: "gift",
      body: { gift, count, combo, value, side: battle?.side ?? null },
    };
    const from = senderOf(payment);
    return {
      ...content,
      from,
      lane: laneOf(content, { from, settings: this.#options.settings.values.im }),
      stateKey: combo > count ? `combo:${from.id}:${gift}` : null,
    };
  }

  /**
   * Tells every room of a big gift: one of a sender in ten seconds (the wallet decides), and one of a
   * room in ten seconds by the clock (the log knows it).
   */
  async #announce(payment: Payment): Promise<void> {
    const { roomId, gift, count, value, atMs } = payment;
    const room = await this.#options.rooms.byId(roomId);
    if (room === null) return;
    const draft: Draft = {
      kind: "notice",
      body: {
        notice: "broadcast",
        data: {
          gift,
          count,
          value,
          room: { id: roomId, title: room.title, owner: room.owner.name },
        },
      },
      from: senderOf(payment),
      lane: "broadcast",
      stateKey: null,
    };
    const dedupeKey = `big ${roomId} ${Math.floor(atMs / ANNOUNCE_EVERY_MS)}`;
    await this.#options.log.append(EVERYONE, [{ draft, dedupeKey }]);
  }
}

function senderOf({ accountId, sender, spent }: Payment): Sender {
  return { id: accountId, name: sender.name, level: levelOf(spent), role: sender.role };
}

function invalid(field: string, why: string): ServiceError {
  return new ServiceError("invalid", `Cannot accept ${field}: ${why}`, { field });
}
