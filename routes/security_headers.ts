/**
 * What every answer says to browsers.
 *
 * @module
 */
import type { MiddlewareHandler } from "hono";

/** What differs between pages. */
export interface PolicyOptions {
  /** Origins that may frame the answer, `*` for all; default: nobody. */
  readonly frameAncestors?: readonly string[];
  /** Hashes (`sha256-…`) of the scripts that stand in the page itself; default: none does. */
  readonly scripts?: readonly string[];
}

/**
 * Scripts come from our own files, or are named by their hash. Inline styles are allowed because
 * media-chrome writes them; `blob:` is for media sources and the workers of the players.
 */
export function contentSecurityPolicy(
  { frameAncestors = [], scripts = [] }: PolicyOptions = {},
): string {
  return [
    "default-src 'self'",
    ["script-src 'self'", ...scripts.map((hash) => `'${hash}'`)].join(" "),
    "style-src 'self' 'unsafe-inline'",
    "worker-src 'self' blob:",
    "media-src 'self' blob:",
    "img-src 'self' data: blob:",
    "connect-src 'self' ws: wss:",
    "object-src 'none'",
    `frame-ancestors ${frameAncestors.length === 0 ? "'none'" : frameAncestors.join(" ")}`,
    "base-uri 'none'",
    "form-action 'self'",
  ].join("; ");
}

/** What every page says but the one that is made for frames. */
export const CONTENT_SECURITY_POLICY = contentSecurityPolicy();

/** What a page may ask the browser for, as policy-controlled features. */
const CAPTURE = ["camera", "microphone", "display-capture"] as const;
/** Pages that capture, with everything below them; guests come on stage from the page of a room. */
const CAPTURING_PAGES: Readonly<Record<string, readonly (typeof CAPTURE)[number][]>> = {
  "/booth": CAPTURE,
  "/studio": CAPTURE,
  "/call": CAPTURE,
  "/rooms": ["camera", "microphone"],
};

/**
 * Which devices a page may ask for (Permissions Policy §5): those that capture for themselves
 * alone, never for a frame in them; all others for nobody.
 */
export function permissionsPolicy(path: string): string {
  const [, captures = []] = Object.entries(CAPTURING_PAGES)
    .find(([page]) => path === page || path.startsWith(`${page}/`)) ?? [];
  return CAPTURE.map((feature) => `${feature}=(${captures.includes(feature) ? "self" : ""})`)
    .join(", ");
}

const HEADERS: readonly (readonly [name: string, value: string])[] = [
  ["content-security-policy", CONTENT_SECURITY_POLICY],
  ["x-content-type-options", "nosniff"],
  ["referrer-policy", "same-origin"],
  ["cross-origin-opener-policy", "same-origin"],
  // Nothing that `web` answers is for everybody unless its handler says so.
  ["cache-control", "no-store"],
];

/** Middleware that adds the headers a handler did not set itself. */
export function securityHeaders(): MiddlewareHandler {
  return async (c, next) => {
    await next();
    for (const [name, value] of HEADERS) {
      if (!c.res.headers.has(name)) c.res.headers.set(name, value);
    }
    if (!c.res.headers.has("permissions-policy")) {
      c.res.headers.set("permissions-policy", permissionsPolicy(c.req.path));
    }
  };
}
