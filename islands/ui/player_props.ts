/**
 * What a page hands to the player island.
 *
 * @module
 */
import type { Locale } from "../i18n/mod.ts";

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
  /** `preview`: small, muted, for the broadcaster. */
  readonly mode: "watch" | "preview";
  /** The hashed worker script of hls.js. */
  readonly hlsWorkerUrl: string;
}
