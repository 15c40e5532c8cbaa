/**
 * Rooms in lists: cards in a grid, rows in a narrow column.
 *
 * @module
 */
import { formatCount, formatRelative, type Locale } from "../i18n/mod.ts";
import { roomText } from "../i18n/room.ts";
import { Avatar } from "../ui/avatar.tsx";
import { LiveStill } from "../ui/live_still.tsx";
import { Badge } from "../ui/marks.tsx";
import type { RoomSummary } from "../ui/room_data.ts";

interface RoomListProps {
  readonly rooms: readonly RoomSummary[];
  readonly locale: Locale;
  readonly nowMs: number;
  /** Level below the heading of the list. */
  readonly heading?: "h2" | "h3";
}

/** Cards of rooms, live or not. */
export function RoomGrid({ rooms, locale, nowMs, heading: Heading = "h3" }: RoomListProps) {
  return (
    <ul class="room-grid">
      {rooms.map((room) => (
        <li key={room.id}>
          <a class="room-card" href={`/rooms/${room.id}`}>
            <div class="room-still">
              <LiveStill room={room} />
              <RoomBadges room={room} locale={locale} />
            </div>
            <div class="room-card-line">
              <Avatar name={room.ownerName} picture={room.ownerPicture} />
              <div class="room-card-text">
                <Heading dir="auto">{room.title}</Heading>
                <p class="muted room-card-who">
                  <bdi class="ellipsis">{room.ownerName}</bdi>
                  <span>{whenOf(room, { locale, nowMs })}</span>
                </p>
              </div>
            </div>
          </a>
        </li>
      ))}
    </ul>
  );
}

/** Rows of rooms, for a column beside a picture. */
export function RoomRows({ rooms, locale, heading: Heading = "h3" }: Omit<RoomListProps, "nowMs">) {
  return (
    <ul class="room-rows">
      {rooms.map((room) => (
        <li key={room.id}>
          <a class="room-row" href={`/rooms/${room.id}`}>
            <div class="room-still">
              <LiveStill room={room} />
              <RoomBadges room={room} locale={locale} />
            </div>
            <div class="room-card-text">
              <Heading dir="auto">{room.title}</Heading>
              <p class="muted ellipsis">
                <bdi>{room.ownerName}</bdi>
              </p>
            </div>
          </a>
        </li>
      ))}
    </ul>
  );
}

/** What lies over a room's picture: live and how many watch. */
export function RoomBadges(
  { room, locale, long }: {
    readonly room: RoomSummary;
    readonly locale: Locale;
    /** With all words, where there is room for them. */
    readonly long?: boolean;
  },
) {
  const text = roomText(locale);
  if (!room.live) {
    return (
      <div class="badges">
        <Badge>{text.offline}</Badge>
      </div>
    );
  }
  const count = formatCount(room.viewers, locale);
  return (
    <div class="badges">
      <Badge kind="live">{text.live}</Badge>
      <Badge>
        {long ? text.watchingLong(room.viewers, count) : text.watching(room.viewers, count)}
      </Badge>
    </div>
  );
}

function whenOf(
  room: RoomSummary,
  { locale, nowMs }: { readonly locale: Locale; readonly nowMs: number },
): string {
  if (room.live) {
    return room.startedAtMs === null
      ? ""
      : ` · ${formatRelative(room.startedAtMs, { nowMs, locale })}`;
  }
  return room.lastLiveAtMs === null
    ? ""
    : ` · ${roomText(locale).lastLive(formatRelative(room.lastLiveAtMs, { nowMs, locale }))}`;
}
