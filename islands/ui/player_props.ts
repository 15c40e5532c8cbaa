/**
 * What a page hands to the player island.
 *
 * @module
 */
import type { Locale } from "../i18n/mod.ts";
import type { RoomView } from "../room/room_watch.ts";

/** Where a room plays; HTTP addresses are paths of this origin, null where it does not. */
export interface PlayerSources {
  readonly llhls: string | null;
  readonly hls: string | null;
  readonly flv: string | null;
  readonly rtmp: string | null;
  readonly whep: string | null;
}

/** Props of `islands/Player.tsx`. */
export interface PlayerProps {
  readonly roomId: string;
  readonly title: string;
  readonly live: boolean;
  readonly startedAtMs: number | null;
  readonly playback: PlayerSources;
  readonly locale: Locale;
  /**
   * `watch`: the hero of a room's page; `embed`: alone in a frame of another site; `preview`:
   * small, muted, for the broadcaster.
   */
  readonly mode: "watch" | "embed" | "preview";
  /** The room around the picture; null for a preview. */
  readonly view: RoomView | null;
  /** What to say while nothing is on the air; default: what a viewer needs to know. */
  readonly silence?: { readonly title: string; readonly body: string };
  /** Plays without being asked to; default: true. */
  readonly autoplay?: boolean;
  /** Begins without sound, or with it where the browser allows; default: as remembered. */
  readonly muted?: boolean | null;
  /** The page begins in theatre mode; default: false. */
  readonly theatre?: boolean;
  /** The hashed worker script of hls.js. */
  readonly hlsWorkerUrl: string;
}
