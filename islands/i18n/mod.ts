/**
 * The two languages of the interface: numbers, times, and who reads which. The words stand in one
 * file per area beside this one.
 *
 * @module
 */

/** Languages of the interface. */
export const LOCALES = ["en", "zh"] as const;
/** One of {@linkcode LOCALES}. */
export type Locale = (typeof LOCALES)[number];

/** The locale itself when it is one of ours. */
export function parseLocale(text: string | null | undefined): Locale | null {
  return LOCALES.find((locale) => locale === text) ?? null;
}

/**
 * The best of our languages for an `Accept-Language` header (RFC 9110 §12.5.4); English when
 * nothing fits. Looks at the first 20 ranges of the first 500 characters.
 */
export function negotiateLocale(header: string | null | undefined): Locale {
  let best: { locale: Locale; weight: number } | null = null;
  for (const part of (header ?? "").slice(0, 500).split(",").slice(0, 20)) {
    const [range = "", ...parameters] = part.trim().toLowerCase().split(/\s*;\s*/);
    const quality = parameters.find((parameter) => parameter.startsWith("q="));
    const weight = quality === undefined ? 1 : Number(quality.slice(2));
    const locale = parseLocale(range.split("-")[0]);
    if (locale === null || !(weight > 0)) continue;
    if (best === null || weight > best.weight) best = { locale, weight };
  }
  return best?.locale ?? "en";
}

/** BCP 47 tag for `lang` attributes and `Intl`. */
export function languageTag(locale: Locale): string {
  return locale === "zh" ? "zh-CN" : "en";
}

/** A count: whole with separators below ten thousand, then `3.2万` or `32K`, `1.2亿` or `120M`. */
export function formatCount(count: number, locale: Locale): string {
  const whole = Math.max(0, Math.floor(Number.isFinite(count) ? count : 0));
  if (whole < 10_000) return groupDigits(whole);
  const units = locale === "zh"
    ? [{ size: 1e8, sign: "亿" }, { size: 1e4, sign: "万" }]
    : [{ size: 1e9, sign: "B" }, { size: 1e6, sign: "M" }, { size: 1e3, sign: "K" }];
  const unit = units.find(({ size }) => whole >= size);
  if (unit === undefined) return groupDigits(whole);
  const value = whole / unit.size;
  // Rounded down: 9.99万 must not read as ten.
  const shown = value < 10 ? Math.floor(value * 10) / 10 : Math.floor(value);
  return `${groupDigits(shown)}${unit.sign}`;
}

/** Whole and decimal digits with separators: `2,480`, `29.97`. */
export function groupDigits(value: number, decimals?: number): string {
  const [whole = "0", fraction] = (decimals === undefined ? String(value) : value.toFixed(decimals))
    .split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** Clock form of a duration: `4:05`, `01:24:36`. */
export function formatDuration(durationMs: number): string {
  const seconds = Math.max(0, Math.floor(durationMs / 1000));
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0
    ? `${two(hours)}:${two(minutes)}:${two(seconds % 60)}`
    : `${minutes}:${two(seconds % 60)}`;
}

/** A day, the same for the server and every reader: `May 1, 2026`, `2026年5月1日`. */
export function formatDate(atMs: number, locale: Locale): string {
  return new Intl.DateTimeFormat(languageTag(locale), { dateStyle: "medium", timeZone: "UTC" })
    .format(atMs);
}

/** How long ago; the date once a day has passed. */
export function formatRelative(
  atMs: number,
  { nowMs, locale }: { readonly nowMs: number; readonly locale: Locale },
): string {
  const seconds = Math.floor((nowMs - atMs) / 1000);
  if (seconds < 60) return locale === "zh" ? "刚刚" : "just now";
  if (seconds >= 86_400) return formatDate(atMs, locale);
  const format = new Intl.RelativeTimeFormat(languageTag(locale), { numeric: "always" });
  return seconds < 3600
    ? format.format(-Math.floor(seconds / 60), "minute")
    : format.format(-Math.floor(seconds / 3600), "hour");
}
