/**
 * `/following`: the rooms that somebody follows, those that are live first.
 *
 * @module
 */
import { followingText } from "../../islands/i18n/following.ts";
import { formatRelative } from "../../islands/i18n/mod.ts";
import { siteText } from "../../islands/i18n/site.ts";
import { Avatar, avatarUrl } from "../../islands/ui/avatar.tsx";
import { ButtonLink } from "../../islands/ui/button.tsx";
import { EmptyState } from "../../islands/ui/placeholder.tsx";
import { announced } from "../../islands/room/announced.ts";
import { RoomGrid } from "../../islands/room/room_card.tsx";
import type { RoomState } from "../../rooms/model.ts";
import type { Page } from "./document.tsx";
import { summarize } from "./room_summary.ts";
import type { Reader } from "./view.ts";

/** When the room is on the air again, or was last. */
function silenceOf(
  { nextLiveAtMs, lastLiveAtMs }: RoomState,
  { locale, nowMs }: Reader,
): string {
  const text = followingText(locale);
  return announced(nextLiveAtMs, { nowMs, locale, timeZone: null }) ??
    (lastLiveAtMs === null
      ? text.neverLive
      : text.lastLive(formatRelative(lastLiveAtMs, { nowMs, locale })));
}

/** The page of an account; `rooms` come live ones first. */
export function followingPage(rooms: readonly RoomState[], reader: Reader): Page {
  const { locale, nowMs } = reader;
  const text = followingText(locale);
  const live = rooms.filter((room) => room.live);
  const silent = rooms.filter((room) => !room.live);
  return {
    reader,
    layout: "lobby",
    current: "following",
    title: text.title,
    description: siteText(locale).siteDescription,
    noIndex: true,
    content: rooms.length === 0
      ? (
        <EmptyState icon="heart" level={1} title={text.nobody} text={text.nobodyText}>
          <ButtonLink kind="primary" href="/">{siteText(locale).backToLobby}</ButtonLink>
        </EmptyState>
      )
      : (
        <div class="lobby">
          <h1>{text.title}</h1>
          {live.length === 0
            ? <p class="muted">{text.noneLive}</p>
            : <RoomGrid rooms={live.map(summarize)} locale={locale} nowMs={nowMs} heading="h2" />}
          {silent.length > 0 && (
            <section aria-labelledby="not-live">
              <div class="section-head">
                <h2 id="not-live">{text.notLive}</h2>
              </div>
              <ul class="people">
                {silent.map((room) => (
                  <li key={room.id}>
                    <a class="card person" href={`/rooms/${room.id}`}>
                      <Avatar
                        name={room.owner.name}
                        picture={avatarUrl(room.owner.avatar)}
                        size={44}
                      />
                      <span>
                        <bdi class="person-name">{room.owner.name}</bdi>
                        <span class="muted ellipsis">
                          {silenceOf(room, reader)}
                        </span>
                      </span>
                    </a>
                  </li>
                ))}
              </ul>
            </section>
          )}
        </div>
      ),
  };
}
