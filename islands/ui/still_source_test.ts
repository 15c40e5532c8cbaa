import assert from "node:assert/strict";
import { findStillParts } from "./still_source.ts";

const PLAYLIST = [
  "#EXTM3U",
  '#EXT-X-MAP:URI="e1/init0.mp4"',
  '#EXT-X-PART:DURATION=0.333,URI="e1/10.0.m4s",INDEPENDENT=YES',
  '#EXT-X-PART:DURATION=0.333,URI="e1/10.1.m4s"',
  "#EXTINF:2,",
  "e1/10.m4s",
  "#EXT-X-DISCONTINUITY",
  '#EXT-X-MAP:URI="e1/init1.mp4"',
  '#EXT-X-PART:DURATION=0.333,URI="e1/11.0.m4s",INDEPENDENT=YES',
  '#EXT-X-PART:DURATION=0.333,URI="e1/11.1.m4s"',
  '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="e1/11.2.m4s"',
];

Deno.test("findStillParts() takes the newest part that begins with a key frame", () => {
  const found = { init: "e1/init1.mp4", part: "e1/11.0.m4s" };
  assert.deepEqual(findStillParts(PLAYLIST.join("\n")), found);
});

Deno.test("findStillParts() finds nothing where there is nothing to decode", () => {
  assert.equal(findStillParts(""), null);
  assert.equal(findStillParts("not a playlist"), null);
  assert.equal(findStillParts(PLAYLIST.filter((line) => !line.includes("PART:")).join("\n")), null);
  assert.equal(findStillParts(PLAYLIST.filter((line) => !line.includes("MAP")).join("\n")), null);
});
