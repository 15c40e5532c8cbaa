/**
 * A screen, a window or a tab, with its sound where the browser gives it.
 *
 * @module
 */
import { type CaptureFailure, captureFailure } from "./failures.ts";

/** What is shared. */
export type Surface = "monitor" | "window" | "browser";

/** What was had. */
export interface OpenedScreen {
  readonly video: MediaStreamTrack | null;
  /** Null: what is shared has no sound, or the reader did not tick it. */
  readonly audio: MediaStreamTrack | null;
  readonly surface: Surface | null;
  /** `dismissed`: the reader closed the browser's question, and nothing needs to be said. */
  readonly failure: CaptureFailure | null;
}

/** What is needed of `navigator.mediaDevices`. */
export interface DisplaySource {
  getDisplayMedia?(options?: DisplayMediaStreamOptions): Promise<MediaStream>;
}

/** Chromium's wishes that the standard types do not know. */
interface DisplayOptions extends DisplayMediaStreamOptions {
  readonly systemAudio: "include" | "exclude";
  readonly surfaceSwitching: "include" | "exclude";
}

/** Whether screens can be shared here; phones cannot. */
export function sharesScreens(source: DisplaySource | undefined): boolean {
  return source?.getDisplayMedia !== undefined;
}

/**
 * Asks for a screen with its sound, at most 2K. Never throws. Its tracks end when the reader stops
 * sharing by the browser's own button: listen for `ended`.
 */
export async function openScreen(
  { frameRate }: { readonly frameRate: number },
  source: DisplaySource = navigator.mediaDevices,
): Promise<OpenedScreen> {
  const nothing = { video: null, audio: null, surface: null };
  if (source.getDisplayMedia === undefined) return { ...nothing, failure: "unsupported" };
  const options: DisplayOptions = {
    video: {
      width: { max: 2560 },
      height: { max: 1440 },
      frameRate: { ideal: frameRate, max: Math.max(30, frameRate) },
    },
    // As it sounds: what is heard is no voice in a room.
    audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
    systemAudio: "include",
    surfaceSwitching: "include",
  };
  try {
    const stream = await source.getDisplayMedia(options);
    const video = stream.getVideoTracks()[0] ?? null;
    return {
      video,
      audio: stream.getAudioTracks()[0] ?? null,
      surface: surfaceOf(video),
      failure: null,
    };
  } catch (error) {
    const failure = captureFailure(error);
    // Every no of the reader's looks the same here, and none of them is for ever.
    return { ...nothing, failure: failure === "refused" ? "dismissed" : failure };
  }
}

function surfaceOf(track: MediaStreamTrack | null): Surface | null {
  const { displaySurface } = track?.getSettings() ?? {};
  return displaySurface === "monitor" || displaySurface === "window" ||
      displaySurface === "browser"
    ? displaySurface
    : null;
}
