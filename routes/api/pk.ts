/**
 * Battles of rooms over JSON.
 *
 * @module
 */
import type { Context } from "hono";
import type { Battle } from "../../rooms/pk/battle.ts";
import type { PkService } from "../services.ts";
import { requireSession, sessionOf } from "../session.ts";
import {
  BattleActionBody,
  BattleAnswer,
  battleJson,
  InviteBody,
  RoomBattleAnswer,
} from "./money_schemas.ts";
import { type ApiRoute, defineRoute } from "./table.ts";

/** What the calls stand on. */
export interface PkRoutesOptions {
  readonly pk: PkService;
}

/** The calls about battles. */
export function pkRoutes({ pk }: PkRoutesOptions): readonly ApiRoute[] {
  const roomOf = (c: Context): string => c.req.param("room") ?? "";
  const shown = (battle: Battle) => battleJson(battle, pk.mixOf(battle));
  return [
    defineRoute({
      method: "GET",
      path: "/api/rooms/{room}/pk",
      name: "getPk",
      summary: "The battle that the room is in, or its last one",
      access: "anyone",
      status: 200,
      answer: RoomBattleAnswer,
      refusals: ["suspended", "not_found"],
      async handle(c) {
        const viewer = (await sessionOf(c))?.account ?? null;
        const battle = await pk.read(viewer, roomOf(c));
        return { pk: battle === null ? null : shown(battle) };
      },
    }),
    defineRoute({
      method: "POST",
      path: "/api/rooms/{room}/pk",
      name: "invitePk",
      summary: "Ask another live room for a battle",
      access: "owner",
      body: InviteBody,
      status: 201,
      answer: BattleAnswer,
      refusals: [
        "invalid",
        "unauthenticated",
        "forbidden",
        "suspended",
        "not_found",
        "not_live",
        "in_battle",
        "slow_down",
      ],
      async handle(c, input) {
        const { account } = await requireSession(c);
        return { pk: shown(await pk.invite(account, roomOf(c), input)) };
      },
    }),
    defineRoute({
      method: "PATCH",
      path: "/api/rooms/{room}/pk",
      name: "changePk",
      summary: "Accept, decline, cancel or end the room's battle",
      access: "owner",
      body: BattleActionBody,
      status: 200,
      answer: BattleAnswer,
      refusals: ["invalid", "unauthenticated", "forbidden", "suspended", "not_found", "not_now"],
      async handle(c, { action }) {
        const { account } = await requireSession(c);
        return { pk: shown(await pk.act(account, roomOf(c), action)) };
      },
    }),
  ];
}
