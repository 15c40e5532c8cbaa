/**
 * Keyboard shortcuts of the player.
 *
 * @module
 */

/** What a key asks for. */
export type KeyAction =
  | "toggle"
  | "mute"
  | "fullscreen"
  | "theatre"
  | "statistics"
  | "help"
  | "louder"
  | "quieter";

/** The part of a keyboard event that decides. */
export interface KeyPress {
  readonly key: string;
  /** Ctrl, Alt or Meta is held: the key belongs to the browser. */
  readonly modified: boolean;
  /** The focus is in a field that takes text. */
  readonly typing: boolean;
  /** The focus is on something that the space bar presses. */
  readonly pressable: boolean;
  /** The focus is inside the player. */
  readonly inPlayer: boolean;
  /** A dialog lies over the page: keys belong to it. */
  readonly modal: boolean;
}

const KEYS: ReadonlyMap<string, KeyAction> = new Map<string, KeyAction>([
  [" ", "toggle"],
  ["k", "toggle"],
  ["m", "mute"],
  ["f", "fullscreen"],
  ["t", "theatre"],
  ["i", "statistics"],
  ["?", "help"],
  ["ArrowUp", "louder"],
  ["ArrowDown", "quieter"],
]);

/**
 * The action of a key press on the page, or null. Arrows scroll the page unless the player has the
 * focus; the space bar presses whatever is focused.
 */
export function keyAction(press: KeyPress): KeyAction | null {
  if (press.modified || press.typing || press.modal) return null;
  const action = KEYS.get(press.key.length === 1 ? press.key.toLowerCase() : press.key) ?? null;
  if (action === null) return null;
  if (press.key === " " && press.pressable) return null;
  if ((action === "louder" || action === "quieter") && !press.inPlayer) return null;
  return action;
}

/** Reads a DOM event, looking into shadow roots. */
export function readKeyPress(event: KeyboardEvent, player: HTMLElement): KeyPress {
  const path = event.composedPath();
  const target = path[0];
  const element = target instanceof Element ? target : null;
  const pressable = path.some((node) =>
    node instanceof Element &&
    (node.matches("button, a[href], summary, [role=button], [role^=menuitem]"))
  );
  return {
    key: event.key,
    modified: event.ctrlKey || event.altKey || event.metaKey,
    typing:
      element?.closest("input:not([type=range]), textarea, select, [contenteditable]") != null,
    pressable,
    inPlayer: path.includes(player),
    modal: document.querySelector("dialog:modal") !== null,
  };
}
