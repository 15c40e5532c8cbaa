/**
 * The bar of controls under the picture.
 *
 * @module
 */
import { Icon } from "../ui/icons.tsx";
import type { PlayerSession } from "./session.ts";
import { SettingsButton } from "./settings_menu.tsx";
import type { PlayerText } from "../i18n/player.ts";

/** The bar; the menu it opens is drawn by the player, so that it does not fade with the bar. */
export function Controls(
  { session, text, menuOpen, onMenu, theatre, onTheatre }: {
    readonly session: PlayerSession;
    readonly text: PlayerText;
    readonly menuOpen: boolean;
    readonly onMenu: (open: boolean) => void;
    readonly theatre: boolean;
    readonly onTheatre: () => void;
  },
) {
  return (
    <media-control-bar class="player-bar">
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
      <button
        type="button"
        class="player-button player-theatre"
        aria-label={text.theatre}
        aria-pressed={theatre}
        title={text.theatre}
        onClick={onTheatre}
      >
        <Icon name={theatre ? "panel-right-open" : "panel-right-close"} />
      </button>
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
  readonly text: PlayerText;
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
