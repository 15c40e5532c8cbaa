/**
 * Messages that are taken back or reported, texts that wait for a review, and what was done in a
 * room, over JSON.
 *
 * @module
 */
import type { Context } from "hono";
import { requireAdmin, requireSession } from "../session.ts";
import { CARE, type ModerationRoutesOptions } from "./moderation.ts";
import {
  actJson,
  ActsAnswer,
  DecisionBody,
  heldJson,
  ReportBody,
  ReportedAnswer,
  reportJson,
  ReportsAnswer,
  ReviewAnswer,
} from "./moderation_schemas.ts";
import { type ApiRoute, defineRoute } from "./table.ts";

/** The calls about single messages, reviews and reports. */
export function reviewRoutes(options: ModerationRoutesOptions): readonly ApiRoute[] {
  return [...messageCalls(options), ...queueCalls(options), ...reportCalls(options)];
}

function messageCalls({ moderation }: ModerationRoutesOptions): readonly ApiRoute[] {
  return [
    defineRoute({
      method: "DELETE",
      path: "/api/rooms/{room}/messages/{message}",
      name: "removeMessage",
      summary: "Take a text back for everybody; one's own within two minutes",
      access: "account",
      status: 204,
      refusals: CARE,
      async handle(c) {
        const { account } = await requireSession(c);
        await moderation.removeMessage(account, param(c, "room"), param(c, "message"));
      },
    }),
    defineRoute({
      method: "POST",
      path: "/api/rooms/{room}/messages/{message}/report",
      name: "reportMessage",
      summary: "Report a text to those who look after the room",
      access: "account",
      body: ReportBody,
      status: 202,
      answer: ReportedAnswer,
      refusals: ["invalid", "unauthenticated", "suspended", "not_found", "slow_down"],
      async handle(c, { reason }) {
        const { account } = await requireSession(c);
        const messageId = param(c, "message");
        await moderation.report(account, param(c, "room"), { messageId, reason });
        return { taken: true };
      },
    }),
  ];
}

function queueCalls({ moderation }: ModerationRoutesOptions): readonly ApiRoute[] {
  return [
    defineRoute({
      method: "GET",
      path: "/api/rooms/{room}/review",
      name: "listReview",
      summary: "Texts that wait for a review",
      access: "account",
      status: 200,
      answer: ReviewAnswer,
      refusals: CARE,
      async handle(c) {
        const { account } = await requireSession(c);
        return { held: (await moderation.held(account, param(c, "room"))).map(heldJson) };
      },
    }),
    defineRoute({
      method: "POST",
      path: "/api/rooms/{room}/review/{text}",
      name: "decideReview",
      summary: "Let a text be said now, or not at all",
      access: "account",
      body: DecisionBody,
      status: 204,
      refusals: ["invalid", ...CARE],
      async handle(c, { action }) {
        const { account } = await requireSession(c);
        await moderation.decide(account, param(c, "room"), {
          id: param(c, "text"),
          approve: action === "approve",
        });
      },
    }),
    defineRoute({
      method: "GET",
      path: "/api/rooms/{room}/acts",
      name: "listActs",
      summary: "Who did what to whom in the room",
      access: "account",
      status: 200,
      answer: ActsAnswer,
      refusals: CARE,
      async handle(c) {
        const { account } = await requireSession(c);
        return { acts: (await moderation.acts(account, param(c, "room"))).map(actJson) };
      },
    }),
  ];
}

function reportCalls({ moderation }: ModerationRoutesOptions): readonly ApiRoute[] {
  return [
    defineRoute({
      method: "GET",
      path: "/api/rooms/{room}/reports",
      name: "listReports",
      summary: "Open reports of a room, the newest first",
      access: "account",
      status: 200,
      answer: ReportsAnswer,
      refusals: CARE,
      async handle(c) {
        const { account } = await requireSession(c);
        return { reports: (await moderation.reports(account, param(c, "room"))).map(reportJson) };
      },
    }),
    defineRoute({
      method: "DELETE",
      path: "/api/rooms/{room}/reports/{report}",
      name: "closeReport",
      summary: "Close a report",
      access: "account",
      status: 204,
      refusals: CARE,
      async handle(c) {
        const { account } = await requireSession(c);
        await moderation.closeReport(account, param(c, "room"), param(c, "report"));
      },
    }),
    defineRoute({
      method: "GET",
      path: "/api/admin/reports",
      name: "listAllReports",
      summary: "The newest open reports of all rooms",
      access: "administrator",
      status: 200,
      answer: ReportsAnswer,
      refusals: ["unauthenticated", "forbidden"],
      async handle(c) {
        const { account } = await requireAdmin(c);
        return { reports: (await moderation.allReports(account)).map(reportJson) };
      },
    }),
  ];
}

function param(c: Context, name: string): string {
  return c.req.param(name) ?? "";
}
