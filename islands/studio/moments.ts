/**
 * Points in time as people type and read them.
 *
 * @module
 */
import { languageTag, type Locale } from "../i18n/mod.ts";

/** Whose wall clock is meant: the browser's, or UTC where nobody knows it. */
export type Clock = "local" | "utc";

/** The value of an `<input type="datetime-local">`: `2026-07-03T20:30`; null gives the empty text. */
export function momentInput(atMs: number | null, clock: Clock): string {
  if (atMs === null) return "";
  const date = new Date(atMs);
  const offsetMs = clock === "utc" ? 0 : date.getTimezoneOffset() * 60_000;
  const shifted = new Date(atMs - offsetMs);
  return Number.isNaN(shifted.getTime()) ? "" : shifted.toISOString().slice(0, 16);
}

/** What such an input holds, in milliseconds since the epoch; null: nothing; NaN: no such moment. */
export function parseMomentInput(value: string, clock: Clock): number | null {
  const text = value.trim();
  if (text === "") return null;
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?$/.test(text)) return NaN;
  return Date.parse(clock === "utc" ? `${text}Z` : text);
}

/** Day and time of day; without a zone of the reader's in UTC, and saying so. */
export function formatMoment(
  atMs: number,
  { locale, clock }: { readonly locale: Locale; readonly clock: Clock },
): string {
  const shown = new Intl.DateTimeFormat(languageTag(locale), {
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    ...(clock === "utc" && { timeZone: "UTC" }),
  }).format(atMs);
  return clock === "utc" ? `${shown} UTC` : shown;
}

/** The browser's zone as people know it: `Asia/Shanghai (UTC+8)`. */
export function zoneName(atMs: number): string {
  const name = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const minutes = -new Date(atMs).getTimezoneOffset();
  const whole = Math.floor(Math.abs(minutes) / 60);
  const rest = Math.abs(minutes) % 60;
  const offset = `UTC${minutes < 0 ? "-" : "+"}${whole}${
    rest === 0 ? "" : `:${String(rest).padStart(2, "0")}`
  }`;
  return name === "UTC" || name === undefined ? offset.replace("+0", "") : `${name} (${offset})`;
}
