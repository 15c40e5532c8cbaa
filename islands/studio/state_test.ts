import assert from "node:assert/strict";
import { streamFigures } from "../ui/room_data.ts";
import type { BroadcastFigures, Running, StudioSnapshot } from "./snapshot.ts";
import { afterBroadcasts, afterLook, MAX_POINTS, stateOf } from "./state.ts";

const REPORT = {
  state: "live",
  startedAtMs: 10_000,
  protocol: "rtmp",
  encoder: null,
  video: null,
  audio: null,
  bitrateKbps: 2_000,
  droppedFrames: 0,
  droppedFramesRecently: 0,
  uploadLagMs: 0,
  reconnects: 0,
  outputs: { llhls: true, hls: true },
};
const SILENT: Running = {
  stream: null,
  viewers: 0,
  viewersByProtocol: { flv: 0, ws: 0, hls: 0, rtmp: 0, whep: 0 },
  heldUntilMs: null,
};
const running = (change: object = {}): Running => ({
  ...SILENT,
  stream: streamFigures({ ...REPORT, ...change }),
});
const SNAPSHOT: StudioSnapshot = {
  ...SILENT,
  roomId: "100001",
  ownerName: "Lin",
  room: { title: "Tea", description: "", category: null, cover: null, nextLiveAtMs: null },
  nowMs: 11_000,
};
const over = (change: Partial<BroadcastFigures> = {}): BroadcastFigures => ({
  startedAtMs: 10_000,
  endedAtMs: 20_000,
  durationMs: 10_000,
  peakViewers: 3,
  averageViewers: 2,
  averageKbps: 2_000,
  droppedFrames: 0,
  reconnects: 0,
  ...change,
});

Deno.test("afterLook() gathers points of one broadcast, at most five minutes", () => {
  let state = stateOf(SNAPSHOT);
  for (let i = 0; i < MAX_POINTS + 10; i++) {
    state = afterLook(state, running({ bitrateKbps: i }), 18_000 + i * 2_000);
  }
  assert.equal(state.points.length, MAX_POINTS);
  assert.equal(state.points.at(-1)?.bitrateKbps, MAX_POINTS + 9);
  state = afterLook(state, running({ startedAtMs: 900_000 }), 901_000);
  assert.equal(state.points.length, 1, "another broadcast starts anew");
});

Deno.test("afterLook() draws nothing of a stream that is still being measured", () => {
  const young = afterLook(stateOf(SNAPSHOT), running(), 16_000);
  const settled = afterLook(young, running(), 16_001);
  assert.deepEqual(settled.points.map(({ bitrateKbps }) => bitrateKbps), [null, 2_000]);
});

Deno.test("afterLook() sees the end of a broadcast once, and forgets it with the next", () => {
  let state = afterLook(stateOf(SNAPSHOT), SILENT, 12_000);
  assert.equal(state.ended, null, "nothing ended: nothing ran");
  state = afterLook(state, running(), 13_000);
  state = afterLook(state, running({ state: "waiting" }), 14_000);
  assert.equal(state.ended, null, "the publisher may come back");
  state = afterLook(state, SILENT, 25_000);
  assert.deepEqual(state.ended, { startedAtMs: 10_000, figures: null });
  assert.deepEqual(state.points, []);
  state = afterLook(state, SILENT, 27_000);
  assert.deepEqual(state.ended, { startedAtMs: 10_000, figures: null });
  state = afterLook(state, running({ startedAtMs: 28_000 }), 29_000);
  assert.equal(state.ended, null);
});

Deno.test("afterLook() forgives failures that are over", () => {
  const failed = { ...stateOf(SNAPSHOT), failures: 5, signedOut: true };
  const { failures, signedOut } = afterLook(failed, SILENT, 12_000);
  assert.deepEqual({ failures, signedOut }, { failures: 0, signedOut: false });
});

Deno.test("afterBroadcasts() takes the figures of the one that ended, once it is written", () => {
  const live = afterLook(stateOf(SNAPSHOT), running(), 13_000);
  const ended = afterLook(live, SILENT, 25_000);
  const early = afterBroadcasts(ended, [over({ endedAtMs: null })], { last: false });
  assert.equal(early.ended?.figures, null);
  assert.equal(early.broadcasts?.length, 1);
  const written = afterBroadcasts(early, [over()], { last: false });
  assert.deepEqual(written.ended?.figures, over());
});

Deno.test("afterBroadcasts() makes do with what there is at the last try", () => {
  const ended = afterLook(afterLook(stateOf(SNAPSHOT), running(), 13_000), SILENT, 25_000);
  const unwritten = over({ endedAtMs: null });
  assert.deepEqual(
    afterBroadcasts(ended, [unwritten], { last: true }).ended?.figures,
    unwritten,
  );
  const other = over({ startedAtMs: 1 });
  assert.equal(afterBroadcasts(ended, [other], { last: true }).ended?.figures, "missing");
  const kept = afterBroadcasts(
    afterBroadcasts(ended, [other], { last: false }),
    null,
    { last: true },
  );
  assert.equal(kept.ended?.figures, "missing");
  assert.deepEqual(kept.broadcasts, [other], "a list that did not come takes none away");
});
