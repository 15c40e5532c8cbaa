/**
 * The gate of every room: who may say what there, from the room's rules, its lists and the words of
 * the instance.
 *
 * What was read is kept for two seconds; what is changed in this process is in force at once.
 *
 * @module
 */
import type { Draft } from "../../im/protocol/message.ts";
import type { Gate, GateRequest, Standing, Verdict } from "../messages/gate.ts";
import type { FollowRepository } from "../repository.ts";
import { sha256Hex } from "../secrets.ts";
import type { Settings } from "../settings.ts";
import type { ModerationLists, Restriction } from "./lists.ts";
import type { ModerationRepository } from "./repository.ts";
import { isAbove, isInForce, judge, type RoomRules, type WordList } from "./room_rules.ts";
import { WordFilter } from "./word_filter.ts";

/** What was read is read again after so long, milliseconds. */
const LIFE_MS = 2_000;
const MAX_ROOMS = 10_000;
const MAX_STANDINGS = 50_000;
/** A full queue of reviews is looked at again after this time, milliseconds. */
const FULL_RETRY_MS = 60_000;

type StandingRecord = Awaited<ReturnType<ModerationLists["standing"]>>;

interface Ruled {
  readonly rules: RoomRules;
  readonly words: WordFilter;
}

/** What a {@linkcode RoomGuard} stands on. */
export interface RoomGuardOptions {
  readonly lists: ModerationLists;
  readonly turns: Pick<ModerationRepository, "takeTurn">;
  readonly follows: Pick<FollowRepository, "has">;
  readonly levelOf: (accountId: string) => Promise<number>;
  readonly settings: Pick<Settings, "values">;
  readonly now: () => number;
}

/** Implements gate and standing of the messages. */
export class RoomGuard implements Gate, Standing {
  readonly #options: RoomGuardOptions;
  readonly #rules: Remembered<Ruled>;
  readonly #standings: Remembered<StandingRecord>;
  #instance: { readonly of: WordList; readonly words: WordFilter } | null = null;

  constructor(options: RoomGuardOptions) {
    this.#options = options;
    this.#rules = new Remembered({ max: MAX_ROOMS, now: options.now });
    this.#standings = new Remembered({ max: MAX_STANDINGS, now: options.now });
  }

  /** The level by coins spent. */
  levelOf(accountId: string): Promise<number> {
    return this.#options.levelOf(accountId);
  }

