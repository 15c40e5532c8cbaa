import { useEffect, useState } from "preact/hooks";
import type { Locale } from "./i18n/mod.ts";
import { moreLiveText } from "./i18n/more_live.ts";
import { RoomRows } from "./room/room_card.tsx";
import { api } from "./ui/api.ts";
import { ButtonLink } from "./ui/button.tsx";
import { EmptyState } from "./ui/placeholder.tsx";
import { poll } from "./ui/poll.ts";
import { parseRooms, type RoomSummary } from "./ui/room_data.ts";

/** Beside a picture that plays, the others matter less. */
const INTERVAL_MS = 15_000;
/** Rooms that are listed. */
export const MAX_BESIDE = 12;

/** Props of {@linkcode MoreLive}. */
export interface MoreLiveProps {
  readonly rooms: readonly RoomSummary[];
  readonly locale: Locale;
  /** The room that is watched. */
  readonly beside: string;
}

/** What else is on, beside the room that is watched; asked for again while the list is in sight. */
export default function MoreLive(props: MoreLiveProps) {
  const { locale, beside } = props;
  const text = moreLiveText(locale);
  const [rooms, setRooms] = useState(props.rooms);
  useEffect(() => {
    const end = new AbortController();
    poll({
      intervalMs: INTERVAL_MS,
      signal: end.signal,
      run: async (signal) => {
        const query = { live: true, limit: MAX_BESIDE + 1 };
        const fresh = parseRooms(await api.get("/api/rooms", { query, signal }));
        setRooms(fresh.filter((room) => room.live && room.id !== beside).slice(0, MAX_BESIDE));
      },
    });
    return () => end.abort();
  }, []);
  if (rooms.length === 0) {
    return (
      <EmptyState icon="radio" level={3} inset title={text.nobodyElse} text={text.inviteText}>
        <ButtonLink icon="video" href="/studio">{text.goLive}</ButtonLink>
      </EmptyState>
    );
  }
  return (
    <>
      <RoomRows rooms={rooms} locale={locale} />
      <p class="more-live-all">
        <ButtonLink href="/">{text.seeAll}</ButtonLink>
      </p>
    </>
  );
}
