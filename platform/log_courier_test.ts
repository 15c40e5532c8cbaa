import assert from "node:assert/strict";
import type { LogEntry } from "./log.ts";
import { LogCourier } from "./log_courier.ts";

const event = (event: string): LogEntry => ({ atMs: 1, level: "info", event, text: "" });

Deno.test("LogCourier keeps events until a child is ready, then hands them to the first", () => {
  const courier = new LogCourier();
  courier.take(event("early"));
  const told: string[][] = [[], []];
  const ready = [false, false];
  courier.carriers = told.map((lines, index) => ({
    tell: (line) => ready[index] && lines.push(line) > 0,
  }));
  courier.take(event("still early"));
  assert.deepEqual(told, [[], []]);
  ready[1] = true;
  courier.deliver();
  assert.equal(told[1].length, 2);
  assert.match(told[1][0], /^log \{.*"early"/);
  ready[0] = true;
  courier.take(event("late"));
  assert.equal(told[0].length, 1);
});

Deno.test("LogCourier drops the oldest of more than 200 waiting events", () => {
  const courier = new LogCourier();
  for (let i = 1; i <= 205; i++) courier.take(event(`e${i}`));
  const lines: string[] = [];
  courier.carriers = [{ tell: (line) => lines.push(line) > 0 }];
  assert.equal(lines.length, 200);
  assert.match(lines[0], /"e6"/);
});
