/**
 * What other sites show of a room when somebody passes its address on.
 *
 * @module
 */
import type { Locale } from "../../islands/i18n/mod.ts";
import { watchPageText } from "../../islands/i18n/watch_page.ts";
import type { RoomState } from "../../rooms/model.ts";
import { imageAddress, stillAddress } from "../addresses.ts";
import type { Alternate, Social } from "./document.tsx";

/** Of a player that stands alone on another site, CSS pixels. */
export const PLAYER_SIZE = { width: 1280, height: 720 } as const;
/** Bounds of a still, pixels. */
const STILL_MAX = { width: 640, height: 720 } as const;

interface Place {
  readonly baseUrl: string;
}

/** A picture of a room, absolute, with its size in pixels; null when it is not known. */
export interface RoomPicture {
  readonly url: string;
  readonly size: { readonly width: number; readonly height: number } | null;
}

/** What is on the air, else the cover; null when there is neither. */
export function roomPicture(room: RoomState, { baseUrl }: Place): RoomPicture | null {
  const video = room.stream?.video ?? null;
  if (room.still && video !== null) {
    return { url: stillAddress(room.id, { baseUrl }), size: stillSize(video) };
  }
  const cover = imageAddress(room.cover, { baseUrl });
  return cover === null ? null : { url: cover, size: null };
}

/** The size of a still of a picture with square pixels: scaled down, never up, even sides. */
export function stillSize(
  video: { readonly width: number; readonly height: number },
): { width: number; height: number } {
  const { width, height } = video;
  const factor = Math.min(1, STILL_MAX.width / width, STILL_MAX.height / height);
  const side = (length: number) => Math.max(2, 2 * Math.round(length * factor / 2));
  return { width: side(width), height: side(height) };
}

/** The card of a room; it plays where other sites may show the player. */
export function roomSocial(
  room: RoomState,
  { baseUrl, embeddable, locale }: Place & {
    readonly embeddable: boolean;
    readonly locale: Locale;
  },
): Social | undefined {
  const picture = roomPicture(room, { baseUrl });
  if (picture === null) return undefined;
  return {
    image: picture.url,
    imageAlt: watchPageText(locale).stillAlt(room.title, room.owner.name),
    ...(picture.size !== null && { size: picture.size }),
    type: "video.other",
    ...(room.live && embeddable && {
      player: { url: `${baseUrl}/embed/${room.id}`, ...PLAYER_SIZE },
    }),
  };
}

/** Where the room's page is described for sites that embed by address (oembed.com §4). */
export function oembedAlternates(
  room: Pick<RoomState, "id" | "title">,
  { baseUrl }: Place,
): readonly Alternate[] {
  const url = encodeURIComponent(`${baseUrl}/rooms/${room.id}`);
  return (["json", "xml"] as const).map((format) => ({
    type: format === "json" ? "application/json+oembed" : "text/xml+oembed",
    href: `${baseUrl}/oembed?format=${format}&url=${url}`,
    title: room.title,
  }));
}

/** The feeds of live rooms. */
export function feedAlternates(title: string, { baseUrl }: Place): readonly Alternate[] {
  return [
    { type: "application/atom+xml", href: `${baseUrl}/feed.atom`, title },
    { type: "application/rss+xml", href: `${baseUrl}/feed.rss`, title },
  ];
}
