/**
 * What the lists of rooms and accounts have in common: search, pages, facts, what can be done.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { adminText } from "../i18n/admin.ts";
import { formatCount, type Locale } from "../i18n/mod.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Button, ButtonLink } from "../ui/button.tsx";
import { Icon } from "../ui/icons.tsx";
import { type AccountAct, type Act, actWords, type RoomAct } from "./acts.ts";
import type { PersonCell } from "./data.ts";
import { PAGE_ROWS } from "./data.ts";

/** Where a part of a list stands. */
export function listAddress(
  path: string,
  { query, page }: { readonly query: string; readonly page: number },
): string {
  const search = new URLSearchParams({
    ...query !== "" && { q: query },
    ...page > 1 && { page: String(page) },
  }).toString();
  return search === "" ? path : `${path}?${search}`;
}

/** Searches by loading the page again: it works without script and has an address. */
export function SearchBar(
  { path, label, query, locale }: {
    readonly path: string;
    readonly label: string;
    readonly query: string;
    readonly locale: Locale;
  },
) {
  const text = adminText(locale);
  return (
    <form class="admin-search" role="search" aria-label={label} method="get" action={path}>
      <label class="visually-hidden" for="list-search">{label}</label>
      <Icon name="search" size={18} />
      <input
        id="list-search"
        class="input"
        type="search"
        name="q"
        placeholder={label}
        defaultValue={query}
        maxLength={100}
        autoComplete="off"
        spellcheck={false}
        enterKeyHint="search"
        dir="auto"
      />
      <Button type="submit">{text.search}</Button>
      {query !== "" && <ButtonLink kind="ghost" href={path}>{text.clearSearch}</ButtonLink>}
    </form>
  );
}

/** Which rows are in sight, and the way to the others. */
export function Pager(
  { path, query, page, total, locale }: {
    readonly path: string;
    readonly query: string;
    readonly page: number;
    readonly total: number;
    readonly locale: Locale;
  },
) {
  const text = adminText(locale);
  if (total === 0) return null;
  const first = (page - 1) * PAGE_ROWS + 1;
  const last = Math.min(total, page * PAGE_ROWS);
  const said = [first, last, total].map((count) => formatCount(count, locale));
  return (
    <nav class="pager" aria-label={text.pages}>
      <span class="muted tabular">{text.range(said[0]!, said[1]!, said[2]!)}</span>
      {page > 1 && (
        <ButtonLink small href={listAddress(path, { query, page: page - 1 })}>
          {text.newer}
        </ButtonLink>
      )}
      {last < total && (
        <ButtonLink small href={listAddress(path, { query, page: page + 1 })}>
          {text.older}
        </ButtonLink>
      )}
    </nav>
  );
}

/** A picture with a name, and something below it. */
export function PersonLine(
  { person, note, href }: {
    readonly person: Pick<PersonCell, "name" | "avatar">;
    readonly note?: ComponentChildren;
    readonly href?: string;
  },
) {
  return (
    <span class="person-line">
      <Avatar name={person.name} picture={person.avatar} size={28} />
      <span>
        {href === undefined
          ? <bdi class="person-name">{person.name}</bdi>
          : (
            <a class="person-name" href={href}>
              <bdi>{person.name}</bdi>
            </a>
          )}
        {note}
      </span>
    </span>
  );
}

/** Facts by their names. */
export function Facts(
  { facts }: { readonly facts: readonly (readonly [string, ComponentChildren])[] },
) {
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** What can be done, each with what it means. */
export function ActButtons<On extends Act["on"]>(
  { on, acts, name, locale, onAsk }: {
    readonly on: On;
    readonly acts: readonly (On extends "room" ? RoomAct : AccountAct)[];
    readonly name: string;
    readonly locale: Locale;
    readonly onAsk: (act: Act) => void;
  },
) {
  return (
    <ul class="acts">
      {acts.map((key) => {
        const act = { on, act: key } as Act;
        const words = actWords(act, { name, locale });
        return (
          <li key={key}>
            <Button
              wide
              icon={words.icon}
              class={words.danger ? "danger-quiet" : undefined}
              onClick={() => onAsk(act)}
            >
              {words.label}
            </Button>
            <p class="hint">{words.text}</p>
          </li>
        );
      })}
    </ul>
  );
}
