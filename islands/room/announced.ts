/**
 * When a broadcast is announced for: the hour in the viewer's own time zone, and how long until
 * then.
 *
 * @module
 */
import { formatDuration, languageTag, type Locale } from "../i18n/mod.ts";
import { nextLiveText } from "../i18n/next_live.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** So long after its hour an announcement still means something. */
const GRACE_MS = HOUR_MS;

/** Where and when somebody reads. */
export interface ReadingTime {
  readonly nowMs: number;
  readonly locale: Locale;
  /** IANA name; null: unknown, so no hour is told. Undefined: the device's own. */
  readonly timeZone?: string | null;
}

/** The announcement as a sentence; null when it is over. */
export function announced(atMs: number | null, reading: ReadingTime): string | null {
  if (atMs === null || reading.nowMs - atMs > GRACE_MS) return null;
  const text = nextLiveText(reading.locale);
  if (atMs <= reading.nowMs) return text.due;
  const until = untilText(atMs, reading);
  return reading.timeZone === null
    ? text.startsIn(until)
    : text.starts(hourText(atMs, reading), until);
}

/** How often the sentence has to be said anew, milliseconds. */
export function announcedStepMs(atMs: number, nowMs: number): number {
  return atMs - nowMs > HOUR_MS ? MINUTE_MS : 1_000;
}

/** `in 3 hours`; the last hour as a clock that runs down. */
function untilText(atMs: number, { nowMs, locale }: ReadingTime): string {
  const leftMs = atMs - nowMs;
  if (leftMs < HOUR_MS) return nextLiveText(locale).within(formatDuration(leftMs));
  const format = new Intl.RelativeTimeFormat(languageTag(locale), { numeric: "always" });
  return leftMs < 2 * DAY_MS
    ? format.format(Math.round(leftMs / HOUR_MS), "hour")
    : format.format(Math.round(leftMs / DAY_MS), "day");
}

/** `today 20:00`, `Friday 20:00`, `12 Dec, 20:00`. */
function hourText(atMs: number, { nowMs, locale, timeZone }: ReadingTime): string {
  const zone = timeZone === undefined ? {} : { timeZone: timeZone ?? "UTC" };
  const tag = languageTag(locale);
  const format = (options: Intl.DateTimeFormatOptions, ms = atMs) =>
    new Intl.DateTimeFormat(tag, { ...options, ...zone }).format(ms);
  const day = (ms: number) => format({ year: "numeric", month: "2-digit", day: "2-digit" }, ms);
  const clock = format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  if (day(atMs) === day(nowMs)) return `${nextLiveText(locale).today} ${clock}`;
  if (day(atMs) === day(nowMs + DAY_MS)) return `${nextLiveText(locale).tomorrow} ${clock}`;
  if (atMs - nowMs < 6 * DAY_MS) {
    return `${format({ weekday: locale === "zh" ? "short" : "long" })} ${clock}`;
  }
  return `${format({ month: "short", day: "numeric" })} ${clock}`;
}
