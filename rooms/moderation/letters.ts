/**
 * Texts as the word filter sees them: letters without width, case, marks and look-alikes, each with
 * its place in the text. Pure.
 *
 * @module
 */

/** What stands between a letter and the one before: nothing, signs, or white space. */
export type Gap = "none" | "signs" | "space";

/** One letter or digit. */
export interface Letter {
  /** Folded. */
  readonly char: string;
  /** Of a script that is written without spaces between words. */
  readonly unspaced: boolean;
  readonly gap: Gap;
  /** UTF-16 index in the text, inclusive. */
  readonly from: number;
  /** UTF-16 index in the text, exclusive. */
  readonly to: number;
}

/** How signs and digits that look like letters are taken. */
export type Reading = "plain" | "one is i" | "one is l";

/** Letters of other scripts that look like Latin ones, lower case. */
const LOOK_ALIKES: ReadonlyMap<string, string> = new Map([
  ...pairs("аеорсухіѕјкмтнвԁԛԝһɡ", "aeopcyxisjkmthbdqwhg"),
  ...pairs("αβεικνορτυχγ", "abeiknoptuxy"),
  ...pairs("ıłøđħŧ", "ilodht"),
]);
/** Signs and digits that stand for letters, beside 1 and |. */
const STAND_INS: ReadonlyMap<string, string> = new Map([
  ...pairs("034578@$€", "oeastbase"),
  ["!", "i"],
]);
const MAYBE_L = new Set(["1", "|"]);

const IGNORABLE = /\p{Default_Ignorable_Code_Point}/u;
const MARK = /\p{M}/gu;
const LETTER = /[\p{L}\p{N}]/u;
const SPACE = /\s/u;
/** Written without spaces: Han, kana, Thai and their neighbours. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const LATIN_LIKE = /[a-z]/;

/** Whether a text can be read in more than one way. */
export function hasStandIns(text: string): boolean {
  return /[0134578@$€!|]/.test(text.normalize("NFKC"));
}

/** The letters of a text. */
export function lettersOf(text: string, reading: Reading): Letter[] {
  const signs = signsOf(text);
  const letters: Letter[] = [];
  let gap: Gap = "none";
  for (const [index, { folded, from, to }] of signs.entries()) {
    let taken = "";
    for (const char of folded) {
      const read = reading === "plain" ? char : standIn(char, reading, signs, index);
      if (LETTER.test(read)) taken += read;
    }
    if (taken === "") {
      if (folded !== "" && gap !== "space") gap = SPACE.test(folded) ? "space" : "signs";
      continue;
    }
    for (const char of taken) {
      letters.push({ char, unspaced: UNSPACED.test(char), gap, from, to });
      gap = "none";
    }
  }
  return letters;
}

interface Sign {
  readonly folded: string;
  readonly from: number;
  readonly to: number;
}

/** The characters of a text, folded; what is never shown is left out. */
function signsOf(text: string): Sign[] {
  const signs: Sign[] = [];
  let from = 0;
  for (const character of text) {
    const to = from + character.length;
    if (!IGNORABLE.test(character)) {
      const folded = character.normalize("NFKD").replace(MARK, "")
        .toLowerCase().toUpperCase().toLowerCase().normalize("NFKC");
      let alike = "";
      for (const char of folded) alike += LOOK_ALIKES.get(char) ?? char;
      signs.push({ folded: alike, from, to });
    }
    from = to;
  }
  return signs;
}

/** A sign as the letter that it stands for: one with a letter behind it, a digit also at an end. */
function standIn(
  char: string,
  reading: Exclude<Reading, "plain">,
  signs: readonly Sign[],
  index: number,
): string {
  const letter = MAYBE_L.has(char) ? reading === "one is l" ? "l" : "i" : STAND_INS.get(char);
  if (letter === undefined) return char;
  const before = signs[index - 1]?.folded ?? "";
  const behind = signs[index + 1]?.folded ?? "";
  const isDigit = LETTER.test(char);
  // `100` is a number, and the mark behind `yes!` is no letter.
  const inWord = LATIN_LIKE.test(behind) || STAND_INS.has(behind) || MAYBE_L.has(behind);
  return inWord || (isDigit || char === "$") && LATIN_LIKE.test(before) ? letter : char;
}

function pairs(from: string, to: string): [string, string][] {
  const targets = [...to];
  return [...from].map((char, index) => [char, targets[index] as string]);
}
