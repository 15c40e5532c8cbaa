import assert from "node:assert/strict";
import { restartDelayMs } from "./ffmpeg.ts";

Deno.test("restartDelayMs() doubles up to half a minute", () => {
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5, 6, 7, 1000].map(restartDelayMs),
    [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000],
  );
});
