/**
 * Draws the scene, frame by frame at a steady rate, away from the page: a hidden tab slows the
 * page's timers and pictures down, and not those of a worker. A script of its own
 * (`scene.worker.js`).
 *
 * @module
 */
import { Beauties } from "./beauty.ts";
import { drawScene, type Picture } from "./draw.ts";
import type { Format, FrameSource, FromWorker, SceneFigures, ToWorker } from "./messages.ts";
import { EMPTY_SCENE, type Scene } from "./model.ts";
import { Pacer } from "./pacer.ts";

interface WorkerScope {
  postMessage(message: FromWorker): void;
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  close(): void;
}

const scope = globalThis as unknown as WorkerScope;
const REPORT_MS = 1_000;

class Stage {
  readonly #pictures = new Map<string, Picture>();
  readonly #beauties = new Beauties((width, height) => new OffscreenCanvas(width, height));
  readonly #readers = new Map<string, ReadableStreamDefaultReader<VideoFrame>>();
  #scene: Scene = EMPTY_SCENE;
  #format: Format;
  #canvas: OffscreenCanvas | null = null;
  #context: OffscreenCanvasRenderingContext2D | null = null;
  #writer: WritableStreamDefaultWriter<VideoFrame> | null = null;
  #pacer: Pacer;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #frames = 0;
  #drawnMs = 0;
  #skipped = 0;
  #reportedAtMs: number;

  constructor(message: ToWorker & { readonly type: "start" }) {
    const nowMs = performance.now();
    this.#format = message.format;
    this.#pacer = new Pacer({ fps: message.format.fps, nowMs });
    this.#reportedAtMs = nowMs;
    if (message.frames !== null) {
      this.#writer = message.frames.getWriter();
      this.#writer.closed.catch(() => this.stop());
      this.#canvas = new OffscreenCanvas(message.format.width, message.format.height);
      this.#context = this.#canvas.getContext("2d", { alpha: false, desynchronized: true });
    }
    this.#wait();
  }

  setFormat(format: Format): void {
    if (format.fps !== this.#format.fps) this.#pacer.setRate(format.fps, performance.now());
    this.#format = format;
    if (this.#canvas === null) return;
    this.#canvas.width = format.width;
    this.#canvas.height = format.height;
  }

  setScene(scene: Scene): void {
    this.#scene = scene;
  }

  setImage(id: string, bitmap: ImageBitmap): void {
    this.remove(id);
    this.#pictures.set(id, { image: bitmap, width: bitmap.width, height: bitmap.height });
  }

  /** Keeps the newest frame of a source until it ends or is removed. */
  async follow(id: string, frames: FrameSource): Promise<void> {
    this.remove(id);
    const reader = frames.getReader();
    this.#readers.set(id, reader);
    try {
      while (true) {
        const { value: frame, done } = await reader.read();
        if (done) break;
        if (this.#readers.get(id) !== reader) {
          frame.close();
          break;
        }
        this.#show(id, frame);
      }
    } catch {
      // The track ended in the middle of a frame: the page hears of it from the track.
    }
    if (this.#readers.get(id) === reader) this.remove(id);
  }

  remove(id: string): void {
    const reader = this.#readers.get(id);
    this.#readers.delete(id);
    void reader?.cancel().catch(() => {});
    closePicture(this.#pictures.get(id));
    this.#pictures.delete(id);
    this.#beauties.remove(id);
  }

  stop(): void {
    clearTimeout(this.#timer);
    for (const id of [...this.#readers.keys(), ...this.#pictures.keys()]) this.remove(id);
    void this.#writer?.close().catch(() => {});
    scope.close();
  }

  #show(id: string, frame: VideoFrame): void {
    const { displayWidth: width, displayHeight: height } = frame;
    closePicture(this.#pictures.get(id));
    this.#pictures.set(id, { image: frame, width, height });
  }

  #wait(): void {
    this.#timer = setTimeout(() => {
      this.#beat();
      this.#wait();
    }, this.#pacer.next(performance.now()));
  }

  #beat(): void {
    const begunMs = performance.now();
    if (this.#writer === null) scope.postMessage({ type: "tick" });
    else this.#draw(begunMs);
    const nowMs = performance.now();
    this.#drawnMs += nowMs - begunMs;
    const spanMs = nowMs - this.#reportedAtMs;
    if (spanMs < REPORT_MS) return;
    const figures: SceneFigures = {
      fps: Math.round(this.#frames * 10_000 / spanMs) / 10,
      drawMs: this.#frames === 0 ? 0 : Math.round(this.#drawnMs * 10 / this.#frames) / 10,
      skipped: this.#skipped,
    };
    if (this.#writer !== null) scope.postMessage({ type: "figures", figures });
    this.#reportedAtMs = nowMs;
    this.#frames = 0;
    this.#drawnMs = 0;
  }

  #draw(nowMs: number): void {
    const writer = this.#writer;
    if (writer === null || this.#canvas === null || this.#context === null) return;
    if ((writer.desiredSize ?? 0) <= 0) {
      this.#skipped++;
      return;
    }
    drawScene(this.#context, {
      scene: this.#scene,
      size: this.#format,
      pictures: this.#beauties.dress(this.#pictures, { scene: this.#scene, nowMs }),
    });
    const frame = new VideoFrame(this.#canvas, { timestamp: Math.round(nowMs * 1000) });
    this.#frames++;
    // The sink owns the frame from here on, also when it refuses it.
    writer.write(frame).catch(() => frame.close());
  }
}

function closePicture(picture: Picture | undefined): void {
  const image = picture?.image;
  if (image instanceof VideoFrame || image instanceof ImageBitmap) image.close();
}

let stage: Stage | null = null;

scope.onmessage = ({ data }) => {
  switch (data.type) {
    case "start":
      stage ??= new Stage(data);
      return;
    case "format":
      return stage?.setFormat(data.format);
    case "scene":
      return stage?.setScene(data.scene);
    case "source":
      return void stage?.follow(data.id, data.frames);
    case "image":
      return stage?.setImage(data.id, data.bitmap);
    case "remove":
      return stage?.remove(data.id);
    case "stop":
      return stage?.stop();
  }
};
