import { useEffect, useRef, useState } from "preact/hooks";
import { lobbyText } from "./i18n/lobby.ts";
import { formatCount, formatRelative, type Locale } from "./i18n/mod.ts";
import { roomText } from "./i18n/room.ts";
import { RoomBadges, RoomGrid } from "./room/room_card.tsx";
import { keepOrder } from "./room/room_order.ts";
import { api } from "./ui/api.ts";
import { Avatar } from "./ui/avatar.tsx";
import { Button, ButtonLink } from "./ui/button.tsx";
import { Icon } from "./ui/icons.tsx";
import { LiveStill } from "./ui/live_still.tsx";
import { Chip } from "./ui/marks.tsx";
import { EmptyState } from "./ui/placeholder.tsx";
import { poll } from "./ui/poll.ts";
import { parseRooms, type RoomSummary } from "./ui/room_data.ts";

const INTERVAL_MS = 5_000;
/** This many rounds may fail before the page says so. */
const QUIET_FAILURES = 2;
/** Followed rooms that stand first; the others are on their own page. */
const MAX_FOLLOWED = 8;
/** So much of the chip before the chosen one is seen, CSS pixels. */
const CHIP_PX = 48;

/** A category in the reader's language. */
export interface CategoryLabel {
  readonly key: string;
  readonly label: string;
}

/** Props of {@linkcode LiveRooms}. */
export interface LiveRoomsProps {
  /** Everything that is live. */
  readonly rooms: readonly RoomSummary[];
  readonly locale: Locale;
  /** When `rooms` was read. */
  readonly nowMs: number;
  readonly categories: readonly CategoryLabel[];
  /** The one that is looked at; null: all. */
  readonly category: string | null;
  /** What the reader follows, live or not. */
  readonly followed: readonly RoomSummary[];
  /** What the reader can do about an empty lobby: press, wait, or read the command. */
  readonly demo: "start" | "starting" | "command";
}

/**
 * The lobby: what the reader follows, the most watched room large, the others as cards, by
 * category. Who is live and how many watch is asked for every few seconds.
 */
export default function LiveRooms(props: LiveRoomsProps) {
  const { locale, category, categories } = props;
  const text = lobbyText(locale);
  const [{ rooms, nowMs }, setState] = useState({ rooms: props.rooms, nowMs: props.nowMs });
  const [failures, setFailures] = useState(0);
  useEffect(() => {
    const end = new AbortController();
    poll({
      intervalMs: INTERVAL_MS,
      signal: end.signal,
      onOutcome: setFailures,
      run: async (signal) => {
        const fresh = parseRooms(
          await api.get("/api/rooms", { query: { live: true }, signal }),
        )
          .filter((room) => room.live);
        setState((shown) => ({ rooms: keepOrder(shown.rooms, fresh), nowMs: Date.now() }));
      },
    });
    return () => end.abort();
  }, []);

  const chosen = category === null ? rooms : rooms.filter((room) => room.category === category);
  const [first, ...others] = chosen;
  const labels = new Map(categories.map(({ key, label }) => [key, label]));
  return (
    <div class="lobby">
      <p class="lobby-notice" role="status">
        {failures > QUIET_FAILURES ? text.listOffline : ""}
      </p>
      {category === null && props.followed.length > 0 && (
        <Followed followed={props.followed} live={rooms} locale={locale} nowMs={nowMs} />
      )}
      {category === null && first !== undefined && (
        <Featured room={first} locale={locale} category={labels.get(first.category ?? "")} />
      )}
      {rooms.length === 0 && category === null
        ? <Empty locale={locale} demo={props.demo} />
        : (
          <section class="live-now" aria-labelledby="live-now">
            <div class="section-head">
              <h2 id="live-now">{text.liveNow}</h2>
              <span class="muted tabular">
                {text.roomsLive(chosen.length, formatCount(chosen.length, locale))}
              </span>
            </div>
            <Categories {...props} rooms={rooms} />
            {category === null
              ? others.length > 0 && <RoomGrid rooms={others} locale={locale} nowMs={nowMs} />
              : chosen.length > 0
              ? <RoomGrid rooms={chosen} locale={locale} nowMs={nowMs} />
              : (
                <EmptyState
                  icon="tv"
                  level={3}
                  inset
                  title={text.nobodyLiveIn(labels.get(category) ?? category)}
                  text={text.nobodyLiveInText}
                >
                  <ButtonLink href="/">{text.all}</ButtonLink>
                </EmptyState>
              )}
          </section>
        )}
    </div>
  );
}

