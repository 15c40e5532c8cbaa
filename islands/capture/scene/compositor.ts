/**
 * Makes one moving picture out of many: in a worker where the browser hands frames over
 * (MediaStreamTrackProcessor and -Generator), else on a canvas of the page, to the worker's beat.
 *
 * @module
 */
import { type Signal, signal } from "@preact/signals";
import type { Beauties } from "./beauty.ts";
import { drawScene, type Picture } from "./draw.ts";
import type {
  Format,
  FrameSink,
  FrameSource,
  FromWorker,
  SceneFigures,
  ToWorker,
} from "./messages.ts";
import { EMPTY_SCENE, type Scene } from "./model.ts";

export type { Format, SceneFigures };

/** What is not in every browser yet (W3C mediacapture-transform). */
interface Scope {
  readonly MediaStreamTrackProcessor?: new (
    options: { readonly track: MediaStreamTrack; readonly maxBufferSize?: number },
  ) => { readonly readable: FrameSource };
  readonly MediaStreamTrackGenerator?: new (
    options: { readonly kind: "video" },
  ) => MediaStreamTrack & { readonly writable: FrameSink };
}

/** Draws the scene until it is disposed. */
export interface Compositor extends Disposable {
  /** What goes out: one picture, whatever is added and removed. */
  readonly track: MediaStreamTrack;
  /** `worker`: the rate holds in hidden tabs, too. */
  readonly way: "worker" | "page";
  /** How the drawing goes; null in the first second. */
  readonly figures: Signal<SceneFigures | null>;
  setScene(scene: Scene): void;
  setFormat(format: Format): void;
  /** The moving picture of a layer; the track stays its owner's. */
  setSource(id: string, track: MediaStreamTrack): void;
  /** The picture of a layer that stands still; taken over. */
  setImage(id: string, bitmap: ImageBitmap): void;
  remove(id: string): void;
}

/** Opens the best one that there is. */
export function openCompositor(
  options: { readonly format: Format; readonly workerUrl: string; readonly scope?: object },
): Compositor {
  const scope = (options.scope ?? globalThis) as Scope;
  return scope.MediaStreamTrackProcessor !== undefined &&
      scope.MediaStreamTrackGenerator !== undefined
    ? new WorkerCompositor(options, scope)
    : new PageCompositor(options);
}

class WorkerCompositor implements Compositor {
  readonly way = "worker";
  readonly track: MediaStreamTrack;
  readonly figures: Signal<SceneFigures | null> = signal(null);
  readonly #worker: Worker;
  readonly #scope: Scope;

  constructor(
    { format, workerUrl }: { readonly format: Format; readonly workerUrl: string },
    scope: Scope,
  ) {
    this.#scope = scope;
    const generator = new scope.MediaStreamTrackGenerator!({ kind: "video" });
    this.track = generator;
    this.#worker = new Worker(workerUrl);
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (data.type === "figures") this.figures.value = data.figures;
    };
    const frames = generator.writable;
    this.#tell({ type: "start", format, frames }, [frames]);
  }

  setScene(scene: Scene): void {
    this.#tell({ type: "scene", scene });
  }

  setFormat(format: Format): void {
    this.#tell({ type: "format", format });
  }

  setSource(id: string, track: MediaStreamTrack): void {
    const processor = new this.#scope.MediaStreamTrackProcessor!({ track, maxBufferSize: 1 });
    this.#tell({ type: "source", id, frames: processor.readable }, [processor.readable]);
  }

  setImage(id: string, bitmap: ImageBitmap): void {
    this.#tell({ type: "image", id, bitmap }, [bitmap]);
  }

  remove(id: string): void {
    this.#tell({ type: "remove", id });
  }

  [Symbol.dispose](): void {
    this.#tell({ type: "stop" });
    this.track.stop();
  }

  #tell(message: ToWorker, transfer: readonly unknown[] = []): void {
    this.#worker.postMessage(message, transfer as Transferable[]);
  }
}

