/**
 * How much each picture of a mesh may take: everybody sends to everybody, so that it shrinks with
 * every further one. Pure.
 *
 * @module
 */

/** Limits of one picture to one peer. */
export interface PictureLimits {
  /** Bits per second. */
  readonly maxBitrate: number;
  /** Lines of the picture that are worth it. */
  readonly lines: number;
  readonly maxFramerate: number;
}

const CAMERA: readonly PictureLimits[] = [
  { maxBitrate: 1_700_000, lines: 720, maxFramerate: 30 },
  { maxBitrate: 800_000, lines: 480, maxFramerate: 30 },
  { maxBitrate: 500_000, lines: 360, maxFramerate: 24 },
];

/** Limits of the camera for a number of other peers. */
export function cameraLimits(peers: number): PictureLimits {
  return CAMERA[Math.min(Math.max(peers, 1), CAMERA.length) - 1]!;
}

/** Limits of a screen: sharp before smooth. */
export function screenLimits(peers: number): PictureLimits {
  return peers <= 1
    ? { maxBitrate: 3_000_000, lines: 1440, maxFramerate: 30 }
    : { maxBitrate: 1_500_000, lines: 1080, maxFramerate: 15 };
}

/**
 * Layers of the camera for `rtc`, which passes one of them on to each: a large one, and a small one
 * for grids and narrow ways. A picture that is small already is sent once.
 */
export function sfuEncodings(trackLines: number): RTCRtpEncodingParameters[] {
  const scale = scaleDown(trackLines, CAMERA[0]!);
  const lines = trackLines / scale;
  const large = { maxBitrate: 1_200_000, maxFramerate: 30, scaleResolutionDownBy: scale };
  if (lines < 360) return [{ ...large, maxBitrate: 400_000 }];
  return [
    { ...large, rid: "h" },
    {
      rid: "l",
      maxBitrate: 150_000,
      maxFramerate: 15,
      scaleResolutionDownBy: scale * Math.round(lines / 180),
    },
  ];
}

/** By how much a picture of so many lines is made smaller; at least 1. */
export function scaleDown(trackLines: number, { lines }: Pick<PictureLimits, "lines">): number {
  return Number.isFinite(trackLines) && trackLines > lines ? trackLines / lines : 1;
}
