/**
 * Which protocol to play, as pure functions: what the browser can do, what the room offers, what
 * the viewer chose, and what failed lately.
 *
 * The order comes from measurements of one pipeline (burned-in clock, loopback):
 *
 * | protocol | first frame | latency    | connections                                          |
 * | -------- | ----------- | ---------- | ---------------------------------------------------- |
 * | WS-FLV   | ~0.15–0.2 s | ~0.8–1.2 s | its own one, outside the browser's six per host       |
 * | LL-HLS   | ~0.4–1.1 s  | ~1.4 s     | plain short requests (two at a time, six a second)    |
 * | HTTP-FLV | ~0.15–0.2 s | ~0.8–1.2 s | holds one of the six per host for ever (HTTP/1.1)     |
 * | HLS      | ~0.4 s      | ~5.4 s     | plain short requests                                  |
 * | WHEP     | ~0.1–0.7 s  | ~0.2 s     | UDP of its own; no route where that is blocked        |
 *
 * So `auto` starts with WebSocket-FLV (earliest picture, lowest latency, no held slot, on TLS and on
 * plain HTTP alike), then takes LL-HLS, which passes every proxy and cache, then HTTP-FLV, which
 * is as quick as the first but costs a slot in every tab, then plain HLS. Two situations turn the
 * order to HLS first: the viewer asked for `stable`, because segments ride out a poor network, and
 * browsers with ManagedMediaSource (iPhone, Safari), which spare the battery by fetching segments.
 * Where Media Source Extensions are missing only what the `<video>` plays by itself is left.
 *
 * WHEP stands before all of them for a viewer who asked for the lowest latency, and behind all of
 * them for the others: it keeps no second in hand against a poor network, and costs the server
 * more, but it plays what nothing else can.
 *
 * @module
 */
import {
  type LatencyMode,
  type PlaybackUrls,
  type Protocol,
  type ProtocolChoice,
  PROTOCOLS,
  protocolUrl,
} from "./protocol.ts";

/** What this browser can do; see `capabilities.ts`. */
export interface Capabilities {
  /** Media Source Extensions with H.264 in MP4. */
  readonly mse: boolean;
  /** The power-saving variant of MSE (Safari); implies {@linkcode mse}. */
  readonly managedMediaSource: boolean;
  /** `<video src="….m3u8">` plays without help. */
  readonly nativeHls: boolean;
  /** The page may read a response body while it arrives (`fetch` streams). */
  readonly streamingFetch: boolean;
  readonly webSocket: boolean;
  readonly webRtc: boolean;
}

const LOW_LATENCY_FIRST: readonly Protocol[] = ["ws-flv", "llhls", "flv", "hls", "whep"];
const SEGMENTS_FIRST: readonly Protocol[] = ["llhls", "hls", "ws-flv", "flv", "whep"];

/** Whether a browser of these capabilities can play a protocol at all. */
export function supports(capabilities: Capabilities, protocol: Protocol): boolean {
  switch (protocol) {
    case "ws-flv":
      return capabilities.mse && capabilities.webSocket;
    case "flv":
      return capabilities.mse && capabilities.streamingFetch;
    case "llhls":
    case "hls":
      return capabilities.mse || capabilities.nativeHls;
    case "whep":
      return capabilities.webRtc;
  }
}

/**
 * The protocols to try, best first: those the room offers and the browser plays. A protocol the
 * viewer chose stands first; the others stay behind it for the case that it fails.
 */
export function rankProtocols(input: {
  readonly playback: PlaybackUrls;
  readonly capabilities: Capabilities;
  readonly choice: ProtocolChoice;
  readonly latencyMode: LatencyMode;
}): readonly Protocol[] {
  const { playback, capabilities, choice, latencyMode } = input;
  const order = latencyMode === "stable" || capabilities.managedMediaSource
    ? SEGMENTS_FIRST
    : LOW_LATENCY_FIRST;
  const possible = order.filter((protocol) =>
    protocolUrl(playback, protocol) !== null && supports(capabilities, protocol)
  );
  const first = choice !== "auto" ? choice : latencyMode === "lowest" ? "whep" : null;
  if (first === null || !possible.includes(first)) return possible;
  return [first, ...possible.filter((protocol) => protocol !== first)];
}

/** What is known of one protocol in this session. */
export interface ProtocolHealth {
  /** Failures in a row that were the protocol's own fault. */
  readonly failures: number;
  /** Not tried again before this instant (epoch ms), unless nothing better is left. */
  readonly retryAtMs: number;
  /** The browser cannot decode what this protocol carries; never tried again for this stream. */
  readonly unplayable: boolean;
}

/** Health by protocol; a protocol that never failed has no entry. */
export type HealthTable = Readonly<Partial<Record<Protocol, ProtocolHealth>>>;

/** First cool-down; doubles with every failure in a row up to {@linkcode MAX_COOL_DOWN_MS}. */
export const COOL_DOWN_MS = 30_000;
/** Longest cool-down. */
export const MAX_COOL_DOWN_MS = 10 * 60_000;

/**
 * The table after a protocol failed. `unplayable`: the codec or container, not the transport, was
 * the reason.
 */
export function recordFailure(
  health: HealthTable,
  failure: { readonly protocol: Protocol; readonly unplayable: boolean; readonly nowMs: number },
): HealthTable {
  const failures = (health[failure.protocol]?.failures ?? 0) + 1;
  // What keeps WebRTC out is the network, and it stays: going back is tried rarely.
  const firstMs = failure.protocol === "whep" ? MAX_COOL_DOWN_MS : COOL_DOWN_MS;
  const coolDownMs = Math.min(firstMs * 2 ** (failures - 1), MAX_COOL_DOWN_MS);
  return {
    ...health,
    [failure.protocol]: {
      failures,
      retryAtMs: failure.nowMs + coolDownMs,
      unplayable: failure.unplayable || health[failure.protocol]?.unplayable === true,
    },
  };
}

/** The table after a protocol played well for a while: nothing is held against it any more. */
export function recordSuccess(health: HealthTable, protocol: Protocol): HealthTable {
  if (health[protocol] === undefined) return health;
  const { [protocol]: _forgiven, ...rest } = health;
  return rest;
}

/**
 * The protocol to play now: the best one that is not cooling down, else the one whose cool-down
 * ends first. Null when the browser can play none of them.
 */
export function chooseProtocol(
  ranked: readonly Protocol[],
  options: { readonly health: HealthTable; readonly nowMs: number },
): Protocol | null {
  let soonest: Protocol | null = null;
  let soonestMs = Infinity;
  for (const protocol of ranked) {
    const health = options.health[protocol];
    if (health === undefined) return protocol;
    if (health.unplayable) continue;
    if (health.retryAtMs <= options.nowMs) return protocol;
    if (health.retryAtMs < soonestMs) {
      soonest = protocol;
      soonestMs = health.retryAtMs;
    }
  }
  return soonest;
}

/** The protocols a browser of these capabilities could be offered in the menu. */
export function offeredProtocols(
  playback: PlaybackUrls,
  capabilities: Capabilities,
): readonly Protocol[] {
  return PROTOCOLS.filter((protocol) =>
    protocolUrl(playback, protocol) !== null && supports(capabilities, protocol)
  );
}
