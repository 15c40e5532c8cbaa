/**
 * Nobody else's page may act for a logged-in visitor. A request that can change something and is not
 * authenticated by `Authorization` must come from our own pages:
 *
 * 1. `Sec-Fetch-Site`, where the browser sends it: `same-origin` or `none`;
 * 2. else `Origin`: the host the request went to, or that of `PUBLIC_URL`;
 * 3. neither: not a browser; refused when it brings a session cookie nevertheless.
 *
 * It holds for requests without a cookie too, or a foreign form could log a visitor in under the
 * attacker's account.
 *
 * @module
 */
import type { Context, MiddlewareHandler } from "hono";
import { clientOf } from "./client.ts";
import { RequestError, SURFACE_PROBLEMS } from "./problem.ts";
import { sessionCookie } from "./session.ts";

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/** Middleware that refuses foreign requests with a 403 problem. */
export function csrfProtection(options: { readonly publicUrl: string | null }): MiddlewareHandler {
  const publicHost = options.publicUrl === null ? null : new URL(options.publicUrl).host;
  return async (c, next) => {
    if (!SAFE_METHODS.has(c.req.method) && !isOwn(c, publicHost)) {
      throw new RequestError({
        ...SURFACE_PROBLEMS.cross_site,
        code: "cross_site",
        detail: "Cannot accept this request: it comes from another site",
      });
    }
    await next();
  };
}

function isOwn(c: Context, publicHost: string | null): boolean {
  // A browser cannot be made to send this header across sites: there is no CORS grant for it.
  if (c.req.header("authorization") !== undefined) return true;
  const site = c.req.header("sec-fetch-site");
  if (site === "same-origin" || site === "none") return true;
  const origin = c.req.header("origin");
  if (origin !== undefined) {
    const host = URL.parse(origin)?.host;
    return host !== undefined && host !== "" && (host === clientOf(c).host || host === publicHost);
  }
  return site === undefined && sessionCookie(c) === undefined;
}
