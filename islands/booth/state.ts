/**
 * Everything that the booth shows, as one value.
 *
 * @module
 */
import type { GivenPicture, Resolution, Size } from "../capture/constraints.ts";
import { type DeviceSnapshot, NO_DEVICES } from "../capture/devices.ts";
import type { CaptureFailure } from "../capture/failures.ts";
import { RESOLUTIONS } from "../capture/constraints.ts";
import type { RecordingType } from "../capture/recorder.ts";
import type { Surface } from "../capture/screen.ts";
import type { Room, Take } from "../capture/takes.ts";
import { type BoothPreferences, parsePreferences } from "./preferences.ts";

/** `unplugged`: it was there a moment ago. */
export type DeviceFailure = CaptureFailure | "unplugged";

/** A camera or a microphone. */
export interface DeviceState {
  readonly phase: "off" | "opening" | "on";
  readonly failure: DeviceFailure | null;
}

/** The camera, and what it really gives. */
export interface CameraState extends DeviceState {
  readonly given: GivenPicture | null;
  /** What it could give. */
  readonly reach: readonly Resolution[];
}

/** A screen over which the camera stands. */
export interface ScreenState {
  readonly phase: "off" | "opening" | "on";
  readonly surface: Surface | null;
  /** It comes with its sound. */
  readonly sound: boolean;
}

/** What runs. */
export interface RecordingState {
  readonly phase: "running" | "paused" | "finishing";
  readonly elapsedMs: number;
  readonly bytes: number;
}

/** Something happened that the reader should know of; each has its sentence. */
export type Trouble =
  | "camera_unplugged"
  | "camera_unplugged_kept"
  | "microphone_unplugged"
  | "microphone_unplugged_recording"
  | "screen_ended"
  | "screen_ended_kept"
  | "screen_failed"
  | "disk_full"
  | "disk_full_kept"
  | "disk_failed"
  | "encoder_failed"
  | "too_many_takes"
  | "no_recorder"
  | "picture_failed"
  | "take_gone";

/** The whole booth. */
export interface BoothState {
  readonly preferences: BoothPreferences;
  /** `unknown` until the browser was looked at. */
  readonly support: "unknown" | "ok" | "insecure" | "unsupported";
  readonly devices: DeviceSnapshot;
  readonly camera: CameraState;
  readonly microphone: DeviceState;
  readonly screen: ScreenState;
  readonly sharesScreens: boolean;
  /** Pixels of what is drawn and recorded; null: there is no picture. */
  readonly picture: Size | null;
  /** `plain`: colours only, the browser has no WebGL2. */
  readonly drawing: "full" | "plain" | "none";
  readonly recordingTypes: readonly RecordingType[];
  readonly recording: RecordingState | null;
  /** Seconds until the shutter goes off. */
  readonly countdown: number | null;
  /** Raised with each picture that is taken: the flash. */
  readonly flashes: number;
  /** Newest first. */
  readonly takes: readonly Take[];
  /** Takes that were here when the page was opened. */
  readonly left: number;
  /** Takes outlive the page. */
  readonly lasting: boolean;
  readonly room: Room | null;
  readonly trouble: Trouble | null;
}

/** Before anything is known: also what the server renders. */
export function initialState(): BoothState {
  return {
    preferences: parsePreferences(null),
    support: "unknown",
    devices: NO_DEVICES,
    camera: { phase: "off", failure: null, given: null, reach: RESOLUTIONS },
    microphone: { phase: "off", failure: null },
    screen: { phase: "off", surface: null, sound: false },
    sharesScreens: false,
    picture: null,
    drawing: "none",
    recordingTypes: [],
    recording: null,
    countdown: null,
    flashes: 0,
    takes: [],
    left: 0,
    lasting: true,
    room: null,
    trouble: null,
  };
}

/** What lies over the mirror while there is no picture. */
export type Cover =
  | "wait"
  | "start"
  | "opening"
  | "insecure"
  | "unsupported"
  | DeviceFailure
  | "off";

/** What the mirror says instead of a picture; null: it shows one. */
export function coverOf(state: BoothState): Cover | null {
  const { support, camera, screen, devices } = state;
  if (support === "unknown") return "wait";
  if (support !== "ok") return support;
  if (camera.phase === "on" || screen.phase === "on") return null;
  if (camera.phase === "opening") return "opening";
  if (camera.failure !== null) return camera.failure;
  if (devices.camera === "denied") return "refused";
  return devices.camera === "granted" ? "off" : "start";
}

/** Whether the picture is a mirror: as chosen, or when the camera looks at the reader. */
export function isMirrored({ preferences, camera }: BoothState): boolean {
  return preferences.mirror ?? camera.given?.facing !== "environment";
}

/** Whether the camera's filters can be seen. */
export function dressesCamera({ camera }: BoothState): boolean {
  return camera.phase === "on";
}

/** What a recording would be written as; null: the browser records nothing. */
export function recordingTypeOf(
  { recordingTypes, preferences }: Pick<BoothState, "recordingTypes" | "preferences">,
): RecordingType | null {
  const { container } = preferences;
  return recordingTypes.find((one) => one.container === container) ?? recordingTypes[0] ?? null;
}
