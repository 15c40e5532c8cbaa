/**
 * Opens camera and microphone together, and gets along with one of them when the other cannot be
 * had.
 *
 * @module
 */
import {
  audioConstraints,
  type CameraWish,
  type MicrophoneWish,
  videoConstraints,
} from "./constraints.ts";
import { type CaptureFailure, captureFailure } from "./failures.ts";

/** What is wanted; null: not at all. */
export interface OpenWish {
  readonly camera: CameraWish | null;
  readonly microphone: MicrophoneWish | null;
}

/** What was had. A track that was not asked for is null without a failure. */
export interface OpenedDevices {
  readonly video: MediaStreamTrack | null;
  readonly audio: MediaStreamTrack | null;
  readonly cameraFailure: CaptureFailure | null;
  readonly microphoneFailure: CaptureFailure | null;
}

/** What is needed of `navigator.mediaDevices`. */
export type UserMediaSource = Pick<MediaDevices, "getUserMedia">;

/**
 * Asks once for both, so that the browser has one question. When that fails it asks for each, and a
 * device that was named but is gone is replaced by any other. Never throws.
 */
export async function openDevices(
  wish: OpenWish,
  source: UserMediaSource = navigator.mediaDevices,
): Promise<OpenedDevices> {
  if (wish.camera !== null && wish.microphone !== null) {
    try {
      const stream = await source.getUserMedia({
        video: videoConstraints(wish.camera),
        audio: audioConstraints(wish.microphone),
      });
      return opened(stream.getVideoTracks()[0] ?? null, stream.getAudioTracks()[0] ?? null);
    } catch (error) {
      const failure = captureFailure(error);
      // One answer for both: the reader is not asked twice.
      if (failure === "dismissed" || failure === "refused_by_system") {
        return { ...opened(null, null), cameraFailure: failure, microphoneFailure: failure };
      }
    }
  }
  const camera = await openCamera(wish.camera, source);
  const microphone = await openMicrophone(wish.microphone, source);
  return {
    video: camera.track,
    audio: microphone.track,
    cameraFailure: camera.failure,
    microphoneFailure: microphone.failure,
  };
}

interface OpenedDevice {
  readonly track: MediaStreamTrack | null;
  readonly failure: CaptureFailure | null;
}

/** A camera alone; see {@linkcode openDevices}. */
export async function openCamera(
  wish: CameraWish | null,
  source: UserMediaSource = navigator.mediaDevices,
): Promise<OpenedDevice> {
  if (wish === null) return { track: null, failure: null };
  const first = await openOne({ video: videoConstraints(wish) }, source);
  if (wish.deviceId === null || (first.failure !== "unable" && first.failure !== "missing")) {
    return first;
  }
  return await openOne({ video: videoConstraints({ ...wish, deviceId: null }) }, source);
}

/** A microphone alone; see {@linkcode openDevices}. */
export async function openMicrophone(
  wish: MicrophoneWish | null,
  source: UserMediaSource = navigator.mediaDevices,
): Promise<OpenedDevice> {
  if (wish === null) return { track: null, failure: null };
  const first = await openOne({ audio: audioConstraints(wish) }, source);
  if (wish.deviceId === null || (first.failure !== "unable" && first.failure !== "missing")) {
    return first;
  }
  return await openOne({ audio: audioConstraints({ ...wish, deviceId: null }) }, source);
}

async function openOne(
  constraints: MediaStreamConstraints,
  source: UserMediaSource,
): Promise<OpenedDevice> {
  try {
    const stream = await source.getUserMedia(constraints);
    return { track: stream.getTracks()[0] ?? null, failure: null };
  } catch (error) {
    return { track: null, failure: captureFailure(error) };
  }
}

function opened(video: MediaStreamTrack | null, audio: MediaStreamTrack | null): OpenedDevices {
  return { video, audio, cameraFailure: null, microphoneFailure: null };
}
