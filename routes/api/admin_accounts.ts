/**
 * Accounts for administrators, over JSON.
 *
 * @module
 */
import type { Context } from "hono";
import { MAX_PAGE } from "../../rooms/admin_service.ts";
import type { Place } from "../addresses.ts";
import { clientOf } from "../client.ts";
import type { AdminService } from "../services.ts";
import { requireAdmin } from "../session.ts";
import { EndedAnswer } from "./account_schemas.ts";
import {
  AccountsAnswer,
  AdminAccountAnswer,
  AdminAccountChangeBody,
  adminAccountJson,
  listedAccountJson,
  PasswordAnswer,
} from "./admin_schemas.ts";
import { shortText, wholeNumber } from "./query.ts";
import { type ApiRoute, defineRoute } from "./table.ts";

const query = shortText("q", { description: "Part of the name or the display name", max: 100 });
/** Rows of one page. */
export const pageLimit = wholeNumber("limit", {
  description: "At most so many",
  min: 1,
  max: MAX_PAGE,
  fallback: 50,
});
/** Rows before the page. */
export const pageOffset = wholeNumber("offset", {
  description: "Leave out so many",
  min: 0,
  max: 1_000_000,
  fallback: 0,
});

/** What the calls stand on. */
export interface AdminAccountRoutesOptions {
  readonly admin: Pick<
    AdminService,
    "accounts" | "changeAccount" | "resetPassword" | "endSessions" | "deleteAccount"
  >;
  readonly rtmpPort: number;
  /** Whether WebRTC runs now. */
  readonly webRtc: () => boolean;
}

/** The calls about accounts for administrators. */
export function adminAccountRoutes(options: AdminAccountRoutesOptions): readonly ApiRoute[] {
  const { admin, rtmpPort, webRtc } = options;
  const placeOf = (c: Context): Place => ({
    baseUrl: clientOf(c).baseUrl,
    rtmpPort,
    webRtc: webRtc(),
  });
  const accountOf = (c: Context): string => c.req.param("account") ?? "";
  return [
    defineRoute({
      method: "GET",
      path: "/api/admin/accounts",
      name: "adminListAccounts",
      summary: "Accounts, the newest first",
      access: "administrator",
      query: [query, pageLimit, pageOffset],
      status: 200,
      answer: AccountsAnswer,
      refusals: ["invalid", "unauthenticated", "forbidden"],
      async handle(c) {
        const { account } = await requireAdmin(c);
        const { accounts, total } = await admin.accounts(account, {
          query: query.read(c),
          limit: pageLimit.read(c),
          offset: pageOffset.read(c),
        });
        return { accounts: accounts.map((listed) => listedAccountJson(listed, placeOf(c))), total };
      },
    }),
    defineRoute({
      method: "PATCH",
      path: "/api/admin/accounts/{account}",
      name: "adminChangeAccount",
      summary: "Suspend an account or take it back; make it an administrator or a member",
      access: "administrator",
      body: AdminAccountChangeBody,
      status: 200,
      answer: AdminAccountAnswer,
      refusals: ["invalid", "unauthenticated", "forbidden", "not_found", "last_admin"],
      async handle(c, change) {
        const { account: actor } = await requireAdmin(c);
        const changed = await admin.changeAccount(actor, accountOf(c), change);
        return { account: adminAccountJson(changed, placeOf(c)) };
      },
    }),
    defineRoute({
      method: "POST",
      path: "/api/admin/accounts/{account}/password",
      name: "adminResetPassword",
      summary: "A random password in the place of a forgotten one; the account's sessions end",
      access: "administrator",
      status: 200,
      answer: PasswordAnswer,
      refusals: ["unauthenticated", "forbidden", "not_found", "busy"],
      async handle(c) {
        const { account } = await requireAdmin(c);
        return { password: await admin.resetPassword(account, accountOf(c)) };
      },
    }),
    defineRoute({
      method: "DELETE",
      path: "/api/admin/accounts/{account}/sessions",
      name: "adminEndSessions",
      summary: "Log an account out everywhere",
      access: "administrator",
      status: 200,
      answer: EndedAnswer,
      refusals: ["unauthenticated", "forbidden", "not_found"],
      async handle(c) {
        const { account } = await requireAdmin(c);
        return { ended: await admin.endSessions(account, accountOf(c)) };
      },
    }),
    defineRoute({
      method: "DELETE",
      path: "/api/admin/accounts/{account}",
      name: "adminDeleteAccount",
      summary: "Remove an account with its room, follows and pictures",
      access: "administrator",
      status: 204,
      refusals: ["unauthenticated", "forbidden", "not_found", "last_admin"],
      async handle(c) {
        const { account } = await requireAdmin(c);
        await admin.deleteAccount(account, accountOf(c));
      },
    }),
  ];
}
