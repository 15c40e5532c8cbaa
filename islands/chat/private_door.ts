/**
 * The way from any place of the page to a private conversation: whoever wants one names the other.
 *
 * @module
 */
import { signal } from "@preact/signals";

/** Somebody to talk to. */
export interface Partner {
  readonly id: string;
  readonly name: string;
}

/** Who is talked to privately; `list`: the choice of conversations; null: nothing is open. */
export const privateDoor = signal<Partner | "list" | null>(null);

/** Opens the conversation with somebody. */
export function messagePrivately(partner: Partner): void {
  privateDoor.value = partner;
}
