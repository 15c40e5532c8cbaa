/**
 * What owners, their moderators and administrators do in a room: rules, mutes, bans, messages that
 * are taken back, reviews and reports. Every act stays in the room's list of acts; those of
 * administrators in other people's rooms in the audit log, too.
 *
 * @module
 */
import { laneOf } from "../../im/lanes.ts";
import type { MessageLog } from "../../im/log.ts";
import {
  atMsOf,
  type Draft,
  type Json,
  type Message,
  type NoticeName,
  scoreOfId,
} from "../../im/protocol/message.ts";
import { ServiceError } from "../errors.ts";
import type { People } from "../messages/people.ts";
import { rulesDraft } from "../messages/state_repeats.ts";
import { type Account, personOf, type Room } from "../model.ts";
import { RateLimiter, type SharedBuckets } from "../rate_limits.ts";
import type { Repositories } from "../repository.ts";
import { nameKey, parseLine } from "../rules.ts";
import { sha256Hex } from "../secrets.ts";
import type { Settings } from "../settings.ts";
import type {
  Act,
  Block,
  HeldText,
  ModerationLists,
  Moderator,
  Named,
  Report,
  Restriction,
  RestrictionKind,
} from "./lists.ts";
import { takeBack } from "./take_back.ts";
import type { RoomGuard } from "./room_guard.ts";
import { changedRules, type RoomRules, type RoomRulesChange } from "./room_rules.ts";

/** A mute or a ban that is wanted. */
export interface RestrictInput {
  /** Null: for ever; bans alone. */
  readonly seconds: number | null;
  readonly reason?: string;
}

/** Length of a mute, seconds, inclusive; the same holds for a ban that ends. */
export const RESTRICTION_S = { min: 60, max: 30 * 24 * 3_600 } as const;
/** Whoever said something may take it back for so long, milliseconds. */
export const TAKE_BACK_MS = 120_000;
/** Characters of a reason. */
export const MAX_REASON = 200;
/** Rows of a list. */
export const MAX_LISTED = 200;
const MAX_AUDIT_ENTRIES = 100_000;
const REPORT_POLICY = { burst: 5, refillMs: 12_000 };
const MAX_KEYS = 50_000;

/** What {@linkcode Moderation} stands on. */
export interface ModerationOptions {
  readonly lists: ModerationLists;
  readonly guard: RoomGuard;
  readonly people: People;
  readonly log: MessageLog;
  readonly repositories: Pick<Repositories, "accounts" | "audit">;
  readonly settings: Pick<Settings, "values">;
  readonly rateLimits: boolean;
  readonly buckets: SharedBuckets | null;
  readonly now: () => number;
}

/** Implements the routes' `ModerationService`. */
export class Moderation {
  readonly #options: ModerationOptions;
  readonly #reports: RateLimiter;

  constructor(options: ModerationOptions) {
    this.#options = options;
    const { buckets } = options;
    this.#reports = new RateLimiter("report", REPORT_POLICY, { buckets, maxKeys: MAX_KEYS });
  }

  /**
   * The rules of a room, and whether the viewer looks after it; who does not is shown no words.
   *
   * @throws {ServiceError} `not_found`, `suspended`.
   */
  async rules(viewer: Account | null, roomId: string): Promise<{
    readonly rules: RoomRules;
    readonly moderates: boolean;
    /** What keeps the viewer from talking; null: nothing. */
    readonly mute: Restriction | null;
    readonly ban: Restriction | null;
  }> {
    const { guard, people } = this.#options;
    const room = await people.room(roomId, viewer);
    const moderates = viewer !== null && await this.#looksAfter(viewer, room);
    const { mute, ban } = viewer === null || moderates
      ? { mute: null, ban: null }
      : await guard.restrictions(room.id, viewer.id);
    return { rules: await guard.rules(room.id), moderates, mute, ban };
  }

