/**
 * The configuration centre: what administrators may change while the platform runs. Every value has
 * a rule and a default; a change is in force at once and stays in the history.
 *
 * @module
 */
import * as v from "valibot";
import { DEFAULT_IM_SETTINGS, type ImSettings } from "../im/settings.ts";
import { ServiceError } from "./errors.ts";
import { ImRule } from "./messages/im_rule.ts";
import type { Account } from "./model.ts";
import { MAX_WORDS, type WordList, wordListRule } from "./moderation/room_rules.ts";
import type { SettingChange, SettingRepository } from "./repository.ts";

/** A category of rooms. */
export interface Category {
  /** Stands in addresses: lower-case letters, digits, `-`. */
  readonly key: string;
  readonly zh: string;
  readonly en: string;
}

/** Every setting. */
export interface SettingValues {
  /** Name of the site in titles and the header. */
  readonly siteName: string;
  /** One line on top of the pages; empty: none. */
  readonly notice: string;
  /** Whether visitors may make accounts. */
  readonly signUp: "open" | "closed";
  /** Who may broadcast. */
  readonly broadcasting: "everyone" | "administrators";
  /** Origins that may frame `/embed/`; `*` alone: all. */
  readonly embedFrames: readonly string[];
  readonly categories: readonly Category[];
  /** Whether the demo channel runs. */
  readonly demo: boolean;
  /** Whether everybody may have coins for the asking; for development alone. */
  readonly topUp: "off" | "development";
  /** Whether both pictures of a battle are also mixed into one stream, for weak devices. */
  readonly pkMix: boolean;
  /** Words that are not said anywhere here. */
  readonly words: WordList;
  /** Rates, ages and intervals of messages; a change names some of them and keeps the rest. */
  readonly im: ImSettings;
}

/** The name of a setting. */
export type SettingKey = keyof SettingValues;

/** In force until somebody changes them. */
export const DEFAULT_SETTINGS: SettingValues = {
  siteName: "Wanren",
  notice: "",
  signUp: "open",
  broadcasting: "everyone",
  embedFrames: ["*"],
  categories: [
    { key: "talk", zh: "聊天", en: "Talk" },
    { key: "games", zh: "游戏", en: "Games" },
    { key: "music", zh: "音乐", en: "Music" },
    { key: "technology", zh: "科技", en: "Technology" },
    { key: "outdoors", zh: "户外", en: "Outdoors" },
    { key: "study", zh: "学习", en: "Study" },
  ],
  demo: false,
  topUp: "off",
  pkMix: false,
  words: { list: [], action: "refuse" },
  im: DEFAULT_IM_SETTINGS,
};

const line = (min: number, max: number) =>
  v.pipe(
    v.string(),
    v.check((text) => text.isWellFormed(), "well-formed text"),
    v.transform((text) => text.normalize("NFC").replace(/\s+/gu, " ").trim()),
    // Controls and what reorders the text after it (UAX #9).
    v.check((text) => !/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(text), "text without controls"),
    v.check((text) => {
      const length = [...text].length;
      return length >= min && length <= max;
    }, `${min} to ${max} characters`),
  );

const origin = v.pipe(
  v.string(),
  v.maxLength(256),
  v.check((text) => {
    if (text === "*") return true;
    const url = URL.parse(text);
    return url !== null && /^https?:$/.test(url.protocol) && url.origin === text;
  }, "* or an origin such as https://example.org"),
);

/** The rule of each setting. */
const RULES = {
  siteName: line(1, 40),
  notice: line(0, 200),
  signUp: v.picklist(["open", "closed"]),
  broadcasting: v.picklist(["everyone", "administrators"]),
  embedFrames: v.pipe(
    v.array(origin),
    v.maxLength(50),
    v.check((list) => !list.includes("*") || list.length === 1, "* alone, or a list of origins"),
  ),
  categories: v.pipe(
    v.array(v.object({
      key: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]{0,23}$/, "a short key")),
      zh: line(1, 20),
      en: line(1, 30),
    })),
    v.maxLength(24),
    v.check((list) => new Set(list.map(({ key }) => key)).size === list.length, "different keys"),
  ),
  demo: v.boolean(),
  topUp: v.picklist(["off", "development"]),
  pkMix: v.boolean(),
  words: wordListRule(MAX_WORDS.instance),
  im: ImRule,
} as const satisfies { readonly [Key in SettingKey]: v.GenericSchema<unknown, SettingValues[Key]> };

