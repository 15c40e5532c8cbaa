/**
 * Keyboard shortcuts of the booth.
 *
 * @module
 */

/** What a key asks for. */
export type BoothAction =
  | "shutter"
  | "record"
  | "pause"
  | "mirror"
  | "timer"
  | "camera"
  | "screen"
  | "previous"
  | "next"
  | "help";

/** The part of a keyboard event that decides. */
export interface BoothKey {
  readonly key: string;
  /** Ctrl, Alt or Meta is held: the key belongs to the browser. */
  readonly modified: boolean;
  /** It is held down: once is enough, but for walking along. */
  readonly repeated: boolean;
  /** The focus is in a field: letters and arrows belong to it. */
  readonly typing: boolean;
  /** The focus is on something that takes arrows itself: sliders, radio buttons. */
  readonly sliding: boolean;
  /** The focus is on something that the space bar presses. */
  readonly pressable: boolean;
  /** A dialog or a menu lies over the page: keys belong to it. */
  readonly modal: boolean;
}

const KEYS: ReadonlyMap<string, BoothAction> = new Map<string, BoothAction>([
  [" ", "shutter"],
  ["r", "record"],
  ["p", "pause"],
  ["m", "mirror"],
  ["t", "timer"],
  ["c", "camera"],
  ["s", "screen"],
  ["ArrowLeft", "previous"],
  ["ArrowRight", "next"],
  ["?", "help"],
]);

/** The action of a key press on the page, or null. */
export function boothAction(press: BoothKey): BoothAction | null {
  if (press.modified || press.typing || press.modal) return null;
  const action = KEYS.get(press.key.length === 1 ? press.key.toLowerCase() : press.key) ?? null;
  const walks = action === "previous" || action === "next";
  if (walks && press.sliding) return null;
  if (press.repeated && !walks) return null;
  if (press.key === " " && press.pressable) return null;
  return action;
}

/** Reads a DOM event. */
export function readBoothKey(event: KeyboardEvent): BoothKey {
  const element = event.target instanceof Element ? event.target : null;
  const is = (selector: string) => element?.closest(selector) != null;
  return {
    key: event.key,
    modified: event.ctrlKey || event.altKey || event.metaKey,
    repeated: event.repeat,
    typing: is(
      "input:not([type=range], [type=radio], [type=checkbox]), textarea, select, [contenteditable]",
    ),
    sliding: is("input, video, [role=slider]"),
    // A choice that was made is not made again: somebody who has just clicked a filter may go on.
    pressable: is(
      "button, a[href], summary, input:not([type=radio]:checked), video, [role=button]",
    ),
    modal: document.querySelector("dialog:modal, .menu:popover-open") !== null,
  };
}
