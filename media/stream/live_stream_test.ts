import assert from "node:assert/strict";
import { Metrics } from "../../platform/metrics.ts";
import { silentLogger } from "../../platform/log.ts";
import type { StreamItem } from "../access_unit.ts";
import type { Publisher, Reader } from "./contract.ts";
import { GRACE_MS, LiveStream } from "./live_stream.ts";
import { streamMetrics } from "./metrics.ts";
import {
  audioTrack,
  ManualClock,
  metadata,
  MS,
  picture,
  publishRequest,
  sound,
  tracksItem,
  videoTrack,
} from "./testing.ts";

function harness() {
  const clock = new ManualClock();
  const seen = { opened: 0, changes: 0, ended: 0 };
  const stream = new LiveStream({
    room: "100001",
    clock,
    log: silentLogger,
    metrics: streamMetrics(new Metrics("test")),
    onOpen: () => seen.opened++,
    onChange: () => seen.changes++,
    onEnded: () => seen.ended++,
  });
  return { clock, seen, stream };
}

function goLive(publisher: Publisher, startMs = 0) {
  publisher.write(metadata({ videocodecid: 7, audiocodecid: 10, encoder: "obs" }));
  publisher.write(tracksItem(videoTrack(), audioTrack()));
  publisher.write(picture(startMs, { key: true }));
  publisher.write(sound(startMs + 10));
}

function open(stream: LiveStream, options: { maxQueueBytes?: number } = {}): Reader {
  const reader = stream.read({
    protocol: "flv",
    remoteAddress: "192.0.2.9",
    onReadable: () => {},
    ...options,
  });
  assert.ok(reader);
  return reader;
}

function words(items: readonly StreamItem[]): string[] {
  return items.map((item) => {
    if (item.kind === "tracks") return item.discontinuity ? "TRACKS!" : "TRACKS";
    if (item.kind === "metadata") return "meta";
    return (item.kind === "audio" ? "a" : item.keyFrame ? "V" : "v") + item.dts / MS;
  });
}

Deno.test("LiveStream opens with the first key frame and gives readers the cached group", () => {
  const { stream, seen } = harness();
  const publisher = stream.attach(publishRequest());
  assert.equal(stream.state, "opening");
  assert.equal(
    stream.read({ protocol: "flv", remoteAddress: "", onReadable: () => {} }),
    null,
  );
  goLive(publisher, 700);
  assert.equal(stream.state, "live");
  assert.equal(seen.opened, 1);
  publisher.write(picture(733));
  assert.deepEqual(words(open(stream).take()), ["TRACKS", "meta", "V0", "a10", "v33"]);
});

Deno.test("LiveStream tells the old publisher and its viewers of a take-over", () => {
  const { clock, stream } = harness();
  const first = stream.attach(publishRequest());
  goLive(first);
  const reader = open(stream);
  reader.take();
  clock.advance(500);
  const second = stream.attach(publishRequest({ remoteAddress: "192.0.2.2" }));
  assert.equal(first.signal.reason, "taken_over");
  first.write(picture(533, { key: true }));
  first.end("connection_lost");
  assert.equal(stream.state, "live");
  goLive(second, 90_000);
  assert.deepEqual(words(reader.take()), ["TRACKS!", "meta", "V510", "a520"]);
  const report = stream.report({ llhls: true, hls: true });
  assert.equal(report?.reconnects, 1);
  assert.equal(report?.remoteAddress, "192.0.2.2");
  assert.equal(report?.encoder, "obs");
});

