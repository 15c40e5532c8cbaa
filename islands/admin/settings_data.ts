/**
 * Settings as the administrators' page edits them, and their history in words.
 *
 * @module
 */
import { adminSettingsText } from "../i18n/admin_settings.ts";
import type { Locale } from "../i18n/mod.ts";
import type { Serializable } from "../ui/island.tsx";
import { type ImValue, readIm } from "./im_data.ts";

/** A category of rooms. */
export interface CategoryValue {
  readonly key: string;
  readonly zh: string;
  readonly en: string;
}

/** Every setting; the same names as in the API. */
export interface SettingsValue {
  readonly siteName: string;
  readonly notice: string;
  readonly signUp: "open" | "closed";
  readonly broadcasting: "everyone" | "administrators";
  readonly embedFrames: readonly string[];
  readonly categories: readonly CategoryValue[];
  readonly demo: boolean;
  readonly pkMix: boolean;
  readonly words: WordsValue;
  readonly im: ImValue;
}

/** Words and what is done about them. */
export interface WordsValue {
  readonly list: readonly string[];
  readonly action: "refuse" | "mask" | "hold";
}

/** The name of a setting. */
export type SettingName = keyof SettingsValue;

/** Which settings one form saves. */
export const SETTING_GROUPS = {
  site: ["siteName", "notice"],
  access: ["signUp", "broadcasting", "demo", "pkMix"],
  embedding: ["embedFrames"],
  categories: ["categories"],
  words: ["words"],
  im: ["im"],
} as const satisfies Record<string, readonly SettingName[]>;

/** One form. */
export type SettingGroup = keyof typeof SETTING_GROUPS;

/** A change of a setting. */
export interface ChangeRow {
  readonly id: number;
  readonly key: string;
  readonly actor: string;
  readonly atMs: number;
  readonly value: Serializable;
  /** Null: nobody knows. */
  readonly before: { readonly value: Serializable } | null;
}

/** Most categories. */
export const MAX_CATEGORIES = 24;

/** Why a setting is refused, in words. */
export function settingWrong(name: SettingName, locale: Locale): string {
  return adminSettingsText(locale)[`${name}Wrong`];
}

/** The name of a setting, in words; unknown ones as they are. */
export function settingLabel(key: string, locale: Locale): string {
  const text = adminSettingsText(locale);
  const names: Record<string, string> = {
    siteName: text.siteName,
    notice: text.notice,
    signUp: text.signUp,
    broadcasting: text.broadcasting,
    embedFrames: text.embedFrames,
    categories: text.categories,
    demo: text.demo,
    pkMix: text.pkMix,
    words: text.words,
    im: text.im,
  };
  return Object.hasOwn(names, key) ? names[key]! : key;
}

/** A value in words. */
export function settingWords(key: string, value: unknown, locale: Locale): string {
  const text = adminSettingsText(locale);
  if (typeof value === "boolean") return value ? text.on : text.off;
  if (value === "" || Array.isArray(value) && value.length === 0) return text.empty;
  if (Array.isArray(value)) {
    if (key === "embedFrames" && value[0] === "*") return text.everySite;
    const words = value.map((item: unknown) =>
      typeof item === "object" && item !== null && locale in item
        ? String((item as Record<string, unknown>)[locale])
        : String(item)
    );
    return words.join(locale === "zh" ? "、" : ", ");
  }
  if (key === "words" && typeof value === "object" && value !== null && "list" in value) {
    return text.wordCount((value as WordsValue).list.length);
  }
  if (key === "im") return text.imFigures;
  const known: Record<string, string> = {
    "signUp.open": text.signUpOpen,
    "signUp.closed": text.signUpClosed,
    "broadcasting.everyone": text.broadcastingEveryone,
    "broadcasting.administrators": text.broadcastingAdministrators,
  };
  const name = `${key}.${String(value)}`;
  if (Object.hasOwn(known, name)) return known[name]!;
  return typeof value === "string" ? `“${value}”` : JSON.stringify(value);
}

/**
 * Adds to each change what its setting was before: the older change of the same one, or the default
 * when the list holds all there are.
 *
 * @param changes newest first.
 */
export function withBefore(
  changes: readonly Omit<ChangeRow, "before">[],
  { complete, defaults }: {
    readonly complete: boolean;
    readonly defaults: Readonly<Record<string, Serializable>>;
  },
): readonly ChangeRow[] {
  return changes.map((change, index) => {
    const older = changes.slice(index + 1).find(({ key }) => key === change.key);
    if (older !== undefined) return { ...change, before: { value: older.value } };
    const known = complete && Object.hasOwn(defaults, change.key);
    return { ...change, before: known ? { value: defaults[change.key]! } : null };
  });
}

/** A key for an address out of an English name; empty when nothing of it can stand there. */
export function categoryKeyOf(name: string): string {
  return name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "").slice(0, 24).replace(/-+$/, "");
}

/** Fills in missing keys, each different from all others. */
export function withKeys(categories: readonly CategoryValue[]): readonly CategoryValue[] {
  const taken = new Set(categories.map(({ key }) => key).filter((key) => key !== ""));
  return categories.map((category) => {
    if (category.key !== "") return category;
    const base = categoryKeyOf(category.en) || "category";
    let key = base;
    for (let number = 2; taken.has(key); number++) key = `${base.slice(0, 20)}-${number}`;
    taken.add(key);
    return { ...category, key };
  });
}

/** Name of the form field of one part of a category. */
export function categoryField(index: number, part: string): string {
  return `category-${index}-${part}`;
}

/** What a form says; `field` answers the empty text for what is missing. */
export function readSettings(
  group: SettingGroup,
  field: (name: string) => string,
): Readonly<Record<string, unknown>> {
  switch (group) {
    case "site":
      return { siteName: field("siteName"), notice: field("notice") };
    case "access":
      return {
        signUp: field("signUp"),
        broadcasting: field("broadcasting"),
        demo: field("demo") !== "",
        pkMix: field("pkMix") !== "",
      };
    case "embedding":
      return { embedFrames: originLines(field("embedFrames")) };
    case "words":
      return { words: { list: wordLines(field("words")), action: field("wordAction") } };
    case "im":
      return { im: readIm(field) };
    case "categories":
      return { categories: readCategories(field) };
  }
}

/** Rows by their places; a new one, which has none, comes last. */
function readCategories(field: (name: string) => string): readonly CategoryValue[] {
  const rows: { readonly place: number; readonly category: CategoryValue }[] = [];
  // Two more than there may be, so that too many are refused and not lost in silence.
  for (let index = 0; index < MAX_CATEGORIES + 2; index++) {
    const part = (name: string) => field(categoryField(index, name)).trim();
    const category = { key: part("key"), zh: part("zh"), en: part("en") };
    const isEmpty = Object.values(category).every((value) => value === "");
    if (isEmpty || part("remove") !== "") continue;
    const place = Number(part("place") || Infinity);
    rows.push({ place: Number.isNaN(place) ? Infinity : place, category });
  }
  // Not a subtraction: the difference of two infinities is no number.
  rows.sort((a, b) => a.place === b.place ? 0 : a.place < b.place ? -1 : 1);
  return withKeys(rows.map(({ category }) => category));
}

/** The words of a text, one a line. */
export function wordLines(text: string): readonly string[] {
  return text.split(/[\r\n]+/).map((line) => line.trim()).filter((line) => line !== "");
}

/** The lines of a text as a list, without empty ones. */
export function originLines(text: string): readonly string[] {
  return text.split(/[\r\n]+/).map((line) => line.trim().replace(/\/$/, "")).filter((line) =>
    line !== ""
  );
}
