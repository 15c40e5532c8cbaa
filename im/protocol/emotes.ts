/**
 * Emotes: codes such as `[smile]` that clients show as pictures. A fixed set, the same everywhere.
 *
 * @module
 */

/** Names of the emotes, in the order of a picker. */
export const EMOTES = [
  "smile",
  "laugh",
  "joy",
  "wink",
  "love",
  "cool",
  "wow",
  "think",
  "shy",
  "cry",
  "sad",
  "angry",
  "sleep",
  "clap",
  "thumb",
  "pray",
  "heart",
  "rose",
  "fire",
  "party",
  "gift",
  "star",
  "flower",
  "panda",
] as const;
/** One of {@linkcode EMOTES}. */
export type Emote = (typeof EMOTES)[number];

const CODE = /\[([a-z]{2,12})\]/g;
const KNOWN: ReadonlySet<string> = new Set(EMOTES);

/** A text as words and emotes, in order. */
export function splitEmotes(
  text: string,
): ({ readonly text: string } | { readonly emote: Emote })[] {
  const parts: ({ readonly text: string } | { readonly emote: Emote })[] = [];
  let from = 0;
  for (const { 0: code, 1: name = "", index } of text.matchAll(CODE)) {
    if (!KNOWN.has(name)) continue;
    if (index > from) parts.push({ text: text.slice(from, index) });
    parts.push({ emote: name as Emote });
    from = index + code.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from) });
  return parts;
}

/** Whether a text holds emotes and nothing else but white space. */
export function isEmoteOnly(text: string): boolean {
  const parts = splitEmotes(text);
  return parts.some((part) => "emote" in part) &&
    parts.every((part) => "emote" in part || part.text.trim() === "");
}
