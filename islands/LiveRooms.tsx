import { useEffect, useState } from "preact/hooks";
import { lobbyText } from "./i18n/lobby.ts";
import { formatCount, formatRelative, type Locale } from "./i18n/mod.ts";
import { roomText } from "./i18n/room.ts";
import { Icon } from "./ui/icons.tsx";
import { LiveStill } from "./ui/live_still.tsx";
import { fetchJson, poll } from "./ui/poll.ts";
import { parseRooms, type RoomSummary } from "./ui/room_data.ts";
import { Avatar } from "./ui/avatar.tsx";

const INTERVAL_MS = 5_000;
/** Beside a picture that plays, the others matter less. */
const BESIDE_INTERVAL_MS = 15_000;
const MAX_BESIDE = 8;
/** This many rounds may fail before the page says so. */
const QUIET_FAILURES = 2;

/** Props of {@linkcode LiveRooms}. */
export interface LiveRoomsProps {
  readonly rooms: readonly RoomSummary[];
  readonly locale: Locale;
  /** When `rooms` was read. */
  readonly nowMs: number;
  /** Room that is watched while the list stands beside it; null in the lobby. */
  readonly beside: string | null;
}

/**
 * Who is live, refreshed every few seconds. In the lobby the most watched room is large and the
 * others are cards; beside a room that is watched all others are cards.
 */
export default function LiveRooms(props: LiveRoomsProps) {
  const { locale, beside } = props;
  const text = lobbyText(locale);
  const [{ rooms, nowMs }, setState] = useState({ rooms: props.rooms, nowMs: props.nowMs });
  const [failures, setFailures] = useState(0);
  useEffect(() => {
    const end = new AbortController();
    poll({
      intervalMs: beside === null ? INTERVAL_MS : BESIDE_INTERVAL_MS,
      signal: end.signal,
      onOutcome: setFailures,
      run: async (signal) => {
        const fresh = parseRooms(await fetchJson("/api/rooms?live=true", { signal }));
        setState({ rooms: fresh.filter((room) => room.live), nowMs: Date.now() });
      },
    });
    return () => end.abort();
  }, []);

  if (beside !== null) {
    const others = rooms.filter((room) => room.id !== beside).slice(0, MAX_BESIDE);
    return <Others rooms={others} locale={locale} nowMs={nowMs} />;
  }
  const [first, ...others] = rooms;
  return (
    <div class="lobby">
      <p class="lobby-notice" role="status">
        {failures > QUIET_FAILURES ? text.listOffline : ""}
      </p>
      {first === undefined ? <Empty locale={locale} /> : (
        <>
          <Featured room={first} locale={locale} />
          {others.length > 0 && (
            <section aria-labelledby="live-now">
              <div class="section-head">
                <h2 id="live-now">{text.liveNow}</h2>
                <span class="muted">
                  {text.roomsLive(rooms.length, formatCount(rooms.length, locale))}
                </span>
              </div>
              <RoomGrid rooms={others} locale={locale} nowMs={nowMs} />
            </section>
          )}
        </>
      )}
    </div>
  );
}

/** What else is on, under the room that is watched. */
function Others(
  { rooms, locale, nowMs }: {
    readonly rooms: readonly RoomSummary[];
    readonly locale: Locale;
    readonly nowMs: number;
  },
) {
  const text = lobbyText(locale);
  if (rooms.length === 0) {
    return (
      <section class="invite" aria-labelledby="invite-title">
        <div>
          <h2 id="invite-title">{text.inviteTitle}</h2>
          <p class="muted">{text.nobodyElse}</p>
        </div>
        <a class="button quiet" href="/studio">
          <Icon name="video" size={18} /> {text.goLive}
        </a>
      </section>
    );
  }
  return (
    <section aria-labelledby="also-live">
      <div class="section-head">
        <h2 id="also-live">{text.moreLive}</h2>
        <a href="/">{text.seeAll}</a>
      </div>
      <RoomGrid rooms={rooms} locale={locale} nowMs={nowMs} />
    </section>
  );
}

/** Cards of rooms that are live. */
export function RoomGrid(
  { rooms, locale, nowMs, heading: Heading = "h3" }: {
    readonly rooms: readonly RoomSummary[];
    readonly locale: Locale;
    readonly nowMs: number;
    /** Level below the heading of the list. */
    readonly heading?: "h2" | "h3";
  },
) {
  return (
    <ul class="room-grid">
      {rooms.map((room) => (
        <li key={room.id}>
          <a class="room-card" href={`/rooms/${room.id}`}>
            <div class="room-still">
              <LiveStill roomId={room.id} name={room.ownerName} startedAtMs={room.startedAtMs} />
              <LiveBadges room={room} locale={locale} />
            </div>
            <div class="room-card-line">
              <Avatar name={room.ownerName} />
              <div class="room-card-text">
                <Heading dir="auto">{room.title}</Heading>
                <p class="muted">
                  <bdi>{room.ownerName}</bdi>
                  {room.startedAtMs !== null &&
                    ` · ${formatRelative(room.startedAtMs, { nowMs, locale })}`}
                </p>
              </div>
            </div>
          </a>
        </li>
      ))}
    </ul>
  );
}

function Featured({ room, locale }: { readonly room: RoomSummary; readonly locale: Locale }) {
  const text = lobbyText(locale);
  return (
    <section class="featured" aria-labelledby="featured-title">
      <a
        class="room-still featured-still"
        href={`/rooms/${room.id}`}
        tabIndex={-1}
        aria-hidden="true"
      >
        <LiveStill roomId={room.id} name={room.ownerName} startedAtMs={room.startedAtMs} />
        <LiveBadges room={room} locale={locale} long />
        <span class="featured-play">
          <Icon name="play" size={28} />
        </span>
      </a>
      <div class="featured-text card">
        <p class="eyebrow">{text.mostWatched}</p>
        <h2 id="featured-title" dir="auto">{room.title}</h2>
        <div class="person">
          <Avatar name={room.ownerName} size={44} />
          <div>
            <p class="person-name">
              <bdi>{room.ownerName}</bdi>
            </p>
            <p class="muted">
              {roomText(locale).roomNumber(room.id)} ·{" "}
              {roomText(locale).watchingLong(room.viewers, formatCount(room.viewers, locale))}
            </p>
          </div>
        </div>
        <p>
          <a class="button primary" href={`/rooms/${room.id}`}>
            <Icon name="play" size={18} /> {text.watch}
          </a>
        </p>
      </div>
    </section>
  );
}

function LiveBadges(
  { room, locale, long }: {
    readonly room: RoomSummary;
    readonly locale: Locale;
    readonly long?: boolean;
  },
) {
  const text = roomText(locale);
  const count = formatCount(room.viewers, locale);
  return (
    <div class="badges">
      <span class="badge live">{text.live}</span>
      <span class="badge">
        {long ? text.watchingLong(room.viewers, count) : text.watching(room.viewers, count)}
      </span>
    </div>
  );
}

function Empty({ locale }: { readonly locale: Locale }) {
  const text = lobbyText(locale);
  return (
    <section class="empty card">
      <span class="empty-mark">
        <Icon name="radio" size={34} />
      </span>
      <h2>{text.nobodyLive}</h2>
      <p class="muted">{text.nobodyLiveText}</p>
      <p>
        <a class="button primary" href="/studio">
          <Icon name="video" size={18} /> {text.goLive}
        </a>
      </p>
      <div class="empty-demo">
        <h3>{text.demoTitle}</h3>
        <p class="muted">{text.demoText}</p>
        <code>bin/start --demo</code>
      </div>
    </section>
  );
}
