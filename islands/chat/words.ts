/**
 * A text as the list shows it: words, emotes, and people who are spoken to; pure.
 *
 * @module
 */
import { type Emote, splitEmotes } from "../../im/protocol/emotes.ts";

/** A piece of a text. */
export type Piece =
  | { readonly text: string }
  | { readonly emote: Emote }
  /** `@name` */
  | { readonly mention: string };

const MENTION = /@[^\s@,，。!！?？:：]{1,32}/gu;

/** A text in pieces, in order. */
export function piecesOf(text: string): readonly Piece[] {
  return splitEmotes(text).flatMap((part) => "emote" in part ? [part] : mentionsIn(part.text));
}

function mentionsIn(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const { 0: mention, index } of text.matchAll(MENTION)) {
    if (index > from) pieces.push({ text: text.slice(from, index) });
    pieces.push({ mention });
    from = index + mention.length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from) });
  return pieces;
}

/** Whether a text speaks to somebody: `@name`, whole, however it is written. */
export function speaksTo(text: string, name: string): boolean {
  const wanted = `@${name}`.toLowerCase();
  const said = text.toLowerCase();
  for (let at = said.indexOf(wanted); at >= 0; at = said.indexOf(wanted, at + 1)) {
    const next = said.slice(at + wanted.length)[0];
    if (next === undefined || !/[\p{L}\p{N}_-]/u.test(next)) return true;
    // Chinese runs on without a space.
    if (/\p{Script=Han}/u.test(next) && !/\p{Script=Han}/u.test(name.at(-1) ?? "")) return true;
  }
  return false;
}

/** How emotes look. */
export const EMOTE_SIGNS: Readonly<Record<Emote, string>> = {
  smile: "😊",
  laugh: "😄",
  joy: "😂",
  wink: "😉",
  love: "😍",
  cool: "😎",
  wow: "😮",
  think: "🤔",
  shy: "☺️",
  cry: "😭",
  sad: "😢",
  angry: "😠",
  sleep: "😴",
  clap: "👏",
  thumb: "👍",
  pray: "🙏",
  heart: "❤️",
  rose: "🌹",
  fire: "🔥",
  party: "🎉",
  gift: "🎁",
  star: "⭐",
  flower: "🌸",
  panda: "🐼",
};

/** A text with signs in the place of codes, for where nothing but text can be shown. */
export function plainWords(text: string): string {
  return splitEmotes(text)
    .map((part) => "emote" in part ? EMOTE_SIGNS[part.emote] : part.text).join("");
}
