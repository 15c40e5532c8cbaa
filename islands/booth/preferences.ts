/**
 * What the booth remembers of its reader on this device.
 *
 * @module
 */
import {
  type CameraWish,
  type MicrophoneWish,
  parseCameraWish,
  parseMicrophoneWish,
} from "../capture/constraints.ts";
import { type Corner, CORNERS } from "../capture/filters/look.ts";
import { type PresetId, presetOf } from "../capture/filters/presets.ts";
import { cleanWatermark } from "../capture/filters/watermark.ts";
import type { Container } from "../capture/recorder.ts";

/** Seconds until the shutter goes off. */
export const TIMERS = [0, 3, 10] as const;
/** One of {@linkcode TIMERS}. */
export type Timer = (typeof TIMERS)[number];

/** What the shutter makes. */
export type Mode = "picture" | "recording";

/** Remembered settings. */
export interface BoothPreferences {
  readonly camera: CameraWish;
  readonly microphone: MicrophoneWish;
  /** The reader wants to be heard. */
  readonly sound: boolean;
  /** Where replays are heard; null: where the system says. */
  readonly speakerId: string | null;
  readonly preset: PresetId;
  /** 0 to 1. */
  readonly smoothing: number;
  /** -1 to 1. */
  readonly brightness: number;
  /** -1 to 1. */
  readonly warmth: number;
  /** Null: as a mirror when the camera looks at the reader. */
  readonly mirror: boolean | null;
  readonly watermark: string;
  readonly watermarked: boolean;
  readonly timer: Timer;
  readonly mode: Mode;
  readonly pictureType: "image/jpeg" | "image/png";
  /** Null: the best that the browser has. */
  readonly container: Container | null;
  readonly corner: Corner;
}

const KEY = "wanren.booth";

/** Reads stored text; anything that makes no sense is replaced by its default. */
export function parsePreferences(text: string | null): BoothPreferences {
  let stored: Record<string, unknown> = {};
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    if (typeof value === "object" && value !== null) stored = value as Record<string, unknown>;
  } catch {
    // Somebody else's text under our key.
  }
  const { speakerId, mirror, watermark, container } = stored;
  return {
    camera: parseCameraWish(stored.camera),
    microphone: parseMicrophoneWish(stored.microphone),
    sound: stored.sound !== false,
    speakerId: typeof speakerId === "string" && speakerId.length <= 500 ? speakerId : null,
    preset: presetOf(stored.preset).id,
    smoothing: within(stored.smoothing, { min: 0, fallback: 0.35 }),
    brightness: within(stored.brightness, { min: -1, fallback: 0 }),
    warmth: within(stored.warmth, { min: -1, fallback: 0 }),
    mirror: typeof mirror === "boolean" ? mirror : null,
    watermark: typeof watermark === "string" ? cleanWatermark(watermark) : "",
    watermarked: stored.watermarked === true,
    timer: TIMERS.find((timer) => timer === stored.timer) ?? 0,
    mode: stored.mode === "recording" ? "recording" : "picture",
    pictureType: stored.pictureType === "image/png" ? "image/png" : "image/jpeg",
    container: container === "mp4" || container === "webm" ? container : null,
    corner: CORNERS.find((corner) => corner === stored.corner) ?? "bottom-right",
  };
}

/** The settings of this device; the defaults where storage is forbidden. */
export function loadPreferences(): BoothPreferences {
  try {
    return parsePreferences(localStorage.getItem(KEY));
  } catch {
    return parsePreferences(null);
  }
}

/** Stores the settings; a browser that forbids it keeps them for this page only. */
export function savePreferences(preferences: BoothPreferences): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences));
  } catch {
    // Private mode or a full store: the booth works the same, it only does not remember.
  }
}

function within(
  value: unknown,
  { min, fallback }: { readonly min: number; readonly fallback: number },
): number {
  return typeof value === "number" && value >= min && value <= 1 ? value : fallback;
}
