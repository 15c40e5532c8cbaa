/**
 * The categories of rooms as a list that is edited: moved, renamed, removed, added. Without script
 * the same rows have a place to write and a box to tick.
 *
 * @module
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { adminSettingsText } from "../i18n/admin_settings.ts";
import type { Locale } from "../i18n/mod.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { Icon } from "../ui/icons.tsx";
import { categoryField, type CategoryValue, MAX_CATEGORIES } from "./settings_data.ts";

interface Row extends CategoryValue {
  /** Stays with the row wherever it is moved. */
  readonly mark: number;
  /** Its key is new and may still be written. */
  readonly fresh: boolean;
}

/** The rows of the form; the form around them saves. */
export function CategoriesEditor(
  { categories, locale, error }: {
    readonly categories: readonly CategoryValue[];
    readonly locale: Locale;
    readonly error: string | null;
  },
) {
  const text = adminSettingsText(locale);
  const [scripted, setScripted] = useState(false);
  const [rows, setRows] = useState(() => rowsOf(categories));
  const nextMark = useRef(categories.length + 1);
  const list = useRef<HTMLOListElement>(null);
  const focusOn = useRef<string | null>(null);
  useEffect(() => setScripted(true), []);
  useEffect(() => {
    if (focusOn.current === null) return;
    list.current?.querySelector<HTMLElement>(focusOn.current)?.focus();
    focusOn.current = null;
  });
  const change = (next: readonly Row[], focus: string | null) => {
    setRows(next);
    focusOn.current = focus;
    // The form hears of it as of anything that is typed.
    list.current?.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const edit = (mark: number, part: Partial<CategoryValue>) =>
    setRows(rows.map((row) => row.mark === mark ? { ...row, ...part } : row));
  const move = (index: number, by: -1 | 1) => {
    const next = [...rows];
    const [row] = next.splice(index, 1);
    next.splice(index + by, 0, row!);
    // At an end the other direction is left.
    const at = index + by;
    const other = at === 0 || at === next.length - 1;
    const direction = (by === -1) !== other ? "up" : "down";
    change(next, `[data-mark="${row!.mark}"] [data-move="${direction}"]`);
  };
  const remove = (index: number) => {
    const next = rows.filter((_, at) => at !== index);
    const neighbour = next[Math.min(index, next.length - 1)];
    change(next, neighbour === undefined ? null : `[data-mark="${neighbour.mark}"] [data-remove]`);
  };
  const add = () => {
    const mark = nextMark.current++;
    change(
      [...rows, { key: "", zh: "", en: "", mark, fresh: true }],
      `[data-mark="${mark}"] [data-first]`,
    );
  };
  // Without script the row to write a new one into is always there.
  const shown = scripted || rows.length >= MAX_CATEGORIES
    ? rows
    : [...rows, { key: "", zh: "", en: "", mark: 0, fresh: true }];
  return (
    <>
      <p class="hint">{text.categoriesLead}</p>
      {error !== null && (
        <p class="field-error" role="alert" id="categories-error">
          <Icon name="circle-alert" size={16} /> {error}
        </p>
      )}
      <div class="categories-head hint" aria-hidden="true">
        <span>{text.categoryPlace}</span>
        <span>{text.categoryZh}</span>
        <span>{text.categoryEn}</span>
        <span>{text.categoryKey}</span>
        <span class="script-off">{text.remove}</span>
      </div>
      <ol
        class="categories"
        ref={list}
        aria-describedby={error === null ? undefined : "categories-error"}
      >
        {shown.map((row, index) => {
          const number = index + 1;
          const name = row[locale] || row.key || text.ofNumber(text.categoryKey, number);
          const part = (key: keyof CategoryValue, label: string, max: number) => ({
            name: categoryField(index, key),
            class: "input",
            value: row[key],
            maxLength: max,
            autoComplete: "off",
            "aria-label": text.ofNumber(label, number),
            onInput: (event: Event) =>
              edit(row.mark, { [key]: (event.currentTarget as HTMLInputElement).value }),
          });
          return (
            <li key={row.mark} class="category" data-mark={row.mark}>
              <span class="category-place">
                {scripted
                  ? (
                    <>
                      <input type="hidden" name={categoryField(index, "place")} value={number} />
                      <IconButton
                        small
                        icon="arrow-up"
                        kind="ghost"
                        label={text.up(name)}
                        disabled={index === 0}
                        data-move="up"
                        onClick={() => move(index, -1)}
                      />
                      <IconButton
                        small
                        icon="arrow-down"
                        kind="ghost"
                        label={text.down(name)}
                        disabled={index === rows.length - 1}
                        data-move="down"
                        onClick={() => move(index, 1)}
                      />
                    </>
                  )
                  : (
                    <input
                      class="input"
                      name={categoryField(index, "place")}
                      type="text"
                      inputMode="numeric"
                      defaultValue={row.fresh ? "" : String(number)}
                      maxLength={3}
                      aria-label={text.ofNumber(text.categoryPlace, number)}
                    />
                  )}
              </span>
              <input {...part("zh", text.categoryZh, 40)} lang="zh-CN" data-first />
              <input {...part("en", text.categoryEn, 60)} lang="en" />
              {row.fresh
                ? (
                  <input
                    {...part("key", text.categoryKey, 24)}
                    class="input mono"
                    placeholder="a-z 0-9 -"
                    autoCapitalize="none"
                    spellcheck={false}
                  />
                )
                : (
                  <span class="category-key mono">
                    <input type="hidden" name={categoryField(index, "key")} value={row.key} />
                    {row.key}
                  </span>
                )}
              <span class="category-remove">
                {scripted
                  ? (
                    <IconButton
                      small
                      icon="trash-2"
                      kind="ghost"
                      label={text.removeOf(name)}
                      data-remove
                      onClick={() => remove(index)}
                    />
                  )
                  : (
                    <input
                      class="check"
                      type="checkbox"
                      name={categoryField(index, "remove")}
                      aria-label={text.removeOf(name)}
                    />
                  )}
              </span>
            </li>
          );
        })}
      </ol>
      {scripted && (
        <div class="form-end">
          <Button
            small
            icon="plus"
            disabled={rows.length >= MAX_CATEGORIES}
            onClick={add}
          >
            {text.add}
          </Button>
          {rows.length >= MAX_CATEGORIES && <p class="hint">{text.categoriesFull}</p>}
        </div>
      )}
    </>
  );
}

function rowsOf(categories: readonly CategoryValue[]): readonly Row[] {
  return categories.map((category, index) => ({ ...category, mark: index + 1, fresh: false }));
}
