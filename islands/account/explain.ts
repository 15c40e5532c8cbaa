/**
 * Why the server refused something about the own account, in words.
 *
 * @module
 */
import { accountText } from "../i18n/account.ts";
import type { Locale } from "../i18n/mod.ts";
import { ApiError } from "../ui/api.ts";

/** What was wrong, and with which field; null: with none of them. */
export interface Refusal {
  readonly field: string | null;
  readonly message: string;
}

/** The words for what a call threw. */
export function explainAccount(error: unknown, locale: Locale): Refusal {
  const text = accountText(locale);
  if (!(error instanceof ApiError)) return { field: null, message: text.failed };
  const { status, field } = error;
  if (field === "displayName") {
    return { field, message: status === 409 ? text.nameTaken : text.nameInvalid };
  }
  if (field !== null) {
    return { field, message: status === 401 ? text.passwordWrong : text.passwordInvalid };
  }
  if (status === 401) return { field, message: text.loggedOut };
  if (status === 409) return { field, message: text.lastAdmin };
  if (status === 429) return { field, message: text.attempts };
  return { field, message: text.failed };
}
