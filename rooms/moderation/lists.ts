/**
 * The records of moderation with their types, over the lists of a store.
 *
 * @module
 */
import type { Draft } from "../../im/protocol/message.ts";
import type { ListRecord, ModerationRepository } from "./repository.ts";
import { DEFAULT_ROOM_RULES, type RoomRules, rulesFrom } from "./room_rules.ts";

/** The list of the newest reports of all rooms. */
const ALL_REPORTS = "reports:all";

/** Most records of each list. */
export const LIST_LIMITS = {
  moderators: 50,
  mutes: 2_000,
  bans: 2_000,
  held: 200,
  reports: 200,
  allReports: 1_000,
  acts: 500,
  blocks: 500,
} as const;

/** Somebody by the name that they had then. */
export interface Named {
  readonly id: string;
  readonly name: string;
}

/** Somebody who helps the owner. */
export interface Moderator {
  readonly account: Named;
  readonly atMs: number;
}

/** A mute or a ban of a room. */
export interface Restriction {
  readonly account: Named;
  readonly atMs: number;
  /** Null: for ever. */
  readonly untilMs: number | null;
  /** May be empty. */
  readonly reason: string;
  readonly by: Named;
}

/** What a restriction is. */
export type RestrictionKind = "mutes" | "bans";

/** A text that waits for somebody to look at it. */
export interface HeldText {
  readonly id: string;
  readonly roomId: string;
  readonly atMs: number;
  readonly draft: Draft;
  readonly dedupeKey: string;
}

/** Somebody says that a message should not be there. */
export interface Report {
  readonly id: string;
  readonly roomId: string;
  readonly atMs: number;
  readonly message: {
    readonly id: string;
    readonly from: Named | null;
    readonly text: string;
    readonly atMs: number;
  };
  readonly reason: string;
  readonly reporter: Named;
}

/** What was done in a room. */
export const ACTS = [
  "rules_changed",
  "moderator_added",
  "moderator_removed",
  "muted",
  "unmuted",
  "banned",
  "unbanned",
  "message_removed",
  "text_approved",
  "text_rejected",
  "report_closed",
] as const;
/** One of {@linkcode ACTS}. */
export type ActName = (typeof ACTS)[number];

/** One act of somebody who looks after a room. */
export interface Act {
  readonly atMs: number;
  readonly actor: Named;
  readonly act: ActName;
  /** Whom it was done to; null: nobody in particular. */
  readonly account: Named | null;
  /** For people: a reason, a duration. */
  readonly detail: string;
}

/** An account that another does not want to hear from. */
export interface Block {
  readonly account: Named;
  readonly atMs: number;
}

type Stored<T> = Omit<T, "id" | "roomId" | "atMs" | "untilMs">;

/** Typed lists. */
export class ModerationLists {
  readonly #repository: ModerationRepository;
  readonly #now: () => number;

  constructor(repository: ModerationRepository, now: () => number) {
    this.#repository = repository;
    this.#now = now;
  }

  async rules(roomId: string): Promise<RoomRules> {
    const [record] = await this.#repository.get([{ list: `rules:${roomId}`, item: "rules" }]);
    return record == null ? DEFAULT_ROOM_RULES : rulesFrom(JSON.parse(record.value));
  }

  async putRules(roomId: string, rules: RoomRules): Promise<void> {
    await this.#put(`rules:${roomId}`, "rules", rules, { max: 1 });
  }

