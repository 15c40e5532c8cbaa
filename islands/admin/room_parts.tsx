/**
 * A room as administrators see it.
 *
 * @module
 */
import { adminText } from "../i18n/admin.ts";
import { formatCount, formatDate, formatRelative, type Locale } from "../i18n/mod.ts";
import { Badge } from "../ui/marks.tsx";
import type { RoomRow } from "./data.ts";
import { Facts, PersonLine } from "./list_parts.tsx";

/** What a room is, in marks. */
export function RoomMarks(
  { room, locale }: {
    readonly room: Pick<RoomRow, "live" | "suspended">;
    readonly locale: Locale;
  },
) {
  const text = adminText(locale);
  return (
    <span class="marks">
      {room.live && <Badge kind="live">{text.live}</Badge>}
      {room.suspended && <Badge soft kind="danger">{text.suspended}</Badge>}
      {!room.live && !room.suspended && <span class="muted">{text.offAir}</span>}
    </span>
  );
}

/** When a room was live, in words. */
export function lastLiveText(
  room: Pick<RoomRow, "live" | "lastLiveAtMs">,
  { nowMs, locale }: { readonly nowMs: number; readonly locale: Locale },
): string {
  const text = adminText(locale);
  if (room.live) return text.liveNow;
  return room.lastLiveAtMs === null
    ? text.neverLive
    : formatRelative(room.lastLiveAtMs, { nowMs, locale });
}

/** Everything that is known of a room. */
export function RoomFacts(
  { room, nowMs, locale }: {
    readonly room: RoomRow;
    readonly nowMs: number;
    readonly locale: Locale;
  },
) {
  const text = adminText(locale);
  return (
    <>
      <RoomMarks room={room} locale={locale} />
      <Facts
        facts={[
          [
            text.broadcaster,
            <PersonLine
              key="owner"
              person={room.owner}
              href={`/admin/accounts/${room.owner.id}`}
            />,
          ],
          [text.room, <a key="room" href={`/rooms/${room.id}`}>{room.id}</a>],
          [text.viewers, formatCount(room.viewers, locale)],
          [text.followers, formatCount(room.followers, locale)],
          [text.lastLive, lastLiveText(room, { nowMs, locale })],
          [text.created, formatDate(room.createdAtMs, locale)],
        ]}
      />
    </>
  );
}
