/**
 * The quality that a viewer chose, remembered while the tab is open: the next room may have others.
 *
 * @module
 */

/** `auto`: the player's own judgement; otherwise the key of a quality. */
export type QualityChoice = string;

const KEY = "wanren.quality";
const CHOICE = /^(?:auto|\d{1,5}p\d{0,3}|\d{1,6}k)$/;

/** A remembered choice; what makes no sense is `auto`. */
export function parseQualityChoice(text: string | null): QualityChoice {
  return text !== null && CHOICE.test(text) ? text : "auto";
}

/** What was chosen in this tab; `auto` where storage is forbidden. */
export function loadQualityChoice(): QualityChoice {
  try {
    return parseQualityChoice(sessionStorage.getItem(KEY));
  } catch {
    return "auto";
  }
}

/** Remembers a choice for this tab; a browser that forbids it keeps it for this page. */
export function saveQualityChoice(choice: QualityChoice): void {
  try {
    sessionStorage.setItem(KEY, choice);
  } catch {
    // Private mode or a third-party frame: the choice lasts as long as the page.
  }
}
