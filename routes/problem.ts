/**
 * Problem answers (RFC 9457): every error of the API is one. What went wrong becomes a status here
 * and nowhere else.
 *
 * @module
 */
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import { StoreBusyError } from "../rooms/errors.ts";
import type { Logger } from "../platform/log.ts";
import { problem as problemAnswer } from "../platform/problem.ts";
import { ServiceError, type ServiceErrorCode } from "./services.ts";

/** Status and title of each refusal of the business. */
export const SERVICE_PROBLEMS: Readonly<
  Record<ServiceErrorCode, { readonly status: number; readonly title: string }>
> = {
  invalid: { status: 400, title: "The input cannot be used" },
  unauthenticated: { status: 401, title: "Log in first" },
  wrong_credentials: { status: 401, title: "Name or password is wrong" },
  forbidden: { status: 403, title: "Not allowed" },
  not_found: { status: 404, title: "Not found" },
  name_taken: { status: 409, title: "The name is taken" },
  room_exists: { status: 409, title: "The account has a room already" },
  too_many: { status: 409, title: "There are too many already" },
  last_admin: { status: 409, title: "The last administrator must stay" },
  suspended: { status: 403, title: "Suspended" },
  closed: { status: 403, title: "Closed by the administrator" },
  too_many_attempts: { status: 429, title: "Too many attempts" },
  slow_down: { status: 429, title: "Too much at once" },
  too_poor: { status: 402, title: "There are too few coins" },
  not_live: { status: 409, title: "The room is not live" },
  in_battle: { status: 409, title: "The room is in a battle" },
  not_now: { status: 409, title: "Not possible just now" },
  picture_unknown: { status: 415, title: "Not a picture that can be used" },
  picture_broken: { status: 422, title: "The picture is broken" },
  picture_too_small: { status: 422, title: "The picture is too small" },
  picture_too_large: { status: 422, title: "The picture is too large" },
  storage_full: { status: 507, title: "There is no room left" },
  busy: { status: 503, title: "Too busy just now" },
  muted: { status: 403, title: "Muted in this room" },
  banned: { status: 403, title: "Shown out of this room" },
  followers_only: { status: 403, title: "Only followers talk here" },
  level: { status: 403, title: "The level is too low" },
  emotes_only: { status: 403, title: "Only emotes are said here" },
  visitors: { status: 403, title: "Visitors do not talk here" },
  words: { status: 422, title: "The text holds words that are not said here" },
  blocked: { status: 403, title: "Private messages are not wanted" },
};

/** Status and title of what is refused before the business is asked, or what it did not foresee. */
export const SURFACE_PROBLEMS = {
  cross_site: { status: 403, title: "Not allowed" },
  method_not_allowed: { status: 405, title: "Method not allowed" },
  too_large: { status: 413, title: "Body too large" },
  upgrade_required: { status: 426, title: "WebSocket needed" },
  unsupported_media_type: { status: 415, title: "Unsupported content type" },
  internal: { status: 500, title: "Something went wrong here" },
} as const;

/** One problem; further members of `extra` stand beside the standard ones. */
export interface Problem {
  readonly status: number;
  readonly title: string;
  /** For programs: a code of {@linkcode SERVICE_PROBLEMS} or one of the surface's own. */
  readonly code: string;
  readonly detail?: string;
  readonly extra?: Readonly<Record<string, string | number>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The answer of a problem. */
export function problem(what: Problem): Response {
  const { status, title, detail, headers, code, extra } = what;
  const { body, ...init } = problemAnswer({
    status,
    title,
    ...(detail !== undefined && { detail }),
    ...(headers !== undefined && { headers }),
    members: { ...extra, code },
  });
  return new Response(body, init);
}

/** The answer to an address that is not there. */
export function notFoundProblem(): Response {
  return problem({
    status: 404,
    title: SERVICE_PROBLEMS.not_found.title,
    code: "not_found",
    detail: "Cannot find this address",
  });
}

/** The answer to a method that the address does not have (RFC 9110 §15.5.6). */
export function methodProblem(c: Context, allowed: readonly string[]): Response {
  return problem({
    ...SURFACE_PROBLEMS.method_not_allowed,
    code: "method_not_allowed",
    detail: `Cannot ${c.req.method} here: allowed are ${allowed.join(", ")}`,
    headers: { allow: allowed.join(", ") },
  });
}

/** A request that is refused before the business sees it. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title);
    this.problem = problem;
  }
}

/** Turns whatever a handler threw into its answer; what nobody foresaw is logged and a 500. */
export function errorProblem(error: Error, c: Context, log: Logger): Response {
  if (error instanceof ServiceError) {
    return problem({
      ...SERVICE_PROBLEMS[error.code],
      code: error.code,
      detail: error.message,
      extra: { ...error.members, ...(error.field !== null && { field: error.field }) },
      headers: {
        ...(error.retryAfterS !== null && { "retry-after": String(error.retryAfterS) }),
        ...(error.code === "unauthenticated" && { "www-authenticate": 'Bearer realm="wanren"' }),
      },
    });
  }
  if (error instanceof RequestError) return problem(error.problem);
  if (error instanceof StoreBusyError) {
    log.warn("store_busy", { path: c.req.path, error });
    return problem({
      ...SERVICE_PROBLEMS.busy,
      code: "busy",
      detail: "Cannot do this now: the store is busy",
      headers: { "retry-after": "1" },
    });
  }
  if (error instanceof HTTPException) {
    return problem({ status: error.status, title: error.message || "Refused", code: "refused" });
  }
  log.error("request_failed", { method: c.req.method, path: c.req.path, error });
  return problem({ ...SURFACE_PROBLEMS.internal, code: "internal" });
}
