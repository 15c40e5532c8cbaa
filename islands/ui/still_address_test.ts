import assert from "node:assert/strict";
import { STILL_EVERY_MS, stillAddress } from "./still_address.ts";

Deno.test("stillAddress() changes once in every stretch, the same for everybody", () => {
  const still = "/live/100001/still.jpg";
  const startMs = 1_000 * STILL_EVERY_MS;
  const first = stillAddress(still, startMs);
  assert.match(first, /^\/live\/100001\/still\.jpg\?t=[0-9a-z]+$/);
  assert.equal(stillAddress(still, startMs + STILL_EVERY_MS - 1), first);
  assert.notEqual(stillAddress(still, startMs + STILL_EVERY_MS), first);
});
