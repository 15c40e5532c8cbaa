/**
 * The text chat of a call: what is said over the data channels, and the list of it. Pure.
 *
 * @module
 */

/** Characters (code points) of one text. */
export const MAX_CHAT_LENGTH = 1_000;
/** Texts that are kept; older ones go. */
const MAX_ENTRIES = 300;
/** Texts of one peer within {@linkcode WINDOW_MS}; more are not shown. */
const MAX_IN_WINDOW = 20;
const WINDOW_MS = 10_000;

/** One text. */
export interface ChatEntry {
  readonly id: string;
  /** Peer; null: ourselves. */
  readonly from: string | null;
  readonly name: string;
  readonly text: string;
  /** When it was said or came in, milliseconds since the epoch. */
  readonly atMs: number;
}

/** Wire form of a text. */
export function encodeChat(text: string): string {
  return JSON.stringify({ type: "chat", text });
}

/** The text of a message of another peer; null: it is none of ours. */
export function decodeChat(data: string): string | null {
  if (data.length > MAX_CHAT_LENGTH * 12) return null;
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return null;
  }
  const { type, text } = (value ?? {}) as { readonly type?: unknown; readonly text?: unknown };
  return type === "chat" && typeof text === "string" ? tidyChat(text) : null;
}

/** A text as it is said; null: there is nothing to say. */
export function tidyChat(text: string): string | null {
  // Controls but line ends, and what reorders other people's words.
  // deno-lint-ignore no-control-regex -- that is what is taken out
  const tidy = text.replace(/[\u0000-\u0009\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g, " ")
    .replace(/\n{3,}/g, "\n\n").trim();
  if (tidy === "" || !tidy.isWellFormed()) return null;
  return [...tidy].slice(0, MAX_CHAT_LENGTH).join("");
}

/** The list with one more; the same list when its peer says too much at once. */
export function addChat(list: readonly ChatEntry[], entry: ChatEntry): readonly ChatEntry[] {
  const recent = list.filter(({ from, atMs }) =>
    from === entry.from && entry.atMs - atMs < WINDOW_MS
  );
  if (entry.from !== null && recent.length >= MAX_IN_WINDOW) return list;
  return [...list.slice(-(MAX_ENTRIES - 1)), entry];
}
