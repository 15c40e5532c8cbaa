/**
 * Which short messages are in sight, and until when. Pure: the clock is passed in.
 *
 * @module
 */

/** How a message is meant. */
export type ToastTone = "plain" | "good" | "bad";

/** A short message about something that just happened. */
export interface ToastMessage {
  readonly text: string;
  /** Default: `plain`. */
  readonly tone?: ToastTone;
  /** One thing to do about it. */
  readonly action?: { readonly label: string; readonly run: () => void };
}

/** A message in sight. */
export interface ShownToast extends ToastMessage {
  readonly id: number;
  readonly endsAtMs: number;
}

/** More at once would hide the page: the oldest goes. */
export const MAX_TOASTS = 3;
const SHORTEST_MS = 3_500;
const LONGEST_MS = 10_000;
/** Reading time of one character; Chinese has fewer and each takes longer. */
const CHARACTER_MS = 60;

/** How long a message stays: time to read it, and longer when there is something to do. */
export function toastDurationMs({ text, action }: ToastMessage): number {
  const wide = (text.match(/\p{Script=Han}/gu) ?? []).length;
  const readMs = (text.length + 2 * wide) * CHARACTER_MS + (action === undefined ? 0 : 3_000);
  return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, readMs));
}

/** Adds a message; one with the same words is replaced, so that it does not pile up. */
export function addToast(
  shown: readonly ShownToast[],
  message: ToastMessage,
  { id, nowMs }: { readonly id: number; readonly nowMs: number },
): readonly ShownToast[] {
  const others = shown.filter(({ text }) => text !== message.text);
  const fresh = { ...message, id, endsAtMs: nowMs + toastDurationMs(message) };
  return [...others, fresh].slice(-MAX_TOASTS);
}

/** What is left of them. */
export function expireToasts(shown: readonly ShownToast[], nowMs: number): readonly ShownToast[] {
  return shown.filter(({ endsAtMs }) => endsAtMs > nowMs);
}
