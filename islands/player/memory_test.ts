import assert from "node:assert/strict";
import { DEFAULT_PREFERENCES, parsePreferences } from "./memory.ts";

Deno.test("parsePreferences() replaces what makes no sense by its default", () => {
  assert.deepEqual(parsePreferences(null), DEFAULT_PREFERENCES);
  assert.deepEqual(parsePreferences("{"), DEFAULT_PREFERENCES);
  assert.deepEqual(parsePreferences('"text"'), DEFAULT_PREFERENCES);
  assert.deepEqual(
    parsePreferences('{"choice":"rtmp","latencyMode":"stable","volume":7,"muted":false}'),
    { choice: "auto", latencyMode: "stable", volume: 1, muted: false },
  );
});
