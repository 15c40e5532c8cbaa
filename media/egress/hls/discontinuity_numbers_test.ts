import assert from "node:assert/strict";
import { DiscontinuityNumbers } from "./discontinuity_numbers.ts";

const fail = (error: Error) => {
  throw error;
};

Deno.test("DiscontinuityNumbers begins above everything that was used before a restart", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/discontinuities`;
  const before = await DiscontinuityNumbers.open(path, fail);
  const first = before.first();
  assert.equal(before.first(), first + 1);
  // Far beyond one block, as one stream that changes its tracks all the time would.
  before.used(first + 5_000);
  await before.close();
  // No orderly end is needed: another process opens the file as it is.
  const after = await DiscontinuityNumbers.open(path, fail);
  assert.ok(after.first() > first + 5_000);
  assert.ok(after.first() < 10_000, "numbers stay small");
  await after.close();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("DiscontinuityNumbers refuses a file that holds something else", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/discontinuities`;
  await Deno.writeTextFile(path, "1e9");
  await assert.rejects(DiscontinuityNumbers.open(path, fail), /does not hold one number/);
  await Deno.remove(folder, { recursive: true });
});
