/**
 * Reading what forms send: bounded, and never a way to another site.
 *
 * @module
 */
import type { Context } from "hono";
import { formsText } from "../../islands/i18n/forms.ts";
import type { Locale } from "../../islands/i18n/mod.ts";
import { readBytes } from "../body.ts";
import { RequestError } from "../problem.ts";
import type { ServiceError } from "../services.ts";

/** Longest body of a form that says nothing else, in bytes. */
export const MAX_FORM_BYTES = 16 * 1024;
const MAX_NEXT_LENGTH = 512;

/** Text fields of a form; a missing one reads as the empty text. */
export type Form = (field: string) => string;

/**
 * Reads an `application/x-www-form-urlencoded` body.
 *
 * @throws {RequestError} 413 above `maxBytes`, 415 for another content type.
 */
export async function readForm(
  c: Context,
  { maxBytes = MAX_FORM_BYTES }: { readonly maxBytes?: number } = {},
): Promise<Form> {
  const type = c.req.header("content-type")?.split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded") {
    throw new RequestError({
      status: 415,
      title: "Unsupported content type",
      code: "unsupported_media_type",
      detail: "Cannot read the form: it must be application/x-www-form-urlencoded",
    });
  }
  const body = await readBytes(c, maxBytes);
  const fields = new URLSearchParams(new TextDecoder().decode(body));
  return (field) => fields.get(field) ?? "";
}

/**
 * Where to go after a form: a path of this site with its query, or `fallback` for everything that
 * a browser could take for another site.
 */
export function safeNext(next: string | null | undefined, fallback = "/"): string {
  if (next === null || next === undefined || next.length > MAX_NEXT_LENGTH) return fallback;
  // deno-lint-ignore no-control-regex -- browsers drop tabs and line ends inside addresses
  if (!next.startsWith("/") || /[\\\u0000-\u0020\u007f]/.test(next)) return fallback;
  const base = "http://same.invalid";
  const url = URL.parse(next, base);
  // Dots resolve away: `/.//evil.example` would leave as `//evil.example`.
  if (url === null || url.origin !== base || url.pathname.startsWith("//")) return fallback;
  return url.pathname + url.search;
}

/** What a form shows after a refusal: beside a field, or above them all. */
export interface FormProblem {
  /** Name of the field; null: none of them alone. */
  readonly field: string | null;
  readonly message: string;
  readonly status: 400 | 401 | 403 | 409 | 422 | 429 | 503;
  readonly retryAfterS: number | null;
}

/** A refusal of the business in the reader's language. */
export function explainRefusal(error: ServiceError, locale: Locale): FormProblem {
  const text = formsText(locale);
  const problem = (
    status: FormProblem["status"],
    message: string,
    field: FormProblem["field"] = null,
  ): FormProblem => ({ field, message, status, retryAfterS: error.retryAfterS });
  switch (error.code) {
    case "invalid":
      if (error.field === "name") return problem(422, text.errorNameInvalid, "name");
      if (error.field === "password") return problem(422, text.errorPasswordInvalid, "password");
      if (error.field === "displayName") return problem(422, text.errorNameInvalid, error.field);
      if (error.field === "title") return problem(422, text.errorTitleInvalid, "title");
      if (error.field === "setupToken") return problem(403, text.errorSetUpToken);
      return problem(422, text.errorForm);
    case "name_taken":
      return problem(409, text.errorNameTaken, error.field ?? "name");
    case "wrong_credentials":
      if (error.field !== null) return problem(401, text.errorPassword, error.field);
      return problem(401, text.errorCredentials);
    case "too_many_attempts":
    case "slow_down":
      return problem(
        429,
        text.errorAttempts(Math.max(1, Math.ceil((error.retryAfterS ?? 60) / 60))),
      );
    case "room_exists":
      return problem(409, text.errorRoomExists);
    case "picture_unknown":
    case "picture_broken":
    case "picture_too_small":
    case "picture_too_large":
      return problem(422, text.errorForm);
    case "storage_full":
    case "busy":
      return problem(503, text.errorBusy);
    case "too_poor":
    case "not_live":
    case "in_battle":
    case "not_now":
    case "muted":
    case "banned":
    case "followers_only":
    case "level":
    case "emotes_only":
    case "visitors":
    case "words":
    case "blocked":
      // No form of these pages asks for it.
      return problem(409, text.errorForm);
    case "too_many":
      return problem(409, text.errorTooMany);
    case "last_admin":
      return problem(409, text.errorLastAdmin);
    case "suspended":
      return problem(403, text.errorSuspended);
    case "closed":
      return problem(403, text.errorClosed);
    case "unauthenticated":
    case "forbidden":
    case "not_found":
      return problem(403, text.errorForbidden);
  }
}
