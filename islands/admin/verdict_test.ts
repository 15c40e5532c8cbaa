import assert from "node:assert/strict";
import type { NodeRow } from "./health_data.ts";
import { judge } from "./verdict.ts";

const nowMs = 10_000_000;

const node = (change: Partial<NodeRow> = {}): NodeRow => ({
  node: "media@a",
  role: "media",
  up: true,
  startedAtMs: nowMs - 5_000_000,
  heardAtMs: nowMs - 1_000,
  restarts: 0,
  lastDeath: null,
  rssBytes: 1,
  cpu: 0.1,
  lagMs: 1,
  lagMaxMs: 3,
  disk: { totalBytes: 100, freeBytes: 50 },
  figures: { ffmpeg: 1 },
  series: null,
  ...change,
});

const kinds = (...nodes: readonly NodeRow[]) =>
  judge(nodes, { nowMs }).warnings.map(({ kind }) => kind);

Deno.test("judge() is content when nothing asks for attention, and says when it knows nothing", () => {
  assert.deepEqual(judge([node()], { nowMs }), { state: "good", warnings: [] });
  assert.deepEqual(judge([], { nowMs }), { state: "unknown", warnings: [] });
});

Deno.test("judge() names each thing that asks for attention", () => {
  assert.deepEqual(kinds(node({ disk: { totalBytes: 100, freeBytes: 9 } })), ["disk"]);
  assert.deepEqual(kinds(node({ disk: { totalBytes: 100, freeBytes: 10 } })), []);
  assert.deepEqual(kinds(node({ disk: { totalBytes: 0, freeBytes: 0 } })), []);
  assert.deepEqual(kinds(node({ disk: null })), []);
  assert.deepEqual(kinds(node({ lagMs: 201 })), ["lag"]);
  assert.deepEqual(kinds(node({ figures: { ffmpeg: 0 } })), ["no_ffmpeg"]);
  assert.deepEqual(kinds(node({ role: "edge", figures: {} })), []);
  const death = { code: 137, signal: "SIGKILL", atMs: nowMs - 3_599_000 };
  assert.deepEqual(kinds(node({ lastDeath: death })), ["restarted"]);
  assert.deepEqual(kinds(node({ lastDeath: { ...death, atMs: nowMs - 3_601_000 } })), []);
});

Deno.test("judge() puts what is down first, and asks it for nothing else", () => {
  const down = node({ node: "edge@b", up: false, lagMs: 5_000 });
  const verdict = judge([node({ figures: { ffmpeg: 0 } }), down], { nowMs });
  assert.equal(verdict.state, "bad");
  assert.deepEqual(verdict.warnings.map(({ kind }) => kind), ["down", "no_ffmpeg"]);
});

Deno.test("judge() tells of a missing ffmpeg once, however many nodes miss it", () => {
  const missing = { figures: { ffmpeg: 0 } };
  assert.deepEqual(kinds(node(missing), node({ ...missing, node: "media@b" })), ["no_ffmpeg"]);
});
