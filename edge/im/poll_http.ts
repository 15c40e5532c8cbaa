/**
 * Answers to polls as HTTP: what a CDN and a browser may keep, and problems.
 *
 * @module
 */
import { problem, type ProblemAnswer } from "../../platform/problem.ts";
import { type ClientAnswer, CORS_HEADERS } from "../client_answer.ts";
import type { Gzip, PollAnswer } from "./poll_answers.ts";
import type { Opened } from "./rooms.ts";

/** The room of a request for messages. */
const POLL_PATH = /^\/api\/rooms\/([^/]{1,64})\/messages$/;

/** The room whose messages a path names; null when it names none. */
export function roomOfPollPath(path: string): string | null {
  return POLL_PATH.exec(path)?.[1] ?? null;
}

/** What of a request decides about the answer. */
export interface PollHttpRequest {
  readonly method: string;
  readonly ifNoneMatch: string | null | undefined;
  readonly acceptEncoding: string | null | undefined;
  readonly gzip: Gzip;
}

/**
 * A cursor stands in the address, so a shared cache may collapse those who come with the same one; a
 * browser asks each time.
 */
const CACHE_CONTROL = "public, max-age=0, s-maxage=1";
const HEADERS = {
  ...CORS_HEADERS,
  "cache-control": CACHE_CONTROL,
  "vary": "accept-encoding",
  "x-content-type-options": "nosniff",
} as const;

/** The answer with these bytes, or 304 to whom has them. */
export function answerPoll(answer: PollAnswer, request: PollHttpRequest): ClientAnswer {
  const { method, ifNoneMatch, acceptEncoding, gzip } = request;
  if (ifNoneMatch === answer.etag) {
    return { status: 304, headers: { ...HEADERS, etag: answer.etag }, body: null };
  }
  const packed = acceptsGzip(acceptEncoding) ? answer.gzipped(gzip) : null;
  return {
    status: 200,
    headers: packed === null ? headersOf(answer, answer.body) : packedHeadersOf(answer, packed),
    body: method === "HEAD" ? null : packed ?? answer.body,
  };
}

function headersOf(answer: PollAnswer, body: Uint8Array): Readonly<Record<string, string>> {
  return {
    ...HEADERS,
    "content-type": answer.contentType,
    etag: answer.etag,
    "content-length": String(body.length),
  };
}

/** Heads of answers that many get. */
const packedHeaders = new WeakMap<PollAnswer, Readonly<Record<string, string>>>();

function packedHeadersOf(answer: PollAnswer, packed: Uint8Array) {
  let headers = packedHeaders.get(answer);
  if (headers === undefined) {
    headers = { ...headersOf(answer, packed), "content-encoding": "gzip" };
    packedHeaders.set(answer, headers);
  }
  return headers;
}

/** The problem of a room that cannot be read. */
export function pollRefusal(opened: Exclude<Opened, object>): ProblemAnswer {
  switch (opened) {
    case "missing":
      return ROOM_MISSING;
    case "busy":
    case "away":
      return POLL_BUSY;
  }
}

/** There is no such room. */
const ROOM_MISSING: ProblemAnswer = problem({
  status: 404,
  title: "Not found",
  members: { code: "not_found" },
  headers: { ...CORS_HEADERS },
});

/** The edge cannot give messages just now. */
export const POLL_BUSY: ProblemAnswer = problem({
  status: 503,
  title: "Too busy just now",
  members: { code: "busy" },
  headers: { ...CORS_HEADERS, "retry-after": "2" },
});

/** More want to say something than can be brought to `web`: the same as what that says to too many. */
export const TOO_MANY_TEXTS: ProblemAnswer = problem({
  status: 429,
  title: "Too much at once",
  detail: "Cannot say this: too many do, try again in 2 s",
  members: { code: "slow_down" },
  headers: { ...CORS_HEADERS, "retry-after": "2" },
});

/** The query is none. */
export const POLL_MALFORMED: ProblemAnswer = problem({
  status: 400,
  title: "The input cannot be used",
  detail:
    "limit must be a whole number from 1 on, kinds a list of chat, gift, pk and notice, as json or protobuf.",
  members: { code: "invalid" },
  headers: { ...CORS_HEADERS },
});

/** `gzip` or `*` with a weight above zero (RFC 9110 §12.5.3). */
function acceptsGzip(header: string | null | undefined): boolean {
  if (header === null || header === undefined || header === "") return false;
  // What browsers say.
  if (header.startsWith("gzip, ")) return true;
  return /(?:^|,)\s*(?:gzip|\*)\s*(?:;\s*q=(?!0(?:\.0{0,3})?\s*(?:,|$))|,|$)/i.test(header);
}