/** Chips of the categories somebody is live in; links, so they work without script. */
function Categories(
  { rooms, categories, category, locale }: Pick<
    LiveRoomsProps,
    "rooms" | "categories" | "category" | "locale"
  >,
) {
  const text = lobbyText(locale);
  const counts = new Map<string, number>();
  for (const room of rooms) {
    if (room.category === null) continue;
    counts.set(room.category, (counts.get(room.category) ?? 0) + 1);
  }
  const shown = categories.filter(({ key }) => counts.has(key) || key === category);
  const line = useRef<HTMLElement>(null);
  useEffect(() => {
    // The chosen one may stand beyond the edge of a phone.
    const chosen = line.current?.querySelector<HTMLElement>("[aria-current]");
    if (chosen != null) line.current!.scrollLeft = chosen.offsetLeft - CHIP_PX;
  }, []);
  if (shown.length === 0) return null;
  return (
    <nav ref={line} class="chips" aria-label={text.categories}>
      <Chip href="/" current={category === null} count={formatCount(rooms.length, locale)}>
        {text.all}
      </Chip>
      {shown.map(({ key, label }) => (
        <Chip
          key={key}
          href={`/?category=${key}`}
          current={key === category}
          count={formatCount(counts.get(key) ?? 0, locale)}
        >
          {label}
        </Chip>
      ))}
    </nav>
  );
}

function Followed(
  { followed, live, locale, nowMs }: {
    readonly followed: readonly RoomSummary[];
    readonly live: readonly RoomSummary[];
    readonly locale: Locale;
    readonly nowMs: number;
  },
) {
  const text = lobbyText(locale);
  const ids = new Set(followed.map(({ id }) => id));
  const on = live.filter((room) => ids.has(room.id)).slice(0, MAX_FOLLOWED);
  const off = followed.filter((room) => !live.some(({ id }) => id === room.id))
    .slice(0, MAX_FOLLOWED);
  return (
    <section class="followed" aria-labelledby="followed">
      <div class="section-head">
        <h2 id="followed">{text.following}</h2>
        <a href="/following">{text.seeAll}</a>
      </div>
      {on.length > 0 && <RoomGrid rooms={on} locale={locale} nowMs={nowMs} />}
      {off.length > 0 && (
        <ul class="quiet-people" aria-label={text.notLive}>
          {off.map((room) => (
            <li key={room.id}>
              <a class="quiet-person" href={`/rooms/${room.id}`}>
                <Avatar name={room.ownerName} picture={room.ownerPicture} size={32} />
                <span>
                  <bdi class="ellipsis">{room.ownerName}</bdi>
                  <span class="muted ellipsis">
                    {room.lastLiveAtMs === null ? text.notLive : roomText(locale).lastLive(
                      formatRelative(room.lastLiveAtMs, { nowMs, locale }),
                    )}
                  </span>
                </span>
              </a>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Featured(
  { room, locale, category }: {
    readonly room: RoomSummary;
    readonly locale: Locale;
    readonly category: string | undefined;
  },
) {
  const text = lobbyText(locale);
  return (
    <section class="featured" aria-labelledby="featured-title">
      <a
        class="room-still featured-still"
        href={`/rooms/${room.id}`}
        tabIndex={-1}
        aria-hidden="true"
      >
        <LiveStill key={room.id} room={room} first />
        <RoomBadges room={room} locale={locale} long />
        <span class="featured-play">
          <Icon name="play" size={28} />
        </span>
      </a>
      <div class="featured-text card">
        <p class="eyebrow">{text.mostWatched}</p>
        <h2 id="featured-title" dir="auto">{room.title}</h2>
        <div class="person">
          <Avatar name={room.ownerName} picture={room.ownerPicture} size={44} />
          <div>
            <p class="person-name">
              <bdi>{room.ownerName}</bdi>
            </p>
            <p class="muted">
              {roomText(locale).roomNumber(room.id)}
              {category !== undefined && ` · ${category}`}
            </p>
          </div>
        </div>
        <p>
          <ButtonLink kind="primary" icon="play" href={`/rooms/${room.id}`}>
            {text.watch}
          </ButtonLink>
        </p>
      </div>
    </section>
  );
}

function Empty({ locale, demo }: Pick<LiveRoomsProps, "locale" | "demo">) {
  const text = lobbyText(locale);
  return (
    <section class="empty card">
      <span class="empty-mark">
        <Icon name="radio" size={34} />
      </span>
      <h2>{text.nobodyLive}</h2>
      <p class="muted">{text.nobodyLiveText}</p>
      <p>
        <ButtonLink kind="primary" icon="video" href="/studio">{text.goLive}</ButtonLink>
      </p>
      <div class="empty-demo">
        <h3>{text.demoTitle}</h3>
        {demo === "starting" ? <p class="muted">{text.demoStarting}</p> : (
          <>
            <p class="muted">{text.demoText}</p>
            {demo === "start"
              ? (
                <form method="post" action="/demo">
                  <Button type="submit" icon="tv">{text.demoStart}</Button>
                </form>
              )
              : (
                <>
                  <p class="muted">{text.demoCommand}</p>
                  <code>bin/start --demo</code>
                </>
              )}
          </>
        )}
      </div>
    </section>
  );
}
