/**
 * Levels by coins spent; pure.
 *
 * @module
 */

/** The highest level. */
export const MAX_LEVEL = 100;
const FIRST_LEVEL_COINS = 10;
/** Each level costs more than the one before: 20 at some 7,000 coins, 100 at 250,000. */
const STEEPNESS = 2.2;

const COINS = Array.from(
  { length: MAX_LEVEL + 1 },
  (_, level) => Math.round(FIRST_LEVEL_COINS * level ** STEEPNESS),
);

/** Coins that must have been spent for a level. */
export function coinsFor(level: number): number {
  return COINS[Math.max(0, Math.min(MAX_LEVEL, Math.floor(level)))] as number;
}

/** The level of who has spent so many coins. */
export function levelOf(spent: number): number {
  let low = 0;
  let high = MAX_LEVEL;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (coinsFor(middle) <= spent) low = middle;
    else high = middle - 1;
  }
  return low;
}
