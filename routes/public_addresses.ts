/**
 * Addresses for programs beside the JSON API: playing, pictures, operations. For the OpenAPI
 * document; whoever serves them is elsewhere.
 *
 * @module
 */

/** Groups of the document, in its order. */
export const AREAS = [
  { name: "accounts", description: "Accounts and sessions" },
  { name: "rooms", description: "Rooms, publishing and following" },
  { name: "messages", description: "What people say, and where it comes from" },
  { name: "administration", description: "What administrators see and do" },
  { name: "playing", description: "Live streams and their pictures" },
  { name: "sharing", description: "Feeds, embedding and link previews" },
  { name: "operations", description: "Liveness, metrics, this document" },
] as const;

/** One of {@linkcode AREAS}. */
export type Area = (typeof AREAS)[number]["name"];

/** An address that is read with GET. */
export interface PublicAddress {
  readonly path: string;
  /** `operationId` of the document. */
  readonly name: string;
  readonly summary: string;
  readonly area: Area;
  /** Media types of the answer. */
  readonly types: readonly string[];
  readonly administrator?: boolean;
  /** Refusals by status. */
  readonly refusals?: Readonly<Record<number, string>>;
  /** Parameters of the query. */
  readonly query?: readonly { readonly name: string; readonly description: string }[];
}

const NOT_LIVE = { 404: "Not live", 503: "The origin is away; try again" } as const;

/** Addresses outside of `/api`. */
export const PUBLIC_ADDRESSES: readonly PublicAddress[] = [
  {
    path: "/live/{room}/index.m3u8",
    name: "playLowLatencyHls",
    summary: "Low-latency HLS: multivariant playlist of CMAF parts (RFC 8216bis)",
    area: "playing",
    types: ["application/vnd.apple.mpegurl"],
    refusals: NOT_LIVE,
  },
  {
    path: "/live/{room}/ts/index.m3u8",
    name: "playHls",
    summary: "HLS: multivariant playlist of MPEG-TS segments (RFC 8216)",
    area: "playing",
    types: ["application/vnd.apple.mpegurl"],
    refusals: NOT_LIVE,
  },
  {
    path: "/live/{room}.flv",
    name: "playFlv",
    summary: "HTTP-FLV without an end; the same by WebSocket upgrade",
    area: "playing",
    types: ["video/x-flv"],
    refusals: NOT_LIVE,
  },
  {
    path: "/live/{room}/still.jpg",
    name: "still",
    summary: "Picture of now, at most 640 pixels wide, renewed every 10 s",
    area: "playing",
    types: ["image/jpeg"],
    refusals: { 404: "Not live, or no picture yet", 503: "No ffmpeg here, or too busy just now" },
  },
  {
    path: "/images/{image}.jpg",
    name: "image",
    summary: "An avatar or a cover; an address never shows another picture",
    area: "playing",
    types: ["image/jpeg"],
    refusals: { 404: "Not found" },
  },
  {
    path: "/api/rooms/{room}/messages",
    name: "pollMessages",
    summary: "New messages, chosen and at most 15; the answer says when to ask again",
    area: "messages",
    types: ["application/json"],
    refusals: { 404: "Not found" },
    query: [
      { name: "cursor", description: "`cursor` of the answer before; without it the newest" },
      { name: "limit", description: "At most so many" },
    ],
  },
  {
    path: "/im",
    name: "openMessages",
    summary: "The long connection by WebSocket upgrade: wanren.im.v1 or wanren.im.v1.json",
    area: "messages",
    types: ["application/octet-stream", "application/json"],
    query: [{ name: "ticket", description: "Of `GET /api/im/gateways`" }],
  },
  {
    path: "/feed.atom",
    name: "atomFeed",
    summary: "Live rooms as an Atom feed (RFC 4287)",
    area: "sharing",
    types: ["application/atom+xml"],
  },
  {
    path: "/feed.rss",
    name: "rssFeed",
    summary: "Live rooms as an RSS 2.0 feed",
    area: "sharing",
    types: ["application/rss+xml"],
  },
  {
    path: "/oembed",
    name: "oembed",
    summary: "oEmbed 1.0: how a room is embedded",
    area: "sharing",
    types: ["application/json", "text/xml"],
    query: [
      { name: "url", description: "Address of a room of this site" },
      { name: "format", description: "`json` or `xml`" },
      { name: "maxwidth", description: "Pixels" },
      { name: "maxheight", description: "Pixels" },
    ],
    refusals: {
      400: "The size cannot be used",
      401: "The room cannot be embedded",
      404: "There is no such room",
      501: "The format is not known",
    },
  },
  {
    path: "/embed/{room}",
    name: "embed",
    summary: "The player alone; the only page that other sites may frame",
    area: "sharing",
    types: ["text/html"],
  },
  {
    path: "/sitemap.xml",
    name: "siteMap",
    summary: "The lobby and the rooms, for search engines",
    area: "sharing",
    types: ["application/xml"],
  },
  {
    path: "/healthz",
    name: "health",
    summary: "Liveness: `ok`",
    area: "operations",
    types: ["text/plain"],
  },
  {
    path: "/metrics",
    name: "metrics",
    summary: "Prometheus text format",
    area: "operations",
    types: ["text/plain"],
  },
  {
    path: "/openapi.json",
    name: "openapi",
    summary: "This document",
    area: "operations",
    types: ["application/json"],
  },
  {
    path: "/debug/streams",
    name: "debugStreams",
    summary: "Running streams as `web` and each origin see them",
    area: "operations",
    types: ["application/json"],
    administrator: true,
  },
];

/** The group of an address of the API. */
export function areaOf(path: string): Area {
  if (path.startsWith("/api/admin/")) return "administration";
  if (/^\/api\/(im|broadcasts)(\/|$)|\/(messages|history|likes)$/.test(path)) return "messages";
  return /^\/api\/(accounts?|sessions?)(\/|$)/.test(path) ? "accounts" : "rooms";
}
