import assert from "node:assert/strict";
import fc from "fast-check";
import { backoffMs, MAX_BACKOFF_MS, MIN_BACKOFF_MS } from "./backoff.ts";
import { isProtocolsFault, PATIENCE } from "./blame.ts";
import { type PlayerEvent, type PlayerState, transition } from "./state.ts";

const EVENTS: readonly PlayerEvent[] = [
  "load",
  "advance",
  "starve",
  "lose",
  "absent",
  "finish",
  "refuse",
  "pause",
  "reject",
  "stop",
];

function run(events: readonly PlayerEvent[], from: PlayerState = "idle"): PlayerState {
  let state = from;
  for (const event of events) state = transition(state, event) ?? state;
  return state;
}

Deno.test("transition() plays, stalls, recovers", () => {
  assert.equal(run(["load", "advance"]), "playing");
  assert.equal(run(["load", "advance", "starve", "advance"]), "playing");
  assert.equal(run(["load", "advance", "lose", "load", "advance"]), "playing");
  assert.equal(run(["load", "advance", "lose", "finish", "load", "advance"]), "playing");
  assert.equal(run(["absent", "load", "advance"]), "playing");
  assert.equal(run(["load", "refuse", "load", "advance"]), "playing");
});

Deno.test("transition() refuses moves that make no sense", () => {
  assert.equal(transition("idle", "advance"), null);
  assert.equal(transition("waiting", "advance"), null);
  assert.equal(transition("failed", "lose"), null);
  assert.equal(transition("ended", "pause"), null);
});

Deno.test("transition() leaves no state without a way back to playing", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...EVENTS), { maxLength: 40 }), (events) => {
      const state = run(events);
      assert.equal(run(["load", "advance"], state), "playing");
    }),
    { numRuns: Number(Deno.env.get("FUZZ_RUNS") ?? 200) },
  );
});

Deno.test("backoffMs() grows from half a second to eight and is spread by chance", () => {
  assert.deepEqual([0, 1, 2, 3, 4, 5, 50].map((attempt) => backoffMs(attempt, 0.999999)), [
    500,
    1_000,
    2_000,
    4_000,
    8_000,
    8_000,
    8_000,
  ]);
  for (let attempt = -1; attempt < 60; attempt++) {
    for (const random of [0, 0.3, 0.99]) {
      const waitMs = backoffMs(attempt, random);
      assert.ok(waitMs >= MIN_BACKOFF_MS / 2 && waitMs <= MAX_BACKOFF_MS);
    }
  }
});

Deno.test("isProtocolsFault() does not blame a protocol for a server that is away", () => {
  const proven = { provedItself: true, noRoute: false, attempt: 0 } as const;
  assert.equal(isProtocolsFault({ kind: "network", platform: "live", ...proven }), false);
  assert.equal(isProtocolsFault({ kind: "network", platform: "unreachable", ...proven }), false);
  assert.equal(isProtocolsFault({ kind: "unavailable", platform: "live", ...proven }), false);
});

Deno.test("isProtocolsFault() blames one that never worked, cannot decode, or fails for long", () => {
  const fresh = { platform: "live", provedItself: false, noRoute: false, attempt: 0 } as const;
  assert.equal(isProtocolsFault({ kind: "network", ...fresh }), true);
  assert.equal(isProtocolsFault({ kind: "absent", ...fresh }), false);
  assert.equal(isProtocolsFault({ ...fresh, kind: "network", provedItself: true }), false);
  assert.equal(
    isProtocolsFault({ ...fresh, kind: "network", provedItself: true, noRoute: true }),
    true,
  );
  assert.equal(isProtocolsFault({ kind: "unplayable", ...fresh, platform: "unreachable" }), true);
  assert.equal(
    isProtocolsFault({ ...fresh, kind: "absent", provedItself: true, attempt: PATIENCE }),
    true,
  );
});
