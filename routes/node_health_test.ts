import assert from "node:assert/strict";
import type { HealthBeat } from "../platform/heartbeat.ts";
import { LogTail } from "./log_tail.ts";
import { DOWN_AFTER_MS, FORGET_AFTER_MS, MAX_NODES, NodeHealth } from "./node_health.ts";
import { hitRate, MAX_STEPS, NodeSeries, STEP_MS } from "./node_series.ts";

function beatOf(change: Partial<HealthBeat> = {}): HealthBeat {
  return {
    node: "edge@host:8000",
    role: "edge",
    region: "local",
    pid: 7,
    startedAtMs: 0,
    restarts: 0,
    lastDeath: null,
    rssBytes: 1_000,
    heapBytes: 500,
    cpu: 0.5,
    lagMs: 1,
    lagMaxMs: 2,
    disk: null,
    figures: {},
    linesFrom: 1,
    lines: [],
    ...change,
  };
}

function linesOf(...numbers: number[]): HealthBeat["lines"] {
  return numbers.map((n) => ({ n, atMs: n, level: "info", event: `e${n}`, text: "" }));
}

function start() {
  const log = new LogTail({ startedAtMs: 0 });
  const health = new NodeHealth({ log });
  const events = () =>
    log.read({ after: 0, level: "debug", role: null, text: "", limit: 1_000 }).lines
      .map(({ event, text }) => text === "" ? event : `${event} ${text}`);
  return { health, events };
}

Deno.test("NodeHealth calls a silent process down, then forgets it", () => {
  const { health } = start();
  health.put(beatOf(), 0);
  assert.equal(health.list(DOWN_AFTER_MS - 1)[0].up, true);
  assert.equal(health.list(DOWN_AFTER_MS)[0].up, false);
  assert.deepEqual(health.inspect(DOWN_AFTER_MS), { up: 0, down: 1 });
  assert.equal(health.list(FORGET_AFTER_MS - 1).length, 1);
  assert.equal(health.list(FORGET_AFTER_MS).length, 0);
});

Deno.test("NodeHealth makes room by forgetting who has been down the longest, else refuses", () => {
  const { health } = start();
  for (let i = 0; i < MAX_NODES; i++) health.put(beatOf({ node: `n${i}` }), i);
  assert.equal(health.put(beatOf({ node: "late" }), 500), null);
  assert.deepEqual(health.put(beatOf({ node: "n0" }), 500), { linesUntil: 0 });
  assert.deepEqual(health.put(beatOf({ node: "late" }), DOWN_AFTER_MS + 1), { linesUntil: 0 });
  const nodes = health.list(DOWN_AFTER_MS + 1).map(({ beat }) => beat.node);
  assert.equal(nodes.length, MAX_NODES);
  assert.equal(nodes.includes("n1"), false);
  assert.equal(nodes.includes("n0"), true);
});

Deno.test("NodeHealth takes each line once and says where lines were lost", () => {
  const { health, events } = start();
  // What came before 5 is still there: a web that was restarted wants to have it first.
  assert.deepEqual(health.put(beatOf({ lines: linesOf(5, 6) }), 0), { linesUntil: 0 });
  const first = beatOf({ linesFrom: 5, lines: linesOf(5, 6) });
  assert.deepEqual(health.put(first, 0), { linesUntil: 6 });
  // The answer to the first beat got lost: the lines come again.
  assert.deepEqual(health.put(beatOf({ lines: linesOf(5, 6, 7) }), 0), { linesUntil: 7 });
  assert.deepEqual(health.put(beatOf({ lines: linesOf(11) }), 0), { linesUntil: 11 });
  assert.deepEqual(health.put(beatOf(), 0), { linesUntil: 11 });
  assert.deepEqual(events(), ["e5", "e6", "e7", "lines_lost count=3", "e11"]);
  // The next process of the same name counts from 1 again.
  assert.deepEqual(health.put(beatOf({ pid: 8, lines: linesOf(1) }), 0), { linesUntil: 1 });
  assert.deepEqual(events().slice(-1), ["e1"]);
});

Deno.test("NodeHealth makes a hit rate of counters, also over a restart", () => {
  const { health } = start();
  const figures = (cacheHits: number, cacheMisses: number) => ({ cacheHits, cacheMisses });
  health.put(beatOf({ figures: figures(0, 4) }), 0);
  health.put(beatOf({ figures: figures(12, 4) }), STEP_MS);
  health.put(beatOf({ figures: figures(12, 4) }), 2 * STEP_MS);
  health.put(beatOf({ pid: 8, figures: figures(1, 3) }), 3 * STEP_MS);
  assert.deepEqual(health.list(3 * STEP_MS)[0].series.hitRate, [0, 1, null, 0.25]);
});

Deno.test("NodeHealth lists processes by role, then by name", () => {
  const { health } = start();
  for (const [node, role] of [["b", "web"], ["b", "web"], ["z", "edge"], ["a", "web"]] as const) {
    health.put(beatOf({ node, role }), 0);
  }
  assert.deepEqual(health.list(0).map(({ beat }) => beat.node), ["z", "a", "b"]);
});

Deno.test("NodeSeries gathers a step and leaves gaps where nothing came", () => {
  const series = new NodeSeries(STEP_MS);
  const sample = { cpu: 0.2, rssBytes: 10, cacheHits: 0, cacheMisses: 0 };
  series.add({ ...sample, lagMaxMs: 3 }, STEP_MS + 1);
  series.add({ ...sample, cpu: 0.4, lagMaxMs: 2, rssBytes: 20 }, 2 * STEP_MS - 1);
  series.add({ ...sample, lagMaxMs: 1 }, 3 * STEP_MS);
  assert.deepEqual(series.read(3 * STEP_MS), {
    stepMs: STEP_MS,
    fromMs: STEP_MS,
    lagMaxMs: [3, null, 1],
    cpu: [0.3, null, 0.2],
    rssBytes: [20, null, 10],
    hitRate: [null, null, null],
  });
});

Deno.test("NodeSeries keeps half an hour and writes over the oldest", () => {
  const series = new NodeSeries(0);
  for (let step = 0; step < MAX_STEPS + 5; step++) {
    series.add(
      { lagMaxMs: step, cpu: 0, rssBytes: 0, cacheHits: 0, cacheMisses: 0 },
      step * STEP_MS,
    );
  }
  const { fromMs, lagMaxMs } = series.read((MAX_STEPS + 4) * STEP_MS);
  assert.equal(fromMs, 5 * STEP_MS);
  assert.equal(lagMaxMs.length, MAX_STEPS);
  assert.equal(lagMaxMs[0], 5);
  assert.equal(lagMaxMs.at(-1), MAX_STEPS + 4);
  assert.deepEqual(new Set(series.read((3 * MAX_STEPS) * STEP_MS).lagMaxMs), new Set([null]));
});

Deno.test("hitRate() is null when nobody asked", () => {
  assert.equal(hitRate({ cacheHits: 0, cacheMisses: 0 }), null);
  assert.equal(hitRate({ cacheHits: 2, cacheMisses: 1 }), 0.667);
});
