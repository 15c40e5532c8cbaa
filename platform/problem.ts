/**
 * Problem answers (RFC 9457), the one shape of every HTTP error.
 *
 * @module
 */

/** Media type of a problem (RFC 9457 §3). */
export const PROBLEM_CONTENT_TYPE = "application/problem+json";

/** What went wrong; extension members stand beside the standard ones (RFC 9457 §3.2). */
export interface ProblemOptions {
  readonly status: number;
  /** Short, the same for every occurrence of this kind. */
  readonly title: string;
  /** What happened this time; left out when there is nothing to add. */
  readonly detail?: string;
  /** URI reference of the kind; default `about:blank`. */
  readonly type?: string;
  /** Further members, such as `reason` or `field`. */
  readonly members?: Readonly<Record<string, string | number | boolean>>;
  /** Further headers, such as `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer that any HTTP surface can send. */
export interface ProblemAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Makes the answer; errors are never cached. */
export function problem(options: ProblemOptions): ProblemAnswer {
  const { status, title, detail, type = "about:blank", members, headers } = options;
  return {
    status,
    headers: {
      "content-type": PROBLEM_CONTENT_TYPE,
      "cache-control": "no-store",
      ...headers,
    },
    body: JSON.stringify({
      ...members,
      type,
      title,
      status,
      ...(detail !== undefined && { detail }),
    }),
  };
}
