/**
 * A tab that was reloaded while it was on the air goes on by itself: what is needed for it, kept
 * as long as the tab is open.
 *
 * @module
 */

/** Longest absence after which a broadcast goes on without being asked, milliseconds. */
export const RESUME_MS = 20_000;
const KEY = "wanren.onair";

/** What was on the air. */
export interface OnAir {
  readonly roomId: string;
  readonly atMs: number;
  readonly cameraId: string | null;
  readonly microphoneId: string | null;
}

/** Reads a note; null when there is none for this room that is fresh. */
export function parseOnAir(
  text: string | null,
  { roomId, nowMs }: { readonly roomId: string; readonly nowMs: number },
): OnAir | null {
  let note: Partial<Record<keyof OnAir, unknown>> | null;
  try {
    note = JSON.parse(text ?? "null");
  } catch {
    return null;
  }
  if (typeof note !== "object" || note === null || note.roomId !== roomId) return null;
  const { atMs, cameraId, microphoneId } = note;
  if (typeof atMs !== "number" || atMs > nowMs + 1_000 || nowMs - atMs > RESUME_MS) return null;
  const id = (value: unknown) => typeof value === "string" && value.length <= 500 ? value : null;
  return { roomId, atMs, cameraId: id(cameraId), microphoneId: id(microphoneId) };
}

/** The note of this tab, used up by reading it. */
export function takeOnAir(roomId: string): OnAir | null {
  try {
    const text = sessionStorage.getItem(KEY);
    sessionStorage.removeItem(KEY);
    return parseOnAir(text, { roomId, nowMs: Date.now() });
  } catch {
    return null;
  }
}

/** Writes the note; null takes it away. */
export function noteOnAir(note: OnAir | null): void {
  try {
    if (note === null) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, JSON.stringify(note));
  } catch {
    // Where storage is forbidden a reload ends the broadcast.
  }
}
