/**
 * The session of a request: `Authorization: Bearer <token>`, else the session cookie. Over HTTPS the
 * cookie is `__Host-wanren_session` alone, which no other host or plain-text answer can plant.
 *
 * @module
 */
import type { Context, MiddlewareHandler } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { Account } from "../rooms/model.ts";
import { clientOf } from "./client.ts";
import { type AccountService, ServiceError } from "./services.ts";

/** Cookie name over plain HTTP. */
export const SESSION_COOKIE = "wanren_session";
/** Cookie name over HTTPS (RFC 6265bis §4.1.3.2). */
export const SECURE_SESSION_COOKIE = `__Host-${SESSION_COOKIE}`;

const MAX_AGE_S = 30 * 24 * 3600;
const VARIABLE = "wanren.session";

/** Somebody who is logged in. */
export interface Session {
  readonly account: Account;
  readonly token: string;
  readonly by: "bearer" | "cookie";
}

type Lookup = () => Promise<Session | null>;

/** Middleware behind {@linkcode sessionOf}; asks the store at most once a request, and only if used. */
export function sessions(accounts: Pick<AccountService, "authenticate">): MiddlewareHandler {
  return async (c, next) => {
    let found: Promise<Session | null> | null = null;
    c.set(VARIABLE, (() => found ??= lookUp(c, accounts)) satisfies Lookup);
    await next();
  };
}

/** The session of the request, or null: nobody, unknown, or too old. */
export function sessionOf(c: Context): Promise<Session | null> {
  const lookup = c.get(VARIABLE) as Lookup | undefined;
  if (lookup === undefined) throw new Error("Cannot tell the session: the middleware did not run");
  return lookup();
}

/** @throws {ServiceError} `unauthenticated` when nobody is logged in. */
export async function requireSession(c: Context): Promise<Session> {
  const session = await sessionOf(c);
  if (session === null) {
    throw new ServiceError("unauthenticated", "Cannot do this: nobody is logged in");
  }
  return session;
}

/** @throws {ServiceError} `unauthenticated`, or `forbidden` for who is no administrator. */
export async function requireAdmin(c: Context): Promise<Session> {
  const session = await requireSession(c);
  if (!session.account.admin) {
    throw new ServiceError("forbidden", "Cannot do this: administrators only");
  }
  return session;
}

/** Logs the browser in: 30 days, out of reach for scripts, not sent by other sites' forms. */
export function setSessionCookie(c: Context, token: string): void {
  const { secure } = clientOf(c);
  setCookie(c, secure ? SECURE_SESSION_COOKIE : SESSION_COOKIE, token, {
    path: "/",
    httpOnly: true,
    sameSite: "Lax",
    secure,
    maxAge: MAX_AGE_S,
  });
}

/** Takes the cookie back; does not end the session itself. */
export function clearSessionCookie(c: Context): void {
  const { secure } = clientOf(c);
  deleteCookie(c, secure ? SECURE_SESSION_COOKIE : SESSION_COOKIE, { path: "/", secure });
}

/** The session cookie's token, whether it is good or not. */
export function sessionCookie(c: Context): string | undefined {
  return getCookie(c, clientOf(c).secure ? SECURE_SESSION_COOKIE : SESSION_COOKIE);
}

/** The token of `Authorization: Bearer` (RFC 6750 §2.1). */
export function bearerToken(c: Context): string | undefined {
  return /^Bearer +([^\s]{1,512})$/i.exec(c.req.header("authorization") ?? "")?.[1];
}

async function lookUp(
  c: Context,
  accounts: Pick<AccountService, "authenticate">,
): Promise<Session | null> {
  // A wrong token is not made good by a cookie that happens to be there.
  const by = c.req.header("authorization") === undefined ? "cookie" : "bearer";
  const token = by === "cookie" ? sessionCookie(c) : bearerToken(c);
  if (token === undefined) return null;
  const account = await accounts.authenticate(token);
  return account === null ? null : { account, token, by };
}
