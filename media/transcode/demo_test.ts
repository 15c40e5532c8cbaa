import assert from "node:assert/strict";
import { silentLogger } from "../../platform/log.ts";
import { DemoSwitch } from "./demo.ts";

/** A switch whose runs end one turn after they are aborted. */
function harness() {
  const runs: AbortSignal[] = [];
  let open = 0;
  const demo = new DemoSwitch({
    channel: () => Promise.reject(new Error("not asked")),
    rtmpBase: "rtmp://127.0.0.1:1935",
    log: silentLogger,
  }, async (_options, signal) => {
    runs.push(signal);
    open++;
    assert.equal(open, 1, "one run at a time");
    const ended = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => setTimeout(ended.resolve, 1), { once: true });
    await ended.promise;
    open--;
  });
  return { demo, runs, open: () => open };
}

Deno.test("DemoSwitch runs one demo, however often it is wanted", async () => {
  const { demo, runs, open } = harness();
  demo.set(false);
  assert.equal(runs.length, 0);
  for (let i = 0; i < 5; i++) demo.set(true);
  assert.equal(runs.length, 1);
  await demo.stop();
  assert.equal(open(), 0);
  demo.set(true);
  assert.equal(runs.length, 1);
});

Deno.test("DemoSwitch lets a run end before the next one begins", async () => {
  const { demo, runs } = harness();
  demo.set(true);
  demo.set(false);
  assert.equal(runs[0].aborted, true);
  demo.set(true);
  assert.equal(runs.length, 1);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(runs.length, 2);
  assert.equal(runs[1].aborted, false);
  demo.set(false);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(runs.length, 2);
  await demo.stop();
});
