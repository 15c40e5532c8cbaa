import assert from "node:assert/strict";
import { nextDelayMs } from "./poll.ts";

Deno.test("nextDelayMs() backs off to half a minute and no further", () => {
  assert.equal(nextDelayMs(5_000, 0), 5_000);
  assert.equal(nextDelayMs(5_000, 1), 10_000);
  assert.equal(nextDelayMs(5_000, 3), 30_000);
  assert.equal(nextDelayMs(5_000, 1_000), 30_000);
  assert.equal(nextDelayMs(60_000, 0), 60_000);
});
