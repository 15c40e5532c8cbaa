/**
 * The rules of rooms, who looks after them, mutes and bans, and personal blocks, over JSON.
 *
 * @module
 */
import type { Context } from "hono";
import type { ModerationService } from "../services.ts";
import { requireSession, sessionOf } from "../session.ts";
import {
  BanAnswer,
  BanBody,
  BansAnswer,
  blockJson,
  BlocksAnswer,
  moderatorJson,
  ModeratorsAnswer,
  MuteAnswer,
  MuteBody,
  MutesAnswer,
  restrictionJson,
  RoomRulesAnswer,
  RoomRulesBody,
  rulesJson,
} from "./moderation_schemas.ts";
import { isoOrNull } from "./schema_parts.ts";
import { type ApiRoute, defineRoute } from "./table.ts";

/** What the calls stand on. */
export interface ModerationRoutesOptions {
  readonly moderation: ModerationService;
}

/** What a call of who looks after a room may be refused with. */
export const CARE = ["unauthenticated", "forbidden", "suspended", "not_found"] as const;

/** The calls about rules, moderators, mutes, bans and blocks. */
export function moderationRoutes(options: ModerationRoutesOptions): readonly ApiRoute[] {
  return [
    ...ruleCalls(options),
    ...moderatorCalls(options),
    ...muteCalls(options),
    ...banCalls(options),
    ...blockCalls(options),
  ];
}

function ruleCalls({ moderation }: ModerationRoutesOptions): readonly ApiRoute[] {
  return [
    defineRoute({
      method: "GET",
      path: "/api/rooms/{room}/rules",
      name: "getRules",
      summary: "The rules of talking in a room",
      access: "anyone",
      status: 200,
      answer: RoomRulesAnswer,
      refusals: ["suspended", "not_found"],
      async handle(c) {
        const viewer = (await sessionOf(c))?.account ?? null;
        const { rules, moderates, mute, ban } = await moderation.rules(viewer, roomOf(c));
        return {
          rules: rulesJson(rules, { full: moderates }),
          moderates,
          muted: mute !== null,
          mutedUntil: isoOrNull(mute?.untilMs ?? null),
          banned: ban !== null,
          bannedUntil: isoOrNull(ban?.untilMs ?? null),
          reason: (ban ?? mute)?.reason ?? "",
        };
      },
    }),
    defineRoute({
      method: "PATCH",
      path: "/api/rooms/{room}/rules",
      name: "changeRules",
      summary: "Change the rules of talking in a room; in force at once",
      access: "account",
      body: RoomRulesBody,
      status: 200,
      answer: RoomRulesAnswer,
      refusals: ["invalid", ...CARE],
      async handle(c, { words, ...change }) {
        const { account } = await requireSession(c);
        const rules = await moderation.changeRules(account, roomOf(c), {
          ...given(change),
          ...(words && { words: given(words) }),
        });
        return {
          rules: rulesJson(rules, { full: true }),
          moderates: true,
          muted: false,
          mutedUntil: null,
          banned: false,
          bannedUntil: null,
          reason: "",
        };
      },
    }),
  ];
}

function moderatorCalls({ moderation }: ModerationRoutesOptions): readonly ApiRoute[] {
  return [
    defineRoute({
      method: "GET",
      path: "/api/rooms/{room}/moderators",
      name: "listModerators",
      summary: "Who looks after the room for its owner",
      access: "account",
      status: 200,
      answer: ModeratorsAnswer,
      refusals: CARE,
      async handle(c) {
        const { account } = await requireSession(c);
        const moderators = await moderation.moderators(account, roomOf(c));
        return { moderators: moderators.map(moderatorJson) };
      },
    }),
    defineRoute({
      method: "PUT",
      path: "/api/rooms/{room}/moderators/{account}",
      name: "addModerator",
      summary: "Make somebody a moderator; at most 50",
      access: "owner or administrator",
      status: 204,
      refusals: ["invalid", ...CARE, "too_many"],
      async handle(c) {
        const { account } = await requireSession(c);
        await moderation.addModerator(account, roomOf(c), accountOf(c));
      },
    }),
    defineRoute({
      method: "DELETE",
      path: "/api/rooms/{room}/moderators/{account}",
      name: "removeModerator",
      summary: "Make somebody a moderator no more; moderators may do it themselves",
      access: "account",
      status: 204,
      refusals: CARE,
      async handle(c) {
        const { account } = await requireSession(c);
        await moderation.removeModerator(account, roomOf(c), accountOf(c));
      },
    }),
  ];
}

