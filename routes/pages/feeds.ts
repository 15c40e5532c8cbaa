/**
 * Live rooms as feeds: Atom (RFC 4287) and RSS 2.0, one entry for every broadcast that runs. The
 * numbers of viewers are left out: a reader would show an entry anew each time they move.
 *
 * @module
 */
import { languageTag, type Locale } from "../../islands/i18n/mod.ts";
import { siteText } from "../../islands/i18n/site.ts";
import type { RoomState } from "../../rooms/model.ts";
import type { Category } from "../../rooms/settings.ts";
import { labelOf } from "./lobby.tsx";
import { roomPicture } from "./social.ts";
import { element, xmlDocument } from "./xml.ts";

/** Entries of a feed. */
export const MAX_ENTRIES = 50;

/** What a feed is written from. */
export interface FeedInput {
  /** Rooms that are live. */
  readonly rooms: readonly RoomState[];
  readonly siteName: string;
  readonly baseUrl: string;
  readonly locale: Locale;
  /** The category of a key, or null. */
  readonly category: (key: string | null) => Category | null;
}

/** A feed that is ready to be sent. */
export interface Feed {
  readonly contentType: string;
  readonly body: string;
  /** When the newest broadcast began; the epoch without any. */
  readonly updatedAtMs: number;
}

/** The newest broadcasts first. */
function entriesOf({ rooms }: FeedInput) {
  return rooms
    .flatMap((room) => room.startedAtMs === null ? [] : [{ room, startedAtMs: room.startedAtMs }])
    .sort((a, b) => b.startedAtMs - a.startedAtMs)
    .slice(0, MAX_ENTRIES);
}

/** `/feed.atom` */
export function atomFeed(input: FeedInput): Feed {
  const { baseUrl, siteName, locale } = input;
  const entries = entriesOf(input);
  const updatedAtMs = entries[0]?.startedAtMs ?? 0;
  const root = element("feed", {
    xmlns: "http://www.w3.org/2005/Atom",
    "xmlns:media": "http://search.yahoo.com/mrss/",
    "xml:lang": languageTag(locale),
  }, [
    element("id", {}, `${baseUrl}/feed.atom`),
    element("title", {}, siteName),
    element("subtitle", {}, siteText(locale).siteDescription),
    element("link", { rel: "self", type: "application/atom+xml", href: `${baseUrl}/feed.atom` }),
    element("link", { rel: "alternate", type: "text/html", href: `${baseUrl}/` }),
    element("updated", {}, iso(updatedAtMs)),
    ...entries.map(({ room, startedAtMs }) => {
      const address = `${baseUrl}/rooms/${room.id}`;
      const category = input.category(room.category);
      return element("entry", {}, [
        element("id", {}, `${address}#${startedAtMs}`),
        element("title", {}, room.title),
        element("link", { rel: "alternate", type: "text/html", href: address }),
        element("published", {}, iso(startedAtMs)),
        element("updated", {}, iso(startedAtMs)),
        element("author", {}, [element("name", {}, room.owner.name)]),
        category && element("category", {
          term: category.key,
          label: labelOf(category, locale),
        }),
        element("summary", { type: "text" }, room.description || room.title),
        thumbnail(room, baseUrl),
      ]);
    }),
  ]);
  return {
    contentType: "application/atom+xml; charset=utf-8",
    body: xmlDocument(root),
    updatedAtMs,
  };
}

/** `/feed.rss` */
export function rssFeed(input: FeedInput): Feed {
  const { baseUrl, siteName, locale } = input;
  const entries = entriesOf(input);
  const updatedAtMs = entries[0]?.startedAtMs ?? 0;
  const root = element("rss", {
    version: "2.0",
    "xmlns:atom": "http://www.w3.org/2005/Atom",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:media": "http://search.yahoo.com/mrss/",
  }, [
    element("channel", {}, [
      element("title", {}, siteName),
      element("link", {}, `${baseUrl}/`),
      element("description", {}, siteText(locale).siteDescription),
      element("language", {}, languageTag(locale)),
      element("lastBuildDate", {}, new Date(updatedAtMs).toUTCString()),
      element("ttl", {}, "1"),
      element("atom:link", {
        rel: "self",
        type: "application/rss+xml",
        href: `${baseUrl}/feed.rss`,
      }),
      ...entries.map(({ room, startedAtMs }) => {
        const address = `${baseUrl}/rooms/${room.id}`;
        const category = input.category(room.category);
        return element("item", {}, [
          element("title", {}, room.title),
          element("link", {}, address),
          element("guid", { isPermaLink: "false" }, `${address}#${startedAtMs}`),
          element("pubDate", {}, new Date(startedAtMs).toUTCString()),
          element("dc:creator", {}, room.owner.name),
          category && element("category", {}, labelOf(category, locale)),
          element("description", {}, room.description || room.title),
          thumbnail(room, baseUrl),
        ]);
      }),
    ]),
  ]);
  return {
    contentType: "application/rss+xml; charset=utf-8",
    body: xmlDocument(root),
    updatedAtMs,
  };
}

function thumbnail(room: RoomState, baseUrl: string): string | null {
  const picture = roomPicture(room, { baseUrl });
  if (picture === null) return null;
  return element("media:thumbnail", { url: picture.url, ...picture.size });
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}
