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

const NOTICE_COOKIE = "wanren_notice";
/** `1`: the watch page begins in theatre mode; set by the player, which owns the switch. */
export const THEATRE_COOKIE = "wanren_theatre";

/** What the administrators decided about every page. */
export interface Site {
  readonly name: string;
  /** One line above the page; empty: none, or this reader put it away. */
  readonly notice: string;
}

/** The reader of one request. */
export interface Reader {
  readonly locale: Locale;
  /** Chosen explicitly, or null. */
  readonly theme: Theme | null;
  readonly account: Account | null;
  readonly site: Site;
  /** Path and query of the request. */
  readonly path: string;
  readonly nowMs: number;
}

/** What a reader is made of beside the request. */
export type ReaderOptions = Pick<PagesOptions, "now"> & {
  readonly services: Pick<PagesOptions["services"], "settings">;
};

/** Reads cookies, `Accept-Language` and the session. */
export async function readReader(
  c: Context,
  options: ReaderOptions,
): Promise<Reader> {
  const session = await sessionOf(c);
  return { ...anonymousReader(c, options), account: session?.account ?? null };
}

/** The reader without asking the business who it is, for answers about its absence. */
export function anonymousReader(c: Context, options: ReaderOptions): Reader {
  const locale = parseLocale(getCookie(c, LOCALE_COOKIE)) ??
    negotiateLocale(c.req.header("accept-language"));
  const url = new URL(c.req.url);
  const { siteName, notice } = options.services.settings.values;
  return {
    locale,
    theme: parseTheme(getCookie(c, THEME_COOKIE)),
    account: null,
    site: {
      name: siteName,
      notice: getCookie(c, NOTICE_COOKIE) === noticeMark(notice) ? "" : notice,
    },
    path: url.pathname + url.search,
    nowMs: (options.now ?? Date.now)(),
  };
}

/** The theme itself when it is one. */
export function parseTheme(text: string | undefined): Theme | null {
  return text === "system" || text === "light" || text === "dark" ? text : null;
}

/** A short mark of a notice (FNV-1a): another text is shown again to who put the last one away. */
export function noticeMark(notice: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(notice)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return hash.toString(36);
}

/** Remembers what was chosen, for a year; values that are none of ours are ignored. */
export function rememberPreferences(
  c: Context,
  chosen: {
    readonly locale: string;
    readonly theme: string;
    /** Mark of a notice that was put away. */
    readonly notice: string;
    readonly secure: boolean;
  },
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
  if (/^[0-9a-z]{1,7}$/.test(chosen.notice)) {
    setCookie(c, NOTICE_COOKIE, chosen.notice, attributes);
  }
}
