/**
 * The controls, with the custom elements (media-chrome) they are made of. They come when the
 * picture moves: before that there is nothing to control.
 *
 * @module
 */
import { addTranslation, setLanguage } from "media-chrome/dist/utils/i18n.js";
import "media-chrome/dist/media-controller.js";
import "media-chrome/dist/media-control-bar.js";
import "media-chrome/dist/media-play-button.js";
import "media-chrome/dist/media-mute-button.js";
import "media-chrome/dist/media-volume-range.js";
import "media-chrome/dist/media-pip-button.js";
import "media-chrome/dist/media-fullscreen-button.js";
import { useEffect, useRef } from "preact/hooks";
import type { Locale } from "../i18n/mod.ts";
import { type ControlsText, controlsText } from "../i18n/player_controls.ts";
import { Icon } from "../ui/icons.tsx";
import { protocolName, secondsText } from "./describe.ts";
import { pictureName } from "./quality.ts";
import type {} from "./elements.ts";
import type { PlayerSession } from "./session.ts";

/** Sets the language of names and tooltips that the elements give themselves. */
export function speak(locale: Locale): void {
  const text = controlsText(locale);
  const language = locale === "zh" ? "zh-CN" : "en";
  addTranslation(language, {
    Play: text.play,
    Pause: text.pause,
    play: text.play,
    pause: text.pause,
    Mute: text.mute,
    Unmute: text.unmute,
    mute: text.mute,
    unmute: text.unmute,
    volume: text.volume,
    "video player": text.player,
    "Enter picture in picture mode": text.pictureInPicture,
    "Exit picture in picture mode": text.pictureInPicture,
    "enter picture in picture mode": text.pictureInPicture,
    "exit picture in picture mode": text.pictureInPicture,
    "Enter fullscreen mode": text.fullscreen,
    "Exit fullscreen mode": text.fullscreen,
    "enter fullscreen mode": text.fullscreen,
    "exit fullscreen mode": text.fullscreen,
  });
  setLanguage(language);
}

/** The bar; the menu it opens is drawn by the player, so that it does not fade with the bar. */
export function Controls(
  { session, locale, menuOpen, onMenu, theatre }: {
    readonly session: PlayerSession;
    readonly locale: Locale;
    readonly menuOpen: boolean;
    readonly onMenu: (open: boolean) => void;
    /** Null where the page has no such mode. */
    readonly theatre: { readonly on: boolean; readonly onToggle: () => void } | null;
  },
) {
  const text = controlsText(locale);
  const bar = useRef<HTMLElement>(null);
  useEffect(() => {
    // The player around it is the region, and has its name.
    const frame = bar.current?.closest("media-controller");
    frame?.setAttribute("role", "none");
    frame?.removeAttribute("aria-label");
  }, []);
  return (
    <media-control-bar ref={bar} class="player-bar">
      <media-play-button class="player-control">
        <span slot="play">
          <Icon name="play" />
        </span>
        <span slot="pause">
          <Icon name="pause" />
        </span>
      </media-play-button>
      <media-mute-button class="player-control">
        <span slot="off">
          <Icon name="volume-x" />
        </span>
        <span slot="low">
          <Icon name="volume-2" />
        </span>
        <span slot="medium">
          <Icon name="volume-2" />
        </span>
        <span slot="high">
          <Icon name="volume-2" />
        </span>
      </media-mute-button>
      <media-volume-range class="player-volume" aria-label={text.volume} />
      <LiveButton session={session} text={text} />
      <span class="player-bar-gap" />
      <SettingsButton session={session} text={text} open={menuOpen} onToggle={onMenu} />
      <media-pip-button class="player-control player-pip">
        <span slot="enter">
          <Icon name="picture-in-picture-2" />
        </span>
        <span slot="exit">
          <Icon name="picture-in-picture-2" />
        </span>
      </media-pip-button>
      {theatre !== null && (
        <button
          type="button"
          class="player-button player-theatre"
          aria-label={text.theatre}
          aria-pressed={theatre.on}
          title={text.theatre}
          onClick={theatre.onToggle}
        >
          <Icon name={theatre.on ? "panel-right-open" : "panel-right-close"} />
        </button>
      )}
      <media-fullscreen-button class="player-control">
        <span slot="enter">
          <Icon name="maximize" />
        </span>
        <span slot="exit">
          <Icon name="minimize" />
        </span>
      </media-fullscreen-button>
    </media-control-bar>
  );
}

/** Cinnabar at the live edge; grey and pressable behind it. */
function LiveButton({ session, text }: {
  readonly session: PlayerSession;
  readonly text: ControlsText;
}) {
  const state = session.state.value;
  const atLive = session.atLive.value && (state === "playing" || state === "buffering");
  return (
    <button
      type="button"
      class={`player-button player-live${atLive ? " player-live-on" : ""}`}
      aria-label={atLive ? text.atLive : text.goLive}
      title={atLive ? text.atLive : text.goLive}
      onClick={() => session.toLive()}
    >
      <span class="player-live-dot" />
      {text.live}
    </button>
  );
}

/** Opens the menu: quality, route and measured latency. */
function SettingsButton({ session, text, open, onToggle }: {
  readonly session: PlayerSession;
  readonly text: ControlsText;
  readonly open: boolean;
  readonly onToggle: (open: boolean) => void;
}) {
  const figures = session.statistics.value;
  const protocol = session.protocol.value;
  const picture = pictureName(figures);
  return (
    <button
      type="button"
      class="player-button player-route"
      aria-haspopup="menu"
      aria-expanded={open}
      onClick={() => onToggle(!open)}
    >
      <Icon name="settings-2" size={20} />
      <span class="player-route-name">
        <span class="player-spoken">{text.settings}</span>
        {picture !== null && <span class="player-route-picture">{picture}</span>}
        <span class="player-route-protocol">
          {protocol === null ? text.auto : protocolName(protocol)}
        </span>
        <span class="player-route-latency" aria-hidden="true">
          {secondsText(figures.latencyMs, text)}
        </span>
      </span>
    </button>
  );
}
