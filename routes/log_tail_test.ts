import assert from "node:assert/strict";
import type { LogLevel } from "../platform/log.ts";
import { LogTail, type TailQuery } from "./log_tail.ts";

const entry = (event: string, level: LogLevel = "info", text = "") => ({
  atMs: 0,
  level,
  event,
  text,
});
const EDGE = { node: "edge@a:1", role: "edge" } as const;
const WEB = { node: "web@a:2", role: "web" } as const;

function read(tail: LogTail, query: Partial<TailQuery> = {}) {
  const { lines, next, dropped } = tail.read({
    after: null,
    level: "debug",
    role: null,
    text: "",
    limit: 100,
    ...query,
  });
  return { events: lines.map(({ event }) => event).join(" "), next, dropped };
}

Deno.test("LogTail.read() gives the newest lines, then those after a number", () => {
  const tail = new LogTail({ startedAtMs: 1 });
  tail.append(EDGE, ["a", "b", "c"].map((event) => entry(event)));
  assert.deepEqual(read(tail, { limit: 2 }), { events: "b c", next: 1003, dropped: 0 });
  tail.append(WEB, ["d", "e"].map((event) => entry(event)));
  assert.deepEqual(read(tail, { after: 1003 }), { events: "d e", next: 1005, dropped: 0 });
  assert.deepEqual(read(tail, { after: 1001, limit: 2 }), {
    events: "b c",
    next: 1003,
    dropped: 0,
  });
  assert.deepEqual(read(tail, { after: 1005 }), { events: "", next: 1005, dropped: 0 });
});

Deno.test("LogTail.read() filters by level, role and text", () => {
  const tail = new LogTail({ startedAtMs: 0 });
  tail.append(EDGE, [entry("flv_upstream", "info", "room=100001"), entry("odd", "warn")]);
  tail.append(WEB, [
    entry("child_died", "error", "child=media"),
    { ...entry("started"), role: "supervisor" },
  ]);
  assert.equal(read(tail, { level: "warn" }).events, "odd child_died");
  assert.equal(read(tail, { role: "web" }).events, "child_died");
  assert.equal(read(tail, { role: "supervisor" }).events, "started");
  assert.equal(read(tail, { text: "ROOM=1" }).events, "flv_upstream");
  assert.equal(read(tail, { text: "edge@" }).events, "flv_upstream odd");
  assert.deepEqual(read(tail, { after: 0, text: "nothing" }), { events: "", next: 4, dropped: 0 });
});

Deno.test("LogTail drops the oldest above its lines and its bytes and says how many", () => {
  const tail = new LogTail({ startedAtMs: 0, maxLines: 3 });
  tail.append(EDGE, ["a", "b", "c", "d", "e"].map((event) => entry(event)));
  assert.deepEqual(read(tail, { after: 1 }), { events: "c d e", next: 5, dropped: 1 });
  const small = new LogTail({ startedAtMs: 0, maxBytes: 1_000 });
  small.append(EDGE, ["a", "b", "c"].map((event) => entry(event, "info", "x".repeat(200))));
  assert.deepEqual(read(small, { after: 0 }), { events: "c", next: 3, dropped: 2 });
});

Deno.test("LogTail begins anew for who read from a web before it", () => {
  const tail = new LogTail({ startedAtMs: 100 });
  tail.append(EDGE, [entry("a")]);
  assert.deepEqual(read(tail, { after: 7 }), { events: "a", next: 100_001, dropped: 0 });
  assert.deepEqual(read(tail, { after: 9e15 }), { events: "a", next: 100_001, dropped: 0 });
});
