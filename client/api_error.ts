/**
 * Why a call did not succeed.
 *
 * @module
 */

/** Codes of a call that got no answer, or a success that cannot be read. */
export type TransportCode = "unreachable" | "timeout" | "unreadable";

/** A call was refused, or never got a usable answer. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** Stable, for programs: `code` of the problem document, or a {@linkcode TransportCode}. */
  readonly code: string;
  /** What went wrong, in English, for developers. */
  readonly detail: string;
  /** The input at fault, when the problem names one. */
  readonly field: string | null;
  /** Seconds until a retry makes sense, when the platform says so. */
  readonly retryAfterS: number | null;

  constructor(
    what: {
      readonly status: number;
      readonly code: TransportCode | (string & Record<never, never>);
      readonly detail?: string;
      readonly field?: string | null;
      readonly retryAfterS?: number | null;
      readonly cause?: unknown;
    },
  ) {
    const { status, code, detail = code, cause } = what;
    super(`Cannot use the answer: ${status} ${detail}`, { cause });
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.field = what.field ?? null;
    this.retryAfterS = what.retryAfterS ?? null;
  }

  /** The error of an answer that is no success: its problem document (RFC 9457), or none. */
  static of(response: Response, body: string): ApiError {
    const { code, detail, title, field } = parseProblem(body);
    const seconds = Number(response.headers.get("retry-after") ?? NaN);
    const text = (value: unknown) => typeof value === "string" ? value : undefined;
    return new ApiError({
      status: response.status,
      code: text(code) ?? "refused",
      detail: text(detail) ?? text(title) ?? "refused",
      field: text(field) ?? null,
      retryAfterS: Number.isFinite(seconds) ? seconds : null,
    });
  }
}

/** A proxy in between answers in its own words; that is a problem without members. */
function parseProblem(body: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(body) ?? {};
  } catch {
    return {};
  }
}
