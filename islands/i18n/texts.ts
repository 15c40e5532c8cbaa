/**
 * How words are kept: one table per area of the product, both languages side by side, so that a
 * browser loads only what its page says.
 *
 * @module
 */
import type { Locale } from "./mod.ts";

/** One area in one language: sentences, and functions for those with something in them. */
export type TextTable = Readonly<Record<string, string | ((...values: never[]) => string)>>;

/** Same keys and signatures, any wording. */
export type Translation<Original> = {
  readonly [Key in keyof Original]: Original[Key] extends string ? string : Original[Key];
};

/**
 * The words of an area. English is the original: Chinese must have the same keys, and its
 * functions take the same values.
 */
export function texts<const Original extends TextTable>(
  en: Original,
  zh: Translation<NoInfer<Original>>,
): (locale: Locale) => Translation<Original> {
  return (locale) => locale === "zh" ? zh : en as Translation<Original>;
}

/** The English form for a count: `1 viewer`, `2 viewers`. Chinese has one form for all. */
export function plural(
  count: number,
  forms: { readonly one: string; readonly many: string },
): string {
  return count === 1 ? forms.one : forms.many;
}
