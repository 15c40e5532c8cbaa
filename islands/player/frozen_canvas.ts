/**
 * Keeps the last picture on the screen while the source changes, instead of a black hole.
 *
 * @module
 */
import type { FrozenPicture } from "./session.ts";

/** Draws the picture of `video` onto `canvas` and shows or hides it. */
export function frozenCanvas(canvas: HTMLCanvasElement, video: HTMLVideoElement): FrozenPicture {
  return {
    capture() {
      if (video.videoWidth === 0 || video.readyState < 2) return;
      canvas.width = video.videoWidth;
      canvas.height = video.videoHeight;
      canvas.getContext("2d")?.drawImage(video, 0, 0);
      canvas.hidden = false;
    },
    release() {
      canvas.hidden = true;
    },
  };
}