class PageCompositor implements Compositor {
  readonly way = "page";
  readonly track: MediaStreamTrack;
  readonly figures: Signal<SceneFigures | null> = signal(null);
  readonly #worker: Worker;
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #videos = new Map<string, HTMLVideoElement>();
  readonly #images = new Map<string, ImageBitmap>();
  /** The filter comes when somebody asks for it. */
  #beauties: Beauties | null = null;
  #scene: Scene = EMPTY_SCENE;
  #format: Format;
  #frames = 0;
  #drawnMs = 0;
  #reportedAtMs = performance.now();

  constructor({ format, workerUrl }: { readonly format: Format; readonly workerUrl: string }) {
    this.#format = format;
    this.#canvas = document.createElement("canvas");
    this.#canvas.width = format.width;
    this.#canvas.height = format.height;
    const context = this.#canvas.getContext("2d", { alpha: false });
    if (context === null) throw new Error("Cannot draw: this browser has no canvas");
    this.#context = context;
    const [track] = this.#canvas.captureStream(format.fps).getVideoTracks();
    if (track === undefined) throw new Error("Cannot draw: the canvas gives no picture");
    this.track = track;
    this.#worker = new Worker(workerUrl);
    this.#worker.onmessage = () => this.#draw();
    this.#tell({ type: "start", format, frames: null });
  }

  setScene(scene: Scene): void {
    this.#scene = scene;
    const asked = scene.layers.some((layer) => layer.kind === "video" && layer.beauty > 0);
    if (asked && this.#beauties === null) void this.#bringBeauties();
  }

  async #bringBeauties(): Promise<void> {
    const { Beauties } = await import("./beauty.ts");
    this.#beauties ??= new Beauties((width, height) =>
      Object.assign(document.createElement("canvas"), { width, height })
    );
  }

  setFormat(format: Format): void {
    this.#format = format;
    this.#canvas.width = format.width;
    this.#canvas.height = format.height;
    this.#tell({ type: "format", format });
  }

  setSource(id: string, track: MediaStreamTrack): void {
    this.remove(id);
    const video = document.createElement("video");
    video.muted = true;
    video.playsInline = true;
    video.srcObject = new MediaStream([track]);
    // Its own sound goes another way; a picture without sound may always play.
    video.play().catch(() => {});
    this.#videos.set(id, video);
  }

  setImage(id: string, bitmap: ImageBitmap): void {
    this.remove(id);
    this.#images.set(id, bitmap);
  }

  remove(id: string): void {
    const video = this.#videos.get(id);
    if (video !== undefined) video.srcObject = null;
    this.#videos.delete(id);
    this.#images.get(id)?.close();
    this.#images.delete(id);
    this.#beauties?.remove(id);
  }

  [Symbol.dispose](): void {
    for (const id of [...this.#videos.keys(), ...this.#images.keys()]) this.remove(id);
    this.#tell({ type: "stop" });
    this.track.stop();
  }

  #draw(): void {
    const begunMs = performance.now();
    const pictures = new Map<string, Picture>();
    for (const [id, video] of this.#videos) {
      if (video.readyState < 2) continue;
      pictures.set(id, { image: video, width: video.videoWidth, height: video.videoHeight });
    }
    for (const [id, image] of this.#images) {
      pictures.set(id, { image, width: image.width, height: image.height });
    }
    drawScene(this.#context, {
      scene: this.#scene,
      size: this.#format,
      pictures: this.#beauties?.dress(pictures, { scene: this.#scene, nowMs: begunMs }) ??
        pictures,
    });
    const nowMs = performance.now();
    this.#frames++;
    this.#drawnMs += nowMs - begunMs;
    const spanMs = nowMs - this.#reportedAtMs;
    if (spanMs < 1_000) return;
    this.figures.value = {
      fps: Math.round(this.#frames * 10_000 / spanMs) / 10,
      drawMs: Math.round(this.#drawnMs * 10 / this.#frames) / 10,
      skipped: 0,
    };
    this.#reportedAtMs = nowMs;
    this.#frames = 0;
    this.#drawnMs = 0;
  }

  #tell(message: ToWorker): void {
    this.#worker.postMessage(message);
  }
}
