/**
 * Keyboard shortcuts of a call.
 *
 * @module
 */
import type { KeyPress } from "../player/keys.ts";

/** What a key asks for. */
export type CallKey =
  | "microphone"
  | "camera"
  | "screen"
  | "hand"
  | "chat"
  | "people"
  | "layout"
  | "inspect"
  | "help";

const KEYS: Readonly<Record<string, CallKey>> = {
  m: "microphone",
  v: "camera",
  s: "screen",
  h: "hand",
  c: "chat",
  p: "people",
  l: "layout",
  i: "inspect",
  "?": "help",
};

/** The action of a key press on the page, or null. */
export function callKey(
  press: Pick<KeyPress, "key" | "modified" | "typing" | "modal">,
): CallKey | null {
  if (press.modified || press.typing || press.modal || press.key.length !== 1) return null;
  const key = press.key.toLowerCase();
  return Object.hasOwn(KEYS, key) ? KEYS[key]! : null;
}
