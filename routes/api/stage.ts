/**
 * Guests on the stages of rooms, over JSON.
 *
 * @module
 */
import type { Context } from "hono";
import type { Account } from "../../rooms/model.ts";
import { guestOf, hostStream } from "../../rooms/stage/stage.ts";
import { clientOf } from "../client.ts";
import { ServiceError, type StageService } from "../services.ts";
import { requireSession, sessionOf } from "../session.ts";
import { iso } from "./schema_parts.ts";
import {
  GuestActionBody,
  SeatKeyAnswer,
  StageAnswer,
  StageChangeBody,
  StageInvitationBody,
} from "./stage_schemas.ts";
import { type ApiRoute, defineRoute } from "./table.ts";

/** What the calls stand on. */
export interface StageRoutesOptions {
  readonly stages: StageService;
  /** A pass to the stream of a seat. */
  readonly streamPass: (stream: string) => string;
}

/** What a guest may be asked to do by themselves; the rest is done by who leads. */
const OWN_ACTIONS = ["accept", "decline", "leave"] as const;

/** The calls about stages. */
export function stageRoutes({ stages, streamPass }: StageRoutesOptions): readonly ApiRoute[] {
  const roomOf = (c: Context): string => c.req.param("room") ?? "";
  const stageJson = async (c: Context, viewer: Account | null) => {
    const view = await stages.read(viewer, roomOf(c));
    const { stage, streams, place, ...rest } = view;
    const { open, mode, layout, trouble } = stage;
    const { baseUrl } = clientOf(c);
    const host = hostStream(stage.room);
    const own = viewer === null ? null : guestOf(stage, viewer.id);
    return {
      stage: {
        ...rest,
        ...{ open, mode, layout },
        trouble: view.leads ? trouble : null,
        voice: host === null || !view.leads ? null : `${baseUrl}/whip/${host}`,
        guests: stage.guests.map(({ account, name, phase, seat, muted, sinceMs }) => ({
          ...{ account, name, phase, seat, muted },
          since: iso(sinceMs),
        })),
        me: own === null ? null : { phase: own.phase, seat: own.seat, muted: own.muted, place },
        streams: streams.map(({ seat, stream }) => ({
          seat,
          whep: `${baseUrl}/whep/${stream}`,
          pass: streamPass(stream),
        })),
      },
    };
  };
  return [
    defineRoute({
      method: "GET",
      path: "/api/rooms/{room}/stage",
      name: "getStage",
      summary: "The room's stage: guests on it, and for who leads it those who wait",
      access: "anyone",
      status: 200,
      answer: StageAnswer,
      refusals: ["suspended", "not_found"],
      handle: async (c) => await stageJson(c, (await sessionOf(c))?.account ?? null),
    }),
    defineRoute({
      method: "PATCH",
      path: "/api/rooms/{room}/stage",
      name: "arrangeStage",
      summary:
        "Whether viewers may ask, how pictures stand, and who mixes; for who leads the stage",
      access: "account",
      body: StageChangeBody,
      status: 200,
      answer: StageAnswer,
      refusals: ["invalid", "unauthenticated", "forbidden", "suspended", "not_found", "busy"],
      async handle(c, change) {
        const { account } = await requireSession(c);
        await stages.arrange(account, roomOf(c), change);
        return await stageJson(c, account);
      },
    }),
    defineRoute({
      method: "POST",
      path: "/api/rooms/{room}/stage/wishes",
      name: "askForStage",
      summary: "Ask to come on stage",
      access: "account",
      status: 201,
      answer: StageAnswer,
      refusals: [
        "unauthenticated",
        "forbidden",
        "closed",
        "suspended",
        "not_found",
        "not_live",
        "not_now",
        "too_many",
        "slow_down",
        "busy",
      ],
      async handle(c) {
        const { account } = await requireSession(c);
        await stages.ask(account, roomOf(c));
        return await stageJson(c, account);
      },
    }),
    defineRoute({
      method: "POST",
      path: "/api/rooms/{room}/stage/invitations",
      name: "inviteToStage",
      summary: "Ask somebody to come on stage, by the name they log in with; who asks is let in",
      access: "account",
      body: StageInvitationBody,
      status: 201,
      answer: StageAnswer,
      refusals: [
        "invalid",
        "unauthenticated",
        "forbidden",
        "suspended",
        "not_found",
        "not_live",
        "not_now",
        "too_many",
        "slow_down",
        "busy",
      ],
      async handle(c, { name }) {
        const { account } = await requireSession(c);
        await stages.invite(account, roomOf(c), name);
        return await stageJson(c, account);
      },
    }),
    defineRoute({
      method: "PATCH",
      path: "/api/rooms/{room}/stage/guests/{account}",
      name: "changeStageGuest",
      summary:
        "Accept, decline or leave as the guest; accept, decline, mute or remove as who leads",
      access: "account",
      body: GuestActionBody,
      status: 200,
      answer: StageAnswer,
      refusals: [
        "invalid",
        "unauthenticated",
        "forbidden",
        "suspended",
        "not_found",
        "not_now",
        "too_many",
        "busy",
      ],
      async handle(c, { action }) {
        const { account } = await requireSession(c);
        const guest = c.req.param("account") ?? "";
        const own = guest === account.id ? OWN_ACTIONS.find((one) => one === action) : undefined;
        if (own !== undefined) await stages.act(account, roomOf(c), own);
        else if (action !== "leave") {
          await stages.lead(account, roomOf(c), { account: guest, action });
        } else throw new ServiceError("forbidden", "Cannot leave for somebody else: remove them");
        return await stageJson(c, account);
      },
    }),
    defineRoute({
      method: "POST",
      path: "/api/rooms/{room}/stage/key",
      name: "takeSeatKey",
      summary: "What a guest on stage publishes with, by WHIP; the key before is worth nothing",
      access: "account",
      status: 201,
      answer: SeatKeyAnswer,
      refusals: ["unauthenticated", "suspended", "not_found", "not_now", "busy"],
      async handle(c) {
        const { account } = await requireSession(c);
        const { stream, key, untilMs } = await stages.key(account, roomOf(c));
        const { baseUrl } = clientOf(c);
        return { seat: { whip: `${baseUrl}/whip/${stream}`, key, until: iso(untilMs) } };
      },
    }),
  ];
}
