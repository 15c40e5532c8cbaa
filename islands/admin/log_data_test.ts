import assert from "node:assert/strict";
import { appendRows, logQuery, type LogRow, logRowOf, MAX_LOG_ROWS, utcClock } from "./log_data.ts";

const row = (seq: number): LogRow => ({
  seq,
  atMs: 0,
  level: "info",
  node: "web@a",
  role: "web",
  event: "listening",
  text: "",
});

Deno.test("appendRows() keeps the newest rows, each once", () => {
  assert.deepEqual(appendRows([row(1), row(2)], [row(2), row(3)]).map(({ seq }) => seq), [1, 2, 3]);
  const many = appendRows([row(0)], Array.from({ length: 2_000 }, (_, index) => row(index + 1)));
  assert.equal(many.length, MAX_LOG_ROWS);
  assert.equal(many.at(-1)?.seq, 2_000);
});

Deno.test("logQuery() leaves out what is usual", () => {
  assert.equal(logQuery({ level: "info", role: "", text: "" }).toString(), "");
  assert.equal(
    logQuery({ level: "warn", role: "edge", text: "a b&c" }).toString(),
    "level=warn&role=edge&q=a+b%26c",
  );
});

Deno.test("logRowOf() and utcClock() tell the time to the millisecond", () => {
  const { atMs: _, ...line } = row(1);
  const told = logRowOf({ ...line, at: "2026-05-02T14:05:09.120Z" });
  assert.equal(utcClock(told.atMs), "14:05:09.120");
  assert.equal(told.seq, 1);
});
