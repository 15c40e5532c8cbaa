/**
 * Shapes of rules, mutes, bans, reviews and reports in the JSON API.
 *
 * @module
 */
import * as v from "valibot";
import {
  type Act,
  ACTS,
  type Block,
  type HeldText,
  type Moderator,
  type Named,
  type Report,
  type Restriction,
} from "../../rooms/moderation/lists.ts";
import { type RoomRules, WORD_ACTIONS } from "../../rooms/moderation/room_rules.ts";
import { change, described, iso, isoOrNull, text, time, whole } from "./schema_parts.ts";

const action = described(
  v.picklist(WORD_ACTIONS),
  "`refuse`: not said; `mask`: said with stars; `hold`: somebody looks at it first",
);
const list = described(
  v.array(v.string()),
  "1–40 characters each; a `*` at either end lets the word be a part of a longer one",
);

/** Words and what is done about them. */
export const WordListSchema = v.pipe(v.object({ list, action }), v.title("WordList"));

const RULES = {
  slowModeS: whole("Seconds from one text of somebody to their next, at most 3,600; 0: none"),
  followersOnly: v.boolean(),
  minLevel: whole("Lowest level that talks, at most 100"),
  emotesOnly: v.boolean(),
  visitors: described(v.boolean(), "Whether visitors talk"),
  review: described(v.boolean(), "Somebody looks at every text first"),
};

/** Rules of a room. */
export const RoomRulesSchema = v.pipe(
  v.object({
    ...RULES,
    words: described(
      v.nullable(WordListSchema),
      "At most 300; null for who does not look after the room",
    ),
  }),
  v.title("RoomRules"),
);

/** The rules and where the one who asks stands. */
export const RoomRulesAnswer = v.object({
  rules: RoomRulesSchema,
  moderates: described(v.boolean(), "Whether you look after the room"),
  muted: described(v.boolean(), "Whether you are muted here"),
  mutedUntil: described(v.nullable(time), "null: not muted, or for ever"),
  banned: described(v.boolean(), "Whether you were shown out of the room"),
  bannedUntil: described(v.nullable(time), "null: not shown out, or for ever"),
  reason: described(v.string(), "Why, when somebody said; for your eyes alone"),
});

/** Body that changes rules. */
export const RoomRulesBody = change({
  slowModeS: v.optional(RULES.slowModeS),
  followersOnly: v.optional(RULES.followersOnly),
  minLevel: v.optional(RULES.minLevel),
  emotesOnly: v.optional(RULES.emotesOnly),
  visitors: v.optional(RULES.visitors),
  review: v.optional(RULES.review),
  words: v.optional(v.object({ list: v.optional(list), action: v.optional(action) })),
}, "RoomRulesChange");

const NamedSchema = v.pipe(
  v.object({ id: v.string(), name: text("At that time") }),
  v.title("Named"),
);

const ModeratorSchema = v.pipe(
  v.object({ account: NamedSchema, since: time }),
  v.title("Moderator"),
);
/** Moderators of a room. */
export const ModeratorsAnswer = v.object({ moderators: v.array(ModeratorSchema) });

const RestrictionSchema = v.pipe(
  v.object({
    account: NamedSchema,
    at: time,
    until: described(v.nullable(time), "null: for ever"),
    reason: v.string(),
    by: NamedSchema,
  }),
  v.title("Restriction"),
);

const reason = v.optional(text("At most 200 characters"));

/** Body of a mute. */
export const MuteBody = v.pipe(
  v.object({ seconds: whole("60 to 2,592,000"), reason }),
  v.title("MuteInput"),
);
/** Body of a ban. */
export const BanBody = v.pipe(
  v.object({
    seconds: described(
      v.nullable(v.pipe(v.number(), v.integer())),
      "60 to 2,592,000; null: for ever",
    ),
    reason,
  }),
  v.title("BanInput"),
);
/** One mute. */
export const MuteAnswer = v.object({ mute: RestrictionSchema });
/** One ban. */
export const BanAnswer = v.object({ ban: RestrictionSchema });
/** Mutes of a room. */
export const MutesAnswer = v.object({ mutes: v.array(RestrictionSchema) });
/** Bans of a room. */
export const BansAnswer = v.object({ bans: v.array(RestrictionSchema) });

