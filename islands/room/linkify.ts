/**
 * Addresses inside plain text.
 *
 * @module
 */

/** A piece of text, and where it leads when it is an address. */
export interface TextPiece {
  readonly text: string;
  readonly href: string | null;
}

/** Up to the next white space, quote or bracket that no address holds unescaped (RFC 3986 §2). */
const CANDIDATE = /https?:\/\/[^\s<>"'`{}|\\^\u3000-\u303f\uff00-\uffef\u2000-\u206f]+/giu;
/** A sentence goes on after an address; these belong to the sentence. */
const TRAILING = /[.,;:!?*_~)\]]$/;
/** Longest address that becomes a link, in UTF-16 units. */
const MAX_LENGTH = 2_000;
/** Links in one text; the rest stays text. */
const MAX_LINKS = 50;

/**
 * Takes a text apart into plain pieces and `http(s)` addresses. Nothing is lost: the pieces put
 * together are the text. Addresses with a user name in them stay text: they pretend to lead
 * elsewhere.
 */
export function linkify(text: string): readonly TextPiece[] {
  const pieces: TextPiece[] = [];
  let end = 0;
  let links = 0;
  for (const match of text.matchAll(CANDIDATE)) {
    const address = withoutTrailing(match[0]);
    const href = links < MAX_LINKS ? hrefOf(address) : null;
    if (href === null) continue;
    links++;
    if (match.index > end) pieces.push({ text: text.slice(end, match.index), href: null });
    pieces.push({ text: address, href });
    end = match.index + address.length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end), href: null });
  return pieces;
}

function hrefOf(address: string): string | null {
  if (address.length > MAX_LENGTH) return null;
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol)) return null;
  return url.username === "" && url.password === "" ? url.href : null;
}

/** Without the sentence's own signs; a closing bracket stays when it was opened inside. */
function withoutTrailing(address: string): string {
  let kept = address;
  while (TRAILING.test(kept)) {
    if (kept.endsWith(")") && count(kept, "(") >= count(kept, ")")) break;
    if (kept.endsWith("]") && count(kept, "[") >= count(kept, "]")) break;
    kept = kept.slice(0, -1);
  }
  return kept;
}

function count(text: string, sign: string): number {
  return text.split(sign).length - 1;
}
