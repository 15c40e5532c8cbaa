/**
 * Pages as HTTP answers: caching, statuses, and what becomes of errors.
 *
 * @module
 */
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { StoreBusyError } from "../../rooms/errors.ts";
import { RequestError } from "../problem.ts";
import { ServiceError } from "../services.ts";
import { clientOf } from "../client.ts";
import { contentSecurityPolicy } from "../security_headers.ts";
import { earlyScript, type Page, renderDocument } from "./document.tsx";
import { type ErrorKind, errorPage } from "./error.tsx";
import type { FormProblem } from "./forms.ts";
import type { PagesOptions } from "./options.ts";
import { anonymousReader } from "./view.ts";

const REVALIDATE = "private, no-cache";
/** For pages that hold what is one person's alone. */
export const NO_STORE = "no-store";

/** A page and how it is sent. */
export interface Answer extends Pick<PagesOptions, "manifest"> {
  readonly page: Page;
  readonly status?: ContentfulStatusCode;
  /** Sets status and `Retry-After` of a form that comes back. */
  readonly problem?: FormProblem;
  readonly cache?: string;
  /** Origins that may frame the page; default: nobody. */
  readonly frameAncestors?: readonly string[];
}

/** Sends a page; one with a refused form is never stored. */
export function answer(c: Context, { page, manifest, status = 200, problem, ...how }: Answer) {
  const cache = problem === undefined ? how.cache ?? REVALIDATE : NO_STORE;
  const early = earlyScript(page, manifest);
  c.header("vary", "Cookie, Accept-Language, Referer");
  c.header("cache-control", cache);
  if (early !== null) {
    const { frameAncestors } = how;
    const policy = contentSecurityPolicy({ frameAncestors, scripts: [early.hash] });
    c.header("content-security-policy", policy);
  }
  if (problem?.retryAfterS != null) {
    c.header("retry-after", String(Math.max(1, Math.ceil(problem.retryAfterS))));
  }
  // What is never stored is not compressed either: sheets would be most of it.
  const firstVisit = cache !== NO_STORE && !comesFromHere(c);
  return c.html(renderDocument(page, manifest, { firstVisit }), problem?.status ?? status);
}

/** Whether another page of ours led here: it has fetched the sheets, or is about to. */
function comesFromHere(c: Context): boolean {
  const referrer = URL.parse(c.req.header("referer") ?? "");
  return referrer !== null && referrer.host === clientOf(c).host;
}

const ERROR_STATUS = {
  not_found: 404,
  room_not_found: 404,
  forbidden: 403,
  bad_request: 400,
  failure: 500,
  busy: 503,
} as const satisfies Record<ErrorKind, number>;

/** The HTML answer for what went wrong, without asking the business for anything. */
export function errorAnswer(
  c: Context,
  options: Pick<PagesOptions, "manifest" | "now" | "services"> & {
    readonly kind: ErrorKind;
    /** Default: the one of the kind. */
    readonly status?: ContentfulStatusCode;
  },
): Response {
  const { manifest, kind, status = ERROR_STATUS[kind] } = options;
  const page = errorPage(kind, anonymousReader(c, options));
  if (kind === "busy") c.header("retry-after", "1");
  return answer(c, { page, manifest, status, cache: NO_STORE }) as Response;
}

/** The HTML answer for an error that a page, or a middleware before it, threw. */
export function failurePage(
  c: Context,
  options: Pick<PagesOptions, "manifest" | "now" | "log" | "services"> & { readonly error: Error },
): Response {
  const { error } = options;
  if (
    error instanceof RequestError || error instanceof ServiceError ||
    error instanceof StoreBusyError
  ) {
    const kind = kindOf(error);
    if (kind === "busy") options.log.warn("page_busy", { path: c.req.path, error });
    return error instanceof RequestError
      ? errorAnswer(c, { ...options, kind, status: error.problem.status as ContentfulStatusCode })
      : errorAnswer(c, { ...options, kind });
  }
  options.log.error("page_failed", { path: c.req.path, method: c.req.method, error });
  return errorAnswer(c, { ...options, kind: "failure" });
}

function kindOf(error: RequestError | ServiceError | StoreBusyError): ErrorKind {
  if (error instanceof StoreBusyError) return "busy";
  switch (error instanceof ServiceError ? error.code : error.problem.code) {
    case "not_found":
      return "not_found";
    case "busy":
    case "too_many_attempts":
      return "busy";
    case "invalid":
    case "too_large":
    case "unsupported_media_type":
      return "bad_request";
    default:
      return "forbidden";
  }
}
