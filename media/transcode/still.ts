/**
 * One picture of a stream as a JPEG.
 *
 * @module
 */
import type { Logger } from "../../platform/log.ts";
import { stillArgv } from "./argv.ts";
import { FfmpegFailedError, runFfmpeg } from "./ffmpeg.ts";

/** A key frame is decoded in a tenth of a second; a machine that takes longer has other cares. */
const TIMEOUT_MS = 5000;
/** Noise of 640 × 720 at this quality stays below. */
const MAX_JPEG_BYTES = 512 * 1024;

/**
 * Makes a JPEG of a picture that stands in a fragmented MP4 (initialisation section and one chunk).
 *
 * @throws {FfmpegMissingError} when there is no ffmpeg.
 * @throws {FfmpegFailedError} when it makes no picture of it.
 */
export async function makeStill(
  mp4: Uint8Array,
  options: { readonly log: Logger; readonly signal: AbortSignal },
): Promise<Uint8Array> {
  const jpeg = await runFfmpeg({
    ...options,
    args: stillArgv(),
    input: mp4,
    maxOutputBytes: MAX_JPEG_BYTES,
    timeoutMs: TIMEOUT_MS,
  });
  if (jpeg[0] !== 0xff || jpeg[1] !== 0xd8) {
    throw new FfmpegFailedError("Cannot make a still: ffmpeg wrote no JPEG");
  }
  return jpeg;
}
