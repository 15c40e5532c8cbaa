import { ok, strictEqual } from "node:assert/strict";
import { GIFTS } from "./catalogue.ts";
import { coinsFor, levelOf, MAX_LEVEL } from "./levels.ts";

Deno.test("levelOf() begins at 0 and ends at the highest level", () => {
  strictEqual(levelOf(0), 0);
  strictEqual(levelOf(9), 0);
  strictEqual(levelOf(10), 1);
  strictEqual(levelOf(Number.MAX_SAFE_INTEGER), MAX_LEVEL);
});

Deno.test("levelOf() changes exactly at the coins of each level, and each costs more", () => {
  for (let level = 1; level <= MAX_LEVEL; level++) {
    strictEqual(levelOf(coinsFor(level)), level);
    strictEqual(levelOf(coinsFor(level) - 1), level - 1);
    if (level === 1) continue;
    const step = coinsFor(level) - coinsFor(level - 1);
    ok(step > coinsFor(level - 1) - coinsFor(level - 2), `level ${level}`);
  }
});

Deno.test("the catalogue has different keys and rising prices", () => {
  strictEqual(new Set(GIFTS.map(({ key }) => key)).size, GIFTS.length);
  ok(
    GIFTS.every(({ coins }, at) => Number.isInteger(coins) && coins > (GIFTS[at - 1]?.coins ?? 0)),
  );
});
