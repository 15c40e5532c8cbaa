/**
 * From what the edge holds to what a client gets: methods, ranges, CORS, cache headers.
 *
 * @module
 */
import { problem, type ProblemAnswer } from "../platform/problem.ts";
import type { StoredAnswer } from "./body_cache.ts";
import { parseRange } from "./byte_range.ts";
import { CollapseFullError } from "./collapse.ts";
import { OriginAwayError, OversizedAnswerError } from "./origin_client.ts";

/** A complete answer to a client. */
export interface ClientAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Null: no body is sent (HEAD, 204, 304, 416). */
  readonly body: Uint8Array | string | null;
}

/** Media may be played by any page: every answer below `/live` carries these. */
export const CORS_HEADERS: Readonly<Record<string, string>> = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "Age, Content-Length, Content-Range, Date, ETag, Retry-After",
};

/** The answer to a preflight request (Fetch standard, "CORS protocol"). */
export const PREFLIGHT_ANSWER: ClientAnswer = {
  status: 204,
  headers: {
    ...CORS_HEADERS,
    "access-control-allow-methods": "GET, HEAD, OPTIONS",
    "access-control-allow-headers":
      "Range, If-None-Match, Authorization, Content-Type, Cache-Control, Pragma",
    "access-control-max-age": "86400",
  },
  body: null,
};

/** What of a request decides about the answer. */
export interface AnswerRequest {
  readonly method: string;
  readonly range: string | null | undefined;
  readonly ifNoneMatch: string | null | undefined;
  /** Monotonic milliseconds. */
  readonly nowMs: number;
}

/**
 * Answers with what is stored; ranges are honoured on complete bodies alone, and 304 is said to
 * whom has this very answer (RFC 9110 §13.1.2).
 */
export function answerFrom(stored: StoredAnswer, request: AnswerRequest): ClientAnswer {
  const headers: Record<string, string> = {
    ...CORS_HEADERS,
    "content-type": stored.contentType ?? "application/octet-stream",
    "cache-control": stored.cacheControl ?? "no-store",
    "x-content-type-options": "nosniff",
  };
  if (stored.retryAfter !== null) headers["retry-after"] = stored.retryAfter;
  const ageS = Math.floor((request.nowMs - stored.storedAtMs) / 1000);
  if (ageS > 0) headers.age = String(ageS);
  if (stored.etag !== null) headers.etag = stored.etag;
  if (stored.lastModified !== null) headers["last-modified"] = stored.lastModified;
  let { status, body } = stored;
  if (status === 200 && matches(request.ifNoneMatch, stored.etag)) {
    delete headers["content-type"];
    return { status: 304, headers, body: null };
  }
  if (status === 200) {
    headers["accept-ranges"] = "bytes";
    const range = request.method === "GET" ? parseRange(request.range, body.byteLength) : null;
    if (range === "unsatisfiable") {
      headers["content-range"] = `bytes */${body.byteLength}`;
      headers["content-length"] = "0";
      headers["cache-control"] = "no-store";
      return { status: 416, headers, body: null };
    }
    if (range !== null) {
      status = 206;
      headers["content-range"] = `bytes ${range.first}-${range.last}/${body.byteLength}`;
      body = body.subarray(range.first, range.last + 1);
    }
  }
  headers["content-length"] = String(body.byteLength);
  return { status, headers, body: request.method === "HEAD" ? null : body };
}

/** Whether a list of entity tags names this one, by weak comparison (RFC 9110 §8.8.3.2). */
function matches(ifNoneMatch: string | null | undefined, etag: string | null): boolean {
  if (etag === null || ifNoneMatch === null || ifNoneMatch === undefined) return false;
  const bare = etag.replace(/^W\//, "");
  return ifNoneMatch.trim() === "*" ||
    ifNoneMatch.split(",").some((tag) => tag.trim().replace(/^W\//, "") === bare);
}

/** Answers with a problem, readable for pages of every origin. */
export function answerProblem(answer: ProblemAnswer, method: string): ClientAnswer {
  return {
    status: answer.status,
    headers: { ...CORS_HEADERS, ...answer.headers },
    body: method === "HEAD" ? null : answer.body,
  };
}

/** Nothing is below this address. */
export const NOT_FOUND: ProblemAnswer = problem({ status: 404, title: "Not found" });

/** The room is not live. */
export const NOT_LIVE: ProblemAnswer = problem({
  status: 404,
  title: "Not live",
  headers: { "cache-control": "no-store" },
});

/** Only reading is possible below `/live`. */
export const METHOD_NOT_ALLOWED: ProblemAnswer = problem({
  status: 405,
  title: "Method not allowed",
  headers: { allow: "GET, HEAD, OPTIONS" },
});

/** No origin answers; the client comes again. */
export const ORIGIN_AWAY: ProblemAnswer = problem({
  status: 503,
  title: "Origin unavailable",
  detail: "The media origin does not answer.",
  headers: { "retry-after": "1" },
});

/** The problem for what {@linkcode HlsRelay.get} threw; null when it is none of these. */
export function problemOf(error: unknown): ProblemAnswer | null {
  if (error instanceof OriginAwayError || error instanceof CollapseFullError) return ORIGIN_AWAY;
  if (error instanceof OversizedAnswerError) {
    return problem({ status: 502, title: "Answer too large" });
  }
  return null;
}
