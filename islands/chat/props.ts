/**
 * What a page hands to the room's talk.
 *
 * @module
 */
import type { Locale } from "../i18n/mod.ts";

/** Props of `islands/Chat.tsx`. */
export interface ChatProps {
  readonly room: string;
  /** Account of the broadcaster. */
  readonly owner: string;
  /** Who reads; null: a visitor. */
  readonly account: { readonly id: string; readonly name: string; readonly admin: boolean } | null;
  readonly locale: Locale;
  /** Address of the sheet `chat.css`. */
  readonly sheet: string | null;
  /** Address of the worker script that draws the texts over the picture. */
  readonly danmakuWorkerUrl: string;
  /** What the stage needs when there is something on it. */
  readonly stage: {
    /** Address of the sheet `guests.css`. */
    readonly sheet: string | null;
  };
  /** What battles need when there is one. */
  readonly battles: {
    /** Address of the sheet `pk.css`. */
    readonly sheet: string | null;
    /** Address of hls.js's worker script. */
    readonly hlsWorkerUrl: string;
    /** The server's clock when it made the page. */
    readonly nowMs: number;
  };
}
