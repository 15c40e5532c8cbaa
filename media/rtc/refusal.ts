/**
 * Closed catalogue of what WHIP and WHEP clients are refused, as problem answers.
 *
 * @module
 */
import type { ProblemOptions } from "../../platform/problem.ts";
import type { LimitReached, SessionKind } from "./limits.ts";

/** A request that is refused; it says with which answer. */
export class RtcRefusal extends Error {
  override readonly name = "RtcRefusal";
  readonly problem: ProblemOptions;

  constructor(problem: ProblemOptions) {
    super(problem.detail ?? problem.title);
    this.problem = problem;
  }
}

/** Machine-readable reason of a refusal (`code` of the problem). */
export type RtcProblemCode =
  | "not_found"
  | "session_over"
  | "method_not_allowed"
  | "not_acceptable"
  | "unsupported_media_type"
  | "too_large"
  | "too_slow"
  | "bad_sdp"
  | "no_common_codec"
  | "no_key"
  | "no_pass"
  | "not_live"
  | "if_match_missing"
  | "if_match_wrong"
  | "ice_restart"
  | "too_many_requests"
  | "too_many_sessions"
  | "busy"
  | "media_away"
  | "draining";

/** Makes a refusal; `detail` is a sentence that says what to do. */
export function refusal(
  status: number,
  said: {
    readonly code: RtcProblemCode | string;
    readonly title: string;
    readonly detail: string;
    readonly headers?: Readonly<Record<string, string>>;
  },
): RtcRefusal {
  const { code, title, detail, headers } = said;
  return new RtcRefusal({ status, title, detail, members: { code }, ...(headers && { headers }) });
}

/** There is no room or session at this address. */
export function notFound(): RtcRefusal {
  return refusal(404, {
    code: "not_found",
    title: "Not found",
    detail: "There is no room of this number: look at its address again.",
  });
}

/** The session of this address is over. */
export function sessionOver(): RtcRefusal {
  return refusal(404, {
    code: "session_over",
    title: "Session over",
    detail: "This session has ended: open a new one by POST to the room's address.",
  });
}

/** WHEP draft: the room has no stream now. */
export function notLive(): RtcRefusal {
  return refusal(409, {
    code: "not_live",
    title: "Not live",
    detail: "Nobody is live in this room: try again in a few seconds.",
    headers: { "retry-after": "3" },
  });
}

/** The stream of a seat is for those on stage. */
export function noPass(): RtcRefusal {
  return refusal(401, {
    code: "no_pass",
    title: "Not for everybody",
    detail: "Streams of seats are watched with a pass of the room's stage, which is good for two " +
      "minutes: ask for a new one.",
    headers: { "www-authenticate": 'Bearer realm="wanren"' },
  });
}

/** One more session would break a bound. */
export function limited(kind: SessionKind, limit: LimitReached): RtcRefusal {
  const other = kind === "whip" ? "publish by RTMP" : "play by FLV or HLS";
  switch (limit) {
    case "rate":
      return refusal(429, {
        code: "too_many_requests",
        title: "Too many requests",
        detail: "Too many sessions were opened from your address: wait ten seconds.",
        headers: { "retry-after": "10" },
      });
    case "address":
      return refusal(429, {
        code: "too_many_sessions",
        title: "Too many sessions",
        detail: `Your address has too many open sessions: end some by DELETE, or ${other}.`,
        headers: { "retry-after": "15" },
      });
    case "half_open":
    case "publishers":
    case "viewers":
      return refusal(503, {
        code: "busy",
        title: "Too busy just now",
        detail: `WebRTC has no room for more sessions: try again in a moment, or ${other}.`,
        headers: { "retry-after": "5" },
      });
  }
}
