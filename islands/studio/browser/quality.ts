/**
 * How good the picture that goes out is, as a broadcaster chooses it. Pure.
 *
 * @module
 */
import {
  FRAME_RATES,
  type FrameRate,
  pictureSize,
  type Resolution,
} from "../../capture/constraints.ts";
import type { OpusWishes } from "../../capture/opus.ts";
import type { Format } from "../../capture/scene/compositor.ts";
import type { VideoGoal } from "../../capture/uplink.ts";

/** What is offered; more is nothing that a browser encodes while it draws. */
export const LIVE_RESOLUTIONS = [360, 480, 720, 1080] as const satisfies readonly Resolution[];

/** What was chosen. */
export interface LiveQuality {
  readonly resolution: (typeof LIVE_RESOLUTIONS)[number];
  readonly frameRate: FrameRate;
  /** A small layer beside the large one. */
  readonly simulcast: boolean;
  /** Stereo without pauses, for music; otherwise for talk. */
  readonly music: boolean;
}

/** What nearly every line and every machine carries. */
export const DEFAULT_QUALITY: LiveQuality = {
  resolution: 720,
  frameRate: 30,
  simulcast: false,
  music: false,
};

const KBPS: Readonly<Record<LiveQuality["resolution"], number>> = {
  360: 900,
  480: 1_400,
  720: 2_500,
  1080: 4_500,
};
const RATE_SHARE: Readonly<Record<FrameRate, number>> = { 15: 0.7, 30: 1, 60: 1.4 };
/** Of what a line carried in a test a broadcast may use so much. */
const LINE_SHARE = 0.6;

/** What the encoder is asked for. */
export function goalOf({ resolution, frameRate }: LiveQuality): VideoGoal {
  return {
    height: resolution,
    fps: frameRate,
    kbps: Math.round(KBPS[resolution] * RATE_SHARE[frameRate]),
  };
}

/** The picture that is drawn. */
export function formatOf({ resolution, frameRate }: LiveQuality): Format {
  return { ...pictureSize(resolution, "16:9"), fps: frameRate };
}

/** What the sound is asked for. */
export function opusOf({ music }: LiveQuality): OpusWishes {
  return music
    ? { stereo: true, dtx: false, maxAverageBitrate: 160_000 }
    : { stereo: false, dtx: false, maxAverageBitrate: 64_000 };
}

/** The largest picture that a line carries well; null: not even the smallest. */
export function resolutionFor(
  lineKbps: number,
  frameRate: FrameRate,
): LiveQuality["resolution"] | null {
  return LIVE_RESOLUTIONS.findLast((resolution) =>
    KBPS[resolution] * RATE_SHARE[frameRate] <= lineKbps * LINE_SHARE
  ) ?? null;
}

/** Reads a stored choice. */
export function parseQuality(text: string | null): LiveQuality {
  let stored: Record<string, unknown> = {};
  try {
    const value: unknown = JSON.parse(text ?? "null");
    if (typeof value === "object" && value !== null) stored = value as Record<string, unknown>;
  } catch {
    // As if nothing had been chosen.
  }
  const { resolution, frameRate, simulcast, music } = stored;
  return {
    resolution: LIVE_RESOLUTIONS.find((one) => one === resolution) ?? DEFAULT_QUALITY.resolution,
    frameRate: FRAME_RATES.find((one) => one === frameRate) ?? DEFAULT_QUALITY.frameRate,
    simulcast: simulcast === true,
    music: music === true,
  };
}
