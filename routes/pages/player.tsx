/**
 * The place of the player on a page, and what stands there until it runs.
 *
 * @module
 */
import { studioPageText } from "../../islands/i18n/studio_page.ts";
import { watchPageText } from "../../islands/i18n/watch_page.ts";
import { announced } from "../../islands/room/announced.ts";
import { avatarUrl } from "../../islands/ui/avatar.tsx";
import { Icon } from "../../islands/ui/icons.tsx";
import { Island } from "../../islands/ui/island.tsx";
import type { AssetManifest } from "../../islands/ui/manifest.ts";
import type { PlayerProps, PlayerSources } from "../../islands/ui/player_props.ts";
import type { RoomView } from "../../islands/room/room_watch.ts";
import type { PlaybackAddresses, RoomState } from "../../rooms/model.ts";
import type { Preload } from "./document.tsx";
import { stillPath } from "./room_summary.ts";
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

/**
 * The scripts that a browser will most likely play a live room with, so that they come along with
 * the page: FLV, and HLS where the device fetches segments by itself or through
 * ManagedMediaSource (Safari). A wrong guess costs its bytes and nothing else.
 */
export function enginePreloads(
  room: Pick<RoomState, "live">,
  { manifest, userAgent, layout }: {
    readonly manifest: AssetManifest;
    readonly userAgent: string;
    readonly layout: "watch" | "embed";
  },
): readonly Preload[] {
  if (!room.live) return [];
  const safari = /AppleWebKit/.test(userAgent) && !/Chrom|Android|Edg/.test(userAgent);
  const name = safari ? "hls" : "flv";
  const script = manifest.pages[layout] ?? manifest.islands.Player;
  const engine = script?.lazy[`islands/player/${name}_source.ts`] ?? [];
  // The first one imports the others; the head start looks for it by this name.
  return engine.map((href, index) => ({
    href,
    as: "module",
    id: index === 0 ? `engine-${name}` : undefined,
  }));
}

/** The player island, with a still of the same size until it starts. */
export function PlayerStage(
  { room, playback, reader, manifest, ...rest }:
    & {
      readonly room: RoomState;
      readonly playback: PlaybackAddresses;
      readonly reader: Reader;
      readonly manifest: AssetManifest;
      /** What the room is to the reader; default: null, for a preview. */
      readonly view?: RoomView | null;
    }
    & Pick<PlayerProps, "mode" | "autoplay" | "muted" | "theatre">,
) {
  const { view = null, ...start } = rest;
  const text = watchPageText(reader.locale);
  const preview = start.mode === "preview";
  const props: PlayerProps = {
    ...start,
    roomId: room.id,
    title: room.title,
    live: room.live,
    startedAtMs: room.startedAtMs,
    playback: sameOriginSources(playback),
    locale: reader.locale,
    view,
    ...(preview && { silence: waitingWords(reader) }),
    hlsWorkerUrl: manifest.files["hls.worker.js"] ?? "",
  };
  const addresses = [playback.llhls, playback.hls, playback.flv, playback.rtmp]
    .filter((address) => address !== null);
  const poster = preview ? null : stillPath(room) ?? avatarUrl(room.cover);
  const fallback = (
    <div class={room.live ? "player-shell loading" : "player-shell"}>
      {start.mode === "embed" && (
        <a class="player-embed-head" href={`/rooms/${room.id}`} target="_blank" rel="noopener">
          <span class="player-embed-title" dir="auto">{room.title}</span>
          <span class="player-embed-owner">
            <bdi>{room.owner.name}</bdi>
          </span>
          <Icon name="external-link" size={18} />
        </a>
      )}
      {room.live
        ? start.autoplay !== false && <span class="player-shell-spinner" aria-hidden="true" />
        : <NotLive room={room} reader={reader} words={props.silence ?? null} />}
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
  return (
    <>
      {poster !== null && (
        <img
          class={room.live ? "stage-poster" : "stage-poster dim"}
          src={poster}
          alt=""
          // What makes the picture move comes first.
          fetchPriority="low"
        />
      )}
      <Island name="Player" props={props} fallback={fallback} />
    </>
  );
}

function NotLive(
  { room, reader, words }: {
    readonly room: RoomState;
    readonly reader: Reader;
    /** Instead of a viewer's. */
    readonly words: PlayerProps["silence"] | null;
  },
) {
  const { locale, nowMs } = reader;
  const text = watchPageText(locale);
  const next = announced(room.nextLiveAtMs, { nowMs, locale, timeZone: null });
  return (
    <div class="player-shell-text">
      <Icon name="tv" size={36} />
      <p class="player-shell-title">{words?.title ?? text.notLiveTitle}</p>
      <p>{words?.body ?? next ?? text.notLiveText(room.owner.name)}</p>
    </div>
  );
}

/** What the broadcaster's own picture says while nothing arrives. */
function waitingWords({ locale }: Reader): NonNullable<PlayerProps["silence"]> {
  const text = studioPageText(locale);
  return { title: text.studioWaiting, body: text.studioWaitingText };
}
