/**
 * oEmbed 1.0 (oembed.com): what other sites put in the place of a room's address.
 *
 * @module
 */
import type { RoomState } from "../../rooms/model.ts";
import { embedCode } from "../../islands/room/share_address.ts";
import { PLAYER_SIZE, roomPicture } from "./social.ts";
import { element, xmlDocument } from "./xml.ts";

/** Nothing smaller is worth looking at, CSS pixels. */
const MIN_WIDTH = 200;
const MAX_SIDE = 10_000;
/** How long others may keep an answer, seconds. */
const CACHE_AGE_S = 300;

/** Size of a player in the proportions of its picture. */
export interface PlayerSize {
  readonly width: number;
  readonly height: number;
}

/**
 * The room that an address of ours means: that of its page or of its player. Null for every other
 * address, other sites' foremost.
 */
export function roomOfAddress(address: string, baseUrl: string): string | null {
  if (address.length > 2_000) return null;
  const url = URL.parse(address);
  if (url === null || url.host !== new URL(baseUrl).host || !/^https?:$/.test(url.protocol)) {
    return null;
  }
  return /^\/(?:rooms|embed)\/([1-9]\d{5,14})\/?$/.exec(url.pathname)?.[1] ?? null;
}

/**
 * The largest player of 16:9 within the bounds (oembed.com §2.2), null for bounds that are no
 * numbers or leave no place for one.
 */
export function fitPlayer(
  maxWidth: string | undefined,
  maxHeight: string | undefined,
): PlayerSize | null {
  const bounds = [maxWidth, maxHeight].map((text) => {
    if (text === undefined || text === "") return MAX_SIDE;
    return /^\d{1,5}$/.test(text) ? Math.min(Number(text), MAX_SIDE) : NaN;
  });
  const [width = NaN, height = NaN] = bounds;
  const ratio = PLAYER_SIZE.width / PLAYER_SIZE.height;
  const fitting = Math.floor(Math.min(PLAYER_SIZE.width, width, height * ratio));
  if (!(fitting >= MIN_WIDTH)) return null;
  return { width: fitting, height: Math.round(fitting / ratio) };
}

/** The members of an answer, in their order. */
export function oembedAnswer(
  room: RoomState,
  { baseUrl, siteName, size }: {
    readonly baseUrl: string;
    readonly siteName: string;
    readonly size: PlayerSize;
  },
): Readonly<Record<string, string | number>> {
  const picture = roomPicture(room, { baseUrl });
  return {
    version: "1.0",
    type: "video",
    title: room.title,
    author_name: room.owner.name,
    author_url: `${baseUrl}/rooms/${room.id}`,
    provider_name: siteName,
    provider_url: `${baseUrl}/`,
    cache_age: CACHE_AGE_S,
    html: embedCode(baseUrl, { id: room.id, title: room.title, muted: true, size }),
    ...size,
    ...(picture !== null && picture.size !== null && {
      thumbnail_url: picture.url,
      thumbnail_width: picture.size.width,
      thumbnail_height: picture.size.height,
    }),
  };
}

/** The same answer as XML. */
export function oembedXml(members: Readonly<Record<string, string | number>>): string {
  return xmlDocument(
    element(
      "oembed",
      {},
      Object.entries(members).map(([name, value]) => element(name, {}, String(value))),
    ),
  );
}