  /** Whether somebody helps the owner. */
  async isModerator(roomId: string, accountId: string): Promise<boolean> {
    return (await this.#standing(roomId, accountId)).moderates;
  }

  /** Until when somebody is shown out; undefined: they are not. */
  async bannedUntil(roomId: string, accountId: string): Promise<number | null | undefined> {
    return (await this.restrictions(roomId, accountId)).ban?.untilMs;
  }

  /** Until when somebody is muted; undefined: they are not. */
  async mutedUntil(roomId: string, accountId: string): Promise<number | null | undefined> {
    return (await this.restrictions(roomId, accountId)).mute?.untilMs;
  }

  /** What holds of somebody's mute and ban, with the reasons. */
  async restrictions(roomId: string, accountId: string): Promise<{
    readonly mute: Restriction | null;
    readonly ban: Restriction | null;
  }> {
    const { mute, ban } = await this.#standing(roomId, accountId);
    const nowMs = this.#options.now();
    const holds = (one: Restriction | null) =>
      one !== null && isInForce(one.untilMs, nowMs) ? one : null;
    return { mute: holds(mute), ban: holds(ban) };
  }

  /** The rules of a room. */
  async rules(roomId: string): Promise<RoomRules> {
    return (await this.#ruled(roomId)).rules;
  }

  /** Something of the room was changed here. */
  forget(roomId: string, accountId: string | null): void {
    if (accountId === null) this.#rules.forget(roomId);
    else this.#standings.forget(`${roomId} ${accountId}`);
  }

  /** Decides about a text. */
  async check(request: GateRequest): Promise<Verdict> {
    const { room } = request;
    return room === null
      ? await this.#checkPrivate(request)
      : await this.#checkRoom(request, room.id);
  }

  async #checkPrivate({ receiver, sender, draft }: GateRequest): Promise<Verdict> {
    if (receiver !== null && await this.#options.lists.isBlocked(receiver.id, sender.id)) {
      return {
        outcome: "refused",
        code: "blocked",
        reason: "Cannot send the message: this account does not take messages from you",
        retryAfterMs: null,
      };
    }
    if (sender.role === "admin") return { outcome: "allowed" };
    const text = textOf(draft);
    const { of, words } = this.#instanceWords();
    if (!words.matches(text)) return { outcome: "allowed" };
    // Nobody looks at what is private.
    return of.action === "mask" ? { outcome: "allowed", text: words.mask(text) } : WORDS_REFUSED;
  }

  async #checkRoom(request: GateRequest, roomId: string): Promise<Verdict> {
    const { sender, account, draft } = request;
    const { rules, words } = await this.#ruled(roomId);
    const { role, level } = sender;
    const nowMs = this.#options.now();
    const above = isAbove(role);
    const follows = !rules.followersOnly || above ||
      (account !== null && await this.#options.follows.has({ accountId: account.id, roomId }));
    const mutedUntilMs = account === null ? undefined : await this.mutedUntil(roomId, account.id);
    const text = textOf(draft);
    const against = judge(rules, { role, level, follows, text, mutedUntilMs }, { nowMs });
    if (against !== null) return against;
    const lists = [
      ...(role === "admin" ? [] : [this.#instanceWords()]),
      ...(above ? [] : [{ of: rules.words, words }]),
    ].filter((list) => list.words.matches(text));
    if (lists.some(({ of }) => of.action === "refuse" || (above && of.action === "hold"))) {
      return WORDS_REFUSED;
    }
    if (above) return { outcome: "allowed", ...masked(text, lists) };
    const waiting = await this.#takeTurn(request, { roomId, everyMs: rules.slowModeS * 1000 });
    if (waiting !== null) return waiting;
    if (rules.review || lists.some(({ of }) => of.action === "hold")) {
      return await this.#hold(request, roomId);
    }
    return { outcome: "allowed", ...masked(text, lists) };
  }

  async #takeTurn(
    { sender, dedupeKey }: GateRequest,
    { roomId, everyMs }: { readonly roomId: string; readonly everyMs: number },
  ): Promise<Verdict | null> {
    if (everyMs === 0) return null;
    const turn = { roomId, sender: sender.id, key: dedupeKey, nowMs: this.#options.now() };
    const waitMs = await this.#options.turns.takeTurn(turn, { everyMs });
    if (waitMs === 0) return null;
    const waitS = Math.ceil(waitMs / 1000);
    return {
      outcome: "refused",
      code: "slow_down",
      reason: `Cannot say this: slow mode, try again in ${waitS} s`,
      retryAfterMs: waitMs,
    };
  }

  async #hold({ draft, dedupeKey }: GateRequest, roomId: string): Promise<Verdict> {
    const id = sha256Hex(`${roomId} ${dedupeKey}`).slice(0, 24);
    const held = await this.#options.lists.hold({ roomId, id, draft, dedupeKey });
    if (held === "done") return { outcome: "held" };
    return {
      outcome: "refused",
      code: "slow_down",
      reason: "Cannot say this: too many texts wait for a review",
      retryAfterMs: FULL_RETRY_MS,
    };
  }

  #ruled(roomId: string): Promise<Ruled> {
    return this.#rules.get(roomId, async () => {
      const rules = await this.#options.lists.rules(roomId);
      return { rules, words: new WordFilter(rules.words.list) };
    });
  }

  #standing(roomId: string, accountId: string): Promise<StandingRecord> {
    return this.#standings.get(
      `${roomId} ${accountId}`,
      () => this.#options.lists.standing(roomId, accountId),
    );
  }

  #instanceWords() {
    const { words } = this.#options.settings.values;
    if (this.#instance?.of !== words) {
      this.#instance = { of: words, words: new WordFilter(words.list) };
    }
    return this.#instance;
  }
}

const WORDS_REFUSED: Verdict = {
  outcome: "refused",
  code: "words",
  reason: "Cannot say this: it holds words that are not said here",
  retryAfterMs: null,
};

function textOf({ kind, body }: Draft): string {
  if (kind === "chat") return body.text;
  return kind === "notice" && typeof body.data.text === "string" ? body.data.text : "";
}

function masked(
  text: string,
  lists: readonly { readonly words: WordFilter }[],
): { readonly text?: string } {
  if (lists.length === 0) return {};
  return { text: lists.reduce((before, { words }) => words.mask(before), text) };
}

/** What was read, for a while; above `max` the oldest is forgotten. */
class Remembered<T> {
  readonly #max: number;
  readonly #now: () => number;
  readonly #known = new Map<string, { readonly value: Promise<T>; readonly atMs: number }>();

  constructor(options: { readonly max: number; readonly now: () => number }) {
    this.#max = options.max;
    this.#now = options.now;
  }

  get(key: string, read: () => Promise<T>): Promise<T> {
    const nowMs = this.#now();
    const known = this.#known.get(key);
    if (known !== undefined && Math.abs(nowMs - known.atMs) < LIFE_MS) return known.value;
    const value = read();
    this.#known.delete(key);
    this.#known.set(key, { value, atMs: nowMs });
    if (this.#known.size > this.#max) {
      const oldest = this.#known.keys().next();
      if (!oldest.done) this.#known.delete(oldest.value);
    }
    // A store that failed is asked again at once.
    value.catch(() => this.#known.delete(key));
    return value;
  }

  forget(key: string): void {
    this.#known.delete(key);
  }
}