  /** What somebody is in a room: it may be over. */
  async standing(roomId: string, accountId: string): Promise<{
    readonly moderates: boolean;
    readonly mute: Restriction | null;
    readonly ban: Restriction | null;
  }> {
    const [moderator, mute, ban] = await this.#repository.get(
      ["moderators", "mutes", "bans"].map((kind) => ({
        list: `${kind}:${roomId}`,
        item: accountId,
      })),
    );
    return {
      moderates: moderator != null,
      mute: mute == null ? null : toRestriction(mute),
      ban: ban == null ? null : toRestriction(ban),
    };
  }

  async moderators(roomId: string): Promise<Moderator[]> {
    const records = await this.#list(`moderators:${roomId}`, LIST_LIMITS.moderators);
    return records.map((record) => ({ atMs: record.atMs, ...parsed<Stored<Moderator>>(record) }));
  }

  async addModerator(roomId: string, account: Named): Promise<"done" | "too_many"> {
    return await this.#put(`moderators:${roomId}`, account.id, { account }, {
      max: LIST_LIMITS.moderators,
      isAbout: true,
    });
  }

  async removeModerator(roomId: string, accountId: string): Promise<boolean> {
    return await this.#repository.remove({ list: `moderators:${roomId}`, item: accountId });
  }

  async restrictions(
    roomId: string,
    { kind, limit }: { readonly kind: RestrictionKind; readonly limit: number },
  ): Promise<Restriction[]> {
    return (await this.#list(`${kind}:${roomId}`, limit)).map(toRestriction);
  }

  async restrict(
    roomId: string,
    { kind, account, untilMs, reason, by }: Omit<Restriction, "atMs"> & {
      readonly kind: RestrictionKind;
    },
  ): Promise<"done" | "too_many"> {
    return await this.#put(`${kind}:${roomId}`, account.id, { account, reason, by }, {
      max: LIST_LIMITS[kind],
      isAbout: true,
      untilMs,
    });
  }

  async lift(
    roomId: string,
    { kind, accountId }: { readonly kind: RestrictionKind; readonly accountId: string },
  ): Promise<boolean> {
    return await this.#repository.remove({ list: `${kind}:${roomId}`, item: accountId });
  }

  async held(roomId: string): Promise<HeldText[]> {
    const records = await this.#list(`held:${roomId}`, LIST_LIMITS.held);
    return records.map((record) => toHeld(roomId, record)).reverse();
  }

  async heldText(roomId: string, id: string): Promise<HeldText | null> {
    const [record] = await this.#repository.get([{ list: `held:${roomId}`, item: id }]);
    return record == null ? null : toHeld(roomId, record);
  }

  async hold({ roomId, id, draft, dedupeKey }: Omit<HeldText, "atMs">) {
    return await this.#put(`held:${roomId}`, id, { draft, dedupeKey }, { max: LIST_LIMITS.held });
  }

  async dropHeld(roomId: string, id: string): Promise<boolean> {
    return await this.#repository.remove({ list: `held:${roomId}`, item: id });
  }

  /** Reports of a room, or the newest of all rooms. */
  async reports(roomId: string | null): Promise<Report[]> {
    const records = roomId === null
      ? await this.#list(ALL_REPORTS, LIST_LIMITS.reports)
      : await this.#list(`reports:${roomId}`, LIST_LIMITS.reports);
    return records.map(toReport);
  }

  async report(report: Omit<Report, "atMs">): Promise<void> {
    const { id, ...value } = report;
    const overflow = "oldest";
    await this.#put(`reports:${report.roomId}`, id, value, { max: LIST_LIMITS.reports, overflow });
    await this.#put(ALL_REPORTS, id, value, { max: LIST_LIMITS.allReports, overflow });
  }

  async closeReport(roomId: string, id: string): Promise<Report | null> {
    const place = { list: `reports:${roomId}`, item: id };
    const [record] = await this.#repository.get([place]);
    if (record == null || !await this.#repository.remove(place)) return null;
    await this.#repository.remove({ list: ALL_REPORTS, item: id });
    return toReport(record);
  }

  async acts(roomId: string, limit: number): Promise<Act[]> {
    const records = await this.#list(`acts:${roomId}`, limit);
    return records.map((record) => ({ atMs: record.atMs, ...parsed<Stored<Act>>(record) }));
  }

  async note(roomId: string, act: Omit<Act, "atMs">): Promise<void> {
    // Of one millisecond the later one sorts behind.
    const item = `${String(this.#now()).padStart(14, "0")}-${crypto.randomUUID().slice(0, 8)}`;
    await this.#put(`acts:${roomId}`, item, act, { max: LIST_LIMITS.acts, overflow: "oldest" });
  }

  async blocks(accountId: string): Promise<Block[]> {
    const records = await this.#list(`blocks:${accountId}`, LIST_LIMITS.blocks);
    return records.map((record) => ({ atMs: record.atMs, ...parsed<Stored<Block>>(record) }));
  }

  async block(accountId: string, account: Named): Promise<"done" | "too_many"> {
    return await this.#put(`blocks:${accountId}`, account.id, { account }, {
      max: LIST_LIMITS.blocks,
      isAbout: true,
    });
  }

  async unblock(accountId: string, blockedId: string): Promise<void> {
    await this.#repository.remove({ list: `blocks:${accountId}`, item: blockedId });
  }

  async isBlocked(by: string, accountId: string): Promise<boolean> {
    const [record] = await this.#repository.get([{ list: `blocks:${by}`, item: accountId }]);
    return record != null;
  }

  #list(list: string, limit: number): Promise<ListRecord[]> {
    return this.#repository.list(list, { limit, nowMs: this.#now() });
  }

  #put(
    list: string,
    item: string,
    value: object,
    options: {
      readonly max: number;
      readonly untilMs?: number | null;
      readonly isAbout?: boolean;
      readonly overflow?: "refuse" | "oldest";
    },
  ): Promise<"done" | "too_many"> {
    const nowMs = this.#now();
    const { untilMs = null, isAbout = false, overflow = "refuse", max } = options;
    const record = { list, item, atMs: nowMs, untilMs, value: JSON.stringify(value) };
    return this.#repository.put(record, { max, overflow, isAbout, nowMs });
  }
}

function parsed<T>({ value }: ListRecord): T {
  return JSON.parse(value) as T;
}

function toRestriction(record: ListRecord): Restriction {
  const { atMs, untilMs } = record;
  return { atMs, untilMs, ...parsed<Stored<Restriction>>(record) };
}

function toHeld(roomId: string, record: ListRecord): HeldText {
  const { item: id, atMs } = record;
  return { id, roomId, atMs, ...parsed<Stored<HeldText>>(record) };
}

function toReport(record: ListRecord): Report {
  const { item: id, atMs } = record;
  return { id, atMs, ...parsed<Omit<Report, "id" | "atMs">>(record) };
}
