import { useEffect, useRef, useState } from "preact/hooks";
import { formatCount, formatDuration, type Locale } from "./i18n/mod.ts";
import { roomText } from "./i18n/room.ts";
import { watchText } from "./i18n/watch.ts";
import { Icon } from "./ui/icons.tsx";
import { fetchJson, poll } from "./ui/poll.ts";
import { parseRoom, type RoomSummary } from "./ui/room_data.ts";
import { Avatar } from "./ui/avatar.tsx";

const INTERVAL_MS = 5_000;
const NOTE_MS = 2_500;

/** Props of {@linkcode RoomLine}. */
export interface RoomLineProps {
  readonly room: RoomSummary;
  readonly locale: Locale;
  /** When `room` was read. */
  readonly nowMs: number;
}

/** The line under the picture: who, what, since when, how many; share. Theatre mode, too. */
export default function RoomLine(props: RoomLineProps) {
  const { locale } = props;
  const text = roomText(locale);
  const [room, setRoom] = useState(props.room);
  const [nowMs, setNowMs] = useState(props.nowMs);
  useEffect(() => {
    const end = new AbortController();
    poll({
      intervalMs: INTERVAL_MS,
      signal: end.signal,
      run: async (signal) =>
        setRoom(parseRoom(await fetchJson(`/api/rooms/${props.room.id}`, { signal }))),
    });
    return () => end.abort();
  }, [props.room.id]);
  useEffect(() => {
    if (room.startedAtMs === null) return;
    setNowMs(Date.now());
    const timer = setInterval(() => setNowMs(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [room.startedAtMs]);

  useTheatre();

  const count = formatCount(room.viewers, locale);
  return (
    <div class="room-line">
      <Avatar name={room.ownerName} size={48} />
      <div class="room-line-text">
        <h1 dir="auto">{room.title}</h1>
        <p class="muted">
          <bdi class="ellipsis">{room.ownerName}</bdi>
          <span class="wide-only">{text.roomNumber(room.id)}</span>
          {room.live && room.startedAtMs !== null
            ? (
              <span class="tabular">
                {watchText(locale).liveFor(formatDuration(nowMs - room.startedAtMs))}
              </span>
            )
            : <span>{text.offline}</span>}
          {room.live && (
            <span class="narrow-only tabular">{text.watching(room.viewers, count)}</span>
          )}
        </p>
      </div>
      <div class="room-line-actions">
        {room.live && (
          <span class="chip wide-only" title={text.watchingLong(room.viewers, count)}>
            <Icon name="users" size={18} />
            <span class="tabular">{text.watching(room.viewers, count)}</span>
          </span>
        )}
        <Share title={room.title} locale={locale} />
      </div>
    </div>
  );
}

/** Folds the panel away when the player, which owns the switch, says so (`wanren:theatre`). */
function useTheatre() {
  useEffect(() => {
    const root = document.documentElement;
    const follow = (event: Event) => {
      const { detail } = event as CustomEvent<{ readonly on: boolean }>;
      root.toggleAttribute("data-theatre", detail.on);
    };
    document.addEventListener("wanren:theatre", follow);
    return () => {
      document.removeEventListener("wanren:theatre", follow);
      root.removeAttribute("data-theatre");
    };
  }, []);
}

function Share({ title, locale }: { readonly title: string; readonly locale: Locale }) {
  const text = watchText(locale);
  const [state, setState] = useState<"idle" | "copied" | "manual">("idle");
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (state === "manual") input.current?.select();
    if (state !== "copied") return;
    const timer = setTimeout(() => setState("idle"), NOTE_MS);
    return () => clearTimeout(timer);
  }, [state]);
  const address = () => location.origin + location.pathname;
  const share = async () => {
    if (typeof navigator.share === "function" && matchMedia("(pointer: coarse)").matches) {
      // The sheet rejects when the viewer closes it: that is a decision, not a failure.
      await navigator.share({ title, url: address() }).catch(() => {});
      return;
    }
    try {
      await navigator.clipboard.writeText(address());
      setState("copied");
    } catch {
      // No clipboard without a secure context: show the link to be copied by hand.
      setState("manual");
    }
  };
  return (
    <>
      <button type="button" class="button quiet share" onClick={share}>
        <Icon name={state === "copied" ? "check" : "share-2"} size={18} />
        <span>{text.share}</span>
      </button>
      <div class="toast-place" role="status">
        {state === "copied" && (
          <p class="toast">
            <Icon name="check" size={18} /> {text.shareCopied}
          </p>
        )}
        {state === "manual" && (
          <div class="toast">
            <label class="toast-copy">
              {text.shareFailed}
              <input ref={input} readOnly value={address()} onBlur={() => setState("idle")} />
            </label>
          </div>
        )}
      </div>
    </>
  );
}
