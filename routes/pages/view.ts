/**
 * Who reads a page: language, appearance, account.
 *
 * @module
 */
import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { type Locale, negotiateLocale, parseLocale } from "../../islands/i18n/mod.ts";
import type { Theme } from "../../islands/Preferences.tsx";
import type { Account } from "../../rooms/model.ts";
import { sessionOf } from "../session.ts";
import type { PagesOptions } from "./options.ts";

const LOCALE_COOKIE = "wanren_locale";
const THEME_COOKIE = "wanren_theme";
const YEAR_S = 365 * 24 * 3600;

/** The reader of one request. */
export interface Reader {
  readonly locale: Locale;
  /** Chosen explicitly, or null. */
  readonly theme: Theme | null;
  readonly account: Account | null;
  /** Path and query of the request. */
  readonly path: string;
  readonly nowMs: number;
}

/** Reads cookies, `Accept-Language` and the session. */
export async function readReader(
  c: Context,
  options: Pick<PagesOptions, "now">,
): Promise<Reader> {
  const session = await sessionOf(c);
  return { ...anonymousReader(c, options), account: session?.account ?? null };
}

/** The reader without asking the business who it is, for answers about its absence. */
export function anonymousReader(c: Context, options: Pick<PagesOptions, "now">): Reader {
  const locale = parseLocale(getCookie(c, LOCALE_COOKIE)) ??
    negotiateLocale(c.req.header("accept-language"));
  const url = new URL(c.req.url);
  return {
    locale,
    theme: parseTheme(getCookie(c, THEME_COOKIE)),
    account: null,
    path: url.pathname + url.search,
    nowMs: (options.now ?? Date.now)(),
  };
}

/** The theme itself when it is one. */
export function parseTheme(text: string | undefined): Theme | null {
  return text === "system" || text === "light" || text === "dark" ? text : null;
}

/** Remembers what was chosen, for a year; values that are none of ours are ignored. */
export function rememberPreferences(
  c: Context,
  chosen: { readonly locale: string; readonly theme: string; readonly secure: boolean },
): void {
  const attributes = {
    path: "/",
    maxAge: YEAR_S,
    sameSite: "Lax",
    httpOnly: true,
    secure: chosen.secure,
  } as const;
  const locale = parseLocale(chosen.locale);
  if (locale !== null) setCookie(c, LOCALE_COOKIE, locale, attributes);
  const theme = parseTheme(chosen.theme);
  if (theme !== null) setCookie(c, THEME_COOKIE, theme, attributes);
}
