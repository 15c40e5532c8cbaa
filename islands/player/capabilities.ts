/**
 * Asks the browser what it can play.
 *
 * @module
 */
import type { Capabilities } from "./selection.ts";

const PROBE = 'video/mp4; codecs="avc1.42E01E, mp4a.40.2"';

interface MediaSourceClass {
  isTypeSupported(type: string): boolean;
}

/** What this browser can do, for `rankProtocols()`. Costs under a millisecond; creates nothing. */
export function detectCapabilities(): Capabilities {
  const scope = globalThis as {
    readonly MediaSource?: MediaSourceClass;
    readonly ManagedMediaSource?: MediaSourceClass;
  };
  const managed = scope.ManagedMediaSource?.isTypeSupported(PROBE) === true;
  const video = document.createElement("video");
  return {
    mse: managed || scope.MediaSource?.isTypeSupported(PROBE) === true,
    managedMediaSource: managed,
    nativeHls: video.canPlayType("application/vnd.apple.mpegurl") !== "",
    streamingFetch: typeof fetch === "function" && typeof ReadableStream === "function",
    webSocket: typeof WebSocket === "function",
    webRtc: typeof RTCPeerConnection === "function",
  };
}
