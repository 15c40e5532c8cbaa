/**
 * What a broadcaster should change, from the numbers of the stream.
 *
 * @module
 */
import type { StreamFigures } from "./room_data.ts";

/** A closed catalogue; the words stand in the language tables. */
export type Advice =
  | { readonly kind: "notLive" | "waiting" | "bFrames" | "noAudio" | "noVideo" | "outputs" }
  | { readonly kind: "keyFrames"; readonly seconds: number }
  | { readonly kind: "frameRate"; readonly fps: number }
  | { readonly kind: "bitrate"; readonly kbps: number }
  | { readonly kind: "reconnects"; readonly count: number };

const LONGEST_KEY_FRAME_INTERVAL_MS = 4_500;
const LOWEST_FPS = 20;
const HIGHEST_KBPS = 8_000;
const MOST_RECONNECTS = 2;
/** Before this, frame rate and intervals are still being measured. */
const SETTLING_MS = 8_000;

/** Advice in the order of weight; empty when all is well. */
export function adviseOn(
  stream: StreamFigures | null,
  { nowMs }: { readonly nowMs: number },
): readonly Advice[] {
  if (stream === null) return [{ kind: "notLive" }];
  if (stream.state === "waiting") return [{ kind: "waiting" }];
  const advice: Advice[] = [];
  const { video, audio } = stream;
  const settled = nowMs - stream.startedAtMs > SETTLING_MS;
  if (video === null && settled) advice.push({ kind: "noVideo" });
  if (!stream.playsEverywhere && settled) advice.push({ kind: "outputs" });
  if (
    video?.keyFrameIntervalMs != null && video.keyFrameIntervalMs > LONGEST_KEY_FRAME_INTERVAL_MS
  ) {
    advice.push({ kind: "keyFrames", seconds: video.keyFrameIntervalMs / 1000 });
  }
  if (settled && video !== null && video.fps > 0 && video.fps < LOWEST_FPS) {
    advice.push({ kind: "frameRate", fps: video.fps });
  }
  if (video?.bFrames === true) advice.push({ kind: "bFrames" });
  if (audio === null && settled) advice.push({ kind: "noAudio" });
  if (stream.bitrateKbps > HIGHEST_KBPS) {
    advice.push({ kind: "bitrate", kbps: stream.bitrateKbps });
  }
  if (stream.reconnects > MOST_RECONNECTS) {
    advice.push({ kind: "reconnects", count: stream.reconnects });
  }
  return advice;
}
