/**
 * The addresses that a room is passed on with.
 *
 * @module
 */

/** How the page opens. */
export interface ShareOptions {
  readonly muted: boolean;
  readonly theatre: boolean;
}

/** The link to a room's page. */
export function shareLink(origin: string, roomId: string, options: ShareOptions): string {
  const url = new URL(`/rooms/${roomId}`, origin);
  if (options.muted) url.searchParams.set("muted", "1");
  if (options.theatre) url.searchParams.set("theatre", "1");
  return url.href;
}

/** HTML that shows the room's player on another site. */
export function embedCode(
  origin: string,
  room: {
    readonly id: string;
    readonly title: string;
    readonly muted: boolean;
    /** CSS pixels; default: 640 × 360. */
    readonly size?: { readonly width: number; readonly height: number };
  },
): string {
  const { width, height } = room.size ?? { width: 640, height: 360 };
  const url = new URL(`/embed/${room.id}`, origin);
  url.searchParams.set("autoplay", "1");
  url.searchParams.set("muted", room.muted ? "1" : "0");
  return `<iframe src="${escapeAttribute(url.href)}" title="${escapeAttribute(room.title)}" ` +
    `width="${width}" height="${height}" style="border:0" loading="lazy" ` +
    `allow="autoplay; fullscreen; picture-in-picture; screen-wake-lock" allowfullscreen></iframe>`;
}

/** A text as the value of an attribute in double quotes. */
export function escapeAttribute(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}
