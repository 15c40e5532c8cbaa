/**
 * The rules of talking in a room, and what they say about one text; pure.
 *
 * @module
 */
import * as v from "valibot";
import { isEmoteOnly } from "../../im/protocol/emotes.ts";
import { type Role, ROLES } from "../../im/protocol/message.ts";
import { ServiceError } from "../errors.ts";
import type { Verdict } from "../messages/gate.ts";

/** What is done about a text with a listed word: not said, said with stars, looked at first. */
export const WORD_ACTIONS = ["refuse", "mask", "hold"] as const;
/** One of {@linkcode WORD_ACTIONS}. */
export type WordAction = (typeof WORD_ACTIONS)[number];

/** Words and what is done about them. */
export interface WordList {
  /** A `*` at either end lets the word be a part of a longer one. */
  readonly list: readonly string[];
  readonly action: WordAction;
}

/** Rules of a room; owner, moderators and administrators stand above them. */
export interface RoomRules {
  /** Seconds from one text of somebody to their next; 0: no slow mode. */
  readonly slowModeS: number;
  readonly followersOnly: boolean;
  /** Lowest level that talks. */
  readonly minLevel: number;
  readonly emotesOnly: boolean;
  /** Whether visitors talk. */
  readonly visitors: boolean;
  /** Somebody looks at every text first. */
  readonly review: boolean;
  readonly words: WordList;
}

/** Unless the owner says otherwise. */
export const DEFAULT_ROOM_RULES: RoomRules = {
  slowModeS: 0,
  followersOnly: false,
  minLevel: 0,
  emotesOnly: false,
  visitors: false,
  review: false,
  words: { list: [], action: "refuse" },
};

/** Longest slow mode, seconds. */
export const MAX_SLOW_MODE_S = 3_600;
/** Words of a room, and of the instance. */
export const MAX_WORDS = { room: 300, instance: 2_000 } as const;
const MAX_WORD_LENGTH = 40;
const MAX_MIN_LEVEL = 100;

/** The rule of a list of words. */
export function wordListRule(max: number): v.GenericSchema<unknown, WordList> {
  return v.strictObject({
    list: v.pipe(
      v.array(v.pipe(
        v.string("a list of words"),
        v.check((word) => word.isWellFormed(), "well-formed words"),
        v.transform((word) => word.normalize("NFC").replace(/\s+/gu, " ").trim()),
        v.check(
          (word) => [...word].length <= MAX_WORD_LENGTH && /[\p{L}\p{N}]/u.test(word),
          `words of 1 to ${MAX_WORD_LENGTH} characters with a letter or a digit`,
        ),
      )),
      v.transform((words) => [...new Set(words)]),
      v.maxLength(max, `at most ${max} words`),
    ),
    action: v.picklist(WORD_ACTIONS, WORD_ACTIONS.join(", ")),
  });
}

const whole = (max: number) => {
  const message = `a whole number from 0 to ${max}`;
  return v.pipe(
    v.number(message),
    v.integer(message),
    v.minValue(0, message),
    v.maxValue(max, message),
  );
};
const flag = v.boolean("true or false");

const RULE = v.strictObject({
  slowModeS: whole(MAX_SLOW_MODE_S),
  followersOnly: flag,
  minLevel: whole(MAX_MIN_LEVEL),
  emotesOnly: flag,
  visitors: flag,
  review: flag,
  words: wordListRule(MAX_WORDS.room),
}) satisfies v.GenericSchema<unknown, RoomRules>;

/** What of the rules changes; what is left out stays. */
export type RoomRulesChange = {
  readonly [Key in keyof RoomRules]?: Key extends "words" ? Partial<WordList> : RoomRules[Key];
};

/**
 * Rules after a change.
 *
 * @throws {ServiceError} `invalid` with the field.
 */
export function changedRules(before: RoomRules, change: RoomRulesChange): RoomRules {
  const words = { ...before.words, ...change.words };
  const checked = v.safeParse(RULE, { ...before, ...change, words }, { abortEarly: true });
  if (checked.success) return checked.output;
  const [issue] = checked.issues;
  const field = v.getDotPath(issue)?.slice(0, 60) ?? "rules";
  throw new ServiceError("invalid", `Cannot accept ${field}: expected ${issue.message}`, { field });
}

/** Rules as they were stored; what this version does not know gives its default. */
export function rulesFrom(stored: object): RoomRules {
  const checked = v.safeParse(RULE, { ...DEFAULT_ROOM_RULES, ...stored });
  return checked.success ? checked.output : DEFAULT_ROOM_RULES;
}

/** Who wants to say something. */
export interface RulesRequest {
  readonly role: Role;
  readonly level: number;
  readonly follows: boolean;
  readonly text: string;
  /** Until when the sender is muted; null: for ever; undefined: is not. */
  readonly mutedUntilMs: number | null | undefined;
}

/** Whether the rules do not hold for a role: who looks after a room. */
export function isAbove(role: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf("moderator");
}

/**
 * What the rules say of somebody's text, words and slow mode left aside; null: nothing against it.
 */
export function judge(
  rules: RoomRules,
  request: RulesRequest,
  { nowMs }: { readonly nowMs: number },
): Verdict | null {
  const { role, level, follows, text } = request;
  if (isAbove(role)) return null;
  const { mutedUntilMs } = request;
  if (mutedUntilMs !== undefined && isInForce(mutedUntilMs, nowMs)) {
    if (mutedUntilMs === null) return refused("muted", "you are muted");
    return {
      ...refused("muted", `you are muted until ${new Date(mutedUntilMs).toISOString()}`),
      retryAfterMs: mutedUntilMs - nowMs,
      members: { untilMs: mutedUntilMs },
    };
  }
  if (role === "visitor" && !rules.visitors) {
    return refused("visitors", "visitors do not talk here");
  }
  if (rules.followersOnly && !follows) {
    return refused("followers_only", "only followers talk here");
  }
  if (level < rules.minLevel) {
    return {
      ...refused("level", `one talks here from level ${rules.minLevel} on`),
      members: { level: rules.minLevel },
    };
  }
  if (rules.emotesOnly && !isEmoteOnly(text)) {
    return refused("emotes_only", "only emotes are said here");
  }
  return null;
}

/** Whether what ends then (null: never) still holds. */
export function isInForce(untilMs: number | null, nowMs: number): boolean {
  return untilMs === null || untilMs > nowMs;
}

/** What somebody hears who was shown out of a room. */
export function bannedError(untilMs: number | null): ServiceError {
  const until = untilMs === null ? "" : ` until ${new Date(untilMs).toISOString()}`;
  return new ServiceError("banned", `Cannot do this: you are shown out of this room${until}`, {
    ...(untilMs !== null && { members: { untilMs } }),
  });
}

function refused(
  code: Extract<Verdict, { outcome: "refused" }>["code"],
  why: string,
): Extract<Verdict, { outcome: "refused" }> {
  return { outcome: "refused", code, reason: `Cannot say this: ${why}`, retryAfterMs: null };
}
