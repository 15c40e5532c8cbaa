/**
 * What the page of a call knows when it is drawn.
 *
 * @module
 */
import type { Locale } from "../i18n/mod.ts";

/** Props of the island. */
export interface CallProps {
  /** As in the address. */
  readonly name: string;
  readonly locale: Locale;
  readonly access: "open" | "password" | "invited";
  readonly guests: boolean;
  /** Whether people without an account may be invited by the plain link. */
  readonly exists: boolean;
  readonly people: number;
  /** Who reads; null: a guest. */
  readonly member: { readonly name: string; readonly avatar: string | null } | null;
  /** Whether the call is the reader's own. */
  readonly own: boolean;
  /** Of the link that was opened. */
  readonly invitation: string | null;
}
