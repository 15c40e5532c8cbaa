/**
 * Accounts and sessions over JSON.
 *
 * @module
 */
import type { Context } from "hono";
import { clientOf } from "../client.ts";
import type { AccountService, RoomService } from "../services.ts";
import { bearerToken, clearSessionCookie, sessionCookie, sessionOf } from "../session.ts";
import { ServiceError } from "../services.ts";
import { accountJson, CredentialsBody, SessionAnswer, WhoAnswer } from "./account_schemas.ts";
import { type ApiRoute, defineRoute } from "./table.ts";

/** What the calls stand on. */
export interface AccountRoutesOptions {
  readonly accounts: AccountService;
  readonly rooms: Pick<RoomService, "ofAccount">;
}

/** The calls about accounts and sessions. */
export function accountRoutes({ accounts, rooms }: AccountRoutesOptions): readonly ApiRoute[] {
  return [
    defineRoute({
      method: "POST",
      path: "/api/accounts",
      name: "signUp",
      summary: "Make an account and log in",
      access: "anyone",
      body: CredentialsBody,
      status: 201,
      answer: SessionAnswer,
      refusals: ["invalid", "name_taken", "closed", "too_many_attempts", "busy"],
      async handle(c, body) {
        const { account, token } = await accounts.signUp({ ...body, ...originOf(c) });
        return { account: accountJson(account), token };
      },
    }),
    defineRoute({
      method: "POST",
      path: "/api/sessions",
      name: "logIn",
      summary: "Log in",
      access: "anyone",
      body: CredentialsBody,
      status: 200,
      answer: SessionAnswer,
      refusals: ["invalid", "wrong_credentials", "suspended", "too_many_attempts", "busy"],
      async handle(c, body) {
        const { account, token } = await accounts.logIn({ ...body, ...originOf(c) });
        return { account: accountJson(account), token };
      },
    }),
    defineRoute({
      method: "DELETE",
      path: "/api/sessions",
      name: "logOut",
      summary: "End the session of this request; done already is fine",
      access: "anyone",
      status: 204,
      refusals: [],
      async handle(c) {
        const bearer = bearerToken(c);
        const token = bearer ?? sessionCookie(c);
        if (token !== undefined) await accounts.logOut(token);
        if (bearer === undefined && token !== undefined) clearSessionCookie(c);
      },
    }),
    defineRoute({
      method: "GET",
      path: "/api/session",
      name: "whoAmI",
      summary: "Who asks; `account` is null for a visitor",
      access: "anyone",
      status: 200,
      answer: WhoAnswer,
      refusals: ["unauthenticated"],
      async handle(c) {
        const session = await sessionOf(c);
        if (session === null) {
          if (c.req.header("authorization") !== undefined) {
            throw new ServiceError("unauthenticated", "Cannot use this token: unknown or too old");
          }
          return { account: null, room: null };
        }
        const { id, name, admin } = session.account;
        const room = await rooms.ofAccount(session.account);
        return { account: { id, name, admin }, room: room?.id ?? null };
      },
    }),
  ];
}

/** What a session remembers of where it was begun. */
function originOf(c: Context): { readonly remoteAddress: string; readonly userAgent: string } {
  return {
    remoteAddress: clientOf(c).address,
    userAgent: c.req.header("user-agent") ?? "",
  };
}
