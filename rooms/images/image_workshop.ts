/**
 * Makes avatars and covers of what people upload, away from the event loop: one picture at a time,
 * each in a Worker of its own, behind a bounded queue.
 *
 * @module
 */
import { ServiceError } from "../errors.ts";
import { ImageRefusal } from "./errors.ts";
import type { Plan } from "./geometry.ts";

/** To the Worker, once. */
export interface ImageRequest {
  readonly bytes: Uint8Array;
  readonly plan: Plan;
}

/** From the Worker, once. */
export type ImageAnswer =
  | { readonly kind: "made"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "failed" };

/** How pictures went, counted. */
export interface WorkshopCounters {
  made: number;
  /** The decoder could not read it. */
  failed: number;
  /** It took longer than the deadline. */
  late: number;
  /** The queue was full. */
  refused: number;
}

/** How a workshop runs. */
export interface ImageWorkshopOptions {
  /** Pictures that may wait. Default: 8. */
  readonly maxQueued?: number;
  /** Time for one picture, the start of its Worker included. Default: 5,000 ms. */
  readonly deadlineMs?: number;
}

const RETRY_AFTER_S = 3;

interface Job {
  readonly request: ImageRequest;
  readonly resolve: (bytes: Uint8Array<ArrayBuffer>) => void;
  readonly reject: (error: Error) => void;
}

/** Owns the Workers; a full queue refuses with `busy`. */
export class ImageWorkshop {
  readonly counters: WorkshopCounters = { made: 0, failed: 0, late: 0, refused: 0 };
  readonly #maxQueued: number;
  readonly #deadlineMs: number;
  readonly #queue: Job[] = [];
  #running: { readonly job: Job; end(): void } | null = null;
  #closed = false;

  constructor(options: ImageWorkshopOptions = {}) {
    this.#maxQueued = options.maxQueued ?? 8;
    this.#deadlineMs = options.deadlineMs ?? 5_000;
  }

  /** Pictures that wait or are being made. */
  get queued(): number {
    return this.#queue.length + (this.#running === null ? 0 : 1);
  }

  /**
   * Makes a JPEG by a plan. Nothing of the original's bytes is in it: only its pixels are.
   *
   * @throws {ServiceError} `busy` when the queue is full or the server is stopping.
   * @throws {ImageRefusal} `malformed` when it cannot be decoded, or not in time.
   */
  make(bytes: Uint8Array, plan: Plan): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#closed) return Promise.reject(busy("the server is stopping"));
    if (this.#queue.length >= this.#maxQueued) {
      this.counters.refused++;
      return Promise.reject(busy("too many are waiting"));
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ request: { bytes, plan }, resolve, reject });
      this.#next();
    });
  }

  /** Ends at once: what waits or runs is refused. */
  close(): void {
    this.#closed = true;
    const running = this.#running;
    running?.end();
    for (const job of [...(running ? [running.job] : []), ...this.#queue.splice(0)]) {
      job.reject(busy("the server is stopping"));
    }
  }

  #next(): void {
    if (this.#running !== null || this.#closed) return;
    const job = this.#queue.shift();
    if (job === undefined) return;
    const worker = new Worker(new URL("./image_worker.ts", import.meta.url), {
      type: "module",
      name: "image",
    });
    const end = () => {
      clearTimeout(timer);
      worker.terminate();
      this.#running = null;
    };
    const fail = (counter: "failed" | "late", error: Error) => {
      end();
      this.counters[counter]++;
      job.reject(error);
      this.#next();
    };
    const timer = setTimeout(
      () => fail("late", malformed(`it takes longer than ${this.#deadlineMs} ms`)),
      this.#deadlineMs,
    );
    this.#running = { job, end };
    worker.onmessage = ({ data }: MessageEvent<ImageAnswer>) => {
      // What the decoder says is for nobody's eyes.
      if (data.kind === "failed") return fail("failed", malformed("it cannot be decoded"));
      end();
      this.counters.made++;
      job.resolve(data.bytes);
      this.#next();
    };
    worker.onerror = (event) => {
      // Not the picture's fault, and not the end of the process.
      event.preventDefault();
      fail("failed", new Error(`Cannot work on a picture: ${event.message}`));
    };
    worker.postMessage(job.request);
  }
}

function malformed(why: string): ImageRefusal {
  return new ImageRefusal("malformed", `Cannot use the picture: ${why}`);
}

function busy(why: string): ServiceError {
  return new ServiceError("busy", `Cannot work on a picture: ${why}`, {
    retryAfterS: RETRY_AFTER_S,
  });
}
