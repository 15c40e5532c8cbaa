import assert from "node:assert/strict";
import { MS } from "./testing.ts";
import { UploadLag } from "./upload_lag.ts";

const START_MS = 1_750_000_000_000;

/** Feeds 30 frames a second for `seconds`; `delayMs` says how late each one comes. */
function feed(lag: UploadLag, seconds: number, delayMs: (atMs: number) => number): number {
  for (let i = 0; i < seconds * 30; i++) {
    const atMs = i * 1000 / 30;
    lag.note(atMs * MS, START_MS + atMs + delayMs(atMs));
  }
  return START_MS + seconds * 1000;
}

Deno.test("UploadLag is 0 on a steady upload, however long it takes", () => {
  const lag = new UploadLag();
  assert.equal(lag.recentMs(START_MS), 0);
  assert.ok(lag.recentMs(feed(lag, 10, () => 700)) < 0.01);
});

Deno.test("UploadLag shows the worst of the last five seconds above the best", () => {
  const lag = new UploadLag();
  const nowMs = feed(lag, 20, (atMs) => 40 + (atMs >= 18_000 && atMs < 18_100 ? 400 : 0));
  assert.equal(Math.round(lag.recentMs(nowMs)), 400);
  assert.equal(Math.round(lag.recentMs(nowMs + 2_000)), 400);
  assert.equal(lag.recentMs(nowMs + 4_000), 0);
});

Deno.test("UploadLag takes a delay that stays for the usual one after half a minute", () => {
  const lag = new UploadLag();
  const nowMs = feed(lag, 60, (atMs) => atMs < 10_000 ? 0 : 500);
  assert.ok(lag.recentMs(nowMs) < 0.01);
});

Deno.test("UploadLag knows nothing after a silence or another clock", () => {
  const lag = new UploadLag();
  const nowMs = feed(lag, 10, (atMs) => atMs % 300);
  assert.ok(lag.recentMs(nowMs) > 200);
  assert.equal(lag.recentMs(nowMs + 120_000), 0);
  feed(lag, 5, (atMs) => atMs % 300);
  lag.restart();
  assert.equal(lag.recentMs(nowMs), 0);
});