function muteCalls({ moderation }: ModerationRoutesOptions): readonly ApiRoute[] {
  return [
    defineRoute({
      method: "GET",
      path: "/api/rooms/{room}/mutes",
      name: "listMutes",
      summary: "Who is muted in the room",
      access: "account",
      status: 200,
      answer: MutesAnswer,
      refusals: CARE,
      async handle(c) {
        const { account } = await requireSession(c);
        const mutes = await moderation.restrictions(account, roomOf(c), "mutes");
        return { mutes: mutes.map(restrictionJson) };
      },
    }),
    defineRoute({
      method: "PUT",
      path: "/api/rooms/{room}/mutes/{account}",
      name: "mute",
      summary: "Mute somebody for a while",
      access: "account",
      body: MuteBody,
      status: 200,
      answer: MuteAnswer,
      refusals: ["invalid", ...CARE, "too_many"],
      async handle(c, { seconds, reason = "" }) {
        const { account } = await requireSession(c);
        const input = { kind: "mutes", accountId: accountOf(c), seconds, reason } as const;
        return { mute: restrictionJson(await moderation.restrict(account, roomOf(c), input)) };
      },
    }),
    defineRoute({
      method: "DELETE",
      path: "/api/rooms/{room}/mutes/{account}",
      name: "unmute",
      summary: "End a mute",
      access: "account",
      status: 204,
      refusals: CARE,
      async handle(c) {
        const { account } = await requireSession(c);
        await moderation.lift(account, roomOf(c), { kind: "mutes", accountId: accountOf(c) });
      },
    }),
  ];
}

function banCalls({ moderation }: ModerationRoutesOptions): readonly ApiRoute[] {
  return [
    defineRoute({
      method: "GET",
      path: "/api/rooms/{room}/bans",
      name: "listBans",
      summary: "Who was shown out of the room",
      access: "account",
      status: 200,
      answer: BansAnswer,
      refusals: CARE,
      async handle(c) {
        const { account } = await requireSession(c);
        const bans = await moderation.restrictions(account, roomOf(c), "bans");
        return { bans: bans.map(restrictionJson) };
      },
    }),
    defineRoute({
      method: "PUT",
      path: "/api/rooms/{room}/bans/{account}",
      name: "ban",
      summary: "Show somebody out, for a while or for ever; their connections end",
      access: "account",
      body: BanBody,
      status: 200,
      answer: BanAnswer,
      refusals: ["invalid", ...CARE, "too_many"],
      async handle(c, { seconds, reason = "" }) {
        const { account } = await requireSession(c);
        const input = { kind: "bans", accountId: accountOf(c), seconds, reason } as const;
        return { ban: restrictionJson(await moderation.restrict(account, roomOf(c), input)) };
      },
    }),
    defineRoute({
      method: "DELETE",
      path: "/api/rooms/{room}/bans/{account}",
      name: "unban",
      summary: "End a ban",
      access: "account",
      status: 204,
      refusals: CARE,
      async handle(c) {
        const { account } = await requireSession(c);
        await moderation.lift(account, roomOf(c), { kind: "bans", accountId: accountOf(c) });
      },
    }),
  ];
}

function blockCalls({ moderation }: ModerationRoutesOptions): readonly ApiRoute[] {
  return [
    defineRoute({
      method: "GET",
      path: "/api/account/blocks",
      name: "listBlocks",
      summary: "Accounts that the account does not want to hear from",
      access: "account",
      status: 200,
      answer: BlocksAnswer,
      refusals: ["unauthenticated"],
      async handle(c) {
        const { account } = await requireSession(c);
        return { blocks: (await moderation.blocks(account)).map(blockJson) };
      },
    }),
    defineRoute({
      method: "PUT",
      path: "/api/account/blocks/{account}",
      name: "block",
      summary: "Block an account: its private messages are refused; at most 500",
      access: "account",
      status: 204,
      refusals: ["invalid", "unauthenticated", "not_found", "too_many"],
      async handle(c) {
        const { account } = await requireSession(c);
        await moderation.block(account, accountOf(c));
      },
    }),
    defineRoute({
      method: "DELETE",
      path: "/api/account/blocks/{account}",
      name: "unblock",
      summary: "End a block; done already is fine",
      access: "account",
      status: 204,
      refusals: ["unauthenticated"],
      async handle(c) {
        const { account } = await requireSession(c);
        await moderation.unblock(account, accountOf(c));
      },
    }),
  ];
}

/** What of a change was given. */
function given<T extends object>(change: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(
    Object.entries(change).filter(([, value]) => value !== undefined),
  ) as { [Key in keyof T]?: Exclude<T[Key], undefined> };
}

function roomOf(c: Context): string {
  return c.req.param("room") ?? "";
}

function accountOf(c: Context): string {
  return c.req.param("account") ?? "";
}
