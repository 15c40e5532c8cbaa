/**
 * The button that gives: while a combo runs it says how far it is and how long it lasts.
 *
 * @module
 */
import { boardText } from "../i18n/board.ts";
import { formatCount, type Locale } from "../i18n/mod.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icons.tsx";
import { useCountdown } from "./countdown.ts";

/** A gift of the same kind in this time goes on with the combo, milliseconds; as the platform counts. */
export const COMBO_MS = 10_000;

/** A running combo. */
export interface Combo {
  /** What is given again. */
  readonly what: string;
  /** How many in a row. */
  readonly count: number;
  /** Milliseconds since the epoch. */
  readonly untilMs: number;
}

/** Props of {@linkcode ComboButton}. */
export interface ComboButtonProps {
  /** Null: the next gift begins one. */
  readonly combo: Combo | null;
  readonly price: number;
  readonly busy: boolean;
  readonly disabled: boolean;
  readonly locale: Locale;
  readonly onGive: () => void;
}

/** The button. */
export function ComboButton({ combo, price, locale, ...props }: ComboButtonProps) {
  const text = boardText(locale);
  const leftS = useCountdown(combo?.untilMs ?? 0);
  const coins = price.toLocaleString("en");
  if (combo === null || leftS === 0) {
    return (
      <Button
        kind="primary"
        wide
        icon="gift"
        busy={props.busy}
        disabled={props.disabled}
        onClick={props.onGive}
      >
        {text.give(coins)}
      </Button>
    );
  }
  const count = formatCount(combo.count, locale);
  return (
    // Pressed quickly, so it is never shown as busy; a press while one is on its way does nothing.
    <button
      type="button"
      class="combo-button"
      disabled={props.disabled}
      onClick={props.onGive}
    >
      <span key={combo.untilMs} class="combo-left" aria-hidden="true" />
      <Icon name="gift" size={20} />
      <span>{text.again(coins)}</span> <b key={count} class="combo-count tabular">×{count}</b>
      <span class="combo-seconds tabular" aria-hidden="true">{text.seconds(String(leftS))}</span>
    </button>
  );
}
