import assert from "node:assert/strict";
import {
  chartOf,
  MAX_DRAWN,
  nodeNames,
  type NodeRow,
  nodeRowOf,
  receivingKbps,
  sendingKbps,
  type SeriesRow,
} from "./health_data.ts";

const series = (change: Partial<SeriesRow> = {}): SeriesRow => ({
  stepMs: 10,
  fromMs: 100,
  lagMaxMs: [1, 2, 3],
  cpu: [0, 0, 0],
  rssBytes: [5, 5, 5],
  hitRate: [null, null, null],
  ...change,
});

const node = (change: Partial<NodeRow> = {}): NodeRow => ({
  node: "edge@a",
  role: "edge",
  up: true,
  startedAtMs: 0,
  heardAtMs: 1_000,
  restarts: 0,
  lastDeath: null,
  rssBytes: 1,
  cpu: 0,
  lagMs: 0,
  lagMaxMs: 0,
  disk: null,
  figures: {},
  series: series(),
  ...change,
});

Deno.test("chartOf() puts processes that began at different times on one line of time", () => {
  const chart = chartOf([
    node(),
    node({ node: "edge@b", series: series({ fromMs: 120, lagMaxMs: [9, null, 7] }) }),
  ], "lagMaxMs");
  assert.deepEqual(chart.timesMs, [100, 110, 120, 130, 140]);
  assert.deepEqual(chart.lines.map(({ values }) => values), [
    [1, 2, 3, null, null],
    [null, null, 9, null, 7],
  ]);
});

Deno.test("chartOf() leaves out a step that has just begun, but not because of who is down", () => {
  const down = node({ node: "edge@down", series: series({ lagMaxMs: [4, null, null] }) });
  const early = node({ series: series({ lagMaxMs: [1, 2, null] }) });
  const heard = node({ node: "edge@b" });
  assert.deepEqual(chartOf([early, heard, down], "lagMaxMs").lines.map(({ values }) => values), [
    [1, 2],
    [1, 2],
    [4, null],
  ]);
  assert.deepEqual(chartOf([heard, down], "lagMaxMs").timesMs, [100, 110, 120]);
});

Deno.test("chartOf() has no line for who has no value, and none at all without any", () => {
  assert.deepEqual(chartOf([node()], "hitRate"), { timesMs: [], lines: [] });
  assert.deepEqual(chartOf([node({ series: null })], "cpu"), { timesMs: [], lines: [] });
  const asked = node({ node: "edge@b", series: series({ hitRate: [null, 0.5, 1] }) });
  assert.deepEqual(chartOf([node(), asked], "hitRate").lines.map((line) => line.node), ["edge@b"]);
});

Deno.test("nodeNames() are roles while that tells the processes apart", () => {
  const names = nodeNames([node(), node({ node: "edge@b" }), node({ node: "web@a", role: "web" })]);
  assert.deepEqual([...names.values()], ["edge@a", "edge@b", "web"]);
});

Deno.test("sendingKbps() adds up what the edges sent between two looks", () => {
  const before = [node({ figures: { sentBytes: 1_000 }, heardAtMs: 1_000 })];
  const now = [
    node({ figures: { sentBytes: 251_000 }, heardAtMs: 3_000 }),
    node({ node: "edge@new", figures: { sentBytes: 99 } }),
    node({ node: "web@a", figures: {} }),
  ];
  assert.equal(sendingKbps(before, now), 1_000);
  assert.equal(sendingKbps(null, now), null);
  assert.equal(sendingKbps(before, before), null, "nothing was heard in between");
  const restarted = [node({ figures: { sentBytes: 5 }, heardAtMs: 3_000, startedAtMs: 2_000 })];
  assert.equal(sendingKbps(before, restarted), null);
});

Deno.test("receivingKbps() leaves out who is down", () => {
  const figures = { ingestKbps: 2_500 };
  assert.equal(receivingKbps([node({ figures }), node({ figures, up: false })]), 2_500);
});

Deno.test("nodeRowOf() leaves out the history of who is one too many to be drawn", () => {
  const at = "2026-05-02T00:00:00.000Z";
  const { startedAtMs: _, heardAtMs: __, ...rest } = node();
  const told = {
    ...rest,
    region: "local",
    pid: 1,
    heapBytes: 1,
    startedAt: at,
    heardAt: at,
    lastDeath: { code: 1, signal: null, at, error: null },
    series: series(),
  };
  assert.equal(nodeRowOf(told, 0).heardAtMs, Date.parse(at));
  assert.deepEqual(nodeRowOf(told, 0).lastDeath, { code: 1, signal: null, atMs: Date.parse(at) });
  assert.notEqual(nodeRowOf(told, MAX_DRAWN - 1).series, null);
  assert.equal(nodeRowOf(told, MAX_DRAWN).series, null);
});
