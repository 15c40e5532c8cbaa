/**
 * What lies over the picture from the start: badges, the state in words, the invitation to turn
 * the sound on. What has to be asked for comes with `panels.tsx`.
 *
 * @module
 */
import { useEffect, useState } from "preact/hooks";
import { formatCount, type Locale } from "../i18n/mod.ts";
import { type PlayerText, playerText } from "../i18n/player.ts";
import { roomText } from "../i18n/room.ts";
import { Icon } from "../ui/icons.tsx";
import type { PlayerProps } from "../ui/player_props.ts";
import { type RoomView, useRoomView } from "../room/room_watch.ts";
import { latencyChip, notice, spokenState } from "./describe.ts";
import type { PlayerSession } from "./session.ts";

interface Common {
  readonly session: PlayerSession;
  readonly text: PlayerText;
}

/** LIVE, how many watch, and the latency, in the corner. */
export function Badges(
  { session, locale, view }: {
    readonly session: PlayerSession;
    readonly locale: Locale;
    /** Null for a preview. */
    readonly view: RoomView | null;
  },
) {
  const text = playerText(locale);
  const state = session.state.value;
  const live = state === "playing" || state === "buffering" || state === "paused";
  if (view === null) {
    return (
      <div class="player-badges">
        <span class={`player-badge${live ? " player-badge-live" : ""}`}>
          {live ? text.live : text.preview}
        </span>
      </div>
    );
  }
  if (!live) return null;
  const latency = state === "playing" ? session.statistics.value.latencyMs : null;
  const chip = latencyChip(latency, text);
  return (
    <div class="player-badges">
      <span class="player-badge player-badge-live">{text.live}</span>
      <Viewers view={view} locale={locale} />
      {chip !== null && <span class="player-badge player-badge-latency">{chip}</span>}
    </div>
  );
}

function Viewers({ view, locale }: { readonly view: RoomView; readonly locale: Locale }) {
  const { viewers } = useRoomView(view).room;
  const text = roomText(locale);
  const count = formatCount(viewers, locale);
  return (
    <span class="player-badge player-badge-viewers" title={text.watchingLong(viewers, count)}>
      <Icon name="users" size={14} />
      <span class="player-spoken">{text.watchingLong(viewers, count)}</span>
      <span aria-hidden="true">{count}</span>
    </span>
  );
}

/** Whose picture it is, on another site; leads to the room. */
export function EmbedHead({ session, text, view }: Common & { readonly view: RoomView }) {
  const { room } = useRoomView(view);
  const playing = session.state.value === "playing";
  return (
    <a
      class={`player-embed-head${playing ? " player-embed-playing" : ""}`}
      href={`/rooms/${room.id}`}
      target="_blank"
      rel="noopener"
    >
      <span class="player-embed-title" dir="auto">{room.title}</span>
      <span class="player-embed-owner">
        <bdi>{room.ownerName}</bdi>
      </span>
      <Icon name="external-link" size={18} />
      <span class="player-spoken">{text.openRoom}</span>
    </a>
  );
}

/** The centre of the picture: waiting, what happened and what to do, or a tap to play. */
export function StateOverlay(
  props: PlayerProps & {
    readonly session: PlayerSession;
    readonly later: Pick<typeof import("./later.ts"), "NextUp"> | null;
  },
) {
  const { session, later } = props;
  const text = playerText(props.locale);
  const state = session.state.value;
  const online = useOnline();
  if (state === "blocked" || state === "paused") {
    const label = state === "blocked" ? text.tapToPlay : text.play;
    return (
      <div class="player-overlay">
        <button
          type="button"
          class="player-big-play"
          aria-label={label}
          onClick={() => session.play()}
        >
          <Icon name="play" size={34} />
        </button>
        {state === "blocked" && <span class="player-overlay-hint">{text.tapToPlay}</span>}
      </div>
    );
  }
  if (state === "loading" || state === "buffering" || state === "idle") {
    return (
      <div class="player-overlay player-overlay-late">
        <span class="player-spinner" />
      </div>
    );
  }
  const said = notice(state, { online, text });
  if (said === null) return null;
  const over = state === "waiting" || state === "ended";
  const shown = over ? { ...said, ...props.silence } : said;
  const action = props.mode === "preview" || shown.action === null
    ? null
    : (
      <button type="button" class="player-action" onClick={() => session.play()}>
        <Icon name="refresh-cw" size={16} />
        {shown.action}
      </button>
    );
  return (
    <div
      class={`player-overlay player-overlay-scrim${
        state === "reconnecting" ? " player-overlay-late" : ""
      }`}
    >
      <div class="player-notice">
        <span class="player-notice-icon">
          {shown.busy
            ? <span class="player-spinner" />
            : <Icon name={state === "failed" ? "triangle-alert" : "tv"} size={30} />}
        </span>
        <p class="player-notice-title">{shown.title}</p>
        <p class="player-notice-body">{shown.body}</p>
        {over && later !== null && props.view !== null
          ? (
            <later.NextUp view={props.view} locale={props.locale} mode={props.mode}>
              {action}
            </later.NextUp>
          )
          : action !== null && <div class="player-notice-actions">{action}</div>}
      </div>
    </div>
  );
}

/** The large button of a muted start. */
export function SoundInvitation({ session, text }: Common) {
  const state = session.state.value;
  if (!session.wantsTap.value || (state !== "playing" && state !== "buffering")) return null;
  return (
    <button type="button" class="player-sound" onClick={() => session.unmute()}>
      <Icon name="volume-x" size={22} />
      {text.tapForSound}
    </button>
  );
}

/** Says the state to screen readers, and only when it has lasted. */
export function SpokenState({ session, text }: Common) {
  const state = session.state.value;
  const online = useOnline();
  const [spoken, setSpoken] = useState("");
  const sentence = spokenState(state, { online, text });
  useEffect(() => {
    const timer = setTimeout(() => setSpoken(sentence), 1_500);
    return () => clearTimeout(timer);
  }, [sentence]);
  return <p class="player-spoken" aria-live="polite">{spoken}</p>;
}

function useOnline(): boolean {
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const update = () => setOnline(navigator.onLine);
    globalThis.addEventListener("online", update);
    globalThis.addEventListener("offline", update);
    return () => {
      globalThis.removeEventListener("online", update);
      globalThis.removeEventListener("offline", update);
    };
  }, []);
  return online;
}