/** The settings of this instance, held in memory in front of their store. */
export class Settings {
  readonly #repository: SettingRepository;
  readonly #now: () => number;
  readonly #listeners = new Set<(keys: readonly SettingKey[]) => void>();
  #values: SettingValues = DEFAULT_SETTINGS;
  #changes = 0;

  private constructor(repository: SettingRepository, now: () => number) {
    this.#repository = repository;
    this.#now = now;
  }

  /** Reads what was changed before; a value that this version does not accept gives its default. */
  static async open(
    options: { readonly repository: SettingRepository; readonly now?: () => number },
  ): Promise<Settings> {
    const settings = new Settings(options.repository, options.now ?? Date.now);
    await settings.refresh();
    return settings;
  }

  /** Reads the store again: another process may have changed something. */
  async refresh(): Promise<void> {
    const changes = this.#changes;
    const values = settingsFrom(await this.#repository.current());
    // What was changed here meanwhile may be missing in what was read.
    if (changes !== this.#changes) return;
    const before = this.#values;
    this.#values = values;
    const keys = (Object.keys(values) as SettingKey[])
      .filter((key) => JSON.stringify(values[key]) !== JSON.stringify(before[key]));
    if (keys.length > 0) this.#tell(keys);
  }

  /** In force now. */
  get values(): SettingValues {
    return this.#values;
  }

  /** The category of a key, or null. */
  category(key: string | null): Category | null {
    return this.#values.categories.find((category) => category.key === key) ?? null;
  }

  /**
   * Changes some settings, all of them or none; answers the keys whose value is another now.
   *
   * @throws {ServiceError} `invalid` with the key as its field.
   */
  async change(
    actor: Account,
    patch: Readonly<Record<string, unknown>>,
  ): Promise<readonly SettingKey[]> {
    const accepted: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(patch)) {
      if (!isSettingKey(key)) {
        throw new ServiceError("invalid", `Cannot change ${key.slice(0, 40)}: no such setting`, {
          field: key.slice(0, 40),
        });
      }
      const checked = v.safeParse(RULES[key], withRest(key, value, this.#values), {
        abortEarly: true,
      });
      if (!checked.success) {
        const [issue] = checked.issues;
        const path = v.getDotPath(issue)?.slice(0, 100);
        const field = path === undefined ? key : `${key}.${path}`;
        throw new ServiceError("invalid", `Cannot accept ${field}: expected ${issue.message}`, {
          field: key,
        });
      }
      if (JSON.stringify(checked.output) === JSON.stringify(this.#values[key])) continue;
      accepted[key] = checked.output;
    }
    const keys = Object.keys(accepted) as SettingKey[];
    if (keys.length === 0) return keys;
    const atMs = this.#now();
    await this.#repository.put(
      keys.map((key) => ({
        key,
        value: JSON.stringify(accepted[key]),
        atMs,
        actor: { id: actor.id, name: actor.name },
      })),
    );
    this.#values = { ...this.#values, ...accepted };
    this.#changes++;
    this.#tell(keys);
    return keys;
  }

  /** Calls `listener` after each change, here or found by a refresh, until the returned function is called. */
  onChange(listener: (keys: readonly SettingKey[]) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Changes, newest first. */
  history(
    options: { readonly before: number | null; readonly limit: number },
  ): Promise<SettingChange[]> {
    return this.#repository.history(options);
  }

  #tell(keys: readonly SettingKey[]): void {
    for (const listener of this.#listeners) listener(keys);
  }
}

/** The values behind stored changes; one that this version does not accept gives its default. */
export function settingsFrom(
  stored: readonly Pick<SettingChange, "key" | "value">[],
): SettingValues {
  const accepted: Record<string, unknown> = {};
  for (const { key, value } of stored) {
    if (!isSettingKey(key)) continue;
    const checked = v.safeParse(RULES[key], withRest(key, JSON.parse(value), DEFAULT_SETTINGS));
    if (checked.success) accepted[key] = checked.output;
  }
  return { ...DEFAULT_SETTINGS, ...accepted };
}

/** Settings that have parts take a change of some of them. */
function withRest(key: SettingKey, value: unknown, values: SettingValues): unknown {
  if (key !== "im" || typeof value !== "object" || value === null || Array.isArray(value)) {
    return value;
  }
  const { ageMs } = value as { ageMs?: unknown };
  return {
    ...values.im,
    ...value,
    ...(typeof ageMs === "object" && ageMs !== null && {
      ageMs: { ...values.im.ageMs, ...ageMs },
    }),
  };
}

function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(RULES, key);
}
