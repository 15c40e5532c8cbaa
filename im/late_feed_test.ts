import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { Feed, FeedSink } from "./feed.ts";
import { DEFAULT_IM_SETTINGS } from "./settings.ts";
import { LateFeed } from "./late_feed.ts";

/** A feed that answers every follower at once. */
function feedOf(log: string[]): Feed {
  return {
    settings: { ...DEFAULT_IM_SETTINGS, batchMs: 700 },
    onSettings: () => () => {},
    follow(channel, sink) {
      log.push(`follow ${channel}`);
      sink.onSlice({ messages: [], head: 0, gap: false });
      return () => log.push(`unfollow ${channel}`);
    },
    close() {
      log.push("close");
      return Promise.resolve();
    },
  };
}

Deno.test("LateFeed is away until it is open, and then follows what is still wanted", async () => {
  const log: string[] = [];
  const failures: string[] = [];
  let attempts = 0;
  const opened = Promise.withResolvers<void>();
  const late = new LateFeed({
    open() {
      if (++attempts < 3) return Promise.reject(new Error(`attempt ${attempts}`));
      return opened.promise.then(() => feedOf(log));
    },
    onFailure: (error) => failures.push(error.message),
    retryMs: 1,
  });
  const sink = (name: string): FeedSink => ({
    onAway: (away) => log.push(`${name} ${away ? "away" : "back"}`),
    onSlice: () => log.push(`${name} slice`),
    onMissing: () => log.push(`${name} missing`),
  });
  late.follow("100001", sink("a"));
  late.follow("100002", sink("b"))();
  strictEqual(late.settings.batchMs, DEFAULT_IM_SETTINGS.batchMs);
  const told: number[] = [];
  late.onSettings(({ batchMs }) => told.push(batchMs));
  while (attempts < 3) await new Promise((resolve) => setTimeout(resolve, 2));
  opened.resolve();
  await new Promise((resolve) => setTimeout(resolve, 2));
  const end = late.follow("@everyone", sink("c"));
  end();
  deepStrictEqual(failures, ["attempt 1", "attempt 2"]);
  deepStrictEqual([late.settings.batchMs, told], [700, [700]]);
  deepStrictEqual(log, [
    "a away",
    "a back",
    "follow 100001",
    "a slice",
    "follow @everyone",
    "c slice",
    "unfollow @everyone",
  ]);
  await late.close();
  strictEqual(log.at(-1), "close");
});

Deno.test("LateFeed.close() ends the attempts", async () => {
  const late = new LateFeed({
    open: () => Promise.reject(new Error("away")),
    onFailure: () => {},
    retryMs: 60_000,
  });
  await late.close();
});
