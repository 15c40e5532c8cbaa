/**
 * What is asked of a camera and a microphone, and what they really give.
 *
 * @module
 */

/** Lines of a picture that lies on its side, smallest first. */
export const RESOLUTIONS = [360, 480, 720, 1080, 1440] as const;
/** One of {@linkcode RESOLUTIONS}. */
export type Resolution = (typeof RESOLUTIONS)[number];

/** Frames per second. */
export const FRAME_RATES = [15, 30, 60] as const;
/** One of {@linkcode FRAME_RATES}. */
export type FrameRate = (typeof FRAME_RATES)[number];

/** Width to height of a picture that lies on its side. */
export const ASPECTS = ["16:9", "4:3"] as const;
/** One of {@linkcode ASPECTS}. */
export type Aspect = (typeof ASPECTS)[number];

const RATIOS: Readonly<Record<Aspect, number>> = { "16:9": 16 / 9, "4:3": 4 / 3 };

/** Pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** What the reader wants of a camera. */
export interface CameraWish {
  /** Null: any, or the one that looks as {@linkcode CameraWish.facing} says. */
  readonly deviceId: string | null;
  /** For phones; a device that was named counts more. */
  readonly facing: "user" | "environment" | null;
  readonly resolution: Resolution;
  readonly frameRate: FrameRate;
  readonly aspect: Aspect;
}

/** What the reader wants of a microphone. */
export interface MicrophoneWish {
  /** Null: the system's own choice. */
  readonly deviceId: string | null;
  readonly echoCancellation: boolean;
  readonly noiseSuppression: boolean;
  readonly autoGainControl: boolean;
}

/** What nearly every camera can do. */
export const DEFAULT_CAMERA: CameraWish = {
  deviceId: null,
  facing: "user",
  resolution: 720,
  frameRate: 30,
  aspect: "16:9",
};

/** For somebody who talks. */
export const DEFAULT_MICROPHONE: MicrophoneWish = {
  deviceId: null,
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
};

/** The size that a resolution means; even numbers, as encoders want them. */
export function pictureSize(resolution: Resolution, aspect: Aspect): Size {
  return { width: Math.round(resolution * RATIOS[aspect] / 2) * 2, height: resolution };
}

/**
 * Constraints that a camera follows as far as it can, and never refuses: only a device that was
 * named must be that one.
 */
export function videoConstraints(wish: CameraWish): MediaTrackConstraints {
  const { width, height } = pictureSize(wish.resolution, wish.aspect);
  return {
    width: { ideal: width },
    height: { ideal: height },
    aspectRatio: { ideal: RATIOS[wish.aspect] },
    frameRate: { ideal: wish.frameRate, max: Math.max(30, wish.frameRate) },
    ...(wish.deviceId !== null
      ? { deviceId: { exact: wish.deviceId } }
      : wish.facing !== null && { facingMode: { ideal: wish.facing } }),
  };
}

/** Constraints of a microphone: one channel, as every voice has. */
export function audioConstraints(wish: MicrophoneWish): MediaTrackConstraints {
  return {
    echoCancellation: { ideal: wish.echoCancellation },
    noiseSuppression: { ideal: wish.noiseSuppression },
    autoGainControl: { ideal: wish.autoGainControl },
    ...(wish.deviceId !== null && { deviceId: { exact: wish.deviceId } }),
  };
}

/** What a track says of itself; zero where it does not. */
export interface GivenPicture extends Size {
  /** Frames per second, rounded to one decimal. */
  readonly frameRate: number;
  readonly deviceId: string | null;
  readonly facing: "user" | "environment" | null;
}

/** What a camera or a screen really gives. */
export function givenPicture(track: Pick<MediaStreamTrack, "getSettings">): GivenPicture {
  const { width = 0, height = 0, frameRate = 0, deviceId, facingMode } = track.getSettings();
  return {
    width,
    height,
    frameRate: Math.round(frameRate * 10) / 10,
    deviceId: deviceId ?? null,
    facing: facingMode === "user" || facingMode === "environment" ? facingMode : null,
  };
}

/** Whether a camera gives less than was wished: fewer lines (however it is held) or frames. */
export function fallsShort(
  given: Pick<GivenPicture, "width" | "height" | "frameRate">,
  wish: Pick<CameraWish, "resolution" | "frameRate">,
): boolean {
  const lines = Math.min(given.width, given.height);
  return lines < wish.resolution || given.frameRate < wish.frameRate * 0.9;
}

/** The resolutions that a camera can give by what it says of itself; all of them when it is silent. */
export function reachableResolutions(
  capabilities: Pick<MediaTrackCapabilities, "width" | "height"> | undefined,
): readonly Resolution[] {
  const { width, height } = capabilities ?? {};
  const most = Math.min(width?.max ?? Infinity, height?.max ?? Infinity);
  return RESOLUTIONS.filter((resolution) => resolution <= most);
}

/**
 * The largest part of a picture that has the wished shape, in the middle of it. A picture that
 * stands upright keeps standing: 16:9 means 9:16 then. Sizes are even.
 */
export function cropTo(picture: Size, aspect: Aspect): Size {
  const upright = picture.height > picture.width;
  const ratio = upright ? 1 / RATIOS[aspect] : RATIOS[aspect];
  const even = (value: number) => Math.max(2, Math.round(value / 2) * 2);
  return picture.width / picture.height > ratio
    ? { width: even(picture.height * ratio), height: even(picture.height) }
    : { width: even(picture.width), height: even(picture.width / ratio) };
}

/** The wish in stored text, with the default for everything that is none of ours. */
export function parseCameraWish(stored: unknown): CameraWish {
  const { deviceId, facing, resolution, frameRate, aspect } = record(stored);
  return {
    deviceId: idOrNull(deviceId),
    facing: facing === "environment" ? "environment" : "user",
    resolution: oneOf(RESOLUTIONS, resolution) ?? DEFAULT_CAMERA.resolution,
    frameRate: oneOf(FRAME_RATES, frameRate) ?? DEFAULT_CAMERA.frameRate,
    aspect: oneOf(ASPECTS, aspect) ?? DEFAULT_CAMERA.aspect,
  };
}

/** The same for a microphone. */
export function parseMicrophoneWish(stored: unknown): MicrophoneWish {
  const { deviceId, echoCancellation, noiseSuppression, autoGainControl } = record(stored);
  return {
    deviceId: idOrNull(deviceId),
    echoCancellation: echoCancellation !== false,
    noiseSuppression: noiseSuppression !== false,
    autoGainControl: autoGainControl !== false,
  };
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
}

function idOrNull(value: unknown): string | null {
  return typeof value === "string" && value !== "" && value.length <= 500 ? value : null;
}

function oneOf<Value>(values: readonly Value[], value: unknown): Value | undefined {
  return values.find((one) => one === value);
}
