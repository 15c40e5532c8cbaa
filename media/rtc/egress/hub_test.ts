import assert from "node:assert/strict";
import { videoPacket } from "../testing.ts";
import { type FeedControl, Hub, type HubViewer } from "./hub.ts";
import type { FeedDescription } from "./packet.ts";

const H264: FeedDescription = {
  video: { codec: "h264", clockRate: 90_000, layers: 1 },
  audio: { codec: "opus", clockRate: 48_000, layers: 1 },
};

function setUp() {
  let nowMs = 0;
  const seen: string[] = [];
  const hub = new Hub("100001", { now: () => nowMs, onChange: () => {} });
  const control = (name: string): FeedControl => ({
    origin: "whip",
    requestKeyFrame: (layer) => seen.push(`${name} key ${layer}`),
    onDetached: () => seen.push(`${name} detached`),
  });
  const viewer: HubViewer = {
    onFeed: ({ video }) => seen.push(`feed ${video?.codec}`),
    onPacket: ({ sequence }) => seen.push(`packet ${sequence}`),
    onEnd: (reason) => seen.push(`end ${reason}`),
  };
  return { hub, control, viewer, seen, pass: (ms: number) => nowMs += ms };
}

Deno.test("Hub brings packets of its feed to every viewer, and none of a feed that was replaced", () => {
  const { hub, control, viewer, seen } = setUp();
  const first = hub.attach(control("a"));
  first.describe(H264);
  hub.join(viewer);
  first.write(videoPacket(1));
  const second = hub.attach(control("b"));
  assert.equal(first.isAttached, false);
  first.write(videoPacket(2));
  first.detach("stream_ended");
  second.describe(H264);
  second.write(videoPacket(3));
  assert.deepEqual(seen, ["packet 1", "a detached", "feed h264", "packet 3"]);
});

Deno.test("Hub tells viewers of other tracks, not of the same ones again", () => {
  const { hub, control, viewer, seen } = setUp();
  const feed = hub.attach(control("a"));
  feed.describe(H264);
  hub.join(viewer);
  feed.describe({ ...H264 });
  feed.describe({ ...H264, video: { ...H264.video!, codec: "vp8" } });
  assert.deepEqual(seen, ["feed vp8"]);
});

Deno.test("Hub asks for one key frame for all viewers together", () => {
  const { hub, control, seen, pass } = setUp();
  hub.requestKeyFrame(0);
  hub.attach(control("a")).describe(H264);
  for (let viewer = 0; viewer < 10; viewer++) hub.requestKeyFrame(0);
  pass(499);
  hub.requestKeyFrame(0);
  pass(1);
  hub.requestKeyFrame(0);
  assert.deepEqual(seen, ["a key 0", "a key 0"]);
});

Deno.test("Hub keeps its viewers when a feed may come back, and ends them when it ended", () => {
  const { hub, control, viewer, seen } = setUp();
  const feed = hub.attach(control("a"));
  feed.describe(H264);
  hub.join(viewer);
  feed.detach(null);
  assert.equal(hub.viewers, 1);
  assert.equal(hub.description, null);
  hub.attach(control("b")).detach("stream_ended");
  assert.deepEqual(seen, ["end stream_ended"]);
  assert.equal(hub.viewers, 0);
});
