/**
 * How easily a password is guessed: a hint for people, never a rule.
 *
 * @module
 */

/** A closed catalogue; the words stand in the language tables. */
export type Strength =
  | { readonly kind: "short"; readonly missing: number }
  | { readonly kind: "common" | "name" | "weak" | "fair" | "strong" };

/** Fewer characters are refused. */
export const SHORTEST_PASSWORD = 8;
/** Longer texts are judged by their beginning. */
const MAX_JUDGED = 128;
/** Bits of guessing work below which a password is weak, and from which on it is strong. */
const FAIR_BITS = 40;
const STRONG_BITS = 60;

/** What is tried first everywhere; folded like the typed text. */
const COMMON = new Set([
  "password",
  "passw0rd",
  "12345678",
  "123456789",
  "1234567890",
  "87654321",
  "qwertyui",
  "qwertyuiop",
  "1q2w3e4r",
  "1qaz2wsx",
  "asdfghjk",
  "iloveyou",
  "letmein1",
  "sunshine",
  "football",
  "baseball",
  "princess",
  "trustno1",
  "superman",
  "changeme",
  "admin123",
  "administrator",
  "woaini1314",
  "5201314520",
  "abcd1234",
  "aa123456",
  "a1234567",
  "abc12345",
  "wanren123",
]);

/** Judges a password; empty text is as short as can be. */
export function passwordStrength(
  password: string,
  { name }: { readonly name: string },
): Strength {
  const characters = [...password.slice(0, MAX_JUDGED)];
  if (characters.length < SHORTEST_PASSWORD) {
    return { kind: "short", missing: SHORTEST_PASSWORD - characters.length };
  }
  const folded = fold(characters.join(""));
  // Signs behind a common word are tried, too.
  if (COMMON.has(folded) || COMMON.has(folded.replace(/[\d\W_]{1,4}$/u, ""))) {
    return { kind: "common" };
  }
  const nameFolded = fold(name);
  if ([...nameFolded].length >= 3 && folded.includes(nameFolded)) {
    const rest = folded.replaceAll(nameFolded, "");
    if ([...rest].length < SHORTEST_PASSWORD) return { kind: "name" };
  }
  const bits = workOf(characters);
  return { kind: bits < FAIR_BITS ? "weak" : bits < STRONG_BITS ? "fair" : "strong" };
}

/** Bits of work: what each character adds beyond those before it. */
function workOf(characters: readonly string[]): number {
  const alphabet = Math.log2(alphabetOf(characters));
  const seen = new Map<string, number>();
  let bits = 0;
  characters.forEach((character, index) => {
    const before = seen.get(character) ?? 0;
    seen.set(character, before + 1);
    const step = index === 0 ? NaN : code(character) - code(characters[index - 1]!);
    // The same again, the next of the alphabet, the one before: a guesser's first tries.
    const foreseen = Math.abs(step) <= 1;
    bits += foreseen ? 1 : alphabet / (1 + before / 2);
  });
  return bits;
}

/** How many characters a guesser has to try at each place. */
function alphabetOf(characters: readonly string[]): number {
  const kinds: readonly (readonly [RegExp, number])[] = [
    [/[a-z]/, 26],
    [/[A-Z]/, 26],
    [/\d/, 10],
    [/[^\p{L}\p{N}]/u, 32],
    [/(?![A-Za-z])\p{L}/u, 2_000],
  ];
  const text = characters.join("");
  return Math.max(
    2,
    kinds.reduce((sum, [kind, size]) => sum + (kind.test(text) ? size : 0), 0),
  );
}

function fold(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}

function code(character: string): number {
  return character.codePointAt(0)!;
}
