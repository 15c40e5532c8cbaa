import assert from "node:assert/strict";
import { LayerChoice, type OfferedLayer } from "./layer_choice.ts";

const LAYERS: readonly OfferedLayer[] = [
  { layer: 0, bitsPerSecond: 1_500_000 },
  { layer: 1, bitsPerSecond: 300_000 },
];

function run(
  choice: LayerChoice,
  seconds: [number, number],
  lossRatio: number,
  remb: number | null = null,
) {
  for (let second = seconds[0]; second < seconds[1]; second++) {
    choice.report(LAYERS, { nowMs: second * 1000, lossRatio, bitsPerSecond: remb });
  }
  return choice.layer(LAYERS);
}

Deno.test("LayerChoice begins high, or low where that is asked for, and rises on a good path", () => {
  assert.equal(new LayerChoice({ startLow: false }).layer(LAYERS), 0);
  const choice = new LayerChoice({ startLow: true });
  assert.equal(choice.layer(LAYERS), 1);
  assert.equal(run(choice, [0, 5], 0), 1);
  assert.equal(run(choice, [5, 7], 0), 0);
  assert.equal(choice.layer([]), null);
  assert.equal(choice.layer(LAYERS.slice(1)), 1);
});

Deno.test("LayerChoice goes down after two bad reports, not after one", () => {
  const choice = new LayerChoice({ startLow: false });
  assert.equal(run(choice, [0, 1], 0.2), 0);
  assert.equal(run(choice, [1, 2], 0.01), 0);
  assert.equal(run(choice, [2, 4], 0.2), 1);
});

Deno.test("LayerChoice waits longer after each trial that failed, and forgets that after success", () => {
  const choice = new LayerChoice({ startLow: false });
  let second = 0;
  const waits: number[] = [];
  for (let trial = 0; trial < 4; trial++) {
    run(choice, [second, second += 2], 0.3);
    const from = second;
    while (run(choice, [second, ++second], 0) === 1) assert.ok(second < 1000);
    waits.push(second - from);
  }
  for (let i = 2; i < waits.length; i++) assert.ok(waits[i] > waits[i - 1], String(waits));
  run(choice, [second, second += 30], 0);
  run(choice, [second, second += 2], 0.3);
  const from = second;
  while (run(choice, [second, ++second], 0) === 1) assert.ok(second < 2000);
  assert.ok(second - from <= 7);
});

Deno.test("LayerChoice does not rise above what the viewer says it can receive, nor above its wish", () => {
  const choice = new LayerChoice({ startLow: true });
  assert.equal(run(choice, [0, 20], 0, 400_000), 1);
  assert.equal(run(choice, [20, 30], 0, 900_000), 0);
  choice.limit(0);
  assert.equal(choice.layer(LAYERS), 1);
  choice.limit(null);
  assert.equal(choice.layer(LAYERS), 0);
});