  /**
   * Changes rules; the room hears of it.
   *
   * @throws {ServiceError} `invalid`, `forbidden`, `not_found`, `suspended`.
   */
  async changeRules(actor: Account, roomId: string, change: RoomRulesChange): Promise<RoomRules> {
    const room = await this.#caredFor(actor, roomId);
    const { lists, guard } = this.#options;
    const before = await lists.rules(room.id);
    const rules = changedRules(before, change);
    const keys = (Object.keys(rules) as (keyof RoomRules)[])
      .filter((key) => JSON.stringify(rules[key]) !== JSON.stringify(before[key]));
    if (keys.length === 0) return rules;
    await lists.putRules(room.id, rules);
    guard.forget(room.id, null);
    await this.#options.log.append(room.id, [{ draft: rulesDraft(rules), dedupeKey: null }]);
    await this.#note(actor, room, { act: "rules_changed", account: null, detail: keys.join(", ") });
    return rules;
  }

  /** @throws {ServiceError} `forbidden`, `not_found`, `suspended`. */
  async moderators(actor: Account, roomId: string): Promise<Moderator[]> {
    const room = await this.#caredFor(actor, roomId);
    return await this.#options.lists.moderators(room.id);
  }

  /**
   * Makes somebody a moderator.
   *
   * @throws {ServiceError} `forbidden` for who is not the owner, `not_found`, `too_many`, `suspended`,
   * `invalid` for the owner.
   */
  async addModerator(actor: Account, roomId: string, accountId: string): Promise<void> {
    const room = await this.#owned(actor, roomId);
    const account = await this.#account(accountId);
    if (account.id === room.owner.id) {
      throw new ServiceError("invalid", "Cannot appoint the account: it is the owner's", {
        field: "account",
      });
    }
    const { lists, guard } = this.#options;
    const standing = await lists.standing(room.id, account.id);
    if (standing.moderates) return;
    if (await lists.addModerator(room.id, named(account)) === "too_many") {
      throw new ServiceError("too_many", "Cannot appoint more: a room has at most 50 moderators");
    }
    guard.forget(room.id, account.id);
    await this.#note(actor, room, {
      act: "moderator_added",
      account: named(account),
      detail: "",
    });
  }

  /** @throws {ServiceError} `forbidden` for who is neither the owner nor this moderator. */
  async removeModerator(actor: Account, roomId: string, accountId: string): Promise<void> {
    const { lists, guard, people } = this.#options;
    const room = actor.id === accountId
      ? await people.room(roomId, actor)
      : await this.#owned(actor, roomId);
    if (!await lists.removeModerator(room.id, accountId)) return;
    guard.forget(room.id, accountId);
    const account = await this.#nameOf(accountId);
    await this.#note(actor, room, { act: "moderator_removed", account, detail: "" });
  }

  /** Mutes or bans that hold, the newest first. @throws {ServiceError} as `moderators()`. */
  async restrictions(
    actor: Account,
    roomId: string,
    kind: RestrictionKind,
  ): Promise<Restriction[]> {
    const room = await this.#caredFor(actor, roomId);
    return await this.#options.lists.restrictions(room.id, { kind, limit: MAX_LISTED });
  }

  /**
   * Mutes somebody, or shows them out; the room hears of it, and edges end their connections.
   *
   * @throws {ServiceError} `invalid`, `forbidden` for who may not do it to them, `not_found`,
   * `too_many`, `suspended`.
   */
  async restrict(
    actor: Account,
    roomId: string,
    { kind, accountId, ...input }: RestrictInput & {
      readonly kind: RestrictionKind;
      readonly accountId: string;
    },
  ): Promise<Restriction> {
    const room = await this.#caredFor(actor, roomId);
    const { lists, guard, now } = this.#options;
    const { seconds } = input;
    const { min, max } = RESTRICTION_S;
    const isLength = seconds === null
      ? kind === "bans"
      : Number.isInteger(seconds) && seconds >= min && seconds <= max;
    if (!isLength) {
      throw new ServiceError(
        "invalid",
        `Cannot accept seconds: it must be a whole number from ${min} to ${max}` +
          (kind === "bans" ? ", or null" : ""),
        { field: "seconds" },
      );
    }
    const reason = parseReason(input.reason ?? "", 0);
    const account = await this.#account(accountId);
    const moderates = await this.#requireRank(actor, room, account);
    const atMs = now();
    const restriction = {
      account: named(account),
      untilMs: seconds === null ? null : atMs + seconds * 1000,
      reason,
      by: named(actor),
    };
    if (await lists.restrict(room.id, { kind, ...restriction }) === "too_many") {
      throw new ServiceError("too_many", "Cannot add to the list: it is full");
    }
    // Who is shown out helps no more.
    if (moderates && kind === "bans") await lists.removeModerator(room.id, account.id);
    guard.forget(room.id, account.id);
    const notice = kind === "mutes" ? "muted" : "banned";
    const { untilMs } = restriction;
    await this.#tell(room, notice, { account: account.id, name: personOf(account).name, untilMs });
    const length = seconds === null ? "" : `${seconds} s`;
    await this.#note(actor, room, {
      act: notice,
      account: named(account),
      detail: [length, reason].filter((part) => part !== "").join(": "),
    });
    return { atMs, ...restriction };
  }

  /** Ends a mute or a ban. @throws {ServiceError} `forbidden`, `not_found`, `suspended`. */
  async lift(
    actor: Account,
    roomId: string,
    { kind, accountId }: { readonly kind: RestrictionKind; readonly accountId: string },
  ): Promise<void> {
    const room = await this.#caredFor(actor, roomId);
    const { lists, guard } = this.#options;
    if (!await lists.lift(room.id, { kind, accountId })) return;
    guard.forget(room.id, accountId);
    const account = await this.#nameOf(accountId);
    const isMute = kind === "mutes";
    await this.#tell(room, isMute ? "muted" : "banned", { account: accountId, lifted: true });
    await this.#note(actor, room, { act: isMute ? "unmuted" : "unbanned", account, detail: "" });
  }

  /**
   * Takes a text back for everybody.
   *
   * @throws {ServiceError} `forbidden` for who neither looks after the room nor said it a moment ago,
   * `not_found`, `suspended`.
   */
  async removeMessage(actor: Account, roomId: string, id: string): Promise<void> {
    const { people, log, now } = this.#options;
    const room = await people.room(roomId, actor);
    const message = await this.#message(room, id);
    const { from } = message;
    const isOwn = from !== null && from.id === actor.id;
    const isFresh = now() - atMsOf(message.score) <= TAKE_BACK_MS;
    if (!(isOwn && isFresh)) {
      await this.#requireCare(actor, room);
      const rank = (one: string) => one === "admin" ? 2 : one === "owner" ? 1 : 0;
      const own = actor.admin ? 2 : actor.id === room.owner.id ? 1 : 0;
      if (!isOwn && from !== null && rank(from.role) > own) {
        throw new ServiceError("forbidden", "Cannot remove the message: it is not for you to do");
      }
    }
    await takeBack(log, room.id, [message.score]);
    if (isOwn && isFresh) return;
    await this.#note(actor, room, {
      act: "message_removed",
      account: from === null ? null : { id: from.id, name: from.name },
      detail: textOf(message),
    });
  }

  /**
   * Reports a message to those who look after the room.
   *
   * @throws {ServiceError} `invalid`, `not_found`, `suspended`, `slow_down`.
   */
  async report(
    actor: Account,
    roomId: string,
    { messageId: id, reason }: { readonly messageId: string; readonly reason: string },
  ): Promise<void> {
    const { people, lists, rateLimits, now } = this.#options;
    const room = await people.room(roomId, actor);
    const accepted = parseReason(reason, 1);
    const message = await this.#message(room, id);
    const waitS = rateLimits ? await this.#reports.take(actor.id, now()) : 0;
    if (waitS > 0) {
      throw new ServiceError("slow_down", `Cannot report more: try again in ${waitS} s`, {
        retryAfterS: waitS,
      });
    }
    const { from, score } = message;
    await lists.report({
      id: sha256Hex(`${room.id} ${id} ${actor.id}`).slice(0, 24),
      roomId: room.id,
      message: {
        id,
        from: from === null ? null : { id: from.id, name: from.name },
        text: textOf(message),
        atMs: atMsOf(score),
      },
      reason: accepted,
      reporter: named(actor),
    });
  }

  /** Open reports of a room, newest first. @throws {ServiceError} as `moderators()`. */
  async reports(actor: Account, roomId: string): Promise<Report[]> {
    const room = await this.#caredFor(actor, roomId);
    return await this.#options.lists.reports(room.id);
  }

  /** The newest open reports of all rooms. @throws {ServiceError} `forbidden`. */
  async allReports(actor: Account): Promise<Report[]> {
    if (!actor.admin) throw new ServiceError("forbidden", "Cannot do this: administrators only");
    return await this.#options.lists.reports(null);
  }

  /** Closes a report. @throws {ServiceError} `forbidden`, `not_found`, `suspended`. */
  async closeReport(actor: Account, roomId: string, id: string): Promise<void> {
    const room = await this.#caredFor(actor, roomId);
    const report = await this.#options.lists.closeReport(room.id, id);
    if (report === null) throw new ServiceError("not_found", "Cannot find the report: it is gone");
    await this.#note(actor, room, {
      act: "report_closed",
      account: report.message.from,
      detail: report.reason,
    });
  }

  /** Texts that wait, the oldest first. @throws {ServiceError} as `moderators()`. */
  async held(actor: Account, roomId: string): Promise<HeldText[]> {
    const room = await this.#caredFor(actor, roomId);
    return await this.#options.lists.held(room.id);
  }

  /**
   * Lets a text be said now, or not at all.
   *
   * @throws {ServiceError} `forbidden`, `not_found` (somebody else was faster), `suspended`.
   */
  async decide(
    actor: Account,
    roomId: string,
    { id, approve }: { readonly id: string; readonly approve: boolean },
  ): Promise<void> {
    const room = await this.#caredFor(actor, roomId);
    const { lists, log } = this.#options;
    const text = await lists.heldText(room.id, id);
    if (text === null) throw new ServiceError("not_found", "Cannot find the text: it is gone");
    const { draft, dedupeKey } = text;
    // Its key keeps it from being said twice, whoever else approves or dies meanwhile.
    if (approve) await log.append(room.id, [{ draft, dedupeKey }]);
    if (!await lists.dropHeld(room.id, id)) return;
    await this.#note(actor, room, {
      act: approve ? "text_approved" : "text_rejected",
      account: draft.from === null ? null : { id: draft.from.id, name: draft.from.name },
      detail: draft.kind === "chat" ? draft.body.text : "",
    });
  }

  /** What was done in a room, newest first. @throws {ServiceError} as `moderators()`. */
  async acts(actor: Account, roomId: string): Promise<Act[]> {
    const room = await this.#caredFor(actor, roomId);
    return await this.#options.lists.acts(room.id, MAX_LISTED);
  }

  /** Accounts that somebody does not want to hear from. */
  async blocks(actor: Account): Promise<Block[]> {
    return await this.#options.lists.blocks(actor.id);
  }

  /** @throws {ServiceError} `not_found`, `too_many`, `invalid` for oneself. */
  async block(actor: Account, accountId: string): Promise<void> {
    const account = await this.#account(accountId);
    if (account.id === actor.id) {
      throw new ServiceError("invalid", "Cannot block the account: it is one's own", {
        field: "account",
      });
    }
    if (await this.#options.lists.block(actor.id, named(account)) === "too_many") {
      throw new ServiceError("too_many", "Cannot block more accounts");
    }
  }

  /** Ends a block; does nothing when there is none. */
  async unblock(actor: Account, accountId: string): Promise<void> {
    await this.#options.lists.unblock(actor.id, accountId);
  }

  /** The account of a log-in name. @throws {ServiceError} `not_found` with the field `name`. */
  async find(name: string): Promise<Named> {
    const account = await this.#options.repositories.accounts.byNameKey(nameKey(name));
    if (account !== null) return named(account);
    throw new ServiceError("not_found", "Cannot find the account: unknown", { field: "name" });
  }

  async #looksAfter(actor: Account, room: Room): Promise<boolean> {
    return actor.admin || actor.id === room.owner.id ||
      await this.#options.guard.isModerator(room.id, actor.id);
  }

  async #requireCare(actor: Account, room: Room): Promise<void> {
    if (await this.#looksAfter(actor, room)) return;
    throw new ServiceError("forbidden", "Cannot do this: it is for the owner and moderators");
  }

  async #caredFor(actor: Account, roomId: string): Promise<Room> {
    const room = await this.#options.people.room(roomId, actor);
    await this.#requireCare(actor, room);
    return room;
  }

  async #owned(actor: Account, roomId: string): Promise<Room> {
    const room = await this.#options.people.room(roomId, actor);
    if (actor.admin || actor.id === room.owner.id) return room;
    throw new ServiceError("forbidden", "Cannot do this: it is for the owner");
  }

  /** Nobody does anything to their like; answers whether the target is a moderator. */
  async #requireRank(actor: Account, room: Room, target: Account): Promise<boolean> {
    const moderates = await this.#options.guard.isModerator(room.id, target.id);
    const isOwners = actor.admin || actor.id === room.owner.id;
    if (
      target.id === actor.id || target.admin || target.id === room.owner.id ||
      (moderates && !isOwners)
    ) {
      throw new ServiceError("forbidden", "Cannot do this to the account: it is above or like you");
    }
    return moderates;
  }

  async #account(id: string): Promise<Account> {
    const account = /^[0-9a-z-]{1,40}$/.test(id)
      ? await this.#options.repositories.accounts.byId(id)
      : null;
    if (account !== null) return account;
    throw new ServiceError("not_found", "Cannot find the account: unknown");
  }

  async #nameOf(id: string): Promise<Named> {
    const account = await this.#options.repositories.accounts.byId(id);
    return account === null ? { id, name: id } : named(account);
  }

  /** A text of the room. */
  async #message(room: Room, id: string): Promise<Message> {
    const score = scoreOfId(id);
    const { messages: [message] } = score === null
      ? { messages: [] }
      : await this.#options.log.history(room.id, {
        fromMs: atMsOf(score),
        toMs: atMsOf(score) + 1,
        after: score - 1,
        limit: 1,
      });
    if (message?.score === score && message?.kind === "chat") return message;
    throw new ServiceError("not_found", "Cannot find the message: it is gone");
  }

  async #tell(
    room: Room,
    notice: NoticeName,
    data: { readonly [key: string]: Json },
  ): Promise<void> {
    const { log, settings } = this.#options;
    const content = { kind: "notice", body: { notice, data } } as const;
    const lane = laneOf(content, { from: null, settings: settings.values.im });
    const draft: Draft = { ...content, lane, from: null, stateKey: null };
    await log.append(room.id, [{ draft, dedupeKey: null }]);
  }

  async #note(
    actor: Account,
    room: Room,
    { act, account, detail }: Omit<Act, "atMs" | "actor">,
  ): Promise<void> {
    const { lists, repositories, now } = this.#options;
    await lists.note(room.id, { actor: named(actor), act, account, detail });
    if (!actor.admin || actor.id === room.owner.id) return;
    const { id, name } = actor;
    await repositories.audit.append({
      atMs: now(),
      actor: { id, name },
      action: "room_moderated",
      target: `room:${room.id}`,
      detail: [act, account?.name ?? "", detail].filter((part) => part !== "").join(" · "),
    }, { maxEntries: MAX_AUDIT_ENTRIES });
  }
}

function named(account: Account): Named {
  return { id: account.id, name: personOf(account).name };
}

function textOf(message: Message): string {
  return message.kind === "chat" ? message.body.text : "";
}

function parseReason(reason: string, min: 0 | 1): string {
  if (min === 0 && reason.trim() === "") return "";
  return parseLine(reason, { min: 1, max: MAX_REASON, field: "reason" });
}
