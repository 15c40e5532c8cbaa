/**
 * Finds listed words in texts, also when they are written wide, in capitals, with look-alikes, with
 * signs or spaces between the letters, or with letters repeated; and leaves words alone that only
 * hold a listed one (`class`, `he'll`). Pure.
 *
 * What counts as a word: of scripts with spaces, letters between two ends of words, unless the list
 * has a `*` there; of scripts without spaces, letters anywhere. Letters may be spaced out: with signs
 * anywhere, with white space between all of them (in a word of three and more letters of a script
 * without spaces, anywhere).
 *
 * @module
 */
import { hasStandIns, type Letter, lettersOf } from "./letters.ts";

/** A part of a text, UTF-16 indices: `from` inclusive, `to` exclusive. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

interface Run {
  readonly char: string;
  readonly count: number;
  /** The list has a space in front of it. */
  readonly spaced: boolean;
}

interface Pattern {
  readonly runs: readonly Run[];
  readonly length: number;
  readonly unspaced: boolean;
  readonly openStart: boolean;
  readonly openEnd: boolean;
}

/** A letter three times and more is an evasion, twice may be another word. */
const REPEATED = 3;
/** In words of more letters twice is an evasion, too. */
const SHORT = 3;
/** Signs that belong into words: what stands apart by one is not together. */
const JOINER = /^['’‘ʼ]$/u;

/** A list of words, prepared. */
export class WordFilter {
  readonly #byFirst = new Map<string, Pattern[]>();

  constructor(words: readonly string[]) {
    for (const word of words) {
      const pattern = patternOf(word);
      const first = pattern?.runs[0];
      if (pattern === null || first === undefined) continue;
      const known = this.#byFirst.get(first.char);
      if (known === undefined) this.#byFirst.set(first.char, [pattern]);
      else known.push(pattern);
    }
  }

  /** Whether a text holds one of the words. */
  matches(text: string): boolean {
    return this.#byFirst.size > 0 && this.#find(text, true).length > 0;
  }

  /** The text with stars in the place of the words' letters. */
  mask(text: string): string {
    const hidden = new Set<number>();
    for (const { from, to } of this.#find(text, false)) {
      for (let index = from; index < to; index++) hidden.add(index);
    }
    if (hidden.size === 0) return text;
    let masked = "";
    let index = 0;
    for (const character of text) {
      const isHidden = hidden.has(index) && !/\s/u.test(character);
      masked += isHidden ? "*" : character;
      index += character.length;
    }
    return masked;
  }

  #find(text: string, isOneEnough: boolean): Span[] {
    const found: Span[] = [];
    const readings = hasStandIns(text)
      ? ["plain", "one is i", "one is l"] as const
      : ["plain"] as const;
    for (const reading of readings) {
      const letters = lettersOf(text, reading);
      for (let start = 0; start < letters.length; start++) {
        for (const pattern of this.#byFirst.get(letters[start]!.char) ?? []) {
          const end = matchAt(letters, { start, pattern, text });
          if (end === null) continue;
          found.push({ from: letters[start]!.from, to: letters[end - 1]!.to });
          if (isOneEnough) return found;
        }
      }
    }
    return found;
  }
}

function patternOf(word: string): Pattern | null {
  const letters = lettersOf(word, "plain");
  if (letters.length === 0) return null;
  const runs: Run[] = [];
  for (const { char, gap } of letters) {
    const last = runs.at(-1);
    if (last?.char === char && gap !== "space") {
      runs[runs.length - 1] = { ...last, count: last.count + 1 };
    } else runs.push({ char, count: 1, spaced: gap === "space" });
  }
  return {
    runs,
    length: letters.length,
    unspaced: letters.some(({ unspaced }) => unspaced),
    openStart: word.startsWith("*"),
    openEnd: word.endsWith("*"),
  };
}

/** Where a pattern ends that begins with this letter; null: it does not stand here. */
function matchAt(
  letters: readonly Letter[],
  { start, pattern, text }: {
    readonly start: number;
    readonly pattern: Pattern;
    readonly text: string;
  },
): number | null {
  const { runs, unspaced, length } = pattern;
  // In the middle of a repeated letter nothing begins.
  const before = letters[start - 1];
  if (letters[start]!.gap === "none" && before?.char === letters[start]!.char) return null;
  let at = start;
  let gaps = 0;
  let spaces = 0;
  let joints = 0;
  let joined = 0;
  for (const [index, { char, count, spaced }] of runs.entries()) {
    let taken = 0;
    for (; letters[at]?.char === char; at++, taken++) {
      const { gap, from } = letters[at]!;
      // One more of a letter that stands apart belongs to a word that is spelled out.
      if (taken >= count && gap !== "none" && (gaps === 0 || gaps < joints)) break;
      if (at === start || (taken === 0 && index > 0 && spaced && gap !== "none")) continue;
      if (gap === "none") {
        // A repetition is no joint that would have to be spaced out.
        if (taken < count) joints++;
        continue;
      }
      gaps++;
      joints++;
      if (gap === "space") spaces++;
      else if (JOINER.test(text.slice(letters[at - 1]!.to, from))) joined++;
    }
    if (!isCount(taken, count, { unspaced, length })) return null;
  }
  const startsWord = isEdge(letters, start);
  const endsWord = isEdge(letters, at);
  const isSpelled = gaps === joints;
  if (unspaced) {
    return gaps === 0 || length > 2 || (startsWord && endsWord) ? at : null;
  }
  if (gaps > 0 && joined > 0 && !isSpelled) return null;
  if (spaces > 0) return isSpelled && startsWord && endsWord ? at : null;
  if (!startsWord && !(pattern.openStart && gaps === 0)) return null;
  if (!endsWord && !(pattern.openEnd && gaps === 0)) return null;
  return at;
}

function isCount(
  taken: number,
  count: number,
  { unspaced, length }: { readonly unspaced: boolean; readonly length: number },
): boolean {
  if (taken === count) return true;
  if (taken < count) return false;
  return taken >= REPEATED || (!unspaced && length > SHORT);
}

/** Whether a word begins or ends in front of the letter of this index. */
function isEdge(letters: readonly Letter[], index: number): boolean {
  const before = letters[index - 1];
  const behind = letters[index];
  if (before === undefined || behind === undefined) return true;
  return behind.gap !== "none" || before.unspaced !== behind.unspaced;
}
