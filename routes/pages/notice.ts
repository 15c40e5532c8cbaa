/**
 * What a form says after it was done and the browser was sent on: one code of a closed list in a
 * cookie, shown once. No link can make a page say it.
 *
 * @module
 */
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { clientOf } from "../client.ts";

const COOKIE = "wanren_done";
const MAX_AGE_S = 60;

/** Leaves a notice for the next page. */
export function leaveNotice(c: Context, code: string): void {
  setCookie(c, COOKIE, code, {
    path: "/",
    httpOnly: true,
    sameSite: "Lax",
    secure: clientOf(c).secure,
    maxAge: MAX_AGE_S,
  });
}

/** The notice that was left, when it is one of `codes`; it is gone afterwards. */
export function takeNotice<Code extends string>(c: Context, codes: readonly Code[]): Code | null {
  const left = getCookie(c, COOKIE);
  if (left === undefined) return null;
  deleteCookie(c, COOKIE, { path: "/", secure: clientOf(c).secure });
  return codes.find((code) => code === left) ?? null;
}
