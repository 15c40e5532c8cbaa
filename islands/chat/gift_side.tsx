/**
 * For which side of a battle a gift counts: the room's own, unless somebody chooses the other one.
 *
 * @module
 */
import type { PkBody, PkSide } from "../../im/protocol/message.ts";
import { boardText } from "../i18n/board.ts";
import type { Locale } from "../i18n/mod.ts";
import { viewOf } from "../pk/battle_view.ts";

/** A battle in which gifts count now. */
export interface GiftSides {
  /** Opaque; another battle is another choice. */
  readonly battle: string;
  readonly own: PkSide;
  readonly rival: PkSide;
}

/** The sides that can be given to; null: no battle of the room runs, by the newest of its news. */
export function sidesOf(battle: PkBody | null, room: string): GiftSides | null {
  // Whether its time is up, the platform decides.
  const view = viewOf(battle, { room, nowMs: 0 });
  return view?.phase === "running" ? view : null;
}

/** The choice. */
export function GiftSide({ sides, theirs, locale, onChoose }: {
  readonly sides: GiftSides;
  /** Whether the other side is chosen. */
  readonly theirs: boolean;
  readonly locale: Locale;
  readonly onChoose: (theirs: boolean) => void;
}) {
  const text = boardText(locale);
  const choices = [
    { look: "own", words: text.us, name: sides.own.name, chosen: !theirs },
    { look: "rival", words: text.them, name: sides.rival.name, chosen: theirs },
  ] as const;
  return (
    <div class="gift-sides" role="group" aria-label={text.sides}>
      {choices.map(({ look, words, name, chosen }) => (
        <button
          key={look}
          type="button"
          class={`gift-side ${look}`}
          aria-pressed={chosen}
          onClick={() => onChoose(look === "rival")}
        >
          <b>{words}</b> <bdi class="ellipsis">{name}</bdi>
        </button>
      ))}
    </div>
  );
}