Deno.test("LiveStream takes neither a take-over nor a pause of the publisher for a bad upload", () => {
  const { clock, stream } = harness();
  const publish = (startMs: number) => {
    const publisher = stream.attach(publishRequest());
    goLive(publisher, startMs);
    for (let i = 1; i < 300; i++) {
      clock.advance(i % 3 === 0 ? 34 : 33);
      publisher.write(picture(startMs + Math.round(i * 100 / 3), { key: i % 60 === 0 }));
    }
    return publisher;
  };
  const health = () => {
    const report = stream.report({ llhls: true, hls: true })!;
    return [report.droppedFrames, report.droppedFramesRecently, report.video?.bFrameDelayMs];
  };
  const first = publish(700);
  assert.deepEqual(health(), [0, 0, 0]);
  first.end("connection_lost");
  clock.advance(4000);
  // Its clock stands elsewhere, and it is taken over in the middle of a group.
  publish(4_000_000);
  publish(90);
  assert.deepEqual(health(), [0, 0, 0]);
  assert.ok(stream.report({ llhls: true, hls: true })!.uploadLagMs <= 1);
});

Deno.test("LiveStream gives its newest key frame until it ends", () => {
  const { clock, stream } = harness();
  const openedAtMs = clock.now();
  const newest = () => stream.keyFrame;
  const publisher = stream.attach(publishRequest());
  assert.equal(newest(), null);
  goLive(publisher, 700);
  assert.equal(newest()?.shownAtMs, openedAtMs);
  publisher.write(picture(2700, { key: true, shiftMs: 66 }));
  publisher.write(picture(2733));
  assert.equal(newest()?.shownAtMs, openedAtMs + 2066);
  assert.equal(newest()?.track.codec, "h264");
  publisher.end("connection_lost");
  assert.notEqual(newest(), null);
  // Sound alone has none, and what was shown before is not its picture.
  const next = stream.attach(publishRequest());
  next.write(tracksItem(null, audioTrack()));
  next.write(sound(0));
  clock.advance(2000);
  next.write(sound(2000));
  assert.equal(stream.state, "live");
  assert.equal(newest(), null);
  stream.end("ended");
  assert.equal(newest(), null);
});

Deno.test("LiveStream waits ten seconds for a publisher that dropped", () => {
  const { clock, stream, seen } = harness();
  const first = stream.attach(publishRequest());
  goLive(first);
  const reader = open(stream);
  reader.take();
  first.end("connection_lost");
  assert.equal(stream.state, "waiting");
  assert.equal(stream.report({ llhls: true, hls: true })?.state, "waiting");
  clock.advance(3000);
  const second = stream.attach(publishRequest());
  goLive(second);
  assert.equal(stream.state, "live");
  assert.deepEqual(words(reader.take()), ["TRACKS!", "meta", "V3010", "a3020"]);
  assert.equal(clock.pending, 0);

  second.end("connection_lost");
  clock.advance(GRACE_MS - 1);
  assert.equal(stream.state, "waiting");
  clock.advance(1);
  assert.equal(stream.state, "ended");
  assert.equal(reader.ended, true);
  assert.equal(seen.ended, 1);
});

Deno.test("LiveStream ends at once when it is unpublished, closed, or never began", () => {
  const unpublished = harness();
  const publisher = unpublished.stream.attach(publishRequest());
  goLive(publisher);
  publisher.end("unpublished");
  assert.equal(unpublished.stream.state, "ended");

  const closed = harness();
  const cut = closed.stream.attach(publishRequest());
  goLive(cut);
  closed.stream.end("cut_off");
  assert.equal(cut.signal.reason, "cut_off");
  assert.equal(closed.seen.ended, 1);

  const empty = harness();
  empty.stream.attach(publishRequest()).end("connection_lost");
  assert.equal(empty.stream.state, "ended");
  assert.equal(empty.clock.pending, 0);
});

Deno.test("LiveStream abandon() breaks readers off without an end", () => {
  const { stream, seen } = harness();
  const publisher = stream.attach(publishRequest());
  goLive(publisher);
  const reader = open(stream);
  let ended = false;
  stream.listen({ push: () => {}, end: () => ended = true });
  stream.abandon();
  assert.equal(publisher.signal.reason, "draining");
  assert.equal(reader.ended, false);
  assert.equal(ended, false);
  assert.equal(seen.ended, 0);
});

