import assert from "node:assert/strict";
import type { StreamItem, Tracks } from "../access_unit.ts";
import { MAX_HELD_BYTES, TrackGate } from "./track_gate.ts";
import { audioTrack, metadata, picture, sound, tracksItem, videoTrack } from "./testing.ts";

/** Feeds a gate and writes down what comes out: `begin:va`, `V5` (key), `v5`, `a5`. */
function harness() {
  const out: string[] = [];
  const gate = new TrackGate({
    begin: ({ tracks, rebase }) => out.push(`${rebase ? "begin" : "change"}:${letters(tracks)}`),
    unit: (unit) => {
      const letter = unit.kind === "audio" ? "a" : unit.keyFrame ? "V" : "v";
      out.push(letter + unit.dts / 90);
    },
  });
  const feed = (nowMs: number, ...items: StreamItem[]) => {
    for (const item of items) {
      if (item.kind === "tracks") gate.tracks(item.tracks, nowMs);
      else if (item.kind === "metadata") gate.metadata(item, nowMs);
      else gate.unit(item, nowMs);
    }
  };
  return { gate, out, feed };
}

function letters(tracks: Tracks): string {
  return (tracks.video ? "v" : "") + (tracks.audio ? "a" : "");
}

Deno.test("TrackGate begins at the first key frame when both tracks are known", () => {
  const { out, feed } = harness();
  feed(0, tracksItem(videoTrack(), null), picture(0, { key: true }));
  assert.deepEqual(out, []);
  feed(30, tracksItem(videoTrack(), audioTrack()), sound(10), picture(33));
  assert.deepEqual(out, ["begin:va", "V0", "a10", "v33"]);
});

Deno.test("TrackGate leaves out what comes before the first key frame", () => {
  const { gate, out, feed } = harness();
  feed(0, tracksItem(videoTrack(), audioTrack()), sound(0), picture(0), sound(23));
  feed(40, picture(33, { key: true }), sound(46));
  assert.deepEqual(out, ["begin:va", "V33", "a46"]);
  assert.equal(gate.dropped, 3);
});

Deno.test("TrackGate waits one second for a second track, then takes what there is", () => {
  const { out, feed } = harness();
  feed(0, tracksItem(videoTrack(), null), picture(0, { key: true }));
  feed(999, picture(990));
  assert.deepEqual(out, []);
  feed(1000, picture(1000));
  assert.deepEqual(out, ["begin:v", "V0", "v990", "v1000"]);
});

Deno.test("TrackGate does not wait for a track that the metadata does not name", () => {
  const { out, feed } = harness();
  feed(0, metadata({ videocodecid: 7 }), tracksItem(videoTrack(), null));
  feed(0, picture(0, { key: true }));
  assert.deepEqual(out, ["begin:v", "V0"]);
});

Deno.test("TrackGate waits for a track that the metadata names", () => {
  const { out, feed } = harness();
  feed(0, metadata({ videocodecid: 7, audiocodecid: 10 }), tracksItem(null, audioTrack()));
  feed(500, sound(0), sound(23));
  assert.deepEqual(out, []);
  feed(600, tracksItem(videoTrack(), audioTrack()), picture(30, { key: true }));
  assert.deepEqual(out, ["begin:va", "V30"]);
});

Deno.test("TrackGate begins audio alone with its first held frame", () => {
  const { out, feed } = harness();
  feed(0, tracksItem(null, audioTrack()), sound(0), sound(23));
  feed(1100, sound(46));
  assert.deepEqual(out, ["begin:a", "a0", "a23", "a46"]);
});

Deno.test("TrackGate brings in a late track at the next key frame", () => {
  const { out, feed } = harness();
  feed(0, metadata({ videocodecid: 7 }), tracksItem(videoTrack(), null));
  feed(0, picture(0, { key: true }));
  feed(2000, tracksItem(videoTrack(), audioTrack()), sound(2000), picture(2000));
  assert.deepEqual(out, ["begin:v", "V0", "v2000"]);
  feed(2033, picture(2033, { key: true }), sound(2040));
  assert.deepEqual(out.slice(3), ["change:va", "V2033", "a2040"]);
});

Deno.test("TrackGate leaves out pictures of a new configuration before its key frame", () => {
  const { out, feed } = harness();
  feed(0, tracksItem(videoTrack(), audioTrack()), picture(0, { key: true }));
  feed(33, tracksItem(videoTrack(2), audioTrack()), picture(33), sound(40));
  assert.deepEqual(out, ["begin:va", "V0", "a40"]);
  feed(66, picture(66, { key: true }));
  assert.deepEqual(out.slice(3), ["change:va", "V66"]);
});

Deno.test("TrackGate passes over tracks that are said again", () => {
  const { out, feed } = harness();
  feed(0, tracksItem(videoTrack(), audioTrack()), picture(0, { key: true }));
  feed(33, tracksItem(videoTrack(), audioTrack()), picture(33));
  assert.deepEqual(out, ["begin:va", "V0", "v33"]);
});

Deno.test("TrackGate begins anew at a key frame after resync()", () => {
  const { gate, out, feed } = harness();
  feed(0, tracksItem(videoTrack(), audioTrack()), picture(0, { key: true }));
  gate.resync();
  feed(33, picture(90_000), sound(90_000));
  feed(66, picture(90_033, { key: true }), sound(90_040));
  assert.deepEqual(out, ["begin:va", "V0", "begin:va", "V90033", "a90040"]);
});

Deno.test("TrackGate holds no more than its bound", () => {
  const { gate, out, feed } = harness();
  const bytes = MAX_HELD_BYTES / 4;
  feed(0, tracksItem(videoTrack(), null));
  for (let i = 0; i < 5; i++) feed(0, picture(i, { key: i === 0, bytes }));
  assert.deepEqual(out, ["begin:v", "V0", "v1", "v2", "v3", "v4"]);

  const unknown = harness();
  for (let i = 0; i < 5; i++) unknown.feed(0, picture(i, { key: true, bytes }));
  assert.deepEqual(unknown.out, []);
  assert.equal(unknown.gate.dropped, 5);
  assert.equal(gate.dropped, 0);
});

Deno.test("TrackGate leaves out units of a track that is not there", () => {
  const { gate, out, feed } = harness();
  feed(0, metadata({ videocodecid: 7 }), tracksItem(videoTrack(), null));
  feed(0, picture(0, { key: true }), sound(10), picture(33));
  assert.deepEqual(out, ["begin:v", "V0", "v33"]);
  assert.equal(gate.dropped, 1);
});
