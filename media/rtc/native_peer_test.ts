import assert from "node:assert/strict";
import { freePort } from "../../tests/support/platform.ts";

Deno.test("NativePeers.stop() ends the library when closed peers were collected before", async () => {
  const { code, signal, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-check", "--cached-only", "--v8-flags=--expose-gc"],
      ...["tests/support/peer_churn.ts", `${freePort()}`],
    ],
    stderr: "inherit",
  }).output();
  assert.deepEqual({ code, signal }, { code: 0, signal: null });
  // Tracks of the open ones alone are kept.
  assert.deepEqual(JSON.parse(new TextDecoder().decode(stdout)), { size: 20, kept: 20 });
});
