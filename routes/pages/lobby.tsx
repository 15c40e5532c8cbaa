/**
 * `/`: who is live, with a search through it.
 *
 * @module
 */
import LiveRooms, { RoomGrid } from "../../islands/LiveRooms.tsx";
import { lobbyText } from "../../islands/i18n/lobby.ts";
import { formatCount } from "../../islands/i18n/mod.ts";
import { searchText } from "../../islands/i18n/search.ts";
import { siteText } from "../../islands/i18n/site.ts";
import { Icon } from "../../islands/ui/icons.tsx";
import { Island } from "../../islands/ui/island.tsx";
import type { RoomSummary } from "../../islands/ui/room_data.ts";
import type { RoomState } from "../../rooms/model.ts";
import type { Page } from "./document.tsx";
import type { Reader } from "./view.ts";

/** Rooms that a page lists at most. */
export const MAX_LISTED_ROOMS = 200;
/** Longest text that is searched for, in UTF-16 units. */
const MAX_QUERY_LENGTH = 100;

/** What cards show of a room. */
export function summarize(room: RoomState): RoomSummary {
  return {
    id: room.id,
    title: room.title,
    ownerName: room.owner.name,
    live: room.live,
    startedAtMs: room.startedAtMs,
    viewers: room.viewers,
  };
}

/** The lobby without a search. */
export function lobbyPage(
  rooms: readonly RoomState[],
  { reader, canonical }: { readonly reader: Reader; readonly canonical: string },
): Page {
  return {
    reader,
    layout: "lobby",
    current: "live",
    title: lobbyText(reader.locale).liveNow,
    description: siteText(reader.locale).siteDescription,
    canonical,
    content: (
      <>
        <h1 class="visually-hidden">{lobbyText(reader.locale).liveNow}</h1>
        <Island
          name="LiveRooms"
          component={LiveRooms}
          props={{
            rooms: rooms.map(summarize),
            locale: reader.locale,
            nowMs: reader.nowMs,
            beside: null,
          }}
        />
      </>
    ),
  };
}

/** Text to search for as it was typed, bounded; empty for none. */
export function parseQuery(text: string | undefined): string {
  return (text ?? "").slice(0, MAX_QUERY_LENGTH).toWellFormed().trim();
}

/** Live rooms whose title, broadcaster or number holds the text, without regard to case. */
export function searchRooms(rooms: readonly RoomState[], query: string): readonly RoomState[] {
  const fold = (value: string) => value.normalize("NFKC").toLowerCase();
  const wanted = fold(query);
  return rooms.filter((room) =>
    [room.title, room.owner.name, room.id].some((value) => fold(value).includes(wanted))
  );
}

/** The answer to a search. */
export function searchPage(
  rooms: readonly RoomState[],
  { reader, query }: { readonly reader: Reader; readonly query: string },
): Page {
  const { locale, nowMs } = reader;
  const text = searchText(locale);
  const count = text.liveRooms(rooms.length, formatCount(rooms.length, locale));
  return {
    reader,
    query,
    layout: "lobby",
    current: "live",
    title: text.searchResults(query),
    description: siteText(locale).siteDescription,
    noIndex: true,
    content: rooms.length === 0
      ? (
        <section class="empty card">
          <span class="empty-mark">
            <Icon name="search" size={34} />
          </span>
          <h1 dir="auto">{text.searchNothing(query)}</h1>
          <p class="muted">{text.searchNothingText}</p>
          <p>
            <a class="button primary" href="/">{text.allLiveRooms}</a>
          </p>
        </section>
      )
      : (
        <section class="lobby" aria-labelledby="results">
          <div class="section-head">
            <h1 id="results" dir="auto">{text.searchResults(query)}</h1>
            <span class="muted">{count}</span>
          </div>
          <RoomGrid rooms={rooms.map(summarize)} locale={locale} nowMs={nowMs} heading="h2" />
        </section>
      ),
  };
}
