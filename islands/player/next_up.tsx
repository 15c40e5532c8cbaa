/**
 * What comes when there is no picture: the announced hour, a way to find the room again, and who
 * is live meanwhile.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { formatCount, type Locale } from "../i18n/mod.ts";
import { nextUpText } from "../i18n/next_up.ts";
import { announced, announcedStepMs } from "../room/announced.ts";
import { FollowButton } from "../room/follow_button.tsx";
import { type RoomView, useRoomView } from "../room/room_watch.ts";
import { api } from "../ui/api.ts";
import { Icon } from "../ui/icons.tsx";
import { LiveStill } from "../ui/live_still.tsx";
import type { PlayerProps } from "../ui/player_props.ts";
import { poll } from "../ui/poll.ts";
import { parseRooms, type RoomSummary } from "../ui/room_data.ts";

const INTERVAL_MS = 30_000;
/** Rooms that fit beside each other. */
const MAX_OTHERS = 3;

/** Props of {@linkcode NextUp}. */
export interface NextUpProps {
  readonly view: RoomView;
  readonly locale: Locale;
  readonly mode: PlayerProps["mode"];
  /** The button that asks again, or null. */
  readonly children: ComponentChildren;
}

/** Stands under the words that say why there is no picture. */
export function NextUp({ view: initial, locale, mode, children }: NextUpProps) {
  const text = nextUpText(locale);
  const view = useRoomView(initial);
  const others = useOthers(view.room.id);
  const nowMs = useNow(view.room.nextLiveAtMs);
  const follows = mode === "watch" && !view.own && view.following !== true;
  const sentence = announced(view.room.nextLiveAtMs, { nowMs, locale });
  return (
    <div class="next-up">
      {sentence !== null && (
        <p class="next-up-hour">
          <Icon name="clock" size={18} /> {sentence}
        </p>
      )}
      <div class="player-notice-actions">
        {children}
        {follows && <FollowButton view={view} locale={locale} look="plain" />}
      </div>
      {follows && <p class="next-up-hint">{text.followHint}</p>}
      {others.length > 0 && (
        <div class="next-up-others">
          <p>{text.liveNow}</p>
          <ul>
            {others.map((room) => (
              <li key={room.id}>
                <a
                  href={`/rooms/${room.id}`}
                  {...(mode === "embed" && { target: "_blank", rel: "noopener" })}
                >
                  <span class="next-up-still">
                    <LiveStill room={room} />
                    <span class="player-badge">{formatCount(room.viewers, locale)}</span>
                  </span>
                  <span class="next-up-title" dir="auto">{room.title}</span>
                </a>
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

function useOthers(roomId: string): readonly RoomSummary[] {
  const [others, setOthers] = useState<readonly RoomSummary[]>([]);
  useEffect(() => {
    const end = new AbortController();
    poll({
      intervalMs: INTERVAL_MS,
      immediately: true,
      signal: end.signal,
      run: async (signal) => {
        const query = { live: true, limit: MAX_OTHERS + 1 };
        const live = parseRooms(await api.get("/api/rooms", { query, signal }));
        setOthers(live.filter(({ id }) => id !== roomId).slice(0, MAX_OTHERS));
      },
    });
    return () => end.abort();
  }, [roomId]);
  return others;
}

function useNow(atMs: number | null): number {
  const [nowMs, setNowMs] = useState(Date.now);
  const stepMs = atMs === null ? null : announcedStepMs(atMs, nowMs);
  useEffect(() => {
    if (stepMs === null) return;
    const timer = setInterval(() => setNowMs(Date.now()), stepMs);
    return () => clearInterval(timer);
  }, [stepMs]);
  return nowMs;
}
