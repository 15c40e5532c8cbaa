/**
 * Texts that somebody began and did not send, by room, on this device.
 *
 * @module
 */

/** Characters (code points) of a text, at most. */
export const MAX_TEXT = 300;
/** Rooms whose drafts are kept; the longest ago is forgotten first. */
const MAX_ROOMS = 20;
const KEY = "wanren.drafts";

/** A place for a few texts: the browser's `localStorage`. */
export type Shelf = Pick<Storage, "getItem" | "setItem">;

/** Cuts a text to what may be sent, never through a character. */
export function clip(text: string): string {
  const characters = [...text];
  return characters.length <= MAX_TEXT ? text : characters.slice(0, MAX_TEXT).join("");
}

/** The draft of a room; empty: there is none. */
export function loadDraft(shelf: Shelf | null, room: string): string {
  return read(shelf).find(([id]) => id === room)?.[1] ?? "";
}

/** Keeps a draft; an empty one is forgotten. */
export function saveDraft(shelf: Shelf | null, room: string, text: string): void {
  const others = read(shelf).filter(([id]) => id !== room);
  if (text === "" && others.length === read(shelf).length) return;
  const drafts = text === "" ? others : [...others, [room, clip(text)] as const];
  try {
    shelf?.setItem(KEY, JSON.stringify(drafts.slice(-MAX_ROOMS)));
  } catch {
    // Private mode or a full store: the draft lives as long as the page.
  }
}

function read(shelf: Shelf | null): readonly (readonly [string, string])[] {
  try {
    const stored: unknown = JSON.parse(shelf?.getItem(KEY) ?? "[]");
    if (!Array.isArray(stored)) return [];
    return stored.slice(-MAX_ROOMS).flatMap((one) =>
      Array.isArray(one) && typeof one[0] === "string" && typeof one[1] === "string"
        ? [[one[0], clip(one[1])] as const]
        : []
    );
  } catch {
    return [];
  }
}

/** The device's shelf; null where it is forbidden. */
export function deviceShelf(): Shelf | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}
