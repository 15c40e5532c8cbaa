import assert from "node:assert/strict";
import { silentLogger } from "../../../platform/log.ts";
import { refusal, type RtcRefusal } from "../refusal.ts";
import type { Hub, HubFeed, HubViewer } from "./hub.ts";
import { Hubs, type PullOutcome } from "./hubs.ts";
import type { FeedDescription } from "./packet.ts";

const H264: FeedDescription = {
  video: { codec: "h264", clockRate: 90_000, layers: 1 },
  audio: null,
};

interface Running {
  readonly feed: HubFeed;
  readonly end: (outcome: PullOutcome) => void;
  readonly signal: AbortSignal;
}

/** Hubs whose pulls are ended by the test; `live` says whether the next one finds a stream. */
class TestHubs {
  readonly pulls: Running[] = [];
  readonly hubs: Hubs;
  live = true;
  refuse: RtcRefusal | null = null;

  constructor() {
    this.hubs = new Hubs({
      pull: (hub, signal) => this.#pull(hub, signal),
      now: () => performance.now(),
      log: silentLogger,
      times: { graceMs: 60, lingerMs: 20, describeWithinMs: 200, retryMs: 5 },
    });
  }

  #pull(hub: Hub, signal: AbortSignal): Promise<PullOutcome> {
    if (this.refuse !== null) return Promise.resolve(this.refuse);
    if (!this.live) return Promise.resolve("not_live");
    const { promise, resolve } = Promise.withResolvers<PullOutcome>();
    const feed = hub.attach({ origin: "flv", requestKeyFrame: () => {}, onDetached: () => {} });
    signal.addEventListener("abort", () => resolve("failed"));
    this.pulls.push({
      feed,
      signal,
      end: (outcome) => {
        feed.detach(null);
        resolve(outcome);
      },
    });
    feed.describe(H264);
    return promise;
  }

  [Symbol.dispose](): void {
    this.hubs.stop();
  }
}

function viewer(): HubViewer & { readonly ended: string[] } {
  const ended: string[] = [];
  return { ended, onFeed: () => {}, onPacket: () => {}, onEnd: (reason) => ended.push(reason) };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

Deno.test("Hubs pull a room once, whoever watches, and not for longer than that", async () => {
  using test = new TestHubs();
  const [a, b] = await Promise.all([test.hubs.watch("1"), test.hubs.watch("1")]);
  assert.ok(a !== null && a !== "busy" && a === b);
  assert.equal(test.pulls.length, 1);
  const someone = viewer();
  a.join(someone);
  await pause(40);
  assert.equal(test.pulls[0]!.signal.aborted, false);
  a.leave(someone);
  await pause(40);
  assert.equal(test.pulls[0]!.signal.aborted, true);
  assert.equal(test.hubs.size, 0);
});

Deno.test("Hubs say at once that a room is not live", async () => {
  using test = new TestHubs();
  test.live = false;
  assert.equal(await test.hubs.watch("1"), null);
});

Deno.test("Hubs end viewers when the stream ended, and pull again when it was lost", async () => {
  using test = new TestHubs();
  const hub = await test.hubs.watch("1") as Hub;
  const someone = viewer();
  hub.join(someone);
  test.pulls[0]!.end("failed");
  await pause(20);
  assert.equal(test.pulls.length, 2);
  assert.deepEqual(someone.ended, []);
  test.pulls[1]!.end("ended");
  await pause(1);
  assert.deepEqual(someone.ended, ["stream_ended"]);
});

Deno.test("Hubs give up a stream that does not come back", async () => {
  using test = new TestHubs();
  const hub = await test.hubs.watch("1") as Hub;
  const someone = viewer();
  hub.join(someone);
  test.live = false;
  test.pulls[0]!.end("failed");
  await pause(120);
  assert.deepEqual(someone.ended, ["stream_ended"]);
});

Deno.test("Hubs take a publisher of this process instead of pulling, and wait for it when it dropped", async () => {
  using test = new TestHubs();
  const hub = test.hubs.publish("1")!;
  const control = { origin: "whip", requestKeyFrame: () => {}, onDetached: () => {} } as const;
  const feed = hub.attach(control);
  feed.describe(H264);
  assert.equal(await test.hubs.watch("1"), hub);
  const someone = viewer();
  hub.join(someone);
  test.hubs.publisherLeft("1", { feed: feed, how: "dropped" });
  await pause(30);
  assert.deepEqual(someone.ended, []);
  const again = hub.attach(control);
  again.describe(H264);
  await pause(60);
  assert.deepEqual(someone.ended, []);
  test.hubs.publisherLeft("1", { feed: again, how: "unpublished" });
  assert.deepEqual(someone.ended, ["stream_ended"]);
  assert.equal(test.pulls.length, 0);
});

Deno.test("Hubs pull when somebody publishes elsewhere, and end viewers of a publisher that stays away", async () => {
  using test = new TestHubs();
  const hub = test.hubs.publish("1")!;
  const control = { origin: "whip", requestKeyFrame: () => {}, onDetached: () => {} } as const;
  const someone = viewer();
  const feed = hub.attach(control);
  feed.describe(H264);
  hub.join(someone);
  test.hubs.publisherLeft("1", { feed: feed, how: "elsewhere" });
  assert.equal(test.pulls.length, 1);
  const back = hub.attach(control);
  back.describe(H264);
  test.hubs.publisherLeft("1", { feed: back, how: "dropped" });
  await pause(120);
  assert.deepEqual(someone.ended, ["stream_ended"]);
});

Deno.test("Hubs pass on why media cannot give a stream to WebRTC", async () => {
  using test = new TestHubs();
  test.refuse = refusal(503, { code: "ffmpeg_missing", title: "No", detail: "There is no ffmpeg" });
  await assert.rejects(test.hubs.watch("1"), (error: unknown) => error === test.refuse);
  test.refuse = null;
  assert.ok(await test.hubs.watch("1") !== null);
});
