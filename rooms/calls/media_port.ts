/**
 * What calls ask of `rtc` when they are too large for a mesh. Its driver is `routes/sfu_client.ts`.
 *
 * @module
 */
import type { SfuRefusal } from "./protocol.ts";

/** A place in `rtc`: somebody's face and voice, or their screen. */
export interface SfuPlace {
  /** The call's id, not its name: a name that is made again is another call. */
  readonly call: string;
  readonly participant: string;
}

/** What became of an offer. */
export type SfuOutcome =
  | { readonly kind: "answered"; readonly sdp: string }
  | { readonly kind: "refused"; readonly why: SfuRefusal };

/** Media of calls by `rtc`. */
export interface CallMediaPort {
  /** Whether there is one now. */
  readonly available: boolean;
  /** Has an offer answered; a fresh one ends what was there of the place. */
  offer(
    place: SfuPlace,
    offer: { readonly sdp: string; readonly fresh: boolean },
  ): Promise<SfuOutcome>;
  /** Says whose pictures somebody wants large; null: those of whoever speaks. */
  view(place: SfuPlace, large: readonly string[] | null): void;
  /** Ends a place; nothing happens when there is none. */
  leave(place: SfuPlace): void;
}

/** There is no `rtc`, and never will be. */
export const NO_CALL_MEDIA: CallMediaPort = {
  available: false,
  offer: () => Promise.resolve({ kind: "refused", why: "away" }),
  view() {},
  leave() {},
};
