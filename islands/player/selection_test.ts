import assert from "node:assert/strict";
import type { PlaybackUrls } from "./protocol.ts";
import { absolutePlayback, protocolUrl } from "./protocol.ts";
import {
  type Capabilities,
  chooseProtocol,
  COOL_DOWN_MS,
  MAX_COOL_DOWN_MS,
  offeredProtocols,
  rankProtocols,
  recordFailure,
  recordSuccess,
} from "./selection.ts";

const ALL: PlaybackUrls = {
  llhls: "https://a.example/live/1/index.m3u8",
  hls: "https://a.example/live/1/ts/index.m3u8",
  flv: "https://a.example/live/1.flv",
  rtmp: null,
  whep: null,
};
const CHROME: Capabilities = {
  mse: true,
  managedMediaSource: false,
  nativeHls: false,
  streamingFetch: true,
  webSocket: true,
  webRtc: true,
};
const SAFARI: Capabilities = { ...CHROME, managedMediaSource: true, nativeHls: true };
const OLD_IPHONE: Capabilities = { ...CHROME, mse: false, nativeHls: true };

function rank(change: Partial<Parameters<typeof rankProtocols>[0]> = {}) {
  return rankProtocols({
    playback: ALL,
    capabilities: CHROME,
    choice: "auto",
    latencyMode: "balanced",
    ...change,
  });
}

Deno.test("rankProtocols() starts with WS-FLV where Media Source Extensions are there", () => {
  assert.deepEqual(rank(), ["ws-flv", "llhls", "flv", "hls"]);
});

Deno.test("rankProtocols() starts with segments for a steady picture and on ManagedMediaSource", () => {
  assert.deepEqual(rank({ latencyMode: "stable" }), ["llhls", "hls", "ws-flv", "flv"]);
  assert.deepEqual(rank({ capabilities: SAFARI }), ["llhls", "hls", "ws-flv", "flv"]);
});

Deno.test("rankProtocols() leaves out what neither browser nor room has", () => {
  assert.deepEqual(rank({ capabilities: OLD_IPHONE }), ["llhls", "hls"]);
  assert.deepEqual(rank({ playback: { ...ALL, flv: null, hls: null } }), ["llhls"]);
  assert.deepEqual(rank({ capabilities: { ...OLD_IPHONE, nativeHls: false } }), []);
});

Deno.test("rankProtocols() puts the viewer's choice first and keeps the rest behind it", () => {
  assert.deepEqual(rank({ choice: "hls" }), ["hls", "ws-flv", "llhls", "flv"]);
  assert.deepEqual(rank({ choice: "flv", playback: { ...ALL, flv: null } }), ["llhls", "hls"]);
});

Deno.test("chooseProtocol() falls to the next while one cools down, and comes back", () => {
  const health = recordFailure({}, { protocol: "ws-flv", unplayable: false, nowMs: 1_000 });
  assert.equal(chooseProtocol(rank(), { health, nowMs: 1_001 }), "llhls");
  assert.equal(chooseProtocol(rank(), { health, nowMs: 1_000 + COOL_DOWN_MS }), "ws-flv");
});

Deno.test("chooseProtocol() takes the one that is soonest ready when all cool down", () => {
  let health = {};
  for (const [index, protocol] of rank().entries()) {
    health = recordFailure(health, { protocol, unplayable: false, nowMs: 5_000 - index });
  }
  assert.equal(chooseProtocol(rank(), { health, nowMs: 5_001 }), "hls");
});

Deno.test("chooseProtocol() never returns to what cannot be decoded", () => {
  let health = {};
  for (const protocol of rank()) {
    health = recordFailure(health, { protocol, unplayable: true, nowMs: 0 });
  }
  assert.equal(chooseProtocol(rank(), { health, nowMs: 1e12 }), null);
});

Deno.test("recordFailure() doubles the cool-down up to its limit, recordSuccess() forgives", () => {
  let health = {};
  const waits: number[] = [];
  for (let index = 0; index < 8; index++) {
    health = recordFailure(health, { protocol: "flv", unplayable: false, nowMs: 0 });
    waits.push((health as { flv: { retryAtMs: number } }).flv.retryAtMs);
  }
  assert.deepEqual(waits.slice(0, 3), [COOL_DOWN_MS, 2 * COOL_DOWN_MS, 4 * COOL_DOWN_MS]);
  assert.equal(waits.at(-1), MAX_COOL_DOWN_MS);
  assert.deepEqual(recordSuccess(health, "flv"), {});
});

Deno.test("offeredProtocols() names each playable protocol once", () => {
  assert.deepEqual(offeredProtocols(ALL, CHROME), ["ws-flv", "llhls", "flv", "hls"]);
});

Deno.test("protocolUrl() derives the WebSocket address from the FLV address", () => {
  assert.equal(protocolUrl(ALL, "ws-flv"), "wss://a.example/live/1.flv");
  assert.equal(protocolUrl({ ...ALL, flv: "http://b:8000/x.flv" }, "ws-flv"), "ws://b:8000/x.flv");
  assert.equal(protocolUrl({ ...ALL, flv: null }, "ws-flv"), null);
});

Deno.test("absolutePlayback() resolves paths and lifts http to https on a TLS page", () => {
  const playback = { ...ALL, flv: "/live/1.flv", hls: "http://a.example/x.m3u8" };
  const found = absolutePlayback(playback, "https://a.example/rooms/1");
  assert.equal(found.flv, "https://a.example/live/1.flv");
  assert.equal(found.hls, "https://a.example/x.m3u8");
  assert.equal(
    absolutePlayback(playback, "http://a.example/rooms/1").hls,
    "http://a.example/x.m3u8",
  );
});

Deno.test("rankProtocols() puts WebRTC first for the lowest latency alone, and last otherwise", () => {
  const playback = { ...ALL, whep: "https://a.example/whep/1" };
  assert.deepEqual(rank({ playback, latencyMode: "lowest" }).slice(0, 2), ["whep", "ws-flv"]);
  assert.equal(rank({ playback, latencyMode: "balanced" }).at(-1), "whep");
  assert.equal(rank({ playback, latencyMode: "lowest", choice: "hls" })[0], "hls");
  const capabilities = { ...CHROME, webRtc: false };
  assert.ok(!rank({ playback, latencyMode: "lowest", capabilities }).includes("whep"));
});

Deno.test("recordFailure() keeps a network that lets no WebRTC through in mind for longer", () => {
  const health = recordFailure({}, { protocol: "whep", unplayable: false, nowMs: 0 });
  assert.equal(health.whep?.retryAtMs, MAX_COOL_DOWN_MS);
});
