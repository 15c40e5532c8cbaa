/**
 * `/`: who is live, by category, and the search through all rooms.
 *
 * @module
 */
import LiveRooms, { type CategoryLabel, type LiveRoomsProps } from "../../islands/LiveRooms.tsx";
import { lobbyText } from "../../islands/i18n/lobby.ts";
import { formatCount, type Locale } from "../../islands/i18n/mod.ts";
import { searchText } from "../../islands/i18n/search.ts";
import { siteText } from "../../islands/i18n/site.ts";
import { ButtonLink } from "../../islands/ui/button.tsx";
import { Icon } from "../../islands/ui/icons.tsx";
import { Island } from "../../islands/ui/island.tsx";
import { EmptyState } from "../../islands/ui/placeholder.tsx";
import { RoomGrid } from "../../islands/room/room_card.tsx";
import type { RoomState } from "../../rooms/model.ts";
import type { Category } from "../../rooms/settings.ts";
import type { Alternate, Page } from "./document.tsx";
import { summarize } from "./room_summary.ts";
import type { Reader } from "./view.ts";

/** Rooms that a page lists at most. */
export const MAX_LISTED_ROOMS = 200;
/** Longest text that is searched for, in UTF-16 units. */
const MAX_QUERY_LENGTH = 100;

/** What the lobby shows. */
export interface LobbyInput {
  /** Everything that is live. */
  readonly rooms: readonly RoomState[];
  /** What the reader follows. */
  readonly followed: readonly RoomState[];
  readonly categories: readonly Category[];
  /** The one that is looked at; null: all. */
  readonly category: Category | null;
  readonly demo: LiveRoomsProps["demo"];
  /** Live pictures cannot be made; told to administrators. */
  readonly noStills: boolean;
  readonly reader: Reader;
  readonly canonical: string;
  readonly alternates: readonly Alternate[];
}

/** The lobby without a search. */
export function lobbyPage(input: LobbyInput): Page {
  const { reader, category } = input;
  const { locale } = reader;
  const text = lobbyText(locale);
  const title = category === null ? text.liveNow : labelOf(category, locale);
  return {
    reader,
    layout: "lobby",
    next: "watch",
    current: "live",
    title,
    description: siteText(locale).siteDescription,
    canonical: input.canonical,
    alternates: input.alternates,
    content: (
      <>
        <h1 class="visually-hidden">{title}</h1>
        {input.noStills && reader.account?.admin === true && (
          <p class="lobby-notice card notice">
            <span>
              <Icon name="info" size={18} /> {text.noStills}
            </span>
          </p>
        )}
        <Island
          name="LiveRooms"
          component={LiveRooms}
          props={{
            rooms: input.rooms.map(summarize),
            followed: input.followed.map(summarize),
            categories: labelsOf(input.categories, locale),
            category: category?.key ?? null,
            demo: input.demo,
            locale,
            nowMs: reader.nowMs,
          }}
        />
      </>
    ),
  };
}

/** Categories in the reader's language. */
export function labelsOf(categories: readonly Category[], locale: Locale): CategoryLabel[] {
  return categories.map((category) => ({ key: category.key, label: labelOf(category, locale) }));
}

/** The name of a category. */
export function labelOf(category: Category, locale: Locale): string {
  return category[locale];
}

/** Text to search for as it was typed, bounded; empty for none. */
export function parseQuery(text: string | undefined): string {
  return (text ?? "").slice(0, MAX_QUERY_LENGTH).toWellFormed().trim();
}

/** The answer to a search; `rooms` come live ones first. */
export function searchPage(
  rooms: readonly RoomState[],
  { reader, query }: { readonly reader: Reader; readonly query: string },
): Page {
  const { locale, nowMs } = reader;
  const text = searchText(locale);
  const live = rooms.filter((room) => room.live).length;
  const formatted = formatCount(rooms.length, locale);
  return {
    reader,
    query,
    layout: "lobby",
    next: "watch",
    current: "live",
    title: text.searchResults(query),
    description: siteText(locale).siteDescription,
    noIndex: true,
    content: rooms.length === 0
      ? (
        <EmptyState
          icon="search"
          level={1}
          title={text.searchNothing(query)}
          text={text.searchNothingText}
        >
          <ButtonLink kind="primary" href="/">{text.allLiveRooms}</ButtonLink>
        </EmptyState>
      )
      : (
        <section class="lobby" aria-labelledby="results">
          <div class="section-head">
            <h1 id="results" dir="auto">{text.searchResults(query)}</h1>
            <span class="muted tabular">
              {live === 0
                ? text.rooms(rooms.length, formatted)
                : text.roomsSomeLive(rooms.length, formatted, formatCount(live, locale))}
            </span>
          </div>
          <RoomGrid rooms={rooms.map(summarize)} locale={locale} nowMs={nowMs} heading="h2" />
        </section>
      ),
  };
}
