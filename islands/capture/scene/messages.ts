/**
 * What a page and its scene worker say to each other.
 *
 * @module
 */
import type { Scene } from "./model.ts";

/** The size and rate of the picture that goes out. */
export interface Format {
  /** Pixels, even. */
  readonly width: number;
  readonly height: number;
  readonly fps: number;
}

/** From the page. */
export type ToWorker =
  /** Draws from now on into `frames`; null: only the ticks are wanted. */
  | { readonly type: "start"; readonly format: Format; readonly frames: FrameSink | null }
  | { readonly type: "format"; readonly format: Format }
  | { readonly type: "scene"; readonly scene: Scene }
  /** The frames of a source; one that was there before under this id is let go. */
  | { readonly type: "source"; readonly id: string; readonly frames: FrameSource }
  | { readonly type: "image"; readonly id: string; readonly bitmap: ImageBitmap }
  | { readonly type: "remove"; readonly id: string }
  | { readonly type: "stop" };

/** From the worker. */
export type FromWorker =
  /** Time for a frame, where the page draws. */
  | { readonly type: "tick" }
  /** Once a second. */
  | { readonly type: "figures"; readonly figures: SceneFigures };

/** How the drawing goes. */
export interface SceneFigures {
  readonly fps: number;
  /** Mean time of drawing one frame, milliseconds. */
  readonly drawMs: number;
  /** Frames that were left out because the encoder was behind. */
  readonly skipped: number;
}

/** Where frames come from, one after the other. */
export type FrameSource = ReadableStream<VideoFrame>;
/** Where frames go. */
export type FrameSink = WritableStream<VideoFrame>;