/** Body of a report. */
export const ReportBody = v.pipe(
  v.object({ reason: text("1–200 characters") }),
  v.title("ReportInput"),
);
/** A report that was taken. */
export const ReportedAnswer = v.object({ taken: v.boolean() });

const ReportSchema = v.pipe(
  v.object({
    id: v.string(),
    room: v.string(),
    at: time,
    message: v.object({
      id: v.string(),
      from: v.nullable(NamedSchema),
      text: v.string(),
      at: time,
    }),
    reason: v.string(),
    reporter: NamedSchema,
  }),
  v.title("Report"),
);
/** Open reports. */
export const ReportsAnswer = v.object({ reports: v.array(ReportSchema) });

const HeldSchema = v.pipe(
  v.object({ id: v.string(), at: time, from: v.nullable(NamedSchema), text: v.string() }),
  v.title("HeldText"),
);
/** Texts that wait. */
export const ReviewAnswer = v.object({ held: described(v.array(HeldSchema), "The oldest first") });
/** Body of a decision. */
export const DecisionBody = v.pipe(
  v.object({ action: v.picklist(["approve", "reject"]) }),
  v.title("Decision"),
);

const ActSchema = v.pipe(
  v.object({
    at: time,
    actor: NamedSchema,
    act: v.picklist(ACTS),
    account: described(v.nullable(NamedSchema), "Whom it was done to"),
    detail: v.string(),
  }),
  v.title("Act"),
);
/** What was done in a room. */
export const ActsAnswer = v.object({ acts: described(v.array(ActSchema), "The newest first") });

const BlockSchema = v.pipe(v.object({ account: NamedSchema, at: time }), v.title("Block"));
/** Blocked accounts. */
export const BlocksAnswer = v.object({ blocks: v.array(BlockSchema) });

/** Rules as the API shows them. */
export function rulesJson(
  { words, ...rules }: RoomRules,
  { full }: { readonly full: boolean },
): v.InferInput<typeof RoomRulesSchema> {
  return { ...rules, words: full ? { ...words, list: [...words.list] } : null };
}

/** A moderator as the API shows them. */
export function moderatorJson({ account, atMs }: Moderator): v.InferInput<typeof ModeratorSchema> {
  return { account: named(account), since: iso(atMs) };
}

/** A mute or a ban as the API shows it. */
export function restrictionJson(
  { account, atMs, untilMs, reason, by }: Restriction,
): v.InferInput<typeof RestrictionSchema> {
  return {
    account: named(account),
    at: iso(atMs),
    until: isoOrNull(untilMs),
    reason,
    by: named(by),
  };
}

/** A report as the API shows it. */
export function reportJson(report: Report): v.InferInput<typeof ReportSchema> {
  const { id, roomId, atMs, message, reason, reporter } = report;
  const { from, atMs: saidAtMs, ...rest } = message;
  return {
    id,
    room: roomId,
    at: iso(atMs),
    message: { ...rest, from: from && named(from), at: iso(saidAtMs) },
    reason,
    reporter: named(reporter),
  };
}

/** A text that waits as the API shows it. */
export function heldJson({ id, atMs, draft }: HeldText): v.InferInput<typeof HeldSchema> {
  return {
    id,
    at: iso(atMs),
    from: draft.from && named(draft.from),
    text: draft.kind === "chat" ? draft.body.text : "",
  };
}

/** An act as the API shows it. */
export function actJson({ atMs, actor, account, ...rest }: Act): v.InferInput<typeof ActSchema> {
  return { ...rest, at: iso(atMs), actor: named(actor), account: account && named(account) };
}

/** A block as the API shows it. */
export function blockJson({ account, atMs }: Block): v.InferInput<typeof BlockSchema> {
  return { account: named(account), at: iso(atMs) };
}

function named({ id, name }: Named): v.InferInput<typeof NamedSchema> {
  return { id, name };
}
