import assert from "node:assert/strict";
import { isNeutral, isTestFile, mayImport } from "./layers.ts";

Deno.test("mayImport() lets the composition root and tests import everything", () => {
  assert.equal(mayImport("main.ts", "edge/node/mod.ts"), true);
  assert.equal(mayImport("media/codec/h264_test.ts", "store/sqlite/mod.ts"), true);
});

Deno.test("mayImport() refuses what turns a layer upside down", () => {
  assert.equal(mayImport("platform/log.ts", "rooms/model.ts"), false);
  assert.equal(mayImport("media/ingest/rtmp.ts", "media/egress/rtmp.ts"), false);
  assert.equal(mayImport("media/transport/rtmp/session.ts", "media/stream/contract.ts"), false);
  assert.equal(mayImport("routes/app.ts", "store/sqlite/mod.ts"), false);
  assert.equal(mayImport("media/origin.ts", "rooms/model.ts"), false);
  assert.equal(mayImport("edge/relay.ts", "media/stream/registry.ts"), false);
  assert.equal(mayImport("client/mod.ts", "islands/ui/poll.ts"), false);
});

Deno.test("mayImport() allows the directions of the architecture", () => {
  assert.equal(mayImport("edge/flv_relay.ts", "media/container/flv/tag_parser.ts"), true);
  assert.equal(mayImport("store/sqlite/mod.ts", "rooms/repository.ts"), true);
  assert.equal(mayImport("islands/ui/api.ts", "client/mod.ts"), true);
  assert.equal(mayImport("media/ingest/rtmp.ts", "media/stream/contract.ts"), true);
});

Deno.test("isNeutral() and isTestFile() know their files", () => {
  assert.equal(isNeutral("edge/relay.ts"), true);
  assert.equal(isNeutral("client/mod.ts"), true);
  assert.equal(isNeutral("edge/node/mod.ts"), false);
  assert.equal(isNeutral("media/transport/webrtc/rtp.ts"), true);
  assert.equal(isNeutral("media/transport/rtmp/server.ts"), false);
  assert.equal(isNeutral("media/codec/h264_test.ts"), false);
  assert.equal(isTestFile("bench/fanout.ts"), true);
});
