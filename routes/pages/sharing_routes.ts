/**
 * What programs of other sites read: feeds, oEmbed, the site map.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { Context, Hono } from "hono";
import { isShownTo } from "../../rooms/room_service.ts";
import { clientOf } from "../client.ts";
import { problem } from "../problem.ts";
import { ServiceError } from "../services.ts";
import { atomFeed, type Feed, type FeedInput, MAX_ENTRIES, rssFeed } from "./feeds.ts";
import { MAX_LISTED_ROOMS } from "./lobby.tsx";
import { fitPlayer, oembedAnswer, oembedXml, roomOfAddress } from "./oembed.ts";
import type { PagesOptions } from "./options.ts";
import { anonymousReader } from "./view.ts";
import { element, xmlDocument } from "./xml.ts";

const FEED_CACHE = "public, max-age=60";
const OEMBED_CACHE = "public, max-age=300";
const SITE_MAP_CACHE = "public, max-age=3600";

/** Adds the addresses that programs read. */
export function addSharing(app: Hono, options: PagesOptions): void {
  const { rooms, settings } = options.services;

  const feed = (write: (input: FeedInput) => Feed) => async (c: Context) => {
    const { locale, site } = anonymousReader(c, options);
    const { contentType, body, updatedAtMs } = write({
      rooms: await rooms.list({ live: true, limit: MAX_ENTRIES }),
      siteName: site.name,
      baseUrl: clientOf(c).baseUrl,
      locale,
      category: (key) => settings.category(key),
    });
    const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
    c.header("content-type", contentType);
    c.header("cache-control", FEED_CACHE);
    c.header("vary", "Cookie, Accept-Language");
    c.header("etag", etag);
    c.header("last-modified", new Date(updatedAtMs).toUTCString());
    c.header("access-control-allow-origin", "*");
    return isUnchanged(c, { etag, updatedAtMs }) ? c.body(null, 304) : c.body(body);
  };
  app.get("/feed.atom", feed(atomFeed));
  app.get("/feed.rss", feed(rssFeed));

  app.get("/oembed", async (c) => {
    const { baseUrl } = clientOf(c);
    const format = c.req.query("format") ?? "json";
    if (format !== "json" && format !== "xml") {
      return refuse(501, "The format is not known", "Cannot answer in this format: json or xml");
    }
    const size = fitPlayer(c.req.query("maxwidth"), c.req.query("maxheight"));
    if (size === null) {
      return refuse(400, "The size cannot be used", "Cannot fit a player into maxwidth, maxheight");
    }
    const id = roomOfAddress(c.req.query("url") ?? "", baseUrl);
    const room = id === null ? null : await rooms.get(id).catch((error: unknown) => {
      if (error instanceof ServiceError && error.code === "not_found") return null;
      throw error;
    });
    if (room === null) {
      return refuse(
        404,
        "There is no such room",
        "Cannot describe url: it is no room of this site",
      );
    }
    // What may not be framed is not described as something to be framed (oembed.com §2.3.5).
    if (!isShownTo(room, null) || settings.values.embedFrames.length === 0) {
      return refuse(
        401,
        "The room cannot be embedded",
        "Cannot describe url: it may not be framed",
      );
    }
    const members = oembedAnswer(room, { baseUrl, siteName: settings.values.siteName, size });
    c.header("cache-control", OEMBED_CACHE);
    c.header("access-control-allow-origin", "*");
    if (format === "json") return c.json(members);
    c.header("content-type", "text/xml; charset=utf-8");
    return c.body(oembedXml(members));
  });

  app.get("/sitemap.xml", async (c) => {
    const { baseUrl } = clientOf(c);
    const listed = (await rooms.list({ limit: MAX_LISTED_ROOMS }))
      .filter((room) => isShownTo(room, null));
    const places = [`${baseUrl}/`, ...listed.map((room) => `${baseUrl}/rooms/${room.id}`)];
    c.header("content-type", "application/xml; charset=utf-8");
    c.header("cache-control", SITE_MAP_CACHE);
    return c.body(xmlDocument(
      element(
        "urlset",
        { xmlns: "http://www.sitemaps.org/schemas/sitemap/0.9" },
        places.map((place) => element("url", {}, [element("loc", {}, place)])),
      ),
    ));
  });
}

/** Whether the asker has this answer already (RFC 9110 §13.1.2, §13.1.3). */
function isUnchanged(
  c: Context,
  { etag, updatedAtMs }: { readonly etag: string; readonly updatedAtMs: number },
): boolean {
  const tags = c.req.header("if-none-match");
  if (tags !== undefined) {
    return tags.slice(0, 1_000).split(",").some((tag) => {
      const known = tag.trim().replace(/^W\//, "");
      return known === etag || known === "*";
    });
  }
  const sinceMs = Date.parse(c.req.header("if-modified-since") ?? "");
  return !Number.isNaN(sinceMs) && Math.floor(updatedAtMs / 1000) * 1000 <= sinceMs;
}

function refuse(status: number, title: string, detail: string): Response {
  return problem({
    status,
    title,
    code: "oembed",
    detail,
    headers: { "access-control-allow-origin": "*" },
  });
}
