/**
 * The place of the player on a page, and what stands there until it runs.
 *
 * @module
 */
import { studioPageText } from "../../islands/i18n/studio_page.ts";
import { watchPageText } from "../../islands/i18n/watch_page.ts";
import { Icon } from "../../islands/ui/icons.tsx";
import { Island } from "../../islands/ui/island.tsx";
import type { AssetManifest } from "../../islands/ui/manifest.ts";
import type { PlayerProps, PlayerSources } from "../../islands/ui/player_props.ts";
import type { PlaybackAddresses, RoomState } from "../../rooms/model.ts";
import type { Reader } from "./view.ts";

/** HTTP addresses as paths of this origin, so that a page behind any name plays. */
export function sameOriginSources(playback: PlaybackAddresses): PlayerSources {
  const path = (address: string | null) => {
    if (address === null) return null;
    const url = URL.parse(address);
    return url === null ? address : url.pathname + url.search;
  };
  return {
    llhls: path(playback.llhls),
    hls: path(playback.hls),
    flv: path(playback.flv),
    rtmp: playback.rtmp,
    whep: path(playback.whep),
  };
}

/** The player island, with a still of the same size until it starts. */
export function PlayerStage(
  { room, playback, reader, manifest, mode }: {
    readonly room: RoomState;
    readonly playback: PlaybackAddresses;
    readonly reader: Reader;
    readonly manifest: AssetManifest;
    readonly mode: PlayerProps["mode"];
  },
) {
  const text = watchPageText(reader.locale);
  const studio = studioPageText(reader.locale);
  const props: PlayerProps = {
    roomId: room.id,
    title: room.title,
    live: room.live,
    startedAtMs: room.startedAtMs,
    playback: sameOriginSources(playback),
    locale: reader.locale,
    mode,
    hlsWorkerUrl: manifest.files["hls.worker.js"] ?? "",
  };
  const addresses = [playback.llhls, playback.hls, playback.flv, playback.rtmp]
    .filter((address) => address !== null);
  const fallback = (
    <div class={room.live ? "player-shell loading" : "player-shell"}>
      {room.live
        ? <span class="player-shell-spinner" aria-hidden="true" />
        : (
          <div class="player-shell-text">
            <Icon name="tv" size={36} />
            <p class="player-shell-title">
              {mode === "preview" ? studio.studioWaiting : text.notLiveTitle}
            </p>
            <p>
              {mode === "preview" ? studio.studioWaitingText : text.notLiveText(room.owner.name)}
            </p>
          </div>
        )}
      {room.live && (
        <noscript>
          <div class="player-shell-text">
            <p>{text.needsScript}</p>
            {addresses.map((address) => <p key={address} class="mono">{address}</p>)}
          </div>
        </noscript>
      )}
    </div>
  );
  return <Island name="Player" props={props} fallback={fallback} />;
}
