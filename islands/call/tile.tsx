/**
 * One picture with who it is and how it goes.
 *
 * @module
 */
import { callText } from "../i18n/call.ts";
import type { Locale } from "../i18n/mod.ts";
import { Avatar, avatarUrl } from "../ui/avatar.tsx";
import { Spinner } from "../ui/button.tsx";
import { classNames } from "../ui/class_names.ts";
import { Icon } from "../ui/icons.tsx";
import { Picture } from "./face.tsx";
import type { RemoteMedia } from "./mesh.ts";
import type { TilePlace } from "./places.ts";

/** The tile; pressed it becomes large, or small again. */
export function Tile({ place, stream, state, heard, large, locale, onPin }: {
  readonly place: TilePlace;
  readonly stream: MediaStream | null;
  /** How the connection goes; null: it is ourselves. */
  readonly state: RemoteMedia["state"] | null;
  readonly heard: boolean;
  readonly large: boolean;
  readonly locale: Locale;
  /** Null: there is nothing to choose. */
  readonly onPin: (() => void) | null;
}) {
  const text = callText(locale);
  const { peer, kind, own } = place;
  const isScreen = kind === "screen";
  const name = own ? text.you : peer.name;
  const label = isScreen ? own ? text.yourScreen : text.screenOf(peer.name) : name;
  const shows = stream !== null && (isScreen || peer.video);
  const note = state === "failed"
    ? text.noWay
    : !peer.present
    ? text.peerAway
    : state === "connecting"
    ? text.connecting
    : state === "unsteady"
    ? text.unsteady
    : null;
  return (
    <figure
      class={classNames("call-tile", large && "large", heard && !isScreen && "heard")}
      data-peer={peer.id}
      data-kind={kind}
      data-state={state ?? "own"}
    >
      {shows
        ? (
          <Picture
            stream={stream}
            mirrored={own && !isScreen}
            contain={isScreen}
            label={label}
          />
        )
        : (
          <div class="call-dark">
            <Avatar name={peer.name} picture={avatarUrl(peer.avatar)} size={large ? 112 : 72} />
          </div>
        )}
      {note !== null && (
        <p class="call-tile-note">
          {state !== "failed" && <Spinner size={14} />} {note}
        </p>
      )}
      <figcaption>
        {!isScreen && !peer.audio && (
          <span class="call-mark off">
            <Icon name="mic-off" size={14} />
            <span class="visually-hidden">{text.muted}</span>
          </span>
        )}
        <span class="call-tile-name" dir="auto">{label}</span>
        {!isScreen && peer.handAtMs !== null && (
          <span class="call-mark hand">
            <Icon name="hand" size={14} />
            <span class="visually-hidden">{text.handUp}</span>
          </span>
        )}
      </figcaption>
      {onPin !== null && (
        <button
          type="button"
          class="call-pin"
          aria-label={large ? text.unpin(label) : text.pin(label)}
          aria-pressed={large}
          onClick={onPin}
        >
          <Icon name={large ? "minimize" : "maximize"} size={16} />
        </button>
      )}
    </figure>
  );
}
