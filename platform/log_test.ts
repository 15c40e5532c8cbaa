import assert from "node:assert/strict";
import { createLogger, type LogEntry } from "./log.ts";

function collect(level: "debug" | "info" | "warn" | "error") {
  const lines: string[] = [];
  const log = createLogger({
    level,
    fields: { role: "edge" },
    now: () => 0,
    write: (line) => lines.push(line),
  });
  return { lines, log };
}

Deno.test("createLogger() writes one key=value line per event", () => {
  const { lines, log } = collect("info");
  log.info("closed", { stream: "100001", duration_ms: 5, reason: "publisher timeout", none: null });
  assert.deepEqual(lines, [
    '1970-01-01T00:00:00.000Z info role=edge event=closed stream=100001 duration_ms=5 reason="publisher timeout"',
  ]);
});

Deno.test("createLogger() keeps a line one line whatever a value holds", () => {
  const { lines, log } = collect("info");
  log.warn("odd", { value: "a\nb=c", error: new TypeError("x y") });
  assert.equal(lines.length, 1);
  assert.ok(lines[0]!.endsWith('value="a\\nb=c" error="TypeError: x y"'));
});

Deno.test("createLogger() leaves out what is below its level and adds fields of with()", () => {
  const { lines, log } = collect("warn");
  log.info("quiet");
  log.with({ room: "100001" }).error("loud");
  assert.deepEqual(lines, ["1970-01-01T00:00:00.000Z error role=edge room=100001 event=loud"]);
});

Deno.test("createLogger() gives each event taken apart to keep", () => {
  const kept: LogEntry[] = [];
  const log = createLogger({
    level: "info",
    fields: { role: "edge" },
    now: () => 5,
    write: () => {},
    keep: (entry) => kept.push(entry),
  });
  log.debug("quiet");
  log.with({ room: "100001" }).warn("closed", { reason: "publisher timeout" });
  log.info("started");
  assert.deepEqual(kept, [
    { atMs: 5, level: "warn", event: "closed", text: 'room=100001 reason="publisher timeout"' },
    { atMs: 5, level: "info", event: "started", text: "" },
  ]);
});

Deno.test("createLogger() writes no secret that rides in an address", () => {
  const { lines, log } = collect("info");
  log.warn("odd", {
    url: "rtmp://a/live/1?key=s3cret&x=1",
    error: new Error("GET /setup?x=1&Token=s3cret failed"),
  });
  assert.doesNotMatch(lines[0], /s3cret/);
  assert.match(lines[0], /\?key=…&x=1/);
});
