/**
 * What lies over the picture: badges, the state in words, the invitation to turn the sound on, the
 * list of keys.
 *
 * @module
 */
import { useEffect, useState } from "preact/hooks";
import { Icon } from "../ui/icons.tsx";
import { latencyChip, notice, spokenState } from "./describe.ts";
import type { PlayerSession } from "./session.ts";
import type { PlayerText } from "../i18n/player.ts";

interface Common {
  readonly session: PlayerSession;
  readonly text: PlayerText;
}

/** LIVE and the latency, in the corner. */
export function Badges({ session, text, preview }: Common & { readonly preview: boolean }) {
  const state = session.state.value;
  const live = state === "playing" || state === "buffering" || state === "paused";
  if (preview) {
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
      {chip !== null && <span class="player-badge player-badge-latency">{chip}</span>}
    </div>
  );
}

/** The centre of the picture: waiting, what happened and what to do, or a tap to play. */
export function StateOverlay(
  { session, text, preview }: Common & { readonly preview: boolean },
) {
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
  const shown = notice(state, { online, text });
  if (shown === null) return null;
  return (
    <div
      class={`player-overlay player-overlay-scrim${
        state === "reconnecting" ? " player-overlay-late" : ""
      }`}
    >
      <div class="player-notice">
        <span class={`player-notice-icon${shown.busy ? " player-notice-busy" : ""}`}>
          {shown.busy
            ? <span class="player-spinner" />
            : <Icon name={state === "failed" ? "triangle-alert" : "tv"} size={30} />}
        </span>
        <p class="player-notice-title">{shown.title}</p>
        <p class="player-notice-body">{shown.body}</p>
        {!preview && shown.action !== null && (
          <button
            type="button"
            class="player-action"
            onClick={() => session.play()}
          >
            <Icon name="refresh-cw" size={16} />
            {shown.action}
          </button>
        )}
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

/** The list of keys. */
export function KeySheet({ text, onClose }: {
  readonly text: PlayerText;
  readonly onClose: () => void;
}) {
  const keys: readonly (readonly [string, string])[] = [
    ["Space / K", text.keyPlay],
    ["M", text.keyMute],
    ["↑ ↓", text.keyVolume],
    ["F", text.keyFullscreen],
    ["T", text.keyTheatre],
    ["I", text.keyStatistics],
    ["?", text.keyHelp],
  ];
  return (
    <section class="player-panel player-keys" aria-label={text.help}>
      <PanelHead title={text.help} close={text.close} onClose={onClose} />
      <dl>
        {keys.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** Title and close button of a panel over the picture. */
export function PanelHead({ title, close, onClose }: {
  readonly title: string;
  readonly close: string;
  readonly onClose: () => void;
}) {
  return (
    <header class="player-panel-head">
      <span>{title}</span>
      <button type="button" class="player-panel-close" aria-label={close} onClick={onClose}>
        <Icon name="x" size={16} />
      </button>
    </header>
  );
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
