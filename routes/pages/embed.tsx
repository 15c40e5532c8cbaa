/**
 * `/embed/<room>`: the player alone, for the frames of other sites.
 *
 * @module
 */
import { watchPageText } from "../../islands/i18n/watch_page.ts";
import type { AssetManifest } from "../../islands/ui/manifest.ts";
import type { PlaybackAddresses, RoomState } from "../../rooms/model.ts";
import type { Page } from "./document.tsx";
import { enginePreloads, PlayerStage } from "./player.tsx";
import { describe } from "./room_summary.ts";
import type { Reader } from "./view.ts";

/** How a framed player begins. */
export interface EmbedStart {
  readonly autoplay: boolean;
  /** Null: as this device remembers. */
  readonly muted: boolean | null;
}

/** What the page shows. */
export interface EmbedInput extends EmbedStart {
  readonly room: RoomState;
  readonly playback: PlaybackAddresses;
  readonly reader: Reader;
  readonly manifest: AssetManifest;
  readonly userAgent: string;
  readonly baseUrl: string;
}

/** Reads `?autoplay=0|1&muted=0|1`; everything else is as if it were not there. */
export function parseEmbedStart(query: (name: string) => string | undefined): EmbedStart {
  const flag = (name: string) => ({ "0": false, "1": true })[query(name) ?? ""] ?? null;
  return { autoplay: flag("autoplay") ?? true, muted: flag("muted") };
}

/** The player of a room, live or not. */
export function embedPage(input: EmbedInput): Page {
  const { room, reader } = input;
  const text = watchPageText(reader.locale);
  return {
    reader,
    layout: "embed",
    title: text.watchTitle(room.title, room.owner.name),
    description: text.watchDescription(room.title, room.owner.name),
    canonical: `${input.baseUrl}/rooms/${room.id}`,
    noIndex: true,
    headStart: room.live && input.autoplay,
    preload: input.autoplay ? enginePreloads(room, { ...input, layout: "embed" }) : [],
    content: (
      <>
        <h1 class="visually-hidden">{room.title}</h1>
        <div class="stage">
          <PlayerStage
            room={room}
            view={{ room: describe(room), following: null, own: false }}
            playback={input.playback}
            reader={reader}
            manifest={input.manifest}
            mode="embed"
            autoplay={input.autoplay}
            muted={input.muted}
          />
        </div>
      </>
    ),
  };
}

/** A framed page that only says something: an unknown room, a closed one. */
export function embedMessage(
  reader: Reader,
  message: { readonly title: string; readonly text: string },
): Page {
  return {
    reader,
    layout: "embed",
    title: message.title,
    description: message.text,
    noIndex: true,
    content: (
      <div class="stage">
        <div class="player-shell">
          <div class="player-shell-text">
            <h1 class="player-shell-title">{message.title}</h1>
            <p>{message.text}</p>
            <p>
              <a class="button quiet" href="/" target="_blank" rel="noopener">
                {reader.site.name}
              </a>
            </p>
          </div>
        </div>
      </div>
    ),
  };
}
