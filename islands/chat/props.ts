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
}