Deno.test("LiveStream begins anew across a jump of the publisher's clock", () => {
  const { clock, stream } = harness();
  const publisher = stream.attach(publishRequest());
  goLive(publisher, 100_000);
  const reader = open(stream);
  reader.take();
  clock.advance(100);
  publisher.write(picture(50));
  publisher.write(sound(60));
  publisher.write(picture(83, { key: true }));
  assert.deepEqual(words(reader.take()), ["TRACKS!", "meta", "V110"]);
});

Deno.test("LiveStream ends a session whose clock jumps all the time", () => {
  const { stream } = harness();
  const publisher = stream.attach(publishRequest());
  goLive(publisher);
  for (let i = 0; i < 20; i++) publisher.write(picture(i % 2 * 60_000, { key: true }));
  assert.equal(publisher.signal.reason, "malformed");
  assert.equal(stream.state, "waiting");
});

Deno.test("LiveStream goes on when a listener or a reader fails", () => {
  const { stream } = harness();
  const publisher = stream.attach(publishRequest());
  goLive(publisher);
  let ends = 0;
  let pushes = 0;
  stream.listen({
    push: (item) => {
      if (item.kind === "video") throw new Error("broken");
    },
    end: () => ends++,
  });
  stream.listen({ push: () => pushes++, end: () => {} });
  publisher.write(picture(33));
  publisher.write(picture(66));
  assert.equal(ends, 1);
  assert.equal(pushes, 3);
});

Deno.test("a reader that never takes costs the publisher nothing and others lose nothing", () => {
  const { stream, clock } = harness();
  const publisher = stream.attach(publishRequest());
  goLive(publisher);
  const slow = open(stream, { maxQueueBytes: 50_000 });
  const quick = open(stream);
  let taken = quick.take().filter((item) => item.kind === "video").length;
  for (let i = 1; i <= 3000; i++) {
    publisher.write(picture(10 + i * 33, { key: i % 60 === 0, bytes: 5000 }));
    clock.advance(33);
    taken += quick.take().filter((item) => item.kind === "video").length;
  }
  assert.equal(taken, 3001);
  const waiting = slow.take();
  const bytes = waiting.reduce((sum, item) => sum + ("data" in item ? item.data.length : 0), 0);
  assert.ok(bytes <= 50_000);
  const units = waiting.filter((item) => item.kind === "video");
  assert.ok(units.length === 0 || units[0].keyFrame);
  assert.equal(slow.dropped + units.length, 3001);
});

Deno.test("LiveStream bounds metadata", () => {
  const { stream } = harness();
  const publisher = stream.attach(publishRequest());
  const values: Record<string, string> = {};
  for (let i = 0; i < 500; i++) values[`name${i}`] = "x".repeat(5000);
  publisher.write(metadata(values));
  publisher.write(tracksItem(videoTrack(), audioTrack()));
  publisher.write(picture(0, { key: true }));
  const kept = stream.description.metadata?.values ?? {};
  assert.equal(Object.keys(kept).length, 64);
  assert.equal(kept.name0, "x".repeat(1024));
});

Deno.test("LiveStream asks for a key frame where it needs one, twice a second at most", () => {
  const { clock, stream } = harness();
  let wishes = 0;
  const publisher = stream.attach(publishRequest({ wishKeyFrame: () => wishes++ }));
  publisher.write(tracksItem(videoTrack(), audioTrack()));
  // The first key frame was lost on the way.
  for (let ms = 0; ms < 900; ms += 30) {
    publisher.write(picture(ms));
    clock.advance(30);
  }
  assert.equal(wishes, 2);
  publisher.write(picture(900, { key: true }));
  for (let ms = 930; ms < 2790; ms += 30) {
    publisher.write(picture(ms));
    clock.advance(30);
  }
  assert.equal(wishes, 2);
  publisher.write(picture(2820));
  assert.equal(wishes, 3);
  publisher.end("connection_lost");
  clock.advance(1000);
  stream.wishKeyFrame();
  assert.equal(wishes, 3, "nobody is there to ask");
});
